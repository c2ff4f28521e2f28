"""Referral: a reference sent somebody to us, and what came of it."""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crp import inbox
from crp.events import record
from crp.search import normalise
from crp.verbs import Refused, Stateful, state_check, today
from references.models.access import allow, sees_all_customers
from references.models.contact import Contact
from references.models.customer import Customer
from references.notices import Kind
from references.verbs import Verb


class ReferralState(models.TextChoices):
    MADE = "made", _("Made")
    IN_TOUCH = "in_touch", _("In touch")
    LINKED = "linked", _("A deal came of it")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    DROPPED = "dropped", _("Nothing came of it")


S = ReferralState
OPEN_STATES = (S.MADE, S.IN_TOUCH, S.LINKED)
# Before a deal; such a referral may be linked to one.
FREE_STATES = (S.MADE, S.IN_TOUCH)


class ReferralQuerySet(models.QuerySet["Referral"]):
    """The words for asking about referrals."""

    def visible_to(self, user: Any) -> Self:
        """All for those who see every customer; else those one follows up or noted, and those of one's customers."""
        if sees_all_customers(user):
            return self
        return self.filter(models.Q(customer__owner=user) | models.Q(owner=user) | models.Q(by=user))

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def free(self) -> Self:
        """Without a deal yet."""
        return self.filter(state__in=FREE_STATES)

    @transaction.atomic
    def make(
        self, *, by: Any, customer: Customer, company: str, on: date, contact: Contact | None = None, person: str = "",
        note: str = "", owner: Any = None,
    ) -> "Referral":  # fmt: skip
        """
        `contact` at `customer` sent us to `company`; `owner` follows it up (whoever notes it, by default).

        Raises Forbidden without a role; Refused without a company, for a day to come, for the customer itself, or for
        somebody who works elsewhere.
        """
        allow(by is None or bool(by.roles) or customer.is_owned_by(by))
        name = " ".join(company.split())
        if not name:
            raise Refused(_("Name the company."), code="company_missing", field="company")
        if normalise(name) == normalise(customer.name):
            raise Refused(_("A company does not refer itself."), code="same_company", field="company")
        if on > today(by):
            raise Refused(_("This day is still to come."), code="in_the_future", field="on")
        if contact and contact.customer_id != customer.pk:
            raise Refused(_("This person works somewhere else."), code="other_customer", field="contact")
        made = self.create(
            customer=customer, contact=contact, company=name, person=person.strip(), note=note.strip(), on=on,
            owner=owner or by, by=by,
        )  # fmt: skip
        event = made.note_down(Verb.REFERRAL_MADE, by=by)
        made.tell(Kind.REFERRAL_MADE, event)
        return made


class Referral(Stateful):
    """Runs made → in_touch → linked → won or lost; `dropped` when nothing came of it. The deal points here."""

    event_ref = "referral"
    TRANSITIONS = {
        "reach": ({S.MADE}, S.IN_TOUCH),
        "link": (set(FREE_STATES), S.LINKED),
        "unlink": ({S.LINKED, S.WON, S.LOST}, S.IN_TOUCH),
        "win": ({S.LINKED}, S.WON),
        "lose": ({S.LINKED}, S.LOST),
        "reopen": ({S.WON, S.LOST}, S.LINKED),
        "drop": (set(FREE_STATES), S.DROPPED),
        "revive": ({S.DROPPED}, S.IN_TOUCH),
    }

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="referrals")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="referrals")
    company = models.CharField(_("company"), max_length=200)
    person = models.CharField(_("whom to talk to"), max_length=200, blank=True)
    note = models.TextField(_("note"), blank=True, max_length=2000)
    on = models.DateField(_("on"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="referrals",
        verbose_name=_("follows up"),
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=ReferralState.choices, default=ReferralState.MADE)
    end_reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        ordering = ("-on", "-pk")
        constraints = [state_check(ReferralState, "referral_state_known")]
        indexes = [
            models.Index(fields=["customer", "-on", "-id"], name="referral_customer"),
            models.Index(fields=["state", "-on", "-id"], name="referral_state"),
            models.Index(fields=["owner", "-on", "-id"], name="referral_owner"),
            models.Index(fields=["-on", "-id"], name="referral_on"),
        ]

    def __str__(self) -> str:
        return self.company

    def can_be_changed_by(self, user: Any) -> bool:
        """Whoever follows it up or noted it, the customer's owner, program managers and admins."""
        return user.pk in (self.owner_id, self.by_id) or self.customer.can_be_managed_by(user)

    @transaction.atomic
    def reach(self, *, by: Any) -> Self:
        """We talk with them. Raises Forbidden, WrongState."""
        allow(self.can_be_changed_by(by))
        self.step("reach")
        self.note_down(Verb.REFERRAL_REACHED, by=by)
        return self

    @transaction.atomic
    def hand_over(self, *, by: Any, owner: Any) -> Self:
        """Somebody else follows it up and hears of it. Raises Forbidden, Refused for a colleague who left."""
        allow(self.can_be_changed_by(by))
        if not owner.is_active:
            raise Refused(_("This colleague is not active any more."), code="inactive", field="owner")
        self.lock()
        self.owner = owner
        self.save(update_fields=["owner"])
        event = self.note_down(Verb.REFERRAL_HANDED_OVER, by=by, to=owner.name)
        inbox.notify([owner], Kind.REFERRAL_MADE, event=event, url=self.address, context=self.facts)
        return self

    @transaction.atomic
    def drop(self, *, by: Any, reason: str) -> Self:
        """Nothing came of it. Raises Forbidden, WrongState, Refused without a reason."""
        allow(self.can_be_changed_by(by))
        if not reason.strip():
            raise Refused(_("Say why, for those who look back."), code="reason_missing", field="reason")
        self.step("drop", end_reason=reason.strip()[:300])
        self.note_down(Verb.REFERRAL_DROPPED, by=by, reason=reason.strip()[:300])
        return self

    @transaction.atomic
    def revive(self, *, by: Any) -> Self:
        """Something comes of it after all. Raises Forbidden, WrongState."""
        allow(self.can_be_changed_by(by))
        self.step("revive", end_reason="")
        self.note_down(Verb.REFERRAL_REACHED, by=by)
        return self

    def follow(self, verb: str, *, by: Any) -> Self:
        """
        What the deal's own verbs do to it: link, unlink, win, lose, reopen. Who may is asked there. Needs an open transaction.

        Raises WrongState.
        """
        self.step(verb)
        event = self.note_down(FOLLOWED[verb], by=by)
        if verb == "win":
            self.tell(Kind.REFERRAL_WON, event)
        return self

    def tell(self, kind: Kind, event: Any) -> None:
        """Who follows it up and who owns the account hear of it."""
        people = {user.pk: user for user in (self.owner, self.customer.owner) if user}
        inbox.notify(people.values(), kind, event=event, url=self.address, context=self.facts)

    def note_down(self, verb: Verb, *, by: Any, **more: Any) -> Any:
        return record(verb, self, self.customer, by=by, contact=self.contact, **self.facts, **more)

    @property
    def address(self) -> str:
        return reverse("references:referral", args=[self.pk])

    @property
    def facts(self) -> dict[str, Any]:
        return {"customer": self.customer.name, "company": self.company}


FOLLOWED = {
    "link": Verb.REFERRAL_LINKED, "unlink": Verb.REFERRAL_UNLINKED, "win": Verb.REFERRAL_WON, "lose": Verb.REFERRAL_LOST,
    "reopen": Verb.REFERRAL_REOPENED,
}  # fmt: skip
