"""The API of the watch."""

from typing import Any

from rest_framework import serializers

from crp.rest.views import Viewset
from references.filters import WatchFilters
from references.models import Watch


class WatchShape(serializers.ModelSerializer):
    class Meta:
        model = Watch
        fields = (
            "id", "customer", "contact", "availability", "until", "used", "held", "most", "effort", "effort_held",
            "effort_most", "speakers", "last_asked_on", "alarm", "since", "seen_at",
        )  # fmt: skip


class Watches(Viewset):
    """How everybody stands: a row a person (live uses) and one a customer (effort points), of those one looks after."""

    queryset = Watch.objects.all()
    serializer_class = WatchShape
    filterset_class = WatchFilters

    def get_queryset(self) -> Any:
        return super().get_queryset().watched_by(self.request.user)
