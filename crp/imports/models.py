"""ImportRun: one file on its way in, from upload to applied."""

import gzip
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crp.imports import engine, reading
from crp.imports import mapping as mappings
from crp.imports.spec import SPECS, Spec
from crp.imports.verbs import Verb
from crp.verbs import Forbidden, Stateful, state_check

MOST_FAULTS_KEPT = 2_000


class RunState(models.TextChoices):
    MAPPING = "mapping", _("Being mapped")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Ready")
    APPLYING = "applying", _("Being written")
    APPLIED = "applied", _("Done")
    FAILED = "failed", _("Stopped")


WORKING = (RunState.CHECKING, RunState.APPLYING)


class RunQuerySet(models.QuerySet["ImportRun"]):
    def visible_to(self, user: Any) -> Self:
        """Managers and admins import; nobody else sees it."""
        return self if user.is_manager or user.is_admin else self.none()

    def waiting(self) -> Self:
        """Those a worker should take up."""
        return self.filter(state__in=WORKING)


class ImportRun(Stateful):
    event_ref = "import"
    TRANSITIONS = {
        "try_out": ({RunState.MAPPING, RunState.CHECKED, RunState.FAILED}, RunState.CHECKING),
        "found_faults": ({RunState.CHECKING, RunState.APPLYING}, RunState.MAPPING),
        "found_fit": ({RunState.CHECKING}, RunState.CHECKED),
        "apply": ({RunState.CHECKED}, RunState.APPLYING),
        "finish": ({RunState.APPLYING}, RunState.APPLIED),
        "fail": (set(WORKING), RunState.FAILED),
    }

    kind = models.CharField(_("what"), max_length=20)
    source = models.CharField(_("source"), max_length=60, blank=True)
    file_name = models.CharField(_("file"), max_length=200)
    content = models.BinaryField()
    mapping = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=RunState.choices, default=RunState.MAPPING)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = [state_check(RunState, "import_state_known")]
        indexes = [models.Index(fields=["id"], condition=models.Q(state__in=WORKING), name="import_waiting")]

    def __str__(self) -> str:
        return self.file_name

    @classmethod
    def upload(
        cls, *, kind: str, source: str, file_name: str, content: bytes, mapping: dict[str, Any], by: Any
    ) -> "ImportRun":
        """Keep the file for mapping. Raises Forbidden, BadTable, BadMapping."""
        if not (by.is_manager or by.is_admin):
            raise Forbidden
        reading.read(file_name, content)
        mappings.from_data(mapping, SPECS[kind])
        return cls.objects.create(
            kind=kind, source=source, file_name=file_name[:200], content=gzip.compress(content), mapping=mapping, by=by
        )

    @property
    def spec(self) -> Spec:
        return SPECS[self.kind]

    @property
    def is_working(self) -> bool:
        return self.state in WORKING

    def table(self) -> reading.Table:
        return reading.read(self.file_name, gzip.decompress(bytes(self.content)))

    def try_out(self, *, by: Any, mapping: dict[str, Any]) -> None:
        """Try the mapping out in the background. Raises BadMapping, WrongState."""
        mappings.from_data(mapping, self.spec)
        self.step("try_out", mapping=mapping, attempts=0)

    def apply(self, *, by: Any) -> None:
        """Write it in the background. Raises WrongState unless the check found no fault."""
        self.step("apply", attempts=0)

    def work(self) -> None:
        """Check or write, as the state says. Call in a transaction; what another worker did meanwhile is left alone."""
        from crp.events import record

        writing = self.state == RunState.APPLYING
        mapping = mappings.from_data(self.mapping, self.spec)
        report = engine.run(self.spec, self.table(), mapping, source=self.source, by=self.by, dry_run=not writing)
        summary = summarise(report)
        if report.faults:
            self.step("found_faults", report=summary)
        elif writing:
            self.step("finish", report=summary, applied_at=timezone.now(), content=b"")
            counts = {name: summary[name] for name in ("created", "updated", "unchanged")}
            record(Verb.IMPORT_APPLIED, self, by=self.by, file=self.file_name, kind=self.kind, **counts)
        else:
            self.step("found_fit", report=summary)


def summarise(report: engine.Report) -> dict[str, Any]:
    """The report as JSON; the first faults whole, all of them counted."""
    return {
        "rows": report.rows,
        "created": report.written.created,
        "updated": report.written.updated,
        "unchanged": report.written.unchanged,
        "ignored": report.ignored,
        "fault_count": len(report.faults),
        "faults": [
            {"row": one.row, "column": one.column, "field": one.field, "value": one.value[:200], "text": str(one)}
            for one in report.faults[:MOST_FAULTS_KEPT]
        ],
        "unknown": [
            {"field": name, "value": value, "suggestion": suggestion, "count": count}
            for name, value, suggestion, count in report.unknown_values()[:200]
            if name and value
        ],
    }
