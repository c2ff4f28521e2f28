from typing import Any

import pytest
from django.contrib.messages import get_messages

from crp.accounts.models import Role, Team, User
from crp.outbox.models import Message
from tests.conftest import make_user


def names(page: Any) -> list[str]:
    return [user.name for user in page.context["page"].rows]


def test_the_list_shows_who_can_sign_in_and_others_behind_tabs(as_user: Any, adam: User, sam: User, ola: User) -> None:
    User.objects.create_user(None, name="Ida Import")
    ola.disable(by=adam)
    client = as_user(adam)

    assert names(client.get("/people/")) == ["Adam Reyes", "Sam Brandt"]
    assert names(client.get("/people/?view=imported")) == ["Ida Import"]
    assert names(client.get("/people/?view=disabled")) == ["Ola Nowak"]


def test_the_list_is_filtered_by_role_team_and_words(as_user: Any, adam: User, sam: User, sofia: User) -> None:
    client = as_user(adam)

    assert names(client.get("/people/?role=sales_rep")) == ["Sam Brandt", "Sofia Lindqvist"]
    assert names(client.get(f"/people/?team={sam.team_id}")) == ["Sam Brandt"]
    assert names(client.get("/people/?q=lindq")) == ["Sofia Lindqvist"]
    assert names(client.get("/people/?q=sam@crp")) == ["Sam Brandt"]
    for nonsense in ("team=x", f"team={'9' * 40}", "role=king", "after=x", "sort=password", "view=x"):
        assert client.get(f"/people/?{nonsense}").status_code == 200


def test_the_list_takes_the_same_few_queries_for_ten_and_for_sixty(
    as_user: Any, adam: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        make_user(f"U{number} Person", Role.SALES, team=Team.objects.create(name=f"T{number}"))
    client = as_user(adam)
    with django_assert_max_num_queries(6):
        page = client.get("/people/")

    assert len(page.context["page"].rows) == 50
    assert len(page.content) < 60_000


def test_an_invitation_from_the_page_makes_the_colleague_and_the_mail_once(
    as_user: Any, adam: User, dach: Team
) -> None:
    form = {
        "name": "Nia Okafor",
        "email": "nia@crp.test",
        "roles": ["sales_rep", "marketing"],
        "language": "ar",
        "once": "1",
    }
    replies = [as_user(adam).post("/people/invite/", {**form, "team": dach.pk}) for _ in range(2)]

    nia = User.objects.get(email="nia@crp.test")
    assert [reply["Location"] for reply in replies] == [f"/people/{nia.pk}/"] * 2
    assert (set(nia.roles), nia.team, nia.language) == ({"sales_rep", "marketing"}, dach, "ar")
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "nonsense"),
        ("email", "sam@crp.test"),
        ("email", "a\0@b.c"),
        ("name", ""),
        ("roles", "king"),
        ("team", "9" * 9),
    ],
)
def test_an_invitation_of_nonsense_names_the_field(as_user: Any, adam: User, sam: User, field: str, value: str) -> None:
    form = {"name": "Nia", "email": "nia@crp.test", "language": "en", field: value}
    reply = as_user(adam).post("/people/invite/", form)

    assert reply.status_code == 422
    assert field in reply.context["form"].errors
    assert not Message.objects.exists()


def test_roles_and_team_change_together_or_not_at_all(as_user: Any, adam: User, dach: Team) -> None:
    client = as_user(adam)
    reply = client.post(f"/people/{adam.pk}/", {"roles": ["sales_rep"], "team": dach.pk})
    adam.refresh_from_db()

    assert reply.status_code == 422
    assert "roles" in reply.context["form"].errors
    assert (adam.roles, adam.team) == ([Role.ADMIN], None)
    assert client.post(f"/people/{adam.pk}/", {"roles": ["sales_rep", "admin"], "team": dach.pk}).status_code == 302
    adam.refresh_from_db()
    assert adam.team == dach


def test_a_person_from_an_import_gets_an_address_and_a_mail(as_user: Any, adam: User, sam: User) -> None:
    ida = User.objects.create_user(None, name="Ida Import")
    client = as_user(adam)
    assert client.post(f"/people/{ida.pk}/invite/", {"email": "sam@crp.test"}).status_code == 422
    assert client.post(f"/people/{ida.pk}/invite/", {"email": "ida@crp.test"}).status_code == 302

    assert Message.objects.get().to == "ida@crp.test"


def test_disabling_the_last_admin_is_refused_in_words(as_user: Any, adam: User) -> None:
    assert as_user(adam).get(f"/people/{adam.pk}/disable/").status_code == 200
    reply = as_user(adam).post(f"/people/{adam.pk}/disable/")

    assert reply.status_code == 422
    assert b"Somebody must stay admin" in reply.content


def test_a_team_is_made_and_changed(as_user: Any, adam: User, maya: User) -> None:
    as_user(adam).post("/people/teams/new/", {"name": "Gulf", "region": "Middle East", "manager": maya.pk})
    team = Team.objects.get()
    as_user(adam).post(f"/people/teams/{team.pk}/", {"name": "Gulf and Levant"})
    team.refresh_from_db()

    assert (team.name, team.manager) == ("Gulf and Levant", None)
    assert b"Gulf and Levant" in as_user(adam).get("/people/teams/").content


def test_settings_keep_language_zone_theme_and_digits(as_user: Any, sam: User) -> None:
    form = {"name": "Sam B.", "language": "fa", "timezone": "Asia/Tehran", "theme": "dark", "digits": "latin"}
    reply = as_user(sam).post("/account/settings/", form)
    sam.refresh_from_db()

    assert (sam.name, sam.language, sam.timezone, sam.theme, sam.digits) == tuple(form.values())
    assert reply.cookies["crp_language"].value == "fa"
    assert b'dir="rtl"' in as_user(sam).get("/account/settings/").content
    assert len(list(get_messages(reply.wsgi_request))) == 1


@pytest.mark.parametrize(
    ("field", "value"), [("language", "xx"), ("timezone", "Mars/Base"), ("theme", "pink"), ("name", "")]
)
def test_settings_of_nonsense_name_the_field(as_user: Any, sam: User, field: str, value: str) -> None:
    form = {"name": "Sam", "language": "en", "timezone": "UTC", "theme": "auto", "digits": "language", field: value}
    reply = as_user(sam).post("/account/settings/", form)

    assert reply.status_code == 422
    assert field in reply.context["form"].errors


def test_settings_give_nobody_a_role(as_user: Any, sam: User) -> None:
    form = {"name": "Sam", "language": "en", "timezone": "UTC", "theme": "auto", "digits": "language"}
    as_user(sam).post(
        "/account/settings/", {**form, "roles": ["admin"], "is_active": "", "email": "x@x.test", "team": "1"}
    )
    sam.refresh_from_db()

    assert (sam.roles, sam.email, sam.is_active) == ([Role.SALES], "sam@crp.test", True)


def test_the_checklist_says_what_is_left(as_user: Any, adam: User, django_assert_max_num_queries: Any) -> None:
    client = as_user(adam)
    with django_assert_max_num_queries(6):
        page = client.get("/set-up/")
    assert page.context["next"].name == "mfa_index"
    assert page.context["open"] == 6

    make_user("Maya Keller", Role.MANAGER)
    assert as_user(adam).get("/set-up/").context["open"] == 4


def test_colleagues_know_of_each_other_through_the_api(as_user: Any, adam: User, sam: User, ola: User) -> None:
    User.objects.create_user(None, name="Ida Import", roles=["sales_rep"])
    ola.disable(by=adam)
    client = as_user(sam)
    rows = client.get("/api/v1/users/").json()["results"]

    assert {row["name"] for row in rows} == {"Ida Import", "Adam Reyes", "Sam Brandt"}
    assert rows[0].keys() == {"id", "name", "email", "roles", "team"}
    assert [row["name"] for row in client.get("/api/v1/users/?role=admin").json()["results"]] == ["Adam Reyes"]
    assert client.get("/api/v1/users/?role=king").status_code == 400
    assert client.post("/api/v1/users/", {}, content_type="application/json").status_code == 405
