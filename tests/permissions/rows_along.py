"""Tasks, referrals, rewards and gift rules: who may read, add and change."""

from datetime import timedelta
from typing import Any

from crp.verbs import today
from references.models import GiftPolicy, Referral, Reward, Task
from tests.conftest import make_contact
from tests.permissions.rows_references import STAFF, api, customer, posted
from tests.permissions.table import Row, World, everyone, only

SETS_UP = only("maya", "adam")
# Omar's customer: rewards are read by staff and by him; his task is Sam's to do; his referral is Sam's to follow.
READS = {**only(*STAFF, "omar"), "ola": 404}
TASK = only(*STAFF, "sam", "omar", refused=404)
CHANGES_TASK = {**only("maya", "sam", "omar", "adam", refused=404), "mina": 403, "eva": 403}
REFERRAL = only(*STAFF, "sam", "omar", refused=404)
CHANGES_REFERRAL = CHANGES_TASK
DAY = "2026-01-15"


def tell(world: World) -> None:
    world.task = Task.objects.add(
        by=world.maya,
        customer=world.customer,
        text="Ask about spring",
        due_on=today() + timedelta(days=3),
        assignee=world.sam,
    )
    world.done_task = Task.objects.add(
        by=world.maya, customer=world.customer, text="Send the draft", due_on=today(), assignee=world.sam
    ).finish(by=world.maya)
    world.referral = Referral.objects.make(
        by=world.maya,
        customer=world.customer,
        contact=world.contact,
        company="Ostsee Reefer",
        on=today(),
        owner=world.sam,
    )
    world.reward = Reward.objects.earn(by=world.maya, contact=world.contact, points=10, why="A call")
    world.second_contact = make_contact(world.customer, "Hanna Voss")
    world.gift_policy = GiftPolicy.objects.add(by=world.maya, country="US", per_gift=50)


def task(w: World) -> dict[str, Any]:
    return {"pk": w.task.pk}


def done_task(w: World) -> dict[str, Any]:
    return {"pk": w.done_task.pk}


def referral(w: World) -> dict[str, Any]:
    return {"pk": w.referral.pk}


def reward(w: World) -> dict[str, Any]:
    return {"pk": w.reward.pk}


def rule(w: World) -> dict[str, Any]:
    return {"pk": w.gift_policy.pk}


def tomorrow(w: World) -> dict[str, Any]:
    return {"text": "Call again", "due_on": (today() + timedelta(days=2)).isoformat()}


def handed(w: World) -> dict[str, Any]:
    return {**tomorrow(w), "assignee": w.maya.pk}


def a_referral(w: World) -> dict[str, Any]:
    return {"company": "Kattegat Lines", "on": DAY, "owner": w.maya.pk}


def a_gift(w: World) -> dict[str, Any]:
    return {"way": "gift", "contact": w.contact.pk, "value": "20", "why": "A book", "on": DAY}


TASKS = [
    Row("references:tasks", everyone(200)),
    Row("references:tasks", everyone(200), query="?view=all", note="all"),
    Row("references:tasks", everyone(200), query="?view=done", note="done"),
    Row("references:my_tasks", everyone(200)),
    Row("references:customer_tasks", everyone(200, ola=404), kwargs=customer),
    Row("references:task_new", everyone(200, ola=404), kwargs=customer),
    Row("references:task_new", everyone(302, ola=404), kwargs=customer, method="post", data=tomorrow),
    Row("references:task", TASK, kwargs=task),
    Row("references:task", posted(CHANGES_TASK), kwargs=task, method="post", data=handed),
    Row("references:task_finish", posted(CHANGES_TASK), kwargs=task, method="post"),
    Row("references:task_reopen", posted(CHANGES_TASK), kwargs=done_task, method="post"),
    Row("api:task-list", everyone(200, anonymous=401)),
    Row("api:task-list", everyone(201, anonymous=401, ola=400), method="post", data=lambda w: {**tomorrow(w), "customer": w.customer.pk}),
    Row("api:task-detail", api(TASK), kwargs=task),
    Row("api:task-detail", api(CHANGES_TASK), kwargs=task, method="patch", data={"text": "Ask about May"}),
    Row("api:task-finish", api(CHANGES_TASK), kwargs=task, method="post"),
    Row("api:task-reopen", api(CHANGES_TASK), kwargs=done_task, method="post"),
]  # fmt: skip

REFERRALS = [
    Row("references:referrals", everyone(200)),
    Row("references:referrals", everyone(200), query="?view=won", note="won"),
    Row("references:referrals_export", everyone(200)),
    Row("references:customer_referrals", everyone(200, ola=404), kwargs=customer),
    Row("references:referral_new", everyone(200, ola=404), kwargs=customer),
    Row("references:referral_new", everyone(302, ola=404), kwargs=customer, method="post", data=a_referral),
    Row("references:referral", REFERRAL, kwargs=referral),
    Row("references:referral_reach", posted(CHANGES_REFERRAL), kwargs=referral, method="post"),
    Row("references:referral_drop", CHANGES_REFERRAL, kwargs=referral),
    Row("references:referral_drop", posted(CHANGES_REFERRAL), kwargs=referral, method="post", data={"reason": "They merged"}),
    Row("references:referral_hand_over", CHANGES_REFERRAL, kwargs=referral),
    Row("references:referral_hand_over", posted(CHANGES_REFERRAL), kwargs=referral, method="post", data=lambda w: {"owner": w.maya.pk}),
    Row("requests_app:referral_deal", REFERRAL, kwargs=referral),
    Row("requests_app:referral_deal", {**only("maya", "sam", "adam", ok=302, refused=404), "mina": 403, "eva": 403}, kwargs=referral,
        method="post", data=lambda w: {"deal": w.opportunity.pk}),
    Row("requests_app:referral_panel", REFERRAL, kwargs=referral),
    Row("requests_app:part_from_referral", {**only("maya", "sam", "adam", ok=422, refused=404), "mina": 403, "eva": 403},
        kwargs=lambda w: {"pk": w.opportunity.pk}, method="post"),
    Row("metrics:sourced", everyone(200, mina=403)),
    Row("api:referral-list", everyone(200, anonymous=401)),
    Row("api:referral-list", everyone(201, anonymous=401, ola=400), method="post",
        data=lambda w: {"contact": w.contact.pk, "company": "Kattegat Lines"}),
    Row("api:referral-detail", api(REFERRAL), kwargs=referral),
    Row("api:referral-reach", api(CHANGES_REFERRAL), kwargs=referral, method="post"),
    Row("api:referral-drop", api(CHANGES_REFERRAL), kwargs=referral, method="post", data={"reason": "They merged"}),
    Row("api:referral-revive", api({**only("maya", "sam", "omar", "adam", ok=409, refused=404), "mina": 403, "eva": 403}), kwargs=referral, method="post"),
    Row("api:referral-hand-over", api(CHANGES_REFERRAL), kwargs=referral, method="post", data=lambda w: {"owner": w.maya.pk}),
    Row("api:opportunity-referral", api({**only("maya", "sam", "adam", refused=404), "mina": 403, "eva": 403, "sofia": 400, "ola": 400}),
        kwargs=lambda w: {"pk": w.opportunity.pk}, method="post", data=lambda w: {"referral": w.referral.pk}),
]  # fmt: skip

REWARDS = [
    Row("references:rewards", only(*STAFF, "omar")),
    Row("references:rewards_export", only(*STAFF, "omar")),
    Row("references:customer_rewards", READS, kwargs=customer),
    Row("references:reward_new", {**SETS_UP, "ola": 404}, kwargs=customer),
    Row("references:reward_new", {**posted(SETS_UP), "ola": 404}, kwargs=customer, method="post", data=a_gift),
    Row("references:reward_correct", {**only("maya", "adam", refused=404), "omar": 403, "mina": 403, "eva": 403}, kwargs=reward),
    Row("references:gift_policies", only(*STAFF)),
    Row("references:gift_policy_new", SETS_UP),
    Row("references:gift_policy_new", posted(SETS_UP), method="post", data={"country": "NL", "per_year": "100"}),
    Row("references:gift_policy_edit", SETS_UP, kwargs=rule),
    Row("references:gift_policy_remove", posted(SETS_UP), kwargs=rule, method="post"),
    Row("api:reward-list", everyone(200, anonymous=401)),
    Row("api:reward-list", {**api(SETS_UP, 201), "ola": 400}, method="post", data=a_gift),
    Row("api:reward-detail", api(only(*STAFF, "omar", refused=404)), kwargs=reward),
    Row("api:reward-correct", api({**only("maya", "adam", refused=404), "omar": 403, "mina": 403, "eva": 403}, 201), kwargs=reward,
        method="post", data={"why": "Twice"}),
    Row("api:gift-policy-list", everyone(200, anonymous=401)),
    Row("api:gift-policy-list", api(SETS_UP, 201), method="post", data={"country": "NL", "per_year": "100"}),
    Row("api:gift-policy-detail", api(only(*STAFF, refused=404)), kwargs=rule),
    Row("api:gift-policy-detail", api({**only("maya", "adam", refused=404), "mina": 403, "eva": 403}), kwargs=rule, method="patch", data={"per_gift": "60"}),
    Row("api:gift-policy-detail", api({**only("maya", "adam", refused=404), "mina": 403, "eva": 403}, 204), kwargs=rule, method="delete"),
]  # fmt: skip


def other_customer(w: World) -> dict[str, Any]:
    return {"other": w.candidate_customer.pk}


def other_contact(w: World) -> dict[str, Any]:
    return {"other": w.second_contact.pk}


MERGES = [
    Row("references:customer_merge", {**SETS_UP}, kwargs=customer),
    Row("references:customer_merge", posted(SETS_UP), kwargs=customer, method="post", data=other_customer),
    Row("references:contact_merge", {**SETS_UP}, kwargs=lambda w: {"pk": w.contact.pk}),
    Row("references:contact_merge", posted(SETS_UP), kwargs=lambda w: {"pk": w.contact.pk}, method="post", data=other_contact),
    Row("api:customer-merge", {**api(SETS_UP), "ola": 404, "sam": 400, "sofia": 400, "omar": 400}, kwargs=customer, method="post", data=other_customer),
    Row("api:contact-merge", {**api(SETS_UP), "ola": 404}, kwargs=lambda w: {"pk": w.contact.pk}, method="post", data=other_contact),
]  # fmt: skip

ROWS = [*TASKS, *REFERRALS, *REWARDS, *MERGES]
