from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "crp.imports"
    label = "imports"
