"""The watch agrees with the rules, tells of each change once, and asks the database few questions."""

import threading
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from crp.accounts.models import Role, User
from crp.inbox.models import Notification
from crp.outbox.models import Message
from crp.outbox.rendering import as_mail
from references import alarms, availability, capacity, watching
from references.models import Activity, ActivityType, Contact, Customer, Hold, UsagePolicy, Watch, Willingness
from tests.conftest import make_contact, make_customer, make_user, make_willing

pytestmark = pytest.mark.django_db
RANK = ("free", "ask", "resting", "limit", "paused", "barred")


@pytest.fixture
def call(db: None) -> ActivityType:
    return ActivityType.objects.get(slug="sales-call")


def word(person: Contact, on: date) -> str:
    """The best that problems() has to say over all live activities, limits of single kinds left out."""
    words = []
    for kind in ActivityType.objects.filter(live=True):
        found = [one for one in availability.problems(person, kind, on) if one.code != "type_limit"]
        words.append(availability.standing(found).state)
    return min(words, key=RANK.index)


def watch(person: Contact) -> Watch:
    return Watch.objects.get(contact=person)


def test_its_word_agrees_with_the_rules_on_random_worlds(omar: User) -> None:
    chance = Random(7)
    kinds = list(ActivityType.objects.filter(live=True))
    UsagePolicy.objects.create(pk=1, live_count=2, contact_effort=20, customer_effort=14, cooldown_days=10)
    now = timezone.now()
    people = []
    for number in range(60):
        company = make_customer(f"C{number}", owner=chance.choice([None, None, omar]))
        person = make_contact(
            company,
            f"P{number} X",
            consent=chance.random() < 0.9,
            timezone=chance.choice(["UTC", "Pacific/Kiritimati", "America/St_Johns"]),
        )
        people.append(person)
        answer = chance.choice(["yes", "yes", "ask_first", "no"])
        for kind in kinds:
            make_willing(person, kind.slug, answer)
        day = now.astimezone(ZoneInfo(person.timezone)).date()
        for _ in range(chance.choice([0, 0, 1, 2, 3])):
            kind = chance.choice(kinds)
            Activity.log(
                person, kind, min(day, timezone.localdate()) - timedelta(days=chance.choice([0, 5, 11, 60, 95])), None
            )
        if chance.random() < 0.15:
            person.pause(by=None, starts_on=day, until=day + timedelta(days=3), reason="leave")
        if chance.random() < 0.1:
            company.complaints.create(summary="Late", opened_on=day)
    watching.refresh(now=now)
    rows = {one.contact_id: one for one in Watch.objects.of_people()}
    said = {pk: one.availability for pk, one in rows.items()}
    for person in people:
        fresh, row, day = (
            Contact.objects.get(pk=person.pk),
            rows[person.pk],
            now.astimezone(ZoneInfo(person.timezone)).date(),
        )
        assert said[person.pk] == word(fresh, day), person
        effort = capacity.effort(fresh, day)
        assert (row.effort, row.effort_held, row.effort_most) == (effort.used, effort.held, effort.limit), person
    assert set(said.values()) >= {"free", "ask", "resting", "limit", "paused", "barred"}


@pytest.mark.parametrize("seed", range(3))
def test_its_sums_and_last_asks_are_those_counted_one_by_one(seed: int) -> None:
    chance = Random(seed)
    UsagePolicy.objects.create(
        pk=1, live_count=4, live_days=40, contact_effort=None, contact_days=20, customer_effort=900, customer_days=30,
        cooldown_days=0,
    )  # fmt: skip
    kinds = list(ActivityType.objects.filter(live=True))
    now = timezone.now().replace(hour=chance.choice([1, 11, 22]))
    on = now.astimezone(ZoneInfo(settings.PROGRAM_TIME_ZONE)).date()
    people = []
    for number in range(40):
        company = people[-1].customer if number % 2 else make_customer(f"C{number}")
        person = make_contact(
            company, f"P{number} X", timezone=chance.choice(["UTC", "Pacific/Kiritimati", "Etc/GMT+12"]),
            own_count=chance.choice([None, 1, 3]), own_days=chance.choice([10, 90]),
        )  # fmt: skip
        people.append(person)
        for kind in kinds:
            make_willing(person, kind.slug)
        span = chance.choice([5, 45, 130])
        uses = [
            (chance.choice([person, person, None]), chance.choice(kinds), chance.randint(0, span))
            for _ in range(chance.randint(0, 6))
        ]
        Activity.objects.bulk_create(
            Activity(
                customer=company, contact=who, activity_type=kind, on=on - timedelta(days=days), effort=chance.randint(0, 6),
                live=chance.random() < 0.6,
            )
            for who, kind, days in uses
        )  # fmt: skip
        if chance.random() < 0.3:
            Hold.objects.bulk_create([Hold(
                customer=company, contact=person, activity_type=kinds[0], effort=3, live=True, on=on, reason=f"x:{number}",
                expires_at=now + timedelta(days=5), override_by=make_user(f"M{number} K", Role.MANAGER), override_reason="x",
            )])  # fmt: skip
    watching.refresh(now=now)
    people[0].leave(by=None, on=on)
    watching.refresh(now=now)
    for row in Watch.objects.select_related("customer", "contact__customer"):
        of, uses = row.contact or row.customer, Activity.objects.filter(customer=row.customer)
        day = now.astimezone(ZoneInfo(row.contact.timezone)).date() if row.contact else on
        usage, effort = capacity.usage(of, day), capacity.effort(of, day) if row.contact else capacity.usage(of, day)
        if row.contact:
            uses = uses.filter(contact=row.contact)
            assert row.availability == word(row.contact, day), of
        assert (row.used, row.held, row.effort, row.effort_held, row.last_asked_on) == (
            usage.used, usage.held, effort.used, effort.held, max((use.on for use in uses), default=None),
        ), of  # fmt: skip
    rows = Watch.objects.order_by("pk").values(
        "pk", "availability", "until", "used", "effort", "last_asked_on", "alarm"
    )
    whole = list(rows)
    Watch.objects.update(used=99)
    for customer in Customer.objects.all():
        watching.refresh([customer.pk], now=now)
    assert list(rows.all()) == whole


def test_the_customer_s_word_is_that_of_his_best_person(hanne: Contact) -> None:
    make_contact(hanne.customer, "Ruud Oosten", consent=False)
    watching.refresh()
    row = Watch.objects.of_customers().get(customer=hanne.customer)
    assert (row.availability, row.speakers, row.most) == ("free", 1, 12)


def test_holds_and_uses_are_counted_apart_and_near_over_and_at_are_told(hanne: Contact, call: ActivityType) -> None:
    UsagePolicy.objects.create(pk=1, live_count=2, customer_effort=100, contact_effort=None)
    steps = []
    for number in range(3):
        capacity.hold(
            hanne,
            call,
            on=timezone.localdate(),
            reason=f"a:{number}",
            label="",
            by=make_user(f"M{number} K", Role.MANAGER),
            override_reason="x",
        )
        watching.refresh()
        steps.append((watch(hanne).held, watch(hanne).alarm))
    assert steps == [(1, ""), (2, "limit"), (3, "over")]


def test_whoever_is_willing_and_never_asked_is_found(hanne: Contact, call: ActivityType) -> None:
    Contact.objects.update(created_at=timezone.now() - timedelta(days=300))
    watching.refresh()
    assert watch(hanne).alarm == "unasked"
    Activity.log(hanne, call, timezone.localdate() - timedelta(days=179), None)
    watching.refresh()
    assert watch(hanne).alarm == ""


def test_an_unchanged_row_is_not_written_again_and_keeps_its_beginning(hanne: Contact) -> None:
    Contact.objects.update(created_at=timezone.now() - timedelta(days=300))
    watching.refresh()
    first = watch(hanne)
    with time_machine.travel(timezone.now() + timedelta(hours=5)):
        watching.refresh()
    again = watch(hanne)
    assert (again.since, again.seen_at) == (first.since, first.seen_at)


def test_it_takes_as_many_statements_for_fifty_as_for_one(hanne: Contact, django_assert_max_num_queries: Any) -> None:
    for number in range(50):
        make_willing(make_contact(make_customer(f"C{number}"), f"P{number} X"))
    with django_assert_max_num_queries(9):
        watching.refresh()
    assert Watch.objects.of_people().count() == 51


class TestAlarms:
    @pytest.fixture
    def full(self, hanne: Contact, call: ActivityType, omar: User) -> Contact:
        Customer.objects.filter(pk=hanne.customer_id).update(owner=omar)
        UsagePolicy.objects.create(pk=1, live_count=1, customer_effort=100)
        Activity.log(hanne, call, timezone.localdate(), None)
        return hanne

    def test_managers_and_the_owner_hear_of_a_change_once(
        self, full: Contact, maya: User, omar: User, sam: User
    ) -> None:
        for _ in range(3):
            alarms.look()
        told = Notification.objects.filter(kind="usage.overuse").values_list("user", "context__count")
        assert sorted(told) == sorted([(maya.pk, 1), (omar.pk, 1)])
        Activity.objects.all().delete()
        alarms.look()
        assert Notification.objects.filter(kind="usage.overuse").count() == 2

    def test_a_day_without_beat_is_caught_up_once(self, full: Contact, maya: User) -> None:
        with time_machine.travel(timezone.now() + timedelta(days=1)):
            alarms.look()
            alarms.look()
        assert Notification.objects.filter(user=maya, kind="usage.overuse").count() == 1


class TestTheDigest:
    """Mondays at eight, each manager's own."""

    @pytest.fixture
    def rows(self, hanne: Contact) -> None:
        Contact.objects.update(created_at=datetime(2025, 1, 1, tzinfo=ZoneInfo("UTC")))
        Willingness.objects.update(until=None)

    @pytest.mark.parametrize(
        ("zone", "before", "after"),
        [
            ("Europe/Berlin", "2026-03-30T05:55:00Z", "2026-03-30T06:05:00Z"),
            ("Europe/Berlin", "2026-10-26T06:55:00Z", "2026-10-26T07:05:00Z"),
            ("Asia/Tehran", "2026-11-30T04:25:00Z", "2026-11-30T04:35:00Z"),
            ("America/St_Johns", "2026-11-30T11:25:00Z", "2026-11-30T11:35:00Z"),
        ],
    )
    def test_it_leaves_at_eight_of_his_own_monday_also_after_clocks_change(
        self, rows: None, maya: User, zone: str, before: str, after: str
    ) -> None:
        User.objects.filter(pk=maya.pk).update(timezone=zone, language="fa")
        for moment, sent in ((before, 0), (after, 1), (after, 1)):
            with time_machine.travel(datetime.fromisoformat(moment), tick=False):
                watching.refresh()
                alarms.send_digests()
            assert Message.objects.filter(template="usage_digest").count() == sent
        letter = as_mail(Message.objects.get(template="usage_digest"))
        assert "Hanne Vos" in letter.body
        assert Message.objects.get(template="usage_digest").language == "fa"

    def test_with_nothing_to_say_none_is_sent(self, maya: User) -> None:
        with time_machine.travel(datetime.fromisoformat("2026-11-30T12:00:00Z")):
            alarms.send_digests()
        assert not Message.objects.exists()

    def test_whoever_muted_it_gets_none(self, rows: None, maya: User) -> None:
        from crp.inbox.models import Preference

        Preference.objects.choose(maya, {"usage.digest": "off"})
        with time_machine.travel(datetime.fromisoformat("2026-11-30T12:00:00Z")):
            watching.refresh()
            alarms.send_digests()
        assert not Message.objects.filter(template="usage_digest").exists()


class TestThePage:
    def test_it_says_who_why_and_what_to_do(self, as_user: Any, maya: User, hanne: Contact, call: ActivityType) -> None:
        UsagePolicy.objects.create(pk=1, live_count=1, customer_effort=100)
        Activity.log(hanne, call, timezone.localdate(), None)
        watching.refresh()
        page = as_user(maya).get(reverse("references:watch")).content.decode()
        assert "Hanne Vos" in page
        assert "One live use of one in 90 days" in page or "1 of 1" in page
        assert reverse("references:contact_pause", args=[hanne.pk]) in page

    def test_an_owner_watches_his_own_and_others_nothing(
        self, as_user: Any, sam: User, omar: User, hanne: Contact
    ) -> None:
        Customer.objects.filter(pk=hanne.customer_id).update(owner=omar)
        Contact.objects.update(created_at=timezone.now() - timedelta(days=300))
        watching.refresh()
        address = reverse("references:watch") + "?view=unasked"
        assert "Hanne Vos" in as_user(omar).get(address).content.decode()
        assert "Hanne Vos" not in as_user(sam).get(address).content.decode()
        assert as_user(sam).get("/api/v1/watch/").json()["results"] == []

    def test_it_takes_few_queries(self, as_user: Any, maya: User, django_assert_max_num_queries: Any) -> None:
        UsagePolicy.objects.create(pk=1, live_count=1)
        kind = ActivityType.objects.get(slug="sales-call")
        for number in range(12):
            person = make_contact(make_customer(f"C{number}"), f"P{number} X")
            make_willing(person)
            Activity.log(person, kind, timezone.localdate(), None)
        watching.refresh()
        client = as_user(maya)
        client.get(reverse("references:watch"))
        with django_assert_max_num_queries(9):
            client.get(reverse("references:watch"))


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_tell_once() -> None:
    maya = make_user("Maya Keller", Role.MANAGER)
    person = make_contact(make_customer())
    make_willing(person)
    UsagePolicy.objects.create(pk=1, live_count=1)
    Activity.log(person, ActivityType.objects.get(slug="sales-call"), timezone.localdate(), None)

    def beat() -> None:
        try:
            alarms.look()
        finally:
            connection.close()

    threads = [threading.Thread(target=beat) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    with transaction.atomic():
        assert Notification.objects.filter(user=maya, kind="usage.overuse").count() == 1


def full_until(person: Contact, on: date) -> date | None:
    """The last day before room for the smallest ask, found by walking on day by day; None when a year leads to none."""
    policy = UsagePolicy.current()
    used = list(Activity.objects.filter(customer=person.customer))
    held = list(Hold.objects.live(timezone.now()).filter(customer=person.customer))

    def is_full(day: date) -> bool:
        mine = [use for use in used if use.contact_id == person.pk]
        mine_held = [one for one in held if one.contact_id == person.pk]

        def since(rows: list[Any], days: int) -> list[Any]:
            return [row for row in rows if row.on > day - timedelta(days=days)]

        live = sum(use.live for use in since(mine, policy.live_days)) + sum(one.live for one in mine_held)
        own = sum(use.live for use in since(mine, person.own_days)) + sum(one.live for one in mine_held)
        effort = sum(row.effort for row in since(mine, policy.contact_days)) + sum(one.effort for one in mine_held)
        whole = sum(row.effort for row in since(used, policy.customer_days)) + sum(one.effort for one in held)
        return (
            live >= policy.live_count or (person.own_count is not None and own >= person.own_count)
            or effort >= (policy.contact_effort or 10**6) or whole >= policy.customer_effort
        )  # fmt: skip

    day = on
    while is_full(day) and day < on + timedelta(days=400):
        day += timedelta(days=1)
    return None if day == on + timedelta(days=400) else day - timedelta(days=1)


@pytest.mark.parametrize("seed", range(4))
def test_who_is_at_a_limit_is_told_until_when(seed: int) -> None:
    chance = Random(seed)
    UsagePolicy.objects.create(
        pk=1,
        live_count=3,
        live_days=70,
        contact_effort=12,
        contact_days=50,
        customer_effort=16,
        customer_days=60,
        cooldown_days=0,
    )
    kinds = list(ActivityType.objects.filter(slug__in=["sales-call", "quote", "site-visit"]))
    now, people = timezone.now(), []
    for number in range(40):
        own = chance.choice([None, None, 1, 2])
        person = make_contact(make_customer(f"C{number}"), f"P{number} X", own_count=own, own_days=120)
        people.append(person)
        for kind in kinds:
            make_willing(person, kind.slug)
        for _ in range(chance.randint(0, 6)):
            kind, on = chance.choice(kinds), timezone.localdate() - timedelta(days=chance.randint(0, 100))
            Activity.log(person, kind, on, None)
        if chance.random() < 0.4:
            kind = chance.choice(kinds)
            Hold.objects.bulk_create([Hold(
                customer=person.customer, contact=person, activity_type=kind, effort=kind.effort, live=kind.live,
                on=timezone.localdate(), reason=f"x:{number}", expires_at=now + timedelta(days=5),
                override_by=make_user(f"M{number} K", Role.MANAGER), override_reason="x",
            )])  # fmt: skip
    watching.refresh(now=now)
    limited = Watch.objects.of_people().filter(availability="limit").select_related("contact__customer")
    assert limited
    for row in limited:
        assert row.until == full_until(row.contact, timezone.localdate()), row.contact
    assert {row.until is None for row in limited} == {True, False} or seed


def test_lists_say_when_whoever_is_at_a_limit_is_free_again(hanne: Contact, as_user: Any, maya: User) -> None:
    UsagePolicy.objects.create(pk=1, contact_effort=3, contact_days=30, live_count=9)
    for _ in range(3):
        Activity.log(hanne, ActivityType.objects.get(slug="name-drop"), date(2026, 3, 1), None)
    make_willing(hanne, "name-drop")
    with time_machine.travel(datetime(2026, 3, 12, 9, tzinfo=ZoneInfo("UTC"))):
        Contact.objects.update(consent_granted_at=timezone.now())
        watching.refresh()
        for name in ("customers", "contacts", "watch"):
            page = as_user(maya).get(reverse(f"references:{name}")).content.decode()
            assert "Free again on Tue 31 Mar" in page, name
        assert "3 points used and 0 held, of 3 in 30 days." in page
    with time_machine.travel(datetime(2026, 3, 31, 9, tzinfo=ZoneInfo("UTC"))):
        watching.refresh()
        assert watch(hanne).availability == "free"


def test_the_last_ask_is_told_from_today_also_in_a_row_drawn_before(
    hanne: Contact, call: ActivityType, as_user: Any, maya: User
) -> None:
    Activity.log(hanne, call, date(2026, 3, 1), None)
    for day, words in ((2, "yesterday"), (3, "2 days ago")):
        with time_machine.travel(datetime(2026, 3, day, 12, tzinfo=ZoneInfo("UTC"))):
            watching.refresh()
            for name in ("customers", "contacts"):
                page = as_user(maya).get(reverse(f"references:{name}")).content.decode()
                assert f'<time datetime="2026-03-01" title="1 Mar 2026">{words}</time>' in page


def test_lists_go_by_what_is_left_and_by_rest(hanne: Contact, call: ActivityType, as_user: Any, maya: User) -> None:
    busy = make_contact(make_customer("Busy"), "Jan Smit")
    make_willing(busy)
    Activity.log(busy, call, timezone.localdate() - timedelta(days=1), None)
    watching.refresh()
    busy.refresh_from_db()
    assert busy.rested_since == timezone.localdate() - timedelta(days=1)
    assert Customer.objects.get(name="Busy").effort_left == UsagePolicy.current().customer_effort - call.effort
    names = {
        sort: [
            row["name"] for row in as_user(maya).get(f"{reverse('references:customers')}?sort={sort}").context["page"]
        ]
        for sort in ("room", "-room", "rest")
    }
    assert names["room"] == names["rest"] == [hanne.customer.name, "Busy"]
    assert names["-room"] == ["Busy", hanne.customer.name]
    people = as_user(maya).get(f"{reverse('references:contacts')}?sort=rest")
    assert [row.name for row in people.context["page"]] == [hanne.name, "Jan Smit"]
    assert "c-gauge" in people.content.decode()


@pytest.mark.parametrize("seed", range(3))
def test_who_will_and_who_is_free_today_are_one_person_and_as_the_rules_have_it(
    seed: int, as_user: Any, maya: User
) -> None:
    chance, on = Random(seed), timezone.localdate()
    quote, call = (ActivityType.objects.get(slug=slug) for slug in ("quote", "sales-call"))
    people = []
    for number in range(30):
        company = make_customer(f"C{number // 2}") if number % 2 == 0 else people[-1].customer
        person = make_contact(company, f"P{number} X", consent=chance.random() < 0.8)
        people.append(person)
        for kind in (quote, call):
            if chance.random() < 0.6:
                until = chance.choice([None, on - timedelta(days=1), on])
                make_willing(person, kind.slug, chance.choice(["yes", "ask_first", "no"]), until=until)
        if number % 2 and chance.random() < 0.5:
            company.willingness.create(
                activity_type=quote,
                answer=chance.choice(["yes", "no"]),
                until=chance.choice([None, on - timedelta(days=1)]),
            )
        if chance.random() < 0.2:
            person.pause(by=None, starts_on=on, until=None, reason="leave")
        if chance.random() < 0.1:
            person.leave(by=None, on=on)
    watching.refresh()
    barred = {"no_consent", "said_no", "no_willingness", "contact_left"}
    free = set(Watch.objects.of_people().filter(availability="free").values_list("contact", flat=True))
    will = {
        person.pk for person in people
        if not barred & {one.code for one in availability.problems(person, quote, on)}
    }  # fmt: skip

    def shown(address: str) -> set[int]:
        return {row["id"] for row in as_user(maya).get(f"/api/v1/{address}&limit=100").json()["results"]}

    assert shown("contacts/?activity_type=quote") == will
    assert shown("contacts/?availability=free") == free
    assert shown("customers/?will=quote") == {person.customer_id for person in people if person.pk in will}
    assert shown("customers/?will=quote&availability=free") == {
        person.customer_id for person in people if person.pk in will & free
    }
