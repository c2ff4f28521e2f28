"""Products, industries (a tree), use cases and regions."""

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

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
