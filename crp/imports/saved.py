"""SavedMapping: how a source's files were mapped the last time, offered when the next one has the same columns."""

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from crp.imports.models import ImportRun


class SavedMapping(models.Model):
    """One for each kind and source."""

    kind = models.CharField(max_length=20)
    source = models.CharField(max_length=60, blank=True)
    mapping = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "source"], name="saved_mapping_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"

    @classmethod
    def keep(cls, run: "ImportRun") -> None:
        """Remember the run's mapping for its source."""
        cls.objects.update_or_create(kind=run.kind, source=run.source, defaults={"mapping": run.mapping})

    @classmethod
    def fitting(cls, kind: str, source: str, columns: list[str]) -> dict[str, Any]:
        """The mapping of last time if the file has every column it uses, else an empty one."""
        found = cls.objects.filter(kind=kind, source=source).first()
        if found is None or not any(found.mapping.get("columns", {}).values()):
            return {}
        used = {column for column, field in found.mapping["columns"].items() if field}
        return dict(found.mapping) if used <= set(columns) else {}
