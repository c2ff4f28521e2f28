"""One person's page: how he stands today, what he will do and why not, what is left of him."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from crp.events import Timeline
from crp.ui import formats
from crp.verbs import today
from references import capacity
from references.availability import LIMITS, Problem, Severity, Standing, problems_by_type, standing, told_to
from references.book import Book
from references.models import ActivityType, Contact, Willingness
from references.views.contacts import looked_up
from references.views.record import rights

# What the answer itself says is not said again as a problem.
ANSWERED = frozenset({"ask_first", "conditions"})
REFUSED = frozenset({"said_no", "no_willingness"})
ASKABLE = ("free", "ask", "resting")


@dataclass(frozen=True)
class Line:
    """
    A kind of activity: the answer that counts (his own, else his company's; `ran_out`: none does any more), how he stands,
    and the problems of this kind alone. `refusal`: the one of them that settles it.
    """

    kind: ActivityType
    said: Willingness | None
    ran_out: bool
    stands: Standing
    problems: Sequence[Problem]
    refusal: Problem | None

    @property
    def days(self) -> int:
        """The window of the own limit."""
        return (self.said and self.said.limit_days) or self.kind.limit_days


@require_safe
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """The page. Sixteen queries at most, for one kind of activity or thirty."""
    person = looked_up(request, pk)
    on, types = today(request.user), list(ActivityType.objects.in_use())
    found = problems_by_type(person, types, on)
    told = {kind: told_to(problems, person, request.user) for kind, problems in found.items()}
    common = shared(told.values())
    texts = {problem.text for problem in common}
    answers = Willingness.objects.filter(Q(contact=person) | Q(customer=person.customer_id))
    said = {(one.activity_type_id, one.contact_id is None): one for one in answers}
    lines = [
        line(kind, [said.get((kind.pk, company)) for company in (False, True)], on, standing(found[kind.pk]),
             [problem for problem in told[kind.pk] if problem.text not in texts])
        for kind in types
    ]  # fmt: skip
    book = Book.of_customer(person.customer_id, on, days=person.own_days)
    context = {
        "contact": person,
        "customer": person.customer,
        "standing": sentence(lines),
        "common": [(tint(problem), problem.text) for problem in common],
        "lines": lines,
        "gauges": gauges(person, on, book),
        "shown": person.details_visible_to(request.user),
        "timeline": Timeline.about(person, user=request.user),
        **rights(person.customer, request.user),
    }
    return render(request, "references/contact.html", context)


def shared(lists: Iterable[Sequence[Problem]]) -> list[Problem]:
    """What stands against every kind alike, by its words: said once, above all of them. A refusal belongs to its kind."""
    first, *others = list(lists) or [[]]
    alike = reduce(set.intersection, ({one.text for one in found} for found in others), {one.text for one in first})
    return [one for one in first if others and one.text in alike and one.code not in REFUSED | ANSWERED]


def line(
    kind: ActivityType, answers: Sequence[Willingness | None], on: date, stands: Standing, problems: Sequence[Problem]
) -> Line:
    """The line of one kind; `answers` are his own and his company's."""
    known = [one for one in answers if one]
    counting = next((one for one in known if one.until is None or one.until >= on), None)
    refusal = next((problem for problem in problems if problem.code in REFUSED), None)
    worth = [] if refusal else [problem for problem in problems if problem.code not in ANSWERED]
    barred = [problem for problem in worth if problem.severity == Severity.BLOCKER and problem.code not in LIMITS]
    own = counting or (known[0] if known else None)
    return Line(kind, own, bool(own) and not counting, stands, barred or worth, refusal)


def sentence(lines: Sequence[Line]) -> str:
    """For how much he may be asked today; if for nothing, from when on again."""
    free = sum(each.stands.state in ASKABLE for each in lines)
    if not free:
        ends = [each.stands.until for each in lines if not each.refusal]
        known = [day for day in ends if day]
        if not known or len(known) < len(ends):
            return _("Nothing can be asked today.")
        day = formats.day(min(known) + timedelta(days=1))
        return _("Nothing can be asked today; free again on %(day)s.") % {"day": day}
    text = ngettext(
        "May be asked for %(n)s of %(all)s kinds of activity today.",
        "May be asked for %(n)s of %(all)s kinds of activity today.",
        free,
    )
    return text % {"n": formats.number(free), "all": formats.number(len(lines))}


def tint(problem: Problem) -> str:
    """The kind of note: a pause rests, other bars stop, the rest is to be thought of."""
    if problem.severity != Severity.BLOCKER:
        return "ask"
    return "rest" if problem.code == "paused" else "stop"


def gauges(person: Contact, on: date, book: Book) -> list[tuple[str, capacity.Usage]]:
    """What is left of the program's limits and of the person's own, each with its words."""
    days = {
        _("Live uses in %(days)s days"): capacity.usage(person, on, book=book),
        _("Effort in %(days)s days"): capacity.effort(person, on, book=book),
        _("Own limit on live asks, in %(days)s days"): capacity.own(person, on, book=book),
    }
    return [(text % {"days": formats.number(use.days)}, use) for text, use in days.items() if use.limit is not None]
