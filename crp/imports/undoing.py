"""Taking a whole import back: what it made and nobody used goes, what it changed and still stands is set back."""

from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crp.events.models import Event, ref
from crp.imports.models import ImportRun
from crp.imports.outcomes import RowOutcome
from crp.imports.verbs import Verb
from crp.verbs import Forbidden, Refused

BATCH = 1_000
# What the import itself says of a thing.
OWN_VERBS = (Verb.CUSTOMER_IMPORTED,)


@transaction.atomic
def ask(run: ImportRun, *, by: Any, keep_rest: bool) -> None:
    """
    Take the import back in the background. `keep_rest`: what was used or changed since may stay.

    Raises Forbidden, WrongState, Refused after the time for it or, without `keep_rest`, when something has to stay.
    """
    if not (by.is_manager or by.is_admin):
        raise Forbidden
    run.lock().guard("undo")
    if not run.can_be_undone:
        raise Refused(_("An import can be undone for 30 days."), code="too_late")
    if not keep_rest and verdicts(run):
        raise Refused(_("Something has been used or changed since. Say whether it may stay."), code="some_stay")
    run.step("undo", undone_by=by, attempts=0)


def undo(run: ImportRun) -> None:
    """Do it, in the caller's transaction: fields first, so that nothing points to what is then removed, last row first."""
    from crp.events import record

    kept = verdicts(run)
    counts = {"removed": 0, "restored": 0, "kept": len(kept)}
    for outcome, name, act in (("updated", "restored", restore), ("created", "removed", remove)):
        for model, rows in chunks(run, newest_first=True):
            counts[name] += act(run, model, [row for row in rows if row.outcome == outcome and row.pk not in kept])
    run.step("finish_undo", undone_at=timezone.now(), report={**run.report, **counts})
    RowOutcome.objects.filter(run=run).update(before={}, after={})
    record(Verb.IMPORT_UNDONE, run, by=run.undone_by, file=run.file_name, kind=run.kind, **counts)


def verdicts(run: ImportRun) -> dict[int, str]:
    """
    By row that can't be taken back: why.

    What stays may point to something else of the same import, which then stays too: looked at again until nothing is added.
    """
    kept: dict[int, str] = {}
    while True:
        found: dict[int, str] = {}
        for model, rows in chunks(run):
            judged = judge(model, [row for row in rows if row.pk not in kept], run, kept)
            found |= {pk: why for pk, why in judged.items() if why}
        if not found:
            return kept
        kept |= found


def staying(run: ImportRun, most: int = 200) -> list[tuple[RowOutcome, str]]:
    """The first rows that can't be taken back, and why, in the file's order."""
    kept = verdicts(run)
    rows = RowOutcome.objects.filter(pk__in=sorted(kept)[:most]).order_by("number", "pk")
    return [(row, kept[row.pk]) for row in rows]


def chunks(run: ImportRun, *, newest_first: bool = False) -> Iterator[tuple[type[models.Model], list[RowOutcome]]]:
    """The run's new and changed rows, at most a thousand of one model at a time; what a row made last stands first or last."""
    order = ("-number", "-pk") if newest_first else ("number", "pk")
    written = RowOutcome.objects.filter(run=run, outcome__in=("created", "updated")).order_by(*order)
    rows = written.iterator(chunk_size=BATCH)
    while chunk := list(islice(rows, BATCH)):
        for label in dict.fromkeys(row.model for row in chunk):
            yield apps.get_model(label), [row for row in chunk if row.model == label]


def judge(
    model: type[models.Model], rows: list[RowOutcome], run: ImportRun, kept: Collection[int]
) -> dict[int, str]:  # fmt: skip
    """By row: why it stays as it is, or an empty string."""
    things = model._base_manager.in_bulk([row.object_id for row in rows])
    made = [row.object_id for row in rows if row.outcome == "created" and row.object_id and row.object_id in things]
    used, spoken_of = used_things(model, made, run, kept), changed_things(model, things.values(), run)
    return {row.pk: verdict(row, things, used, spoken_of) for row in rows}


def verdict(row: RowOutcome, things: dict[Any, Any], used: dict[int, str], spoken_of: set[int]) -> str:
    thing = things.get(row.object_id)
    if thing is None:
        return _("It is gone already.")
    if row.object_id in used:
        return _("It is used by: %(what)s.") % {"what": used[row.object_id]}
    differing = [name for name, value in row.after.items() if not same(thing, name, value)]
    if differing:
        return _("Changed since: %(fields)s.") % {
            "fields": ", ".join(field_label(type(thing), name) for name in differing)
        }
    if row.outcome == "created" and row.object_id in spoken_of:
        return _("Somebody has worked with it since.")
    if not row.after:
        return _("What it was before is no longer known.")
    return ""


def used_things(model: type[models.Model], pks: list[int], run: ImportRun, kept: Collection[int]) -> dict[int, str]:
    """Objects that others point to → by what. What the same import made, or pointed there, does not count: it goes too."""
    found: dict[int, str] = {}
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel) or not pks:
            continue
        source, field = relation.related_model, relation.field
        if getattr(source, "is_derived", False):
            continue
        going = RowOutcome.objects.filter(run=run, model=source._meta.label_lower).exclude(pk__in=kept)
        own = going.filter(models.Q(outcome="created") | models.Q(outcome="updated", after__has_key=field.attname))
        pointing = source._base_manager.filter(**{f"{field.name}__in": pks}).exclude(pk__in=own.values("object_id"))
        for pk in pointing.values_list(field.name, flat=True).distinct():
            found.setdefault(pk, str(source._meta.verbose_name_plural))
    return found


def changed_things(model: type[models.Model], things: Iterable[Any], run: ImportRun) -> set[int]:
    """Pks of those an event of after the import speaks of."""
    by_ref = {ref(thing): thing.pk for thing in things} if hasattr(model, "event_ref") else {}
    since = Event.objects.filter(about__overlap=list(by_ref), at__gt=run.applied_at).exclude(verb__in=OWN_VERBS)
    spoken = {one for about in since.values_list("about", flat=True) for one in about} if by_ref else set()
    return {by_ref[one] for one in spoken & by_ref.keys()}


def value_of(model: type[models.Model], name: str, kept: Any) -> Any:
    """A kept value as the field has it."""
    field: Any = model._meta.get_field(name)
    return field.to_python(kept) if kept is not None else None


def same(thing: models.Model, name: str, kept: Any) -> bool:
    """Does the field still hold what the import put there?"""
    return bool(getattr(thing, name) == value_of(type(thing), name, kept))


def field_label(model: type[models.Model], name: str) -> str:
    return str(getattr(model._meta.get_field(name), "verbose_name", name))


def restore(run: ImportRun, model: type[models.Model], rows: list[RowOutcome]) -> int:
    """Set the changed fields back."""
    things, settled = model._base_manager.select_for_update().in_bulk([row.object_id for row in rows]), []
    names: set[str] = set()
    for row in rows:
        thing = things[row.object_id]
        settled.append((thing, {name: getattr(thing, name) for name in row.before}))
        for name, kept in row.before.items():
            setattr(thing, name, value_of(type(thing), name, kept))
        names |= row.before.keys()
        if hasattr(thing, "version"):
            thing.version += 1
            names.add("version")
    if settled:
        names |= set(getattr(run.spec, "derived", ()))
        if hasattr(run.spec, "undone"):
            run.spec.undone(settled, [])
        model._base_manager.bulk_update(things.values(), list(names), batch_size=BATCH)
    return len(rows)


def remove(run: ImportRun, model: type[models.Model], rows: list[RowOutcome]) -> int:
    """Delete what the import made."""
    things = list(model._base_manager.filter(pk__in=[row.object_id for row in rows]))
    model._base_manager.filter(pk__in=[thing.pk for thing in things]).delete()
    if things and hasattr(run.spec, "undone"):
        run.spec.undone([], things)
    return len(things)
