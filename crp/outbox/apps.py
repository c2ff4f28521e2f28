from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "crp.outbox"
    label = "outbox"

    def ready(self) -> None:
        """Carry the letters of the floor below."""
        from crp.accounts import letters
        from crp.outbox import enqueue_mail, rendering

        letters.carried_by(enqueue_mail)
        for template in letters.TEMPLATES:
            rendering.filled_by(template)(letters.filled)
