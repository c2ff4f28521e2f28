from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "crp.inbox"
    label = "inbox"
