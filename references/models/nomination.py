"""Nomination: a colleague, a survey or a rule says this customer should become a reference."""

from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crp import inbox
from crp.accounts.models import Role, User
from crp.events import record
from crp.verbs import Forbidden, Refused, Stateful, WrongState, state_check
from references.models.access import allow, sees_all_customers
from references.models.contact import Contact
from references.models.customer import Customer, CustomerStatus
from references.notices import Kind
from references.verbs import Verb
from references.waking import wake


class NominationState(models.TextChoices):
    SUBMITTED = "submitted", _("Submitted")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")


class NominationOrigin(models.TextChoices):
    PERSON = "person", _("A colleague")
    SURVEY = "survey", _("Promoter survey")
    HEALTH = "health", _("Health rule")
    WON_DEAL = "won_deal", _("Won deal")


OPEN_STATES = (NominationState.SUBMITTED, NominationState.IN_REVIEW)


class NominationQuerySet(models.QuerySet["Nomination"]):
    def visible_to(self, user: Any) -> Self:
        """All for managers, marketing, executives and admins; else one's own and those of one's customers."""
        if sees_all_customers(user):
            return self
        return self.filter(models.Q(by=user) | models.Q(customer__owner=user))

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def waiting_since_before(self, moment: Any) -> Self:
        """Open, and submitted before the moment."""
        return self.open().filter(created_at__lt=moment)


class Nomination(Stateful):
    event_ref = "nomination"
    TRANSITIONS = {
        "review": ({NominationState.SUBMITTED}, NominationState.IN_REVIEW),
        "approve": (set(OPEN_STATES), NominationState.APPROVED),
        "decline": (set(OPEN_STATES), NominationState.DECLINED),
    }

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="nominations")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="nominations")
    reason = models.TextField(_("why"))
    origin = models.CharField(max_length=10, choices=NominationOrigin.choices, default=NominationOrigin.PERSON)
    state = models.CharField(max_length=10, choices=NominationState.choices, default=NominationState.SUBMITTED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="nominations")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = NominationQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = [
            state_check(NominationState, "nomination_state_known"),
            models.UniqueConstraint(
                fields=["customer"], condition=models.Q(state__in=OPEN_STATES), name="nomination_open_once"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "created_at", "id"], name="nomination_queue"),
            models.Index(fields=["by", "-created_at"], name="nomination_by"),
        ]

    def __str__(self) -> str:
        return self.customer.name

    @classmethod
    @transaction.atomic
    def submit(
        cls, *, by: Any, reason: str, customer: Customer | None = None, company: str = "", website: str = "",
        contact: Contact | None = None, origin: str = NominationOrigin.PERSON,
    ) -> "Nomination":  # fmt: skip
        """
        Suggest a customer, or a `company` by name (a new candidate with this `website` if we don't know it). Raises Refused.

        Anyone with a role may; that is the one thing a rep may do to a customer he can't see.
        """
        allow(by is None or bool(by.roles))
        if not reason.strip():
            raise Refused(_("Say why, in a sentence or two."), code="reason_missing", field="reason")
        customer = customer or cls.company_named(company, website)
        cls.move_to_nominated(customer)
        if contact and contact.customer_id != customer.pk:
            raise Refused(_("This person works somewhere else."), code="other_customer", field="contact")
        nomination = cls.objects.create(customer=customer, contact=contact, reason=reason, origin=origin, by=by)
        event = record(
            Verb.NOMINATION_SUBMITTED,
            nomination,
            customer,
            by=by,
            contact=contact,
            customer=customer.name,
            origin=origin,
        )
        url, facts = reverse("references:nomination", args=[nomination.pk]), {"customer": customer.name}
        inbox.notify(
            User.objects.with_role(Role.MANAGER), Kind.NOMINATION_SUBMITTED, event=event, url=url, context=facts
        )
        return nomination

    @staticmethod
    def company_named(company: str, website: str = "") -> Customer:
        """The customer of that name, else a new candidate. Raises Refused on an empty name."""
        name = " ".join(company.split())
        if not name:
            raise Refused(_("Name the company."), code="company_missing", field="company")
        return Customer.objects.named(name).first() or Customer.objects.add(by=None, name=name, website=website)

    @staticmethod
    def move_to_nominated(customer: Customer) -> None:
        """Lock the customer and mark it nominated. Raises Refused when it is a reference or nominated already."""
        customer.refresh_from_db(from_queryset=Customer.objects.select_for_update())
        if customer.status in (CustomerStatus.ACTIVE, CustomerStatus.PAUSED):
            raise Refused(_("This company is a reference already."), code="reference_already", field="customer")
        if customer.nominations.open().exists():
            raise Refused(_("This company is nominated already."), code="nominated_already", field="customer")
        customer.status = CustomerStatus.NOMINATED
        customer.save(update_fields=["status"])

    @transaction.atomic
    def edit(self, *, by: Any, **wanted: Any) -> Self:
        """Put `reason` or `contact_id` better while it waits. Raises Forbidden, WrongState."""
        allow(by is None or by.is_manager or by.is_admin or self.by_id == by.pk)
        self.lock()
        if self.state not in OPEN_STATES:
            raise WrongState(self.state, "edit", OPEN_STATES)
        for name, value in wanted.items():
            setattr(self, name, value)
        self.save(update_fields=list(wanted))
        record(Verb.NOMINATION_EDITED, self, self.customer, by=by, contact=self.contact, customer=self.customer.name)
        return self

    @transaction.atomic
    def name_contact(self, name: str, email: str, *, by: Any) -> Contact:
        """Whom to talk to there: the person of that name, else a new one, still without consent."""
        people = Contact.objects.filter(customer=self.customer).present()
        found = people.filter(name__iexact=name.strip()).first()
        if not found:
            found = Contact.objects.create(customer=self.customer, name=name.strip(), email=email)
            record(Verb.CONTACT_ADDED, found, self.customer, by=by, contact=found, customer=self.customer.name)
        self.contact = found
        self.save(update_fields=["contact"])
        return found

    def can_be_decided_by(self, user: Any) -> bool:
        """The program manager decides, never on his own nomination."""
        return bool(user.is_manager and self.by_id != user.pk)

    def guard_decider(self, by: Any) -> None:
        """Raise Forbidden unless the user may decide."""
        if by.is_manager and self.by_id == by.pk:
            raise Forbidden(
                _("Nobody decides on his own nomination; ask another program manager."), code="own_nomination"
            )
        allow(self.can_be_decided_by(by))

    @transaction.atomic
    def review(self, *, by: Any) -> Self:
        """Take it up. Raises Forbidden, WrongState."""
        self.guard_decider(by)
        self.step("review")
        record(Verb.NOMINATION_REVIEWED, self, self.customer, by=by, customer=self.customer.name)
        return self

    @transaction.atomic
    def approve(self, *, by: Any, reason: str = "") -> Self:
        """The customer becomes an active reference, and the nominator hears of it. Raises Forbidden, WrongState."""
        self.guard_decider(by)
        self.step("approve", decided_by=by, decided_at=timezone.now(), decision_reason=reason)
        Customer.objects.filter(pk=self.customer_id).update(status=CustomerStatus.ACTIVE)
        self.customer.refresh_from_db(fields=["status"])
        wake(self.customer_id)
        self.tell(Verb.NOMINATION_APPROVED, Kind.NOMINATION_APPROVED, by=by, reason=reason)
        return self

    @transaction.atomic
    def decline(self, *, by: Any, reason: str) -> Self:
        """Not now; the customer stays a candidate and the nominator hears why. Raises Refused without a reason."""
        self.guard_decider(by)
        if not reason.strip():
            raise Refused(_("Say why; the nominator will read it."), code="reason_missing", field="reason")
        self.step("decline", decided_by=by, decided_at=timezone.now(), decision_reason=reason)
        nominated = Customer.objects.filter(pk=self.customer_id, status=CustomerStatus.NOMINATED)
        nominated.update(status=CustomerStatus.CANDIDATE)
        self.customer.refresh_from_db(fields=["status"])
        self.tell(Verb.NOMINATION_DECLINED, Kind.NOMINATION_DECLINED, by=by, reason=reason)
        return self

    def tell(self, verb: Verb, kind: Kind, *, by: Any, reason: str) -> None:
        """Record the decision and let the nominator hear of it."""
        name = self.customer.name
        event = record(verb, self, self.customer, by=by, contact=self.contact, customer=name, reason=reason)
        if self.by:
            url = reverse("references:nomination", args=[self.pk])
            inbox.notify([self.by], kind, event=event, url=url, context={"customer": name, "reason": reason})
