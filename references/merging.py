"""
Merging two records of one customer, or of one person, without losing what happened.

Whatever refers to the record that goes refers to the kept one afterwards; the models themselves are asked what that is. Where
both hold what may be there once only, a rule says what becomes of the second; upper floors add theirs. The number, the name
and the ids of the record that went keep leading to the kept one (Merge). Lock order as everywhere: people by number, then
customers by number.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, TypeVar

import pgtrigger
from django.apps import apps
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crp.events import record
from crp.events.models import Event
from crp.links.models import SignedLink
from crp.outbox.models import UNSENT, Message
from crp.search import normalise
from crp.verbs import Refused, Stale, today
from references import forgetting
from references.models import Contact, Customer, CustomerStatus, Nomination, Publicity, Watch, Willingness
from references.models.access import allow, may_set_up
from references.models.merge import Merge, keep_alias
from references.models.nomination import OPEN_STATES, NominationState
from references.verbs import Verb
from references.waking import wake

Model = TypeVar("Model", Customer, Contact)
Rule = Callable[[Any, Any], None]
# By (model label, field): what is done before the field is moved, where both may hold what may be there once.
_rules: dict[tuple[str, str], Rule] = {}
STRICTEST = ("no", "ask_first", "yes")
OPENNESS = (Publicity.NONE, Publicity.ASK, Publicity.NAME, Publicity.LOGO, Publicity.FULL)
FACTS = (
    "website", "industry", "country", "employees", "annual_revenue", "currency", "founded", "renewal_on", "owner",
    "publicity_clause", "publicity_until",
)  # fmt: skip
DETAILS = (
    "job_title", "seniority", "job_function", "email", "phone", "birthday_day", "birthday_month", "consent_source",
)  # fmt: skip

WORDS = {
    "references.Contact": gettext_lazy("People"), "references.Customer": gettext_lazy("Subsidiaries"),
    "references.Deployment": gettext_lazy("Products"), "references.Activity": gettext_lazy("Uses"),
    "references.Hold": gettext_lazy("Holds"), "references.Pause": gettext_lazy("Pauses"),
    "references.Complaint": gettext_lazy("Complaints"), "references.Nomination": gettext_lazy("Nominations"),
    "references.Note": gettext_lazy("Notes"), "references.Task": gettext_lazy("Tasks"),
    "references.Referral": gettext_lazy("Referrals"), "references.Reward": gettext_lazy("Rewards"),
    "references.SurveyResponse": gettext_lazy("Survey answers"), "references.Willingness": gettext_lazy("Answers"),
    "materials.Material": gettext_lazy("Material"), "materials.Material_contacts": gettext_lazy("Material"),
    "materials.ConsentGrant": gettext_lazy("Permissions"), "materials.Approval": gettext_lazy("Approvals"),
    "requests_app.Opportunity": gettext_lazy("Deals"), "requests_app.Assignment": gettext_lazy("Asks"),
}  # fmt: skip


def once(label: str, field: str) -> Callable[[Rule], Rule]:
    """Decorator: `rule(kept, gone)` makes room for moving `field` of the model `app.Model` from one to the other."""

    def keep(rule: Rule) -> Rule:
        _rules[label, field] = rule
        return rule

    return keep


@transaction.atomic
def merge_customers(kept: Customer, gone: Customer, *, by: Any) -> Customer:
    """
    `gone` becomes `kept`: blanks are filled, people, deals and everything else move, circles of parents are cut.

    Raises Forbidden but for those who set the program up; Refused for one and the same; Stale when one is gone already.
    """
    allow(by is None or may_set_up(by))
    guard_two(kept, gone)
    list(Contact.objects.filter(customer__in=[kept.pk, gone.pk]).select_for_update().order_by("pk").values_list("pk"))
    kept, gone = locked(Customer, kept.pk, gone.pk)
    cut_circle(kept, gone)
    name = gone.name
    before = kept.status
    fill(kept, gone, FACTS)
    kept.customer_since = least(kept.customer_since, gone.customer_since)
    kept.publicity = min(kept.publicity, gone.publicity, key=OPENNESS.index)
    kept.competitors = list(dict.fromkeys([*kept.competitors, *gone.competitors]))
    kept.thanks = kept.thanks and gone.thanks
    kept.status = status_of(kept, gone)
    move(kept, gone)
    settle_nominations(kept, by=by)
    finish(kept, gone, folded=normalise(gone.name))
    for found in kept.pauses.whole_customer().open():
        found.take_effect(today())
    record(Verb.CUSTOMER_MERGED, kept, by=by, customer=kept.name, before=name, status_before=before)
    wake(kept.pk)
    return kept


@transaction.atomic
def merge_contacts(kept: Contact, gone: Contact, *, by: Any) -> Contact:
    """
    `gone` becomes `kept`: blanks are filled, uses and asks move, and of what each agreed to the stricter stands.

    Raises Forbidden but for those who set the program up; Refused for one and the same, people of two customers, somebody
    forgotten, or both asked for one request just now; Stale when one is gone already.
    """
    allow(by is None or may_set_up(by))
    guard_two(kept, gone)
    kept, gone = locked(Contact, kept.pk, gone.pk)
    list(Customer.objects.filter(pk__in=[kept.customer_id, gone.customer_id]).select_for_update().order_by("pk"))
    if kept.customer_id != gone.customer_id:
        raise Refused(_("They work at two customers. Merge the customers first."), code="two_customers", field="other")
    kept.guard_remembered()
    gone.guard_remembered()
    take_consent(kept, gone)
    fill(kept, gone, DETAILS)
    kept.wants_thanks = kept.wants_thanks and gone.wants_thanks
    kept.left_on = max(kept.left_on, gone.left_on) if kept.left_on and gone.left_on else None
    if gone.own_count is not None and (kept.own_count is None or gone.own_count < kept.own_count):
        kept.own_count, kept.own_days = gone.own_count, gone.own_days
    kept.last_live_on = max(filter(None, (kept.last_live_on, gone.last_live_on)), default=None)
    kept.rating_sum, kept.rating_count = kept.rating_sum + gone.rating_sum, kept.rating_count + gone.rating_count
    move(kept, gone)
    move_mail(kept, gone)
    SignedLink.objects.about(gone).update(subject=f"contact:{kept.pk}")
    finish(kept, gone, folded=normalise(gone.name), link_version=gone.link_version, marks=forgetting.marks(gone))
    record(Verb.CONTACT_MERGED, kept, kept.customer, by=by, contact=kept)
    wake(kept.customer_id)
    return kept


def guard_two(kept: Any, gone: Any) -> None:
    """Raise Refused for one and the same."""
    if kept.pk == gone.pk:
        raise Refused(_("This is the same record. Choose the other one."), code="same", field="other")


def locked(model: type[Model], *pks: int) -> list[Model]:
    """The rows FOR UPDATE, taken by number, in the order asked for. Raises Stale when one is gone."""
    found = {one.pk: one for one in model._base_manager.filter(pk__in=pks).select_for_update().order_by("pk")}
    if len(found) < len(pks):
        raise Stale(_("One of the two was merged or removed meanwhile. Nothing was changed; look again."))
    return [found[pk] for pk in pks]


def fill(kept: Any, gone: Any, names: Iterable[str]) -> None:
    """What the kept one does not know it takes over."""
    for name in names:
        if getattr(kept, name) in (None, ""):
            setattr(kept, name, getattr(gone, name))


def least(*days: date | None) -> date | None:
    return min(filter(None, days), default=None)


def cut_circle(kept: Customer, gone: Customer) -> None:
    """A kept one below the other would become its own parent: it takes the other's."""
    above: list[int] = []
    pk = kept.parent_id
    while pk and pk not in above:
        above.append(pk)
        pk = Customer.objects.filter(pk=pk).values_list("parent", flat=True).first()
    if gone.pk in above or kept.parent_id is None:
        kept.parent_id = gone.parent_id if gone.parent_id != kept.pk else None
        Customer.objects.filter(pk=kept.pk).update(parent=kept.parent_id)
    # Otherwise the move below would put it under itself.
    Customer.objects.filter(pk=gone.pk).update(parent=None)
    gone.parent_id = None


def status_of(kept: Customer, gone: Customer) -> str:
    """A reference stays one: the livelier of the two, but for a pause, which holds for both."""
    both = {kept.status, gone.status}
    if CustomerStatus.PAUSED in both:
        return CustomerStatus.PAUSED
    if CustomerStatus.ACTIVE in both:
        return CustomerStatus.ACTIVE
    return kept.status


def take_consent(kept: Contact, gone: Contact) -> None:
    """Any withdrawal stands, whoever of the two it was noted with; else one consent is enough."""
    withdrawn = [one.consent_withdrawn_at for one in (kept, gone) if one.consent_withdrawn_at]
    if kept.consent_granted_at is None:
        kept.consent_granted_at, kept.consent_source = gone.consent_granted_at, gone.consent_source
    kept.consent_withdrawn_at = max(withdrawn, default=None)
    kept.reference_since = least(kept.reference_since, gone.reference_since)


def relations(model: type[models.Model]) -> list[tuple[type[models.Model], Any]]:
    """(model, field) of everything that refers to it, the tables behind many-to-many fields among them."""
    return [
        (relation.related_model, relation.field)
        for relation in model._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and isinstance(relation, models.ManyToOneRel)
    ]


def move(kept: Any, gone: Any) -> None:
    """Make everything that refers to the one refer to the other; the rules make room first. Needs the locks."""
    found = relations(type(kept))
    for model, field in found:
        if rule := _rules.get((model._meta.label, field.name)):
            rule(kept, gone)
    # A hold is counted with the kept one from now on; that may be more than the limit, which the watch then shows.
    with pgtrigger.ignore("references.Hold:within_limits"):
        for model, field in found:
            model._base_manager.filter(**{field.name: gone.pk}).update(**{field.name: kept.pk})


def move_mail(kept: Contact, gone: Contact) -> None:
    """Mail on its way goes to the kept one, and is asked of his consent; what was sent once is not sent to him again."""
    theirs = Message.objects.filter(contact_id=gone.pk)
    for message in theirs.filter(state__in=UNSENT, context__contact=gone.pk):
        message.context = {**message.context, "contact": kept.pk}
        message.save(update_fields=["context"])
    theirs.update(contact_id=kept.pk)
    for message in Message.objects.filter(dedupe_key__startswith="thanks:", contact_id=kept.pk):
        _thanks, kind, pk, rest = str(message.dedupe_key).split(":", 3)
        key = f"thanks:{kind}:{kept.pk}:{rest}"
        if pk == str(gone.pk) and not Message.objects.filter(dedupe_key=key).exists():
            Message.objects.filter(pk=message.pk).update(dedupe_key=key)


def finish(kept: Any, gone: Any, **alias: Any) -> None:
    """Write the kept one, lead what was known of the other to it, and take the other's row away."""
    taken = not kept.external_id and gone.external_id
    if taken:
        kept.source, kept.external_id = gone.source, gone.external_id
        type(gone)._base_manager.filter(pk=gone.pk).update(external_id="")
    kept.version += 1
    kept.save()
    if taken:
        gone.external_id = ""
    keep_alias(kept, gone, **alias)
    lead_events(kept, gone)
    # Not delete(), which would look for rows to take along: there are none left, and the database makes sure of that.
    rows = type(gone)._base_manager.filter(pk=gone.pk)
    rows._raw_delete(rows.db)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def lead_events(kept: Any, gone: Any) -> None:
    """What happened to the one is told of the other too. The log itself stays as it was written: only where it is found grows."""
    name, other = f"{kept.event_ref}:{kept.pk}", f"{gone.event_ref}:{gone.pk}"
    told = Event.objects.filter(about__contains=[other])
    grown = models.Func(models.F("about"), models.Value(name), function="array_append")
    changes: dict[str, Any] = {"about": grown}
    with pgtrigger.ignore("events.Event:append_only"):
        told.exclude(about__contains=[name]).update(**changes)
        if isinstance(kept, Contact):
            Event.objects.filter(contact_id=gone.pk).update(contact_id=kept.pk)


def settle_nominations(kept: Customer, *, by: Any) -> None:
    """A reference is no longer nominated."""
    if kept.status in (CustomerStatus.ACTIVE, CustomerStatus.PAUSED):
        close(kept.nominations.filter(state__in=OPEN_STATES), by)


def close(found: models.QuerySet[Nomination], by: Any = None) -> None:
    """The nomination is decided by the merge."""
    found.update(
        state=NominationState.DECLINED, decided_by=by, decided_at=timezone.now(),
        decision_reason=str(_("Two records of the company became one.")),
    )  # fmt: skip


@once("references.Deployment", "customer")
def deployments(kept: Customer, gone: Customer) -> None:
    """The longer time of the two; referable only when both are."""
    mine = {one.product_id: one for one in kept.deployments.all()}
    for other in gone.deployments.all():
        if own := mine.get(other.product_id):
            own.since = least(own.since, other.since)
            own.until = max(own.until, other.until) if own.until and other.until else None
            own.referable = own.referable and other.referable
            fill(own, other, ("use_case", "note"))
            own.save()
            other.delete()


@once("references.Pause", "customer")
def pauses(kept: Customer, gone: Customer) -> None:
    """A cause both were paused for is the kept one's."""
    causes = kept.pauses.exclude(cause="").values_list("cause", flat=True)
    gone.pauses.filter(cause__in=list(causes)).update(cause="")


@once("references.Nomination", "customer")
def nominations(kept: Customer, gone: Customer) -> None:
    """One may be open; the other's is closed."""
    if kept.nominations.filter(state__in=OPEN_STATES).exists():
        close(gone.nominations.filter(state__in=OPEN_STATES))


@once("references.Watch", "customer")
@once("references.Watch", "contact")
def watches(kept: Any, gone: Any) -> None:
    """Looked at anew."""
    if isinstance(gone, Customer):
        Watch.objects.of_customers().filter(customer=gone).delete()
    else:
        Watch.objects.filter(contact=gone).delete()


@once("references.Willingness", "customer")
@once("references.Willingness", "contact")
def answers(kept: Any, gone: Any) -> None:
    """The stricter answer, the smaller limit, the earlier end; the words of both."""
    mine = {one.activity_type_id: one for one in kept.willingness.all()}
    for other in gone.willingness.all():
        if own := mine.get(other.activity_type_id):
            stricter(own, other)
            other.delete()


def stricter(own: Willingness, other: Willingness) -> None:
    own.answer = min(own.answer, other.answer, key=STRICTEST.index)
    own.until = least(own.until, other.until)
    if other.limit_count is not None and (own.limit_count is None or other.limit_count < own.limit_count):
        own.limit_count, own.limit_days = other.limit_count, other.limit_days
    own.conditions = "; ".join(dict.fromkeys(part for part in (own.conditions, other.conditions) if part))[:300]
    own.save()


@once("references.Release", "contact")
def releases(kept: Contact, gone: Contact) -> None:
    """What was released for one reason to one colleague stays released for the longer time."""
    mine = {(one.user_id, one.reason): one for one in kept.releases.all()}
    for other in gone.releases.all():
        if own := mine.get((other.user_id, other.reason)):
            own.until = max(own.until, other.until) if own.until and other.until else None
            own.save(update_fields=["until"])
            other.delete()


@once("materials.Material_contacts", "contact")
def quoted(kept: Contact, gone: Contact) -> None:
    """Quoted twice in one piece is quoted once."""
    through = apps.get_model("materials", "Material").contacts.through._base_manager
    both = through.filter(contact=kept.pk).values_list("material", flat=True)
    through.filter(contact=gone.pk, material__in=list(both)).delete()


def counts(one: Any) -> list[tuple[str, int]]:
    """(words, how many) of what would move, the most first. A query for each kind of thing."""
    found = []
    for model, field in relations(type(one)):
        words = WORDS.get(model._meta.label)
        if words and (n := model._base_manager.filter(**{field.name: one.pk}).count()):
            found.append((str(words), n))
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def forwarded(path: str, user: Any) -> str | None:
    """The address of the kept record, for that of one that was merged into it and whose successor the user may see."""
    parts = path.strip("/").split("/")
    at = 2 if parts[:2] == ["api", "v1"] else 0
    kinds: dict[str, tuple[Any, Callable[[int], int | None]]] = {
        "customers": (Customer, Merge.objects.kept_customer), "contacts": (Contact, Merge.objects.kept_contact),
    }  # fmt: skip
    if len(parts) < at + 2 or parts[at] not in kinds or not parts[at + 1].isdecimal() or len(parts[at + 1]) > 18:
        return None
    model, find = kinds[parts[at]]
    kept = find(int(parts[at + 1]))
    if kept is None or not model.objects.visible_to(user).filter(pk=kept).exists():
        return None
    return "/" + "/".join([*parts[: at + 1], str(kept), *parts[at + 2 :]]) + "/"
