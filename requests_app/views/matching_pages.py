"""Who could be asked: ranked, explained, compared; proposing one, or going over a limit with a reason."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from crp.ui import formats
from crp.ui.lists import Tab
from crp.ui.pages import page_or_partial
from crp.verbs import Forbidden
from references.availability import Severity, standing, told_to
from references.capacity import Usage
from references.models import Contact
from requests_app import matching
from requests_app.criteria import asked_for
from requests_app.forms import ReasonForm
from requests_app.models import ReferenceRequest
from requests_app.models.states import LIVE_STATES
from requests_app.views.acting import ask, done, guard, sent
from requests_app.views.clock import clock_of
from requests_app.views.criteria import criteria_words, label_of
from requests_app.views.requests import page_facts, visible
from requests_app.views.sentences import told

SHOWN, COMPARED = 25, 4


@dataclass
class Person:
    """One candidate as the page shows him."""

    match: matching.Match
    problems: list[Any]
    assignment: Any = None

    @property
    def effort(self) -> Usage:
        return self.match.usage

    @property
    def contact(self) -> Contact:
        return self.match.contact

    @property
    def standing(self) -> Any:
        return standing(self.problems)

    @property
    def blocked(self) -> bool:
        return any(problem.severity == Severity.BLOCKER for problem in self.problems)

    @property
    def over_limit(self) -> bool:
        """Only limits bar him, so a reason lets one go over."""
        return self.standing.state == "limit"

    @property
    def speaks_for(self) -> list[Any]:
        """The two parts that weigh most for him."""
        earned = [part for part in self.match.reasons if part.points and part.points * 2 >= part.of]
        return sorted(earned, key=lambda part: -part.points)[:2]

    @property
    def speaks_against(self) -> list[Any]:
        """The part that costs him most."""
        lost = [part for part in self.match.reasons if part.points * 2 < part.of]
        return sorted(lost, key=lambda part: part.points - part.of)[:1]


def people_for(found: ReferenceRequest, user: Any, ranked: list[matching.Match]) -> list[Person]:
    """The matches with what the reader may know of each. One query more than ranking."""
    live = {one.contact_id: one for one in found.assignments.filter(state__in=LIVE_STATES)}
    return [Person(match, told_to(match.problems, match.contact, user), live.get(match.contact.pk)) for match in ranked]


@require_GET
def matches(request: HttpRequest, pk: int) -> HttpResponse:
    """The best fitting people, with why, and why not."""
    found = visible(request, pk)
    if not found.may_see_matches(request.user):
        raise Forbidden
    without = request.GET.get("without", "")
    looked_for = asked_for(found)
    without = without if without in looked_for else ""
    people = people_for(found, request.user, matching.rank(found, limit=SHOWN, without=[without] if without else []))
    can_ask = [person for person in people if not person.blocked]
    view = request.GET.get("view", "")
    shown = {"can": can_ask, "not": [person for person in people if person.blocked]}.get(view, people)
    context = {
        "found": found, "people": shown, "best": can_ask[0] if can_ask else None, "view": view,
        "without": without, "without_words": label_of(without), "tabs": _tabs(people, can_ask),
        "criteria": criteria_words(looked_for),
        "relax": bool(looked_for and not without), "clock": clock_of(found),
        "sentence": _sentence(people, can_ask), "can_propose": found.may("propose", request.user),
        **page_facts(found, request.user),
    }  # fmt: skip
    told([found], request.user)
    return page_or_partial(request, "requests_app/matches.html", "requests_app/_people.html", context)


@require_GET
def relaxations(request: HttpRequest, pk: int) -> HttpResponse:
    """What leaving out one criterion would open, as a part of the page."""
    found = visible(request, pk)
    if not found.may_see_matches(request.user):
        raise Forbidden
    context = {"found": found, "relaxations": matching.relaxations(found), "fits": matching.FITS}
    return page_or_partial(request, "requests_app/relax.html", "requests_app/_relax.html", context)


def _tabs(people: list[Person], can_ask: list[Person]) -> list[Tab]:
    return [
        Tab("", _("All"), len(people)),
        Tab("can", _("Can be asked"), len(can_ask)),
        Tab("not", _("Not now"), len(people) - len(can_ask)),
    ]


def _sentence(people: list[Person], can_ask: list[Person]) -> str:
    if not people:
        return _("Nobody fits yet.")
    free = sum(person.standing.state == "free" for person in people)
    facts = {"n": formats.number(len(people)), "free": formats.number(free)}
    fit = ngettext("%(n)s person fits.", "%(n)s people fit.", len(people)) % facts
    if not can_ask:
        return fit + " " + _("None of them can be asked now.")
    now = ngettext("%(free)s is free to ask today.", "%(free)s are free to ask today.", free) % facts
    best = _("%(name)s fits best.") % {"name": can_ask[0].contact.name}
    return f"{fit} {now} {best}"


@require_GET
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Two to four people side by side, part by part."""
    found = visible(request, pk)
    if not found.may_see_matches(request.user):
        raise Forbidden
    ids = [int(one) for one in request.GET.getlist("contact") if one.isdecimal()][:COMPARED]
    ranked = [match for match in matching.rank(found, limit=SHOWN) if match.contact.pk in ids]
    people = people_for(found, request.user, ranked)
    parts = [
        (part, [person.match.reasons[index] for person in people])
        for index, part in enumerate(people[0].match.reasons if people else [])
    ]
    context = {"found": found, "people": people, "parts": parts, "can_propose": found.may("propose", request.user)}
    return render(request, "requests_app/compare.html", context)


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Choose this person; `?over=1` asks for the reason to go over a limit first."""
    found = visible(request, pk)
    guard(found, "propose", request.user)
    contact = get_object_or_404(Contact.objects.visible_to(request.user).select_related("customer"), pk=contact_pk)
    back = reverse("requests_app:request", args=[found.pk])
    said = _("%(name)s is proposed for %(number)s.") % {"name": contact.name, "number": found.reference}
    if request.method == "POST" and "reason" not in request.POST:
        found.propose(contact=contact, by=request.user)
        return done(request, said, back)
    return ask(
        request, ReasonForm(sent(request), label=_("Why is it worth it?")),
        lambda cleaned: found.propose(contact=contact, by=request.user, override_reason=cleaned["reason"]),
        said=said, back=reverse("requests_app:matches", args=[found.pk]),
        title=_("Ask %(name)s all the same?") % {"name": contact.name},
        text=_("This goes over what was agreed with them. Your reason stays on the record, where everyone can read it."),
        yes=_("Propose"), no=_("Leave it"),
    )  # fmt: skip
