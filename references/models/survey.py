"""SurveyResponse: what a contact said of us."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from references.models.contact import Contact
from references.models.customer import Customer


class SurveyKind(models.TextChoices):
    NPS = "nps", _("Would recommend us")
    SATISFACTION = "satisfaction", _("Satisfaction")


class SurveyResponse(models.Model):
    """`score` is 0–10 for NPS, 1–5 for satisfaction."""

    event_ref = "survey_response"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="survey_responses")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, blank=True, related_name="survey_responses")
    kind = models.CharField(max_length=12, choices=SurveyKind.choices, default=SurveyKind.NPS)
    score = models.PositiveSmallIntegerField(_("score"))
    comment = models.TextField(_("comment"), blank=True)
    on = models.DateField(_("on"))

    class Meta:
        ordering = ("-on", "-pk")
        constraints = [models.CheckConstraint(condition=models.Q(score__lte=10), name="survey_score_range")]
        indexes = [models.Index(fields=["customer", "-on"], name="survey_customer")]

    def __str__(self) -> str:
        return f"{self.kind} {self.score}"
