"""Pages of this app."""

from django.urls import path

from crp.events import views

app_name = "events"
urlpatterns = [path("<str:reference>/", views.about, name="about")]
