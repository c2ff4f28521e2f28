from django.apps import AppConfig


class RequestsAppConfig(AppConfig):
    name = "requests_app"

    def ready(self) -> None:
        from requests_app import days, merging, stopping  # noqa: F401  add what this floor knows of people
