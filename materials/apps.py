from django.apps import AppConfig


class MaterialsConfig(AppConfig):
    name = "materials"

    def ready(self) -> None:
        from materials import mails, stopping  # noqa: F401  say what fills our mails, and what ends with a person's consent
