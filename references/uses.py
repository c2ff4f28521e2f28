"""This floor's own uses of a person, and what of his words it forgets."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from crp.events.models import Event
from crp.inbox.models import Notification
from crp.outbox.models import Message
from references.models import Activity, Nomination, SurveyAsk
from references.stopping import forgets
from references.whereabouts import MOST, Use, names_uses


@names_uses
def ledger(contact: Any, user: Any) -> list[Use]:
    """What he did for us. One query."""
    rows = Activity.objects.visible_to(user).filter(contact=contact).select_related("activity_type")[:MOST]
    url = reverse("references:contact", args=[contact.pk])
    return [Use(_("Activity"), str(row.activity_type), url, _("Took place"), row.on) for row in rows]


@names_uses
def nominations(contact: Any, user: Any) -> list[Use]:
    """Nominations that name him. One query."""
    rows = Nomination.objects.visible_to(user).filter(contact=contact).select_related("customer")[:MOST]
    return [
        Use(
            _("Nomination"), row.customer.name, reverse("references:nomination", args=[row.pk]),
            str(row.get_state_display()), row.created_at.date(), row.can("approve"),
        )
        for row in rows
    ]  # fmt: skip


@forgets
def words(contact: Any) -> None:
    """Mail to him, notes about him, what was asked and said."""
    Message.objects.all().forget(contact.pk)
    Event.objects.all().forget_words(contact.pk)
    contact.notes.update(text="–", contact=None)
    forget_notices(contact)
    contact.tasks.update(text="–", contact=None)
    contact.referrals.update(note="", contact=None)
    contact.rewards.update(why="–")
    contact.merges.update(folded="", source="", external_id="")
    contact.complaints.update(summary="–", contact=None)
    contact.nominations.update(contact=None, reason="–")
    SurveyAsk.objects.filter(contact=contact).delete()
    contact.activities.update(note="", prospect="")


def forget_notices(contact: Any) -> None:
    """What was to be done about him, out of colleagues' inboxes."""
    told = [task.address for task in contact.tasks.all()]
    for notice in Notification.objects.filter(url__in=told):
        notice.context.pop("words", None)
        notice.save(update_fields=["context"])
