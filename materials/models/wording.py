"""The wording of material: what it says, its files, and the versions written of both."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, cast

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from crp.events import record
from crp.search import normalise
from crp.verbs import Refused, Stale, Stateful, WrongState, today
from materials.models.kinds import CLEARED, OPEN_TO_CHANGE, MaterialState, Naming
from materials.models.version import MaterialVersion, fingerprint
from materials.verbs import Verb

if TYPE_CHECKING:
    from materials.intake import Cleared
    from materials.models.file import MaterialFile

WORDING = ("title", "summary", "body")
FACTS = ("kind", "customer", "language", "audience", "naming", "owner", "due_on", "review_on", "expires_on")
MANY = ("contacts", "products", "industries")


class Worded(Stateful):
    """`title`, `summary` and `body` are those of the newest version; `version` counts every change, for editors."""

    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)
    body = models.TextField(_("text"), blank=True)
    search_text = models.TextField(editable=False, blank=True)
    version = models.PositiveIntegerField(default=1)

    if TYPE_CHECKING:
        # What the material adds.
        state: Any
        owner: Any
        customer: Any
        naming: Any
        versions: Any
        blockers: Any
        _guard: Any

    class Meta:
        abstract = True

    @cached_property
    def latest(self) -> MaterialVersion | None:
        return next(iter(self.versions.all()), None)

    @property
    def latest_id(self) -> int | None:
        return self.latest.pk if self.latest else None

    @property
    def latest_files(self) -> list["MaterialFile"]:
        return list(self.latest.files.all()) if self.latest else []

    @classmethod
    def create(cls, *, by: Any, idea: bool = False, **fields: Any) -> Self:
        """New material with its first version. `fields` are WORDING, FACTS and MANY; raises Forbidden."""
        material = cls(**{name: fields[name] for name in (*WORDING, *FACTS) if name in fields})
        material._guard(by)
        material.state = MaterialState.IDEA if idea else MaterialState.DRAFT
        material.owner = material.owner or by
        with transaction.atomic():
            material.index()
            material.save()
            material._set_many(fields)
            material._write_version(by, files=[])
            record(Verb.CREATED, material, material.told_customer(), by=by, title=material.title)
        return material

    def edit(self, *, by: Any, seen: int, **fields: Any) -> Self:
        """
        Change what differs; `seen` is the `version` the editor had read. New words make a new version.

        Raises Stale, WrongState (words that are with the customer or approved) and Refused (a published fact that
        the permission does not allow).
        """
        self._guard(by)
        with transaction.atomic():
            self.lock()
            if self.version != seen:
                raise Stale
            changed = [name for name in (*WORDING, *FACTS) if name in fields and getattr(self, name) != fields[name]]
            if set(changed) & set(WORDING) and self.state not in OPEN_TO_CHANGE:
                raise WrongState(self.state, "edit", OPEN_TO_CHANGE)
            for name in changed:
                setattr(self, name, fields[name])
            many = self._set_many(fields)
            if changed or many:
                self._keep(by, [*changed, *many])
        return self

    def _keep(self, by: Any, changed: list[str]) -> None:
        self.version += 1
        self.index()
        self.save(update_fields=[*(name for name in changed if name not in MANY), "version", "search_text"])
        if set(changed) & set(WORDING):
            self._write_version(by, files=self.latest_files)
        self.forget()
        if self.state in CLEARED and (found := self.blockers(today(by))):
            raise Refused(found[0].text, code=found[0].code)
        record(Verb.EDITED, self, by=by, title=self.title, fields=changed)

    def add_file(self, cleared: "Cleared", *, by: Any) -> "MaterialFile":
        """A new version with the file; the same bytes again change nothing. Bytes of a failure are taken away."""
        from materials.models.file import MaterialFile

        self._guard(by)
        kept = MaterialFile.keep(cast(Any, self), cleared, by=by)
        try:
            with transaction.atomic():
                self.lock()
                self._check_open("edit")
                same = next((file for file in self.latest_files if file.sha256 == kept.sha256), None)
                if same is None:
                    kept.save()
                    self._refile([*self.latest_files, kept], by)
                    record(Verb.FILED, self, by=by, title=self.title, name=kept.shown_name)
        except BaseException:
            kept.discard()
            raise
        if same:
            kept.discard()
        return same or kept

    def remove_file(self, file: "MaterialFile", *, by: Any) -> None:
        """A new version without the file; earlier versions keep it."""
        self._guard(by)
        with transaction.atomic():
            self.lock()
            self._check_open("edit")
            self._refile([kept for kept in self.latest_files if kept.pk != file.pk], by)
            record(Verb.UNFILED, self, by=by, title=self.title, name=file.shown_name)

    def _refile(self, files: list["MaterialFile"], by: Any) -> None:
        self._write_version(by, files=files)
        self.version += 1
        self.save(update_fields=["version"])

    def _write_version(self, by: Any, *, files: list["MaterialFile"]) -> None:
        number = (self.versions.aggregate(top=models.Max("number"))["top"] or 0) + 1
        words = {name: getattr(self, name) for name in WORDING}
        written = self.versions.create(number=number, sha256=fingerprint(**words, files=files), made_by=by, **words)
        written.files.set(files)
        self.forget()

    def _set_many(self, fields: dict[str, Any]) -> list[str]:
        changed = []
        for name in MANY:
            if name in fields and {each.pk for each in fields[name]} != set(
                getattr(self, name).values_list("pk", flat=True)
            ):
                getattr(self, name).set(fields[name])
                changed.append(name)
        return changed

    def _check_open(self, verb: str) -> None:
        if not self.can(verb):
            raise WrongState(self.state, verb, self.TRANSITIONS[verb][0])

    def index(self) -> None:
        """What a search finds it by; the customer's name only where it may be told."""
        customer = self.customer.name if self.customer and self.naming == Naming.FULL else ""
        self.search_text = normalise(self.title, customer, self.summary, self.body)

    def forget(self) -> None:
        """Read related rows anew when next asked."""
        for name in ("latest", "grants"):
            self.__dict__.pop(name, None)
        self._prefetched_objects_cache: dict[str, Any] = {}

    def told_customer(self) -> Any:
        """The customer, where an event may say that this is about him."""
        return self.customer if self.naming == Naming.FULL else None
