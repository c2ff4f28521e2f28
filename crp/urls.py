"""Composition of every address."""

from django.conf import settings
from django.urls import include, path

from crp import home

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", home.search, name="search"),
    path("api/v1/", include(("crp.api", "api"))),
    path("account/", include("allauth.urls")),
    path("account/", include("crp.accounts.urls")),
    path("inbox/", include("crp.inbox.urls")),
    path("outbox/", include("crp.outbox.urls")),
    path("imports/", include("crp.imports.urls")),
    path("events/", include("crp.events.urls")),
    path("", include("references.urls")),
    path("material/", include("materials.urls")),
    path("", include("requests_app.urls")),
    path("insight/", include("metrics.urls")),
]

handler400, handler403, handler404, handler500 = (f"crp.errors.error_{code}" for code in (400, 403, 404, 500))

if settings.DEBUG or settings.TESTING:
    urlpatterns.append(path("ui/", include("crp.ui.urls")))
