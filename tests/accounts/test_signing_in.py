import re
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from crp.accounts.demo import refuse_unsafe
from crp.accounts.models import User
from crp.outbox.delivery import deliver_due
from tests.conftest import PASSWORD

LOGIN, TOKEN = "/account/login/", "/api/v1/auth/token/"


def sign_in(client: Any, email: str = "sam@crp.test", password: str = PASSWORD) -> Any:
    return client.post(LOGIN, {"login": email, "password": password})


def test_an_address_in_any_case_and_its_password_let_one_in(client: Any, sam: User) -> None:
    assert sign_in(client, "SAM@crp.test").status_code == 302
    assert client.get("/account/settings/").status_code == 200


def test_unknown_and_wrong_get_the_same_words(client: Any, sam: User) -> None:
    replies = [sign_in(client, "sam@crp.test", "wrong"), sign_in(client, "nobody@crp.test", "wrong")]

    said = [re.sub(r'value="[^"]*"', "", reply.content.decode()) for reply in replies]
    assert said[0] == said[1]
    assert [reply.status_code for reply in replies] == [200, 200]


def test_who_is_known_from_an_import_only_cannot_sign_in(client: Any, db: None) -> None:
    ida = User.objects.create_user(None, name="Ida", password=PASSWORD)

    for name in ("", "Ida", "None"):
        assert sign_in(client, name).status_code == 200
    assert not User.objects.able_to_sign_in().filter(pk=ida.pk).exists()


def test_a_new_session_key_comes_with_signing_in(client: Any, sam: User) -> None:
    client.get(LOGIN)
    before = client.session.session_key
    sign_in(client)

    assert client.session.session_key != before


def test_one_can_end_his_other_sessions(client: Any, sam: User) -> None:
    from django.test import Client

    other = Client()
    sign_in(client)
    sign_in(other)
    client.post("/account/sessions/")

    assert other.get("/account/settings/").status_code == 302
    assert client.get("/account/settings/").status_code == 200


@pytest.fixture
def limits(settings: Any) -> None:
    """The limits of production, on an empty count."""
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
    cache.clear()


def test_five_wrong_passwords_close_the_account_for_a_while(client: Any, sam: User, limits: None) -> None:
    for _ in range(5):
        sign_in(client, password="wrong")

    assert sign_in(client).status_code == 200
    assert client.get("/account/settings/").status_code == 302


def test_ten_wrong_tries_close_the_address_for_a_while(client: Any, sam: User, limits: None) -> None:
    for number in range(10):
        sign_in(client, f"guess{number}@crp.test", "wrong")

    assert sign_in(client).status_code == 200
    assert client.get("/account/settings/").status_code == 302


def test_the_token_endpoint_counts_against_the_same_limits(client: Any, sam: User, limits: None) -> None:
    for _ in range(5):
        assert token(client, password="wrong").status_code == 401

    assert token(client).status_code == 429
    assert sign_in(client).status_code == 200


def token(client: Any, email: str = "sam@crp.test", password: str = PASSWORD, **more: str) -> Any:
    return client.post(TOKEN, {"email": email, "password": password, **more}, content_type="application/json")


def test_a_token_opens_the_api(client: Any, sam: User) -> None:
    reply = token(client)
    me = client.get("/api/v1/users/me/", HTTP_AUTHORIZATION=f"Token {reply.json()['token']}")

    assert reply.status_code == 200
    assert me.json() == {
        "id": sam.pk,
        "name": "Sam Brandt",
        "email": "sam@crp.test",
        "roles": ["sales_rep"],
        "team": "DACH",
    }


def test_the_token_endpoint_says_the_same_of_unknown_wrong_and_disabled(client: Any, sam: User, eva: User) -> None:
    User.objects.filter(pk=eva.pk).update(is_active=False)
    replies = [token(client, password="wrong"), token(client, "nobody@crp.test"), token(client, "eva@crp.test")]

    assert {reply.status_code for reply in replies} == {401}
    assert len({reply.content for reply in replies}) == 1


def test_a_token_is_no_way_around_the_second_step(client: Any, sam: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(sam, secret)
    RecoveryCodes.activate(sam)
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))

    assert token(client).status_code == 401
    assert token(client, code="000000").status_code == 401
    assert token(client, code=code).status_code == 200


def test_the_second_step_is_asked_for_when_signing_in(client: Any, sam: User) -> None:
    TOTP.activate(sam, generate_totp_secret())

    assert sign_in(client)["Location"] == "/account/2fa/authenticate/"
    assert client.get("/account/settings/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_forgotten_password_is_set_anew_by_mail_once(client: Any, settings: Any) -> None:
    from tests.conftest import make_user

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    make_user("Sam Brandt")
    client.post("/account/password/reset/", {"email": "sam@crp.test"})
    deliver_due(timezone.now())
    link = re.search(r"http://\S+", str(mail.outbox[0].body)).group()  # type: ignore[union-attr]
    path = link.removeprefix(settings.PUBLIC_URL)
    form = client.get(path, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "a brand new sentence", "password2": "a brand new sentence"})

    assert sign_in(client, password="a brand new sentence").status_code == 302
    client.logout()
    assert b"ended" in client.get(path, follow=True).content


def test_a_reset_for_a_stranger_says_the_same_and_sends_nothing(client: Any, sam: User) -> None:
    from crp.outbox.models import Message

    replies = [client.post("/account/password/reset/", {"email": each}) for each in ("sam@crp.test", "nobody@crp.test")]

    assert replies[0]["Location"] == replies[1]["Location"]
    assert [message.to for message in Message.objects.all()] == ["sam@crp.test"]


class Surroundings:
    """Settings a demo might start in."""

    DEMO, EXTERNAL_DATABASE = True, False
    ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    PUBLIC_URL = "http://127.0.0.1:8000"

    def __init__(self, **changes: Any) -> None:
        vars(self).update(changes)


def test_a_demo_on_this_machine_may_start() -> None:
    refuse_unsafe(Surroundings())
    refuse_unsafe(Surroundings(DEMO=False, EXTERNAL_DATABASE=True, ALLOWED_HOSTS=["crp.example.com"]))


@pytest.mark.parametrize(
    "danger",
    [
        {"EXTERNAL_DATABASE": True},
        {"ALLOWED_HOSTS": ["*"]},
        {"ALLOWED_HOSTS": ["localhost", "crp.example.com"]},
        {"ALLOWED_HOSTS": ["10.0.0.5"]},
        {"PUBLIC_URL": "https://crp.example.com"},
    ],
    ids=str,
)
def test_a_demo_that_others_could_reach_does_not_start(danger: dict[str, Any]) -> None:
    with pytest.raises(ImproperlyConfigured):
        refuse_unsafe(Surroundings(**danger))


def test_in_the_demo_one_signs_in_as_somebody_with_one_click(client: Any, sam: User, settings: Any) -> None:
    settings.DEMO = True
    assert b"Sam Brandt" in client.get(LOGIN).content
    assert client.post("/account/demo/", {"user": sam.pk}).status_code == 302
    assert b"Sam Brandt" in client.get("/account/settings/").content


@pytest.mark.parametrize("user", ["", "x", "0", "9" * 40])
def test_the_demo_knows_nobody_of_that_name(client: Any, db: None, settings: Any, user: str) -> None:
    settings.DEMO = True
    assert client.post("/account/demo/", {"user": user}).status_code == 404
