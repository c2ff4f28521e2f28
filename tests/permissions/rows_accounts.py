"""Accounts, sign-in, teams, inbox, outbox, events and what every app shares."""

from django.utils import timezone

from crp.accounts.verbs import Verb
from crp.events import record
from crp.inbox.models import Notification
from crp.outbox.models import Message
from tests.permissions.table import Row, World, everyone, only


def tell(world: World) -> None:
    """Sam was told something, did something, and a mail got stuck."""
    world.event = record(Verb.MOVED, world.sam, by=world.sam, name="Sam", team="DACH")
    world.notice = Notification.objects.create(user=world.sam, kind="test", url="/", at=timezone.now())
    world.parked = Message.objects.create(template="test", to="x@example.com", state="parked", due_at=timezone.now())


ADMIN = only("adam")
SAM = {"kwargs": lambda w: {"pk": w.sam.pk}}
OPEN = everyone(200, anonymous=200)

ROWS = [
    # Sign-in: allauth sends the signed-in home from the pages of strangers.
    Row("account_login", everyone(302, anonymous=200)),
    Row("account_logout", everyone(200)),
    Row("account_signup", everyone(302, anonymous=200), note="closed"),
    Row("account_inactive", OPEN),
    Row("account_reauthenticate", everyone(200)),
    Row("account_change_password", everyone(200)),
    Row("account_set_password", everyone(302)),
    Row("account_reset_password", OPEN),
    Row("account_reset_password_done", OPEN),
    Row("account_reset_password_from_key", OPEN, kwargs={"uidb36": "1", "key": "no-key"}),
    Row("account_reset_password_from_key_done", OPEN),
    Row("account_email", everyone(302)),
    Row("account_email_verification_sent", OPEN),
    Row("account_confirm_email", OPEN, kwargs={"key": "none"}),
    Row("account_confirm_login_code", everyone(302)),
    Row("mfa_index", everyone(200)),
    Row("mfa_authenticate", everyone(302)),
    Row("mfa_reauthenticate", everyone(302)),
    Row("mfa_reauthenticate_webauthn", everyone(302)),
    Row("mfa_login_webauthn", everyone(302)),
    Row("mfa_activate_totp", everyone(302)),
    Row("mfa_deactivate_totp", everyone(404)),
    Row("mfa_add_webauthn", everyone(302)),
    Row("mfa_list_webauthn", everyone(200)),
    Row("mfa_edit_webauthn", everyone(302), kwargs={"pk": 1}),
    Row("mfa_remove_webauthn", everyone(302), kwargs={"pk": 1}),
    Row("mfa_view_recovery_codes", everyone(404)),
    Row("mfa_generate_recovery_codes", everyone(302)),
    Row("mfa_download_recovery_codes", everyone(404)),
    Row("usersessions_list", everyone(200)),
    Row("accounts:demo_sign_in", everyone(404, anonymous=404), method="post", data=lambda w: {"user": w.adam.pk}),
    # One's own settings.
    Row("accounts:settings", everyone(200)),
    Row("accounts:own_address", everyone(302)),
    Row("ui:theme", everyone(302), method="post", data={"theme": "dark"}),
    Row("ui:language", everyone(302), method="post", data={"language": "fa"}),
    # Colleagues and teams are the admin's.
    Row("accounts:people", ADMIN),
    Row("accounts:invite", ADMIN),
    Row(
        "accounts:invite",
        only("adam", ok=302),
        method="post",
        data={"name": "Nia", "email": "nia@crp.test", "roles": ["sales_rep"], "language": "en"},
    ),
    Row("accounts:person", ADMIN, **SAM),
    Row("accounts:person", only("adam", ok=302), method="post", data={"roles": ["admin"]}, **SAM),
    Row("accounts:person_invite", only("adam", ok=302), method="post", **SAM),
    Row("accounts:person_disable", ADMIN, **SAM),
    Row("accounts:person_disable", only("adam", ok=302), method="post", **SAM),
    Row("accounts:person_enable", only("adam", ok=302), method="post", **SAM),
    Row("accounts:teams", ADMIN),
    Row("accounts:team_new", ADMIN),
    Row("accounts:team_new", only("adam", ok=302), method="post", data={"name": "Gulf"}),
    Row("accounts:team", ADMIN, kwargs=lambda w: {"pk": w.team.pk}),
    Row(
        "accounts:team",
        only("adam", ok=302),
        method="post",
        data={"name": "D-A-CH"},
        kwargs=lambda w: {"pk": w.team.pk},
    ),
    # Inbox: one's own. Outbox: the admin's.
    Row("inbox:list", everyone(200)),
    Row("inbox:read_all", everyone(302), method="post"),
    Row("inbox:read", only("sam", ok=302, refused=404), method="post", kwargs=lambda w: {"pk": w.notice.pk}),
    Row("inbox:preferences", everyone(200)),
    Row("inbox:preferences", everyone(302), method="post"),
    Row("outbox:list", ADMIN),
    Row("outbox:retry", only("adam", ok=302, refused=404), method="post", kwargs=lambda w: {"pk": w.parked.pk}),
    Row("outbox:drop", only("adam", ok=302, refused=404), method="post", kwargs=lambda w: {"pk": w.parked.pk}),
    # A timeline is there for whom its subject is.
    Row("events:about", everyone(200), kwargs=lambda w: {"reference": f"user:{w.sam.pk}"}, note="colleague"),
    Row(
        "events:about",
        only("adam", refused=404),
        kwargs=lambda w: {"reference": f"message:{w.parked.pk}"},
        note="message",
    ),
    Row("events:about", everyone(404), kwargs={"reference": "nothing:1"}, note="unknown"),
    Row("set_up", ADMIN),
    # API.
    Row("api:token", everyone(400, anonymous=400), method="post", data={}),
    Row("api:user-list", everyone(200, anonymous=401)),
    Row("api:user-detail", everyone(200, anonymous=401), **SAM),
    Row("api:user-me", everyone(200, anonymous=401)),
    Row("api:event-list", everyone(200, anonymous=401)),
    Row(
        "api:event-detail",
        only("maya", "eva", "adam", "sam", refused=404, anonymous=401),
        kwargs=lambda w: {"pk": w.event.pk},
    ),
]
