"""Inviting a person by signed link to say himself what he will do; and whether he may be written to at all."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crp.events import record
from crp.links.models import SignedLink
from crp.outbox import enqueue_mail
from crp.outbox.consent import guard
from crp.outbox.rendering import filled_by
from crp.verbs import Refused
from references.models import Contact
from references.models.access import allow
from references.verbs import Verb

PURPOSE, LETTER = "contact.join", "contact_join"
DAYS = 30


@guard
def may_be_written_to(contact_id: int) -> bool:
    """Not forgotten, not gone, and consent not taken back since the mail was written."""
    here = Contact.objects.present().filter(pk=contact_id, consent_withdrawn_at=None)
    return here.exists()


@transaction.atomic
def invite(person: Contact, *, by: Any) -> None:
    """Send the person a link of his own, ending earlier ones. Raises Forbidden; Refused without an address or consent."""
    allow(person.customer.can_be_managed_by(by))
    person.guard_remembered()
    if not person.email:
        raise Refused(_("Add a mail address first."), code="no_email", field="email")
    if person.consent_withdrawn_at or person.left_on:
        raise Refused(_("This person is not to be asked."), code="not_to_be_asked")
    now = timezone.now()
    SignedLink.objects.about(person).filter(purpose=PURPOSE).revoke(now)
    link, token = SignedLink.objects.issue(PURPOSE, person, expires_at=now + timedelta(days=DAYS))
    enqueue_mail(
        LETTER, to=person.email, language=person.language, timezone=person.timezone, contact_id=person.pk, outside=True,
        context={"contact": person.pk, "by": by.name, "path": f"/o/join/{token}/", "until": link.expires_at.isoformat()},
    )  # fmt: skip
    record(Verb.CONTACT_INVITED, person, person.customer, by=by, contact=person)


@filled_by(LETTER)
def fill(context: dict[str, Any]) -> dict[str, Any]:
    """The person's name, looked up when the mail leaves."""
    return {**context, "person": Contact.objects.get(pk=context["contact"]).name}
