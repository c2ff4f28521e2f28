"""Reminders: once a day, in working hours, to whom it concerns; and what the clock ends."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from crp.inbox.models import Notification
from crp.outbox.models import Message
from requests_app import clocks, reminders
from requests_app.models import Assignment, ReferenceRequest
from tests.requests_app.conftest import ask, last_event

# A Wednesday.
NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def wednesday():
    with time_machine.travel(NOON, tick=True):
        yield


def notices(kind):
    return list(Notification.objects.filter(kind=kind).order_by("pk"))


def test_a_request_that_is_due_soon_is_said_once_a_day(sam, deal, call, maya):
    ask(sam, deal, call, need_by=(NOON + timedelta(days=1)).date())
    for minutes in (0, 10, 300):
        reminders.send(NOON + timedelta(minutes=minutes))
    assert [(one.user, one.dedupe_key[-14:]) for one in notices("request.due")] == [(maya, "due:2026-11-18")]
    reminders.send(NOON + timedelta(days=1))
    assert len(notices("request.due")) == 2


def test_two_beats_at_once_and_a_repeat_after_a_crash_remind_once(sam, deal, call, maya):
    ask(sam, deal, call, need_by=NOON.date())
    [due] = list(reminders.due_soon(NOON))
    for _beat in range(2):
        from crp.inbox import notify

        notify([due.user], due.kind, context=due.about.facts | due.facts, dedupe_key=due.key(NOON))
    assert len(notices("request.due")) == 1
    assert Message.objects.filter(to=maya.email, dedupe_key__contains="reminder:").count() == 1


@pytest.mark.parametrize(
    ("zone", "hour", "day", "works"),
    [
        ("UTC", 12, 18, True),
        ("UTC", 7, 18, False),
        ("UTC", 18, 18, False),
        ("Asia/Tokyo", 23, 17, True),
        ("America/Los_Angeles", 12, 18, False),
        ("UTC", 12, 21, False),
        ("Asia/Tehran", 10, 20, False),
        ("Asia/Tehran", 10, 21, True),
        ("Asia/Riyadh", 10, 21, False),
    ],
)
def test_working_hours_are_the_readers_own(zone, hour, day, works):
    assert reminders.at_work(datetime(2026, 11, day, hour, tzinfo=UTC), zone) is works


def test_the_day_in_the_key_is_the_readers_own(sam, deal, call, maya):
    maya.timezone = "Asia/Tokyo"
    maya.save()
    ask(sam, deal, call, need_by=NOON.date())
    reminders.send(datetime(2026, 11, 17, 23, 30, tzinfo=UTC))
    assert [one.dedupe_key[-10:] for one in notices("request.due")] == ["2026-11-18"]


def test_a_silent_owner_is_reminded_then_the_manager_told_then_it_lapses(wanted, owned, maya, omar):
    found = wanted.propose(contact=owned, by=maya)
    reminders.send(NOON + timedelta(hours=1))
    assert len(notices("assignment.owner_asked")) == 1
    reminders.send(NOON + timedelta(hours=25))
    assert [one.user for one in notices("assignment.owner_asked")] == [omar, omar]
    assert not notices("assignment.owner_silent")
    reminders.send(NOON + timedelta(hours=49))
    assert [one.user for one in notices("assignment.owner_silent")] == [maya]
    assert clocks.lapse_overdue(NOON + timedelta(hours=49)) == 0
    assert clocks.lapse_overdue(NOON + timedelta(hours=97)) == 1
    found.refresh_from_db()
    assert found.state == "lapsed"


def test_a_silent_contact_is_reminded_once_in_his_own_hours_and_then_it_lapses(invited, hanne, maya):
    hanne.timezone = "America/Los_Angeles"
    hanne.save()
    reminders.send(NOON + timedelta(hours=48))
    assert not Message.objects.filter(template="assignment_reminder").exists()
    for hours in (54, 55, 78):
        reminders.send(NOON + timedelta(hours=hours))
    assert Message.objects.filter(template="assignment_reminder", to=hanne.email, outside=True).count() == 1
    assert clocks.lapse_overdue(NOON + timedelta(hours=97)) == 1
    assert last_event(invited, "assignment.lapsed")
    assert [one.user for one in notices("assignment.contact_silent")] == [maya]


def test_a_missing_debrief_is_asked_for_the_day_after(accepted, maya, sam):
    accepted.schedule(by=maya, at=NOON + timedelta(hours=2))
    reminders.send(NOON + timedelta(hours=4))
    assert not notices("assignment.debrief_missing")
    reminders.send(NOON + timedelta(days=1))
    assert [one.user for one in notices("assignment.debrief_missing")] == [sam]


def test_a_request_expires_two_weeks_after_its_day_unless_somebody_agreed(wanted, accepted, sam, deal, call):
    other = ask(sam, deal, call, need_by=wanted.need_by)
    day = wanted.need_by
    assert clocks.expire_overdue(day + timedelta(days=14)) == 0
    assert clocks.expire_overdue(day + timedelta(days=15)) == 1
    assert [ReferenceRequest.objects.get(pk=one.pk).state for one in (wanted, other)] == ["in_review", "expired"]
    assert last_event(other, "request.expired").by is None


def test_lapsing_goes_on_after_one_that_was_answered_meanwhile(invited, monkeypatch):
    stale = Assignment.objects.filter(pk=invited.pk)
    monkeypatch.setattr(type(Assignment.objects.all()), "overdue", lambda self, *args: stale)
    invited.accept()
    assert clocks.lapse_overdue(timezone.now()) == 0
