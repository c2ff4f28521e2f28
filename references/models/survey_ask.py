"""SurveyAsk: a question sent to a person by a link of his own."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef

from references.models.access import sees_all_customers
from references.models.contact import Contact, ContactQuerySet
from references.models.customer import CustomerStatus
from references.models.survey import SurveyKind, SurveyResponse

# Nobody is asked the same within this time, whether he answered or not.
QUIET = timedelta(days=90)


class SurveyAskQuerySet(models.QuerySet["SurveyAsk"]):
    def visible_to(self, user: Any) -> Self:
        """As the answers."""
        return self if sees_all_customers(user) else self.filter(contact__customer__owner=user)

    def unanswered(self) -> Self:
        return self.filter(answered_at=None)

    def lately(self, kind: str, now: datetime) -> Self:
        """Asked so recently that it is too early to ask again."""
        return self.filter(kind=kind, sent_at__gt=now - QUIET)


class SurveyAsk(models.Model):
    event_ref = "survey_ask"

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="survey_asks")
    kind = models.CharField(max_length=12, choices=SurveyKind.choices, default=SurveyKind.NPS)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    response = models.OneToOneField(SurveyResponse, models.SET_NULL, null=True, related_name="ask")

    objects = SurveyAskQuerySet.as_manager()

    class Meta:
        ordering = ("-sent_at", "-pk")
        indexes = [
            models.Index(fields=["contact", "kind", "-sent_at"], name="survey_ask_contact"),
            models.Index(fields=["-sent_at", "-id"], condition=models.Q(answered_at=None), name="survey_ask_open"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.contact_id}"


def askable(kind: str, now: datetime) -> ContactQuerySet:
    """
    People who may be sent the question: still there, with an address, not of a retired customer, consent not taken back,
    and neither asked nor heard within QUIET.
    """
    asked = SurveyAsk.objects.lately(kind, now).filter(contact=OuterRef("pk"))
    heard = SurveyResponse.objects.filter(contact=OuterRef("pk"), kind=kind, on__gt=(now - QUIET).date())
    people = Contact.objects.present().filter(consent_withdrawn_at=None).exclude(email="")
    return people.exclude(customer__status=CustomerStatus.RETIRED).filter(~Exists(asked), ~Exists(heard))
