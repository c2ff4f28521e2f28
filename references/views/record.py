"""A customer's record: what each person will do, what happened, what is known."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest, JSONObject
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
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
STEPS = tuple(Publicity)
CAREFUL = {Publicity.NONE: "ban", Publicity.ASK: "hand"}
MEANS = {
    Publicity.NONE: gettext_lazy("We may not name them anywhere."),
    Publicity.ASK: gettext_lazy("We ask before each naming."),
    Publicity.NAME: gettext_lazy("We may name them, without their logo."),
    Publicity.LOGO: gettext_lazy("We may show their name and logo."),
    Publicity.FULL: gettext_lazy("We may name, show and quote them."),
}
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
    on = today(request.user)
    people = grid(found, types, on)
    may = rights(found, request.user)
    context = {
        "customer": found,
        "people": people,
        "grid_head": drawn("references/_grid_head.html", types=tuple((kind.icon, kind.label) for kind in types), **may),
        "grid_rows": [drawn("references/_grid_row.html", person=person, **may) for person in people],
        "speakers": sum(person.will_speak for person in people),
        "more": drawn("references/_more.html", pk=found.pk, retired=found.status == CustomerStatus.RETIRED, **may),
        "deployments": found.deployments.select_related("product", "use_case").only(*RUNS),
        "ladder": ladder(found, on),
        "publicity_over": bool(found.publicity_until and found.publicity_until < on),
        "timeline": Timeline.about(found, user=request.user, only=request.GET.get("only", "")),
        "kinds": kinds(may["shows_health"]),
        **may,
    }
    return page_or_partial(request, "references/customer.html", "references/customer.html", context)


def with_more(seen: Any, user: Any) -> Any:
    """
    With `children`, the first few companies below it as {pk, name}, how many there are more (`others`), whether the reader
    sees the one above (`sees_parent`), and `asks` under way; all in the same query.
    """
    visible = Customer.objects.visible_to(user)
    below = visible.filter(parent=OuterRef("pk"))
    held = Hold.objects.live(timezone.now()).filter(customer=OuterRef("pk"))
    first = below.order_by("name", "pk").values(one=JSONObject(pk="pk", name="name"))[:FEW]
    return seen.annotate(
        children=ArraySubquery(first), others=Greatest(counted(below, "parent") - FEW, 0), asks=counted(held, "customer"),
        sees_parent=Exists(visible.filter(pk=OuterRef("parent"))),
    )  # fmt: skip


def counted(rows: Any, by: str) -> Coalesce:
    """How many of the rows there are, as a subquery."""
    return Coalesce(Subquery(rows.order_by().values(by).annotate(n=Count("pk")).values("n")), 0)


@dataclass(frozen=True)
class Rung:
    """A step of what a contract may let us say; `allowed`: it lets us do this, `current`: and no more."""

    step: Publicity
    means: Any
    allowed: bool
    current: bool

    @property
    def icon(self) -> str:
        if self.current and self.step in CAREFUL:
            return CAREFUL[self.step]
        return "check" if self.allowed else "minus"


def ladder(found: Customer, on: date) -> list[Rung]:
    """All steps, from nothing to everything; terms that have run out leave us asking."""
    asks, stands = STEPS.index(Publicity.ASK), STEPS.index(Publicity(found.publicity))
    if found.publicity_until and found.publicity_until < on:
        stands = min(stands, asks)
    return [Rung(step, MEANS[step], asks < number <= stands, number == stands) for number, step in enumerate(STEPS)]


def kinds(shows_notes: bool) -> list[tuple[str, Any]]:
    """What a timeline may be narrowed to; notes for those who may read them."""
    notes = [("notes", _("Notes"))] if shows_notes else []
    return [("", _("All")), ("asks", _("Asks")), ("material", _("Material")), *notes, ("people", _("People"))]


def happened(request: HttpRequest, found: Customer) -> HttpResponse:
    """The timeline alone, narrowed by the address, and which of its kinds is shown."""
    context = {
        "customer": found,
        "timeline": Timeline.about(found, user=request.user, only=request.GET.get("only", "")),
        "kinds": kinds(found.shows_health_to(request.user)),
    }
    return page_or_partial(request, "references/customer.html", "references/_happened.html", context)


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
    gauges = [(one, capacity.usage(one, on, book=book), capacity.effort(one, on, book=book)) for one in people]
    context = {
        "customer": found,
        "effort": capacity.usage(found, on, book=book),
        "first": gauges[:FEW],
        "others": gauges[FEW:],
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
        "customer": found, "latest": scores[0] if scores else None, "first": scores[-1] if scores else None,
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
