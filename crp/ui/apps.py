from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "crp.ui"
    label = "ui"
