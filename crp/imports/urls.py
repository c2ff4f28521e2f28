"""Pages of the importer."""

from django.urls import path

from crp.imports import views

app_name = "imports"
urlpatterns = [
    path("", views.start, name="start"),
    path("<int:pk>/", views.run, name="run"),
    path("<int:pk>/apply/", views.apply, name="apply"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/mapping.json", views.mapping, name="mapping"),
    path("<int:pk>/faults.csv", views.faults, name="faults"),
]
