"""Parts and pages, toasts, confirm pages, the reader's switches, forms."""

import re
from typing import Any

import pytest
from django import forms
from django.contrib import messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import Client, RequestFactory
from django.urls import reverse

from crp.accounts.models import User
from crp.ui.forms import Segments, refuse
from crp.ui.pages import page_or_partial, safe_next
from crp.verbs import Refused

pytestmark = pytest.mark.django_db


class NoteForm(forms.Form):
    text = forms.CharField(label="Note", help_text="What was said")
    topic = forms.CharField(label="Topic", required=False)
    kind = forms.ChoiceField(label="Kind", widget=Segments, choices=[("a", "A"), ("b", "B")])
    seen = forms.BooleanField(label="Seen", required=False)


def htmx_request() -> Any:
    request = RequestFactory().get("/x/", headers={"HX-Request": "true"})
    request.session = {}  # type: ignore[assignment]
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    return request


def test_a_part_brings_pending_messages_with_it() -> None:
    request = htmx_request()
    messages.success(request, "Taken", extra_tags="undo:/requests/7/undo/")
    response = page_or_partial(
        request, "components/confirm.html", "components/_empty.html", {"icon": "sprout", "why": "None"}
    )
    body = response.content.decode()
    assert 'hx-swap-oob="beforeend"' in body
    assert 'action="/requests/7/undo/"' in body
    assert "<html" not in body
    assert "HX-Request" in response["Vary"]


def test_undo_leads_nowhere_outside() -> None:
    request = htmx_request()
    messages.success(request, "Taken", extra_tags="undo:https://evil.test/")
    body = page_or_partial(
        request, "base.html", "components/_empty.html", {"icon": "sprout", "why": "None"}
    ).content.decode()
    assert "evil.test" not in body


def test_a_confirm_page_is_whole_without_javascript_and_a_part_with_it(client: Client) -> None:
    whole = client.get(reverse("ui:gallery_confirm")).content.decode()
    part = client.get(reverse("ui:gallery_confirm"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" in whole
    assert "<html" not in part
    for body in (whole, part):
        assert "csrfmiddlewaretoken" in body
        assert "Withdraw this quote?" in body


@pytest.mark.parametrize("target", ["https://evil.test/", "//evil.test", "javascript:alert(1)", ""])
def test_next_stays_within_the_house(target: str) -> None:
    assert safe_next(RequestFactory().post("/x/", {"next": target}), "/home/") == "/home/"


def test_a_visitor_keeps_theme_and_language_in_cookies(client: Client) -> None:
    assert client.post(reverse("ui:theme"), {"theme": "dark", "next": "/ui/"})["Location"] == "/ui/"
    client.post(reverse("ui:language"), {"language": "fa"})
    body = client.get(reverse("account_login")).content.decode()
    assert 'lang="fa" dir="rtl"' in body
    assert 'data-theme="dark"' in body


def test_a_users_choice_is_kept_with_the_account(maya: User, as_user: Any) -> None:
    client = as_user(maya)
    client.post(reverse("ui:language"), {"language": "ar"})
    client.post(reverse("ui:theme"), {"theme": "dark"})
    maya.refresh_from_db()
    assert (maya.language, maya.theme) == ("ar", "dark")


def test_an_unknown_language_changes_nothing(maya: User, as_user: Any) -> None:
    as_user(maya).post(reverse("ui:language"), {"language": "xx"})
    maya.refresh_from_db()
    assert maya.language == "en"


def test_a_form_marks_what_is_optional_and_not_what_is_required() -> None:
    body = str(NoteForm())
    assert re.search(r'Topic\s*<span class="c-optional">optional</span>', body)
    assert body.count("c-optional") == 1


def test_a_mistake_is_told_at_its_field_and_in_the_summary_that_links_there() -> None:
    form = NoteForm({"text": "", "kind": "a"})
    body = str(form)
    assert '<a href="#id_text">Note: This field is required.</a>' in body
    assert 'id="id_text_error"' in body
    assert 'aria-invalid="true"' in body
    assert 'aria-describedby="id_text_helptext id_text_error"' in body


def test_a_group_of_choices_is_linked_by_its_first_one() -> None:
    assert 'href="#id_kind_0"' in str(NoteForm({"text": "x"}))


def test_what_a_form_was_given_stays_text() -> None:
    body = str(NoteForm({"text": "<script>x</script>", "kind": "<b>"}))
    assert "<script>" not in body
    assert "<b>" not in body.replace("<br>", "")


def test_a_refusal_lands_at_its_field_or_above_the_form() -> None:
    form = NoteForm({"text": "x", "kind": "a"})
    form.full_clean()
    refuse(form, Refused("Too long.", field="text"))
    refuse(form, Refused("Not today.", field="elsewhere"))
    assert form.errors == {"text": ["Too long."], "__all__": ["Not today."]}


@pytest.mark.parametrize("code", [400, 403, 404, 409, 422, 500, 503])
def test_every_error_page_says_what_and_offers_a_way_on(code: int) -> None:
    from django.contrib.auth.models import AnonymousUser
    from django.shortcuts import render

    request = RequestFactory().get("/x/")
    request.user = AnonymousUser()
    body = render(request, f"errors/{code}.html").content.decode()
    assert "<h1>" in body
    assert "c-button primary" in body


def test_the_page_for_a_lost_database_asks_it_nothing(django_assert_num_queries: Any) -> None:
    from django.shortcuts import render

    class Broken:
        @property
        def is_authenticated(self) -> bool:
            raise AssertionError("the database is away")

    request = RequestFactory().get("/x/")
    request.user = Broken()  # type: ignore[assignment]
    with django_assert_num_queries(0):
        assert b"<h1>" in render(request, "errors/503.html").content


def frame_of(query: str, secret: str) -> str:
    from django.template import Context, Template

    from crp.ui.gallery import SampleShell

    request = RequestFactory().get("/x/", {"q": query})
    request.META["CSRF_COOKIE"] = secret
    context = Context({"request": request, "shell": SampleShell(request)})
    return Template("{% load ui %}{% top_line %}{% user_menu %}{% user_menu small=True %}").render(context)


def test_the_frame_is_kept_but_not_what_belongs_to_one_request() -> None:
    one, other = frame_of('"><script>', "a" * 32), frame_of("port", "b" * 32)
    tokens = [set(re.findall(r'name="csrfmiddlewaretoken" value="(\w{64})"', frame)) for frame in (one, other)]
    assert [len(found) for found in tokens] == [1, 1]
    assert tokens[0] != tokens[1]
    assert "<script>" not in one
    assert 'value="port"' in other
    assert "port" not in one


def test_a_switch_without_a_target_leads_back_to_its_page(client: Client) -> None:
    answer = client.post(
        reverse("ui:theme"), {"theme": "dark"}, headers={"Referer": "http://testserver/customers/?a=1"}
    )
    assert answer["Location"] == "http://testserver/customers/?a=1"
    answer = client.post(reverse("ui:theme"), {"theme": "dark"}, headers={"Referer": "https://evil.test/"})
    assert answer["Location"] == "/"


def test_counts_of_three_digits_are_told_as_more_than_99() -> None:
    from crp.ui.navigation import bounded

    assert [bounded(n) for n in (4, 99, 100)] == ["4", "99", "99+"]


def test_after_a_form_on_its_own_page_one_does_not_land_on_the_form_again() -> None:
    own = RequestFactory().post(
        "/assignments/1/invite/", headers={"Referer": "http://testserver/assignments/1/invite/"}
    )
    assert safe_next(own, "/assignments/1/") == "/assignments/1/"
    dialog = RequestFactory().post("/requests/1/withdraw/", headers={"Referer": "http://testserver/requests/"})
    assert safe_next(dialog, "/requests/1/") == "http://testserver/requests/"
