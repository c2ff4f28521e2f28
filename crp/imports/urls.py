"""Pages of the importer."""

from django.urls import path

from crp.imports import exporting, views

app_name = "imports"
urlpatterns = [
    path("", views.start, name="start"),
    path("people/export/", exporting.people, name="people_export"),
    path("<int:pk>/", views.run, name="run"),
    path("<int:pk>/apply/", views.apply, name="apply"),
    path("<int:pk>/shape/", views.shape, name="shape"),
    path("<int:pk>/mend/", views.mend, name="mend"),
    path("<int:pk>/mended/", views.mended, name="mended"),
    path("<int:pk>/rows/", views.rows, name="rows"),
    path("<int:pk>/undo/", views.undo, name="undo"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/mapping.json", views.mapping, name="mapping"),
    path("<int:pk>/faults.csv", views.faults, name="faults"),
]
