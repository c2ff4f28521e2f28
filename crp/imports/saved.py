"""SavedMapping: how a source's files were read and mapped the last time, offered when the next one is like it."""

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from crp.imports.models import ImportRun


class SavedMapping(models.Model):
    """One for each kind and source."""

    kind = models.CharField(max_length=20)
    source = models.CharField(max_length=60, blank=True)
    mapping = models.JSONField(default=dict)
    sheet = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "source"], name="saved_mapping_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"

    @classmethod
    def keep(cls, run: "ImportRun") -> None:
        """Remember the run's mapping, and the sheet it was read from, for its source."""
        kept = {"mapping": run.mapping, "sheet": run.shape.get("sheet", "")[:200]}
        cls.objects.update_or_create(kind=run.kind, source=run.source, defaults=kept)

    @classmethod
    def sheet_of(cls, kind: str, source: str, sheets: list[str]) -> str:
        """The sheet of last time if the workbook has one of that name, else an empty string."""
        found = cls.objects.filter(kind=kind, source=source, sheet__in=sheets).first() if len(sheets) > 1 else None
        return found.sheet if found else ""

    @classmethod
    def fitting(cls, kind: str, source: str, columns: list[str]) -> dict[str, Any]:
        """The mapping of last time if the file has every column it uses, else an empty one."""
        found = cls.objects.filter(kind=kind, source=source).first()
        if found is None or not any(found.mapping.get("columns", {}).values()):
            return {}
        used = {column for column, field in found.mapping["columns"].items() if field}
        return dict(found.mapping) if used <= set(columns) else {}
