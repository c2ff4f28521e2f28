"""Material: something made with a customer, from idea to expiry."""

from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crp.accounts.models import Role, User
from crp.events import record
from crp.inbox import notify
from crp.verbs import Forbidden, Refused, WrongState, state_check, today
from materials.models import clearance
from materials.models.kinds import (
    OPEN_TO_CHANGE,
    SHAREABLE,
    STANDING,
    Audience,
    Language,
    MaterialKind,
    MaterialState,
    Naming,
)  # fmt: skip
from materials.models.shelf import MaterialQuerySet, sees_everything
from materials.models.wording import Worded
from materials.notices import Kind
from materials.verbs import Verb
from references.availability import Problem

if TYPE_CHECKING:
    from materials.models.consent import ConsentGrant
    from references.models import Contact

S = MaterialState
REVIEW_AFTER = timedelta(days=365)


class Material(Worded):
    """`title`, `summary` and `body` are those of the newest version. Verbs raise Forbidden, WrongState and Refused."""

    event_ref = "material"
    TRANSITIONS: ClassVar = {
        "edit": (OPEN_TO_CHANGE, ""),
        "draft": ({S.IDEA}, S.DRAFT),
        "submit_for_review": ({S.DRAFT}, S.INTERNAL_REVIEW),
        "return_to_draft": ({S.INTERNAL_REVIEW}, S.DRAFT),
        "come_back": ({S.CUSTOMER_REVIEW}, S.DRAFT),
        "send_to_customer": ({S.INTERNAL_REVIEW}, S.CUSTOMER_REVIEW),
        "take_back": ({S.CUSTOMER_REVIEW}, S.INTERNAL_REVIEW),
        "approve": ({S.INTERNAL_REVIEW}, S.APPROVED),
        "approved_by_customer": ({S.CUSTOMER_REVIEW}, S.APPROVED),
        "publish": ({S.APPROVED}, S.PUBLISHED),
        "mark_review_due": ({S.PUBLISHED}, S.REVIEW_DUE),
        "renew": ({S.REVIEW_DUE, S.EXPIRED}, S.PUBLISHED),
        "expire": (STANDING, S.EXPIRED),
        "revise": (STANDING | {S.EXPIRED, S.WITHDRAWN}, S.DRAFT),
        "withdraw": (set(S) - {S.WITHDRAWN}, S.WITHDRAWN),
    }

    kind = models.CharField(_("kind"), max_length=16, choices=MaterialKind.choices)
    customer = models.ForeignKey(
        "references.Customer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="materials",
        verbose_name=_("customer"),
    )
    contacts: models.ManyToManyField = models.ManyToManyField(
        "references.Contact", related_name="materials", blank=True, verbose_name=_("people quoted")
    )
    language = models.CharField(_("language"), max_length=5, choices=Language.choices, default="en")
    products: models.ManyToManyField = models.ManyToManyField(
        "references.Product", related_name="materials", blank=True, verbose_name=_("products")
    )
    industries: models.ManyToManyField = models.ManyToManyField(
        "references.Industry", related_name="materials", blank=True, verbose_name=_("industries")
    )
    state = models.CharField(_("state"), max_length=16, choices=MaterialState.choices, default=MaterialState.IDEA)
    audience = models.CharField(_("audience"), max_length=9, choices=Audience.choices, default=Audience.INTERNAL)
    naming = models.CharField(_("naming"), max_length=9, choices=Naming.choices, default=Naming.ANONYMOUS)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="materials",
        verbose_name=_("who makes it"),
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    review_on = models.DateField(_("review on"), null=True, blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    state_since = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MaterialQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = [
            state_check(MaterialState, "material_state_known"),
            state_check(Audience, "material_audience_known", "audience"),
            state_check(Naming, "material_naming_known", "naming"),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="material_newest"),
            models.Index(fields=["title", "id"], name="material_title"),
            models.Index(fields=["state", "-created_at", "-id"], name="material_state"),
            models.Index(fields=["customer", "state"], name="material_customer"),
            models.Index(fields=["review_on"], condition=models.Q(state="published"), name="material_review"),
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="material_search"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("materials:material", kwargs={"pk": self.pk})

    # -- what it is ----------------------------------------------------------------------------

    @property
    def names_customer(self) -> bool:
        """Does it tell, by name or by role, who speaks?"""
        return self.customer_id is not None and self.naming != Naming.ANONYMOUS

    @property
    def icon(self) -> str:
        return MaterialKind(self.kind).icon

    @property
    def is_out(self) -> bool:
        """Published for outside eyes; twin of `objects.to_share()`."""
        return self.state == S.PUBLISHED and self.audience in SHAREABLE

    @property
    def can_change_words(self) -> bool:
        """Is nobody's approval tied to the words yet?"""
        return self.state in OPEN_TO_CHANGE

    @property
    def quoted(self) -> list["Contact"]:
        return list(self.contacts.all())

    @cached_property
    def grants(self) -> list["ConsentGrant"]:
        """Every permission that speaks of it, newest first, withdrawn ones too."""
        if self.customer is None:
            return []
        return [grant for grant in self.customer.permissions.all() if grant.material_id in (None, self.pk)]

    def permission(self, on: date) -> "ConsentGrant | None":
        """The permission it rests on, if any."""
        return next((grant for grant in self.grants if grant.covers(self, self.latest_id, on)), None)

    def problems(self, on: date) -> list[Problem]:
        """See materials.models.clearance."""
        return clearance.problems(self, on)

    def blockers(self, on: date) -> list[Problem]:
        return clearance.blockers(self, on)

    # -- who may what ----------------------------------------------------------------------------

    def can_be_edited_by(self, user: Any) -> bool:
        """Marketing and managers make and publish material."""
        return bool(user.is_marketing or user.is_manager)

    def can_be_approved_by(self, user: Any) -> bool:
        """Nobody approves what he handed in."""
        return self.can_be_edited_by(user) and self.submitted_by_id != user.pk

    def making_visible_to(self, user: Any) -> bool:
        """Who may see versions, approvals and permissions, and so the customer behind anonymous material."""
        return sees_everything(user) or bool(self.customer and self.customer.owner_id == user.pk)

    def customer_visible_to(self, user: Any) -> bool:
        return self.naming == Naming.FULL or user.is_executive or self.making_visible_to(user)

    def can_be_shared_by(self, user: Any) -> bool:
        """Sales share; so do those who make it."""
        return bool(user.is_sales or self.can_be_edited_by(user))

    def check_shareable(self, by: Any) -> None:
        """Raises Forbidden, WrongState or Refused when `by` may not put it on a share page now."""
        if not self.can_be_shared_by(by):
            raise Forbidden
        if self.state != S.PUBLISHED:
            raise WrongState(self.state, "share", [S.PUBLISHED])
        if self.audience not in SHAREABLE:
            raise Refused(
                _("“%(title)s” is for internal use.") % {"title": self.title}, code="internal", field="materials"
            )
        found = self.blockers(today(by))
        if found:
            raise Refused(found[0].text, code=found[0].code, field="materials")

    def sharers(self) -> list[User]:
        """Who has it on a share page that still lives."""
        live = {
            "shares__collection__materials": self,
            "shares__link__revoked_at": None,
            "shares__link__expires_at__gt": timezone.now(),
        }
        return list(User.objects.active().filter(**live).distinct())

    def _guard(self, by: Any) -> None:
        if by is not None and not self.can_be_edited_by(by):
            raise Forbidden

    # -- its way -----------------------------------------------------------------------------------

    def _move(self, verb: str, event: str, *, by: Any, told: dict[str, Any] | None = None, **changes: Any) -> Any:
        """Guard, lock, step, record: the one shape. Returns the event."""
        self._guard(by)
        with transaction.atomic():
            self.step(verb, state_since=timezone.now(), **changes)
            self.forget()
            return record(event, self, self.told_customer(), by=by, title=self.title, **(told or {}))

    def draft(self, *, by: Any) -> None:
        """Take the idea up."""
        self._move("draft", Verb.DRAFTED, by=by)

    def submit_for_review(self, *, by: Any) -> None:
        """Hand it to a colleague to read."""
        with transaction.atomic():
            event = self._move("submit_for_review", Verb.SUBMITTED, by=by, submitted_by=by)
            readers = User.objects.able_to_sign_in().with_role(Role.MARKETING, Role.MANAGER)
            self._tell(readers, Kind.REVIEW_WANTED, event)

    def return_to_draft(self, *, by: Any, reason: str) -> None:
        """Send it back, and say what should change."""
        if not reason.strip():
            raise Refused(_("Say what should change."), code="required", field="reason")
        with transaction.atomic():
            event = self._move("return_to_draft", Verb.RETURNED, by=by, told={"reason": reason})
            self._tell([self.owner, self.submitted_by], Kind.RETURNED, event, reason=reason)

    def come_back(self, comment: str) -> None:
        """The customer wants changes, or no such text at all."""
        self._move("come_back", Verb.RETURNED, by=None, told={"reason": comment})

    def send_to_customer(self, contact: "Contact", *, by: Any, until: date, message: str = "") -> Any:
        """Ask the contact to approve the newest version by signed link. Returns the Approval."""
        from materials.models.approval import Approval

        with transaction.atomic():
            self._move("send_to_customer", Verb.SENT_TO_CUSTOMER, by=by, told={"until": until.isoformat()})
            return Approval.ask(self, contact, by=by, until=until, message=message)

    def take_back(self, *, by: Any) -> None:
        """Stop waiting for the customer."""
        self._move("take_back", Verb.RETURNED, by=by, told={"reason": ""})

    def approve(self, *, by: Any) -> None:
        """A colleague's yes, where the customer's own is not needed or was given."""
        if not self.can_be_approved_by(by):
            raise Forbidden(
                _("Nobody approves what he handed in himself; a colleague does.") if self.can_be_edited_by(by) else None
            )
        if self.names_customer and self.permission(today(by)) is None and self.can("approve"):
            raise Refused(
                _("It names the customer, so the customer approves it. Ask him, or leave the name out."),
                code="customer_must_approve",
            )
        self._move("approve", Verb.APPROVED, by=by)

    def approved_by_customer(self, *, naming: str) -> None:
        """The customer said yes, under the name he chose."""
        self.naming = naming
        self.index()
        text = self.search_text
        self._move("approved_by_customer", Verb.APPROVED, by=None, naming=naming, search_text=text)

    def publish(self, *, by: Any) -> None:
        """Let colleagues and, where its audience says so, prospects have it. Refused while anything blocks it."""
        self._release("publish", Verb.PUBLISHED, by=by, review_on=self.review_on or today(by) + REVIEW_AFTER)

    def renew(self, *, by: Any, review_on: date | None = None, expires_on: date | None = None) -> None:
        """Read again and still true: published until the next review."""
        review_on = review_on or today(by) + REVIEW_AFTER
        if review_on <= today(by):
            raise Refused(_("The next review lies ahead."), code="in_the_past", field="review_on")
        if expires_on and expires_on <= today(by):
            raise Refused(_("It would have expired already."), code="in_the_past", field="expires_on")
        self._release("renew", Verb.RENEWED, by=by, review_on=review_on, expires_on=expires_on)

    def _release(self, verb: str, event: str, *, by: Any, **changes: Any) -> None:
        with transaction.atomic():
            self._move(verb, event, by=by, published_at=timezone.now(), **changes)
            if found := self.blockers(today(by)):
                raise Refused(found[0].text, code=found[0].code)

    def mark_review_due(self, *, by: Any = None, reason: str = "") -> None:
        """Somebody has to read it again before it is shared on."""
        with transaction.atomic():
            event = self._move("mark_review_due", Verb.REVIEW_DUE, by=by, told={"reason": reason})
            self._tell([self.owner], Kind.REVIEW_DUE, event)

    def expire(self, *, by: Any = None) -> None:
        with transaction.atomic():
            event = self._move("expire", Verb.EXPIRED, by=by)
            self._tell([self.owner], Kind.EXPIRED, event)

    def revise(self, *, by: Any) -> None:
        """Back to draft for new words, off every shelf until approved again."""
        self._move("revise", Verb.REVISED, by=by)

    def withdraw(self, *, by: Any = None, reason: str = "") -> None:
        """Take it from everywhere it is shown; an open approval is no longer asked for."""
        if by is not None and not reason.strip():
            raise Refused(_("Say why. Who shared it will ask."), code="required", field="reason")
        with transaction.atomic():
            self._move("withdraw", Verb.WITHDRAWN, by=by, told={"reason": reason})
            for approval in self.approvals.open():
                approval.drop()

    def fall(self, *, by: Any) -> bool:
        """Withdraw it if it named the customer by a permission that is gone. Did it?"""
        self.forget()
        if not self.names_customer or self.permission(today()):
            return False
        with transaction.atomic():
            self.step("withdraw", state_since=timezone.now())
            record(Verb.WITHDRAWN, self, self.told_customer(), by=by, title=self.title, reason="", permission=True)
        return True

    def _tell(self, users: Any, kind: str, event: Any, **facts: Any) -> None:
        told = [user for user in users if user]
        notify(told, kind, event=event, url=self.get_absolute_url(), context={"title": self.title, **facts})
