"""The API of deals, requests and the people asked."""

from datetime import timedelta

import pytest
from django.utils import timezone
from knox.models import AuthToken

from crp.accounts.models import Role
from crp.events.models import Event
from crp.outbox.models import Message
from requests_app.models import Assignment, MaterialUse, ReferenceRequest
from tests.conftest import make_user
from tests.requests_app.conftest import ask

TODAY = timezone.localdate().isoformat()


@pytest.fixture
def api(client):
    """`api(sam, "post", "requests/", {...})` → response, by token."""
    tokens = {}

    def call(user, method, path, body=None, **headers):
        if user.pk not in tokens:
            tokens[user.pk] = AuthToken.objects.create(user)[1]
        token = tokens[user.pk]
        kwargs = {} if body is None and method == "get" else {"content_type": "application/json"}
        return getattr(client, method)(
            f"/api/v1/{path}", body or {}, headers={"Authorization": f"Token {token}", **headers}, **kwargs
        )

    return call


def errors(response):
    return {error["field"] for error in response.json()["errors"]}


def test_the_whole_way_through_the_api(api, sam, maya, deal, hanne, freight):
    criteria = {"industries": [freight.name], "countries": ["NL"], "company_size": "1000-5000", "notes": "Ports"}
    made = api(sam, "post", "requests/", {
        "opportunity": deal.pk, "activity_type": "sales-call", "need_by": TODAY, "criteria": criteria,
    })  # fmt: skip
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    assert made.json()["state"] == "submitted"
    assert made.json()["criteria"] == criteria
    assert isinstance(made.json()["number"], int)
    assert api(maya, "post", f"requests/{pk}/take/").json()["assigned_to"] == maya.pk
    best = api(maya, "get", f"requests/{pk}/matches/").json()[0]
    assert (best["contact"], best["customer"]) == (hanne.pk, hanne.customer_id)
    assert best["score"] == sum(reason["points"] for reason in best["reasons"])
    assert set(best["reasons"][0]) == {"criterion", "points", "of", "text"}
    assigned = api(maya, "post", f"requests/{pk}/assignments/", {"contact": hanne.pk})
    assert (assigned.status_code, assigned.json()["state"]) == (201, "proposed")
    one = assigned.json()["id"]
    for verb, body, state in (
        ("approve", None, "proposed"),
        ("invite", None, "invited"),
        ("accept", None, "accepted"),
        ("schedule", {"scheduled_at": (timezone.now() + timedelta(days=2)).isoformat()}, "scheduled"),
        ("complete", {"occurred_on": TODAY, "outcome": "helped", "rating": 5}, "completed"),
    ):
        done = api(maya, "post", f"assignments/{one}/{verb}/", body)
        assert (done.status_code, done.json().get("state")) == (200, state), done.content
    assert api(sam, "get", f"requests/{pk}/").json()["state"] == "fulfilled"
    assert Event.objects.filter(verb="assignment.accepted", data__recorded_for="contact").exists()
    won = api(
        sam, "post", f"opportunities/{deal.pk}/close/", {"state": "won", "closed_on": TODAY, "amount": "412000.00"}
    )
    assert (won.json()["state"], won.json()["amount"]) == ("won", "412000.00")


def test_asking_takes_few_queries(api, sam, maya, deal, freight, django_assert_max_num_queries):
    for number in range(6):
        make_user(f"Manager{number}", Role.MANAGER)
    api(sam, "get", "users/me/")
    body = {
        "opportunity": deal.pk,
        "activity_type": "sales-call",
        "need_by": TODAY,
        "criteria": {"industries": [freight.name]},
    }
    with django_assert_max_num_queries(12):
        made = api(sam, "post", "requests/", body)
    assert made.status_code == 201
    assert Message.objects.filter(to=maya.email).exists()
    assert Message.objects.count() == 7


def test_a_repeated_post_makes_one_request(api, sam, deal):
    body = {"opportunity": deal.pk, "activity_type": "sales-call", "need_by": TODAY}
    first = api(sam, "post", "requests/", body, **{"Idempotency-Key": "k1"})
    again = api(sam, "post", "requests/", body, **{"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert ReferenceRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"activity_type": "juggling"}, "activity_type"),
        ({"need_by": "soon"}, "need_by"),
        ({"need_by": "2001-01-01"}, "need_by"),
        ({"opportunity": 999_999}, "opportunity"),
        ({"opportunity": "x"}, "opportunity"),
        ({"opportunity": None}, "opportunity"),
        ({"purpose": "fun"}, "purpose"),
        ({"criteria": "x"}, "criteria"),
        ({"criteria": {"countries": ["Atlantis"]}}, "criteria.countries"),
        ({"criteria": {"colour": ["red"]}}, "criteria.colour"),
        ({"criteria": {"company_size": "big"}}, "criteria.company_size"),
        ({"topics": "x" * 3000}, "topics"),
    ],
)
def test_nonsense_is_refused_naming_the_field(api, sam, deal, change, field):
    body = {"opportunity": deal.pk, "activity_type": "sales-call", "need_by": TODAY, **change}
    response = api(sam, "post", "requests/", body)
    assert response.status_code in (400, 422)
    assert field in errors(response)
    assert not ReferenceRequest.objects.exists()


def test_a_foreign_deal_can_be_neither_read_nor_asked_for(api, sofia, deal):
    assert api(sofia, "get", f"opportunities/{deal.pk}/").status_code == 404
    body = {"opportunity": deal.pk, "activity_type": "sales-call", "need_by": TODAY}
    response = api(sofia, "post", "requests/", body)
    assert (response.status_code, errors(response)) == (400, {"opportunity"})


def test_a_wrong_verb_for_the_state_names_those_that_allow_it(api, maya, proposed):
    response = api(maya, "post", f"assignments/{proposed.pk}/complete/", {"occurred_on": TODAY, "outcome": "held"})
    assert response.status_code == 409
    assert response.json()["allowed"] == ["accepted", "scheduled"]


def test_amounts_are_hidden_from_marketing(api, mina, maya, deal):
    assert api(maya, "get", f"opportunities/{deal.pk}/").json()["amount"] == "412000.00"
    assert api(mina, "get", f"opportunities/{deal.pk}/").json()["amount"] is None
    assert api(mina, "get", "opportunities/").json()["results"][0]["amount"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "state"),
        ({"state": "maybe", "closed_on": TODAY}, "state"),
        ({"state": "won"}, "closed_on"),
        ({"state": "won", "closed_on": "2999-01-01"}, "closed_on"),
        ({"state": "won", "closed_on": TODAY, "amount": "-1"}, "amount"),
        ({"state": "won", "closed_on": TODAY, "amount": "much"}, "amount"),
    ],
)
def test_closing_nonsense_names_the_field(api, sam, deal, body, field):
    response = api(sam, "post", f"opportunities/{deal.pk}/close/", body)
    assert response.status_code in (400, 422)
    assert field in errors(response)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "occurred_on"),
        ({"occurred_on": "2999-01-01", "outcome": "held"}, "occurred_on"),
        ({"occurred_on": TODAY, "outcome": "held", "rating": 9}, "rating"),
        ({"occurred_on": TODAY, "outcome": ""}, "outcome"),
    ],
)
def test_a_nonsense_debrief_names_the_field(api, maya, accepted, body, field):
    response = api(maya, "post", f"assignments/{accepted.pk}/complete/", body)
    assert response.status_code in (400, 422)
    assert field in errors(response)
    accepted.refresh_from_db()
    assert accepted.state == "accepted"


def test_limits_answer_with_the_problem_and_a_reason_goes_over(api, maya, wanted, hanne):
    hanne.willingness.update(limit_count=0)
    refused = api(maya, "post", f"requests/{wanted.pk}/assignments/", {"contact": hanne.pk})
    assert (refused.status_code, errors(refused)) == (422, {"contact"})
    done = api(
        maya, "post", f"requests/{wanted.pk}/assignments/", {"contact": hanne.pk, "override_reason": "She offered"}
    )
    assert (done.status_code, done.json()["override_reason"]) == (201, "She offered")
    assert done.json()["override_by"] == maya.pk


def test_one_s_own_request_goes_over_no_limit(api, maya, deal, call, hanne):
    hanne.willingness.update(limit_count=0)
    own = ask(maya, deal, call)
    body = {"contact": hanne.pk, "override_reason": "I need her"}
    refused = api(maya, "post", f"requests/{own.pk}/assignments/", body)
    assert (refused.status_code, refused.json()["code"], errors(refused)) == (422, "own_override", {"override_reason"})


def test_deals_are_found_by_owner_state_account_and_words(api, maya, sam, sofia, deal, hanne):
    from tests.conftest import make_opportunity

    other = make_opportunity(sofia, "Frigo Atlántico", account=hanne.customer)
    other.close(by=sofia, state="lost", closed_on=timezone.localdate())

    def found(query):
        return [row["id"] for row in api(maya, "get", f"opportunities/?{query}").json()["results"]]

    assert found(f"owner={sam.pk}") == [deal.pk]
    assert found("state=lost") == [other.pk]
    assert found(f"account={hanne.customer_id}") == [other.pk]
    assert found("search=atlantico") == [other.pk]
    assert set(found("")) == {deal.pk, other.pk}


@pytest.mark.parametrize("count", [3, 30])
def test_lists_take_the_same_few_queries(api, maya, sam, deal, call, hanne, count, django_assert_max_num_queries):
    for _number in range(count):
        ask(sam, deal, call)
    api(maya, "get", "users/me/")
    for path in ("requests/", "opportunities/", "assignments/", "material-uses/"):
        with django_assert_max_num_queries(6):
            assert api(maya, "get", path).status_code == 200


def test_material_is_used_on_a_deal(api, sam, deal):
    from materials.models import Material

    story = Material.objects.create(kind="case_study", title="Nine ports", state="published", audience="shareable")
    body = {"opportunity": deal.pk, "material": story.pk, "on": TODAY}
    assert api(sam, "post", "material-uses/", body).status_code == 201
    assert api(sam, "post", "material-uses/", body).status_code == 201
    assert MaterialUse.objects.count() == 1


def test_a_double_propose_makes_one(api, maya, wanted, hanne):
    for status in (201, 422):
        assert api(maya, "post", f"requests/{wanted.pk}/assignments/", {"contact": hanne.pk}).status_code == status
    assert Assignment.objects.count() == 1
