"""MaterialVersion: the exact wording and files somebody saw, fixed by a hash."""

import hashlib
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from materials.models.file import MaterialFile


def fingerprint(title: str, summary: str, body: str, files: Iterable["MaterialFile"]) -> str:
    """SHA-256 over the words and over the hashes of the files, in hex."""
    told = {"title": title, "summary": summary, "body": body, "files": sorted(file.sha256 for file in files)}
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class MaterialVersion(models.Model):
    """Never changed once written; the next change is the next version."""

    material = models.ForeignKey("Material", models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)
    body = models.TextField(_("text"), blank=True)
    sha256 = models.CharField(max_length=64)
    files: models.ManyToManyField = models.ManyToManyField("MaterialFile", related_name="versions")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-number",)
        constraints = [models.UniqueConstraint(fields=["material", "number"], name="material_version_once")]
        triggers = [pgtrigger.Protect(name="as_written", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"
