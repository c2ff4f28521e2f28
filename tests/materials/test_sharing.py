from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from crp.accounts.models import User
from crp.events.models import Event
from crp.links.models import LinkGone, SignedLink
from crp.verbs import Forbidden, Refused, WrongState, today
from materials import intake
from materials.models import ConsentGrant, Material, Naming, ShareLink
from materials.verbs import Verb
from references.models import Contact
from tests.materials.stock import asked, make_material, png, published, upload


def shared(by: User, *materials: Material, days: int = 9) -> tuple[ShareLink, str]:
    return ShareLink.make(list(materials), by=by, prospect="Port de Sète", until=today() + timedelta(days=days))


def page(token: str) -> str:
    return reverse("materials:share_page", kwargs={"token": token})


def test_a_prospect_sees_the_pieces_and_is_counted(client: Any, mina: User, sam: User, hanne: Contact) -> None:
    one, two = published(mina, hanne, title="First piece"), published(mina, hanne, title="Second piece")
    share, token = shared(sam, two, one)
    response = client.get(page(token))
    body = response.content.decode()
    assert response.status_code == 200
    assert body.index("Second piece") < body.index("First piece")
    assert "Vlaardingen Terminals" in body
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    client.get(page(token))
    assert SignedLink.objects.get(pk=share.link_id).opened_count == 2
    assert Event.objects.get(verb=Verb.SHARED).by == sam


def test_the_page_names_the_customer_only_as_far_as_allowed(client: Any, mina: User, sam: User, hanne: Contact) -> None:
    _share, token = shared(sam, published(mina, hanne, naming=Naming.ROLE))
    body = client.get(page(token)).content.decode()
    assert "A customer in Freight and ports" in body
    assert "Chief financial officer" in body
    assert "Vlaardingen" not in body
    assert "Hanne" not in body


def test_the_page_says_so_when_permission_was_withdrawn(client: Any, mina: User, sam: User, hanne: Contact) -> None:
    _share, token = shared(sam, published(mina, hanne, title="Once public"))
    ConsentGrant.objects.get().withdraw(by=mina)
    response = client.get(page(token))
    assert response.status_code == 200
    assert "no longer shared" in response.content.decode()
    assert "one weekend" not in response.content.decode()


@pytest.mark.parametrize("way", ["expired", "revoked", "unknown"])
def test_a_link_that_is_over_says_so_kindly(way: str, client: Any, mina: User, sam: User, hanne: Contact) -> None:
    share, token = shared(sam, published(mina, hanne))
    if way == "expired":
        SignedLink.objects.filter(pk=share.link_id).update(expires_at=timezone.now() - timedelta(minutes=1))
    if way == "revoked":
        share.revoke(by=sam)
    response = client.get(page(token if way != "unknown" else "nonsense"))
    assert response.status_code == 410
    assert "one weekend" not in response.content.decode()


def test_closing_is_for_its_maker_and_happens_once(mina: User, sam: User, sofia: User, hanne: Contact) -> None:
    share, token = shared(sam, published(mina, hanne))
    with pytest.raises(Forbidden):
        share.revoke(by=sofia)
    share.revoke(by=sam)
    with pytest.raises(WrongState):
        share.revoke(by=sam)
    with pytest.raises(LinkGone):
        ShareLink.by_token(token, now=timezone.now())


def test_only_what_is_published_for_outside_eyes_is_shared(mina: User, sam: User, eva: User, hanne: Contact) -> None:
    with pytest.raises(WrongState):
        shared(sam, make_material(mina, hanne))
    with pytest.raises(Refused) as refusal:
        shared(sam, published(mina, hanne, audience="internal"))
    assert refusal.value.code == "internal"
    with pytest.raises(Forbidden):
        shared(eva, published(mina, hanne))


@pytest.mark.parametrize("days", [0, 181])
def test_a_share_page_ends_within_half_a_year(days: int, mina: User, sam: User, hanne: Contact) -> None:
    with pytest.raises(Refused) as refusal:
        shared(sam, published(mina, hanne), days=days)
    assert refusal.value.field == "until"


def test_a_prospect_gets_the_files_of_shown_pieces_and_no_others(
    client: Any, mina: User, sam: User, hanne: Contact
) -> None:
    material = make_material(mina, hanne)
    file = material.add_file(intake.clear(upload(png())), by=mina)
    other = make_material(mina, hanne).add_file(intake.clear(upload(png())), by=mina)
    material.submit_for_review(by=mina)
    material.send_to_customer(hanne, by=mina, until=today() + timedelta(days=3)).answer("approve", naming=Naming.FULL)
    material = Material.objects.get(pk=material.pk)
    material.publish(by=mina)
    _share, token = shared(sam, material)
    url = reverse("materials:share_file", kwargs={"token": token, "pk": file.pk})
    assert client.get(url).status_code == 200
    assert client.get(reverse("materials:share_file", kwargs={"token": token, "pk": other.pk})).status_code == 404
    ConsentGrant.objects.get().withdraw(by=mina)
    assert client.get(url).status_code == 404


def test_the_address_is_shown_once(as_user: Callable[[User], Any], mina: User, sam: User, hanne: Contact) -> None:
    material = published(mina, hanne)
    client = as_user(sam)
    data = {"material": material.pk, "prospect": "Port de Sète", "until": (today() + timedelta(days=9)).isoformat()}
    first = client.post(reverse("materials:share"), data, follow=True)
    assert "/s/" in first.content.decode()
    assert "/s/" not in client.get(first.redirect_chain[-1][0]).content.decode()


def test_the_customer_reads_and_answers_by_link(client: Any, mina: User, hanne: Contact) -> None:
    from crp.outbox.models import Message

    asked(mina, hanne, body="## Week end\n\n<script>alert(1)</script> [x](javascript:alert(1)) **one**")
    url = Message.objects.get(template="approval_request").context["path"]
    response = client.get(url)
    body = response.content.decode()
    assert response.status_code == 200
    assert "<strong>one</strong>" in body
    assert "<script>alert" not in body
    assert 'href="javascript' not in body
    assert SignedLink.objects.get(purpose="material.approval").opened_count == 1
    assert client.post(url, {"decision": "approve"}).status_code == 422
    answered = client.post(url, {"decision": "approve", "naming": "full"})
    assert "just as you read it" in answered.content.decode()
    assert Material.objects.get().state == "approved"
    assert client.get(url).status_code == 410


def test_looking_at_the_link_answers_nothing(client: Any, mina: User, hanne: Contact) -> None:
    from crp.outbox.models import Message

    approval = asked(mina, hanne)
    url = Message.objects.get(template="approval_request").context["path"]
    client.get(url + "?decision=approve&naming=full")
    client.head(url)
    approval.refresh_from_db()
    assert approval.state == "open"


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("fa", "rtl"), ("en", "ltr")])
def test_the_page_speaks_the_language_asked_for(
    language: str, direction: str, client: Any, mina: User, hanne: Contact
) -> None:
    from crp.outbox.models import Message

    asked(mina, hanne)
    url = Message.objects.get(template="approval_request").context["path"]
    assert f'lang="{language}" dir="{direction}"' in client.get(f"{url}?lang={language}").content.decode()
