"""What a reference should have in common with the prospect, as asked for: names, not ids."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext as _
from django_countries import countries

from crp.search import normalise
from crp.verbs import Refused
from references.models import Region
from references.models.contact import JobFunction, Seniority

LISTS = ("industries", "countries", "products", "use_cases", "languages", "functions", "seniority")
# What matching reads, in the order people speak.
WISHES = ("industries", "products", "use_cases", "countries", "company_size", "languages", "functions", "seniority")
# Nothing in particular is looked for, not even what the deal says.
ANY = "any"
KEYS = (*LISTS, "company_size", "notes", ANY)
MOST = 20
SIZES = {
    "small": (1, 99),
    "medium": (100, 999),
    "mid-market": (100, 999),
    "large": (1000, 4999),
    "enterprise": (5000, None),
}
NUMBER = r"(\d{1,7})"
RANGE = re.compile(rf"^{NUMBER}?\s*(?:-|–|\.\.|to)\s*{NUMBER}?$")
ABOVE = re.compile(rf"^(?:>=?\s*{NUMBER}|{NUMBER}\s*\+)$")
BELOW = re.compile(rf"^<=?\s*{NUMBER}$")
LANGUAGE_CODES = {normalise(info["name"]): code for code, info in LANG_INFO.items() if "name" in info}
Size = tuple[int | None, int | None]


def clean(raw: Any) -> dict[str, Any]:
    """The criteria in one spelling, without what was left open. Raises Refused naming `criteria.<key>`."""
    cleaned, errors = check(raw)
    for name, message in errors.items():
        raise Refused(message, code="bad_criteria", field=f"criteria.{name}" if name else "criteria")
    return cleaned


def check(raw: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """(cleaned, {key: message}); the key is empty when the whole is not an object."""
    if raw is None:
        return {}, {}
    if not isinstance(raw, dict):
        return {}, {"": _("Send an object with keys such as industries and countries.")}
    cleaned: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, value in raw.items():
        try:
            found = READERS[name](value) if name in READERS else _refuse_key()
        except ValueError as error:
            errors[str(name)[:60]] = str(error)
            continue
        if found:
            cleaned[name] = found
    if any(name in cleaned for name in WISHES):
        cleaned.pop(ANY, None)
    return cleaned, errors


def asked_for(request: Any, without: Iterable[str] = ()) -> dict[str, Any]:
    """What is looked for, by criterion, but for `without`: as asked; when nothing ever was, the deal's own facts."""
    wanted = {key: request.criteria[key] for key in WISHES if request.criteria.get(key)}
    if not wanted and not request.criteria.get(ANY):
        wanted = from_deal(request.opportunity)
    return {key: value for key, value in wanted.items() if key not in without}


def relaxed(request: Any, name: str) -> dict[str, Any]:
    """The criteria that leave one out for good, be it the deal's own fact; as they are when it is not among them."""
    if name not in asked_for(request):
        return dict(request.criteria)
    return stated(asked_for(request, [name]), request.criteria.get("notes", ""))


def stated(wishes: dict[str, Any], notes: str = "") -> dict[str, Any]:
    """Criteria that say outright when nothing in particular is looked for."""
    return {**(wishes or {ANY: True}), **({"notes": notes} if notes else {})}


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


def _refuse_key() -> Any:
    raise ValueError(_("There is no such criterion. Known are: %(names)s.") % {"names": ", ".join(KEYS)})


def names(value: Any) -> list[str]:
    """Up to 20 different names of at most 120 characters."""
    if value in (None, ""):
        return []
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise ValueError(_("Send a list of names."))
    found = list(dict.fromkeys(one.strip() for one in value if one.strip()))
    if len(found) > MOST or any(len(one) > 120 or not one.isprintable() for one in found):
        raise ValueError(_("At most 20 names of 120 characters each."))
    return found


def read_countries(value: Any) -> list[str]:
    """ISO codes and names of regions; a country's name becomes its code."""
    found, unknown = [], []
    for name in names(value):
        code = name.upper() if name.upper() in countries.countries else countries.by_name(name)
        found.append(code or name)
        if not code:
            unknown.append(name)
    regions = {normalise(region.name): region.name for region in Region.objects.all()} if unknown else {}
    for name in unknown:
        if normalise(name) not in regions:
            raise ValueError(_("“%(name)s” is no country and no region we know.") % {"name": name})
    return list(dict.fromkeys(regions.get(normalise(name), name) if name in unknown else name for name in found))


def read_languages(value: Any) -> list[str]:
    """Language codes; an English name becomes its code."""
    found = []
    for name in names(value):
        code = LANGUAGE_CODES.get(normalise(name)) or name.lower().replace("_", "-")
        if not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})?", code):
            raise ValueError(_("“%(name)s” is no language we know.") % {"name": name})
        found.append(code)
    return list(dict.fromkeys(found))


def one_of(choices: Any) -> Callable[[Any], list[str]]:
    """A reader of names out of a fixed set."""

    def read(value: Any) -> list[str]:
        found = [name.lower() for name in names(value)]
        for name in found:
            if name not in choices.values:
                facts = {"name": name, "names": ", ".join(choices.values)}
                raise ValueError(_("“%(name)s” is not one of: %(names)s.") % facts)
        return found

    return read


def read_size(value: Any) -> str:
    """`1000-5000`, `-100` or `5000-`, from such text, a word, a number, or {min, max}."""
    low, high = size(value)
    if low is None and high is None:
        return ""
    return f"{'' if low is None else low}-{'' if high is None else high}"


def size(value: Any) -> Size:
    """(fewest, most) people; None where open. Raises ValueError."""
    if value in (None, "", {}, []):
        return None, None
    low, high = _size_of_object(value) if isinstance(value, dict) else _size_of_text(str(value))
    if low is not None and high is not None and low > high:
        raise ValueError(_("The smallest size is above the largest."))
    return low, high


def _size_of_object(value: dict[str, Any]) -> Size:
    bounds = [value.get("min"), value.get("max")]
    if set(value) - {"min", "max"} or not all(
        bound is None or (isinstance(bound, int) and not isinstance(bound, bool) and 0 <= bound < 10**8)
        for bound in bounds
    ):
        raise ValueError(_("Send whole numbers of people as min and max."))
    return bounds[0], bounds[1]


def _size_of_text(text: str) -> Size:
    plain = text.strip().lower().replace(",", "").replace("\u00a0", " ")
    if plain in SIZES:
        return SIZES[plain]
    if (found := RANGE.match(plain)) and any(found.groups()):
        low, high = found.groups()
        return int(low) if low else None, int(high) if high else None
    if found := ABOVE.match(plain):
        return int(found.group(1) or found.group(2)), None
    if found := BELOW.match(plain):
        return None, int(found.group(1))
    raise ValueError(_("Write a size as people, such as 1000-5000."))


def read_any(value: Any) -> bool:
    if value not in (None, True, False):
        raise ValueError(_("Send true or false."))
    return bool(value)


def read_notes(value: Any) -> str:
    if value is not None and not isinstance(value, str):
        raise ValueError(_("Send text."))
    if value and len(value) > 1000:
        raise ValueError(_("At most 1,000 characters."))
    return (value or "").strip()


READERS: dict[str, Callable[[Any], Any]] = {
    "industries": names,
    "countries": read_countries,
    "products": names,
    "use_cases": names,
    "languages": read_languages,
    "functions": one_of(JobFunction),
    "seniority": one_of(Seniority),
    "company_size": read_size,
    "notes": read_notes,
    ANY: read_any,
}
