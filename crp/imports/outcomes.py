"""RowOutcome: what became of one row, kept to show before writing and to take back after."""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, TYPE_CHECKING, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from crp.imports.spec import Outcome, Spec

if TYPE_CHECKING:
    from crp.imports.models import ImportRun

BATCH = 2_000


class OutcomeKind(models.TextChoices):
    CREATED = "created", _("New")
    UPDATED = "updated", _("Changed")
    UNCHANGED = "unchanged", _("As before")
    SKIPPED = "skipped", _("Left out")


class RowOutcome(models.Model):
    """
    `before` and `after` hold a field's values by attribute, as JSON; `model` and `object_id` name what was written.

    The thing's name is not kept: it is read from the thing, so that whoever is forgotten is forgotten here.
    """

    run = models.ForeignKey("imports.ImportRun", models.CASCADE, related_name="outcomes")
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=9, choices=OutcomeKind.choices)
    model = models.CharField(max_length=60, blank=True)
    object_id = models.BigIntegerField(null=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("number", "pk")
        indexes = [
            models.Index(fields=["run", "outcome", "number", "id"], name="outcome_of_run"),
            models.Index(fields=["model", "object_id"], name="outcome_of_thing"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(outcome__in=OutcomeKind.values), name="outcome_known"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.outcome}"


def forget(thing: models.Model) -> int:
    """Drop the values that imports kept of a thing whose person is to be forgotten; how many rows held some."""
    held = RowOutcome.objects.filter(model=thing._meta.label_lower, object_id=thing.pk)
    return held.update(before={}, after={})


class Spill:
    """Outcomes on their way to the table: a dry run's would vanish with it, and a list of them would not stay small."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.late: list[Outcome] = []
        self.file: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 (closed by __exit__)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.file.close()

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Write them down, each a line."""
        for one in outcomes:
            label = one.thing._meta.label_lower if one.thing is not None else ""
            pk = one.thing.pk if one.thing is not None else None
            line = [one.number, one.outcome, label, pk, one.before, one.after]
            self.file.write(json.dumps(line, cls=DjangoJSONEncoder) + "\n")

    def keep(self, run: "ImportRun", skips: Mapping[int, str], *, empty: bool) -> None:
        """Replace the run's rows by these. `empty`: nothing came of it."""
        RowOutcome.objects.filter(run=run).delete()
        if empty:
            return
        save(RowOutcome(run=run, number=number, outcome="skipped", reason=why[:200]) for number, why in skips.items())
        dry = run.state == "checking"
        save(self.rows(run, dry))
        for one in self.late:
            add_late(run, one)

    def rows(self, run: "ImportRun", dry: bool) -> Iterator[RowOutcome]:
        """In the file's order; what a dry run made is gone and has no id."""
        self.file.seek(0)
        for line in self.file:
            number, outcome, label, pk, before, after = json.loads(line)
            gone = dry and outcome == "created"
            yield RowOutcome(
                run=run, number=number, outcome=outcome, model=label, object_id=None if gone else pk, before=before,
                after=after,
            )  # fmt: skip


def add_late(run: "ImportRun", late: Outcome) -> None:
    """What the end of the file changed about a row above."""
    row = RowOutcome.objects.filter(run=run, number=late.number).first()
    if row is not None and row.outcome != OutcomeKind.CREATED:
        row.outcome = OutcomeKind.UPDATED
        row.before, row.after = {**row.before, **late.before}, {**row.after, **late.after}
        row.save(update_fields=["outcome", "before", "after"])


def save(rows: Iterable[RowOutcome]) -> None:
    batch: list[RowOutcome] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            RowOutcome.objects.bulk_create(batch)
            batch = []
    RowOutcome.objects.bulk_create(batch)
