"""“Who can speak to …”: one line of free words, or a deal, read as industry, product, country, field of work and the rest."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils import translation
from django.utils.translation import gettext as _
from django_countries import countries

from crp.search import normalise
from references.models import Contact, CustomerStatus, Deployment, Industry, Product
from references.models.contact import JobFunction, Seniority

SHORTEST, MOST_WORDS, SHOWN = 3, 12, 20
POINTS = {"products": 4, "industries": 4, "countries": 3, "functions": 3, "seniorities": 2, "words": 5}
# Titles people write as letters.
TITLES = {
    "cfo": ("finance", "executive"), "cio": ("it", "executive"), "cto": ("it", "executive"), "coo": ("operations", "executive"),
    "cmo": ("marketing", "executive"), "chro": ("hr", "executive"), "ceo": ("general", "executive"),
}  # fmt: skip


@dataclass
class Reading:
    """What the words were taken for. `words` are those nothing else explains; they are looked for in names and job titles."""

    industries: list[Industry] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    seniorities: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any((self.industries, self.products, self.countries, self.functions, self.seniorities, self.words))

    @property
    def said(self) -> list[str]:
        """Each thing understood, in the reader's words."""
        return [
            *(str(one) for one in (*self.industries, *self.products)),
            *(str(countries.name(code)) for code in self.countries),
            *(str(dict(JobFunction.choices).get(one, one)) for one in self.functions),
            *(str(dict(Seniority.choices).get(one, one)) for one in self.seniorities),
            *(_("“%(word)s”") % {"word": word} for word in self.words),
        ]


def read(text: str) -> Reading:
    """The reading of free words. Two queries."""
    words = [word.strip(".,;:!?()") for word in normalise(text).split()][:MOST_WORDS]
    words = [word for word in words if len(word) >= SHORTEST and word not in _fillers()]
    found = Reading()
    known: set[str] = set()
    for word in words:
        if word in TITLES:
            function, seniority = TITLES[word]
            found.functions.append(function)
            found.seniorities.append(seniority)
            known.add(word)
    found.industries = list(_named(Industry.objects.all(), words, known))
    found.products = list(_named(Product.objects.all(), words, known))
    found.countries = _coded(_countries(), words, known)
    found.functions += _coded(((code, str(name)) for code, name in JobFunction.choices), words, known)
    found.words = [word for word in words if word not in known]
    return found


def _fillers() -> set[str]:
    """Words that say nothing here, in the reader's language."""
    return set(normalise(_("a an the at in of for to from with about and who can speak on our their")).split())


def _alike(word: str, name: str) -> bool:
    """`german` means Germany, `ports` means port: one begins the other, by four letters at least."""
    return any(
        part == word or (min(len(part), len(word)) >= 4 and (part.startswith(word) or word.startswith(part)))
        for part in name.replace("-", " ").split()
    )


def _named(rows: Iterable[Any], words: list[str], known: set[str]) -> Iterable[Any]:
    for row in rows:
        hits = {word for word in words if _alike(word, normalise(row.name))}
        if hits:
            known |= hits
            yield row


def _countries() -> Iterable[tuple[str, str]]:
    """Every country by its name in the reader's language and in English."""
    yield from ((code, str(name)) for code, name in countries)
    if translation.get_language() != settings.LANGUAGE_CODE:
        with translation.override(settings.LANGUAGE_CODE):
            yield from [(code, str(name)) for code, name in countries]


def _coded(pairs: Iterable[tuple[str, str]], words: list[str], known: set[str]) -> list[str]:
    """The codes (five at most) whose names the words mean that nothing explained so far; those words become known."""
    found: list[str] = []
    open_words = [word for word in words if word not in known]
    for code, name in pairs:
        hits = {word for word in open_words if _alike(word, normalise(name))}
        if hits and (code in found or len(found) < 5):
            known |= hits
            found += [code] if code not in found else []
    return found


def read_deal(deal: Any) -> Reading:
    """The reading of what a deal says of itself."""
    account = deal.account
    industry = deal.industry or (account.industry if account else None)
    country = deal.country or (account.country if account else "")
    return Reading(
        industries=[industry] if industry else [],
        products=[deal.product] if deal.product else [],
        countries=[country] if country else [],
    )


def conditions(reading: Reading) -> list[tuple[int, Q]]:
    """(points, condition) for each thing understood."""
    deployed = Deployment.objects.filter(customer=OuterRef("customer_id"), product__in=reading.products, until=None)
    found = [
        (POINTS["industries"], Q(customer__industry__in=reading.industries), reading.industries),
        (POINTS["products"], Exists(deployed), reading.products),
        (POINTS["countries"], Q(customer__country__in=reading.countries), reading.countries),
        (POINTS["functions"], Q(job_function__in=reading.functions), reading.functions),
        (POINTS["seniorities"], Q(seniority__in=reading.seniorities), reading.seniorities),
        *(
            (POINTS["words"], Q(search_text__contains=word) | Q(customer__search_text__contains=word), True)
            for word in reading.words
        ),
    ]
    return [(points, condition) for points, condition, wanted in found if wanted]  # type: ignore[misc]


def find(user: Any, reading: Reading) -> QuerySet[Contact]:
    """Who fits best of the people the user may see at active references, each with `points`. One query, SHOWN rows."""
    rows = Contact.objects.visible_to(user).present().filter(customer__status=CustomerStatus.ACTIVE)
    wanted = conditions(reading)
    if not wanted:
        return rows.none()
    points: Any = Value(0)
    either = Q()
    for worth, condition in wanted:
        points = points + Case(When(condition, then=Value(worth)), default=Value(0), output_field=IntegerField())
        either |= Q(condition)
    rows = rows.filter(either).annotate(points=points).select_related("customer__industry", "customer__owner")
    return rows.order_by(F("points").desc(), "name", "pk")[:SHOWN]
