"""Cards and thank-yous: each once, on the right local day, in the person's language, and never against his will."""

import threading
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from crp.accounts.models import User
from crp.events.models import Event
from crp.outbox.delivery import deliver_due
from crp.outbox.models import Message
from crp.outbox.rendering import as_mail
from crp.verbs import Forbidden, Refused
from references import choosing, thanking
from references.models import ActivityType, Contact, Thanks, ThanksText
from references.models.thanks import checked, filled, standard
from requests_app.models import Opportunity
from tests.conftest import make_contact, make_customer, make_opportunity

pytestmark = pytest.mark.django_db
NOON = "2026-06-14T12:00:00Z"


def born(day: int, month: int, zone: str = "UTC", **more: Any) -> Contact:
    """Somebody who joined in August 2020, at noon."""
    found = make_contact(make_customer(), timezone=zone, birthday_day=day, birthday_month=month, **more)
    Contact.objects.update(reference_since=date(2020, 8, 8))
    return found


def sent_at(moment: str) -> int:
    with time_machine.travel(datetime.fromisoformat(moment), tick=False):
        thanking.send_due()
    return Message.objects.filter(template="thanks").count()


@pytest.mark.parametrize(
    ("zone", "day", "month", "before", "after"),
    [
        ("Europe/Berlin", 29, 3, "2026-03-29T06:59:00Z", "2026-03-29T07:01:00Z"),
        ("Europe/Berlin", 25, 10, "2026-10-25T07:59:00Z", "2026-10-25T08:01:00Z"),
        ("America/New_York", 8, 3, "2026-03-08T12:59:00Z", "2026-03-08T13:01:00Z"),
        ("America/New_York", 1, 11, "2026-11-01T13:59:00Z", "2026-11-01T14:01:00Z"),
        ("Asia/Kathmandu", 14, 6, "2026-06-14T03:14:00Z", "2026-06-14T03:16:00Z"),
        ("Pacific/Kiritimati", 1, 1, "2025-12-31T18:59:00Z", "2025-12-31T19:01:00Z"),
        ("America/St_Johns", 31, 12, "2026-12-31T12:29:00Z", "2026-12-31T12:31:00Z"),
        ("Asia/Tehran", 20, 3, "2026-03-20T05:29:00Z", "2026-03-20T05:31:00Z"),
        ("UTC", 29, 2, "2028-02-29T08:59:00Z", "2028-02-29T09:01:00Z"),
        ("UTC", 29, 2, "2027-02-28T08:59:00Z", "2027-02-28T09:01:00Z"),
    ],
)
def test_a_card_leaves_at_nine_of_the_person_s_own_day_and_once(
    zone: str, day: int, month: int, before: str, after: str
) -> None:
    born(day, month, zone)
    assert [sent_at(before), sent_at(after), sent_at(after)] == [0, 1, 1]


def test_a_beat_that_was_off_for_a_day_catches_up_and_clocks_set_back_send_no_second() -> None:
    born(10, 6)
    assert [sent_at(f"2026-06-{moment}:00Z") for moment in ("10T20:30", "11T03:00", "11T08:30")] == [0, 0, 0]
    assert sent_at("2026-06-11T10:00:00Z") == 1
    assert sent_at("2026-06-10T09:30:00Z") == 1


def test_what_is_two_days_late_is_left_out() -> None:
    born(10, 7)
    assert sent_at("2026-07-12T10:00:00Z") == 0


def test_a_leap_day_s_card_does_not_leave_early_in_a_leap_year() -> None:
    born(29, 2)
    assert sent_at("2028-02-28T12:00:00Z") == 0


YEARS = ("2024-05-04T13:00:00Z", "2025-05-04T09:30:00Z", "2026-05-04T09:30:00Z")


def test_the_first_year_as_a_reference_is_thanked_for_and_every_one_where_the_program_wants_it(
    hanne: Contact, maya: User
) -> None:
    Contact.objects.update(reference_since=date(2024, 5, 4))
    assert [sent_at(moment) for moment in YEARS] == [0, 1, 1]
    assert "one year" in as_mail(Message.objects.get()).body
    Thanks.switch("anniversary", by=maya, yearly=True)
    assert sent_at(YEARS[2]) == 2
    assert "2 years" in as_mail(Message.objects.order_by("-pk")[0]).body
    assert Event.objects.filter(verb="thanks.sent", contact_id=hanne.pk).count() == 2


def test_agreeing_once_more_moves_no_anniversary_and_coming_back_begins_anew(hanne: Contact, maya: User) -> None:
    Contact.objects.update(reference_since=date(2024, 5, 4))
    person = Contact.objects.get()
    person.grant_consent(by=maya, source="Renewed letter")
    assert person.reference_since == date(2024, 5, 4)
    person.withdraw_consent(by=maya)
    person.grant_consent(by=maya, source="Came back")
    assert person.reference_since == timezone.localdate()


@pytest.mark.parametrize(
    "change",
    [
        {"wants_thanks": False}, {"consent_withdrawn_at": datetime.fromisoformat(NOON)}, {"consent_granted_at": None},
        {"email": ""}, {"left_on": "2026-01-01"}, {"erased_at": datetime.fromisoformat(NOON)},
    ],
)  # fmt: skip
def test_whoever_would_rather_not_or_is_gone_gets_none(change: dict[str, Any]) -> None:
    born(14, 6)
    Contact.objects.update(**change)
    assert sent_at(NOON) == 0


def test_a_complaint_a_switch_and_the_customer_s_own_no_keep_it_here(maya: User) -> None:
    person = born(14, 6)
    complaint = person.customer.complaints.create(summary="Late", opened_on="2026-06-01")
    assert sent_at(NOON) == 0
    complaint.delete()
    for pause in ({"contact": person}, {"contact": None}):
        found = person.customer.pauses.create(starts_on="2026-06-10", until="2026-06-14", reason="leave", **pause)
        assert sent_at(NOON) == 0
        found.delete()
    Thanks.switch("birthday", by=maya, sends=False)
    assert sent_at(NOON) == 0
    Thanks.switch("birthday", by=maya, sends=True)
    person.customer.edit(by=maya, thanks=False)
    assert sent_at(NOON) == 0
    person.customer.edit(by=maya, thanks=True)
    assert sent_at(NOON) == 1


def test_whose_card_is_due_is_one_question(django_assert_max_num_queries: Any) -> None:
    for number in range(20):
        born(1 + number, 1, name=f"P{number} X")
    with django_assert_max_num_queries(2):
        assert len(thanking.due("birthday", datetime.fromisoformat("2026-01-15T12:00:00Z"))) == 2


def won(hanne: Contact, sam: User, maya: User, state: str, days: int = 0) -> Opportunity:
    deal = make_opportunity(sam, opened_on=None)
    call, day = ActivityType.objects.get(slug="sales-call"), timezone.localdate() - timedelta(days=days)
    deal.own_up(by=sam, contact=hanne, activity_type=call, on=day)
    found = Opportunity.objects.get(pk=deal.pk)
    found.close(by=maya, state=state, closed_on=day, amount=100)
    return found


def test_a_deal_won_long_ago_and_a_person_in_a_pause_are_not_thanked(hanne: Contact, sam: User, maya: User) -> None:
    won(hanne, sam, maya, "won", days=70)
    pause = hanne.pause(by=maya, starts_on=timezone.localdate(), until=None, reason="leave")
    won(hanne, sam, maya, "won")
    assert not Message.objects.filter(template="thanks").exists()
    pause.lift(by=maya)
    won(hanne, sam, maya, "won")
    assert Message.objects.filter(template="thanks").count() == 1


@pytest.mark.parametrize("stop", ["switch", "choice", "complaint", "pause", "nothing"])
def test_what_stands_against_it_is_asked_again_when_the_mail_leaves(
    hanne: Contact, sam: User, maya: User, stop: str, mailoutbox: Any
) -> None:
    won(hanne, sam, maya, "won")
    if stop == "switch":
        Thanks.switch("helped", by=maya, sends=False)
    elif stop == "choice":
        hanne.edit(by=None, wants_thanks=False)
    elif stop == "complaint":
        hanne.customer.complaints.create(summary="Late", opened_on=timezone.localdate())
    elif stop == "pause":
        hanne.pause(by=maya, starts_on=timezone.localdate(), until=None, reason="leave")
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        deliver_due(timezone.now())
    found = Message.objects.get(template="thanks")
    assert (found.state == "suppressed") == (stop != "nothing")
    assert any("decided for" in mail.body for mail in mailoutbox) == (stop == "nothing")


def test_whoever_spoke_is_told_once_next_morning_and_not_for_whom(hanne: Contact, sam: User, maya: User) -> None:
    hanne.edit(by=None, language="fa", timezone="Asia/Tehran")
    deal = won(hanne, sam, maya, "won")
    deal.reopen(by=maya)
    Opportunity.objects.get(pk=deal.pk).close(by=maya, state="won", closed_on=timezone.localdate())
    message = Message.objects.get(template="thanks")
    local = message.due_at.astimezone(ZoneInfo("Asia/Tehran"))
    assert (local.hour, local.minute, message.language) == (9, 0, "fa")
    assert message.due_at > timezone.now() - timedelta(minutes=1)
    letter = as_mail(message)
    assert deal.prospect not in letter.body
    assert hanne.name in letter.body


def test_a_lost_deal_thanks_nobody(hanne: Contact, sam: User, maya: User) -> None:
    won(hanne, sam, maya, "lost")
    assert not Message.objects.filter(template="thanks").exists()


@pytest.mark.parametrize(
    ("subject", "text", "code"),
    [
        ("", "Dear {name}", "bad_subject"), ("Two\nlines", "Dear {name}", "bad_subject"), ("Hi", "", "empty"),
        ("Hi {prospect}", "Dear {name}", "unknown"), ("Hi", "Dear {nmae}", "unknown"), ("Hi", "Dear {name", "brace"),
        ("Hi", "Dear name}", "brace"), ("Hi", "Dear friend", "nobody"), ("Hi", "Dear {name} {0.__class__}", "unknown"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_named_when_saving(subject: str, text: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        checked("birthday", subject, text)
    assert refusal.value.code == code


@pytest.mark.parametrize("language", ["en", "ar", "fa"])
@pytest.mark.parametrize("kind", ["anniversary", "birthday", "helped"])
def test_the_standard_words_can_be_sent_in_every_language(kind: str, language: str) -> None:
    assert checked(kind, *standard(kind, language))
    assert language == "en" or standard(kind, language) != standard(kind, "en")


def test_own_words_are_sent_as_text_and_broken_ones_give_way_to_the_standard(maya: User) -> None:
    ThanksText.write("birthday", "en", by=maya, subject="Hi {name}", text="Dear {name},\n\n<b>cake</b> & tea")
    born(14, 6)
    sent_at(NOON)
    letter = as_mail(Message.objects.get())
    assert letter.subject == "Hi Hanne Vos"
    assert "<b>cake</b> & tea" in letter.body
    assert "&lt;b&gt;cake" in str(letter.alternatives[0][0])
    ThanksText.objects.update(text="Dear {broken}")
    assert as_mail(Message.objects.get()).subject == standard("birthday", "en")[0]


def test_words_that_can_no_longer_be_sent_are_named_to_who_may_mend_them(as_user: Any, adam: User) -> None:
    ThanksText.objects.create(kind="birthday", language="fa", subject="x", text="Dear {broken}")
    page = as_user(adam).get(reverse("references:thanks")).content.decode()
    assert "{broken}" in page
    page = as_user(adam).get(reverse("references:thanks_text", args=["birthday", "fa"])).content.decode()
    assert "c-note stop" in page
    assert "Dear {broken}" in page


def test_a_test_goes_to_oneself_with_the_words_at_hand_and_saves_nothing(as_user: Any, adam: User) -> None:
    address = reverse("references:thanks_text", args=["anniversary", "ar"])
    words = {"subject": "شكرا", "text": "عزيزي {name}، {years}", "version": "0", "test": "1"}
    page = as_user(adam).post(address, words)
    assert (page.status_code, "عزيزي {name}، {years}" in page.content.decode()) == (200, True)
    message = Message.objects.get()
    assert (message.to, message.language) == (adam.email, "ar")
    assert "Hanne Vos" in as_mail(message).body
    assert not ThanksText.objects.exists()


def test_a_name_with_braces_stays_a_name() -> None:
    assert filled("Dear {name}", {"name": "{program}"}) == "Dear {program}"


def test_the_page_previews_saves_and_takes_back(as_user: Any, maya: User, sam: User) -> None:
    address = reverse("references:thanks_text", args=["birthday", "ar"])
    words = {"subject": "كل عام وأنت بخير", "text": "عزيزي {name}", "version": "0"}
    looked = as_user(maya).post(address, {**words, "preview": "1"}).content.decode()
    assert "عزيزي Hanne Vos" in looked
    assert not ThanksText.objects.exists()
    assert as_user(maya).post(address, words).status_code == 302
    assert as_user(maya).post(address, words).status_code == 422
    bad = as_user(maya).post(address, {**words, "version": "1", "text": "{nobody}"})
    assert (bad.status_code, "id_text_error" in bad.content.decode()) == (422, True)
    as_user(maya).post(address, {"reset": "1"})
    assert not ThanksText.objects.exists()
    with pytest.raises(Forbidden):
        ThanksText.write("birthday", "ar", by=sam, subject="x", text="{name}")


def test_a_person_stops_cards_by_his_own_page(client: Any, hanne: Contact) -> None:
    client.post(choosing.path(hanne.pk), {"answer": "chosen"})
    hanne.refresh_from_db()
    assert hanne.wants_thanks is False


@pytest.mark.parametrize(
    ("day", "month"), [("31", "2"), ("30", "2"), ("5", ""), ("", "5"), ("31", "4"), ("0", "1"), ("1", "13")]
)
def test_a_birthday_is_a_day_that_there_is(as_user: Any, maya: User, hanne: Contact, day: str, month: str) -> None:
    posted = {"name": "Hanne", "language": "en", "timezone": "UTC", "channel": "email"}
    address = reverse("references:contact_edit", args=[hanne.pk])
    page = as_user(maya).post(address, {**posted, "birthday_day": day, "birthday_month": month})
    assert page.status_code == 422


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_send_one_card() -> None:
    four_beats()
    assert Message.objects.filter(template="thanks").count() == 1
    assert Event.objects.filter(verb="thanks.sent").count() == 1


def four_beats() -> None:
    """Somebody's card is due and four beats look at once, all of them before any has written."""
    noon = datetime.fromisoformat(NOON)
    born(14, 6)
    barrier = threading.Barrier(4)
    due = thanking.due

    def look(kind: str, now: datetime) -> Any:
        found = due(kind, now)
        if kind == "birthday":
            barrier.wait(timeout=10)
        return found

    def beat() -> None:
        try:
            thanking.send_due(noon)
        finally:
            connection.close()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(thanking, "due", look)
        threads = [threading.Thread(target=beat) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)


@pytest.mark.django_db(transaction=True)
def test_without_the_key_the_four_would_send_four(monkeypatch: pytest.MonkeyPatch) -> None:
    written = thanking.letter
    monkeypatch.setattr(thanking, "letter", lambda *args, **how: written(*args, **{**how, "dedupe_key": None}))
    four_beats()
    assert Message.objects.filter(template="thanks").count() == 4
