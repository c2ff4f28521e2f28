"""What is looked for, with every name resolved to rows: from the request's criteria, else from the deal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, CharField, F, Value
from django.db.models.functions import Cast

from crp.search import normalise
from references.models import Industry, Product, Region, UseCase
from requests_app import criteria

# How well a branch fits, by its distance in the tree.
BY_DISTANCE = {0: 1.0, 1: 0.7, 2: 0.4}


NO_PARENT, NO_COUNTRIES = Cast(Value(None), BigIntegerField()), Cast(Value(None), ArrayField(CharField()))
# Model, parent and countries of the taxonomy that a criterion names.
TAXONOMIES: Mapping[str, tuple[Any, Any, Any]] = {
    "industries": (Industry, F("parent_id"), NO_COUNTRIES),
    "products": (Product, NO_PARENT, NO_COUNTRIES),
    "use_cases": (UseCase, NO_PARENT, NO_COUNTRIES),
    "countries": (Region, NO_PARENT, Cast("countries", ArrayField(CharField()))),
}


class Term(NamedTuple):
    """One name of a taxonomy; a branch has a parent, a region countries."""

    pk: int
    name: str
    parent: int | None
    countries: list[str]


Terms = Mapping[str, list[Term]]


@dataclass(frozen=True)
class Wishes:
    """`industries` maps a branch's key to how well it fits, 0 to 1; a wish nobody can meet keeps its place in `products`."""

    industries: Mapping[int, float] = field(default_factory=dict)
    industry_names: tuple[str, ...] = ()
    products: Mapping[int, str] = field(default_factory=dict)
    products_asked: int = 0
    use_cases: Mapping[int, str] = field(default_factory=dict)
    use_cases_asked: int = 0
    countries: frozenset[str] = frozenset()
    near: frozenset[str] = frozenset()
    size: tuple[int | None, int | None] = (None, None)
    languages: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    seniority: frozenset[str] = frozenset()


def vocabulary(wanted: Iterable[str]) -> Terms:
    """The terms of the taxonomies that the criteria in `wanted` name, by criterion. One query, none for none."""
    asked = [kind for kind in TAXONOMIES if kind in wanted]
    columns = {kind: (*TAXONOMIES[kind][1:], Value(kind)) for kind in asked}
    rows = [TAXONOMIES[kind][0].objects.order_by().values_list("pk", "name", *columns[kind]) for kind in asked]
    found: dict[str, list[Term]] = {kind: [] for kind in asked}
    for pk, name, parent, codes, kind in rows[0].union(*rows[1:], all=True) if rows else ():
        found[kind].append(Term(pk, name, parent, codes))
    return found


def resolve(wanted: Mapping[str, Any], terms: Terms | None = None) -> Wishes:
    """The wishes for these criteria; with `terms` (those of more criteria will do) without a query."""
    known: Terms = vocabulary(wanted) if terms is None else terms
    countries, near = regions(wanted.get("countries", ()), known)
    industry_names = tuple(wanted.get("industries", ()))
    return Wishes(
        industries=branches(industry_names, known),
        industry_names=industry_names,
        products=rows("products", wanted, known),
        products_asked=len(wanted.get("products", ())),
        use_cases=rows("use_cases", wanted, known),
        use_cases_asked=len(wanted.get("use_cases", ())),
        countries=countries,
        near=near - countries,
        size=criteria.size(wanted.get("company_size")),
        languages=frozenset(code.split("-")[0] for code in wanted.get("languages", ())),
        functions=frozenset(wanted.get("functions", ())),
        seniority=frozenset(wanted.get("seniority", ())),
    )


def rows(kind: str, wanted: Mapping[str, Any], terms: Terms) -> dict[int, str]:
    """The taxonomy's terms by key that bear one of the names asked for, however written."""
    names = {normalise(name) for name in wanted.get(kind, ())}
    return {term.pk: term.name for term in terms.get(kind, ()) if normalise(term.name) in names}


def regions(names: Iterable[str], terms: Terms) -> tuple[frozenset[str], frozenset[str]]:
    """(the countries asked for, those in a region with one of them)."""
    known = terms.get("countries", ())
    by_name = {normalise(term.name): term.countries for term in known}
    asked = frozenset(code for name in names for code in by_name.get(normalise(name), [name.upper()]))
    near = frozenset(code for term in known if asked & set(term.countries) for code in term.countries)
    return asked, near


def branches(names: Iterable[str], terms: Terms) -> dict[int, float]:
    """How well each branch fits, by the fewest steps in the tree to one that was asked for; those too far are left out."""
    wanted = {normalise(name) for name in names}
    if not wanted:
        return {}
    tree = terms.get("industries", ())
    beside: dict[int, set[int]] = {term.pk: set() for term in tree}
    for term in tree:
        if term.parent:
            beside[term.pk].add(term.parent)
            beside[term.parent].add(term.pk)
    fits: dict[int, float] = {}
    reached = {term.pk for term in tree if normalise(term.name) in wanted}
    for _distance, fit in sorted(BY_DISTANCE.items()):
        fits |= {pk: fit for pk in reached if pk not in fits}
        reached = {other for pk in reached for other in beside[pk]} - fits.keys()
    return fits
