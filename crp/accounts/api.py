"""The API of this app."""

from django.urls import URLPattern
from rest_framework.routers import SimpleRouter


def register(router: SimpleRouter) -> None:
    """Add this app's endpoints."""


urlpatterns: list[URLPattern] = []
