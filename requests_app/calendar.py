"""The agreed time as an entry for everyone's own calendar (iCalendar, RFC 5545; invitations RFC 5546)."""

from datetime import timedelta
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event, vCalAddress, vText

REQUEST, CANCEL = "REQUEST", "CANCEL"


def entry(assignment: Any, *, method: str, sequence: int, title: str, about: str, reader: tuple[str, str]) -> str:
    """
    The iCalendar text of one entry for one reader (name, address). Times are UTC, so every calendar shows its own zone's.

    The same UID and a higher `sequence` move or cancel what was sent before. Nobody else's address is told.
    """
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    event = Event()
    event.add("uid", f"assignment-{assignment.pk}@{host}")
    event.add("dtstamp", timezone.now())
    event.add("dtstart", assignment.scheduled_at)
    event.add("dtend", assignment.scheduled_at + timedelta(minutes=assignment.scheduled_minutes))
    event.add("sequence", sequence)
    event.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    event.add("summary", title)
    event.add("description", about)
    event.add("organizer", address(*parseaddr(settings.DEFAULT_FROM_EMAIL)))
    attendee = address(*reader)
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    event.add("attendee", attendee, encode=False)
    calendar = Calendar()
    calendar.add("prodid", "-//CRP//references//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    return calendar.to_ical().decode()


def address(name: str, email: str) -> vCalAddress:
    found = vCalAddress(f"mailto:{email}")
    if name:
        found.params["CN"] = vText(name)
    return found
