"""What is looked for, with every name resolved to rows: from the request's criteria, else from the deal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from crp.search import normalise
from references.models import Industry, Product, Region, UseCase
from requests_app import criteria

KEYS = ("industries", "products", "use_cases", "countries", "company_size", "languages", "functions", "seniority")
# How well a branch fits, by its distance in the tree.
BY_DISTANCE = {0: 1.0, 1: 0.7, 2: 0.4}


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


def asked_for(request: Any, without: Iterable[str] = ()) -> dict[str, Any]:
    """The criteria by key, without `without`; when none was ever named, the deal's own facts."""
    named = {key: request.criteria[key] for key in KEYS if request.criteria.get(key)}
    wanted = named or from_deal(request.opportunity)
    return {key: value for key, value in wanted.items() if key not in without}


def from_deal(deal: Any) -> dict[str, Any]:
    """Industry, product, country and size of the deal or its account."""
    if deal is None:
        return {}
    account = deal.account
    industry = deal.industry or (account.industry if account else None)
    country = deal.country or (account.country if account else "")
    found = {
        "industries": [industry.name] if industry else [],
        "products": [deal.product.name] if deal.product else [],
        "countries": [country] if country else [],
        "company_size": around(account.employees) if account and account.employees else "",
    }
    return {key: value for key, value in found.items() if value}


def around(employees: int) -> str:
    """Half to double the size."""
    return f"{max(employees // 2, 1)}-{employees * 2}"


def resolve(wanted: Mapping[str, Any]) -> Wishes:
    """One query per kind of name that is wanted, at most four."""
    countries, near = regions(wanted.get("countries", ()))
    industry_names = tuple(wanted.get("industries", ()))
    return Wishes(
        industries=branches(industry_names),
        industry_names=industry_names,
        products=rows(Product, wanted.get("products", ())),
        products_asked=len(wanted.get("products", ())),
        use_cases=rows(UseCase, wanted.get("use_cases", ())),
        use_cases_asked=len(wanted.get("use_cases", ())),
        countries=countries,
        near=near - countries,
        size=criteria.size(wanted.get("company_size")),
        languages=frozenset(code.split("-")[0] for code in wanted.get("languages", ())),
        functions=frozenset(wanted.get("functions", ())),
        seniority=frozenset(wanted.get("seniority", ())),
    )


def rows(model: Any, names: Iterable[str]) -> dict[int, str]:
    """The taxonomy's rows by key that bear one of the names, however written."""
    wanted = {normalise(name) for name in names}
    found = model.objects.values_list("pk", "name") if wanted else ()
    return {pk: name for pk, name in found if normalise(name) in wanted}


def regions(names: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
    """(the countries asked for, those in a region with one of them)."""
    wanted = list(names)
    if not wanted:
        return frozenset(), frozenset()
    known = list(Region.objects.all())
    by_name = {normalise(region.name): region.countries for region in known}
    asked = frozenset(code for name in wanted for code in by_name.get(normalise(name), [name.upper()]))
    near = frozenset(code for region in known if asked & set(region.countries) for code in region.countries)
    return asked, near


def branches(names: Iterable[str]) -> dict[int, float]:
    """How well each branch fits, by the fewest steps in the tree to one that was asked for; those too far are left out."""
    wanted = {normalise(name) for name in names}
    if not wanted:
        return {}
    tree = list(Industry.objects.values_list("pk", "parent_id", "name"))
    beside: dict[int, set[int]] = {pk: set() for pk, _parent, _name in tree}
    for pk, parent, _name in tree:
        if parent:
            beside[pk].add(parent)
            beside[parent].add(pk)
    fits: dict[int, float] = {}
    reached = {pk for pk, _parent, name in tree if normalise(name) in wanted}
    for _distance, fit in sorted(BY_DISTANCE.items()):
        fits |= {pk: fit for pk in reached if pk not in fits}
        reached = {other for pk in reached for other in beside[pk]} - fits.keys()
    return fits
