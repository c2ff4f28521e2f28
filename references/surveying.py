"""Asking people what they think of us, by a link of their own, and taking down what they say."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crp.events.writing import record_each
from crp.links.models import SignedLink, fingerprint, token_of
from crp.outbox import enqueue, letter
from crp.outbox.rendering import filled_by
from crp.ui import formats
from crp.verbs import Refused
from references.models import Contact
from references.models.access import allow, may_set_up
from references.models.survey import SurveyKind, SurveyResponse
from references.models.survey_ask import QUIET, SurveyAsk, askable
from references.verbs import Verb

PURPOSE, LETTER = "survey.answer", "survey_ask"
DAYS = 30
# As many as one press may write to; the next press asks the next.
MOST = 1_000


@transaction.atomic
def ask(person: Contact, kind: str, *, by: Any) -> SurveyAsk:
    """Send one person the question. Raises Forbidden; Refused without an address, after a no, or too soon."""
    allow(person.customer.can_be_managed_by(by))
    if kind not in SurveyKind.values:
        raise Refused(_("Choose one of the questions."), code="unknown_kind", field="kind")
    now = timezone.now()
    # The lock keeps two colleagues from asking at once.
    found = Contact.objects.select_for_update().select_related("customer").get(pk=person.pk)
    if not askable(kind, now).filter(pk=found.pk).exists():
        raise _refusal(found, kind, now)
    return send([found], kind, by=by, now=now)[0]


def _refusal(person: Contact, kind: str, now: datetime) -> Refused:
    """Why the person can't be asked."""
    if not person.email:
        return Refused(_("Add a mail address first."), code="no_email", field="email")
    last = SurveyAsk.objects.lately(kind, now).filter(contact=person).first()
    if last:
        facts = {"name": person.name, "day": formats.day((last.sent_at + QUIET).date())}
        return Refused(_("%(name)s was asked lately; ask again from %(day)s.") % facts, code="asked_lately")
    if SurveyResponse.objects.filter(contact=person, kind=kind, on__gt=(now - QUIET).date()).exists():
        return Refused(_("%(name)s answered lately.") % {"name": person.name}, code="answered_lately")
    return Refused(_("This person is not to be asked."), code="not_to_be_asked")


@transaction.atomic
def ask_all(kind: str, *, by: Any, **narrowed: Any) -> int:
    """
    Send the question to up to MOST people who may be asked and whom `narrowed` (conditions on contacts) leaves; how many.

    Raises Forbidden, Refused when there is nobody.
    """
    allow(may_set_up(by))
    now = timezone.now()
    people = (
        askable(kind, now)
        .filter(**narrowed)
        .select_related("customer")
        .select_for_update(of=("self",), skip_locked=True)
    )
    found = list(people.order_by("pk")[:MOST])
    if not found:
        raise Refused(_("There is nobody to ask: everyone was asked or answered lately."), code="nobody")
    return len(send(found, kind, by=by, now=now))


def send(people: list[Contact], kind: str, *, by: Any, now: datetime) -> list[SurveyAsk]:
    """Asks, links, letters and events for people who may be asked, in a constant number of statements."""
    asks = SurveyAsk.objects.bulk_create([SurveyAsk(contact=one, kind=kind, by=by, sent_at=now) for one in people])
    tokens = {one.pk: token_of() for one in asks}
    until, name = now + timedelta(days=DAYS), by.name if by else ""
    SignedLink.objects.bulk_create(
        SignedLink(
            purpose=PURPOSE, subject=f"{SurveyAsk.event_ref}:{one.pk}", token_hash=fingerprint(tokens[one.pk]), expires_at=until
        )
        for one in asks
    )  # fmt: skip
    enqueue([
        letter(
            LETTER, to=one.contact.email, language=one.contact.language, timezone=one.contact.timezone, contact_id=one.contact_id,
            outside=True, dedupe_key=f"survey_ask:{one.pk}",
            context={"contact": one.contact_id, "by": name, "kind": kind, "path": f"/o/survey/{tokens[one.pk]}/"},
        )
        for one in asks
    ])  # fmt: skip
    record_each(Verb.SURVEY_ASKED, asks, by=by, contact_of=lambda one: one.contact, kind=kind)
    return asks


@filled_by(LETTER)
def fill(context: dict[str, Any]) -> dict[str, Any]:
    """The person's name, looked up when the mail leaves."""
    return {**context, "person": Contact.objects.get(pk=context["contact"]).name}


@transaction.atomic
def answer(asked: SurveyAsk, *, score: int, comment: str, offers: bool) -> SurveyResponse:
    """What the person said by his link; as long as the link works he may think again. Raises Refused."""
    asked.refresh_from_db(from_queryset=SurveyAsk.objects.select_for_update())
    if asked.response:
        return asked.response.change(score=score, comment=comment, offers=offers)
    person, now = asked.contact, timezone.now()
    asked.response = SurveyResponse.objects.note(
        by=None, customer=person.customer, contact=person, kind=asked.kind, score=score, on=timezone.localdate(now),
        comment=comment, offers=offers,
    )  # fmt: skip
    asked.answered_at = now
    asked.save(update_fields=["response", "answered_at"])
    return asked.response
