"""
Thank-you mails that leave by themselves, each once, at nine in the morning of the person's own day.

The right day: on 29 February's birthday 28 February in other years. A day that beat missed is caught up the day after, then left
out. What is due is asked of the database in one statement a kind; the key of person and year makes a repeat harmless.
"""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext as _

from crp.events import record
from crp.outbox import enqueue, letter
from crp.outbox.consent import still_wanted
from crp.outbox.models import Message
from crp.outbox.rendering import filled_by
from crp.verbs import Refused
from references.models import ActivityType, Contact
from references.models.thanks import Thanks, ThanksKind, ThanksText, filled, years_in_words
from references.verbs import Verb

LETTER, HOUR, MOST = "thanks", time(9), 500
# A deal closed long ago was closed in the books only now.
FRESH = timedelta(days=60)

# Today in the person's zone and the day before, for what was missed; only between nine and eight in the evening there.
DUE = """
WITH people AS (
    SELECT c.id, c.birthday_day, c.birthday_month, c.reference_since AS joined, (%(now)s AT TIME ZONE c.timezone)::date AS today
    FROM references_contact c JOIN references_customer cu ON cu.id = c.customer_id
    WHERE c.erased_at IS NULL AND c.left_on IS NULL AND c.consent_granted_at IS NOT NULL AND c.consent_withdrawn_at IS NULL
        AND c.wants_thanks AND cu.thanks AND c.email <> '' AND cu.status = 'active' AND {possible}
        AND (%(now)s AT TIME ZONE c.timezone)::time BETWEEN '09:00' AND '20:00'
        AND NOT EXISTS (SELECT 1 FROM references_complaint k WHERE k.customer_id = c.customer_id AND k.closed_on IS NULL)
        AND NOT EXISTS (
            SELECT 1 FROM references_pause u WHERE u.customer_id = c.customer_id AND u.lifted_at IS NULL
                AND (u.contact_id IS NULL OR u.contact_id = c.id)
                AND (%(now)s AT TIME ZONE c.timezone)::date BETWEEN u.starts_on AND COALESCE(u.until, 'infinity')
        )
), days AS (
    SELECT p.id, p.today - n AS day, p.joined, p.birthday_day, p.birthday_month FROM people p CROSS JOIN (VALUES (0), (1)) AS x(n)
), due AS (SELECT id, day, EXTRACT(YEAR FROM day)::int AS year, {years} AS years FROM days WHERE {matches})
SELECT d.id, d.year, d.years FROM due d
WHERE (d.years <= 1 OR %(yearly)s) AND NOT EXISTS (
    SELECT 1 FROM outbox_message m WHERE m.dedupe_key = 'thanks:' || %(kind)s || ':' || d.id || ':' || d.year
) ORDER BY d.id LIMIT %(most)s
"""
LEAP = "make_date(EXTRACT(YEAR FROM day)::int, 3, 1) - make_date(EXTRACT(YEAR FROM day)::int, 2, 28) = 2"


def same_day(month: str, day: str) -> str:
    """SQL: does `day` of the row fall on that day and month, 29 February on the 28th where there is none?"""
    return (
        f"(EXTRACT(MONTH FROM day) = {month} AND EXTRACT(DAY FROM day) = {day} OR {month} = 2 AND {day} = 29 AND NOT ({LEAP})"
        " AND EXTRACT(MONTH FROM day) = 2 AND EXTRACT(DAY FROM day) = 28)"
    )


JOINED = same_day("EXTRACT(MONTH FROM joined)", "EXTRACT(DAY FROM joined)")
QUERIES = {
    ThanksKind.BIRTHDAY: DUE.format(
        possible="c.birthday_day IS NOT NULL AND c.birthday_month = ANY(%(months)s)", years="0",
        matches=same_day("birthday_month", "birthday_day"),
    ),
    ThanksKind.ANNIVERSARY: DUE.format(
        possible="EXTRACT(MONTH FROM c.reference_since) = ANY(%(months)s)",
        years="EXTRACT(YEAR FROM day)::int - EXTRACT(YEAR FROM joined)::int", matches=f"joined < day - 300 AND {JOINED}",
    ),
}  # fmt: skip


def due(kind: str, now: datetime) -> list[tuple[int, int, int]]:
    """(contact, year, years with us) of up to MOST people whose mail of the kind is due. Two queries."""
    months = sorted({(now + timedelta(days=days)).month for days in (-3, 0, 3)})
    with connection.cursor() as cursor:
        asked: dict[str, Any] = {"now": now, "kind": kind, "most": MOST, "months": months, "yearly": Thanks.is_yearly()}
        cursor.execute(QUERIES[ThanksKind(kind)], asked)
        return list(cursor.fetchall())


@transaction.atomic
def send_due(now: datetime | None = None) -> int:
    """Write the mails that are due into the outbox; how many. Two at once write each once."""
    now, sent = now or timezone.now(), 0
    for kind in sorted(Thanks.sending() & set(QUERIES)):
        found = due(kind, now)
        people = Contact.objects.select_related("customer").in_bulk([pk for pk, _year, _years in found])
        for pk, year, years in found:
            sent += write(people[pk], kind, key=f"thanks:{kind}:{pk}:{year}", facts={"years": years})
    return sent


def write(person: Contact, kind: str, *, key: str, facts: dict[str, Any], due_at: datetime | None = None) -> int:
    """One mail and its event, unless the key was used; 1 or 0. Needs an open transaction."""
    message = letter(
        LETTER, to=person.email, language=known_language(person.language), timezone=person.timezone, contact_id=person.pk,
        outside=True, dedupe_key=key, due_at=due_at, context={"contact": person.pk, "kind": kind, **facts},
    )  # fmt: skip
    if Message.objects.filter(dedupe_key=key).exists():
        return 0
    enqueue([message])
    if not Message.objects.filter(dedupe_key=key, message_id=message.message_id).exists():
        return 0
    record(Verb.THANKS_SENT, person, person.customer, contact=person, kind=kind, **facts)
    return 1


def known_language(code: str) -> str:
    """The person's language where we speak it, else the program's."""
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def helped_win(person: Contact, activity_type: ActivityType, *, deal: int, on: date) -> int:
    """
    The deal that the person spoke for was won on that day: tell him at nine of his next morning, once, while it is news.
    Whom he spoke with is not named.

    Needs an open transaction.
    """
    now = timezone.now()
    if now.date() - on > FRESH or not welcome(person, now) or ThanksKind.HELPED not in Thanks.sending():
        return 0
    zone = ZoneInfo(person.timezone)
    local = now.astimezone(zone)
    morning = datetime.combine(local.date() + timedelta(days=local.time() >= HOUR), HOUR, zone)
    facts = {"activity_name": activity_type.name}
    return write(person, ThanksKind.HELPED, key=f"thanks:helped:{person.pk}:{deal}", facts=facts, due_at=morning)


def welcome(person: Contact, now: datetime) -> bool:
    """May a thank-you go to the person now? Not after a no, to who left, in a pause or while a complaint is open. Two queries."""
    customer, local = person.customer, now.astimezone(ZoneInfo(person.timezone)).date()
    wanted = person.has_consent and person.wants_thanks and customer.thanks and person.email and not person.left_on
    if not (wanted and customer.is_active) or customer.complaints.open().exists():
        return False
    theirs = Q(contact=None) | Q(contact=person)
    return not customer.pauses.covering(local).filter(theirs).exists()


@still_wanted(LETTER)
def wanted(context: dict[str, Any]) -> bool:
    """Asked again when the mail leaves: the kind is still switched on and the person still to be thanked. Four queries."""
    if "words" in context:
        return True
    person = Contact.objects.select_related("customer").filter(pk=context["contact"]).first()
    return context["kind"] in Thanks.sending() and person is not None and welcome(person, timezone.now())


def send_test(kind: str, language: str, words: tuple[str, str], *, to: Any) -> None:
    """The mail with these words and made-up facts to a colleague, in the language. Raises Refused without an address."""
    if not to.email:
        raise Refused(_("You have no mail address."), code="no_address")
    context = {"kind": kind, "words": list(words)}
    enqueue([letter(LETTER, to=to.email, language=language, timezone=to.timezone, context=context)])


def sample() -> dict[str, Any]:
    """Somebody made up, in the language at hand."""
    return {
        "name": "Hanne Vos", "company": "Vlaardingen Terminals", "program": settings.PROGRAM_NAME,
        "years": years_in_words(1), "activity": gettext("Sales call"),
    }  # fmt: skip


@filled_by(LETTER)
def fill(context: dict[str, Any]) -> dict[str, Any]:
    """Subject and paragraphs, in the language the mail is written in, with the names of today."""
    language = get_language() or "en"
    if "words" in context:
        return drawn(context["kind"], language, sample(), tuple(context["words"]))
    person = Contact.objects.select_related("customer").get(pk=context["contact"])
    done, years = context.get("activity_name", ""), context.get("years", 0)
    return drawn(context["kind"], language, {
        "name": person.name, "company": person.customer.name, "program": settings.PROGRAM_NAME,
        "years": years_in_words(years) if years else "", "activity": gettext(done) if done else "",
    })  # fmt: skip


def drawn(kind: str, language: str, facts: dict[str, Any], words: Any = None) -> dict[str, Any]:
    """What the mail's templates read: `subject` and `paragraphs`."""
    subject, text = words or ThanksText.words(kind, language)
    paragraphs = [part.strip() for part in filled(text, facts).split("\n\n") if part.strip()]
    return {"subject": filled(subject, facts), "paragraphs": paragraphs}
