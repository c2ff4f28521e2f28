from django.apps import AppConfig


class CrpConfig(AppConfig):
    name = "crp"
    label = "crp"

    def ready(self) -> None:
        """Put the menu together once every app is there, and give every thread the Celery app."""
        from crp import celery, navigation  # noqa: F401
