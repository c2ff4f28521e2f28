"""The API: the words of the design, the rights of the table."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from crp.accounts.models import User
from references.models import Activity, ActivityType, Contact, Customer, CustomerStatus, Nomination, Willingness
from tests.conftest import make_contact, make_customer, make_willing

pytestmark = pytest.mark.django_db
Client = Callable[[User], Any]


@pytest.fixture
def api(as_user: Client) -> Callable[..., Any]:
    """`api(maya, "post", "customers/", {...})` → the response."""

    def call(user: User, method: str, path: str, data: Any = None) -> Any:
        extra = {"content_type": "application/json"} if method != "get" else {}
        return getattr(as_user(user), method)(f"/api/v1/{path}", data or {}, **extra)

    return call


def test_customers_are_filtered_by_status_industry_country_owner_and_words(
    api: Any, maya: User, omar: User, hanne: Contact
) -> None:
    make_customer("Other", country="DE")
    Customer.objects.filter(pk=hanne.customer_id).update(owner=omar)
    industry = hanne.customer.industry
    assert industry
    for query in (
        f"industry={industry.name}",
        f"industry={industry.pk}",
        "country=NL",
        f"owner={omar.pk}",
        "search=vlaard",
        "status=active&country=NL",
    ):
        found = api(maya, "get", f"customers/?{query}").json()
        assert set(found) == {"next", "previous", "results"}
        assert [row["name"] for row in found["results"]] == [hanne.customer.name], query
    row = found["results"][0]
    assert (row["industry"], row["owner"], row["status"], row["country"]) == (industry.name, omar.pk, "active", "NL")
    assert api(maya, "get", "customers/?status=nonsense").status_code == 400


def test_industry_is_written_by_name_or_id_and_nonsense_names_the_field(api: Any, maya: User, freight: Any) -> None:
    for written in (freight.name.upper(), freight.pk):
        made = api(maya, "post", "customers/", {"name": f"Port {written}", "industry": written})
        assert (made.status_code, made.json()["industry"]) == (201, freight.name)
    refused = api(maya, "post", "customers/", {"name": "", "industry": "Nowhere", "country": "ZZ", "employees": -1})
    assert refused.status_code == 400
    assert {error["field"] for error in refused.json()["errors"]} == {"name", "industry", "country", "employees"}


def test_a_second_writer_gets_a_conflict(api: Any, maya: User, hanne: Contact) -> None:
    path = f"customers/{hanne.customer_id}/"
    version = api(maya, "get", path).json()["version"]
    assert api(maya, "patch", path, {"employees": 1, "version": version}).status_code == 200
    assert api(maya, "patch", path, {"employees": 2, "version": version}).status_code == 409


def test_a_post_writes_only_what_it_may(api: Any, mina: User) -> None:
    made = api(mina, "post", "customers/", {"name": "Port", "status": "active", "tier": "A", "id": 7}).json()
    assert (made["status"], made["tier"]) == ("candidate", "")


def test_a_rep_nominates_and_a_manager_makes_the_customer_active(api: Any, maya: User, sam: User) -> None:
    customer = make_customer("Solvento", status=CustomerStatus.CANDIDATE)
    made = api(sam, "post", "nominations/", {"customer": customer.pk, "reason": "A 10 in May"})
    assert (made.status_code, made.json()["state"]) == (201, "submitted")
    path = f"nominations/{made.json()['id']}/"
    assert api(maya, "post", f"{path}decline/").status_code == 400
    assert api(maya, "post", f"{path}approve/").json()["state"] == "approved"
    assert api(sam, "get", f"customers/{customer.pk}/").json()["status"] == "active"
    assert Nomination.objects.get().decided_by == maya


def test_willingness_is_said_once_per_person_and_type(api: Any, maya: User, hanne: Contact) -> None:
    body = {"contact": hanne.pk, "activity_type": "site-visit", "answer": "yes", "limit_count": 2}
    assert api(maya, "post", "willingness/", body).status_code == 201
    again = api(maya, "post", "willingness/", {**body, "answer": "ask_first"}).json()
    assert (again["answer"], again["activity_type"]) == ("ask_first", "site-visit")
    assert Willingness.objects.filter(contact=hanne, activity_type__slug="site-visit").count() == 1
    both = {**body, "customer": hanne.customer_id}
    assert api(maya, "post", "willingness/", both).json()["errors"][0]["field"] == "contact"


def test_what_is_hidden_can_be_named_in_no_field(api: Any, sam: User) -> None:
    hidden = make_contact(make_customer("Hidden", status=CustomerStatus.CANDIDATE), "Ida Holm")
    make_willing(hidden)
    use = {"contact": hidden.pk, "activity_type": "quote", "on": "2026-01-05"}
    for path, body in (("activities/", use), ("pauses/", {"contact": hidden.pk, "reason": "leave"})):
        assert api(sam, "post", path, body).status_code == 400
    for path in ("customers/", "contacts/", "willingness/", "activities/", "holds/", "pauses/"):
        assert api(sam, "get", path).json()["results"] == []


def test_a_rep_does_not_read_whom_another_sells_to(
    api: Any, sam: User, sofia: User, maya: User, hanne: Contact
) -> None:
    quote = ActivityType.objects.get(slug="quote")
    Activity.log(hanne, quote, date(2026, 1, 5), sofia, prospect="Secret prospect", note="Between us")
    shown = {user: api(user, "get", "activities/").json()["results"][0]["prospect"] for user in (sam, sofia, maya)}
    assert shown == {sam: None, sofia: "Secret prospect", maya: "Secret prospect"}


def test_activity_types_are_told_in_the_words_of_the_design(api: Any, sam: User) -> None:
    found = api(sam, "get", "activity-types/sales-call/").json()
    wanted = {
        "slug": "sales-call",
        "name": "Sales call",
        "live": True,
        "effort": 2,
        "limit_count": 4,
        "limit_days": 365,
        "cooldown_days": 14,
    }
    assert wanted.items() <= found.items()


def test_a_pause_begins_today_unless_said_otherwise_and_is_lifted(api: Any, maya: User, hanne: Contact) -> None:
    made = api(maya, "post", "pauses/", {"customer": hanne.customer_id, "reason": "renewal"}).json()
    assert api(maya, "get", f"customers/{hanne.customer_id}/").json()["status"] == "paused"
    assert api(maya, "post", f"pauses/{made['id']}/lift/").json()["lifted_at"]
    assert api(maya, "post", f"pauses/{made['id']}/lift/").status_code == 409


@pytest.mark.parametrize("people", [5, 40])
def test_lists_cost_the_same_for_few_and_many(
    as_user: Client, sam: User, hanne: Contact, people: int, django_assert_max_num_queries: Any
) -> None:
    for n in range(people):
        make_willing(make_contact(hanne.customer, f"Person {n}"))
    client = as_user(sam)
    for path in ("customers", "contacts", "willingness"):
        with django_assert_max_num_queries(6):
            client.get(f"/api/v1/{path}/")


def test_the_predicates_of_a_person_agree_with_the_sets(sam: User, sofia: User, hanne: Contact) -> None:
    """`consenting` and `has_consent`; `with_released_to` and `details_visible_to`."""
    gone = make_contact(hanne.customer, "Gone Person")
    gone.withdraw_consent(by=None)
    make_contact(hanne.customer, "New Person", consent=False)
    hanne.release_details(to=sam, reason="assignment:1")
    consenting = set(Contact.objects.consenting())
    for user in (sam, sofia):
        for person in Contact.objects.with_released_to(user):
            assert person.has_consent == (person in consenting)
            assert person.released_to_reader == Contact.objects.get(pk=person.pk).details_visible_to(user)
