"""One question by a signed link, by the API or from a file; promoters nominate, unhappy answers are heard."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from crp.accounts.models import User
from crp.events.models import Event
from crp.inbox.models import Notification
from crp.links.models import SignedLink
from crp.outbox.models import Message
from crp.outbox.rendering import as_mail
from crp.verbs import Forbidden, Refused
from references import surveying
from references.models import Contact, CustomerStatus, Nomination, SurveyAsk, SurveyResponse
from tests.conftest import make_contact, make_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def candidate() -> Contact:
    return make_contact(
        make_customer("Solvento", status=CustomerStatus.CANDIDATE), "Ida Berg", consent=False, language="ar"
    )


@pytest.fixture
def path(candidate: Contact, maya: User) -> str:
    surveying.ask(candidate, "nps", by=maya)
    found: str = Message.objects.get().context["path"]
    return found


def test_the_question_is_mailed_in_the_person_s_language_and_the_token_kept_nowhere(
    path: str, candidate: Contact
) -> None:
    message = Message.objects.get()
    assert (message.to, message.contact_id, message.outside, message.language) == (
        candidate.email,
        candidate.pk,
        True,
        "ar",
    )
    assert path.split("/")[3] not in str(list(SignedLink.objects.values()) + list(Event.objects.values()))
    letter = as_mail(message)
    assert path in letter.body
    assert candidate.name in letter.body
    event = Event.objects.get(verb="survey.asked")
    assert (event.contact_id, set(event.about)) == (
        candidate.pk,
        {f"survey_ask:{SurveyAsk.objects.get().pk}", f"customer:{candidate.customer_id}", f"contact:{candidate.pk}"},
    )  # fmt: skip


def test_looking_changes_nothing_and_a_promoter_nominates_his_company(
    path: str, candidate: Contact, client: Any
) -> None:
    page = client.get(path)
    assert (page.status_code, page["Referrer-Policy"], 'lang="ar"' in page.content.decode()) == (
        200,
        "no-referrer",
        True,
    )
    assert not SurveyResponse.objects.exists()
    done = client.post(path, {"score": "10", "comment": "سريع", "offers": "on"})
    assert done.status_code == 302
    said = SurveyResponse.objects.get()
    assert (said.score, said.offers, said.contact, said.ask.answered_at is not None) == (10, True, candidate, True)
    made = Nomination.objects.get()
    assert (made.origin, made.contact, made.by) == ("survey", candidate, None)
    assert Event.objects.filter(verb="survey.recorded", contact_id=candidate.pk).exists()


def test_he_may_think_again_by_the_same_link(path: str, client: Any, maya: User) -> None:
    client.post(path, {"score": "10"})
    client.post(path, {"score": "3", "comment": "The last release."})
    said = SurveyResponse.objects.get()
    assert (said.score, said.comment) == (3, "The last release.")
    assert Event.objects.filter(verb="survey.changed").count() == 1
    assert Notification.objects.filter(user=maya, kind="survey.low").count() == 1
    client.post(path, {"score": "3", "comment": "The last release."})
    assert Event.objects.filter(verb="survey.changed").count() == 1


@pytest.mark.parametrize(
    "posted", [{}, {"score": "11"}, {"score": "-1"}, {"score": "ten"}, {"score": "9", "comment": "x" * 5001}]
)
def test_a_bad_answer_is_named_and_nothing_is_kept(path: str, client: Any, posted: dict[str, str]) -> None:
    page = client.post(path, posted)
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.content.decode()
    assert not SurveyResponse.objects.exists()


def test_broken_ended_and_forgotten_links_say_so_kindly(path: str, candidate: Contact, maya: User, client: Any) -> None:
    assert client.get("/o/survey/nonsense/").status_code == 410
    SignedLink.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    assert client.post(path, {"score": "9"}).status_code == 410
    SignedLink.objects.update(expires_at=timezone.now() + timedelta(days=1))
    candidate.erase(by=maya)
    assert client.post(path, {"score": "9"}).status_code == 410
    assert not SurveyResponse.objects.exists()


def test_nobody_is_asked_twice_within_ninety_days_nor_against_his_will(
    candidate: Contact, maya: User, sam: User
) -> None:
    with pytest.raises(Forbidden):
        surveying.ask(candidate, "nps", by=sam)
    surveying.ask(candidate, "nps", by=maya)
    with pytest.raises(Refused, match="was asked lately"):
        surveying.ask(candidate, "nps", by=maya)
    surveying.ask(candidate, "satisfaction", by=maya)
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        surveying.ask(candidate, "nps", by=maya)
        candidate.withdraw_consent(by=maya)
    with time_machine.travel(timezone.now() + timedelta(days=300)), pytest.raises(Refused, match="not to be asked"):
        surveying.ask(candidate, "nps", by=maya)
    Contact.objects.update(email="")
    with pytest.raises(Refused, match="mail address"):
        surveying.ask(candidate, "nps", by=maya)


def test_many_are_asked_in_a_constant_number_of_queries(maya: User, django_assert_max_num_queries: Any) -> None:
    customer = make_customer("Solvento")
    for number in range(30):
        make_contact(customer, f"Person{number} Berg")
    make_contact(make_customer("Gone", status=CustomerStatus.RETIRED), "Ada Gone")
    with django_assert_max_num_queries(8):
        assert surveying.ask_all("nps", by=maya) == 30
    assert (
        Message.objects.count() == SignedLink.objects.count() == Event.objects.filter(verb="survey.asked").count() == 30
    )
    with pytest.raises(Refused, match="nobody to ask"):
        surveying.ask_all("nps", by=maya)


def test_the_round_counts_before_it_sends(as_user: Any, maya: User, candidate: Contact) -> None:
    counted = as_user(maya).post("/surveys/ask/", {"kind": "nps"})
    assert "One person fits" in counted.content.decode()
    assert not SurveyAsk.objects.exists()
    sent = as_user(maya).post("/surveys/ask/", {"kind": "nps", "send": "1"})
    assert sent.status_code == 302
    assert SurveyAsk.objects.get().contact == candidate
    none = as_user(maya).post("/surveys/ask/", {"kind": "nps", "references_only": "on", "send": "1"})
    assert none.status_code == 422


def test_reps_read_the_answers_of_their_own_customers_alone(as_user: Any, maya: User, sam: User) -> None:
    own, other = make_customer("Own", owner=sam), make_customer("Other")
    for customer, score in ((own, 9), (other, 2)):
        SurveyResponse.objects.note(by=maya, customer=customer, kind="nps", score=score, on=timezone.localdate())
    assert [row["customer"] for row in as_user(sam).get("/api/v1/surveys/").json()["results"]] == [own.pk]
    page = as_user(sam).get("/surveys/").content.decode()
    assert "Own" in page
    assert "Other" not in page
    low = as_user(maya).get("/api/v1/surveys/?band=detractor").json()["results"]
    assert [row["customer"] for row in low] == [other.pk]


def test_another_tool_sends_an_answer_once(as_user: Any, maya: User, candidate: Contact) -> None:
    answer = {"contact": candidate.pk, "score": 9, "source": "delighted", "external_id": "77", "on": "2026-05-04"}
    first = as_user(maya).post("/api/v1/surveys/", answer, "application/json")
    again = as_user(maya).post("/api/v1/surveys/", answer, "application/json")
    assert (first.status_code, again.status_code, first.json()["id"] == again.json()["id"]) == (201, 200, True)
    assert Nomination.objects.get().customer == candidate.customer


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"score": 11}, "score"),
        ({"score": 6, "kind": "satisfaction"}, "score"),
        ({"kind": "stars"}, "kind"),
        ({"on": "2099-01-01"}, "on"),
    ],
)
def test_wrong_answers_by_the_api_name_the_field(
    as_user: Any, maya: User, candidate: Contact, wrong: Any, field: str
) -> None:
    reply = as_user(maya).post("/api/v1/surveys/", {"contact": candidate.pk, "score": 5, **wrong}, "application/json")
    assert reply.status_code in (400, 422)
    assert [error["field"] for error in reply.json()["errors"]] == [field]
    assert not SurveyResponse.objects.exists()


def test_an_old_answer_nominates_nobody(maya: User, candidate: Contact) -> None:
    old = timezone.localdate() - timedelta(days=500)
    SurveyResponse.objects.note(by=maya, customer=candidate.customer, contact=candidate, kind="nps", score=10, on=old)
    assert not Nomination.objects.exists()


def test_an_unhappy_answer_is_heard_by_manager_and_owner_once(maya: User, omar: User) -> None:
    customer = make_customer("Nordfracht", owner=omar)
    SurveyResponse.objects.note(by=None, customer=customer, kind="satisfaction", score=1, on=timezone.localdate())
    told = Notification.objects.filter(kind="survey.low").values_list("user", flat=True)
    assert set(told) == {maya.pk, omar.pk}
