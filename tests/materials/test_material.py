from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from crp.accounts.models import User
from crp.events.models import Event
from crp.inbox.models import Notification
from crp.verbs import Forbidden, Refused, Stale, WrongState, today
from materials.models import Approval, Material, MaterialState, Naming
from materials.verbs import Verb
from references.models import Contact
from tests.materials.stock import asked, in_review, make_material, permitted, published

S = MaterialState
BY_HAND = {
    "draft": {}, "submit_for_review": {}, "return_to_draft": {"reason": "Shorter"}, "approve": {}, "publish": {},
    "mark_review_due": {}, "renew": {}, "expire": {}, "revise": {}, "withdraw": {"reason": "Wrong figures"},
}  # fmt: skip


def verbs_about(material: Material) -> list[str]:
    return list(
        Event.objects.filter(about__contains=[f"material:{material.pk}"]).order_by("pk").values_list("verb", flat=True)
    )


def test_creating_material_makes_a_draft_with_its_first_version(mina: User) -> None:
    material = make_material(mina)
    assert (material.state, material.owner) == (S.DRAFT, mina)
    assert material.versions.get().number == 1
    assert verbs_about(material) == [Verb.CREATED]


def test_an_idea_is_taken_up_as_a_draft(mina: User) -> None:
    material = make_material(mina, idea=True)
    material.draft(by=mina)
    assert material.state == S.DRAFT
    assert verbs_about(material) == [Verb.CREATED, Verb.DRAFTED]


@pytest.mark.parametrize("name", ["sam", "eva", "adam", "ola"])
def test_only_marketing_and_managers_make_material(name: str, mina: User, request: Any) -> None:
    other = request.getfixturevalue(name)
    with pytest.raises(Forbidden):
        make_material(other)
    material = make_material(mina)
    with pytest.raises(Forbidden):
        material.submit_for_review(by=other)


@pytest.mark.parametrize("verb", BY_HAND)
@pytest.mark.parametrize("state", S.values)
def test_every_verb_keeps_to_the_table_of_transitions(verb: str, state: str, mina: User, maya: User) -> None:
    material = make_material(mina)
    Material.objects.filter(pk=material.pk).update(state=state)
    material.refresh_from_db()
    allowed, target = Material.TRANSITIONS[verb]
    if state in allowed:
        getattr(material, verb)(by=maya, **BY_HAND[verb])
        assert material.state == target
    else:
        with pytest.raises(WrongState) as refusal:
            getattr(material, verb)(by=maya, **BY_HAND[verb])
        assert refusal.value.allowed == sorted(allowed)
        assert Material.objects.get(pk=material.pk).state == state


def test_nobody_approves_what_he_handed_in(mina: User, maya: User) -> None:
    material = in_review(mina)
    with pytest.raises(Forbidden):
        material.approve(by=mina)
    material.approve(by=maya)
    assert material.state == S.APPROVED
    assert verbs_about(material)[-1] == Verb.APPROVED


def test_handing_in_tells_the_other_readers(mina: User, maya: User, sam: User) -> None:
    in_review(mina)
    assert set(Notification.objects.values_list("user__name", flat=True)) == {maya.name}


def test_sending_back_needs_a_reason_and_tells_the_owner(mina: User, maya: User) -> None:
    material = in_review(mina)
    with pytest.raises(Refused) as refusal:
        material.return_to_draft(by=maya, reason=" ")
    assert refusal.value.field == "reason"
    material.return_to_draft(by=maya, reason="Name the port")
    assert material.state == S.DRAFT
    assert Notification.objects.get(user=mina).context["reason"] == "Name the port"


def test_material_that_names_a_customer_is_not_approved_without_him(mina: User, maya: User, hanne: Contact) -> None:
    material = in_review(mina, hanne)
    with pytest.raises(Refused) as refusal:
        material.approve(by=maya)
    assert refusal.value.code == "customer_must_approve"
    permitted(material, mina)
    material.forget()
    material.customer.refresh_from_db()
    Material.objects.get(pk=material.pk).approve(by=maya)
    assert Material.objects.get(pk=material.pk).state == S.APPROVED


def test_changing_the_words_writes_a_new_version(mina: User) -> None:
    material = make_material(mina)
    first = material.versions.get()
    material.edit(by=mina, seen=1, body="It took two.")
    assert [version.number for version in material.versions.all()] == [2, 1]
    assert material.versions.first().sha256 != first.sha256
    assert Event.objects.filter(verb=Verb.EDITED).get().data["fields"] == ["body"]


def test_changing_a_fact_writes_no_version(mina: User) -> None:
    material = make_material(mina)
    material.edit(by=mina, seen=1, language="de")
    assert material.versions.count() == 1
    assert material.version == 2


def test_changing_nothing_leaves_no_trace(mina: User) -> None:
    material = make_material(mina)
    material.edit(by=mina, seen=1, body=material.body)
    assert material.version == 1
    assert verbs_about(material) == [Verb.CREATED]


def test_the_second_editor_is_told_and_overwrites_nothing(mina: User, maya: User) -> None:
    material = make_material(mina)
    material.edit(by=mina, seen=1, title="Hers")
    with pytest.raises(Stale):
        Material.objects.get(pk=material.pk).edit(by=maya, seen=1, title="Mine")
    assert Material.objects.get(pk=material.pk).title == "Hers"


def test_words_the_customer_reads_cannot_change(mina: User, hanne: Contact) -> None:
    approval = asked(mina, hanne)
    with pytest.raises(WrongState):
        Material.objects.get(pk=approval.material_id).edit(by=mina, seen=1, body="Other words")


def test_a_version_never_changes(mina: User) -> None:
    from django.db.utils import InternalError

    version = make_material(mina).versions.get()
    version.body = "Forged"
    with pytest.raises(InternalError), transaction.atomic():
        version.save()


def test_the_same_words_have_the_same_fingerprint(mina: User) -> None:
    one, two = make_material(mina), make_material(mina)
    assert one.versions.get().sha256 == two.versions.get().sha256


def test_publishing_needs_the_customers_approval(mina: User, maya: User, hanne: Contact) -> None:
    material = in_review(mina, hanne)
    Material.objects.filter(pk=material.pk).update(state=S.APPROVED)
    material = Material.objects.get(pk=material.pk)
    with pytest.raises(Refused) as refusal:
        material.publish(by=mina)
    assert refusal.value.code == "permission_missing"
    assert Material.objects.get(pk=material.pk).state == S.APPROVED
    assert Verb.PUBLISHED not in verbs_about(material)


def test_approved_and_published_with_a_year_until_review(mina: User, hanne: Contact) -> None:
    material = published(mina, hanne)
    assert material.state == S.PUBLISHED
    assert material.review_on == today() + timedelta(days=365)
    assert material.published_at is not None
    assert verbs_about(material)[-1] == Verb.PUBLISHED


def test_published_material_cannot_be_widened_beyond_its_permission(mina: User, hanne: Contact) -> None:
    material = published(mina, hanne)
    with pytest.raises(Refused) as refusal:
        material.edit(by=mina, seen=material.version, audience="public")
    assert refusal.value.code == "channel"
    assert Material.objects.get(pk=material.pk).audience == "shareable"


def test_an_approval_holds_for_its_version_only(mina: User, hanne: Contact) -> None:
    material = published(mina, hanne)
    material.revise(by=mina)
    material.edit(by=mina, seen=material.version, body="Quite other words")
    assert [problem.code for problem in material.blockers(today())] == ["changed_since"]


def test_renewing_needs_a_permission_that_still_holds(mina: User, hanne: Contact) -> None:
    material = published(mina, hanne)
    material.mark_review_due(by=mina)
    material.renew(by=mina)
    assert material.state == S.PUBLISHED
    material.mark_review_due(by=mina)
    with pytest.raises(Refused) as refusal:
        material.renew(by=mina, review_on=today())
    assert refusal.value.field == "review_on"


def test_withdrawing_closes_the_open_question(mina: User, hanne: Contact) -> None:
    approval = asked(mina, hanne)
    Material.objects.get(pk=approval.material_id).withdraw(by=mina, reason="Project stopped")
    assert Approval.objects.get().state == "withdrawn"
    assert Material.objects.get().state == S.WITHDRAWN


def test_withdrawing_needs_a_reason(mina: User) -> None:
    with pytest.raises(Refused) as refusal:
        make_material(mina).withdraw(by=mina, reason="")
    assert refusal.value.field == "reason"


@pytest.mark.parametrize("naming", [Naming.FULL, Naming.ROLE, Naming.ANONYMOUS])
def test_who_sees_what_is_the_table_of_the_design(
    naming: str, mina: User, maya: User, sam: User, omar: User, eva: User, adam: User, ola: User, hanne: Contact
) -> None:
    hanne.customer.owner = omar
    hanne.customer.save()
    draft = make_material(mina, hanne, title="Draft")
    out = published(mina, hanne, naming=naming, title="Out")
    inner = published(mina, hanne, naming=naming, title="Inner", audience="internal")

    def sees(user: User) -> set[str]:
        return set(Material.objects.visible_to(user).values_list("title", flat=True))

    everything = {draft.title, out.title, inner.title}
    assert sees(maya) == sees(mina) == sees(adam) == everything
    assert sees(omar) == everything
    assert sees(eva) == {"Out", "Inner"}
    assert sees(sam) == {"Out"}
    assert sees(ola) == set()


def test_searching_does_not_tell_who_is_behind_anonymous_material(mina: User, sam: User, hanne: Contact) -> None:
    published(mina, hanne, naming=Naming.ANONYMOUS)
    visible = Material.objects.visible_to(sam)
    assert visible.matching_words("one weekend").count() == 1
    assert visible.matching_words("Vlaardingen").count() == 0
    assert visible.about_customer(hanne.customer, sam).count() == 0
    assert Material.objects.visible_to(mina).about_customer(hanne.customer, mina).count() == 1


def test_search_folds_letters_and_forgives_a_slip(mina: User) -> None:
    make_material(mina, title="Über Nacht umgestellt", body="مديرية كهرباء")
    assert Material.objects.matching_words("uber NACHT").count() == 1
    assert Material.objects.matching_words("مدیریه کهرباء").count() == 1
    assert Material.objects.matching_words("umgestelt").count() == 1
    assert Material.objects.matching_words("pallets").count() == 0
