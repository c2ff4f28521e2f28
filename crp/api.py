"""Composition of /api/v1/: every app adds its endpoints."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

import crp.accounts.api
import crp.events.api
import crp.imports.api
import materials.api
import metrics.api
import references.api
import requests_app.api

router = SimpleRouter()
for app in (
    crp.accounts.api, crp.events.api, crp.imports.api, references.api, materials.api, requests_app.api, metrics.api,
):  # fmt: skip
    app.register(router)

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("", include(crp.accounts.api.urlpatterns)),
    path("", include(metrics.api.urlpatterns)),
    path("", include(router.urls)),
]
