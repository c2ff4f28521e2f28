"""A user's notifications, and how each kind should reach him."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from crp.inbox import registry

# For notices of a kind that a later release no longer has.
UNKNOWN = "inbox/kinds/_unknown.html"


class NotificationQuerySet(models.QuerySet["Notification"]):
    """The words for asking what somebody was told."""

    def visible_to(self, user: Any) -> Self:
        return self.filter(user=user)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def mark_read(self, now: datetime) -> int:
        """How many were unread until now."""
        return self.unread().update(read_at=now)


class Notification(models.Model):
    """One notice; `kind` picks the sentence, `context` fills it, `url` leads to the thing."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=60)
    event = models.ForeignKey("events.Event", models.PROTECT, null=True, related_name="+")
    url = models.CharField(max_length=300, blank=True)
    context = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=200, null=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=["user", "dedupe_key"], name="notification_once")]
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_user"),
            models.Index(fields=["user"], include=["id"], condition=models.Q(read_at=None), name="notification_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"

    @property
    def is_local(self) -> bool:
        """Does it lead to a page of ours?"""
        return self.url.startswith("/") and not self.url.startswith("//")

    @property
    def sentence(self) -> str:
        """What happened, in the language of whoever reads it now."""
        return sentence(self.kind, self.event, self.context)


def sentence(kind: str, event: Any, facts: dict[str, Any]) -> str:
    """The kind's sentence as safe HTML; the template sees the facts by name, and `event` (with `event.person`)."""
    text = render_to_string([registry.template(kind), UNKNOWN], {**facts, "event": event, "facts": facts})
    # strip() gives back a plain str, which a template would escape.
    return mark_safe(text.strip())


class Delivery(models.TextChoices):
    BOTH = "both", _("Inbox and mail")
    INBOX = "inbox", _("Inbox only")
    MAIL = "mail", _("Mail only")
    OFF = "off", _("Off")


class PreferenceQuerySet(models.QuerySet["Preference"]):
    def beside(self, users: models.QuerySet[Any], kind: str) -> models.QuerySet[Any]:
        """The users, each with `delivery`: what he chose for the kind, None when he never did."""
        chosen = self.filter(user=models.OuterRef("pk"), kind=kind).values("delivery")
        return users.annotate(delivery=models.Subquery(chosen))

    def deliveries(self, users: Iterable[Any], kind: str) -> dict[int, str]:
        """How the kind reaches each of the users, by id. One query, none when they come from `beside`."""
        people = list(users)
        default = registry.DEFAULTS.get(kind, Delivery.BOTH)
        asked = [user.pk for user in people if not hasattr(user, "delivery")]
        chosen = dict(self.filter(user__in=asked, kind=kind).values_list("user_id", "delivery")) if asked else {}
        chosen |= {user.pk: user.delivery for user in people if hasattr(user, "delivery")}
        return {user.pk: chosen.get(user.pk) or default for user in people}

    def kinds_for(self, user: Any) -> dict[str, Any]:
        """Name by kind, of those that reach somebody with the user's roles."""
        held = set(user.roles)
        return {
            kind: label
            for kind, label in registry.KINDS.items()
            if kind not in registry.ROLES or registry.ROLES[kind] & held
        }

    def chosen_by(self, user: Any) -> dict[str, str]:
        """The delivery of every kind, chosen or by default. One query."""
        chosen = dict(self.filter(user=user).values_list("kind", "delivery"))
        return {kind: chosen.get(kind, registry.DEFAULTS.get(kind, Delivery.BOTH)) for kind in registry.KINDS}

    def choose(self, user: Any, wanted: dict[str, str]) -> None:
        """Keep the deliveries by kind; what is no delivery is left as it was."""
        rows = [
            self.model(user=user, kind=kind, delivery=delivery)
            for kind, delivery in wanted.items()
            if kind in registry.KINDS and delivery in Delivery.values
        ]
        self.bulk_create(rows, update_conflicts=True, update_fields=["delivery"], unique_fields=["user", "kind"])


class Preference(models.Model):
    """How a kind of notice reaches a user; no row means the kind's default."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_preferences")
    kind = models.CharField(max_length=60)
    delivery = models.CharField(max_length=5, choices=Delivery.choices)

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.delivery}"
