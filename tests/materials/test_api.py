from typing import Any

import pytest
from django.test import Client

from crp.accounts.models import User
from materials.models import Material, Naming
from references.models import Contact
from tests.materials.stock import asked, make_material, published

ROOT = "/api/v1/materials/"


@pytest.fixture
def api(client: Client) -> Any:
    """`api(mina).post(path, data)`: JSON, signed in."""

    def sign_in(user: User) -> Any:
        client.force_login(user)

        class Json:
            def get(self, path: str = "") -> Any:
                return client.get(ROOT + path)

            def post(self, path: str = "", data: Any = None, **headers: str) -> Any:
                return client.post(ROOT + path, data or {}, content_type="application/json", headers=headers)

            def patch(self, path: str, data: Any) -> Any:
                return client.patch(ROOT + path, data, content_type="application/json")

        return Json()

    return sign_in


def test_material_is_made_and_goes_its_way_by_the_api(api: Any, mina: User, maya: User) -> None:
    made = api(mina).post(data={"kind": "quote", "title": "By wire", "body": "Words", "audience": "shareable"})
    assert made.status_code == 201
    pk = made.json()["id"]
    assert api(mina).post(f"{pk}/submit_for_review/").json()["state"] == "internal_review"
    assert api(mina).post(f"{pk}/approve/").status_code == 403
    assert api(maya).post(f"{pk}/approve/").json()["state"] == "approved"
    assert api(mina).post(f"{pk}/publish/").json()["state"] == "published"
    again = api(mina).post(f"{pk}/publish/")
    assert (again.status_code, again.json()["allowed"]) == (409, ["approved"])


def test_the_list_shows_what_the_caller_may_see(api: Any, mina: User, sam: User, hanne: Contact) -> None:
    make_material(mina, hanne, title="Draft")
    published(mina, hanne, naming=Naming.ANONYMOUS, title="Nameless")
    rows = api(sam).get().json()["results"]
    assert [(row["title"], row["customer"], row["contacts"]) for row in rows] == [("Nameless", None, [])]
    assert api(sam).get(f"?customer={hanne.customer_id}").json()["results"] == []
    assert len(api(mina).get(f"?customer={hanne.customer_id}").json()["results"]) == 2


def test_a_change_with_an_old_version_is_refused(api: Any, mina: User) -> None:
    material = make_material(mina)
    assert api(mina).patch(f"{material.pk}/", {"title": "One", "version": 1}).json()["version"] == 2
    assert api(mina).patch(f"{material.pk}/", {"title": "Two", "version": 1}).status_code == 409
    assert Material.objects.get().title == "One"


def test_state_cannot_be_written(api: Any, mina: User) -> None:
    material = make_material(mina)
    api(mina).patch(f"{material.pk}/", {"state": "published", "published_at": "2026-01-01T00:00:00Z"})
    assert Material.objects.get().state == "draft"


def test_nonsense_names_its_fields(api: Any, mina: User) -> None:
    answer = api(mina).post(data={"kind": "poem", "customer": 99, "language": "xx"})
    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} >= {"kind", "title", "customer", "language"}


def test_the_same_key_makes_one_row(api: Any, mina: User) -> None:
    body = {"kind": "quote", "title": "Once"}
    first, second = (api(mina).post(data=body, **{"Idempotency-Key": "k-1"}) for _ in range(2))
    assert first.json()["id"] == second.json()["id"]
    assert Material.objects.count() == 1


def test_problems_are_data(api: Any, mina: User, hanne: Contact) -> None:
    material = make_material(mina, hanne)
    found = api(mina).get(f"{material.pk}/problems/").json()
    assert [(row["code"], row["severity"]) for row in found] == [("permission_missing", "blocker")]


def test_the_customer_is_asked_by_the_api(api: Any, mina: User, hanne: Contact) -> None:
    approval = asked(mina, hanne)
    answer = api(mina).post(f"{approval.material_id}/send_to_customer/", {"contact": hanne.pk, "until": "2099-01-01"})
    assert answer.status_code == 409
