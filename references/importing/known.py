"""What rows refer to: colleagues, customers, products, branches, and things we know already."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import TextChoices
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crp.accounts.models import User
from crp.imports import values
from crp.imports.spec import Field, Problems, Row, Vocabulary
from references.models import Customer, Industry, Product


class Named(NamedTuple):
    """As much of a customer as a row needs."""

    pk: int
    name: str


CRP_ID = Field("crp_id", gettext_lazy("CRP ID"), values.whole(1, 2**62))


def check_ids(model: Any, rows: list[Row], report: Problems) -> None:
    """A number of ours must be one."""
    wanted = [row.get("crp_id") for row in rows if row.get("crp_id")]
    known = set(model.objects.filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()
    for row in rows:
        if row.get("crp_id") and row.get("crp_id") not in known:
            report(row, "crp_id", _("is not one of ours; leave it empty for a new one"))


def taken_ids(model: Any, rows: list[Row], source: str) -> Callable[[Row], Any]:
    """Finds a row's object by our number, else by the source's id. Two queries at most for the chunk."""
    numbers = [row.get("crp_id") for row in rows if row.get("crp_id")]
    ours = model.objects.in_bulk(numbers) if numbers else {}
    theirs = by_external_id(model, source, [row.get("external_id") for row in rows if row.get("external_id")])
    return lambda row: ours.get(row.get("crp_id")) or theirs.get(row.get("external_id"))


def colleagues() -> Vocabulary:
    """People by name, by address and by our own number after a #."""
    found = Vocabulary(_("colleague"), [])
    for user in User.objects.active():
        found.add(user.name, user)
        found.add(f"#{user.pk}", user)
        if user.email:
            found.add(user.email, user)
    return found


def words_for(choices: type[TextChoices], what: Any) -> Vocabulary:
    """Choices by our word and by their labels in every language we speak: a list may have been saved in another."""
    found = Vocabulary(what, [(one.value, one) for one in choices])
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            for one in choices:
                found.add(str(one.label), one)
    return found


def companies() -> Vocabulary:
    """Customers by name, by external id and by our own number after a #; as Named, for there may be many."""
    found = Vocabulary(_("customer"), [])
    for pk, name, external_id in Customer.objects.order_by().values_list("pk", "name", "external_id").iterator():
        known = Named(pk, name)
        found.add(name, known)
        found.add(f"#{pk}", known)
        if external_id:
            found.add(external_id, known)
    return found


def products() -> Vocabulary:
    return Vocabulary(_("product"), ((product.name, product) for product in Product.objects.all()))


def industries(settled: Iterable[str]) -> Vocabulary:
    """Branches by name; one that the mapping names and nobody knew is made."""
    known = ((industry.name, industry) for industry in Industry.objects.all())
    return Vocabulary(_("industry"), known, create=lambda name: Industry.objects.create(name=name), settled=settled)


def by_external_id(model: Any, source: str, keys: list[str]) -> dict[str, Any]:
    """Objects of the source by external id. One query."""
    return {one.external_id: one for one in model.objects.filter(source=source, external_id__in=keys)}
