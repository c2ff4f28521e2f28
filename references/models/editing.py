"""Editing facts under a version: the second writer is told, nothing is overwritten."""

from typing import Any

from django.db import models

from crp.verbs import Stale


class Editable(models.Model):
    """A row with a `version` that counts its edits."""

    class Meta:
        abstract = True

    def change(self, version: int | None, **values: Any) -> list[str]:
        """
        Lock the row, save what differs and return the changed fields' names. Needs an open transaction.

        `version` is the one the writer read; None skips the check (imports). Raises Stale.
        """
        self.refresh_from_db(from_queryset=type(self)._base_manager.select_for_update())
        if version is not None and version != self.version:  # type: ignore[attr-defined]
            raise Stale
        changed = [name for name, value in values.items() if getattr(self, name) != value]
        if not changed:
            return []
        for name in changed:
            setattr(self, name, values[name])
        self.version += 1  # type: ignore[attr-defined]
        self.save(update_fields=[*changed, "version"])  # type: ignore[misc]
        return changed
