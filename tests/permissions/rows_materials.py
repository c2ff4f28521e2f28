"""Material: its making is for marketing and managers, its use for sales, and the account owner looks on."""

from datetime import timedelta

from crp.outbox.models import Message
from crp.verbs import today
from materials import intake
from materials.models import ConsentGrant, Material, ShareLink
from tests.materials import stock
from tests.permissions.table import ACTORS, Row, World, everyone, only


def tell(world: World) -> None:
    """A published piece about Omar's customer, a draft with a file, an open question, and Sam's share page."""
    mina, hanne = world.mina, world.contact
    world.material = stock.published(mina, hanne)
    world.permission = ConsentGrant.objects.get(material=world.material)
    world.draft = stock.make_material(mina, hanne, title="Four ports, one ledger")
    cleared = intake.clear(stock.upload(stock.png()))
    world.file = world.draft.add_file(cleared, by=mina)
    world.idea = stock.make_material(mina, hanne, title="An idea", idea=True)
    world.in_review = stock.in_review(mina, title="No customer in it")
    world.approval = stock.asked(mina, hanne, title="Cold chain, warm welcome")
    path = Message.objects.filter(template="approval_request").order_by("-pk").first().context["path"]
    world.approval_token = path.strip("/").rpartition("/")[2]
    approved = stock.asked(mina, hanne, title="Approved")
    approved.answer("approve", naming="full")
    world.approved = Material.objects.get(pk=approved.material_id)
    world.review_due = stock.published(mina, hanne, title="Due")
    world.review_due.mark_review_due(by=mina)
    world.share, world.share_token = ShareLink.make(
        [world.material], by=world.sam, prospect="Port de Sète", until=today() + timedelta(days=9)
    )


# What each role gets of material it makes, sees, or does not see.
MAKERS = only("maya", "mina", refused=404, omar=403, adam=403)
MAKERS_ACT = only("maya", "mina", ok=302, refused=404, omar=403, adam=403)
MAKERS_OF_SEEN = only("maya", "mina", refused=403, ola=404)
MAKERS_OF_SEEN_ACT = only("maya", "mina", ok=302, refused=403, ola=404)
MAKING_SEEN = only("maya", "mina", "adam", "omar", refused=404)
SEEN = only("maya", "sam", "sofia", "omar", "mina", "eva", "adam", refused=404)
FIRST = only("maya", "mina")
OPEN = everyone(200, anonymous=200)
FORM = {"method": "post", "data": {}}


def of(name: str, **more: object) -> dict[str, object]:
    return {"kwargs": lambda w: {"pk": getattr(w, name).pk, **more}}


def api(**statuses: int) -> dict[str, int]:
    """Everyone but those named gets 404; nobody signed in 401."""
    return {**dict.fromkeys(ACTORS, 404), "anonymous": 401, **statuses}


def acts(ok: int = 200) -> dict[str, int]:
    return api(maya=ok, mina=ok, adam=403, omar=403)


UNTIL = (today() + timedelta(days=9)).isoformat()

ROWS = [
    Row("materials:library", everyone(200)),
    Row("materials:export", everyone(200)),
    Row("materials:board", only("maya", "mina", "adam", refused=404)),
    Row("materials:new", FIRST),
    Row("materials:new", only("maya", "mina", ok=302), method="post", note="saved", data={
        "kind": "quote", "title": "New", "naming": "anonymous", "audience": "internal", "language": "en",
    }),
    Row("materials:customer_names", everyone(200), query="?q=vla"),
    Row("materials:customer_panel", everyone(200, ola=404), query=lambda w: f"?customer={w.customer.pk}"),
    Row("materials:share_now", everyone(200)),
    Row("materials:material", SEEN, **of("material")),
    Row("materials:material", MAKING_SEEN, note="draft", **of("draft")),
    Row("materials:edit", MAKERS_OF_SEEN, **of("material")),
    Row("materials:edit", MAKERS, note="draft", **of("draft")),
    Row("materials:upload", MAKERS, **of("draft")),
    Row("materials:upload", only("maya", "mina", ok=422, refused=404, omar=403, adam=403), note="empty", **FORM, **of("draft")),
    Row("materials:file", MAKING_SEEN, **of("file")),
    Row("materials:remove_file", MAKERS_ACT, method="post", kwargs=lambda w: {"pk": w.draft.pk, "file_pk": w.file.pk}),
    Row("materials:version", MAKING_SEEN, note="of a draft", **of("draft", number=1)),
    Row("materials:version", only("maya", "mina", "adam", "omar", refused=404), **of("material", number=1)),
    Row("materials:quote", SEEN, **of("material")),
    Row("materials:where_used", SEEN, **of("material")),
    Row("materials:permission_grant", MAKERS, **of("draft")),
    Row("materials:permission_withdraw", only("maya", "mina", "omar", refused=403, ola=404), **of("permission")),
    Row("materials:permission_withdraw", only("maya", "mina", "omar", ok=302, refused=403, ola=404), note="act", **FORM,
        **of("permission")),
    # Its way
    Row("materials:material_draft", MAKERS_ACT, method="post", **of("idea")),
    Row("materials:material_submit_for_review", MAKERS_ACT, method="post", **of("draft")),
    Row("materials:material_return_to_draft", only("maya", "mina", refused=404, adam=403), **of("in_review")),
    Row("materials:material_send_to_customer", MAKERS, **of("draft")),
    # Mina handed it in.
    Row("materials:material_approve", only("maya", ok=302, refused=404, mina=403, adam=403), method="post", **of("in_review")),
    Row("materials:material_publish", MAKERS_OF_SEEN_ACT, method="post", **of("approved")),
    Row("materials:material_publish", only("maya", "mina", ok=409, refused=404, omar=403, adam=403), method="post",
        note="a draft", **of("draft")),
    Row("materials:material_mark_review_due", MAKERS_OF_SEEN_ACT, method="post", **of("material")),
    Row("materials:material_renew", MAKERS, **of("review_due")),
    Row("materials:material_expire", MAKERS_OF_SEEN, **of("material")),
    Row("materials:material_revise", MAKERS_OF_SEEN_ACT, method="post", **of("material")),
    Row("materials:material_withdraw", MAKERS_OF_SEEN, **of("material")),
    Row("materials:material_withdraw", only("maya", "mina", ok=422, refused=403, ola=404), note="no reason", **FORM,
        **of("material")),
    # Questions to customers; Mina asked, so Maya records.
    Row("materials:approvals", everyone(200)),
    Row("materials:approval_remind", MAKERS_ACT, method="post", **of("approval")),
    Row("materials:approval_extend", MAKERS, **of("approval")),
    Row("materials:approval_record", only("maya", refused=404, mina=403, omar=403, adam=403), **of("approval")),
    Row("materials:approval_withdraw", MAKERS_ACT, method="post", **of("approval")),
    # Share pages; this one is Sam's.
    Row("materials:share", only("maya", "mina", "sam", "sofia", "omar", refused=403, ola=404),
        query=lambda w: f"?material={w.material.pk}"),
    Row("materials:share", only("maya", "mina", "sam", "sofia", "omar", ok=302, refused=403, ola=404), method="post",
        note="made", data=lambda w: {"material": w.material.pk, "prospect": "Port", "until": UNTIL}),
    Row("materials:share", everyone(404), query="?material=0", note="none"),
    Row("materials:shares", everyone(200)),
    Row("materials:share_link", only("maya", "mina", "adam", "sam", refused=404), **of("share")),
    Row("materials:share_revoke", only("maya", "mina", "sam", ok=302, refused=404, adam=403), method="post", **of("share")),
    # Outside
    Row("materials:approval_page", OPEN, kwargs=lambda w: {"token": w.approval_token}),
    Row("materials:approval_page", everyone(410, anonymous=410), kwargs={"token": "nonsense"}, note="unknown"),
    Row("materials:approval_file", everyone(404, anonymous=404), note="of another piece",
        kwargs=lambda w: {"token": w.approval_token, "pk": w.file.pk}),
    Row("materials:share_page", OPEN, kwargs=lambda w: {"token": w.share_token}),
    Row("materials:share_file", everyone(404, anonymous=404), note="of another piece",
        kwargs=lambda w: {"token": w.share_token, "pk": w.file.pk}),
    # API
    Row("api:material-list", everyone(200, anonymous=401)),
    Row("api:material-list", {**everyone(403, anonymous=401), "maya": 201, "mina": 201}, method="post",
        data={"kind": "quote", "title": "By the API"}),
    Row("api:material-detail", {**everyone(200, anonymous=401), "ola": 404}, **of("material")),
    Row("api:material-detail", api(maya=200, mina=200, adam=403, omar=403), method="patch", data={"title": "Other"},
        **of("draft")),
    Row("api:material-draft", acts(), method="post", **of("idea")),
    Row("api:material-submit-for-review", acts(), method="post", **of("draft")),
    Row("api:material-return-to-draft", api(maya=200, mina=200, adam=403), method="post", data={"reason": "No"},
        **of("in_review")),
    Row("api:material-send-to-customer", api(maya=409, mina=409, adam=403, omar=403), method="post",
        data=lambda w: {"contact": w.contact.pk, "until": UNTIL}, **of("draft")),
    Row("api:material-approve", api(maya=200, mina=403, adam=403), method="post", **of("in_review")),
    Row("api:material-publish", {**everyone(403, anonymous=401), "maya": 200, "mina": 200, "ola": 404}, method="post",
        **of("approved")),
    Row("api:material-mark-review-due", {**everyone(403, anonymous=401), "maya": 200, "mina": 200, "ola": 404}, method="post",
        **of("material")),
    Row("api:material-renew", acts(), method="post", **of("review_due")),
    Row("api:material-expire", {**everyone(403, anonymous=401), "maya": 200, "mina": 200, "ola": 404}, method="post",
        **of("material")),
    Row("api:material-revise", {**everyone(403, anonymous=401), "maya": 200, "mina": 200, "ola": 404}, method="post",
        **of("material")),
    Row("api:material-withdraw", {**everyone(403, anonymous=401), "maya": 200, "mina": 200, "ola": 404}, method="post",
        data={"reason": "Wrong"}, **of("material")),
    Row("api:material-problems", {**everyone(403, anonymous=401), "maya": 200, "mina": 200, "adam": 200, "omar": 200, "ola": 404},
        **of("material")),
]  # fmt: skip
