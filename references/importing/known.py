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
from references.models import Contact, Customer, Industry, Product
from references.models.merge import Merge

# Where a merge says what a record of the model became.
PLACES: dict[Any, str] = {Customer: "customer", Contact: "contact"}


class Named(NamedTuple):
    """As much of a customer as a row needs."""

    pk: int
    name: str


CRP_ID = Field("crp_id", gettext_lazy("CRP ID"), values.whole(1, 2**62))


def check_ids(model: Any, rows: list[Row], report: Problems) -> None:
    """A number of ours must be one."""
    wanted = [row.get("crp_id") for row in rows if row.get("crp_id")]
    known = set(model.objects.filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()
    known |= became(model, [pk for pk in wanted if pk not in known]).keys()
    for row in rows:
        if row.get("crp_id") and row.get("crp_id") not in known:
            report(row, "crp_id", _("is not one of ours; leave it empty for a new one"))


def taken_ids(model: Any, rows: list[Row], source: str) -> Callable[[Row], Any]:
    """Finds a row's object by our number, else by the source's id. Two queries at most for the chunk."""
    numbers = [row.get("crp_id") for row in rows if row.get("crp_id")]
    ours = model.objects.in_bulk(numbers) if numbers else {}
    moved = became(model, [pk for pk in numbers if pk not in ours])
    ours |= {gone: model.objects.get(pk=kept) for gone, kept in moved.items()}
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


def companies(shape: type[Vocabulary] = Vocabulary) -> Vocabulary:
    """Customers by name, by external id and by our own number after a #; as Named, for there may be many."""
    found = shape(_("customer"), [])
    for pk, name, external_id in Customer.objects.order_by().values_list("pk", "name", "external_id").iterator():
        known = Named(pk, name)
        found.add(name, known)
        found.add(f"#{pk}", known)
        if external_id:
            found.add(external_id, known)
    add_merged(found)
    return found


def add_merged(found: Vocabulary) -> None:
    """The names and ids of records that were merged away lead to the kept one, unless somebody else bears them now."""
    rows = Merge.objects.of_customers().values_list("gone_id", "folded", "external_id", "customer", "customer__name")
    for gone, folded, external_id, pk, name in rows.iterator():
        for word in (folded, external_id, f"#{gone}"):
            if word and not found.knows(word):
                found.add(word, Named(pk, name))


def products() -> Vocabulary:
    return Vocabulary(_("product"), ((product.name, product) for product in Product.objects.all()))


def industries(settled: Iterable[str]) -> Vocabulary:
    """Branches by name; one that the mapping names and nobody knew is made."""
    known = ((industry.name, industry) for industry in Industry.objects.all())
    return Vocabulary(_("industry"), known, create=lambda name: Industry.objects.create(name=name), settled=settled)


def by_external_id(model: Any, source: str, keys: list[str]) -> dict[str, Any]:
    """Objects of the source by external id. One query."""
    found = {one.external_id: one for one in model.objects.filter(source=source, external_id__in=keys)}
    left = [key for key in keys if key not in found]
    if left and (place := PLACES.get(model)):
        merges = Merge.objects.filter(
            source=source, external_id__in=left, **{f"{place}__isnull": False}
        ).select_related(place)
        found |= {one.external_id: getattr(one, place) for one in merges}
    return found


def became(model: Any, numbers: list[int]) -> dict[int, int]:
    """{number of a record merged away: that of the kept one}. One query, none without numbers."""
    place = PLACES.get(model)
    if not numbers or not place:
        return {}
    rows = Merge.objects.filter(gone_id__in=numbers, **{f"{place}__isnull": False})
    return dict(rows.values_list("gone_id", place))
