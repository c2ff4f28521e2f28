"""The mails an account needs. The outbox, a floor above, carries them; links are made only when they leave."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

Carrier = Callable[..., None]
_carriers: list[Carrier] = []
TEMPLATES = ("invitation", "password_reset", "account_notice")
# allauth's names of what changed.
CHANGES = {
    "password_changed": _("Your password was changed"),
    "password_reset": _("Your password was set anew"),
    "password_set": _("Your password was set"),
    "totp_activated": _("An authenticator app was set up"),
    "totp_deactivated": _("The authenticator app was turned off"),
    "webauthn_added": _("A passkey was added"),
    "webauthn_removed": _("A passkey was removed"),
    "recovery_codes_generated": _("New recovery codes were made"),
}


def carried_by(carrier: Carrier) -> None:
    """`carrier(template, to=, language=, timezone=, context=)` takes every letter from now on."""
    _carriers[:] = [carrier]


def write(template: str, user: Any, *, by: Any = None, **facts: Any) -> None:
    """Queue a letter to the user, in his language."""
    for carry in _carriers:
        carry(
            template,
            to=user.email,
            language=user.language,
            timezone=user.timezone,
            context={"user_id": user.pk, "by_name": by.name if by else "", **facts},
        )


def filled(context: dict[str, Any]) -> dict[str, Any]:
    """What the templates see: the user's name, a fresh link to choose a password, and what changed."""
    from crp.accounts.models import User

    user = User.objects.get(pk=context["user_id"])
    change = CHANGES.get(context.get("change", ""), _("Your sign-in was changed"))
    return {**context, "name": user.name, "email": user.email, "link": password_link(user), "change": str(change)}


def password_link(user: Any) -> str:
    """The address where he chooses a password; it ends when he did, or after PASSWORD_RESET_TIMEOUT."""
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str

    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
    return settings.PUBLIC_URL + path.replace("UID-KEY", key)
