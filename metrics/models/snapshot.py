"""Snapshot: figures of one period as counted at one moment."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

KEPT = timedelta(days=7)


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def forget(self) -> int:
        """Drop what was counted over a week ago: periods end with the day they were asked for. Returns how many."""
        return self.filter(counted_at__lt=timezone.now() - KEPT).delete()[0]


class Snapshot(models.Model):
    """
    `name` says which figures; `stamp` what they were counted from. An equal stamp: counting again gives the same.

    `took` is how long counting took, in milliseconds: what is cheap is counted anew at once, the rest by the worker.
    """

    name = models.CharField(max_length=40)
    first = models.DateField()
    last = models.DateField()
    stamp = models.CharField(max_length=120)
    figures = models.JSONField()
    took = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "first", "last"], name="snapshot_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.first} to {self.last}"
