"""The shapes of the import API: what is read, and, apart from it, what may be written."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from crp.imports import faulty
from crp.imports.models import COUNTS, ImportRun
from crp.imports.outcomes import OutcomeKind

RUN = ("id", "kind", "source", "file_name", "state", "by", "created_at", "applied_at", "undone_at", "counts")


class CountsShape(serializers.Serializer):
    """Rows by what would become, or became, of them; null before the first check."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return {name: serializers.IntegerField(allow_null=True) for name in COUNTS}


class ProgressShape(serializers.Serializer):
    """Steps done of those the work under way takes; both 0 when there is none."""

    done = serializers.IntegerField()
    total = serializers.IntegerField()


class UnknownShape(serializers.Serializer):
    """A value that is not known, in how many rows, and what was probably meant."""

    field = serializers.CharField()
    value = serializers.CharField()
    suggestion = serializers.CharField()
    count = serializers.IntegerField()


class RunRow(serializers.ModelSerializer):
    """An import in the list."""

    counts = CountsShape()

    class Meta:
        model = ImportRun
        fields: tuple[str, ...] = RUN


class RunShape(RunRow):
    """
    An import. `mapping` can be sent to `map`; `file_faults` speak of the file as such, `unknown` of values that a word in
    the mapping settles for every row.
    """

    columns = serializers.ListField(child=serializers.CharField())
    mapping = serializers.JSONField()
    encoding = serializers.SerializerMethodField()
    separator = serializers.SerializerMethodField()
    sheet = serializers.SerializerMethodField()
    sheets = serializers.SerializerMethodField()
    remembered = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField()
    ignored = serializers.SerializerMethodField()
    file_faults = serializers.SerializerMethodField()
    unknown = serializers.SerializerMethodField()
    undoable_until = serializers.SerializerMethodField()

    class Meta(RunRow.Meta):
        fields = (
            *RUN, "columns", "mapping", "encoding", "separator", "sheet", "sheets", "remembered", "progress", "ignored",
            "file_faults", "unknown", "undoable_until",
        )  # fmt: skip

    def get_encoding(self, run: ImportRun) -> str:
        return str(run.shape.get("encoding", ""))

    def get_separator(self, run: ImportRun) -> str:
        return str(run.shape.get("separator", ""))

    def get_sheet(self, run: ImportRun) -> str:
        return str(run.shape.get("sheet", ""))

    def get_sheets(self, run: ImportRun) -> list[str]:
        """All of a workbook."""
        return list(run.shape.get("sheets", []))

    def get_remembered(self, run: ImportRun) -> bool:
        """Is the mapping the one this source had the last time?"""
        return bool(run.shape.get("remembered"))

    @extend_schema_field(ProgressShape)
    def get_progress(self, run: ImportRun) -> dict[str, int]:
        done, total = run.progress() if run.is_working else (0, 0)
        return {"done": done, "total": total}

    def get_ignored(self, run: ImportRun) -> list[str]:
        """Columns that are left out."""
        return list(run.report.get("ignored", []))

    def get_file_faults(self, run: ImportRun) -> list[str]:
        return faulty.whole_file(run)

    @extend_schema_field(UnknownShape(many=True))
    def get_unknown(self, run: ImportRun) -> list[dict[str, Any]]:
        return list(run.report.get("unknown", []))

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_undoable_until(self, run: ImportRun) -> Any:
        """Null when it can't be undone."""
        return run.undoable_until if run.can_be_undone else None


class UploadInput(serializers.Serializer):
    """
    `kind` as the page offers it. `source` names the system, keeps the ids of two apart and remembers how its columns are
    mapped; `sheet` is the one of a workbook, else the source's last one or the first; `mapping` is a JSON file from an
    earlier import.
    """

    kind = serializers.CharField()
    file = serializers.FileField()
    source: Any = serializers.CharField(required=False, max_length=60)
    sheet = serializers.CharField(required=False, max_length=200)
    mapping = serializers.FileField(required=False)


class MapInput(serializers.Serializer):
    """
    What is sent replaces that part of the mapping, the rest stays. A column that `columns` does not name goes to the field
    of its own name; "" leaves one out.
    """

    columns = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)
    values = serializers.DictField(child=serializers.DictField(child=serializers.CharField()), required=False)
    constants = serializers.DictField(child=serializers.CharField(), required=False)
    scale = serializers.DictField(child=serializers.CharField(), required=False)
    date_format = serializers.CharField(required=False, max_length=40)
    decimal = serializers.CharField(required=False, max_length=1)


class ShapeInput(serializers.Serializer):
    """How to read the file instead; what is not sent stays."""

    encoding = serializers.CharField(required=False)
    separator = serializers.CharField(required=False)
    sheet = serializers.CharField(required=False)


class FaultyCellShape(serializers.Serializer):
    column = serializers.CharField()
    value = serializers.CharField()
    reason = serializers.CharField()
    suggestion = serializers.CharField()


class FaultyRowShape(serializers.Serializer):
    """`number` counts data rows from 1, `line` lines of the file."""

    number = serializers.IntegerField()
    line = serializers.IntegerField()
    name = serializers.CharField()
    cells = FaultyCellShape(many=True)


class FaultsPage(serializers.Serializer):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = FaultyRowShape(many=True)


class CellInput(serializers.Serializer):
    row = serializers.IntegerField(min_value=1)
    column = serializers.CharField(trim_whitespace=False)
    value = serializers.CharField(allow_blank=True, max_length=2_000)


class SkipInput(serializers.Serializer):
    row = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=200)


class MendInput(serializers.Serializer):
    """Cells as they should be, rows to leave out, and what a value means in every row (our field → theirs → ours)."""

    cells = CellInput(many=True, required=False)
    skips = SkipInput(many=True, required=False)
    values = serializers.DictField(child=serializers.DictField(child=serializers.CharField()), required=False)


class MendedInput(serializers.Serializer):
    mended = serializers.FileField()


class OutcomeInput(serializers.Serializer):
    outcome = serializers.ChoiceField(OutcomeKind.choices, required=False)


class ChangeShape(serializers.Serializer):
    """`name` is our name for the field; the rest is as a person reads it."""

    name = serializers.CharField()
    field = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class OutcomeShape(serializers.Serializer):
    """What would become, or became, of a row; `id` is null until it is written."""

    number = serializers.IntegerField()
    outcome = serializers.ChoiceField(OutcomeKind.choices)
    id = serializers.IntegerField(source="object_id", allow_null=True)
    name = serializers.CharField()
    changes = ChangeShape(many=True)
    reason = serializers.CharField()


class StayingShape(serializers.Serializer):
    """A row that would stay as it is, and why."""

    number = serializers.IntegerField()
    name = serializers.CharField()
    why = serializers.CharField()


class UndoInput(serializers.Serializer):
    """`keep_rest`: what was used or changed since may stay."""

    keep_rest = serializers.BooleanField(default=False)
