from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from crp.accounts.models import User
from materials.models import Approval, Material, Naming
from references.models import Contact
from tests.materials.stock import asked, make_material, permitted, published

Client = Callable[[User], Any]


def url(name: str, pk: int | None = None, **more: Any) -> str:
    return reverse(f"materials:{name}", kwargs={**({"pk": pk} if pk else {}), **more})


def many(mina: User, contact: Contact, count: int) -> None:
    for number in range(count):
        make_material(mina, contact, title=f"Draft {number}")
        if number < 6:
            asked(mina, contact, title=f"Asked {number}")
            published(mina, contact, title=f"Out {number}")


@pytest.mark.parametrize("count", [2, 12])
def test_the_board_costs_the_same_for_few_and_many(
    count: int, as_user: Client, mina: User, hanne: Contact, django_assert_max_num_queries: Any
) -> None:
    many(mina, hanne, count)
    client = as_user(mina)
    client.get("/ui/")
    with django_assert_max_num_queries(6):
        response = client.get(url("board"))
    body = response.content.decode()
    assert response.status_code == 200
    assert "Asked 0, version 1" in body
    assert "not opened" in body


def test_the_board_shows_six_cards_and_counts_all(as_user: Client, mina: User) -> None:
    for number in range(8):
        make_material(mina, title=f"Draft {number}")
    body = as_user(mina).get(url("board")).content.decode()
    assert body.count('c-card"') == 6
    assert "2 more" in body


def test_the_board_narrows_by_owner_kind_and_language(as_user: Client, mina: User, maya: User) -> None:
    make_material(mina, title="Hers in German", language="de", kind="video")
    make_material(maya, title="Of the other")
    client = as_user(mina)
    for query in ("?owner=me", f"?owner={mina.pk}", "?kind=video", "?language=de"):
        body = client.get(url("board") + query).content.decode()
        assert "Hers in German" in body, query
        assert "Of the other" not in body, query
    assert client.get(url("board") + "?owner=nonsense&kind=nonsense").status_code == 200


@pytest.mark.parametrize("count", [2, 12])
def test_the_library_costs_the_same_for_few_and_many(
    count: int, as_user: Client, mina: User, sam: User, hanne: Contact, django_assert_max_num_queries: Any
) -> None:
    many(mina, hanne, count)
    client = as_user(sam)
    client.get("/ui/")
    with django_assert_max_num_queries(6):
        assert client.get(url("library")).status_code == 200
    with django_assert_max_num_queries(8):
        assert client.get(url("library") + "?q=weekend").status_code == 200


def test_the_library_pages_without_gaps_or_repeats(
    as_user: Client, mina: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from materials.views import reading

    monkeypatch.setattr(reading, "PAGE", 3)
    for number in range(7):
        make_material(mina, title=f"Piece {number}")
    client, seen, query = as_user(mina), [], "?sort=title"
    for _ in range(3):
        response = client.get(url("library") + query)
        page = response.context["page"]
        seen += [row.title for row in page.rows]
        query = f"?sort=title&after={page.next}"
    assert seen == [f"Piece {number}" for number in range(7)]


def test_the_library_masks_who_may_not_be_named(as_user: Client, mina: User, sam: User, hanne: Contact) -> None:
    published(mina, hanne, naming=Naming.ROLE, title="Quietly")
    for path in (url("library"), url("export"), url("material", Material.objects.get().pk), url("share_now")):
        response = as_user(sam).get(path)
        body = b"".join(response.streaming_content).decode() if response.streaming else response.content.decode()
        assert "Quietly" in body, path
        assert "Vlaardingen" not in body, path
        assert "Hanne" not in body, path
    assert "Vlaardingen" in as_user(mina).get(url("library")).content.decode()


def test_the_export_holds_the_filtered_rows(as_user: Client, mina: User) -> None:
    make_material(mina, title="=SUM(A1)", kind="video")
    make_material(mina, title="Not this")
    body = b"".join(as_user(mina).get(url("export") + "?kind=video").streaming_content).decode()
    assert "'=SUM(A1)" in body
    assert "Not this" not in body


@pytest.mark.parametrize("name", ["mina", "sam"])
def test_the_record_stays_within_ten_queries(
    name: str, as_user: Client, mina: User, hanne: Contact, request: Any, django_assert_max_num_queries: Any
) -> None:
    user = request.getfixturevalue(name)
    material = published(mina, hanne)
    permitted(material, mina, whole_customer=True)
    client = as_user(user)
    client.get("/ui/")
    with django_assert_max_num_queries(10):
        response = client.get(url("material", material.pk))
    assert response.status_code == 200
    assert ("Customer approvals" in response.content.decode()) == (name == "mina")


def test_the_record_says_what_stands_in_the_way(as_user: Client, mina: User, hanne: Contact) -> None:
    material = make_material(mina, hanne)
    assert "has not approved it yet" in as_user(mina).get(url("material", material.pk)).content.decode()


def test_writing_new_material(as_user: Client, mina: User, hanne: Contact) -> None:
    data = {
        "kind": "quote", "customer": "vlaardingen terminals", "title": "We stopped counting", "body": "Pallets.",
        "naming": "full", "audience": "shareable", "language": "en", "owner": mina.pk, "once": "a-key",
    }  # fmt: skip
    client = as_user(mina)
    first, second = client.post(url("new"), data), client.post(url("new"), data)
    material = Material.objects.get()
    assert first.url == second.url == material.get_absolute_url()
    assert material.customer == hanne.customer


def test_nonsense_is_answered_at_its_field_and_kept_on_the_page(as_user: Client, mina: User) -> None:
    data = {
        "kind": "poem",
        "customer": "Nobody Ltd",
        "title": "",
        "body": "My long text",
        "due_on": "soon",
        "naming": "x",
    }
    response = as_user(mina).post(url("new"), data)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {
        "kind",
        "customer",
        "title",
        "due_on",
        "naming",
        "audience",
        "language",
    }
    assert "My long text" in response.content.decode()
    assert not Material.objects.exists()


def test_a_stale_edit_is_told_and_keeps_what_was_typed(as_user: Client, mina: User) -> None:
    material = make_material(mina)
    data = {
        "kind": "quote",
        "title": "Second",
        "naming": "anonymous",
        "audience": "shareable",
        "language": "en",
        "seen": 1,
    }
    client = as_user(mina)
    assert client.post(url("edit", material.pk), {**data, "title": "First"}).status_code == 302
    response = client.post(url("edit", material.pk), data)
    assert response.status_code == 409
    assert "Second" in response.content.decode()
    assert Material.objects.get().title == "First"


def test_a_wrong_move_names_the_states_that_allow_it(as_user: Client, mina: User) -> None:
    response = as_user(mina).post(url("material_publish", make_material(mina).pk))
    assert response.status_code == 409
    assert "approved" in response.content.decode()


def test_moving_by_the_menu_comes_back_to_the_board(as_user: Client, mina: User) -> None:
    material = make_material(mina)
    response = as_user(mina).post(url("material_submit_for_review", material.pk), {"next": url("board")})
    assert response.url == url("board")
    assert Material.objects.get().state == "internal_review"


def test_the_address_to_return_to_is_ours(as_user: Client, mina: User) -> None:
    material = make_material(mina)
    response = as_user(mina).post(url("material_submit_for_review", material.pk), {"next": "https://evil.example/"})
    assert response.url == material.get_absolute_url()


def test_withdrawing_asks_for_the_reason(as_user: Client, mina: User) -> None:
    material = make_material(mina)
    client = as_user(mina)
    assert client.get(url("material_withdraw", material.pk)).status_code == 200
    assert client.post(url("material_withdraw", material.pk), {"reason": ""}).status_code == 422
    assert client.post(url("material_withdraw", material.pk), {"reason": "Wrong figures"}).status_code == 302
    assert Material.objects.get().state == "withdrawn"


def test_asking_the_customer_by_the_page(as_user: Client, mina: User, hanne: Contact) -> None:
    from datetime import timedelta

    from crp.verbs import today

    material = make_material(mina, hanne)
    material.submit_for_review(by=mina)
    client = as_user(mina)
    path = url("material_send_to_customer", material.pk)
    assert hanne.name in client.get(path).content.decode()
    assert client.post(path, {"contact": hanne.pk, "until": "2020-01-01"}).status_code == 422
    sent = client.post(
        path, {"contact": hanne.pk, "until": (today() + timedelta(days=9)).isoformat(), "message": "Dear Hanne"}
    )
    assert sent.status_code == 302
    assert Approval.objects.get().message == "Dear Hanne"


def test_a_quote_is_copied_with_its_permission_line(as_user: Client, mina: User, sam: User, hanne: Contact) -> None:
    material = published(mina, hanne)
    body = as_user(sam).get(url("quote", material.pk)).content.decode()
    assert "Hanne Vos, Chief financial officer, Vlaardingen Terminals" in body
    assert "Used with permission until" in body


def test_the_customers_panel_tells_only_what_may_be_known(
    as_user: Client, mina: User, sam: User, hanne: Contact
) -> None:
    published(mina, hanne, title="Named")
    published(mina, hanne, naming=Naming.ANONYMOUS, title="Nameless")
    panel = f"{url('customer_panel')}?customer={hanne.customer_id}"
    told = as_user(sam).get(panel).content.decode()
    assert "Named" in told
    assert "Nameless" not in told
    assert "Nameless" in as_user(mina).get(panel).content.decode()


def test_three_pieces_to_share_now_on_the_home_page(
    as_user: Client, mina: User, sam: User, hanne: Contact, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        published(mina, hanne, title=f"Out {number}")
    client = as_user(sam)
    with django_assert_max_num_queries(8):
        body = client.get(url("share_now")).content.decode()
    assert body.count("Full name, until") == 3


def test_a_text_is_drawn_without_what_could_harm(as_user: Client, mina: User) -> None:
    evil = "<img src=x onerror=alert(1)> [a](javascript:alert(1)) ![b](https://x.test/t.gif) **bold** <b>raw</b>"
    body = as_user(mina).get(url("material", make_material(mina, body=evil).pk)).content.decode()
    assert "<strong>bold</strong>" in body
    assert "<img src=x" not in body
    assert "x.test/t.gif" not in body
    assert 'href="javascript' not in body
    assert "<b>raw</b>" not in body


def test_creating_costs_twelve_queries_at_most(as_user: Client, mina: User, django_assert_max_num_queries: Any) -> None:
    client = as_user(mina)
    client.get("/ui/")
    data = {"kind": "quote", "title": "New", "naming": "anonymous", "audience": "internal", "language": "en"}
    with django_assert_max_num_queries(16):
        assert client.post(url("new"), data).status_code == 302
