"""Products, industries, use cases and regions: lists to add to and rename."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from crp.rest.idempotency import once
from references.forms.rules import IndustryForm, NamedForm, ProductForm, RegionForm, UseCaseForm
from references.models import Industry, Product, Region, UseCase
from references.models.access import allow
from references.models.taxonomy import may_name
from references.views.filling import Sheet, data, fill_in


@dataclass(frozen=True)
class Taxonomy:
    """A list of names: its word in addresses, its model and form, and what it is called."""

    slug: str
    model: type[Model]
    form: type[NamedForm]
    title: Any
    new: Any

    @property
    def url(self) -> str:
        return reverse("references:taxonomy", args=[self.slug])


ALL = {
    each.slug: each
    for each in (
        Taxonomy("products", Product, ProductForm, gettext_lazy("Products"), gettext_lazy("New product")),
        Taxonomy("industries", Industry, IndustryForm, gettext_lazy("Industries"), gettext_lazy("New industry")),
        Taxonomy("use-cases", UseCase, UseCaseForm, gettext_lazy("Use cases"), gettext_lazy("New use case")),
        Taxonomy("regions", Region, RegionForm, gettext_lazy("Regions"), gettext_lazy("New region")),
    )
}


def known(slug: str) -> Taxonomy:
    """The taxonomy of that word. Raises Http404."""
    if slug not in ALL:
        raise Http404
    return ALL[slug]


@require_safe
def taxonomy(request: HttpRequest, slug: str) -> HttpResponse:
    """The names, in a list."""
    allow(may_name(request.user))
    found = known(slug)
    rows = found.model._default_manager.order_by("name")
    if found.model is Industry:
        rows = rows.select_related("parent")
    return render(request, "references/taxonomy.html", {"taxonomy": found, "all": ALL.values(), "rows": list(rows)})


@once
@require_http_methods(["GET", "POST"])
def taxonomy_new(request: HttpRequest, slug: str) -> HttpResponse:
    """A new name."""
    allow(may_name(request.user))
    found = known(slug)
    form = found.form(data(request))
    sheet = Sheet(found.new, _("Add it"), found.url, crumbs=[(found.title, found.url)])

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        made = found.model._default_manager.add(by=request.user, **cleaned)  # type: ignore[attr-defined]
        return _("%(name)s added") % {"name": made.name}, found.url

    return fill_in(request, form, sheet, act)


@require_http_methods(["GET", "POST"])
def taxonomy_edit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Another name for the same thing."""
    allow(may_name(request.user))
    found = known(slug)
    entry: Any = get_object_or_404(found.model, pk=pk)
    form = found.form(data(request), instance=entry)
    sheet = Sheet(entry.name, _("Save"), found.url, crumbs=[(found.title, found.url)])

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        entry.rename(by=request.user, **cleaned)
        return _("%(name)s saved") % {"name": entry.name}, found.url

    return fill_in(request, form, sheet, act)
