"""Mails and calendar entries as they leave."""

import zoneinfo
from datetime import timedelta

import icalendar
import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from crp.events.models import Event
from crp.events.registry import person_names
from crp.inbox.models import Notification, sentence
from crp.outbox.models import Message
from crp.outbox.rendering import as_mail
from requests_app.notices import Kind
from requests_app.verbs import Verb


def calendar_of(message):
    mail = as_mail(message)
    part = next(content for content, kind in mail.alternatives if kind.startswith("text/calendar"))
    return icalendar.Calendar.from_ical(part)


def entries(template):
    return {message.to: message for message in Message.objects.filter(template=template).order_by("pk")}


@pytest.mark.parametrize("language", ["en", "ar", "fa"])
def test_the_invitation_reads_in_the_persons_language_and_names_the_link(proposed, hanne, maya, language):
    hanne.language = language
    hanne.save()
    proposed.invite(by=maya, slots=[timezone.now() + timedelta(days=2)], message="You can be frank.")
    message = Message.objects.get(template="assignment_invite")
    mail = as_mail(message)
    assert message.context["path"] in mail.body
    assert "You can be frank." in mail.body
    assert "Hanne Vos" in mail.body
    assert message.context["path"] in mail.alternatives[0][0]


def test_everybody_gets_an_entry_in_his_own_calendar_and_nobody_elses_address(accepted, hanne, sam, maya):
    at = timezone.now().replace(microsecond=0) + timedelta(days=3)
    accepted.schedule(by=maya, at=at)
    found = entries("assignment_scheduled")
    assert set(found) == {hanne.email, sam.email, maya.email}
    for address, message in found.items():
        calendar = calendar_of(message)
        event = calendar.walk("VEVENT")[0]
        assert calendar["METHOD"] == "REQUEST"
        assert event.decoded("dtstart") == at
        others = {one for one in found if one != address}
        assert not any(other in calendar.to_ical().decode() for other in others)


def test_moving_and_calling_off_follow_the_first_entry(accepted, maya, sam):
    at = timezone.now() + timedelta(days=3)
    accepted.schedule(by=maya, at=at)
    accepted.schedule(by=maya, at=at + timedelta(hours=1))
    accepted.withdraw(by=maya)
    mine = Message.objects.filter(to=sam.email, template__startswith="assignment_").order_by("pk")
    calendars = [calendar_of(message) for message in mine]
    found = [(calendar["METHOD"], calendar.walk("VEVENT")[0]["SEQUENCE"]) for calendar in calendars]
    assert found == [("REQUEST", 1), ("REQUEST", 2), ("CANCEL", 3)]
    assert len({str(calendar.walk("VEVENT")[0]["UID"]) for calendar in calendars}) == 1


def test_the_time_is_told_in_the_readers_zone(accepted, hanne, maya):
    hanne.timezone = "Asia/Tokyo"
    hanne.save()
    at = (timezone.now() + timedelta(days=3)).replace(hour=1, minute=5)
    accepted.schedule(by=maya, at=at)
    there = at.astimezone(zoneinfo.ZoneInfo("Asia/Tokyo"))
    assert f"{there:%H:%M}" in as_mail(entries("assignment_scheduled")[hanne.email]).body


def test_somebody_never_told_hears_nothing_when_it_is_called_off(proposed, maya):
    proposed.withdraw(by=maya)
    assert not Message.objects.filter(outside=True).exists()


@pytest.mark.parametrize("verb", Verb.values)
@pytest.mark.parametrize("language", ["en", "fa"])
def test_every_verb_has_a_sentence(proposed, maya, verb, language):
    data = {
        "number": "R-1",
        "activity": "Sales call",
        "deal": "",
        "at": "2026-12-17T13:00:00+00:00",
        "on": "2026-12-17",
    }
    event = Event(verb=verb, actor_name="Maya", contact_id=proposed.contact_id, data=data, at=timezone.now())
    event.person = person_names([proposed.contact_id])[proposed.contact_id]
    with translation.override(language):
        words = render_to_string(event.template, {"event": event})
    assert "<b>" in words or "R-1" in words
    assert "2026-12-17" not in words


@pytest.mark.parametrize("kind", Kind.values)
def test_every_kind_of_notice_has_a_sentence(db, kind):
    facts = {"number": "R-1", "activity": "Sales call", "customer": "Vlaardingen", "need_by": "2026-12-17", "at": ""}
    assert "R-1" in sentence(kind, None, facts)


def test_notices_lead_to_the_thing(proposed, invited, maya):
    invited.decline()
    notice = Notification.objects.filter(user=maya).latest("pk")
    assert notice.url == invited.get_absolute_url()
    assert "Hanne" not in str(notice.context)
