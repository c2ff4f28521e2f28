"""Customers, people, nominations and rules: who may see and do what."""

from typing import Any

from tests.permissions.table import Row, World, everyone, only

STAFF = ("maya", "mina", "eva", "adam")
SEES = everyone(200, ola=404)
EDITS = {**only("maya", "omar", "mina", "adam"), "ola": 404}
MANAGES = {**only("maya", "omar", "adam"), "ola": 404}
HEALTH = {**only(*STAFF, "omar"), "ola": 404}
SETS_UP = only("maya", "adam")
API = {"anonymous": 401}


def customer(w: World) -> dict[str, Any]:
    return {"pk": w.customer.pk}


def contact(w: World) -> dict[str, Any]:
    return {"pk": w.contact.pk}


def nomination(w: World) -> dict[str, Any]:
    return {"pk": w.nomination.pk}


def posted(expect: dict[str, int], done: int = 302) -> dict[str, int]:
    """The same rights when posting rightly."""
    return {actor: done if status == 200 else status for actor, status in expect.items()}


def api(expect: dict[str, int], done: int = 200, anonymous: int = 401) -> dict[str, int]:
    return {**posted(expect, done), "anonymous": anonymous}


# A nomination of Sam's: those who decide, those who look on, those who do not know of it.
SEES_NOMINATION = {**only(*STAFF, "sam", refused=404)}
DECIDES = {**only("maya", refused=404), "sam": 403, "mina": 403, "eva": 403, "adam": 403}
FOREIGN = {**only(*STAFF, refused=404)}
DAY = "2026-01-15"

CUSTOMERS = [
    Row("references:customers", everyone(200)),
    Row("references:customer_filters", everyone(200)),
    Row("references:customers_export", everyone(200)),
    Row("references:customer_suggest", everyone(200), query="?q=vlaardingen"),
    Row("references:customer_new", only("maya", "mina", "adam")),
    Row("references:customer_new", posted(only("maya", "mina", "adam")), method="post", data={"name": "Ostsee Reefer", "publicity": "ask"}),
    Row("references:customer", SEES, kwargs=customer),
    Row("references:customer", FOREIGN, kwargs=lambda w: {"pk": w.candidate_customer.pk}, note="candidate"),
    Row("references:customer_room", SEES, kwargs=customer),
    Row("references:customer_edit", EDITS, kwargs=customer),
    Row("references:customer_edit", posted(EDITS), kwargs=customer, method="post", data={"name": "Vlaardingen", "publicity": "ask"}),
    Row("references:customer_retire", MANAGES, kwargs=customer),
    Row("references:customer_retire", posted(MANAGES), kwargs=customer, method="post", data={"reason": "Contract ended"}),
    Row("references:customer_pause", MANAGES, kwargs=customer),
    Row("references:customer_pause", posted(MANAGES), kwargs=customer, method="post", data={"starts_on": DAY, "reason": "renewal"}),
    Row("references:customer_note", HEALTH, kwargs=customer),
    Row("references:customer_note", posted(HEALTH), kwargs=customer, method="post", data={"text": "Port visit in spring"}),
    Row("references:complaint_new", MANAGES, kwargs=customer),
    Row("references:survey_new", MANAGES, kwargs=customer),
    Row("references:activity_new", SEES, kwargs=customer),
    Row("references:deployment_new", EDITS, kwargs=customer),
    Row("references:deployment_edit", EDITS, kwargs=lambda w: {"pk": w.deployment.pk}),
    Row("references:complaint_close", only("maya", "adam", ok=302, refused=404, mina=403, eva=403), kwargs=lambda w: {"pk": w.complaint.pk}, method="post"),
    Row("references:pause_lift", posted(MANAGES), kwargs=lambda w: {"pk": w.pause.pk}, method="post"),
]  # fmt: skip

CONTACTS = [
    Row("references:contacts", everyone(200)),
    Row("references:contacts_export", everyone(200)),
    Row("references:contact", SEES, kwargs=contact),
    Row("references:contact_new", EDITS, kwargs=customer),
    Row("references:contact_edit", EDITS, kwargs=contact),
    Row("references:contact_answers", MANAGES, kwargs=contact),
    Row("references:contact_answers", posted(MANAGES), kwargs=contact, method="post", data={"quote-answer": "yes"}),
    Row("references:contact_pause", MANAGES, kwargs=contact),
    Row("references:contact_consent", MANAGES, kwargs=contact),
    Row("references:contact_withdraw", MANAGES, kwargs=contact),
    Row("references:contact_withdraw", posted(MANAGES), kwargs=contact, method="post"),
    Row("references:contact_invite", posted(MANAGES), kwargs=contact, method="post"),
    Row("references:join", everyone(410, anonymous=410), kwargs={"token": "nonsense"}),
    Row("references:contact_leave", EDITS, kwargs=contact),
    Row("references:contact_erase", MANAGES, kwargs=contact),
    Row("references:contact_erase", posted(MANAGES), kwargs=contact, method="post"),
]

NOMINATIONS = [
    Row("references:nominations", everyone(200)),
    Row("references:nominations_export", everyone(200)),
    Row("references:nominate", everyone(200, ola=403)),
    Row("references:nominate", everyone(302, ola=403), method="post", data={"company": "Tessuti Ferrante", "reason": "A 10 in May"}),
    Row("references:nomination", SEES_NOMINATION, kwargs=nomination),
    Row("references:nomination_review", posted(DECIDES), kwargs=nomination, method="post"),
    Row("references:nomination_approve", posted(DECIDES), kwargs=nomination, method="post"),
    Row("references:nomination_decline", DECIDES, kwargs=nomination),
    Row("references:nomination_decline", posted(DECIDES), kwargs=nomination, method="post", data={"reason": "Too early"}),
]  # fmt: skip

RULES = [
    Row("references:limits", everyone(200, ola=403)),
    Row("references:limits_edit", SETS_UP),
    Row("references:activity_type_new", SETS_UP),
    Row("references:activity_type_edit", SETS_UP, kwargs=lambda w: {"pk": w.activity_type.pk}),
    Row("references:taxonomy", SETS_UP, kwargs={"slug": "industries"}),
    Row("references:taxonomy_new", SETS_UP, kwargs={"slug": "regions"}),
    Row("references:taxonomy_new", posted(SETS_UP), kwargs={"slug": "products"}, method="post", data={"name": "Halden Ledger"}),
    Row("references:taxonomy_edit", SETS_UP, kwargs=lambda w: {"slug": "products", "pk": w.product.pk}),
]  # fmt: skip

LISTS = [Row(f"api:{name}-list", everyone(200, anonymous=401)) for name in (
    "customer", "contact", "activity-type", "willingness", "nomination", "activity", "hold", "pause",
)]  # fmt: skip

API_ROWS = [
    Row("api:customer-list", {**only("maya", "mina", "adam", ok=201), **API}, method="post", data={"name": "Ostsee Reefer"}),
    Row("api:customer-detail", api(SEES), kwargs=customer),
    Row("api:customer-detail", api(EDITS), kwargs=customer, method="patch", data={"employees": 2400}),
    Row("api:customer-retire", api(MANAGES), kwargs=customer, method="post", data={"reason": "Contract ended"}),
    Row("api:contact-list", {**only("maya", "omar", "mina", "adam", ok=201), "ola": 400, **API}, method="post", data=lambda w: {"customer": w.customer.pk, "name": "Dirk Bakker"}),
    Row("api:contact-detail", api(SEES), kwargs=contact),
    Row("api:contact-detail", api(EDITS), kwargs=contact, method="patch", data={"job_title": "Treasurer"}),
    Row("api:contact-consent", api(MANAGES), kwargs=contact, method="post", data={"source": "Mail of 4 May"}),
    Row("api:contact-withdraw-consent", api(MANAGES), kwargs=contact, method="post"),
    Row("api:contact-erase", api(MANAGES, 204), kwargs=contact, method="post"),
    Row("api:activity-type-detail", {**everyone(200, ola=404), **API}, kwargs={"slug": "quote"}),
    Row("api:activity-type-list", {**only("maya", "adam", ok=201), **API}, method="post", data={"name": "Podcast"}),
    Row("api:activity-type-detail", {**only("maya", "adam"), "ola": 404, **API}, kwargs={"slug": "quote"}, method="patch", data={"limit_count": 3}),
    Row("api:willingness-list", {**only("maya", "omar", "adam", ok=201), "ola": 400, **API}, method="post", data=lambda w: {"contact": w.contact.pk, "activity_type": "quote", "answer": "yes"}),
    Row("api:willingness-detail", api(SEES), kwargs=lambda w: {"pk": w.willingness.pk}),
    Row("api:willingness-detail", api(MANAGES), kwargs=lambda w: {"pk": w.willingness.pk}, method="patch", data={"limit_count": 2}),
    Row("api:nomination-list", {**everyone(201, ola=403), **API}, method="post", data=lambda w: {"customer": w.candidate_customer.pk, "reason": "A 10 in May"}),
    Row("api:nomination-detail", api(SEES_NOMINATION), kwargs=nomination),
    Row("api:nomination-review", api(DECIDES), kwargs=nomination, method="post"),
    Row("api:nomination-approve", api(DECIDES), kwargs=nomination, method="post"),
    Row("api:nomination-decline", api(DECIDES), kwargs=nomination, method="post", data={"reason": "Too early"}),
    Row("api:activity-list", {**everyone(201, ola=400), **API}, method="post", data=lambda w: {"contact": w.contact.pk, "activity_type": "quote", "on": DAY}),
    Row("api:activity-detail", api(SEES), kwargs=lambda w: {"pk": w.activity.pk}),
    Row("api:hold-detail", api(SEES), kwargs=lambda w: {"pk": w.hold.pk}),
    Row("api:pause-detail", api(SEES), kwargs=lambda w: {"pk": w.pause.pk}),
    Row("api:pause-list", {**only("maya", "omar", "adam", ok=201), "ola": 400, **API}, method="post", data=lambda w: {"customer": w.customer.pk, "reason": "renewal"}),
    Row("api:pause-lift", api(MANAGES), kwargs=lambda w: {"pk": w.pause.pk}, method="post"),
]  # fmt: skip

ROWS = [*CUSTOMERS, *CONTACTS, *NOMINATIONS, *RULES, *LISTS, *API_ROWS]
