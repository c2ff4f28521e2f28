"""Importing products."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy

from crp.imports import values
from crp.imports.spec import Field, Problems, Row, Vocabulary, Written, register
from crp.imports.upsert import Upsert
from crp.search import normalise
from references.models import Product


class ProductSpec:
    kind = "products"
    label = gettext_lazy("Products")
    fields = (
        Field("name", gettext_lazy("Name"), values.text(120), required=True),
        Field("family", gettext_lazy("Family"), values.text(120)),
        Field("list_price", gettext_lazy("List price"), values.money("list_price")),
        Field("currency", gettext_lazy("Currency"), values.currency),
    )

    def vocabularies(self, settled: Mapping[str, Iterable[str]]) -> dict[str, Vocabulary]:
        return {}

    def key(self, row: Row) -> Any:
        return normalise(row.get("name"))

    def check(self, rows: list[Row], report: Problems, *, source: str) -> None:
        """Nothing across cells."""

    def write(self, rows: list[Row], *, source: str, by: Any) -> Written:
        known = {normalise(product.name): product for product in Product.objects.all()}
        upsert = Upsert(Product, lambda row: known.get(self.key(row)))
        upsert.take(rows, product_values, on_create={}, fill=("currency", "list_price", values.default_currency()))
        return upsert.save()


def product_values(row: Row) -> dict[str, Any]:
    return {name: row.get(name) for name in ("name", "family", "list_price", "currency") if row.get(name) is not None}


register(ProductSpec())
