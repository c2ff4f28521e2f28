"""The API word by word as docs/api.md promises it: names, shapes, states, codes. Only calls from outside."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from crp.accounts.models import Role, User
from tests.conftest import PASSWORD, make_contact, make_customer, make_opportunity, make_user, make_willing
from tests.stories.outside import Person, day, fields

pytestmark = pytest.mark.django_db

SLUGS = {
    "name-drop", "logo-use", "quote", "rfp-text", "success-story", "case-study", "roi-case-study", "sales-call", "pr",
    "analyst-interview", "video-testimonial", "site-visit",
}  # fmt: skip
SHAPES = {
    "users/": {"id", "name", "email", "roles", "team"},
    "customers/": {
        "id", "external_id", "name", "status", "industry", "country", "employees", "annual_revenue", "owner", "tier",
    },
    "contacts/": {"id", "customer", "name", "job_title", "email", "language", "timezone"},
    "activity-types/": {"slug", "name", "live", "effort", "limit_count", "limit_days", "cooldown_days"},
    "willingness/": {"contact", "activity_type", "answer", "limit_count", "limit_days", "until"},
    "nominations/": {"customer", "reason", "state"},
    "opportunities/": {
        "id", "external_id", "name", "account", "amount", "currency", "stage", "state", "opened_on", "closed_on", "owner",
    },
    "requests/": {
        "id", "number", "opportunity", "purpose", "activity_type", "need_by", "criteria", "state", "requested_by", "assigned_to",
    },
    "assignments/": {"id", "request", "contact", "state", "scheduled_at"},
}  # fmt: skip
LISTS = [*SHAPES, "activities/", "holds/", "pauses/", "materials/", "material-uses/", "events/"]


@pytest.fixture
def people(maya: User, sam: User, sofia: User, omar: User, mina: User, eva: User, adam: User) -> dict[str, Person]:
    cast = {"maya": maya, "sam": sam, "sofia": sofia, "omar": omar, "mina": mina, "eva": eva, "adam": adam}
    return {name: Person(user) for name, user in cast.items()}


@pytest.fixture
def hanne(db: None) -> Any:
    """At a customer nobody owns; takes sales calls."""
    person = make_contact(
        make_customer(country="NL", annual_revenue=Decimal("5.5")), job_title="Chief financial officer"
    )
    make_willing(person)
    return person


@pytest.fixture
def deal(sam: User) -> Any:
    return make_opportunity(sam, external_id="D-1", stage="Prospecting")


def asked(people: dict[str, Person], deal: Any, **more: Any) -> Any:
    body = {"opportunity": deal.pk, "activity_type": "sales-call", "need_by": day(7), **more}
    return people["sam"].post("requests/", **body)


def invited(people: dict[str, Person], deal: Any, hanne: Any) -> Any:
    """One manager takes, proposes, approves and invites for a customer without an owner."""
    request, maya = asked(people, deal), people["maya"]
    assert maya.act(f"requests/{request['id']}/take/")["state"] == "in_review"
    one = maya.post(f"requests/{request['id']}/assignments/", contact=hanne.pk)
    assert one["state"] in ("proposed", "owner_approval")
    assert maya.act(f"assignments/{one['id']}/approve/")["state"] == "proposed"
    assert maya.act(f"assignments/{one['id']}/invite/")["state"] == "invited"
    return one


def test_every_list_has_its_shape_and_its_pages(people: dict[str, Person], deal: Any, hanne: Any) -> None:
    invited(people, deal, hanne)
    people["sam"].post("nominations/", company="Port de Sète", reason="Glad")
    for path in LISTS:
        rows = people["maya"].rows(path)
        if path in SHAPES:
            assert SHAPES[path] <= set(rows[0]), path
            assert all(isinstance(row.get("id", 1), int) for row in rows)
            one = rows[0].get("id", rows[0].get("slug"))
            assert people["maya"].get(f"{path}{one}/") == rows[0]
        assert Client().get(f"/api/v1/{path}").status_code == 401


def test_a_list_goes_on_at_its_cursor(people: dict[str, Person], sam: User) -> None:
    for number in range(5):
        make_opportunity(sam, f"Deal {number}")
    first = people["sam"].get("opportunities/?page_size=2")
    seen = [row["id"] for row in first["results"]]
    assert first["previous"] is None
    while first["next"]:
        first = people["sam"].get(first["next"].partition("/api/v1/")[2])
        seen += [row["id"] for row in first["results"]]
    assert len(seen) == len(set(seen)) == 5
    people["sam"].get("opportunities/?cursor=nonsense", 404)


def test_the_slugs_are_the_twelve(people: dict[str, Person]) -> None:
    assert {row["slug"] for row in people["sam"].rows("activity-types/")} == SLUGS
    assert people["sam"].get("activity-types/sales-call/")["live"] is True


def test_a_token_is_got_by_mail_and_password(people: dict[str, Person]) -> None:
    me = people["sam"].get("users/me/")
    assert (me["id"], me["email"], me["roles"], me["team"]) == (people["sam"].id, "sam@crp.test", ["sales_rep"], "DACH")
    stranger = Person.__new__(Person)
    stranger.client = Client()
    wrong = stranger.post("auth/token/", 401, email="sam@crp.test", password="wrong")
    unknown = stranger.post("auth/token/", 401, email="nobody@crp.test", password="wrong")
    assert wrong == unknown
    assert fields(stranger.post("auth/token/", 400)) == {"email", "password"}


def test_a_nomination_makes_an_active_customer(people: dict[str, Person]) -> None:
    customer = people["maya"].post("customers/", name="Solvento", industry="Freight and ports", country="ES")
    assert (customer["status"], customer["industry"]) == ("candidate", "Freight and ports")
    one = people["sam"].post("nominations/", customer=customer["id"], reason="They love it")
    assert one["state"] == "submitted"
    assert people["maya"].get(f"customers/{customer['id']}/")["status"] == "nominated"
    assert people["maya"].act(f"nominations/{one['id']}/review/")["state"] == "in_review"
    people["sam"].act(f"nominations/{one['id']}/approve/", 403)
    assert people["maya"].act(f"nominations/{one['id']}/approve/")["state"] == "approved"
    assert people["sam"].get(f"customers/{customer['id']}/")["status"] == "active"
    again = people["maya"].act(f"nominations/{one['id']}/approve/", 409)
    assert again["allowed"] == ["in_review", "submitted"]


def test_declining_a_nomination_needs_a_reason(people: dict[str, Person]) -> None:
    one = people["sam"].post("nominations/", company="Port de Sète", reason="Glad")
    assert fields(people["maya"].act(f"nominations/{one['id']}/decline/", 400)) == {"reason"}
    assert people["maya"].act(f"nominations/{one['id']}/decline/", reason="Too new")["state"] == "declined"


def test_a_request_tells_its_criteria_back(people: dict[str, Person], deal: Any) -> None:
    wanted = {
        "industries": ["Freight and ports"], "countries": ["NL"], "products": [], "company_size": "1000-5000",
        "languages": ["en"], "notes": "Month end",
    }  # fmt: skip
    made = asked(people, deal, criteria=wanted)
    assert {name: value for name, value in wanted.items() if value} == {
        name: value for name, value in made["criteria"].items() if value
    }
    assert (made["state"], made["purpose"], made["activity_type"]) == ("submitted", "deal", "sales-call")
    assert people["sam"].act(f"requests/{made['id']}/withdraw/")["state"] == "withdrawn"
    assert people["sam"].act(f"requests/{made['id']}/withdraw/", 409)["allowed"]


@pytest.mark.parametrize("purpose", ["analyst", "press", "event"])
def test_marketing_asks_without_a_deal(people: dict[str, Person], purpose: str) -> None:
    made = people["mina"].post("requests/", purpose=purpose, activity_type="pr", need_by=day(7))
    assert (made["purpose"], made["opportunity"]) == (purpose, None)
    assert people["maya"].act(f"requests/{made['id']}/close/", reason="Nobody")["state"] == "unfulfilled"


def test_matches_tell_why(people: dict[str, Person], deal: Any, hanne: Any) -> None:
    request = asked(people, deal, criteria={"countries": ["NL"]})
    found = people["maya"].get(f"requests/{request['id']}/matches/")
    assert {"contact", "customer", "score", "reasons", "problems"} <= set(found[0])
    assert found[0]["contact"] == hanne.pk
    assert all({"criterion", "points", "of", "text"} <= set(reason) for reason in found[0]["reasons"])
    assert [match["score"] for match in found] == sorted((match["score"] for match in found), reverse=True)


def test_one_manager_may_do_it_all_but_ask(people: dict[str, Person], deal: Any, hanne: Any) -> None:
    one, maya = invited(people, deal, hanne), people["maya"]
    wrong = maya.act(f"assignments/{one['id']}/complete/", 409, occurred_on=day(), outcome="helped")
    assert wrong["allowed"] == ["accepted", "scheduled"]
    assert maya.act(f"assignments/{one['id']}/accept/")["state"] == "accepted"
    done = maya.act(f"assignments/{one['id']}/complete/", occurred_on=day(), outcome="helped", rating=5)
    assert done["state"] == "completed"
    assert people["sam"].get(f"requests/{one['request']}/")["state"] == "fulfilled"
    said = [row for row in maya.rows(f"events/?about=assignment:{one['id']}") if row["verb"] == "assignment.accepted"]
    assert said[0]["data"]["recorded_for"] == "contact"
    assert [row["contact"] for row in maya.rows("activities/")] == [hanne.pk]


@pytest.mark.parametrize("at", ["03:11:00+05:45", "23:59:00-11:00"])
def test_it_may_be_over_before_the_time_agreed(people: dict[str, Person], deal: Any, hanne: Any, at: str) -> None:
    one, maya = invited(people, deal, hanne), people["maya"]
    maya.act(f"assignments/{one['id']}/accept/")
    booked = maya.act(f"assignments/{one['id']}/schedule/", scheduled_at=f"{day(9)}T{at}")
    assert (booked["state"], bool(booked["scheduled_at"])) == ("scheduled", True)
    done = maya.act(f"assignments/{one['id']}/complete/", occurred_on=day(-1), outcome="It went well", rating=4)
    assert done["state"] == "completed"


def test_what_is_to_come_has_not_taken_place(people: dict[str, Person], deal: Any, hanne: Any) -> None:
    one, maya = invited(people, deal, hanne), people["maya"]
    maya.act(f"assignments/{one['id']}/accept/")
    late = maya.act(f"assignments/{one['id']}/complete/", 422, occurred_on=day(2), outcome="held")
    assert fields(late) == {"occurred_on"}
    for rating in (0, 6, -1, "good", 2.5, [], {}):
        bad = maya.act(f"assignments/{one['id']}/complete/", 400, occurred_on=day(), outcome="held", rating=rating)
        assert fields(bad) == {"rating"}
    assert maya.act(f"assignments/{one['id']}/miss/")["state"] == "missed"


@pytest.mark.parametrize("verb", ["decline", "withdraw"])
def test_an_ask_can_end_early(people: dict[str, Person], deal: Any, hanne: Any, verb: str) -> None:
    one = invited(people, deal, hanne)
    assert people["maya"].act(f"assignments/{one['id']}/{verb}/")["state"] in ("declined", "withdrawn")
    assert all(row["released_at"] for row in people["maya"].rows("holds/"))


def test_the_account_owner_decides(people: dict[str, Person], deal: Any, hanne: Any, omar: User) -> None:
    people["maya"].patch(f"customers/{hanne.customer_id}/", owner=omar.pk)
    request = asked(people, deal)
    one = people["maya"].post(f"requests/{request['id']}/assignments/", contact=hanne.pk)
    assert one["state"] == "owner_approval"
    people["maya"].act(f"assignments/{one['id']}/invite/", 409)
    people["maya"].act(f"assignments/{one['id']}/approve/", 403)
    people["sam"].act(f"assignments/{one['id']}/approve/", 403)
    people["sofia"].act(f"assignments/{one['id']}/approve/", 404)
    assert people["omar"].act(f"assignments/{one['id']}/approve/")["state"] == "proposed"
    assert people["maya"].act(f"assignments/{one['id']}/invite/")["state"] == "invited"


def test_nobody_approves_what_he_asked_for_himself(people: dict[str, Person], hanne: Any, db: None) -> None:
    every = make_user("Uma Allrole", *Role.values)
    for owner in (None, every):
        hanne.customer.owner = owner
        hanne.customer.save()
        uma = Person(every) if owner is None else uma  # type: ignore[has-type]  # noqa: F821
        deal = uma.post("opportunities/", name="Own", amount="10.00", currency="EUR")
        request = uma.post("requests/", opportunity=deal["id"], activity_type="sales-call", need_by=day(5))
        uma.act(f"requests/{request['id']}/take/")
        one = uma.post(f"requests/{request['id']}/assignments/", contact=hanne.pk)
        uma.act(f"assignments/{one['id']}/approve/", 403)
        uma.act(f"assignments/{one['id']}/invite/", 403 if one["state"] == "proposed" else 409)
        assert people["maya"].act(f"assignments/{one['id']}/approve/")["state"] == "proposed"
        uma.act(f"assignments/{one['id']}/withdraw/")
    own = uma.post("nominations/", company="Kolding Maritim", reason="Mine")
    for verb in ("review", "approve"):
        uma.act(f"nominations/{own['id']}/{verb}/", 403)
    uma.act(f"nominations/{own['id']}/decline/", 403, reason="No")


def test_a_deal_is_won_and_counts(people: dict[str, Person], deal: Any) -> None:
    for body, field in (
        ({}, "state"), ({"state": "open", "closed_on": day()}, "state"), ({"state": "won"}, "closed_on"),
        ({"state": "won", "closed_on": day(3)}, "closed_on"), ({"state": "won", "closed_on": day(), "amount": "-1"}, "amount"),
        ({"state": "won", "closed_on": day(), "amount": "NaN"}, "amount"),
        ({"state": "won", "closed_on": day(), "amount": "Infinity"}, "amount"),
    ):  # fmt: skip
        reply = people["sam"].client.post(
            f"/api/v1/opportunities/{deal.pk}/close/", body, content_type="application/json",
            headers={"Authorization": f"Token {people['sam'].token}"},
        )  # fmt: skip
        assert reply.status_code in (400, 422)
        assert field in fields(reply.json())
    won = people["sam"].act(f"opportunities/{deal.pk}/close/", state="won", closed_on=day(), amount="500.50")
    assert (won["state"], won["closed_on"], won["amount"]) == ("won", day(), "500.50")
    assert people["sam"].act(f"opportunities/{deal.pk}/close/", 409, state="lost", closed_on=day())["allowed"] == [
        "open"
    ]
    figures = people["eva"].get(f"metrics/influence/?from={day()}&to={day()}&lookback_days=365")
    assert {"currency", "revenue_won", "deals_won", "influenced_revenue", "deals_influenced", "win_rate"} <= set(
        figures
    )
    assert figures["deals_won"] == 1
    for side in ("with", "without"):
        assert {"won", "lost", "rate", "low", "high"} <= set(figures["win_rate"][side])


@pytest.mark.parametrize("name", ["coverage", "utilisation", "turnaround", "materials"])
def test_the_other_figures_answer(people: dict[str, Person], name: str) -> None:
    assert isinstance(people["maya"].get(f"metrics/{name}/"), dict)
    for query in ("from=x", "to=2026-02-31", "from=2026-05-01&to=2026-01-01", "lookback_days=-1&from=0000-00-00"):
        if name != "coverage":
            assert fields(people["maya"].get(f"metrics/{name}/?{query}", 400))


def test_only_an_admin_moves_a_deal(people: dict[str, Person], deal: Any) -> None:
    assert people["sam"].patch(f"opportunities/{deal.pk}/", stage="Engaging")["stage"] == "Engaging"
    people["sam"].patch(f"opportunities/{deal.pk}/", 403, owner=people["sofia"].id)
    assert people["adam"].patch(f"opportunities/{deal.pk}/", owner=people["sofia"].id)["owner"] == people["sofia"].id
    people["sam"].get(f"opportunities/{deal.pk}/", 404)


def test_a_key_makes_one_thing(people: dict[str, Person], deal: Any) -> None:
    body = {"opportunity": deal.pk, "activity_type": "sales-call", "need_by": day(7)}
    first = people["sam"].post("requests/", key="k-1", **body)
    assert people["sam"].post("requests/", key="k-1", **body) == first
    people["sam"].post("requests/", 422, key="k-1", **{**body, "need_by": day(8)})
    people["sam"].post("requests/", 422, key="x" * 300, **body)
    people["maya"].post("requests/", key="k-1", **body)
    people["sam"].post("requests/", 400, key="k-2", **{**body, "need_by": "soon"})
    people["sam"].post("requests/", key="k-2", **body)
    assert len(people["sam"].rows("requests/")) == 2
    taken = people["maya"].post(f"requests/{first['id']}/take/", 200, key="k-3")
    assert people["maya"].post(f"requests/{first['id']}/take/", 200, key="k-3") == taken


def test_what_is_anothers_is_not_there(people: dict[str, Person], deal: Any, hanne: Any) -> None:
    one, sofia = invited(people, deal, hanne), people["sofia"]
    for path in (f"opportunities/{deal.pk}/", f"requests/{one['request']}/", f"assignments/{one['id']}/"):
        sofia.get(path, 404)
        assert not sofia.rows(path.partition("/")[0] + "/")
    sofia.patch(f"opportunities/{deal.pk}/", 404, stage="Mine")
    sofia.act(f"requests/{one['request']}/withdraw/", 404)
    sofia.get(f"requests/{one['request']}/matches/", 404)
    sofia.act(f"assignments/{one['id']}/complete/", 404, occurred_on=day(), outcome="held")
    refused = sofia.post("requests/", 400, opportunity=deal.pk, activity_type="sales-call", need_by=day(7))
    assert fields(refused) == {"opportunity"}
    for bad in ("0", "999999999", "999999999999999999", "x", "1.5", "-1"):
        people["maya"].get(f"requests/{bad}/", 404)


def test_a_full_person_is_not_asked_again(people: dict[str, Person], deal: Any, hanne: Any, sam: User) -> None:
    people["maya"].post(
        "willingness/", contact=hanne.pk, activity_type="sales-call", answer="yes", limit_count=1, limit_days=90
    )
    invited(people, deal, hanne)
    second = asked(people, make_opportunity(sam, "Second"))
    full = people["maya"].post(f"requests/{second['id']}/assignments/", 422, contact=hanne.pk)
    assert (fields(full), full["code"]) == ({"contact"}, "type_limit")
    match = people["maya"].get(f"requests/{second['id']}/matches/")[0]
    assert {"code", "severity", "text"} <= set(match["problems"][0])
    over = people["maya"].post(f"requests/{second['id']}/assignments/", contact=hanne.pk, override_reason="She offered")
    assert over["state"] in ("proposed", "owner_approval")


def test_nothing_is_set_that_is_not_offered(people: dict[str, Person], deal: Any, sam: User) -> None:
    extra = {"state": "won", "closed_on": day(), "id": 1, "touched_on": day(), "version": 99}
    assert people["sam"].post("opportunities/", name="New", owner=people["sofia"].id, **extra)["state"] == "open"
    assert people["sam"].rows("opportunities/")[0]["owner"] == sam.pk
    made = asked(
        people, deal, state="fulfilled", requested_by=people["sofia"].id, assigned_to=people["sam"].id, number=1
    )
    assert (made["state"], made["requested_by"], made["assigned_to"]) == ("submitted", sam.pk, None)
    assert people["maya"].post("customers/", name="Sneaky", status="active", tier="A")["status"] == "candidate"
    assert people["sam"].post("nominations/", company="Sly", reason="x", state="approved", by=1)["state"] == "submitted"
    people["sam"].patch("users/me/", 405, roles=["admin"])
    people["sam"].patch(f"users/{sam.pk}/", 405, roles=["admin"])


def test_an_id_of_theirs_is_used_once(people: dict[str, Person], deal: Any) -> None:
    sam, maya = people["sam"], people["maya"]
    assert fields(sam.post("opportunities/", 422, name="Twin", external_id="D-1")) == {"external_id"}
    twin = sam.post("opportunities/", name="Twin", external_id="D-2")
    assert fields(sam.patch(f"opportunities/{twin['id']}/", 422, external_id="D-1")) == {"external_id"}
    maya.post("customers/", name="One", external_id="C-1")
    other = maya.post("customers/", name="Other", external_id="C-2")
    assert fields(maya.patch(f"customers/{other['id']}/", 422, external_id="C-1")) == {"external_id"}
    assert fields(maya.patch(f"customers/{other['id']}/", 400, annual_revenue="-1")) == {"annual_revenue"}


def test_the_schema_lists_every_endpoint(people: dict[str, Person]) -> None:
    from drf_spectacular.validation import validate_schema

    schema = (
        people["sam"]
        .client.get(
            "/api/v1/schema/?format=json",
            headers={"Authorization": f"Token {people['sam'].token}", "Accept": "application/json"},
        )
        .json()
    )
    validate_schema(schema)
    paths = set(schema["paths"])
    wanted = {f"/api/v1/{path}" for path in LISTS} | {
        f"/api/v1/metrics/{name}/" for name in ("influence", "coverage", "utilisation", "turnaround", "materials")
    }
    verbs = ("approve", "invite", "accept", "decline", "schedule", "complete", "miss", "withdraw")
    wanted |= {f"/api/v1/assignments/{{id}}/{verb}/" for verb in verbs}
    wanted |= {f"/api/v1/requests/{{id}}/{verb}/" for verb in ("take", "withdraw", "close", "matches", "assignments")}
    wanted |= {f"/api/v1/nominations/{{id}}/{verb}/" for verb in ("approve", "decline")}
    wanted |= {"/api/v1/auth/token/", "/api/v1/users/me/", "/api/v1/opportunities/{id}/close/"}
    assert not wanted - paths


def test_the_probes_answer_anybody(db: None) -> None:
    assert Client(headers={"Host": "evil.example"}).get("/livez").status_code == 200
    assert Client().get("/readyz").json()["status"] in ("ready", "degraded", "unavailable")


def test_a_user_is_made_at_the_command_line(monkeypatch: Any, db: None) -> None:
    monkeypatch.setenv("SECRET_OF_NORA", PASSWORD)
    call_command(
        "createuser",
        "Nora@crp.test",
        "--role",
        "sales_rep",
        "--role",
        "program_manager",
        "--password-env",
        "SECRET_OF_NORA",
    )
    assert set(Person(User.objects.get(email="nora@crp.test")).get("users/me/")["roles"]) == {
        "sales_rep",
        "program_manager",
    }
