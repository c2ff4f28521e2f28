from django.apps import AppConfig


class ReferencesConfig(AppConfig):
    name = "references"

    def ready(self) -> None:
        """Make known who may be written to, and what fills our letters."""
        import references.alarms
        import references.choosing
        import references.joining
        import references.merging
        import references.surveying
        import references.thanking
        import references.uses  # noqa: F401
