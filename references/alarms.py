"""Who hears of the watch: of each change once, and once a week of how everybody stands."""

from collections import Counter
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from crp import inbox
from crp.accounts.models import Role, User
from crp.inbox.models import Preference
from crp.inbox.notifying import WITH_MAIL
from crp.outbox import enqueue, letter
from crp.outbox.rendering import filled_by
from references import watching
from references.models import Watch
from references.models.watch import Alarm
from references.notices import Kind

LETTER, SHOWN = "usage_digest", 8
FULL = (Alarm.OVER, Alarm.LIMIT, Alarm.NEAR)
# A digest missed on Monday morning is caught up until Wednesday morning, then left out.
DIGEST_HOUR, GRACE = time(8), timedelta(days=2)


@transaction.atomic
def look(now: datetime | None = None) -> int:
    """Bring the watch up to date and tell of what changed since the last look; how many changes. Two at once tell once."""
    watching.refresh(now=now)
    untold = Watch.objects.untold().select_for_update(skip_locked=True, of=("self",))
    changed = list(untold.values_list("pk", "alarm", "customer__owner"))
    Watch.objects.filter(pk__in=[pk for pk, _alarm, _owner in changed]).update(told=True)
    managers = list(User.objects.with_role(Role.MANAGER))
    for kind, alarms in ((Kind.OVERUSE, FULL), (Kind.UNUSED, (Alarm.UNASKED,))):
        owners: list[int | None] = [owner for _pk, alarm, owner in changed if alarm in alarms]
        tell(kind, owners, managers)
    return len(changed)


def tell(kind: Kind, owners: list[int | None], managers: list[Any]) -> None:
    """Managers hear how many there are, account owners how many are theirs."""
    if not owners:
        return
    url = reverse("references:watch") + ("?view=unasked" if kind == Kind.UNUSED else "")
    inbox.notify(managers, kind, url=url, context={"count": len(owners)})
    told = {manager.pk for manager in managers}
    own = Counter(owner for owner in owners if owner and owner not in told)
    for user in User.objects.filter(pk__in=own):
        inbox.notify([user], kind, url=url, context={"count": own[user.pk]})


def send_digests(now: datetime | None = None) -> int:
    """
    The week's mail to every program manager whose Monday morning has come, in his language and zone; how many.

    The key of week and person makes a repeat harmless; without anything to say none is sent.
    """
    now = now or timezone.now()
    if not Watch.objects.exclude(alarm="").exists():
        return 0
    due = [user for user in User.objects.with_role(Role.MANAGER).exclude(email=None) if is_due(user, now)]
    wanted = Preference.objects.deliveries(due, Kind.DIGEST)
    letters = [
        letter(
            LETTER, to=user.email, language=user.language, timezone=user.timezone, context={"user": user.pk},
            dedupe_key=f"digest:{user.pk}:{week_of(user, now)}",
        )
        for user in due if wanted[user.pk] in WITH_MAIL
    ]  # fmt: skip
    enqueue(letters)
    return len(letters)


def is_due(user: Any, now: datetime) -> bool:
    """Is it between eight on his Monday and the same hour two days later?"""
    local = now.astimezone(ZoneInfo(user.timezone))
    monday = local.date() - timedelta(days=local.weekday())
    begins = datetime.combine(monday, DIGEST_HOUR, local.tzinfo)
    return begins <= local < begins + GRACE


def week_of(user: Any, now: datetime) -> str:
    """`2026-W48`, by his own calendar."""
    year, week, _day = now.astimezone(ZoneInfo(user.timezone)).isocalendar()
    return f"{year}-W{week:02}"


@filled_by(LETTER)
def fill(context: dict[str, Any]) -> dict[str, Any]:
    """The rows of the moment the mail leaves, with names: the first few of each list, and how many there are."""
    user = User.objects.get(pk=context["user"])
    seen = Watch.objects.watched_by(user).exclude(alarm="")
    counts = Counter(seen.values_list("alarm", flat=True))
    rows = seen.select_related("customer", "contact").order_by("alarm", F("since").asc(), "pk")
    lists = []
    for alarm in (Alarm.OVER, Alarm.LIMIT, Alarm.NEAR, Alarm.RESTING, Alarm.UNASKED):
        if counts[alarm]:
            named = [str(row.contact or row.customer) for row in rows.filter(alarm=alarm)[:SHOWN]]
            lists.append(
                {"label": alarm.label, "count": counts[alarm], "names": named, "more": counts[alarm] - len(named)}
            )
    return {"lists": lists, "path": reverse("references:watch")}
