import json
from typing import Any

import pytest
from django.utils import timezone

from crp.accounts.models import Team, User
from crp.outbox.models import Message

TEAMS = "/api/v1/teams/"


def is_problem(reply: Any, status: int) -> dict[str, Any]:
    """The body of a problem+json of that status."""
    assert reply.status_code == status
    assert reply["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = reply.json()
    assert body["status"] == status
    assert {"type", "title", "detail", "errors"} <= body.keys()
    return body


def test_nobody_signed_in_is_asked_to(client: Any, db: None) -> None:
    reply = client.get(TEAMS)

    is_problem(reply, 401)
    assert "WWW-Authenticate" in reply


def test_an_unknown_address_below_the_api_is_a_problem_too(client: Any, db: None) -> None:
    is_problem(client.get("/api/v1/no-such-thing/"), 404)


def test_what_one_may_not_see_is_not_there(api: Any, sam: User) -> None:
    message = Message.objects.create(template="x", to="x@example.com", due_at=timezone.now())

    assert is_problem(api(sam).get(f"/api/v1/messages/{message.pk}/"), 404)["code"] == "not_found"


def test_a_method_the_address_lacks_is_named(api: Any, adam: User) -> None:
    is_problem(api(adam).delete(TEAMS), 405)


def test_a_wrong_state_names_the_states_that_allow_the_verb(api: Any, adam: User) -> None:
    message = Message.objects.create(template="x", to="x@example.com", due_at=timezone.now(), state="sent")
    body = is_problem(api(adam).post(f"/api/v1/messages/{message.pk}/retry/"), 409)

    assert (body["code"], body["state"], body["allowed"]) == ("wrong_state", "sent", ["parked", "uncertain"])


def test_a_missing_field_is_named(api: Any, adam: User) -> None:
    assert is_problem(api(adam).post(TEAMS, {}, format="json"), 400)["errors"][0]["field"] == "name"


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        "7",
        '"text"',
        "\xff\xfe",
        '{"name": NaN}',
        "[" * 100_000,
        '{"name": ' + "[" * 100_000,
        '{"name": {"a": 1}}',
    ],
    ids=lambda body: body[:12],
)
def test_json_of_nonsense_is_an_answer(api: Any, adam: User, body: str) -> None:
    is_problem(api(adam).post(TEAMS, body.encode("latin-1"), content_type="application/json"), 400)


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "x" * 100_000])
def test_text_that_cant_be_kept_names_its_field(api: Any, adam: User, name: str) -> None:
    reply = api(adam).post(TEAMS, json.dumps({"name": name}), content_type="application/json")

    assert is_problem(reply, 400)["errors"][0]["field"] == "name"
    assert not Team.objects.exists()


def test_something_else_than_json_is_refused(api: Any, adam: User) -> None:
    is_problem(api(adam).post(TEAMS, "<name/>", content_type="application/xml"), 415)


def test_too_much_at_once_is_refused_unread(api: Any, adam: User) -> None:
    body = json.dumps({"name": "x" * 3_000_000})

    is_problem(api(adam).post(TEAMS, body, content_type="application/json"), 413)


@pytest.mark.parametrize("pk", ["0", "99999999999999999", "9" * 30, "-1", "1;drop"])
def test_an_id_of_nonsense_is_not_there(api: Any, adam: User, pk: str) -> None:
    is_problem(api(adam).get(f"{TEAMS}{pk}/"), 404)


@pytest.mark.parametrize("query", ["cursor=%00", "cursor=x", "page_size=x", "page_size=-1", "page_size=99999999999"])
def test_a_page_of_nonsense_is_an_answer(api: Any, adam: User, query: str) -> None:
    assert api(adam).get(f"{TEAMS}?{query}").status_code in (200, 404)


def test_a_nul_byte_in_a_page_is_a_bad_request(as_user: Any, adam: User) -> None:
    assert as_user(adam).get("/search/?q=%00").status_code == 400


def test_a_list_goes_on_where_it_stopped_and_never_counts(api: Any, adam: User) -> None:
    for number in range(5):
        Team.objects.create(name=f"Team {number}")
    first = api(adam).get(f"{TEAMS}?page_size=3").json()
    second = api(adam).get(first["next"]).json()

    assert first.keys() == {"next", "previous", "results"}
    assert [row["name"] for row in first["results"] + second["results"]] == [f"Team {n}" for n in (4, 3, 2, 1, 0)]
    assert second["next"] is None
