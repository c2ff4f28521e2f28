from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "crp.outbox"
    label = "outbox"
