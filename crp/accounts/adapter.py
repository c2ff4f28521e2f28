"""How allauth behaves here: nobody signs himself up, and its mail goes through our outbox."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from crp.accounts import letters
from crp.accounts.models import User


class Adapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A reset for whom we know; nothing for strangers, who see the same page."""
        user = context.get("user")
        if template_prefix == "account/email/password_reset_key" and isinstance(user, User):
            letters.write("password_reset", user)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """A word whenever something about his sign-in changes, so that he notices when it was not him."""
        if user.email:
            letters.write("account_notice", user, change=template_prefix.rpartition("/")[2])
