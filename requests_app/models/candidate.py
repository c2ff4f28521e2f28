"""Candidate: the shortlist, with score and reasons as shown then."""

from django.db import models


class Candidate(models.Model):
    request = models.ForeignKey("requests_app.ReferenceRequest", models.CASCADE, related_name="candidates")
    contact = models.ForeignKey("references.Contact", models.PROTECT, related_name="candidacies")
    score = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "contact"], name="candidate_once")]

    def __str__(self) -> str:
        return f"{self.contact_id} for {self.request_id}"
