"""What strangers try: links that ran out, were used or taken back; forged addresses, hosts and ids; scanners that only look."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from crp.accounts.models import User
from crp.events.models import Event
from crp.links.models import SignedLink
from crp.outbox.models import Message
from requests_app.models import Assignment, ReferenceRequest
from tests.conftest import PASSWORD, make_contact, make_customer, make_opportunity, make_request, make_willing
from tests.stories.outside import Person, day

pytestmark = pytest.mark.django_db
NONSENSE = ("\0", "²", "9" * 40, "-1", "\u202e\U0001f4a5", "x" * 9000, "9999-12-31T23:59:59-14:00", "0001-01-01T00:00")


@pytest.fixture
def asked(maya: User, sam: User) -> tuple[Assignment, str]:
    """Somebody asked by a signed link: the assignment and the address in the mail."""
    person = make_contact(make_customer())
    make_willing(person)
    request = make_request(sam, make_opportunity(sam))
    one = request.propose(contact=person, by=maya)
    one.invite(by=maya, slots=[timezone.now() + timedelta(days=3)])
    _link, token = SignedLink.objects.issue("assignment.answer", one, expires_at=timezone.now() + timedelta(days=3))
    return one, f"/o/answer/{token}/"


def state(one: Assignment) -> str:
    return str(Assignment.objects.values_list("state", flat=True).get(pk=one.pk))


def test_looking_at_a_link_changes_nothing(asked: tuple[Assignment, str]) -> None:
    one, address = asked
    before = (Event.objects.count(), Message.objects.count(), Assignment.objects.filter(pk=one.pk).values().get())
    for path in (address, address + "?answer=yes", address + "?lang=fa&answer=no", address + "?suggest=1"):
        for method in ("get", "head"):
            reply = getattr(Client(), method)(path)
            assert reply.status_code == 200
            assert reply["Referrer-Policy"] == "no-referrer"
            assert "no-store" in reply["Cache-Control"]
    assert (
        Event.objects.count(),
        Message.objects.count(),
        Assignment.objects.filter(pk=one.pk).values().get(),
    ) == before


def test_a_link_is_good_for_one_answer(asked: tuple[Assignment, str]) -> None:
    one, address = asked
    slot = one.slots.get().pk
    assert Client().post(address, {"answer": "yes", "slot": slot}).status_code == 302
    assert state(one) == "scheduled"
    events = Event.objects.count()
    assert Client().post(address, {"answer": "no"}).status_code == 410
    assert (state(one), Event.objects.count()) == ("scheduled", events)


def test_a_link_that_ended_says_so_kindly(asked: tuple[Assignment, str]) -> None:
    one, address = asked
    for change in ({"expires_at": timezone.now() - timedelta(minutes=1)}, {"revoked_at": timezone.now()}):
        SignedLink.objects.about(one).update(**change)
        for reply in (Client().get(address), Client().post(address, {"answer": "yes"})):
            assert reply.status_code == 410
            assert "Hanne" not in reply.content.decode()
    for forged in ("x" * 43, "%00" * 4, "²" * 43, "x" * 900, "../../customers"):
        assert Client().get(f"/o/answer/{forged}/").status_code in (404, 410)
    assert state(one) == "invited"


def test_a_link_of_another_kind_opens_nothing(asked: tuple[Assignment, str]) -> None:
    token = asked[1].split("/")[3]
    for place in ("o/approval", "s", "o/join"):
        assert Client().get(f"/{place}/{token}/").status_code in (404, 410)
        assert Client().post(f"/{place}/{token}/", {"answer": "yes", "decision": "approve"}).status_code in (
            403,
            404,
            405,
            410,
        )
    assert state(asked[0]) == "invited"


@pytest.mark.parametrize("text", NONSENSE)
def test_a_contact_may_type_anything(asked: tuple[Assignment, str], text: str) -> None:
    client = Client(raise_request_exception=False)
    for body in ({"answer": text}, {"answer": "yes", "slot": text}, {"answer": "other", "time": text, "note": text}):
        assert client.post(asked[1], body).status_code in (302, 400, 422), body
    assert client.post(asked[1], {"answer": "no", "reason": text}).status_code in (302, 400, 422)


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http:evil.example"]
)
def test_nobody_is_sent_elsewhere(sam: User, target: str) -> None:
    client = Client()
    for path in ("/account/login/", f"/account/login/?next={target}"):
        reply = client.post(path, {"login": "sam@crp.test", "password": PASSWORD, "next": target})
        assert "evil" not in reply.get("Location", "")
        assert "javascript" not in reply.get("Location", "")
    client.force_login(sam)
    for path in ("/account/settings/", "/inbox/read/", "/account/logout/"):
        for reply in (
            client.get(path, {"next": target}),
            client.post(f"{path}?next={target}", {"next": target}, headers={"Referer": target}),
        ):
            assert "evil" not in reply.get("Location", "")
            assert "javascript" not in reply.get("Location", "")


def test_a_foreign_host_is_refused(sam: User) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(sam)
    for path in ("/", "/account/password/reset/", "/api/v1/users/me/"):
        reply = client.get(path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
        assert reply.status_code == 400
        assert b"evil.example" not in reply.content


def test_a_reset_mail_never_names_a_foreign_host(sam: User) -> None:
    Client(raise_request_exception=False).post(
        "/account/password/reset/", {"email": "sam@crp.test"}, headers={"X-Forwarded-Host": "evil.example"}
    )
    assert not any("evil" in str(context) for context in Message.objects.values_list("context", flat=True))


@pytest.mark.parametrize("path", ["/requests/bulk/"])
def test_foreign_ids_in_a_list_are_left_alone(sofia: User, sam: User, path: str) -> None:
    wanted = make_request(sam, make_opportunity(sam))
    client = Client(raise_request_exception=False)
    client.force_login(sofia)
    client.post(path, {"id": [wanted.pk, "²", "9" * 40], "action": "take", "to": sofia.pk})
    assert ReferenceRequest.objects.get(pk=wanted.pk).assigned_to_id is None


def test_filters_tell_a_rep_nothing_he_may_not_read(sofia: User, sam: User, maya: User) -> None:
    person = make_contact(make_customer(), email="zebra@secret.example", phone="+4930123")
    hidden = make_customer("Zebra Candidate", status="candidate")
    make_opportunity(sam, "Zebra deal", amount=7)
    rep = Person(sofia)
    for question in ("search=zebra", "q=zebra", "email=zebra@secret.example", "search=secret.example"):
        for path in ("contacts", "customers", "opportunities", "requests", "materials"):
            rows = rep.rows(f"{path}/?{question}")
            assert not any("ebra" in str(row) for row in rows), (path, question)
    assert rep.get(f"contacts/{person.pk}/")["email"] is None
    plain = [row["id"] for row in rep.rows("contacts/")]
    for order in ("ordering=email", "sort=email", "order_by=-phone", "ordering=-customer__renewal_on"):
        assert [row["id"] for row in rep.rows(f"contacts/?{order}")] == plain
    for path in (f"customers/{hidden.pk}/", "customers/?status=candidate", f"willingness/?customer={hidden.pk}"):
        if path.endswith("/"):
            rep.get(path, 404)
        else:
            assert rep.rows(path) == []
    assert rep.get(f"events/?about=customer:{hidden.pk}")["results"] == []


def test_marketing_learns_no_amount(mina: User, sam: User) -> None:
    deal = make_opportunity(sam, amount="731946.00")
    marketing = Person(mina)
    marketing.patch(f"opportunities/{deal.pk}/", 403, amount="1.00")
    for path in (
        "opportunities/",
        f"opportunities/{deal.pk}/",
        "metrics/materials/",
        f"events/?about=opportunity:{deal.pk}",
    ):
        assert "731946" not in str(marketing.get(path))
    for path in ("influence", "coverage", "utilisation", "turnaround"):
        marketing.get(f"metrics/{path}/", 403)
    client = Client()
    client.force_login(mina)
    for path in (
        "/deals/",
        f"/deals/{deal.pk}/",
        "/deals/?sort=amount",
        "/deals/?sort=-amount",
        "/deals/export/",
        "/search/?q=bremer",
        "/",
    ):
        said = b"".join(client.get(path)).decode().replace(",", "").replace(".", "")
        assert "731946" not in said, path


def test_a_rep_reads_contact_details_once_released(sofia: User, sam: User, maya: User) -> None:
    person = make_contact(make_customer(), email="hanne@secret.example", phone="+31205550199")
    rep = Person(sam)
    assert (rep.get(f"contacts/{person.pk}/")["email"], rep.get(f"contacts/{person.pk}/")["phone"]) == (None, None)
    person.release_details(to=sam, reason="assignment:1", until=timezone.now() + timedelta(days=2), by=maya)
    assert rep.get(f"contacts/{person.pk}/")["email"] == "hanne@secret.example"
    assert Person(sofia).get(f"contacts/{person.pk}/")["email"] is None
    assert day()
