from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class InboxConfig(AppConfig):
    name = "crp.inbox"
    label = "inbox"

    def ready(self) -> None:
        autodiscover_modules("notices")
