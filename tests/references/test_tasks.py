"""Tasks: whose, by when, reminded once on the right morning, done and taken back."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from crp.accounts.models import Role, User
from crp.events.models import Event
from crp.inbox.models import Notification
from crp.outbox.models import Message
from crp.verbs import Forbidden, Refused, Stale, WrongState, today
from references import reminding
from references.models import Contact, Customer, Task
from tests.conftest import make_contact, make_customer, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def nordfracht(omar: User) -> Customer:
    return make_customer("Nordfracht", owner=omar)


def to_do(customer: Customer, by: User, **more: Any) -> Task:
    facts = {"text": "Ask about spring", "due_on": today() + timedelta(days=2), **more}
    return Task.objects.add(by=by, customer=customer, **facts)


def test_a_task_given_to_a_colleague_is_told_to_him_and_one_s_own_is_not(
    nordfracht: Customer, maya: User, sam: User
) -> None:
    to_do(nordfracht, maya)
    assert not Notification.objects.exists()
    made = to_do(nordfracht, maya, assignee=sam)
    told = Notification.objects.get()
    assert (told.user, told.kind, told.url) == (sam, "task.given", made.address)
    assert "Ask about spring" in told.sentence
    assert Event.objects.filter(verb="task.added", by=maya).count() == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"text": "  "}, "text"), ({"due_on": today() - timedelta(days=1)}, "due_on")],
)
def test_a_task_without_words_or_in_the_past_is_refused(
    nordfracht: Customer, maya: User, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        to_do(nordfracht, maya, **wrong)
    assert refusal.value.field == field
    assert not Task.objects.exists()


def test_nobody_is_given_a_task_about_a_customer_he_does_not_see(maya: User, sam: User) -> None:
    hidden = make_customer("Port de Sète", status="candidate")
    with pytest.raises(Refused) as refusal:
        to_do(hidden, maya, assignee=sam)
    assert refusal.value.field == "assignee"
    elsewhere = make_contact(make_customer("Elsewhere"))
    with pytest.raises(Refused) as refusal:
        to_do(hidden, maya, contact=elsewhere)
    assert refusal.value.field == "contact"


def at(moment: str) -> int:
    with time_machine.travel(datetime.fromisoformat(moment), tick=False):
        return reminding.remind()


@pytest.mark.parametrize(
    ("zone", "due", "before", "after"),
    [
        ("Europe/Berlin", "2027-03-28", "2027-03-28T05:59:00Z", "2027-03-28T06:01:00Z"),
        ("Europe/Berlin", "2027-10-31", "2027-10-31T06:59:00Z", "2027-10-31T07:01:00Z"),
        ("America/New_York", "2027-03-14", "2027-03-14T11:59:00Z", "2027-03-14T12:01:00Z"),
        ("Asia/Tehran", "2027-01-10", "2027-01-10T04:29:00Z", "2027-01-10T04:31:00Z"),
        ("Pacific/Kiritimati", "2027-01-10", "2027-01-09T17:59:00Z", "2027-01-09T18:01:00Z"),
    ],
)
def test_the_reminder_comes_once_at_eight_of_the_assignee_s_own_day(
    nordfracht: Customer, maya: User, zone: str, due: str, before: str, after: str
) -> None:
    User.objects.filter(pk=maya.pk).update(timezone=zone)
    to_do(nordfracht, maya, due_on=datetime.fromisoformat(due).date())
    assert [at(before), at(after), at(after)] == [0, 1, 0]
    assert Notification.objects.filter(kind="task.due", user=maya).count() == 1


def test_another_day_is_reminded_of_anew_and_what_is_done_is_not(nordfracht: Customer, maya: User) -> None:
    task = to_do(nordfracht, maya, due_on=datetime(2027, 1, 10).date())
    assert at("2027-01-10T12:00:00Z") == 1
    task.edit(by=maya, due_on=datetime(2027, 1, 12).date())
    assert (at("2027-01-11T12:00:00Z"), at("2027-01-12T12:00:00Z")) == (0, 1)
    other = to_do(nordfracht, maya, due_on=datetime(2027, 1, 10).date())
    other.finish(by=maya)
    assert at("2027-01-13T12:00:00Z") == 0


def test_a_beat_that_was_off_for_days_reminds_late_rather_than_never(nordfracht: Customer, maya: User) -> None:
    to_do(nordfracht, maya, due_on=datetime(2027, 1, 10).date())
    assert at("2027-01-15T12:00:00Z") == 1


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_remind_once(nordfracht: Customer, maya: User) -> None:
    to_do(nordfracht, maya, due_on=today())
    Task.objects.update(due_on=today() - timedelta(days=2))
    told: list[int] = []

    def beat() -> None:
        try:
            told.append(reminding.remind())
        finally:
            connection.close()

    threads = [threading.Thread(target=beat) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(told) == [0, 0, 0, 1]
    assert Message.objects.filter(template="notification").count() == 1


def test_done_can_be_taken_back_and_not_twice(nordfracht: Customer, maya: User, sam: User) -> None:
    task = to_do(nordfracht, maya, assignee=sam)
    task.finish(by=sam)
    with pytest.raises(WrongState):
        task.finish(by=maya)
    with pytest.raises(WrongState):
        task.edit(by=maya, text="Other")
    task.reopen(by=maya)
    assert task.done_at is None
    assert list(Event.objects.filter(verb__startswith="task.").order_by("pk").values_list("verb", flat=True)) == [
        "task.added", "task.done", "task.reopened",
    ]  # fmt: skip


def test_the_second_of_two_tabs_is_told(nordfracht: Customer, maya: User) -> None:
    task = to_do(nordfracht, maya)
    Task.objects.get().edit(by=maya, text="Ask about May", version=1)
    with pytest.raises(Stale):
        task.edit(by=maya, text="Ask about June", version=1)
    assert Task.objects.get().text == "Ask about May"


def test_a_rep_sees_his_own_and_those_of_his_customers(
    nordfracht: Customer, maya: User, sam: User, sofia: User, omar: User
) -> None:
    task = to_do(nordfracht, maya, assignee=sam)
    seen = {user.name.split()[0]: Task.objects.visible_to(user).exists() for user in (maya, sam, sofia, omar)}
    assert seen == {"Maya": True, "Sam": True, "Sofia": False, "Omar": True}
    with pytest.raises(Forbidden):
        task.finish(by=sofia)


def test_one_line_on_the_record_is_one_s_own_task(as_user: Any, nordfracht: Customer, maya: User) -> None:
    day = today() + timedelta(days=7)
    address = reverse("references:task_new", args=[nordfracht.pk])
    as_user(maya).post(address, {"text": "Ring Hanne", "due_on": day.isoformat()})
    task = Task.objects.get()
    assert (task.assignee, task.due_on, task.text) == (maya, day, "Ring Hanne")
    panel = as_user(maya).get(reverse("references:customer_tasks", args=[nordfracht.pk])).content.decode()
    assert "Ring Hanne" in panel
    bad = as_user(maya).post(address, {"text": "", "due_on": "2020-01-01"})
    assert bad.status_code == 422


def test_the_list_takes_as_many_queries_for_fifty_as_for_one(
    as_user: Any, nordfracht: Customer, maya: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        to_do(nordfracht, maya, text=f"Task {number}")
    page = as_user(maya)
    with django_assert_max_num_queries(5):
        page.get(reverse("references:tasks"))
    with django_assert_max_num_queries(5):
        page.get(reverse("references:customer_tasks", args=[nordfracht.pk]))


def test_erasing_a_person_forgets_the_words_of_tasks_about_him(hanne: Contact, maya: User) -> None:
    task = to_do(
        hanne.customer, maya, contact=hanne, text="Ring Hanne Vos", assignee=make_user("Noor Saleh", Role.MANAGER)
    )
    assert "Hanne" in str(Notification.objects.get().context)
    hanne.erase(by=maya)
    task.refresh_from_db()
    assert (task.text, task.contact) == ("–", None)
    assert "Hanne" not in str(list(Notification.objects.values_list("context", flat=True)))
    assert "Hanne" not in str(list(Event.objects.values_list("data", flat=True)))
