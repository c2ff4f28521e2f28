"""Composition of every address."""

from django.urls import include, path

from crp import home, rails, setting_up

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", home.search, name="search"),
    path("find/", home.find, name="find"),
    path("home/near-limit/", rails.near_limit, name="home_near_limit"),
    path("home/nominations/", rails.nominations, name="home_nominations"),
    path("set-up/", setting_up.set_up, name="set_up"),
    path("api/v1/", include(("crp.api", "api"))),
    path("", include("crp.accounts.urls")),
    path("account/", include("allauth.urls")),
    path("inbox/", include("crp.inbox.urls")),
    path("outbox/", include("crp.outbox.urls")),
    path("imports/", include("crp.imports.urls")),
    path("events/", include("crp.events.urls")),
    path("", include("references.urls")),
    path("", include("materials.urls")),
    path("", include("requests_app.urls")),
    path("insight/", include("metrics.urls")),
    path("ui/", include("crp.ui.urls")),
]

handler400, handler403, handler404, handler500 = (f"crp.errors.error_{code}" for code in (400, 403, 404, 500))
