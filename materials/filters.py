"""What lists of material can be narrowed by; pages and API share it."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from materials.models import Audience, Language, Material, MaterialKind, MaterialState
from references.models import Industry, Product


class MaterialFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    kind = django_filters.MultipleChoiceFilter(choices=MaterialKind.choices)
    language = django_filters.MultipleChoiceFilter(choices=Language.choices)
    state = django_filters.MultipleChoiceFilter(choices=MaterialState.choices)
    audience = django_filters.MultipleChoiceFilter(choices=Audience.choices)
    product = django_filters.ModelMultipleChoiceFilter(field_name="products", queryset=Product.objects.all())
    industry = django_filters.ModelMultipleChoiceFilter(field_name="industries", queryset=Industry.objects.all())
    customer = django_filters.NumberFilter(method="of_customer")
    owner = django_filters.CharFilter(method="of_owner")

    class Meta:
        model = Material
        fields: list[str] = []

    def search(self, found: Any, name: str, text: str) -> Any:
        return found.matching_words(text)

    def of_customer(self, found: Any, name: str, number: Any) -> Any:
        """Only what the user may know to be about the customer, or filtering would name who is behind anonymous material."""
        return found.about_customer_id(int(number), self.request.user)

    def of_owner(self, found: Any, name: str, text: str) -> Any:
        """`me`, or somebody's id."""
        if text == "me":
            return found.filter(owner=self.request.user)
        return found.filter(owner=int(text)) if text.isdecimal() and len(text) < 18 else found.none()
