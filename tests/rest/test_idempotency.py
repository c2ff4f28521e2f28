import threading
from typing import Any

import pytest
from django.db import connection, transaction

from crp.accounts.models import Team, User
from crp.rest import idempotency
from crp.rest.models import IdempotencyKey
from tests.conftest import make_user

URL = "/api/v1/teams/"


def post(client: Any, name: str, key: str) -> Any:
    return client.post(URL, {"name": name}, format="json", HTTP_IDEMPOTENCY_KEY=key)


def test_a_second_post_with_the_key_makes_no_second_row_and_gets_the_same_reply(api: Any, adam: User) -> None:
    first, second = (post(api(adam), "Gulf", "k1") for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert second["Idempotent-Replayed"] == "true"
    assert Team.objects.count() == 1


def test_another_body_with_the_same_key_is_refused(api: Any, adam: User) -> None:
    post(api(adam), "Gulf", "k1")
    again = post(api(adam), "Levant", "k1")

    assert (again.status_code, again.json()["code"]) == (422, "idempotency_key_reused")
    assert list(Team.objects.values_list("name", flat=True)) == ["Gulf"]


def test_the_same_key_of_somebody_else_is_another_key(api: Any, adam: User, maya: User) -> None:
    assert post(api(adam), "Gulf", "k1").status_code == post(api(maya), "Levant", "k1").status_code == 201


def test_a_failed_post_keeps_no_key(api: Any, adam: User) -> None:
    assert post(api(adam), "", "k1").status_code == 400
    assert not IdempotencyKey.objects.exists()
    assert post(api(adam), "Gulf", "k1").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 201, "tab\there"])
def test_a_key_of_nonsense_is_refused_by_name(api: Any, adam: User, key: str) -> None:
    reply = post(api(adam), "Gulf", key)

    assert reply.status_code == 422
    assert reply.json()["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.django_db(transaction=True)
def test_a_twin_at_the_same_moment_gets_the_firsts_reply(api: Any) -> None:
    adam = make_user("Adam Reyes", "admin")
    replies = []

    def send() -> None:
        try:
            replies.append(post(api(adam), "Gulf", "k1"))
        finally:
            connection.close()

    twins = [threading.Thread(target=send) for _ in range(4)]
    for twin in twins:
        twin.start()
    for twin in twins:
        twin.join()

    assert {reply.status_code for reply in replies} == {201}
    assert len({reply.json()["id"] for reply in replies}) == 1
    assert Team.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_twin_that_takes_too_long_is_told_to_wait(api: Any) -> None:
    adam = make_user("Adam Reyes", "admin")
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            idempotency.claim(adam, "k1", "x")
            held.set()
            release.wait(10)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(5)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    reply = post(api(adam), "Gulf", "k1")
    release.set()
    holder.join()
    connection.close()

    assert (reply.status_code, reply.json()["code"]) == (409, "in_progress")


def test_a_form_sent_twice_acts_once_and_lands_on_the_same_page(as_user: Any, adam: User) -> None:
    first, second = (as_user(adam).post("/team/", {"name": "Gulf", "once": "form-1"}) for _ in range(2))

    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Team.objects.count() == 1


def test_a_form_with_errors_undoes_everything_and_may_come_again(as_user: Any, adam: User) -> None:
    assert as_user(adam).post("/team/", {"once": "form-1"}).status_code == 422
    assert not Team.objects.exists()
    assert as_user(adam).post("/team/", {"name": "Gulf", "once": "form-1"}).status_code == 302
    assert Team.objects.get().name == "Gulf"
