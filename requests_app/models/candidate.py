"""Candidate: who was chosen, with score, reasons and problems as shown then."""

from typing import Any

from django.db import models

# What tells of the person himself is shown, not kept: it must go when he is forgotten.
PERSONAL = frozenset({"role", "conditions"})


class CandidateQuerySet(models.QuerySet["Candidate"]):
    def keep(self, request: Any, match: Any) -> None:
        """Keep a match of matching.rank, over an earlier one of the same person. One query."""
        reasons = [
            {"criterion": one.criterion, "points": one.points, "of": one.of, "text": said(one.criterion, one.text)}
            for one in match.reasons
        ]
        problems = [
            {"code": one.code, "severity": str(one.severity), "text": said(one.code, one.text)}
            for one in match.problems
        ]
        row = self.model(request=request, contact=match.contact, score=match.score, reasons=reasons, problems=problems)
        self.bulk_create(
            [row], update_conflicts=True, unique_fields=["request", "contact"],
            update_fields=["score", "reasons", "problems", "created_at"],
        )  # fmt: skip


class Candidate(models.Model):
    """`reasons` have criterion, points, of, text; `problems` code, severity, text."""

    request = models.ForeignKey("requests_app.ReferenceRequest", models.CASCADE, related_name="candidates")
    contact = models.ForeignKey("references.Contact", models.PROTECT, related_name="candidacies")
    score = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CandidateQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "contact"], name="candidate_once")]

    def __str__(self) -> str:
        return f"{self.contact_id} for {self.request_id}"


def said(name: str, text: str) -> str:
    return "" if name in PERSONAL else str(text)
