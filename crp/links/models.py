"""Signed links for people without an account: random token, stored hashed; purpose, expiry, revocation."""

import hashlib
import secrets
from datetime import datetime
from typing import Self

from django.db import models
from django.utils import timezone


class LinkGone(Exception):
    """The link can't be used; `reason` is unknown, expired or revoked."""

    def __init__(self, reason: str, link: "SignedLink | None" = None) -> None:
        super().__init__(reason)
        self.reason, self.link = reason, link


def token_of() -> str:
    """A new random token: 43 URL-safe characters."""
    return secrets.token_urlsafe(32)


def fingerprint(token: str) -> str:
    """SHA-256 of the token: what the database knows of it."""
    return hashlib.sha256(token.encode()).hexdigest()


class SignedLinkQuerySet(models.QuerySet["SignedLink"]):
    def about(self, subject: models.Model) -> Self:
        return self.filter(subject=f"{subject.event_ref}:{subject.pk}")  # type: ignore[attr-defined]

    def live(self, now: datetime) -> Self:
        return self.filter(revoked_at=None, expires_at__gt=now)

    def issue(self, purpose: str, subject: models.Model, *, expires_at: datetime) -> tuple["SignedLink", str]:
        """A new link and its token (43 URL-safe characters), which is told only here."""
        token = token_of()
        name = f"{subject.event_ref}:{subject.pk}"  # type: ignore[attr-defined]
        link = self.create(purpose=purpose, subject=name, token_hash=fingerprint(token), expires_at=expires_at)
        return link, token

    def resolve(self, purpose: str, token: str, *, now: datetime | None = None) -> "SignedLink":
        """The live link of that purpose. Raises LinkGone (unknown, expired, revoked)."""
        link = self.filter(purpose=purpose, token_hash=fingerprint(token)).first()
        if link is None:
            raise LinkGone("unknown")
        if link.revoked_at:
            raise LinkGone("revoked", link)
        if link.expires_at <= (now or timezone.now()):
            raise LinkGone("expired", link)
        return link

    def revoke(self, now: datetime) -> int:
        return self.filter(revoked_at=None).update(revoked_at=now)


class SignedLink(models.Model):
    """`purpose` such as assignment.answer; `subject` as events name it; GET shows, POST acts."""

    purpose = models.CharField(max_length=40)
    subject = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    opened_count = models.PositiveIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    objects = SignedLinkQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["subject", "purpose"], name="link_subject")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.subject}"

    @property
    def subject_id(self) -> int:
        return int(self.subject.rpartition(":")[2])

    def opened(self, now: datetime) -> None:
        """Note that somebody looked."""
        SignedLink.objects.filter(pk=self.pk).update(
            opened_at=models.functions.Coalesce("opened_at", models.Value(now, models.DateTimeField())),
            opened_count=models.F("opened_count") + 1,
        )
