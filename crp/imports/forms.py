"""The forms of the import pages."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crp.imports import mapping as mappings
from crp.imports import reading
from crp.imports.spec import SPECS, kinds

DATE_FORMATS = (
    ("%Y-%m-%d", "2026-10-31"), ("%d-%m-%Y", "31-10-2026"), ("%d.%m.%Y", "31.10.2026"), ("%d/%m/%Y", "31/10/2026"),
    ("%m/%d/%Y", "10/31/2026"), ("%Y/%m/%d", "2026/10/31"), ("%d %b %Y", "31 Oct 2026"),
)  # fmt: skip


class UploadForm(forms.Form):
    """What the file holds, the file, and a mapping kept from last time."""

    kind = forms.ChoiceField(label=_("What does the file hold?"))
    file = forms.FileField(label=_("File"), help_text=_("CSV in UTF-8, or XLSX. The first row names the columns."))
    source = forms.CharField(
        label=_("System it comes from"),
        max_length=60,
        required=False,
        help_text=_("Keeps the ids of two systems apart, such as crm."),
    )
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


class MappingForm(forms.Form):
    """A select for each of their columns, the date format, and a box for each value nobody knows."""

    def __init__(self, run: Any, table: reading.Table, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.run, self.table = run, table
        current = mappings.from_data(run.mapping, run.spec)
        choices = [("", _("Leave out")), *((one.name, one.label) for one in run.spec.fields)]
        for number, column in enumerate(table.columns):
            samples = [row[number] for row in table.rows[:50] if number < len(row) and row[number].strip()][:3]
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=column,
                choices=choices,
                required=False,
                initial=current.field_of(column, run.spec),
                help_text=", ".join(samples),
            )
        self.fields["date_format"] = forms.ChoiceField(
            label=_("Dates look like"), choices=DATE_FORMATS, initial=current.reading.date_format, required=False
        )
        for number, unknown in enumerate(run.report.get("unknown", [])):
            self.fields[f"value_{number}"] = forms.CharField(
                label=_("%(field)s “%(value)s”") % {"field": unknown["field"], "value": unknown["value"]},
                required=False,
                max_length=200,
                initial=unknown["suggestion"],
                help_text=ngettext("%(count)d row", "%(count)d rows", unknown["count"]) % {"count": unknown["count"]},
            )

    def column_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("column_")]

    def value_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("value_")]

    def as_mapping(self) -> dict[str, Any]:
        """The mapping as JSON data: what was there, with what the form says."""
        data = self.cleaned_data
        before = self.run.mapping
        values: dict[str, dict[str, str]] = {name: dict(known) for name, known in before.get("values", {}).items()}
        for number, unknown in enumerate(self.run.report.get("unknown", [])):
            if data.get(f"value_{number}"):
                values.setdefault(unknown["field"], {})[unknown["value"]] = data[f"value_{number}"]
        columns = {column: data[f"column_{number}"] for number, column in enumerate(self.table.columns)}
        return {**before, "columns": columns, "values": values, "date_format": data["date_format"] or "%Y-%m-%d"}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            mappings.from_data(self.as_mapping(), self.run.spec)
        except mappings.BadMapping as error:
            self.add_error(None, str(error))
        return data
