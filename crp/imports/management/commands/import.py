"""`manage.py import KIND FILE`: the importer on the command line."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crp.imports import engine, headers, reading
from crp.imports import mapping as mappings
from crp.imports.shape import Shape
from crp.imports.spec import SPECS, kinds


class Command(BaseCommand):
    help = "Take in a table of one of our kinds: all of it, or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=[spec.kind for spec in kinds()])
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", type=Path, help="JSON file: columns, values, date_format, constants, scale")
        parser.add_argument("--dry-run", action="store_true", help="check everything, write nothing")
        parser.add_argument("--source", default="", help="name of the system the external ids belong to")
        parser.add_argument("--sheet", default="", help="of a workbook, if not the first")

    def handle(self, *args: Any, **options: Any) -> None:
        spec = SPECS[options["kind"]]
        try:
            table = reading.read(options["file"].name, options["file"].read_bytes(), Shape(sheet=options["sheet"]))
            raw = options["mapping"].read_bytes() if options["mapping"] else b""
            guessed = {"columns": headers.guess_columns(spec, table.columns)}
            mapping = mappings.parse(raw, spec) if raw else mappings.from_data(guessed, spec)
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        except (reading.BadTable, mappings.BadMapping) as error:
            raise CommandError(str(error)) from error
        report = engine.run(spec, table, mapping, source=options["source"], dry_run=options["dry_run"])
        self.tell(report, options["dry_run"])

    def tell(self, report: engine.Report, dry_run: bool) -> None:
        """The counts, or every fault and then the values a mapping could settle. Raises CommandError on faults."""
        if report.ignored:
            self.stdout.write(f"Columns left out: {', '.join(report.ignored)}.")
        if not report.faults:
            written = report.written
            done = "Dry run, nothing written" if dry_run else "Done"
            self.stdout.write(
                f"{done}: {report.rows} rows, {written.created} created, {written.updated} updated, "
                f"{written.unchanged} unchanged."
            )
            return
        for fault in report.faults:
            self.stderr.write(str(fault))
        self.stderr.write("\nIn short:")
        for field, value, suggestion, count in report.unknown_values():
            hint = f" → “{suggestion}”?" if suggestion else ""
            self.stderr.write(f"  {field} “{value}” in {count} row{'' if count == 1 else 's'}{hint}")
        raise CommandError(f"{len(report.faults)} faults in {report.rows} rows. Nothing was written.")
