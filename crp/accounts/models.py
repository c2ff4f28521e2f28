"""User, role and team."""

from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a user comes for; one user can hold several."""

    SALES = "sales_rep", _("Sales rep")
    MANAGER = "program_manager", _("Program manager")
    MARKETING = "marketing", _("Marketing")
    EXECUTIVE = "executive", _("Executive")
    ADMIN = "admin", _("Admin")


class Theme(models.TextChoices):
    AUTO = "auto", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Digits(models.TextChoices):
    LANGUAGE = "language", _("As the language writes them")
    LATIN = "latin", _("Latin digits")


class Team(models.Model):
    """Colleagues who sell together; they see each other's deals and requests."""

    event_ref = "team"

    name = models.CharField(_("name"), max_length=120, unique=True)
    region = models.CharField(_("region"), max_length=120, blank=True)
    manager = models.ForeignKey("User", models.SET_NULL, null=True, blank=True, related_name="managed_teams")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class UserQuerySet(models.QuerySet["User"]):
    """The words for asking about people."""

    def with_role(self, *roles: str) -> Self:
        """Active people who hold one of the roles."""
        return self.filter(roles__overlap=list(roles), is_active=True)

    def active(self) -> Self:
        return self.filter(is_active=True)

    def able_to_sign_in(self) -> Self:
        """Active people with an address; the others are known from an import only."""
        return self.filter(is_active=True, email__isnull=False)

    def colleagues_of(self, user: "User") -> Self:
        """The user, his team and the teams he manages."""
        own = models.Q(pk=user.pk) | models.Q(team__manager=user)
        return self.filter(own | models.Q(team_id=user.team_id) if user.team_id else own)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes users; the verb is `create_user`."""

    def create_user(self, email: str | None, *, name: str = "", password: str | None = None, **fields: Any) -> "User":
        """A user; without a password he signs in by the reset mail. `email` is stored in lower case."""
        clean = self.normalize_email(email).lower() if email else None
        user: User = self.model(email=clean, name=name or (clean or "").partition("@")[0], **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, email: str | None) -> "User":
        found: User = self.get(email__iexact=email)
        return found


class User(AbstractBaseUser):
    """A colleague. No address: known from an import, an owner of deals, and unable to sign in."""

    event_ref = "user"

    email = models.EmailField(_("email"), unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=200)
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), default=list, blank=True, verbose_name=_("roles"))
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="members", verbose_name=_("team"))
    language = models.CharField(_("language"), max_length=5, default="en")
    timezone = models.CharField(_("time zone"), max_length=50, default="UTC")
    theme = models.CharField(_("theme"), max_length=5, choices=Theme.choices, default=Theme.AUTO)
    digits = models.CharField(_("digits"), max_length=10, choices=Digits.choices, default=Digits.LANGUAGE)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    class Meta:
        ordering = ("name", "pk")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]
        indexes = [GinIndex(fields=["roles"], name="user_roles"), models.Index(fields=["name"], name="user_name")]

    def __str__(self) -> str:
        return self.name

    def has_role(self, *roles: str) -> bool:
        """Does he hold one of the roles?"""
        return any(role in self.roles for role in roles)

    @property
    def is_sales(self) -> bool:
        return Role.SALES in self.roles

    @property
    def is_manager(self) -> bool:
        return Role.MANAGER in self.roles

    @property
    def is_marketing(self) -> bool:
        return Role.MARKETING in self.roles

    @property
    def is_executive(self) -> bool:
        return Role.EXECUTIVE in self.roles

    @property
    def is_admin(self) -> bool:
        return Role.ADMIN in self.roles

    @property
    def is_staff(self) -> bool:
        """Third parties ask for it; here it means admin."""
        return self.is_admin
