"""
The parts of the score. Each says its points twice, from the same table: as SQL, to find the best among a hundred thousand
people in one statement, and of a person in memory, with a sentence. A test holds the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf.locale import LANG_INFO
from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext as _
from django_countries import countries

from crp.ui import formats
from references.models import Deployment
from requests_app.matching.wishes import Wishes

# Mean rating × 10, at least, and the share of the points; who was never rated gets the share of UNRATED.
RATINGS = ((45, 1.0), (40, 0.8), (30, 0.4))
UNRATED = 0.5
# Days since the last live use, at least.
REST = ((180, 1.0), (90, 0.6), (30, 0.2))


@dataclass(frozen=True)
class Reason:
    """One part of a score: points, the most there are, and one sentence in the reader's language."""

    criterion: str
    points: int
    of: int
    text: str

    @property
    def label(self) -> str:
        """What people call the part."""
        return str(LABELS()[self.criterion])


def LABELS() -> Mapping[str, str]:
    return {
        "industry": _("Industry"), "product": _("Product"), "use_case": _("Use case"), "region": _("Region"), "size": _("Size"),
        "language": _("Language"), "role": _("Role"), "ratings": _("Ratings"), "rest": _("Rest"),
    }  # fmt: skip


def share(of: int, fit: float) -> int:
    """Points for a fit of 0 to 1, half a point rounded up."""
    return int(of * fit + 0.5)


def cases(*whens: tuple[Q, int], default: int = 0) -> Case:
    """SQL: the points of the first condition that holds."""
    return Case(
        *(When(condition, then=Value(points)) for condition, points in whens),
        default=Value(default),
        output_field=IntegerField(),
    )


@dataclass(frozen=True)
class Part:
    """A part with its most points."""

    of: int
    wishes: Wishes
    on: date

    criterion = ""

    def points(self, contact: Any) -> int:
        raise NotImplementedError

    def sql(self) -> Any:
        raise NotImplementedError

    def text(self, contact: Any) -> str:
        raise NotImplementedError

    def reason(self, contact: Any) -> Reason:
        return Reason(self.criterion, self.points(contact), self.of, self.text(contact))


class IndustryPart(Part):
    criterion = "industry"

    def points(self, contact: Any) -> int:
        return share(self.of, self.wishes.industries.get(contact.customer.industry_id, 0))

    def sql(self) -> Any:
        by_points: dict[int, list[int]] = {}
        for pk, fit in self.wishes.industries.items():
            by_points.setdefault(share(self.of, fit), []).append(pk)
        return cases(
            *((Q(customer__industry__in=pks), points) for points, pks in sorted(by_points.items(), reverse=True))
        )

    def text(self, contact: Any) -> str:
        industry = contact.customer.industry
        if industry is None:
            return _("Branch not known")
        fit = self.wishes.industries.get(industry.pk, 0)
        facts = {"name": industry}
        if fit == 1:
            return _("Same branch: %(name)s") % facts
        return (_("A branch close by: %(name)s") if fit else _("Another branch: %(name)s")) % facts


def referable(on: date) -> QuerySet[Deployment]:
    """What customers run on the day and may be asked about."""
    return Deployment.objects.order_by().filter(Q(until=None) | Q(until__gte=on), referable=True)


class DeployedPart(Part):
    """Products and use cases: how many of those asked for the customer has."""

    column = ""

    @property
    def wanted(self) -> Mapping[int, str]:
        raise NotImplementedError

    @property
    def asked(self) -> int:
        raise NotImplementedError

    def found(self, contact: Any) -> set[int]:
        return {one[self.column] for one in contact.deployed} & set(self.wanted)

    def points(self, contact: Any) -> int:
        return (2 * self.of * len(self.found(contact)) + self.asked) // (2 * self.asked)

    def sql(self) -> Any:
        current = referable(self.on).filter(**{f"{self.column}__in": list(self.wanted)})
        if not self.wanted:
            return Value(0)
        if len(self.wanted) == 1:
            points = (2 * self.of + self.asked) // (2 * self.asked)
            return cases((Q(customer__in=current.values("customer")), points))
        theirs = current.filter(customer=OuterRef("customer")).values("customer")
        how_many = Coalesce(Subquery(theirs.annotate(n=Count(self.column, distinct=True)).values("n")), 0)
        # In whole numbers, as above: PostgreSQL divides integers downwards.
        return (how_many * (2 * self.of) + self.asked) / (2 * self.asked)


class ProductPart(DeployedPart):
    criterion, column = "product", "product"

    @property
    def wanted(self) -> Mapping[int, str]:
        return self.wishes.products

    @property
    def asked(self) -> int:
        return self.wishes.products_asked

    def text(self, contact: Any) -> str:
        found = self.found(contact)
        if not found:
            return _("Does not run it, as far as we know")
        since = [one["since"] for one in contact.deployed if one["product"] in found and one["since"]]
        month = formats.month(date.fromisoformat(min(since))) if since else ""
        facts = {"names": listed(self.wanted[pk] for pk in found), "month": month}
        return (_("Runs %(names)s since %(month)s") if since else _("Runs %(names)s")) % facts


class UseCasePart(DeployedPart):
    criterion, column = "use_case", "use_case"

    @property
    def wanted(self) -> Mapping[int, str]:
        return self.wishes.use_cases

    @property
    def asked(self) -> int:
        return self.wishes.use_cases_asked

    def text(self, contact: Any) -> str:
        found = self.found(contact)
        if not found:
            return _("Uses it for something else")
        return _("Uses it for the same: %(names)s") % {"names": listed(self.wanted[pk] for pk in found)}


class RegionPart(Part):
    criterion = "region"
    NEAR = 0.5

    def points(self, contact: Any) -> int:
        country = contact.customer.country
        if country in self.wishes.countries:
            return self.of
        return share(self.of, self.NEAR) if country in self.wishes.near else 0

    def sql(self) -> Any:
        return cases(
            (Q(customer__country__in=sorted(self.wishes.countries)), self.of),
            (Q(customer__country__in=sorted(self.wishes.near)), share(self.of, self.NEAR)),
        )

    def text(self, contact: Any) -> str:
        country = contact.customer.country
        facts = {"country": countries.name(country) or country}
        if not country:
            return _("Country not known")
        if country in self.wishes.countries:
            return _("%(country)s, as asked for") % facts
        return (
            _("%(country)s, in the same region") if country in self.wishes.near else _("%(country)s, elsewhere")
        ) % facts


class SizePart(Part):
    criterion = "size"
    CLOSE = 0.5

    @property
    def inside(self) -> tuple[int, int]:
        low, high = self.wishes.size
        return low or 0, 10**9 if high is None else high

    @property
    def close(self) -> tuple[int, int]:
        """Half the smallest to double the largest."""
        low, high = self.inside
        return low // 2, high * 2

    def points(self, contact: Any) -> int:
        people = contact.customer.employees
        if people is None:
            return 0
        if self.inside[0] <= people <= self.inside[1]:
            return self.of
        return share(self.of, self.CLOSE) if self.close[0] <= people <= self.close[1] else 0

    def sql(self) -> Any:
        return cases(
            (Q(customer__employees__range=self.inside), self.of),
            (Q(customer__employees__range=self.close), share(self.of, self.CLOSE)),
        )

    def text(self, contact: Any) -> str:
        people = contact.customer.employees
        if people is None:
            return _("Size not known")
        facts = {"n": formats.number(people)}
        if self.inside[0] <= people <= self.inside[1]:
            return _("%(n)s people, as asked for") % facts
        return (_("%(n)s people, close to it") if self.points(contact) else _("%(n)s people")) % facts


class LanguagePart(Part):
    criterion = "language"

    def points(self, contact: Any) -> int:
        return self.of if contact.language.split("-")[0] in self.wishes.languages else 0

    def sql(self) -> Any:
        wanted = Q()
        for code in sorted(self.wishes.languages):
            wanted |= Q(language=code) | Q(language__startswith=f"{code}-")
        return cases((wanted, self.of))

    def text(self, contact: Any) -> str:
        facts = {"language": language_name(contact.language)}
        return (
            _("Speaks %(language)s") if self.points(contact) else _("Speaks %(language)s, which is not asked for")
        ) % facts


class RolePart(Part):
    """Field of work and seniority; half each when both are asked for."""

    criterion = "role"

    @property
    def halves(self) -> tuple[int, int]:
        if not self.wishes.seniority:
            return self.of, 0
        if not self.wishes.functions:
            return 0, self.of
        return self.of - self.of // 2, self.of // 2

    def points(self, contact: Any) -> int:
        function, seniority = self.halves
        return function * (contact.job_function in self.wishes.functions) + seniority * (
            contact.seniority in self.wishes.seniority
        )

    def sql(self) -> Any:
        function, seniority = self.halves
        return cases((Q(job_function__in=sorted(self.wishes.functions)), function)) + cases(
            (Q(seniority__in=sorted(self.wishes.seniority)), seniority)
        )

    def text(self, contact: Any) -> str:
        title = contact.job_title or contact.get_job_function_display() or contact.get_seniority_display()
        if not title:
            return _("Role not known")
        return (_("%(title)s") if self.points(contact) else _("%(title)s, which is not the role asked for")) % {
            "title": title
        }


class RatingsPart(Part):
    criterion = "ratings"

    def points(self, contact: Any) -> int:
        count, total = contact.rating_count, contact.rating_sum
        if not count:
            return share(self.of, UNRATED)
        return next((share(self.of, fit) for least, fit in RATINGS if total * 10 >= count * least), 0)

    def sql(self) -> Any:
        tenfold = F("rating_sum") * 10
        steps = (
            (Q(GreaterThanOrEqual(tenfold, F("rating_count") * least)), share(self.of, fit)) for least, fit in RATINGS
        )
        return cases((Q(rating_count=0), share(self.of, UNRATED)), *steps)

    def text(self, contact: Any) -> str:
        if not contact.rating_count:
            return _("Not rated yet")
        mean = formats.number(contact.rating_sum / contact.rating_count, 1)
        return _("Rated %(mean)s of 5 on average") % {"mean": mean}


class RestPart(Part):
    criterion = "rest"

    def points(self, contact: Any) -> int:
        last = contact.last_live_on
        if last is None:
            return self.of
        return next((share(self.of, fit) for days, fit in REST if last <= self.on - timedelta(days=days)), 0)

    def sql(self) -> Any:
        steps = ((Q(last_live_on__lte=self.on - timedelta(days=days)), share(self.of, fit)) for days, fit in REST)
        return cases((Q(last_live_on=None), self.of), *steps)

    def text(self, contact: Any) -> str:
        if contact.last_live_on is None:
            return _("Not asked yet")
        return _("Last used on %(day)s") % {"day": formats.day(contact.last_live_on)}


def listed(names: Any) -> str:
    return ", ".join(sorted(names))


def language_name(code: str) -> str:
    info = LANG_INFO.get(code) or LANG_INFO.get(code.split("-")[0])
    return _(info["name"]) if info and "name" in info else code
