"""Products, industries (a tree), use cases and regions."""

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from crp.events import record
from crp.verbs import Refused
from references.models.access import allow
from references.verbs import Verb


def may_name(user: Any) -> bool:
    """The admin's taxonomies; the program manager may mend them too."""
    return bool(user.is_admin or user.is_manager)


class NamedQuerySet(models.QuerySet["Named"]):
    @transaction.atomic
    def add(self, *, by: Any, name: str, **more: Any) -> "Named":
        """A new entry. Raises Forbidden, Refused when empty or taken."""
        allow(by is None or may_name(by))
        made = self.model(**more)
        made.name = made.checked(name)
        made.save()
        record(Verb.TAXONOMY_ADDED, made, by=by, name=made.name)
        return made


class Named(models.Model):
    name = models.CharField(_("name"), max_length=120, unique=True)

    objects = NamedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def checked(self, name: str) -> str:
        """The name in single spaces. Raises Refused when empty or another entry has it."""
        clean = " ".join(name.split())
        if not clean:
            raise Refused(_("Give it a name."), code="name_missing", field="name")
        if type(self)._default_manager.filter(name__iexact=clean).exclude(pk=self.pk).exists():
            raise Refused(_("There is one of that name."), code="name_taken", field="name")
        return clean

    @transaction.atomic
    def rename(self, *, by: Any, name: str, **more: Any) -> Self:
        """Another name, or another place in the tree. Raises Forbidden, Refused."""
        allow(may_name(by))
        before, self.name = self.name, self.checked(name)
        for key, value in more.items():
            setattr(self, key, value)
        self.save(update_fields=["name", *more])
        record(Verb.TAXONOMY_RENAMED, self, by=by, name=self.name, before=before)
        return self


class Product(Named):
    """What we sell; customers deploy it."""

    event_ref = "product"

    family = models.CharField(_("family"), max_length=120, blank=True)
    list_price = models.DecimalField(_("list price"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)


class Industry(Named):
    """A branch; the distance in the tree counts in matching."""

    event_ref = "industry"

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )

    def __str__(self) -> str:
        return industry_name(self.name)

    @transaction.atomic
    def rename(self, *, by: Any, name: str, **more: Any) -> Self:
        """As every name; a branch can't be put below itself. Raises Refused."""
        above, tree = more.get("parent"), self.tree()
        step = above.pk if above else None
        while step:
            if step == self.pk:
                raise Refused(_("A branch can't be part of itself."), code="circle", field="parent")
            step = tree.get(step)
        return super().rename(by=by, name=name, **more)

    @classmethod
    def tree(cls) -> dict[int, int | None]:
        """Parent ids by id: the whole tree in one query."""
        return dict(cls.objects.values_list("pk", "parent_id"))


class UseCase(Named):
    """What a product is used for."""

    event_ref = "use_case"


class Region(Named):
    """A named set of countries (ISO 3166 two-letter codes)."""

    event_ref = "region"

    countries = ArrayField(models.CharField(max_length=2), default=list, verbose_name=_("countries"))


def industry_name(industry: str) -> str:
    """A standard industry's name in the reader's language; one of an admin's own as he wrote it."""
    return pgettext("industry", industry) if industry else ""


# The seeded names, so that the catalogue knows them.
STANDARD_INDUSTRIES = (
    pgettext_lazy("industry", "Technology"), pgettext_lazy("industry", "Software"),
    pgettext_lazy("industry", "Hardware"), pgettext_lazy("industry", "IT services"),
    pgettext_lazy("industry", "Telecommunications"), pgettext_lazy("industry", "Semiconductors"),
    pgettext_lazy("industry", "Health"), pgettext_lazy("industry", "Medical"),
    pgettext_lazy("industry", "Healthcare"), pgettext_lazy("industry", "Pharmaceuticals"),
    pgettext_lazy("industry", "Biotechnology"), pgettext_lazy("industry", "Medical devices"),
    pgettext_lazy("industry", "Finance"), pgettext_lazy("industry", "Banking"),
    pgettext_lazy("industry", "Insurance"), pgettext_lazy("industry", "Payments"),
    pgettext_lazy("industry", "Industry"), pgettext_lazy("industry", "Manufacturing"),
    pgettext_lazy("industry", "Automotive"), pgettext_lazy("industry", "Chemicals"),
    pgettext_lazy("industry", "Aerospace"), pgettext_lazy("industry", "Construction"),
    pgettext_lazy("industry", "Machinery"), pgettext_lazy("industry", "Transport"),
    pgettext_lazy("industry", "Freight and ports"), pgettext_lazy("industry", "Logistics"),
    pgettext_lazy("industry", "Aviation"), pgettext_lazy("industry", "Rail"),
    pgettext_lazy("industry", "Energy"), pgettext_lazy("industry", "Energy and water"),
    pgettext_lazy("industry", "Oil and gas"), pgettext_lazy("industry", "Utilities"),
    pgettext_lazy("industry", "Consumer goods"), pgettext_lazy("industry", "Retail"),
    pgettext_lazy("industry", "Food and cold chain"), pgettext_lazy("industry", "Textiles"),
    pgettext_lazy("industry", "Hospitality"), pgettext_lazy("industry", "Agriculture"),
    pgettext_lazy("industry", "Media"), pgettext_lazy("industry", "Entertainment"),
    pgettext_lazy("industry", "Marketing"), pgettext_lazy("industry", "Publishing"),
    pgettext_lazy("industry", "Services"), pgettext_lazy("industry", "Employment"),
    pgettext_lazy("industry", "Professional services"), pgettext_lazy("industry", "Real estate"),
    pgettext_lazy("industry", "Legal services"), pgettext_lazy("industry", "Public sector"),
    pgettext_lazy("industry", "Government"), pgettext_lazy("industry", "Education"),
    pgettext_lazy("industry", "Defence"), pgettext_lazy("industry", "Non-profit"),
)  # fmt: skip
