"""Status follows health and renewal: what the rules do by themselves, once each, never against a person's own decision."""

from contextlib import suppress
from datetime import date, timedelta

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from crp.verbs import Refused
from references import health
from references.models import Contact, Customer, Nomination, NominationOrigin, Pause
from references.models.health_rules import HealthRules
from references.models.pause import PauseReason

CHUNK, MOST = 200, 200


def nominate(on: date) -> int:
    """
    Nominate healthy candidates, with the parts as the reason; how many. Each customer once within the rules' days.

    The kept scores say where to look, the healthiest first; each is judged again before it is nominated.
    """
    rules, made = HealthRules.current(), 0
    if not rules.nominates:
        return 0
    likely = health.candidates(on, rules).filter(health__gte=rules.threshold).order_by("-health", "pk")
    ids = list(likely.values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        chunk = list(Customer.objects.filter(pk__in=ids[start : start + CHUNK]).order_by("-health", "pk"))
        found = health.of_each(chunk, on, rules)
        for customer in chunk:
            well = found[customer.pk]
            if made < MOST and well.score >= rules.threshold and not well.gates:
                made += submit(customer, well)
        if made == MOST:
            break
    return made


def submit(customer: Customer, well: health.Health) -> int:
    """The nomination, naming the person who would most likely speak: who gave the best score last. 0: somebody was quicker."""
    best = max(well.parts, key=lambda part: part.points)
    words = {"score": well.score, "why": best.text}
    said = Contact.objects.filter(customer=customer, survey_responses__isnull=False).present()
    with suppress(Refused):
        Nomination.submit(
            by=None, customer=customer, contact=said.order_by("-survey_responses__score", "pk").first(),
            origin=NominationOrigin.HEALTH, reason=_("Health %(score)s of 100. %(why)s") % words,
        )  # fmt: skip
        return 1
    return 0


def pause_for_renewals(on: date) -> int:
    """Pause active customers whose renewal is near, until it is over; how many. A pause that somebody lifted stays lifted."""
    days = HealthRules.current().renewal_days
    if not days:
        return 0
    cause = Concat(Value("renewal:"), Cast(OuterRef("renewal_on"), CharField()))
    known = Pause.objects.filter(customer=OuterRef("pk"), cause=cause)
    near = Customer.objects.active().filter(~Exists(known), renewal_on__range=(on, on + timedelta(days=days)))
    found = list(near.order_by("renewal_on", "pk")[:MOST])
    for customer in found:
        pause(customer, on)
    return len(found)


@transaction.atomic
def pause(customer: Customer, on: date) -> None:
    """Until the renewal is over, unless somebody was quicker."""
    Customer.objects.select_for_update().get(pk=customer.pk)
    cause = f"renewal:{customer.renewal_on}"
    if not customer.pauses.filter(cause=cause).exists():
        Pause.objects.start(
            by=None, customer=customer, starts_on=on, until=customer.renewal_on, reason=PauseReason.RENEWAL, cause=cause
        )
