"""What a day's turn brings: reviews due, expiries, reminders, links run out, permissions over, stray files."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

import structlog
from django.core.files.storage import default_storage

from crp.verbs import Refused
from materials.models import Approval, Material, MaterialFile
from materials.models.approval import REMIND_AFTER
from materials.models.file import FOLDER

log = structlog.get_logger(__name__)
# Uploads under way in another process are younger.
STRAY_AFTER = timedelta(days=1)


def check(day: date, now: datetime) -> dict[str, int]:
    """Do all that is due by the day. Returns how many of each; what moved on meanwhile is left alone."""
    return {
        "expired": _each(Material.objects.expiring_by(day), lambda material: material.expire()),
        "unpermitted": _each(
            Material.objects.without_permission(day).filter(state="published"),
            lambda material: material.mark_review_due(reason="permission"),
        ),
        "review_due": _each(Material.objects.review_due_by(day), lambda material: material.mark_review_due()),
        "lapsed": _each(Approval.objects.run_out(now), lambda approval: approval.lapse()),
        "reminded": _each(Approval.objects.unanswered_since(now - REMIND_AFTER), lambda approval: approval.remind()),
    }


def _each(found: Iterable[Any], act: Callable[[Any], None]) -> int:
    done = 0
    for one in found:
        try:
            act(one)
        except Refused as refusal:
            log.info("materials.left_alone", subject=str(one.pk), model=type(one).__name__, code=refusal.code)
        else:
            done += 1
    return done


def sweep(now: datetime) -> int:
    """Delete stored files older than a day that no row names. Returns how many."""
    if not default_storage.exists(FOLDER):
        return 0
    swept = 0
    for folder in default_storage.listdir(FOLDER)[0]:
        names = [str(PurePosixPath(FOLDER, folder, name)) for name in default_storage.listdir(f"{FOLDER}/{folder}")[1]]
        known = set(MaterialFile.objects.filter(name__in=names).values_list("name", flat=True))
        for name in set(names) - known:
            if now - default_storage.get_modified_time(name) > STRAY_AFTER:
                default_storage.delete(name)
                swept += 1
    return swept
