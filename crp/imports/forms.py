"""The forms of the import pages."""

import json
from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crp.imports import headers, reading
from crp.imports import mapping as mappings
from crp.imports.mending import Mending
from crp.imports.models import ImportRun
from crp.imports.shape import ENCODINGS, SEPARATORS
from crp.imports.spec import SPECS, kinds
from crp.imports.values import JALALI, sample_day


def format_choices() -> list[tuple[str, Any]]:
    """Date formats by how the end of October looks in them."""
    return [(shape, format_label(shape)) for shape in headers.DATE_FORMATS]


def format_label(shape: str) -> Any:
    sample = sample_day(shape)
    return _("%(sample)s, Persian calendar") % {"sample": sample} if shape.startswith(JALALI) else sample


class UploadForm(forms.Form):
    """What the file holds, the file, and a mapping kept from last time."""

    kind = forms.ChoiceField(label=_("What does the file hold?"))
    file = forms.FileField(label=_("File"), help_text=_("CSV or XLSX, up to 60 MB. The first row names the columns."))
    source = forms.CharField(
        label=_("System it comes from"),
        max_length=60,
        required=False,
        help_text=_("Keeps the ids of two systems apart, such as crm, and remembers how its columns are mapped."),
    )
    sheet = forms.CharField(
        label=_("Sheet"), max_length=200, required=False,
        help_text=_("Of a workbook with several. You can choose it in the next step too."),
    )  # fmt: skip
    mapping = forms.FileField(label=_("Mapping"), required=False, help_text=_("A JSON file from an earlier import."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(spec.kind, spec.label) for spec in kinds()]  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > reading.MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 60 MB."))
        return file

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("mapping") and data.get("kind"):
            try:
                raw = data["mapping"].read(1_000_000)
                mappings.parse(raw, SPECS[data["kind"]])
                data["mapping"] = json.loads(raw)
            except mappings.BadMapping as error:
                self.add_error("mapping", str(error))
        return data

    def upload(self, *, by: Any) -> ImportRun | None:
        """The file kept for mapping; None when it is no table, which is then said at it. Raises Forbidden."""
        data = self.cleaned_data
        try:
            return ImportRun.upload(
                kind=data["kind"], source=data["source"], file_name=data["file"].name, content=data["file"].file,
                mapping=data["mapping"] or {}, by=by, sheet=data["sheet"],
            )  # fmt: skip
        except reading.BadTable as error:
            self.add_error("sheet" if isinstance(error, reading.NoSheet) else "file", str(error))
            return None


class ShapeForm(forms.Form):
    """How the file is written, or of a workbook which sheet it is: as guessed, until somebody says otherwise."""

    encoding = forms.ChoiceField(label=_("Letters are written in"))
    separator = forms.ChoiceField(label=_("Columns are parted by"), choices=SEPARATORS)
    sheet = forms.CharField(label=_("Sheet"), max_length=200)

    def __init__(self, run: Any, *args: Any, **kwargs: Any) -> None:
        now = {name: run.shape.get(name, "") for name in ("encoding", "separator", "sheet")}
        super().__init__(*args, **{"initial": now, **kwargs})
        if now["encoding"] == "xlsx":
            del self.fields["encoding"], self.fields["separator"]
            sheets = [(sheet, sheet) for sheet in run.shape.get("sheets", [])]
            self.fields["sheet"].widget = forms.Select(choices=sheets)
        else:
            del self.fields["sheet"]
            known = dict(ENCODINGS)
            extra = [] if now["encoding"] in known else [(now["encoding"], now["encoding"].upper())]
            self.fields["encoding"].choices = [*ENCODINGS, *extra]  # type: ignore[attr-defined]


class MappingForm(forms.Form):
    """A select for each of their columns, and how dates and amounts are written."""

    def __init__(self, run: Any, table: reading.Table, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.run, self.table = run, table
        current = mappings.from_data(run.mapping, run.spec)
        self.mapped = {column: current.field_of(column, run.spec) for column in table.columns}
        needed = [(one.name, _("%(field)s (needed)") % {"field": one.label}) for one in run.spec.fields if one.required]
        others = [(one.name, one.label) for one in run.spec.fields if not one.required]
        for number, column in enumerate(table.columns):
            samples = [row[number] for row in table.first if number < len(row) and row[number].strip()][:3]
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=column,
                choices=[("", _("Leave out")), *needed, *others],
                required=False,
                initial=self.mapped[column],
                help_text=escape(", ".join(sample[:60] for sample in samples)),
            )
        self.add_date_format(run, table)
        self.fields["decimal"] = forms.ChoiceField(
            label=_("Amounts look like"), choices=[(".", "1,250.50"), (",", "1.250,50")], required=False,
            initial=current.reading.decimal,
        )  # fmt: skip

        for field in self.fields.values():
            field.marks_optional = False  # type: ignore[attr-defined]

    def add_date_format(self, run: Any, table: reading.Table) -> None:
        """What fits the file stands first; when it can be read two ways, nothing is chosen beforehand."""
        fitting = headers.date_formats(run.spec, table, self.mapped)
        said = run.mapping.get("date_format")
        self.ambiguous = not said and len(fitting) > 1
        choices = sorted(format_choices(), key=lambda choice: choice[0] not in fitting)
        self.fields["date_format"] = forms.ChoiceField(
            label=_("Dates look like"),
            choices=[("", _("Say which")), *choices] if self.ambiguous else choices,
            initial=said or ("" if self.ambiguous else "%Y-%m-%d"),
            required=self.ambiguous,
            help_text=_("The dates of this file can be read more than one way.") if self.ambiguous else "",
        )

    def column_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("column_")]

    def as_mapping(self) -> dict[str, Any]:
        """The mapping as JSON data: what was there, with what the form says."""
        data = self.cleaned_data
        columns = {column: data.get(f"column_{number}", "") for number, column in enumerate(self.table.columns)}
        found = {**self.run.mapping, "columns": columns, "date_format": data.get("date_format") or "%Y-%m-%d"}
        return {**found, "decimal": data.get("decimal") or "."}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for problem in mappings.problems(self.as_mapping(), self.run.spec, self.table.columns):
            known = problem.column in self.table.columns
            self.add_error(f"column_{self.table.columns.index(problem.column)}" if known else None, problem.message)
        return data


class ValuesForm(forms.Form):
    """A box for each value that stands in several cells or is not known, with what was probably meant."""

    def __init__(self, run: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.run = run
        labels = {one.name: one.label for one in run.spec.fields}
        for number, unknown in enumerate(run.report.get("unknown", [])):
            if unknown["count"] > 1 or unknown["suggestion"]:
                self.fields[f"value_{number}"] = forms.CharField(
                    label=_("%(field)s “%(value)s”")
                    % {"field": labels.get(unknown["field"], unknown["field"]), "value": unknown["value"]},
                    required=False,
                    max_length=200,
                    initial=unknown["suggestion"],
                    help_text=ngettext("%(count)d row", "%(count)d rows", unknown["count"])
                    % {"count": unknown["count"]},
                )

    def as_mapping(self) -> dict[str, Any]:
        """The mapping with what each value means here."""
        chosen: dict[str, dict[str, str]] = {}
        for number, unknown in enumerate(self.run.report.get("unknown", [])):
            if self.cleaned_data.get(f"value_{number}"):
                chosen.setdefault(unknown["field"], {})[unknown["value"]] = self.cleaned_data[f"value_{number}"]
        return mappings.with_values(self.run.mapping, chosen)


def mended_cells(posted: Any, run: Any, columns: list[str]) -> Mending:
    """
    The run's mending with what the table of faults was sent with.

    Named `cell-ROW-COLUMN NUMBER`, with the value shown before as `was-…` beside it; `skip-ROW` leaves a row out and
    takes its reason from `reason-ROW`.
    """
    cells: dict[int, dict[str, str]] = {}
    skips: dict[int, str] = {}
    for name, value in posted.items():
        part, _dash, rest = name.partition("-")
        row, _dash, place = rest.partition("-")
        if not row.isdecimal() or len(row) > 7:
            continue
        if part == "cell" and place.isdecimal() and int(place) < len(columns) and value != posted.get(f"was-{rest}"):
            cells.setdefault(int(row), {})[columns[int(place)]] = value[:2_000]
        if part == "skip":
            skips[int(row)] = left_out(posted.get(f"reason-{row}", ""))
    mending: Mending = run.mended()
    return mending.with_cells(cells).with_skips(skips)


def left_out(reason: str) -> str:
    """Why a row is left out: as said, or by hand."""
    return reason.strip()[:200] or str(_("Left out by hand"))


class MendedFileForm(forms.Form):
    """The file of faults, mended in a spreadsheet."""

    mended = forms.FileField(label=_("The mended file"))
