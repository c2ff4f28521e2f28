"""The program's addresses and the floor's."""

from django.urls import include, path

from bench import floor
from crp.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("bench/rows/<int:count>/", floor.rows),
    path("bench/create/", floor.create),
    path("", include("crp.urls")),
]
