"""SurveyResponse: what a contact said of us."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Self

from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crp import inbox
from crp.accounts.models import Role, User
from crp.events import record
from crp.verbs import Refused, today
from references.models.access import allow, sees_all_customers
from references.models.contact import Contact
from references.models.customer import Customer, CustomerStatus
from references.models.nomination import Nomination, NominationOrigin
from references.notices import Kind
from references.verbs import Verb
from references.waking import wake


class SurveyKind(models.TextChoices):
    NPS = "nps", _("Would recommend us")
    SATISFACTION = "satisfaction", _("Satisfaction")


# Score by kind: the least and the most.
RANGES = {SurveyKind.NPS: (0, 10), SurveyKind.SATISFACTION: (1, 5)}
PROMOTER, DETRACTOR = 9, 6
UNHAPPY = {SurveyKind.NPS: DETRACTOR, SurveyKind.SATISFACTION: 2}
# An older answer says little about today.
FRESH = timedelta(days=365)


def checked_score(kind: str, score: int) -> int:
    """The score, if the kind has it. Raises Refused."""
    if kind not in SurveyKind.values:
        raise Refused(_("Choose one of the questions."), code="unknown_kind", field="kind")
    least, most = RANGES[SurveyKind(kind)]
    if not least <= score <= most:
        text = _("The score goes from %(least)s to %(most)s.") % {"least": least, "most": most}
        raise Refused(text, code="score_out_of_range", field="score")
    return score


class SurveyResponseQuerySet(models.QuerySet["SurveyResponse"]):
    def visible_to(self, user: Any) -> Self:
        """For those who see a customer's health: sales reps only where they own the account."""
        return self if sees_all_customers(user) else self.filter(customer__owner=user)

    def known(self, said: Mapping[str, Any]) -> "SurveyResponse | None":
        """The answer of that `external_id` and `source` at the same customer, if it came before."""
        key = {name: said.get(name, "") for name in ("source", "external_id")}
        return self.filter(customer=said["customer"], **key).first() if key["external_id"] else None

    def in_band(self, band: str) -> Self:
        """Promoters (9, 10), passives (7, 8) or detractors (0 to 6) of “would recommend us”."""
        least, most = {"promoter": (PROMOTER, 10), "passive": (DETRACTOR + 1, PROMOTER - 1)}.get(band, (0, DETRACTOR))
        return self.filter(kind=SurveyKind.NPS, score__range=(least, most))

    @transaction.atomic
    def note(
        self, *, by: Any, customer: Customer, kind: str, score: int, on: date, contact: Contact | None = None,
        comment: str = "", offers: bool = False, source: str = "", external_id: str = "",
    ) -> "SurveyResponse":  # fmt: skip
        """
        Write down what somebody said of us; a promoter who may be asked nominates his company by itself.

        `by=None`: it came from a survey. `offers`: he would tell others. Raises Forbidden; Refused for a score out of
        range, a day to come, or somebody who works elsewhere.
        """
        allow(by is None or customer.can_be_managed_by(by))
        checked_score(kind, score)
        # Somebody's own evening may be tomorrow where the program is; a day more is none to come.
        if on > today(by) + timedelta(days=by is None):
            raise Refused(_("This day is still to come."), code="in_the_future", field="on")
        if contact and contact.customer_id != customer.pk:
            raise Refused(_("This person works somewhere else."), code="other_customer", field="contact")
        response = self.create(
            customer=customer, contact=contact, kind=kind, score=score, on=on, comment=comment, offers=offers,
            source=source, external_id=external_id,
        )  # fmt: skip
        wake(customer.pk)
        record(Verb.SURVEY_RECORDED, response, customer, by=by, contact=contact, kind=kind, score=score)
        response.follow_up()
        return response


class SurveyResponse(models.Model):
    """`score` is 0–10 for NPS, 1–5 for satisfaction. `external_id` is unique within its `source`."""

    event_ref = "survey_response"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="survey_responses")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, blank=True, related_name="survey_responses")
    kind = models.CharField(max_length=12, choices=SurveyKind.choices, default=SurveyKind.NPS)
    score = models.PositiveSmallIntegerField(_("score"))
    comment = models.TextField(_("comment"), blank=True)
    on = models.DateField(_("on"))
    offers = models.BooleanField(_("would tell others"), default=False)
    source = models.CharField(_("source"), max_length=60, blank=True)
    external_id = models.CharField(_("external id"), max_length=120, blank=True)

    objects = SurveyResponseQuerySet.as_manager()

    class Meta:
        ordering = ("-on", "-pk")
        constraints = [
            models.CheckConstraint(condition=models.Q(score__lte=10), name="survey_score_range"),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~models.Q(external_id=""), name="survey_external_id_once"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-on"], name="survey_customer"),
            models.Index(fields=["-on", "-id"], name="survey_on"),
            models.Index(fields=["kind", "-on", "-id"], name="survey_kind_on"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.score}"

    @property
    def is_promoter(self) -> bool:
        return self.kind == SurveyKind.NPS and self.score >= PROMOTER

    @property
    def is_unhappy(self) -> bool:
        return self.score <= UNHAPPY[SurveyKind(self.kind)]

    @transaction.atomic
    def change(self, *, score: int, comment: str, offers: bool) -> Self:
        """The person thought again, by the same link. Raises Refused for a score out of range."""
        checked_score(self.kind, score)
        if (self.score, self.comment, self.offers) == (score, comment, offers):
            return self
        self.score, self.comment, self.offers = score, comment, offers
        self.save(update_fields=["score", "comment", "offers"])
        wake(self.customer_id)
        record(Verb.SURVEY_CHANGED, self, self.customer, contact=self.contact, kind=self.kind, score=score)
        self.follow_up()
        return self

    def follow_up(self) -> None:
        """A promoter nominates; of an unhappy answer those hear who look after the customer. Needs an open transaction."""
        if today() - self.on > FRESH:
            return
        if self.is_unhappy:
            self.warn()
        else:
            self.nominate()

    def warn(self) -> None:
        """Tell the program managers and the account owner once."""
        people = {user.pk: user for user in User.objects.with_role(Role.MANAGER)}
        if self.customer.owner:
            people[self.customer.owner.pk] = self.customer.owner
        url = reverse("references:customer", args=[self.customer_id])
        facts = {"customer": self.customer.name, "score": self.score, "kind": self.kind}
        inbox.notify(people.values(), Kind.SURVEY_LOW, url=url, context=facts, dedupe_key=f"survey_low:{self.pk}")

    def nominate(self) -> Nomination | None:
        """Nominate the company of a promoter who still works there, unless it is a reference or nominated already."""
        ready = self.customer.status == CustomerStatus.CANDIDATE and not self.customer.nominations.open().exists()
        there = self.contact and not self.contact.left_on and not self.contact.erased_at
        if not (self.is_promoter and there and ready):
            return None
        reason = _("Gave %(score)s of 10 in the survey.") % {"score": self.score}
        if self.offers:
            reason = _("Gave %(score)s of 10 in the survey and would tell others.") % {"score": self.score}
        return Nomination.submit(
            by=None, customer=self.customer, contact=self.contact, reason=str(reason), origin=NominationOrigin.SURVEY
        )
