"""A customer's record: what each person will do, what happened, what is known."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crp.events import Timeline
from crp.ui.drawing import drawn
from crp.ui.pages import page_or_partial, wants_partial
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
    Publicity,
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
    answers: tuple[tuple[str, Said | None], ...]

    @property
    def will_speak(self) -> bool:
        """Has he consented and agreed to anything?"""
        return self.has_consent and any(said and said.answer != Answer.NO for _kind, said in self.answers)


@require_safe
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """The record page. Ten queries at most, for one person or fifty."""
    seen = Customer.objects.visible_to(request.user)
    if wants_partial(request) and "only" in request.GET:
        return happened(request, get_object_or_404(seen, pk=pk))
    found = get_object_or_404(with_more(seen, request.user).select_related("industry", "owner", "parent"), pk=pk)
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
        "ladder": Publicity.choices, "more_children": len(found.children) > FEW,
        "timeline": Timeline.about(found, user=request.user, only=request.GET.get("only", "")),
        "kinds": kinds(may["shows_health"]),
        **may,
    }  # fmt: skip
    return render(request, "references/customer.html", context)


def with_more(seen: Any, user: Any) -> Any:
    """With `children`, the first few companies below it as {pk, name}, and `asks` under way, all in the same query."""
    below = Customer.objects.visible_to(user).filter(parent=OuterRef("pk")).order_by("name", "pk")
    one = JSONObject(pk="pk", name="name")
    held = Hold.objects.live(timezone.now()).filter(customer=OuterRef("pk")).order_by().values("customer")
    return seen.annotate(
        children=ArraySubquery(below.values(one=one)[: FEW + 1]),
        asks=Coalesce(Subquery(held.annotate(n=Count("pk")).values("n")), 0),
    )


def kinds(shows_notes: bool) -> list[tuple[str, Any]]:
    """What a timeline may be narrowed to; notes for those who may read them."""
    notes = [("notes", _("Notes"))] if shows_notes else []
    return [("", _("All")), ("asks", _("Asks")), ("material", _("Material")), *notes, ("people", _("People"))]


def happened(request: HttpRequest, found: Customer) -> HttpResponse:
    """The timeline alone, narrowed by the address."""
    only = request.GET.get("only", "")
    context = {
        "customer": found, "timeline": Timeline.about(found, user=request.user, only=only),
        "kinds": kinds(found.shows_health_to(request.user)), "only": only,
    }  # fmt: skip
    return render(request, "references/_happened.html", context)


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
            tuple((kind.label, own.get((one.pk, kind.pk)) or own.get((None, kind.pk))) for kind in types),
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
        "people": [(one, capacity.usage(one, on, book=book), capacity.effort(one, on, book=book)) for one in people],
        "holds": list(
            Hold.objects.live(timezone.now()).filter(customer=found).select_related("contact", "override_by")
        ),
        "overs": list(Activity.objects.over(on - timedelta(days=book.policy.window)).filter(customer=found)[:FEW]),
        "pauses": list(Pause.objects.open().filter(customer=found).select_related("contact")),
        **rights(found, request.user),
    }
    if context["shows_health"]:
        context["complaints"] = list(Complaint.objects.open().filter(customer=found).select_related("contact"))
    return page_or_partial(request, "references/room.html", "references/_room.html", context)


@require_safe
def customer_said(request: HttpRequest, pk: int) -> HttpResponse:
    """What they say of us and complained of, for those who may know: the line of answers, the latest words, what is settled."""
    found = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    allow(found.shows_health_to(request.user))
    answers = SurveyResponse.objects.filter(customer=found).select_related("contact")
    scores = list(answers.filter(kind=SurveyKind.NPS)[:24])
    context = {
        "customer": found, "latest": scores[0] if scores else None,
        "scores": [response.score for response in reversed(scores)],
        "satisfied": answers.filter(kind=SurveyKind.SATISFACTION).first(),
        "settled": list(Complaint.objects.filter(customer=found, closed_on__isnull=False).order_by("-closed_on", "-pk")[:FEW]),
        **rights(found, request.user),
    }  # fmt: skip
    return page_or_partial(request, "references/said.html", "references/_said.html", context)


@require_safe
def customer_health(request: HttpRequest, pk: int) -> HttpResponse:
    """Health with its parts and gates, for those who may know of it."""
    found = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    allow(found.shows_health_to(request.user))
    context = {"customer": found, "health": of(found, today(request.user))}
    return page_or_partial(request, "references/health.html", "references/_health.html", context)
