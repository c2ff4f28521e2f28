"""A customer's record: what each person will do, what happened, what is known."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from crp.events import Timeline
from crp.ui.pages import page_or_partial
from crp.verbs import today
from references import capacity
from references.book import Book
from references.models import ActivityType, Complaint, Contact, Customer, Pause, SurveyResponse, Willingness
from references.models.survey import SurveyKind


@dataclass
class Person:
    """A line of the grid: somebody, and his answer (or None) for each type in order."""

    contact: Contact
    answers: list[Willingness | None]

    @property
    def will_speak(self) -> bool:
        """Has he consented and agreed to anything?"""
        return self.contact.has_consent and any(found and found.answer != "no" for found in self.answers)


@require_safe
def customer(request: HttpRequest, pk: int) -> HttpResponse:
    """The record page. Ten queries at most, for one person or fifty."""
    found = get_object_or_404(
        Customer.objects.visible_to(request.user).select_related("industry", "owner", "parent"), pk=pk
    )
    types = list(ActivityType.objects.in_use())
    people = grid(found, types, request.user)
    context = {
        "customer": found,
        "types": types,
        "people": people,
        "speakers": sum(person.will_speak for person in people),
        "deployments": list(found.deployments.select_related("product", "use_case")),
        "timeline": Timeline.about(found, user=request.user),
        **rights(found, request.user),
    }
    return render(request, "references/customer.html", context)


def grid(found: Customer, types: list[ActivityType], user: Any) -> list[Person]:
    """The people still there and what each said, in two queries; the company's own answers stand in where one is silent."""
    contacts = list(Contact.objects.filter(customer=found).present().with_released_to(user))
    own: dict[tuple[int | None, int], Willingness] = {}
    for said in Willingness.objects.standing(today(user)).of_customer(found):
        own[said.contact_id, said.activity_type_id] = said
    lines = []
    for contact in contacts:
        contact.customer = found
        answers = [own.get((contact.pk, kind.pk)) or own.get((None, kind.pk)) for kind in types]
        lines.append(Person(contact, answers))
    return lines


def rights(found: Customer, user: Any) -> dict[str, bool]:
    """What the reader may do and see here."""
    return {
        "can_edit": found.can_be_edited_by(user),
        "can_manage": found.can_be_managed_by(user),
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
