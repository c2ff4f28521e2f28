"""Products, industries (a tree), use cases and regions."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Named(models.Model):
    name = models.CharField(_("name"), max_length=120, unique=True)

    class Meta:
        abstract = True
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Product(Named):
    """What we sell; customers deploy it."""

    family = models.CharField(_("family"), max_length=120, blank=True)
    list_price = models.DecimalField(_("list price"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)


class Industry(Named):
    """A branch; the distance in the tree counts in matching."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")


class UseCase(Named):
    """What a product is used for."""


class Region(Named):
    """A named set of countries (ISO 3166 two-letter codes)."""

    countries = ArrayField(models.CharField(max_length=2), default=list, verbose_name=_("countries"))
