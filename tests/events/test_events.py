from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction
from django.template.loader import get_template
from django.utils import timezone

from crp.accounts.models import User
from crp.accounts.verbs import Verb
from crp.events import Timeline, record, registry
from crp.events.models import Event
from tests.conftest import make_contact, make_customer


def happen(user: User, times: int = 1, **data: Any) -> list[Event]:
    return [record(Verb.MOVED, user, user.team, by=user, name=user.name, team=f"T{n}", **data) for n in range(times)]


def test_an_event_names_its_verb_its_subjects_and_who_did_it(sam: User) -> None:
    [event] = happen(sam)

    assert (event.verb, event.subject, event.actor_name) == ("user.moved", f"user:{sam.pk}", "Sam Brandt")
    assert event.about == [f"user:{sam.pk}", f"team:{sam.team_id}"]


def test_a_verb_nobody_registered_is_refused(sam: User) -> None:
    with pytest.raises(ValueError, match=r"user\.flew"):
        record("user.flew", sam)


def test_two_apps_cannot_claim_one_verb() -> None:
    class Twin(models.TextChoices):
        MOVED = "user.moved"

    with pytest.raises(ValueError, match="Two apps"):
        registry.register(Twin)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events_event SET actor_name = 'Nobody'",
        "DELETE FROM events_event",
        "UPDATE events_event SET data = '{}'",
    ],
)
def test_the_database_keeps_what_happened(sam: User, statement: str) -> None:
    happen(sam)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert Event.objects.get().actor_name == "Sam Brandt"


def test_nor_does_the_orm_change_it(sam: User) -> None:
    [event] = happen(sam)
    for act in (event.delete, Event.objects.all().delete, event.save):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


@pytest.mark.parametrize("verb", sorted(registry.VERBS))
def test_every_verb_has_a_sentence(verb: str, sam: User) -> None:
    event = Event(verb=verb, actor_name="Sam", at=timezone.now(), subject="user:1", about=[])
    event.person = "Hanne Vos"
    words = get_template(event.template).render({"event": event})

    assert words.strip()


def test_every_reserved_verb_exists() -> None:
    assert set(registry.VERBS) >= registry.RESERVED


def test_a_timeline_is_newest_first_and_goes_on_earlier(sam: User, maya: User) -> None:
    events = happen(sam, 5)
    latest = Timeline.about(sam, user=maya, limit=3)
    earlier = Timeline.about(sam, user=maya, limit=3, before=latest.last)

    assert [event.pk for event in latest.events + earlier.events] == [event.pk for event in reversed(events)]
    assert (latest.more, earlier.more) == (True, False)


def test_a_timeline_takes_three_queries_however_long(sam: User, maya: User, django_assert_max_num_queries: Any) -> None:
    contact = make_contact(make_customer())
    for event in range(30):
        record(Verb.MOVED, sam, contact=contact, team=str(event))
    with django_assert_max_num_queries(3):
        timeline = Timeline.about(sam, user=maya)

    assert {event.person for event in timeline.events} == {"Hanne Vos"}


def test_a_sales_rep_does_not_read_what_is_reserved(sam: User, maya: User, monkeypatch: pytest.MonkeyPatch) -> None:
    happen(sam)
    monkeypatch.setattr(registry, "RESERVED", {"user.moved"})

    assert not Timeline.about(sam, user=sam).events
    assert Timeline.about(sam, user=maya).events


def test_the_page_shows_the_latest_and_the_way_to_the_rest(as_user: Any, sam: User, maya: User) -> None:
    happen(sam, 25)
    page = as_user(maya).get(f"/events/user:{sam.pk}/")
    earlier = as_user(maya).get(
        f"/events/user:{sam.pk}/?before={Event.objects.order_by('pk')[5].pk}", headers={"HX-Request": "true"}
    )

    assert page.content.count(b'id="event-') == 20
    assert b"Earlier" in page.content
    assert earlier.content.count(b'id="event-') == 5
    assert b"<html" not in earlier.content


@pytest.mark.parametrize("reference", ["user:0", "user:x", "user:", "nothing:1", "user:" + "9" * 30, "link:1"])
def test_a_subject_of_nonsense_is_not_there(as_user: Any, maya: User, reference: str) -> None:
    assert as_user(maya).get(f"/events/{reference}/").status_code == 404


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "%00"])
def test_a_moment_of_nonsense_shows_the_latest(as_user: Any, sam: User, maya: User, before: str) -> None:
    happen(sam)
    assert b'id="event-' in as_user(maya).get(f"/events/user:{sam.pk}/?before={before}").content


def test_the_api_tells_managers_everything_and_others_their_own(
    as_user: Any, sam: User, sofia: User, maya: User
) -> None:
    happen(sam)
    happen(sofia)

    def told(user: User, query: str = "") -> int:
        return len(as_user(user).get(f"/api/v1/events/{query}").json()["results"])

    assert (told(maya), told(sam), told(sofia)) == (2, 1, 1)
    assert told(sam, f"?about=user:{sofia.pk}") == 1
    assert told(sam, "?about=nothing:1") == 0
    assert told(maya, "?verb=user.moved") == 2
