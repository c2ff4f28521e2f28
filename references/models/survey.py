"""SurveyResponse: what a contact said of us."""

from datetime import date
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from crp.events import record
from crp.verbs import Refused
from references.models.access import allow
from references.models.contact import Contact
from references.models.customer import Customer, CustomerStatus
from references.models.nomination import Nomination, NominationOrigin
from references.verbs import Verb


class SurveyKind(models.TextChoices):
    NPS = "nps", _("Would recommend us")
    SATISFACTION = "satisfaction", _("Satisfaction")


# Score by kind: the least and the most.
RANGES = {SurveyKind.NPS: (0, 10), SurveyKind.SATISFACTION: (1, 5)}
PROMOTER = 9


class SurveyResponseQuerySet(models.QuerySet["SurveyResponse"]):
    @transaction.atomic
    def note(
        self,
        *,
        by: Any,
        customer: Customer,
        kind: str,
        score: int,
        on: date,
        contact: Contact | None = None,
        comment: str = "",
    ) -> "SurveyResponse":
        """
        Write down what somebody said of us; a promoter who may be asked nominates his company by itself.

        `by=None`: it came from a survey. Raises Forbidden, Refused for a score out of range.
        """
        allow(by is None or customer.can_be_managed_by(by))
        least, most = RANGES[SurveyKind(kind)]
        if not least <= score <= most:
            text = _("The score goes from %(least)s to %(most)s.") % {"least": least, "most": most}
            raise Refused(text, code="score_out_of_range", field="score")
        response = self.create(customer=customer, contact=contact, kind=kind, score=score, on=on, comment=comment)
        record(Verb.SURVEY_RECORDED, response, customer, by=by, contact=contact, kind=kind, score=score)
        response.nominate()
        return response


class SurveyResponse(models.Model):
    """`score` is 0–10 for NPS, 1–5 for satisfaction."""

    event_ref = "survey_response"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="survey_responses")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, blank=True, related_name="survey_responses")
    kind = models.CharField(max_length=12, choices=SurveyKind.choices, default=SurveyKind.NPS)
    score = models.PositiveSmallIntegerField(_("score"))
    comment = models.TextField(_("comment"), blank=True)
    on = models.DateField(_("on"))

    objects = SurveyResponseQuerySet.as_manager()

    class Meta:
        ordering = ("-on", "-pk")
        constraints = [models.CheckConstraint(condition=models.Q(score__lte=10), name="survey_score_range")]
        indexes = [models.Index(fields=["customer", "-on"], name="survey_customer")]

    def __str__(self) -> str:
        return f"{self.kind} {self.score}"

    @property
    def is_promoter(self) -> bool:
        return self.kind == SurveyKind.NPS and self.score >= PROMOTER

    def nominate(self) -> Nomination | None:
        """Nominate the company of a promoter who still works there, unless it is a reference or nominated already."""
        ready = self.customer.status == CustomerStatus.CANDIDATE and not self.customer.nominations.open().exists()
        there = self.contact and not self.contact.left_on and not self.contact.erased_at
        if not (self.is_promoter and there and ready):
            return None
        reason = _("Gave %(score)s of 10 in the survey.") % {"score": self.score}
        return Nomination.submit(
            by=None, customer=self.customer, contact=self.contact, reason=str(reason), origin=NominationOrigin.SURVEY
        )
