"""Task: what a colleague means to do about a customer, and by when."""

from datetime import date, datetime
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crp import inbox
from crp.events import record
from crp.verbs import Refused, WrongState, today
from references.models.access import allow, sees_all_customers
from references.models.contact import Contact
from references.models.customer import Customer
from references.models.editing import Editable
from references.notices import Kind
from references.verbs import Verb

HOUR = 8


class TaskQuerySet(models.QuerySet["Task"]):
    """The words for asking about tasks."""

    def visible_to(self, user: Any) -> Self:
        """All for those who see every customer; else one's own, those one gave, and those about one's customers."""
        if sees_all_customers(user):
            return self
        return self.filter(models.Q(customer__owner=user) | models.Q(assignee=user) | models.Q(by=user))

    def open(self) -> Self:
        return self.filter(done_at=None)

    def done(self) -> Self:
        return self.exclude(done_at=None)

    def of(self, user: Any) -> Self:
        """Those the user is to do."""
        return self.filter(assignee=user)

    def untold(self, now: datetime) -> Self:
        """Open ones whose day has come where the assignee is, at eight in the morning, and who has not been reminded."""
        local = models.Func(
            models.Value(now, models.DateTimeField()), models.F("assignee__timezone"), arg_joiner=" AT TIME ZONE ",
            template=f"((%(expressions)s) - INTERVAL '{HOUR} hours')", output_field=models.DateTimeField(),
        )  # fmt: skip
        return (
            self.open()
            .filter(told=False)
            .annotate(day=Cast(local, models.DateField()))
            .filter(due_on__lte=models.F("day"))
        )

    @transaction.atomic
    def add(
        self,
        *,
        by: Any,
        customer: Customer,
        text: str,
        due_on: date,
        assignee: Any = None,
        contact: Contact | None = None,
    ) -> "Task":
        """
        Something to do about the customer, for oneself or a colleague who sees it too.

        Raises Forbidden without a role; Refused without words, for a day gone by, or for a colleague who can't see the customer.
        """
        allow(by is None or bool(by.roles) or customer.is_owned_by(by))
        words, person = checked_words(text), assignee or by
        if due_on < today(by):
            raise Refused(_("This day is over. Choose today or later."), code="in_the_past", field="due_on")
        guard_assignee(customer, person)
        guard_works_there(customer, contact)
        task = self.create(customer=customer, contact=contact, text=words, due_on=due_on, assignee=person, by=by)
        task.hand_over(Verb.TASK_ADDED, by=by)
        return task


def checked_words(text: str) -> str:
    """What is to be done, in one line. Raises Refused when empty."""
    words = " ".join(text.split())
    if not words:
        raise Refused(_("Say what is to be done."), code="empty", field="text")
    return words


def guard_assignee(customer: Customer, person: Any) -> None:
    """Raise Refused for a colleague who is gone or may not see the customer."""
    seen = person.is_active and Customer.objects.visible_to(person).filter(pk=customer.pk).exists()
    if not seen:
        raise Refused(_("This colleague does not see the customer."), code="not_seen", field="assignee")


def guard_works_there(customer: Customer, contact: Contact | None) -> None:
    if contact and contact.customer_id != customer.pk:
        raise Refused(_("This person works somewhere else."), code="other_customer", field="contact")


class Task(Editable):
    """Open until `done_at`. `told`: the assignee was reminded of this day."""

    event_ref = "task"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="tasks")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="tasks")
    text = models.CharField(_("what is to be done"), max_length=300)
    due_on = models.DateField(_("by"))
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="tasks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    told = models.BooleanField(default=False)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ("due_on", "pk")
        indexes = [
            models.Index(fields=["assignee", "due_on", "id"], condition=models.Q(done_at=None), name="task_mine"),
            models.Index(fields=["due_on", "id"], condition=models.Q(done_at=None), name="task_open"),
            models.Index(fields=["customer", "due_on", "id"], name="task_customer"),
            models.Index(fields=["due_on"], condition=models.Q(done_at=None, told=False), name="task_untold"),
            models.Index(fields=["-done_at", "-id"], condition=models.Q(done_at__isnull=False), name="task_done"),
            models.Index(
                fields=["assignee", "-done_at", "-id"], condition=models.Q(done_at__isnull=False), name="task_mine_done"
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def can_be_changed_by(self, user: Any) -> bool:
        """Whoever is to do it, gave it, or answers for the relationship."""
        return user.pk in (self.assignee_id, self.by_id) or self.customer.can_be_managed_by(user)

    @transaction.atomic
    def edit(self, *, by: Any, version: int | None = None, **facts: Any) -> Self:
        """Other words, another day, another colleague or person. Raises Forbidden, WrongState when done, Stale, Refused."""
        allow(self.can_be_changed_by(by))
        if "text" in facts:
            facts["text"] = checked_words(facts["text"])
        if "assignee" in facts and facts["assignee"] != self.assignee:
            guard_assignee(self.customer, facts["assignee"])
        guard_works_there(self.customer, facts.get("contact"))
        changed = self.change(version, **facts)
        if self.done_at:
            raise WrongState("done", "edit", ["open"])
        if {"due_on", "assignee"} & set(changed):
            self.told = False
            self.save(update_fields=["told"])
        if "assignee" in changed:
            self.hand_over(Verb.TASK_HANDED_OVER, by=by)
        elif changed:
            self.note(Verb.TASK_EDITED, by=by)
        return self

    @transaction.atomic
    def finish(self, *, by: Any) -> Self:
        """Done. Raises Forbidden, WrongState when it was."""
        return self.turn(Verb.TASK_DONE, by=by, done=True)

    @transaction.atomic
    def reopen(self, *, by: Any) -> Self:
        """Not done after all. Raises Forbidden, WrongState when it is open."""
        return self.turn(Verb.TASK_REOPENED, by=by, done=False)

    def turn(self, verb: Verb, *, by: Any, done: bool) -> Self:
        """Lock, guard, mark and record."""
        allow(self.can_be_changed_by(by))
        self.refresh_from_db(from_queryset=type(self)._base_manager.select_for_update())
        if bool(self.done_at) == done:
            raise WrongState("done" if done else "open", "finish" if done else "reopen", ["open" if done else "done"])
        self.done_at, self.done_by = (timezone.now(), by) if done else (None, None)
        self.save(update_fields=["done_at", "done_by"])
        self.note(verb, by=by)
        return self

    def hand_over(self, verb: Verb, *, by: Any) -> None:
        """Record whose it is now, and let him hear of it unless he took it himself."""
        event = self.note(verb, by=by, to=self.assignee.name)
        inbox.notify([self.assignee], Kind.TASK_GIVEN, event=event, url=self.address, context=self.facts)

    def note(self, verb: Verb, *, by: Any, **more: Any) -> Any:
        return record(verb, self, self.customer, by=by, contact=self.contact, **self.facts, **more)

    @property
    def address(self) -> str:
        return reverse("references:task", args=[self.pk])

    @property
    def facts(self) -> dict[str, Any]:
        """What events and notices tell; `words` is forgotten with the person it is about."""
        return {"customer": self.customer.name, "words": self.text, "on": self.due_on.isoformat()}
