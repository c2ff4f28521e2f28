"""The daily look at who is asked too often, and who is never asked though willing."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone

from crp import inbox
from crp.accounts.models import Role, User
from references.models import Activity, Contact, Customer, Hold, UsagePolicy, Willingness
from references.notices import Kind

NEAR = 0.8


@dataclass(frozen=True)
class Load:
    """How full somebody is: uses or points `used` and `held` of `limit`."""

    pk: int
    name: str
    used: int
    held: int
    limit: int

    @property
    def taken(self) -> int:
        return self.used + self.held

    @property
    def is_full(self) -> bool:
        return self.taken >= self.limit


def busy_customers(on: date, *, near: float = NEAR) -> list[Load]:
    """Active customers at or near their effort limit on the day, fullest first. Three queries."""
    policy = UsagePolicy.current()
    since, floor = on - timedelta(days=policy.customer_days), policy.customer_effort * near
    used = Activity.objects.filter(on__gt=since, on__lte=on).values_list("customer").annotate(total=Sum("effort"))
    held = Hold.objects.live(timezone.now()).values_list("customer").annotate(total=Sum("effort"))
    return loads(used, held, floor=floor, limit=policy.customer_effort, among=Customer.objects.active())


def busy_people(on: date, *, near: float = NEAR) -> list[Load]:
    """People at or near the program's limit of live uses on the day, fullest first. Three queries."""
    policy = UsagePolicy.current()
    since, floor = on - timedelta(days=policy.live_days), policy.live_count * near
    used = Activity.objects.filter(live=True, on__gt=since, on__lte=on, contact__isnull=False)
    held = Hold.objects.live(timezone.now()).filter(live=True)
    people = Contact.objects.present()
    return loads(
        *(rows.values_list("contact").annotate(total=Count("pk")) for rows in (used, held)),
        floor=floor, limit=policy.live_count, among=people,
    )  # fmt: skip


def loads(used: Any, held: Any, *, floor: float, limit: int, among: QuerySet[Any]) -> list[Load]:
    """Those `among` whose (key, total) rows add up to `floor` at least, fullest first. Three queries."""
    spent, kept = dict(used.order_by()), dict(held.order_by())
    full = {pk for pk in (*spent, *kept) if spent.get(pk, 0) + kept.get(pk, 0) >= max(floor, 1)}
    names = among.filter(pk__in=full).values_list("pk", "name")
    found = [Load(pk, name, spent.get(pk, 0), kept.get(pk, 0), limit) for pk, name in names]
    return sorted(found, key=lambda load: (-load.taken, load.name))


def unused(on: date) -> QuerySet[Contact]:
    """Willing people of active customers, consenting, whom nobody has asked within the policy's days."""
    since = on - timedelta(days=UsagePolicy.current().unused_days)
    willing = Willingness.objects.willing(on).filter(contact=OuterRef("pk"))
    recent = Activity.objects.filter(contact=OuterRef("pk"), on__gt=since)
    people = Contact.objects.consenting().present().filter(customer__status="active")
    return people.filter(
        Exists(willing), ~Exists(recent), Q(created_at__date__lte=since) | Q(consent_granted_at__date__lte=since)
    )


def tell_managers(on: date) -> tuple[int, int]:
    """Tell every program manager once for the day. Returns (how many are at or near a limit, how many unused)."""
    managers: list[Any] = list(User.objects.with_role(Role.MANAGER))
    busy = len(busy_customers(on)) + len(busy_people(on))
    idle = unused(on).count()
    for kind, count, url in (
        (Kind.OVERUSE, busy, reverse("references:customers")),
        (Kind.UNUSED, idle, reverse("references:contacts")),
    ):
        if count:
            key = (
                f"{kind}:{on.isoformat()}"
                if kind == Kind.OVERUSE
                else f"{kind}:{on.isocalendar()[0]}-{on.isocalendar()[1]}"
            )
            inbox.notify(managers, kind, url=url, context={"count": count}, dedupe_key=key)
    return busy, idle
