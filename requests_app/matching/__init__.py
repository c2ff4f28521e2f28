"""
Who fits a request best, and why: a sum of weighted parts, 0 to 100, the same every time for the same input.

The best are found by one SQL statement over everybody who may be asked at all; details, reasons and problems are then read
for those alone, so the work does not grow with the number of customers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Value
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from crp.verbs import today
from references import availability
from references.book import Book
from references.capacity import Usage
from references.models import Contact, CustomerStatus, Willingness
from references.models.willingness import Answer
from requests_app.criteria import asked_for
from requests_app.matching import wishes as wished
from requests_app.matching.parts import (
    IndustryPart,
    LanguagePart,
    Part,
    ProductPart,
    RatingsPart,
    Reason,
    RegionPart,
    RestPart,
    RolePart,
    SizePart,
    UseCasePart,
    referable,
)
from requests_app.models import RequestRules

__all__ = ["FITS", "Match", "Reason", "Relaxation", "rank", "relaxations", "score"]
# From this score on somebody counts as fitting, when a criterion is relaxed.
FITS = 70
PREVIEWED = 40
# Which criteria call for which part; the last two always count.
PARTS: tuple[tuple[type[Part], str, tuple[str, ...]], ...] = (
    (IndustryPart, "weight_industry", ("industries",)),
    (ProductPart, "weight_product", ("products",)),
    (UseCasePart, "weight_use_case", ("use_cases",)),
    (RegionPart, "weight_region", ("countries",)),
    (SizePart, "weight_size", ("company_size",)),
    (LanguagePart, "weight_language", ("languages",)),
    (RolePart, "weight_role", ("functions", "seniority")),
    (RatingsPart, "weight_ratings", ()),
    (RestPart, "weight_rest", ()),
)


@dataclass(frozen=True)
class Match:
    """
    A person with his score (0 to 100, the sum of the reasons' points) and what stands against asking him.

    `usage` is his customer's effort in the window that ends with the day it is needed.
    """

    contact: Contact
    score: int
    reasons: list[Reason]
    problems: list[availability.Problem]
    usage: Usage


@dataclass(frozen=True)
class Relaxation:
    """What leaving out one criterion opens: how many more fit, and how many of those are free to ask (of the first 40)."""

    criterion: str
    text: str
    more: int
    free: int


def rank(request: Any, limit: int = 25, *, without: Iterable[str] = (), on: date | None = None) -> list[Match]:
    """
    The people who fit best, the best first; equal scores by who rested longer, then by key. At most seven queries.

    `without` leaves criteria out. Those who can't be asked now are among them, with the problems that say why.
    """
    now = on or today()
    parts = parts_for(request, asked_for(request, tuple(without)), now)
    best = list(detailed(order(scored(askable(request, now), parts)), now)[:limit])
    return explain(request, best, parts)


def score(request: Any, contact: Contact, *, on: date | None = None) -> Match:
    """One person's match, whether he may be asked or not."""
    now = on or today()
    parts = parts_for(request, asked_for(request), now)
    return explain(request, list(detailed(Contact.objects.filter(pk=contact.pk), now)), parts)[0]


def relaxations(request: Any, *, on: date | None = None) -> list[Relaxation]:
    """For each criterion that is asked for, what leaving it out would open; nothing changes. One query each, and nine."""
    now = on or today()
    asked = asked_for(request)
    base = askable(request, now)
    terms = wished.vocabulary(asked)
    all_parts = parts_for(request, asked, now, terms)
    opened: dict[str, list[Contact]] = {}
    for name in asked:
        rest = {key: value for key, value in asked.items() if key != name}
        rows: Any = scored(scored(base, parts_for(request, rest, now, terms), "relaxed"), all_parts)
        found = order(rows.filter(points__lt=FITS, relaxed__gte=FITS), "relaxed")
        opened[name] = list(found.select_related("customer__owner")[:PREVIEWED])
    people = {person.pk: person for found in opened.values() for person in found}
    found_problems = (
        availability.problems_of(people.values(), request.activity_type, request.need_by, prospect=request.deal_name)
        if people
        else {}
    )
    free = {pk for pk, problems in found_problems.items() if availability.standing(problems).state == "free"}
    return [
        Relaxation(name, relaxed_text(name), len(found), sum(person.pk in free for person in found))
        for name, found in opened.items()
        if found
    ]


def relaxed_text(name: str) -> str:
    return {
        "industries": _("Any branch"),
        "products": _("Any product"), "use_cases": _("Any use case"), "countries": _("Any country"),
        "company_size": _("Any company size"), "languages": _("Any language"), "functions": _("Any field of work"),
        "seniority": _("Any seniority"),
    }[name]  # fmt: skip


def askable(request: Any, on: date) -> QuerySet[Contact]:
    """Consenting people of active customers who, or whose company, said yes or ask first; not the prospect's own."""
    said = Willingness.objects.order_by().standing(on).filter(activity_type=request.activity_type_id)
    own, company = said.filter(contact__isnull=False), said.filter(customer__isnull=False)
    yes = own.exclude(answer=Answer.NO).values("contact")
    through = (
        Contact.objects.order_by()
        .filter(customer__in=company.exclude(answer=Answer.NO).values("customer"))
        .values("pk")
    )
    people = Contact.objects.order_by().consenting().present().filter(customer__status=CustomerStatus.ACTIVE)
    people = people.filter(pk__in=yes.union(through)).exclude(pk__in=own.filter(answer=Answer.NO).values("contact"))
    account = request.opportunity.account_id if request.opportunity else None
    return people.exclude(customer=account) if account else people


def parts_for(request: Any, asked: dict[str, Any], on: date, terms: wished.Terms | None = None) -> list[Part]:
    """The parts that count for what is asked, their most points adding up to 100."""
    rules = getattr(request, "_rules", None) or RequestRules.current()
    request._rules = rules
    wanted = [
        (part, getattr(rules, weight)) for part, weight, keys in PARTS if not keys or any(key in asked for key in keys)
    ]
    resolved = wished.resolve(asked, terms)
    most = apportion([weight for _part, weight in wanted])
    return [part(of, resolved, on) for (part, _weight), of in zip(wanted, most, strict=True) if of]


def apportion(weights: Sequence[int]) -> list[int]:
    """Whole points adding up to 100 in proportion to the weights, the largest remainders first (Hare)."""
    total = sum(weights)
    if not total:
        return [0] * len(weights)
    exact = [100 * weight for weight in weights]
    points = [each // total for each in exact]
    order_ = sorted(range(len(weights)), key=lambda index: (-(exact[index] % total), index))
    for index in order_[: 100 - sum(points)]:
        points[index] += 1
    return points


def scored(people: QuerySet[Contact], parts: Sequence[Part], name: str = "points") -> QuerySet[Contact]:
    """Each with the sum of the parts' points."""
    total: Any = Value(0)
    for part in parts:
        total = total + part.sql()
    return people.annotate(**{name: total})


def order(people: QuerySet[Contact], name: str = "points") -> QuerySet[Contact]:
    """The best first; then who rested longer; then by key, so that the order is always the same."""
    return people.order_by(F(name).desc(), F("last_live_on").asc(nulls_first=True), "pk")


def detailed(people: QuerySet[Contact], on: date) -> QuerySet[Contact]:
    """With all that reasons and problems read; `deployed` is what the customer runs on the day and may be asked about."""
    facts = JSONObject(product="product", use_case="use_case", since="since")
    theirs = referable(on).filter(customer=OuterRef("customer")).order_by("pk")
    return people.select_related("customer__industry", "customer__owner").annotate(
        deployed=ArraySubquery(theirs.values(facts=facts))
    )


def explain(request: Any, people: Sequence[Contact], parts: Sequence[Part]) -> list[Match]:
    """The matches of people in their order."""
    if not people:
        return []
    kind, day = request.activity_type, request.need_by
    book = Book.open(people, kind, day)
    problems = availability.problems_of(people, kind, day, prospect=request.deal_name, book=book)
    matches = []
    for person in people:
        reasons = [part.reason(person) for part in parts]
        points = sum(reason.points for reason in reasons)
        policy = book.policy
        usage = Usage(*book.effort_parts(person.customer_id, day), policy.customer_effort, policy.customer_days)
        matches.append(Match(person, points, reasons, problems[person.pk], usage))
    return matches
