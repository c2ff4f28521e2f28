"""The API of this app: what happened."""

from typing import Any

import django_filters
from django.http import Http404
from rest_framework import serializers
from rest_framework.routers import SimpleRouter

from crp.events.models import Event
from crp.events.subjects import visible
from crp.rest.views import Viewset


class EventFilter(django_filters.FilterSet):
    verb = django_filters.CharFilter(max_length=60)
    about = django_filters.CharFilter(method="by_subject", max_length=60, help_text="Such as customer:12")
    by = django_filters.NumberFilter(field_name="by_id", min_value=1, max_value=2**31)
    since = django_filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte")

    class Meta:
        model = Event
        fields = ("verb", "about", "by", "since")

    def by_subject(self, found: Any, name: str, value: str) -> Any:
        """All that happened to what the caller may see, whoever did it; nothing for the rest."""
        try:
            subject = visible(value, self.request.user)
        except Http404:
            return found.none()
        return Event.objects.about(subject).unreserved_for(self.request.user)


class EventSerializer(serializers.ModelSerializer):
    class Meta:
        model = Event
        fields = ("id", "verb", "subject", "about", "by", "actor_name", "contact_id", "at", "data")
        read_only_fields = fields

    def to_representation(self, instance: Event) -> dict[str, Any]:
        """Who else was spoken to is inside knowledge, as in the ledger."""
        shown: dict[str, Any] = super().to_representation(instance)
        user = self.context["request"].user
        if not user.sees_whole_program and instance.by_id != user.pk:
            shown["data"] = {name: value for name, value in shown["data"].items() if name != "prospect"}
        return shown


class EventViewset(Viewset):
    """Append-only; what the caller may know of."""

    queryset = Event.objects.all()
    serializer_class = EventSerializer
    filterset_class = EventFilter


def register(router: SimpleRouter) -> None:
    """Add this app's endpoints."""
    router.register("events", EventViewset, basename="event")
