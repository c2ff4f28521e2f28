from datetime import timedelta

import pytest

from crp.accounts.models import User
from crp.events.models import Event
from crp.inbox.models import Notification
from crp.verbs import Forbidden, Refused, WrongState, today
from materials.models import ConsentGrant, Material, MaterialState, Naming, ShareLink
from materials.verbs import Verb
from references.models import Contact
from tests.materials.stock import make_material, permitted, published

S = MaterialState


def test_withdrawing_permission_withdraws_the_material_and_tells_whoever_shared_it(
    mina: User, sam: User, hanne: Contact
) -> None:
    material = published(mina, hanne)
    share, _token = ShareLink.make([material], by=sam, prospect="Port de Sète", until=today() + timedelta(days=9))
    fallen = ConsentGrant.objects.get().withdraw(by=mina, reason="New owners")
    assert [each.pk for each in fallen] == [material.pk]
    assert Material.objects.get().state == S.WITHDRAWN
    assert share.pieces(today())[0][1] is False
    assert Event.objects.filter(verb=Verb.PERMISSION_WITHDRAWN).count() == 1
    assert Event.objects.get(verb=Verb.WITHDRAWN).data["permission"] is True
    told = Notification.objects.filter(kind="material.permission_withdrawn").values_list("user__name", flat=True)
    assert set(told) == {sam.name}


def test_permission_for_everything_falls_for_everything(mina: User, hanne: Contact) -> None:
    one, two = published(mina, hanne, title="One"), published(mina, hanne, title="Two")
    for grant in ConsentGrant.objects.all():
        grant.withdrawn_at = grant.created_at
        grant.save()
    whole = permitted(one, mina, whole_customer=True)
    assert len(whole.withdraw(by=mina)) == 2
    assert set(Material.objects.filter(pk__in=[one.pk, two.pk]).values_list("state", flat=True)) == {S.WITHDRAWN}


def test_material_with_another_permission_stays(mina: User, hanne: Contact) -> None:
    material = published(mina, hanne)
    own = ConsentGrant.objects.get()
    permitted(material, mina, whole_customer=True)
    assert own.withdraw(by=mina) == []
    assert Material.objects.get().state == S.PUBLISHED


def test_anonymous_material_needs_no_permission(mina: User, hanne: Contact) -> None:
    published(mina, hanne, naming=Naming.ANONYMOUS)
    assert ConsentGrant.objects.get().withdraw(by=mina) == []
    assert Material.objects.get().state == S.PUBLISHED


def test_permission_is_withdrawn_once_and_by_those_who_may(mina: User, sam: User, omar: User, hanne: Contact) -> None:
    published(mina, hanne)
    grant = ConsentGrant.objects.get()
    with pytest.raises(Forbidden):
        grant.withdraw(by=sam)
    grant.customer.owner = omar
    grant.customer.save()
    grant.withdraw(by=omar)
    with pytest.raises(WrongState):
        grant.withdraw(by=mina)


def test_a_permission_on_paper_says_where_it_can_be_found(mina: User, hanne: Contact) -> None:
    material = make_material(mina, hanne)
    with pytest.raises(Refused) as refusal:
        permitted(material, mina, proof=" ")
    assert refusal.value.field == "proof"
    with pytest.raises(Refused) as refusal:
        permitted(material, mina, until=today() - timedelta(days=1))
    assert refusal.value.field == "until"
    with pytest.raises(Refused) as refusal:
        permitted(make_material(mina), mina)
    assert refusal.value.code == "no_customer"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"until": -1, "starts_on": -9}, "permission_over"),
        ({"naming": Naming.ROLE}, "naming"),
        ({"channels": ["press"]}, "channel"),
        ({}, None),
    ],
)
def test_the_problem_says_what_the_permission_lacks(facts: dict, code: str | None, mina: User, hanne: Contact) -> None:
    material = make_material(mina, hanne)
    days = {name: today() + timedelta(days=value) for name, value in facts.items() if isinstance(value, int)}
    permitted(material, mina, **{**facts, **days})
    found = Material.objects.get().blockers(today())
    assert [problem.code for problem in found] == ([code] if code else [])


def test_the_contract_and_the_people_quoted_have_their_say(mina: User, hanne: Contact) -> None:
    material = published(mina, hanne)
    hanne.customer.publicity = "none"
    hanne.customer.save()
    hanne.consent_withdrawn_at = hanne.consent_granted_at
    hanne.save()
    codes = [problem.code for problem in Material.objects.get(pk=material.pk).blockers(today())]
    assert codes == ["contract_forbids", "contact_withdrew"]


def test_a_live_permission_is_the_same_by_object_and_by_query(mina: User, hanne: Contact) -> None:
    material = make_material(mina, hanne)
    spans = [(-5, None), (-5, -1), (1, None), (0, 0)]
    for start, end in spans:
        ends = today() + timedelta(days=end) if end is not None else None
        permitted(material, mina, starts_on=today() + timedelta(days=start), until=ends)
    by_query = set(ConsentGrant.objects.live(today()).values_list("pk", flat=True))
    assert by_query == {grant.pk for grant in ConsentGrant.objects.all() if grant.is_live(today())}
    assert len(by_query) == 2
