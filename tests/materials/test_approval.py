from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from crp.accounts.models import User
from crp.events.models import Event
from crp.inbox.models import Notification
from crp.links.models import LinkGone, SignedLink
from crp.outbox.models import Message
from crp.verbs import Forbidden, Refused, WrongState, today
from materials.models import Approval, ApprovalState, ConsentGrant, Material, MaterialState, Naming
from materials.verbs import Verb
from references.models import Contact
from tests.conftest import make_contact, make_customer
from tests.materials.stock import asked, in_review


def token_of(message: Message) -> str:
    return str(message.context["path"]).strip("/").rpartition("/")[2]


def test_asking_writes_to_the_contact_and_moves_the_material(mina: User, hanne: Contact) -> None:
    approval = asked(mina, hanne)
    message = Message.objects.get(template="approval_request")
    assert (message.to, message.outside, message.contact_id) == (hanne.email, True, hanne.pk)
    assert hanne.name not in str(message.context)
    assert approval.material.state == MaterialState.CUSTOMER_REVIEW
    found, _link = Approval.by_token(token_of(message), now=timezone.now())
    assert found == approval


def test_only_a_person_of_that_customer_who_agreed_to_hear_from_us_is_asked(mina: User, hanne: Contact) -> None:
    material = in_review(mina, hanne)
    stranger = make_contact(make_customer("Elsewhere"), "Jan Smit")
    silent = make_contact(hanne.customer, "Piet Kok", consent=False)
    unreachable = make_contact(hanne.customer, "Ruud Bos", email="")
    wanted = {stranger: "other_customer", silent: "no_consent", unreachable: "no_address"}
    for contact, code in wanted.items():
        with pytest.raises(Refused) as refusal:
            material.send_to_customer(contact, by=mina, until=today() + timedelta(days=3))
        assert refusal.value.code == code
    assert Material.objects.get().state == MaterialState.INTERNAL_REVIEW
    assert not Message.objects.filter(outside=True).exists()


@pytest.mark.parametrize("days", [0, -1, 91])
def test_the_link_ends_within_three_months(days: int, mina: User, hanne: Contact) -> None:
    material = in_review(mina, hanne)
    with pytest.raises(Refused) as refusal:
        material.send_to_customer(hanne, by=mina, until=today() + timedelta(days=days))
    assert refusal.value.field == "until"


def test_a_yes_fixes_the_version_and_gives_the_permission_under_the_name_chosen(mina: User, hanne: Contact) -> None:
    approval = asked(mina, hanne)
    approval.answer("approve", naming=Naming.ROLE, comment="Fine")
    grant = ConsentGrant.objects.get()
    material = Material.objects.get()
    assert (material.state, material.naming) == (MaterialState.APPROVED, Naming.ROLE)
    assert (grant.naming, grant.version, grant.contact) == (Naming.ROLE, approval.version, hanne)
    assert approval.version.sha256 in approval.evidence
    event = Event.objects.get(verb=Verb.ANSWERED)
    assert (event.by, event.contact_id, event.data["decision"]) == (None, hanne.pk, "approve")
    assert Notification.objects.get(user=mina).kind == "material.customer_answered"


def test_a_yes_needs_a_naming_and_changes_need_words(mina: User, hanne: Contact) -> None:
    approval = asked(mina, hanne)
    for decision, field in {"approve": "naming", "ask_for_changes": "comment", "maybe": "decision"}.items():
        with pytest.raises(Refused) as refusal:
            approval.answer(decision)
        assert refusal.value.field == field
    assert Approval.objects.get().state == ApprovalState.OPEN


@pytest.mark.parametrize(("decision", "state"), [("ask_for_changes", "changes"), ("decline", "declined")])
def test_changes_or_a_no_bring_the_material_back_to_draft(
    decision: str, state: str, mina: User, hanne: Contact
) -> None:
    approval = asked(mina, hanne)
    approval.answer(decision, comment="Drop the second sentence")
    assert Approval.objects.get().state == state
    assert Material.objects.get().state == MaterialState.DRAFT
    assert not ConsentGrant.objects.exists()


def test_an_answer_counts_once(mina: User, hanne: Contact) -> None:
    approval = asked(mina, hanne)
    approval.answer("decline")
    with pytest.raises(WrongState):
        approval.answer("approve", naming=Naming.FULL)
    with pytest.raises(LinkGone):
        Approval.by_token(token_of(Message.objects.get(template="approval_request")), now=timezone.now())


def test_a_colleague_may_record_the_answer_but_not_the_one_who_asked(mina: User, maya: User, hanne: Contact) -> None:
    approval = asked(mina, hanne)
    with pytest.raises(Forbidden):
        approval.answer("approve", by=mina, naming=Naming.FULL, evidence="Mail of 3 May")
    with pytest.raises(Refused) as refusal:
        approval.answer("approve", by=maya, naming=Naming.FULL)
    assert refusal.value.field == "evidence"
    approval.answer("approve", by=maya, naming=Naming.FULL, evidence="Mail of 3 May")
    assert Event.objects.get(verb=Verb.ANSWERED).data["recorded"] is True
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.update(recorded_by=mina)


def test_a_reminder_brings_a_new_link_and_ends_the_old_one(mina: User, hanne: Contact) -> None:
    approval = asked(mina, hanne)
    approval.remind(by=mina)
    old, new = (token_of(Message.objects.get(template=f"approval_{name}")) for name in ("request", "reminder"))
    with pytest.raises(LinkGone):
        Approval.by_token(old, now=timezone.now())
    assert Approval.by_token(new, now=timezone.now())[0] == approval


def test_extending_moves_the_end(mina: User, hanne: Contact) -> None:
    approval = asked(mina, hanne)
    approval.extend(by=mina, until=today() + timedelta(days=40))
    assert (Approval.objects.get().expires_at - timezone.now()).days >= 39


def test_waiting_no_longer_takes_the_material_back_to_review(mina: User, hanne: Contact) -> None:
    approval = asked(mina, hanne)
    approval.withdraw(by=mina)
    assert approval.state == ApprovalState.WITHDRAWN
    assert Material.objects.get().state == MaterialState.INTERNAL_REVIEW
    assert not SignedLink.objects.live(timezone.now()).exists()


def test_one_material_waits_for_one_person_at_a_time(mina: User, hanne: Contact) -> None:
    approval = asked(mina, hanne)
    with pytest.raises(WrongState):
        approval.material.send_to_customer(hanne, by=mina, until=today() + timedelta(days=5))


def test_the_owner_of_the_account_sees_its_approvals_and_a_rep_none(
    mina: User, omar: User, sam: User, hanne: Contact
) -> None:
    hanne.customer.owner = omar
    hanne.customer.save()
    asked(mina, hanne)
    assert Approval.objects.visible_to(omar).count() == 1
    assert Approval.objects.visible_to(sam).count() == 0
