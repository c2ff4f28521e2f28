from django.apps import AppConfig


class RequestsAppConfig(AppConfig):
    name = "requests_app"

    def ready(self) -> None:
        from requests_app import stopping  # noqa: F401  says what ends when a person takes no part any more
