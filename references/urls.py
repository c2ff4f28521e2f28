"""Pages of this app."""

from django.urls import URLPattern

app_name = "references"
urlpatterns: list[URLPattern] = []
