"""The reader's switches; the gallery only where we develop and test."""

from django.conf import settings
from django.urls import URLPattern, path

from crp.ui import views

app_name = "ui"
urlpatterns: list[URLPattern] = [
    path("theme/", views.theme, name="theme"),
    path("language/", views.language, name="language"),
]

if settings.DEBUG or settings.TESTING:
    from crp.ui import gallery

    urlpatterns += [
        path("", gallery.gallery, name="gallery"),
        path("confirm/", gallery.confirmation, name="gallery_confirm"),
        path("pages/<slug:name>/", gallery.page, name="gallery_page"),
    ]
