"""Pages of this app."""

from django.urls import path

from crp.outbox import views

app_name = "outbox"
urlpatterns = [
    path("", views.held, name="list"),
    path("<int:pk>/retry/", views.retry, name="retry"),
    path("<int:pk>/drop/", views.drop, name="drop"),
]
