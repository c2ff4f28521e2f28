"""Every screen of signing in is drawn in our look, in our words."""

from typing import Any

import pytest
from django.test import Client

from crp.accounts.models import User
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db

OUTSIDE = ["login/", "password/reset/", "password/reset/done/", "password/reset/key/done/", "signup/", "inactive/"]
INSIDE = [
    "2fa/",
    "2fa/totp/activate/",
    "2fa/webauthn/",
    "2fa/webauthn/add/",
    "sessions/",
    "password/change/",
    "logout/",
]


def seen(body: str) -> None:
    """It is ours: our frame, one title, nothing pleading, no stock words of the library."""
    assert body.count("<h1") == 1
    assert "c-brand" in body
    for stock in ("Please", "successfully", "Two-Factor Authentication", "Sign Up Closed", "Confirm Access"):
        assert stock not in body


@pytest.mark.parametrize("path", OUTSIDE)
def test_pages_before_signing_in(client: Client, path: str) -> None:
    response = client.get(f"/account/{path}")
    assert response.status_code == 200
    seen(response.content.decode())


@pytest.mark.parametrize("path", INSIDE)
def test_pages_of_the_own_account(client: Client, maya: User, path: str) -> None:
    client.post("/account/login/", {"login": maya.email, "password": PASSWORD})
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    response = client.get(f"/account/{path}")
    assert response.status_code == 200
    seen(response.content.decode())


def test_what_changes_signing_in_asks_again_after_a_while(maya: User, as_user: Any) -> None:
    response = as_user(maya).get("/account/2fa/totp/activate/", follow=True)
    assert "Is it you?" in response.content.decode()
    seen(response.content.decode())


def test_a_wrong_password_is_told_without_saying_whether_the_address_is_known(client: Client, maya: User) -> None:
    answers = [
        client.post("/account/login/", {"login": login, "password": "wrong"}).content.decode()
        for login in (maya.email, "nobody@crp.test")
    ]
    for body in answers:
        assert "c-summary" in body
    assert answers[0].count("c-error") == answers[1].count("c-error")
