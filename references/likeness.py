"""Companies that may be one and the same: by name without its legal form, by domain, or by a name that sounds alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Case, F, FloatField, Q, Value, When

from crp.search import normalise
from references.models import Customer

LOOKED_AT, SHOWN = 60, 5
# Three fifths of the letters in a row, as the index has it: “Solvento Farma” is near, “Vlaardingen Bakery” is not.
NEAR = 0.6
LEGAL_FORMS = frozenset(
    normalise(
        "gmbh ag kg kgaa ug se ev mbh co ohg ltd limited llc llp inc incorporated plc corp corporation company bv nv vof sa sas"
        " sarl srl spa snc ab as asa aps oy oyj sl slu lda ltda pty pvt pte kk jsc ooo zrt kft doo sro the wll fze llc شركة مؤسسة"
        " شرکت موسسه سهامی خاص عام المحدودة مساهمة"
    ).split()
)
# Mail of these says nothing about the company.
FREE_MAIL = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "me.com", "gmx.de",
    "gmx.net", "web.de", "aol.com", "proton.me", "protonmail.com", "mail.com", "t-online.de",
})  # fmt: skip


class Why(StrEnum):
    """Closest first."""

    SAME_NAME = "same_name"
    SAME_DOMAIN = "same_domain"
    NEAR_NAME = "near_name"


@dataclass(frozen=True)
class Alike:
    """A customer that may be the company meant."""

    customer: Customer
    why: Why


def bare(name: str) -> str:
    """The folded name without punctuation and legal forms; the folded name itself when nothing else is left."""
    words = "".join(letter if letter.isalnum() else " " for letter in normalise(name.replace(".", ""))).split()
    return " ".join(word for word in words if word not in LEGAL_FORMS) or normalise(name)


def domain_of(address: str) -> str:
    """`terminals.example` of a web or mail address; empty for free mail and for what is no address."""
    text = address.strip().casefold()
    if "@" in text:
        host = text.rpartition("@")[2]
    else:
        try:
            host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
        except ValueError:
            return ""
    host = host.removeprefix("www.")
    return "" if host in FREE_MAIL or "." not in host else host


def alike(
    name: str, *, website: str = "", email: str = "", among: Any = None, but: Iterable[int] = (), limit: int = SHOWN
) -> list[Alike]:
    """
    Customers `among` (a queryset; all without one) that may be this company, the likeliest first. One query.

    The trigram index answers names, the domains are looked for in the same folded text.
    """
    wanted = bare(name)
    domains = [domain for domain in (domain_of(website), domain_of(email)) if domain]
    asked = Q(pk__in=[])
    for domain in domains:
        asked |= Q(search_text__contains=normalise(domain))
    if len(wanted) > 2:
        asked |= Q(search_text__trigram_word_similar=wanted)
    found = (Customer.objects.all() if among is None else among).filter(asked).exclude(pk__in=but)
    nearness: Any = TrigramWordSimilarity(wanted, "search_text") if wanted else Value(0.0)
    by_domain = [When(search_text__contains=normalise(domain), then=Value(1.0)) for domain in domains]
    nearest = Case(*by_domain, default=Value(0.0), output_field=FloatField())
    rows = found.annotate(near=nearness, at_domain=nearest).order_by(-(F("near") + F("at_domain")), "name", "pk")
    told = [Alike(row, why) for row in rows[:LOOKED_AT] if (why := _why(row, wanted, domains))]
    order = list(Why)
    return sorted(told, key=lambda one: order.index(one.why))[:limit]


def _why(customer: Any, wanted: str, domains: list[str]) -> Why | None:
    own = domain_of(customer.website)
    if wanted and bare(customer.name) == wanted:
        return Why.SAME_NAME
    if own and any(own == domain or domain.endswith(f".{own}") for domain in domains):
        return Why.SAME_DOMAIN
    return Why.NEAR_NAME if customer.near >= NEAR else None
