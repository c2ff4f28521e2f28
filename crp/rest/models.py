"""IdempotencyKey: a POST's key, its body's hash and the reply it got."""

from django.conf import settings
from django.db import models


class IdempotencyKey(models.Model):
    """Inserted inside the work's transaction, so a repeat finds either nothing or the finished reply."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    reply = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return self.key
