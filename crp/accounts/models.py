"""User, role and team."""

from collections.abc import Collection
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from crp.accounts.administering import Administered, free_address
from crp.accounts.verbs import Verb
from crp.events import record
from crp.verbs import Forbidden


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


class TeamQuerySet(models.QuerySet["Team"]):
    def visible_to(self, user: Any) -> Self:
        return self if user.is_authenticated else self.none()

    def sized(self) -> Self:
        """With `size`, how many are in it."""
        return self.annotate(size=models.Count("members", filter=models.Q(members__is_active=True)))


class Team(models.Model):
    """Colleagues who sell together; they see each other's deals and requests."""

    event_ref = "team"

    name = models.CharField(_("name"), max_length=120)
    region = models.CharField(_("region"), max_length=120, blank=True)
    manager = models.ForeignKey("User", models.SET_NULL, null=True, blank=True, related_name="managed_teams")

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints = [
            # A region may have two managers, each with a team of his own.
            models.UniqueConstraint(fields=["name", "manager"], name="team_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return self.name

    def can_be_edited_by(self, user: Any) -> bool:
        return bool(user.is_admin)

    @transaction.atomic
    def keep(self, *, by: Any) -> None:
        """Save what the admin made of it."""
        verb = Verb.TEAM_CHANGED if self.pk else Verb.TEAM_MADE
        self.save()
        record(verb, self, by=by, team=self.name)


class UserQuerySet(models.QuerySet["User"]):
    """The words for asking about people."""

    def with_role(self, *roles: str) -> Self:
        """Active people who hold one of the roles."""
        return self.filter(roles__overlap=list(roles), is_active=True)

    def active(self) -> Self:
        return self.filter(is_active=True)

    def visible_to(self, user: Any) -> Self:
        """Colleagues know of each other."""
        return self if user.is_authenticated else self.none()

    def in_view(self, view: str) -> Self:
        """A tab of the list: `imported`, `disabled`, else those who can sign in."""
        if view == "imported":
            return self.filter(is_active=True, email=None)
        return self.filter(is_active=False) if view == "disabled" else self.able_to_sign_in()

    def matching(self, words: str) -> Self:
        """Whose name or address holds the words."""
        return self.filter(models.Q(name__icontains=words) | models.Q(email__icontains=words))

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

    @transaction.atomic
    def invite(
        self,
        email: str,
        *,
        by: "User",
        name: str,
        roles: Collection[str] = (),
        team: Team | None = None,
        language: str = "en",
    ) -> "User":
        """A new colleague, told by mail. Raises Forbidden, and Refused when the address is taken."""
        if not by.is_admin:
            raise Forbidden
        user = self.create_user(free_address(email), name=name, roles=sorted(set(roles)), team=team, language=language)
        user.invite(by=by)
        return user

    def get_by_natural_key(self, email: str | None) -> "User":
        found: User = self.get(email__iexact=email)
        return found


class User(Administered, AbstractBaseUser):
    """A colleague. No address: known from an import, an owner of deals, and unable to sign in."""

    event_ref = "user"

    email = models.EmailField(_("email"), unique=True, null=True, blank=True)
    name = models.CharField(_("name"), max_length=200)
    roles = ArrayField(
        models.CharField(max_length=20, choices=Role.choices), default=list, blank=True, verbose_name=_("roles")
    )
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="members", verbose_name=_("team")
    )
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
    def sees_whole_program(self) -> bool:
        """Does he work for the program as a whole, not for his own deals and customers alone?"""
        return self.is_manager or self.is_marketing or self.is_executive or self.is_admin

    @property
    def is_imported_only(self) -> bool:
        """Known from an import, without an address."""
        return not self.email

    @property
    def is_staff(self) -> bool:
        """Third parties ask for it; here it means admin."""
        return self.is_admin
