"""Reminders of tasks: on the day itself, at eight of the assignee's own morning, once."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from crp import inbox
from references.models import Task
from references.notices import Kind

MOST = 500


@transaction.atomic
def remind(now: datetime | None = None) -> int:
    """
    Tell whose task's day has come; how many tasks. Two at once tell once; a beat that was off tells later.

    Another day or another colleague is reminded anew.
    """
    due = Task.objects.untold(now or timezone.now()).select_for_update(skip_locked=True, of=("self",))
    found = list(due.select_related("assignee", "customer", "contact").order_by("due_on", "pk")[:MOST])
    Task.objects.filter(pk__in=[task.pk for task in found]).update(told=True)
    for task in found:
        key = f"task:{task.pk}:{task.due_on}:{task.assignee_id}"
        inbox.notify([task.assignee], Kind.TASK_DUE, url=task.address, context=task.facts, dedupe_key=key)
    return len(found)
