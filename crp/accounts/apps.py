from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "crp.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Refuse to start a demo where it would be a danger."""
        from django.conf import settings

        from crp.accounts.demo import refuse_unsafe

        refuse_unsafe(settings)
