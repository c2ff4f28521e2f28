from django.apps import AppConfig


class RestConfig(AppConfig):
    name = "crp.rest"
    label = "rest"
