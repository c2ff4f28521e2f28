from django.apps import AppConfig


class LinksConfig(AppConfig):
    name = "crp.links"
    label = "links"
