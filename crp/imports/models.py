"""ImportRun: one file on its way in, from upload to applied, and back out again."""

import gzip
import io
from datetime import timedelta
from typing import IO, Any, Self, cast

from django.conf import settings
from django.core.cache import cache
from django.db import models
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crp.imports import engine, headers, reading
from crp.imports import mapping as mappings
from crp.imports.mending import Mending
from crp.imports.outcomes import RowOutcome, Spill
from crp.imports.saved import SavedMapping
from crp.imports.shape import HEAD, Shape
from crp.imports.spec import SPECS, Spec
from crp.imports.verbs import Verb
from crp.verbs import Forbidden, Refused, Stateful, state_check

__all__ = ["ImportRun", "RowOutcome", "RunState", "SavedMapping"]

MOST_FAULTS_KEPT = 5_000
# How long an import can be taken back, and an unfinished one waits.
UNDO_FOR = timedelta(days=30)


class RunState(models.TextChoices):
    MAPPING = "mapping", _("Being mapped")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Ready")
    APPLYING = "applying", _("Being written")
    APPLIED = "applied", _("Done")
    FAILED = "failed", _("Stopped")
    UNDOING = "undoing", _("Being undone")
    UNDONE = "undone", _("Undone")


WORKING = (RunState.CHECKING, RunState.APPLYING, RunState.UNDOING)
OPEN = {RunState.MAPPING, RunState.CHECKED, RunState.FAILED}


# What a report counts.
COUNTS = ("rows", "created", "updated", "unchanged", "skipped", "fault_count", "removed", "restored", "kept")


def may_import(user: Any) -> bool:
    return bool(user.is_manager or user.is_admin)


def importer(user: Any) -> Any:
    """The user, if he may import. Raises Forbidden."""
    if not may_import(user):
        raise Forbidden(gettext("Program managers and admins import."))
    return user


class RunQuerySet(models.QuerySet["ImportRun"]):
    def visible_to(self, user: Any) -> Self:
        """Managers and admins import; nobody else sees it."""
        return self if may_import(user) else self.none()

    def counted(self) -> Self:
        """With `counts` (null where there is none yet), and without the file: a report's faults are many."""
        counts = JSONObject(**{name: models.F(f"report__{name}") for name in COUNTS})
        return self.defer("content", "mending").annotate(counts=counts)

    def waiting(self) -> Self:
        """Those a worker should take up."""
        return self.filter(state__in=WORKING)

    def forget(self, now: Any) -> int:
        """Drop the files nobody went on with and what undo no longer needs; how many runs were cleared."""
        old = self.filter(created_at__lt=now - UNDO_FOR).exclude(state__in=WORKING)
        RowOutcome.objects.filter(run__in=old).delete()
        return old.exclude(content=b"").update(content=b"", mending={}, report={}, state=models.Case(
            models.When(state__in=OPEN, then=models.Value(RunState.FAILED)), default=models.F("state"),
        ))  # fmt: skip


class ImportRun(Stateful):
    event_ref = "import"
    TRANSITIONS = {
        "reread": (OPEN, RunState.MAPPING),
        "try_out": (OPEN, RunState.CHECKING),
        "found_faults": ({RunState.CHECKING, RunState.APPLYING}, RunState.MAPPING),
        "found_fit": ({RunState.CHECKING}, RunState.CHECKED),
        "apply": ({RunState.CHECKED}, RunState.APPLYING),
        "finish": ({RunState.APPLYING}, RunState.APPLIED),
        "fail": ({RunState.CHECKING, RunState.APPLYING}, RunState.FAILED),
        "undo": ({RunState.APPLIED}, RunState.UNDOING),
        "finish_undo": ({RunState.UNDOING}, RunState.UNDONE),
        "fail_undo": ({RunState.UNDOING}, RunState.APPLIED),
    }

    kind = models.CharField(_("what"), max_length=20)
    source = models.CharField(_("source"), max_length=60, blank=True)
    file_name = models.CharField(_("file"), max_length=200)
    content = models.BinaryField()
    # Encoding and separator: as guessed at first, then as said.
    shape = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    mending = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=RunState.choices, default=RunState.MAPPING)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = [state_check(RunState, "import_state_known")]
        indexes = [models.Index(fields=["id"], condition=models.Q(state__in=WORKING), name="import_at_work")]

    def __str__(self) -> str:
        return self.file_name

    @classmethod
    def upload(
        cls, *, kind: str, source: str, file_name: str, content: bytes | IO[bytes], mapping: dict[str, Any], by: Any,
        sheet: str = "",
    ) -> "ImportRun":  # fmt: skip
        """
        Keep the file for mapping; where none is given it is that of last time, or guessed. So it is with the `sheet` of a
        workbook, which else is the first.

        Raises Forbidden, BadTable, BadMapping.
        """
        importer(by)
        packed = compressed(content)
        table = reading.read(file_name, lambda: unpacked(packed), Shape(sheet=sheet))
        usual = "" if sheet else SavedMapping.sheet_of(kind, source, table.sheets)
        if usual not in ("", table.shape.sheet):
            table = reading.read(file_name, lambda: unpacked(packed), Shape(sheet=usual))
        mappings.from_data(mapping, SPECS[kind])
        remembered = not mapping and SavedMapping.fitting(kind, source, table.columns)
        mapping = mapping or remembered or headers.guess_mapping(SPECS[kind], table)
        return cls.objects.create(
            kind=kind, source=source, file_name=file_name[:200], content=packed, mapping=mapping, by=by,
            shape={**shape_of(table), "remembered": bool(remembered)},
        )  # fmt: skip

    @property
    def spec(self) -> Spec:
        return SPECS[self.kind]

    @property
    def row_count(self) -> int:
        """Rows as of the last check; 0 before."""
        return int(self.report.get("rows", 0))

    @property
    def columns(self) -> list[str]:
        """The file's columns in its order; of files uploaded by an earlier version, those that are mapped."""
        return list(self.shape.get("columns") or self.mapping.get("columns", {}))

    @property
    def is_working(self) -> bool:
        return self.state in WORKING

    @property
    def is_open(self) -> bool:
        """Can it still be mapped, mended and checked?"""
        return self.state in OPEN and bool(self.content)

    @property
    def can_be_undone(self) -> bool:
        return self.state == RunState.APPLIED and timezone.now() < self.undoable_until

    @property
    def undoable_until(self) -> Any:
        return (self.applied_at or self.created_at) + UNDO_FOR

    def table(self) -> reading.Table:
        """The file as uploaded. Raises BadTable, Refused when it was dropped."""
        if not self.content:
            raise Refused(gettext("The file was dropped after 30 days. Upload it again."), code="file_dropped")
        said = Shape(*(self.shape.get(name, "") for name in ("encoding", "separator", "sheet")))
        return reading.read(self.file_name, lambda: unpacked(bytes(self.content)), said if self.shape else None)

    def mended(self) -> Mending:
        return Mending.from_data(self.mending)

    def reread(self, *, by: Any, encoding: str = "", separator: str = "", sheet: str = "") -> None:
        """Read the file another way and guess the columns anew. Raises BadTable, WrongState."""
        self.guard("reread")
        self.shape = {"encoding": encoding, "separator": separator, "sheet": sheet}
        table = self.table()
        self.step(
            "reread", shape=shape_of(table), mapping=headers.guess_mapping(self.spec, table), report={}, mending={}
        )

    def try_out(self, *, by: Any, mapping: dict[str, Any] | None = None, mending: Mending | None = None) -> None:
        """Try it out in the background, as mapped and mended. Raises BadMapping, WrongState."""
        wanted = self.mapping if mapping is None else mapping
        mappings.from_data(wanted, self.spec)
        mended = self.mending if mending is None else mending.as_data()
        self.step("try_out", mapping=wanted, mending=mended, attempts=0)

    def apply(self, *, by: Any) -> None:
        """Write it in the background. Raises WrongState unless the check found no fault."""
        self.step("apply", attempts=0)

    def give_up(self) -> None:
        """After an error of ours, or too many workers that died at it: nothing of it is written."""
        self.step("fail_undo" if self.state == RunState.UNDOING else "fail")

    def progress(self) -> tuple[int, int]:
        """(rows done, rows in all) of the work under way; unknown is (0, 0)."""
        found = cache.get(self.progress_key)
        return tuple(found) if found else (0, 0)

    @property
    def progress_key(self) -> str:
        return f"imports:progress:{self.pk}:{self.state}"

    def listener(self, spill: Spill) -> engine.Listener:
        key = self.progress_key
        return engine.Listener(lambda done, total: cache.set(key, [done, total], 3_600), spill.add, spill.late.extend)

    def work(self) -> None:
        """Check, write or undo, as the state says. Call in a transaction; what another worker did meanwhile is left alone."""
        from crp.imports import undoing

        if self.state == RunState.UNDOING:
            undoing.undo(self)
            return
        with Spill(self.spec) as spill:
            self.run(spill)

    def run(self, spill: Spill) -> None:
        """Check or write, and keep what became of every row."""
        from crp.events import record

        writing = self.state == RunState.APPLYING
        mapping = mappings.from_data(self.mapping, self.spec)
        report = engine.run(
            self.spec, self.table(), mapping, source=self.source, by=self.by, dry_run=not writing, mending=self.mended(),
            listener=self.listener(spill),
        )  # fmt: skip
        summary = summarise(report)
        spill.keep(self, self.mended().skips, empty=bool(report.faults))
        if report.faults:
            self.step("found_faults", report=summary)
        elif writing:
            self.step("finish", report=summary, applied_at=timezone.now(), content=b"", mending={})
            SavedMapping.keep(self)
            counts = {name: summary[name] for name in ("created", "updated", "unchanged")}
            record(Verb.IMPORT_APPLIED, self, by=self.by, file=self.file_name, kind=self.kind, **counts)
        else:
            self.step("found_fit", report=summary)


def shape_of(table: reading.Table) -> dict[str, Any]:
    """How the file was read, as JSON."""
    return {
        "encoding": table.shape.encoding, "separator": table.shape.separator, "columns": table.columns,
        "sheet": table.shape.sheet, "sheets": table.sheets,
    }  # fmt: skip


def compressed(content: bytes | IO[bytes]) -> bytes:
    """The file packed, read piece by piece."""
    source = io.BytesIO(content) if isinstance(content, bytes) else content
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=6) as out:
        while piece := source.read(HEAD):
            out.write(piece)
    return packed.getvalue()


def unpacked(packed: bytes) -> IO[bytes]:
    return cast(IO[bytes], gzip.GzipFile(fileobj=io.BytesIO(packed)))


def summarise(report: engine.Report) -> dict[str, Any]:
    """The report as JSON; the first faults whole, all of them counted."""
    return {
        "rows": report.rows,
        "created": report.written.created,
        "updated": report.written.updated,
        "unchanged": report.written.unchanged,
        "skipped": report.skipped,
        "ignored": report.ignored,
        "fault_count": len(report.faults),
        "faults": [
            {
                "row": one.row, "column": one.column, "field": one.field, "value": one.value[:200], "text": str(one),
                "reason": one.reason, "suggestion": one.suggestion,
            }
            for one in report.faults[:MOST_FAULTS_KEPT]
        ],
        "unknown": [
            {"field": name, "value": value, "suggestion": suggestion, "count": count}
            for name, value, suggestion, count in report.unknown_values()[:200]
            if name and value
        ],
    }  # fmt: skip
