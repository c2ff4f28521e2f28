from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class InboxConfig(AppConfig):
    name = "crp.inbox"
    label = "inbox"

    def ready(self) -> None:
        from crp.inbox import mailing  # noqa: F401  it fills the mails of notices

        autodiscover_modules("notices")
