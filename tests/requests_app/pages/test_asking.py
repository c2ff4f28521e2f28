"""Asking for a reference, from the form to the people chosen."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from crp.accounts.models import Role, User
from crp.events.models import Event
from crp.inbox.models import Notification
from references.models import ActivityType, Contact, Industry, Product
from requests_app.models import Assignment, ReferenceRequest, RequestState
from tests.conftest import make_opportunity, make_request, make_user

DAY = timezone.localdate() + timedelta(days=9)


def asked_for(deal: Any, **more: Any) -> dict[str, Any]:
    kind = ActivityType.objects.get(slug="sales-call")
    return {"deal": deal.pk, "activity_type": kind.pk, "need_by": DAY.isoformat(), "topics": "Month end", **more}


def test_the_form_knows_what_the_deal_says(as_user: Any, sam: User, freight: Industry) -> None:
    deal = make_opportunity(sam, industry=freight, country="DE")
    page = as_user(sam).get(reverse("requests_app:new"), {"deal": deal.pk}).content.decode()
    assert '<option value="Freight and ports" selected>' in page
    assert '<option value="DE" selected>' in page
    assert "Nothing stands against asking" in page


def test_a_request_is_asked_once_however_often_it_is_sent(as_user: Any, sam: User) -> None:
    deal = make_opportunity(sam)
    body = asked_for(deal, once="a-key-of-this-form", functions="finance")
    client = as_user(sam)
    first = client.post(reverse("requests_app:new"), body)
    second = client.post(reverse("requests_app:new"), body)
    made = ReferenceRequest.objects.get()
    assert first.url == second.url == reverse("requests_app:request", args=[made.pk])
    assert (made.state, made.need_by, made.criteria) == (RequestState.SUBMITTED, DAY, {"functions": ["finance"]})
    assert Event.objects.filter(verb="request.submitted").count() == 1


def test_asking_takes_few_queries_however_many_managers_there_are(
    as_user: Any, sam: User, flow: Product, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        make_user(f"Manager{number}", Role.MANAGER)
    body = asked_for(make_opportunity(sam), industries="Freight and ports", products=flow.name, countries="NL")
    client = as_user(sam)
    with django_assert_max_num_queries(12):
        client.post(reverse("requests_app:new"), body)
    assert Notification.objects.filter(kind="request.submitted").count() == 6
    # The form's key costs four more: to open, to claim, to keep the reply, to close.
    with django_assert_max_num_queries(16):
        client.post(reverse("requests_app:new"), {**body, "once": "a-key-of-this-form"})
    assert Notification.objects.filter(kind="request.submitted").count() == 12


def test_a_draft_is_kept_and_sent_later(as_user: Any, sam: User) -> None:
    as_user(sam).post(reverse("requests_app:new"), asked_for(make_opportunity(sam), draft="1"))
    made = ReferenceRequest.objects.get()
    assert made.state == RequestState.DRAFT
    as_user(sam).post(reverse("requests_app:request_submit", args=[made.pk]))
    made.refresh_from_db()
    assert made.state == RequestState.SUBMITTED


def test_nonsense_is_answered_with_the_field_s_name(as_user: Any, sam: User) -> None:
    deal = make_opportunity(sam)
    answer = as_user(sam).post(reverse("requests_app:new"), asked_for(deal, need_by="2001-01-01", industries="Nowhere"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Industry: " in page
    assert not ReferenceRequest.objects.exists()
    late = as_user(sam).post(reverse("requests_app:new"), asked_for(deal, need_by="2001-01-01"))
    assert "Needed by: This day is over." in late.content.decode()


def test_a_closed_deal_says_so_before_anybody_types(as_user: Any, sam: User) -> None:
    deal = make_opportunity(sam, state="lost", closed_on=timezone.localdate())
    page = as_user(sam).get(reverse("requests_app:new"), {"deal": deal.pk}).content.decode()
    assert "The deal is closed." in page


def test_marketing_asks_without_a_deal(as_user: Any, mina: User) -> None:
    kind = ActivityType.objects.get(slug="analyst-interview")
    body = {"for": "marketing", "purpose": "analyst", "activity_type": kind.pk, "need_by": DAY.isoformat()}
    as_user(mina).post(reverse("requests_app:new"), body)
    assert ReferenceRequest.objects.get().purpose == "analyst"


def test_a_person_is_proposed_from_the_matches(as_user: Any, sam: User, maya: User, hanne: Contact) -> None:
    wanted = make_request(sam, make_opportunity(sam))
    as_user(maya).post(reverse("requests_app:propose", args=[wanted.pk, hanne.pk]))
    assert Assignment.objects.get().contact == hanne
    page = as_user(sam).get(reverse("requests_app:request", args=[wanted.pk])).content.decode()
    assert "Hanne Vos is chosen and about to be asked." in page


def test_leaving_a_criterion_out_is_shown_before_it_is_done(
    as_user: Any, sam: User, maya: User, hanne: Contact
) -> None:
    wanted = make_request(sam, make_opportunity(sam), criteria={"industries": ["Food"]})
    url = reverse("requests_app:matches", args=[wanted.pk])
    assert "Looked at without: Industry" in as_user(maya).get(url, {"without": "industries"}).content.decode()
    wanted.refresh_from_db()
    assert wanted.criteria == {"industries": ["Food"]}
    as_user(maya).post(reverse("requests_app:request_relax", args=[wanted.pk]), {"criterion": "industries"})
    wanted.refresh_from_db()
    assert wanted.criteria == {"any": True}


def test_the_deal_s_own_facts_are_relaxed_like_any_other(
    as_user: Any, sam: User, maya: User, hanne: Contact, freight: Industry
) -> None:
    wanted = make_request(sam, make_opportunity(sam, industry=freight, country="DE"))
    url, client = reverse("requests_app:matches", args=[wanted.pk]), as_user(maya)
    assert "Looked at without: Industry" in client.get(url, {"without": "industries"}).content.decode()
    relax = reverse("requests_app:request_relax", args=[wanted.pk])
    client.post(relax, {"criterion": "industries"})
    wanted.refresh_from_db()
    assert wanted.criteria == {"countries": ["DE"]}
    client.post(relax, {"criterion": "countries"})
    wanted.refresh_from_db()
    assert wanted.criteria == {"any": True}
    person = client.get(url).context["people"][0]
    assert [reason.criterion for reason in person.match.reasons] == ["ratings", "rest"]


def test_emptied_criteria_stay_empty_and_a_size_of_one_s_own_is_kept(
    as_user: Any, sam: User, freight: Industry
) -> None:
    wanted = make_request(sam, make_opportunity(sam, industry=freight), criteria={"company_size": "200-800"})
    url, client = reverse("requests_app:request_criteria", args=[wanted.pk]), as_user(sam)
    assert '<option value="200-800" selected>' in client.get(url).content.decode()
    client.post(url, {"company_size": "200-800", "notes": "Ports"})
    wanted.refresh_from_db()
    assert wanted.criteria == {"company_size": "200-800", "notes": "Ports"}
    client.post(url, {"notes": "Ports"})
    wanted.refresh_from_db()
    assert wanted.criteria == {"any": True, "notes": "Ports"}


def test_several_requests_are_closed_all_or_none(as_user: Any, sam: User, maya: User) -> None:
    deal = make_opportunity(sam)
    open_one, done = make_request(sam, deal), make_request(sam, deal, state="withdrawn")
    body = {"action": "close", "id": [open_one.pk, done.pk], "confirmed": "1", "reason": "Nobody fits"}
    answer = as_user(maya).post(reverse("requests_app:bulk"), body)
    open_one.refresh_from_db()
    assert answer.status_code == 200
    assert open_one.state == RequestState.SUBMITTED
    as_user(maya).post(reverse("requests_app:bulk"), {**body, "id": [open_one.pk]})
    open_one.refresh_from_db()
    assert open_one.state == RequestState.UNFULFILLED


def test_a_wrong_state_names_the_states_that_allow_it(as_user: Any, sam: User, maya: User) -> None:
    wanted = make_request(sam, make_opportunity(sam), state="withdrawn")
    answer = as_user(maya).post(reverse("requests_app:request_take", args=[wanted.pk]))
    assert answer.status_code == 409
    assert "submitted" in answer.content.decode()


@pytest.mark.parametrize("text", ["R-{n}", "{n}", "bremer"])
def test_the_queue_finds_by_number_and_by_deal(text: str, as_user: Any, sam: User, maya: User) -> None:
    wanted = make_request(sam, make_opportunity(sam))
    make_request(sam, make_opportunity(sam, "Other Deal"))
    page = as_user(maya).get(reverse("requests_app:queue"), {"search": text.format(n=wanted.number)})
    assert [row.pk for row in page.context["page"].rows] == [wanted.pk]
