"""The tutorial's journey through the API, on the real data where present: nominate, request, match, complete, win, count."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from crp.accounts.models import Role, User
from crp.imports import engine, reading
from crp.imports import mapping as mappings
from crp.imports.spec import SPECS
from requests_app.models import Opportunity
from tests.conftest import PASSWORD, make_user
from tests.imports.test_engine import DATA, MAPPINGS

pytestmark = pytest.mark.django_db


class Api:
    """A person at the API: his token, and problems told when a call fails."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        reply = self.client.post(
            "/api/v1/auth/token/",
            json.dumps({"email": user.email, "password": PASSWORD}),
            content_type="application/json",
        )
        assert reply.status_code == 200, reply.content
        self.headers = {"Authorization": f"Token {reply.json()['token']}"}

    def get(self, path: str, **query: Any) -> Any:
        reply = self.client.get(f"/api/v1/{path}", query, headers=self.headers)
        assert reply.status_code == 200, reply.content
        return reply.json()

    def post(self, path: str, expect: tuple[int, ...] = (200, 201), key: str = "", **body: Any) -> Any:
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        reply = self.client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)
        assert reply.status_code in expect, reply.content
        return reply.json() if reply.content else None

    def patch(self, path: str, **body: Any) -> Any:
        reply = self.client.patch(
            f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=self.headers
        )
        assert reply.status_code == 200, reply.content
        return reply.json()


SMALL = {
    "people": ("p.csv", "name,team\nMoses Frase,Central\n"),
    "products": ("p.csv", "name,list_price\nGTX Pro,4821\n"),
    "customers": ("c.csv", "name,industry,country,employees\nIsdom,medical,US,4540\nHottechi,Technology,KR,8170\n"),
    "opportunities": (
        "o.csv",
        "external_id,owner,product,account,stage,opened_on,closed_on,amount,currency\n"
        "OPEN1,Moses Frase,GTX Pro,Hottechi,Engaging,2017-11-01,,,\n"
        "WON1,Moses Frase,GTX Pro,Isdom,Won,2017-01-01,2017-03-01,4514,USD\n",
    ),
}


def bring_in() -> None:
    """The public data set, or a handful of rows of our own where it is absent."""
    for kind, (name, mapping) in MAPPINGS.items():
        spec = SPECS[kind]
        content = (DATA / name).read_bytes() if DATA.is_dir() else SMALL[kind][1].encode()
        found = mappings.from_data(mapping if DATA.is_dir() else {}, spec)
        report = engine.run(spec, reading.read(Path(name).name, content), found, source="crm")
        assert not report.faults, report.faults[:3]


def recruit(maya: Api, rep: Api, name: str) -> int:
    """Nominate the customer of that name, approve it, and have a person say yes to sales calls. His id."""
    customer = maya.get("customers/", search=name)["results"][0]
    nomination = rep.post("nominations/", customer=customer["id"], reason="They bought, and they are glad.")
    assert nomination["state"] == "submitted"
    maya.post(f"nominations/{nomination['id']}/approve/")
    assert maya.get(f"customers/{customer['id']}/")["status"] == "active"
    contact = maya.post(
        "contacts/", customer=customer["id"], name="Rosa Martin", job_title="Chief financial officer", email="rosa@example.com",
        language="en", timezone="America/Chicago",
    )  # fmt: skip
    from references.models import Contact

    Contact.objects.get(pk=contact["id"]).grant_consent(by=User.objects.get(email="maya@crp.test"), source="Letter")
    types = {one["slug"]: one for one in maya.get("activity-types/")["results"]}
    maya.post("willingness/", contact=contact["id"], activity_type=types["sales-call"]["slug"], answer="yes")
    return int(contact["id"])


def test_from_an_import_to_influenced_revenue() -> None:
    make_user("Maya Keller", Role.MANAGER, Role.ADMIN)
    bring_in()
    moses = User.objects.get(name="Moses Frase")
    moses.email, moses.roles = "moses@crp.test", [Role.SALES]
    moses.set_password(PASSWORD)
    moses.save()
    maya, rep = Api(User.objects.get(email="maya@crp.test")), Api(moses)
    contact = recruit(maya, rep, "Isdom")
    deal = Opportunity.objects.filter(owner=moses, state="open").exclude(account__name="Isdom").order_by("pk").first()
    assert deal is not None
    today = timezone.localdate()
    before = maya.get("metrics/influence/", **{"from": today.isoformat(), "to": today.isoformat()})
    assert before["deals_influenced"] == 0

    body = {
        "opportunity": deal.pk,
        "activity_type": "sales-call",
        "need_by": (today + timedelta(days=7)).isoformat(),
        "criteria": {"notes": "Month end"},
    }
    request = rep.post("requests/", key="ask-1", **body)
    assert rep.post("requests/", key="ask-1", **body)["id"] == request["id"]
    assert request["state"] == "submitted"
    assert maya.post(f"requests/{request['id']}/take/")["state"] == "in_review"
    matches = maya.get(f"requests/{request['id']}/matches/")
    mine = next(match for match in matches if match["contact"] == contact or match["contact"].get("id") == contact)
    assert 0 <= mine["score"] <= 100
    assert {"criterion", "points", "of", "text"} <= set(mine["reasons"][0])
    assignment = maya.post(f"requests/{request['id']}/assignments/", contact=contact)
    if assignment["state"] == "owner_approval":
        assignment = maya.post(f"assignments/{assignment['id']}/approve/")
    assert maya.post(f"assignments/{assignment['id']}/invite/")["state"] == "invited"
    assert maya.post(f"assignments/{assignment['id']}/accept/")["state"] == "accepted"
    wrong = maya.post(f"assignments/{assignment['id']}/invite/", expect=(409,))
    assert wrong["allowed"] == ["proposed"]
    done = maya.post(
        f"assignments/{assignment['id']}/complete/", occurred_on=today.isoformat(), outcome="helped", rating=5
    )
    assert done["state"] == "completed"
    assert maya.get(f"requests/{request['id']}/")["state"] == "fulfilled"
    won = rep.post(f"opportunities/{deal.pk}/close/", state="won", closed_on=today.isoformat(), amount="26768.00")
    assert won["state"] == "won"

    after = maya.get("metrics/influence/", **{"from": today.isoformat(), "to": today.isoformat()})
    assert (float(after["influenced_revenue"]), after["deals_influenced"]) == (26768.0, 1)
    assert after["win_rate"]["with"]["won"] == 1
    whole = maya.get("metrics/influence/", **{"from": "2017-01-01", "to": "2017-12-31"})
    expected = 10_005_534 if DATA.is_dir() else 4514
    assert (float(whole["revenue_won"]), float(whole["influenced_revenue"])) == (expected, 0)
