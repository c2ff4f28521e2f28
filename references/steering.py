"""Status follows health and renewal: what the rules do by themselves, once each, never against a person's own decision."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from references import health
from references.models import Contact, Customer, Nomination, NominationOrigin, Pause
from references.models.health_rules import HealthRules
from references.models.pause import PauseReason

CHUNK, MOST = 500, 200


def nominate(on: date) -> int:
    """Nominate healthy candidates, with the parts as the reason; how many. Each customer once within the rules' days."""
    rules, made = HealthRules.current(), 0
    if not rules.nominates:
        return 0
    rows = list(health.candidates(on, rules)[: CHUNK * 4])
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        found = health.of_each(chunk, on, rules)
        for customer in chunk:
            well = found[customer.pk]
            if well.score >= rules.threshold and not well.gates and made < MOST:
                submit(customer, well)
                made += 1
    return made


@transaction.atomic
def submit(customer: Customer, well: health.Health) -> Nomination:
    """The nomination, naming the person who would most likely speak: who gave the best score last."""
    best = max(well.parts, key=lambda part: part.points)
    words = {"score": well.score, "why": best.text}
    said = Contact.objects.filter(customer=customer, survey_responses__isnull=False).present()
    return Nomination.submit(
        by=None, customer=customer, contact=said.order_by("-survey_responses__score", "pk").first(),
        origin=NominationOrigin.HEALTH, reason=_("Health %(score)s of 100. %(why)s") % words,
    )  # fmt: skip


def pause_for_renewals(on: date) -> int:
    """Pause active customers whose renewal is near, until it is over; how many. A pause that somebody lifted stays lifted."""
    days = HealthRules.current().renewal_days
    if not days:
        return 0
    near = Customer.objects.active().filter(renewal_on__range=(on, on + timedelta(days=days)))
    made = 0
    for customer in near.order_by("renewal_on", "pk")[:MOST]:
        cause = f"renewal:{customer.renewal_on}"
        if not customer.pauses.filter(cause=cause).exists():
            Pause.objects.start(
                by=None,
                customer=customer,
                starts_on=on,
                until=customer.renewal_on,
                reason=PauseReason.RENEWAL,
                cause=cause,
            )
            made += 1
    return made
