"""A customer's record: what each person will do, what happened, what is known."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crp.events import Timeline
from crp.ui.drawing import drawn
from crp.ui.pages import page_or_partial
from crp.verbs import today
from references import capacity
from references.book import Book
from references.health import of
from references.models import (
    Activity,
    ActivityType,
    Answer,
    Complaint,
    Contact,
    Customer,
    CustomerStatus,
    Hold,
    Pause,
    SurveyResponse,
    Willingness,
)  # fmt: skip
from references.models.access import allow, may_set_up
from references.models.survey import SurveyKind

PERSON = ("name", "job_title", "consent_granted_at", "consent_withdrawn_at", "erased_at")
FEW = 5
RUNS = ("customer_id", "since", "referable", "note", "product__name", "use_case__name")


@dataclass(frozen=True)
class Said:
    """An answer in the grid."""

    answer: str
    limit_count: int | None
    conditions: str


@dataclass(frozen=True)
class Person:
    """A line of the grid: somebody, and his answer (or None) for each type in order."""

    pk: int
    name: str
    job_title: str
    has_consent: bool
    has_withdrawn: bool
    answers: tuple[Said | None, ...]

    @property
    def will_speak(self) -> bool:
        """Has he consented and agreed to anything?"""
        return self.has_consent and any(said and said.answer != Answer.NO for said in self.answers)


@require_safe
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """The record page. Ten queries at most, for one person or fifty."""
    found = get_object_or_404(
        Customer.objects.visible_to(request.user).select_related("industry", "owner", "parent"), pk=pk
    )
    types = list(ActivityType.objects.in_use().only("icon", "name"))
    people = grid(found, types, today(request.user))
    may = rights(found, request.user)
    context = {
        "customer": found,
        "people": people,
        "grid_head": drawn("references/_grid_head.html", types=tuple((kind.icon, kind.label) for kind in types), **may),
        "grid_rows": [drawn("references/_grid_row.html", person=person, **may) for person in people],
        "speakers": sum(person.will_speak for person in people),
        "more": drawn("references/_more.html", pk=found.pk, retired=found.status == CustomerStatus.RETIRED, **may),
        "deployments": found.deployments.select_related("product", "use_case").only(*RUNS),
        "timeline": Timeline.about(found, user=request.user, only=request.GET.get("only", "")),
        "kinds": [
            ("", _("All")),
            ("asks", _("Asks")),
            ("material", _("Material")),
            ("notes", _("Notes")),
            ("people", _("People")),
        ],
        **may,
    }  # fmt: skip
    return render(request, "references/customer.html", context)


def grid(found: Customer, types: list[ActivityType], on: date) -> list[Person]:
    """The people still there and what each said, in two queries; the company's own answers stand in where one is silent."""
    contacts = list(Contact.objects.filter(customer=found).present().only(*PERSON))
    own: dict[tuple[int | None, int], Said] = {}
    answers = Willingness.objects.standing(on).filter(Q(contact__in=contacts) | Q(contact=None, customer=found))
    rows = answers.values_list("contact", "activity_type", "answer", "limit_count", "conditions")
    for contact, kind, answer, limit, conditions in rows:
        own[contact, kind] = Said(answer, limit, conditions)
    return [
        Person(
            one.pk, one.name, one.job_title, one.has_consent, bool(one.consent_withdrawn_at),
            tuple(own.get((one.pk, kind.pk)) or own.get((None, kind.pk)) for kind in types),
        )
        for one in contacts
    ]  # fmt: skip


def rights(found: Customer, user: Any) -> dict[str, bool]:
    """What the reader may do and see here."""
    return {
        "can_edit": found.can_be_edited_by(user),
        "can_manage": found.can_be_managed_by(user),
        "can_give": may_set_up(user),
        "shows_health": found.shows_health_to(user),
    }


@require_safe
def customer_room(request: HttpRequest, pk: int) -> HttpResponse:
    """How much may still be asked of the people here; pauses, complaints and satisfaction for those who may know."""
    found = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    on = today(request.user)
    book = Book.of_customer(found.pk, on)
    people = list(Contact.objects.filter(customer=found).present())
    context = {
        "customer": found,
        "effort": capacity.usage(found, on, book=book),
        "people": [(person, capacity.usage(person, on, book=book)) for person in people],
        "holds": list(
            Hold.objects.live(timezone.now()).filter(customer=found).select_related("contact", "override_by")
        ),
        "overs": list(Activity.objects.over(on - timedelta(days=book.policy.window)).filter(customer=found)[:FEW]),
        "pauses": list(Pause.objects.open().filter(customer=found).select_related("contact")),
        **rights(found, request.user),
    }
    if context["shows_health"]:
        context |= health(found)
    return page_or_partial(request, "references/room.html", "references/_room.html", context)


def health(found: Customer) -> dict[str, Any]:
    """Open complaints and the line of answers to “would you recommend us”."""
    scores = list(SurveyResponse.objects.filter(customer=found, kind=SurveyKind.NPS).select_related("contact")[:24])
    return {
        "complaints": list(Complaint.objects.open().filter(customer=found).select_related("contact")),
        "latest": scores[0] if scores else None,
        "scores": [response.score for response in reversed(scores)],
    }


@require_safe
def customer_health(request: HttpRequest, pk: int) -> HttpResponse:
    """Health with its parts and gates, for those who may know of it."""
    found = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    allow(found.shows_health_to(request.user))
    context = {"customer": found, "health": of(found, today(request.user))}
    return page_or_partial(request, "references/health.html", "references/_health.html", context)
