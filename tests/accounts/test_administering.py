import threading
from typing import Any

import pytest
from django.db import connection

from crp.accounts.models import Role, Team, User
from crp.accounts.verbs import Verb
from crp.events.models import Event
from crp.outbox.models import Message
from crp.verbs import Forbidden, Refused
from tests.conftest import make_user


def verbs_about(user: User) -> list[str]:
    return list(Event.objects.about(user).order_by("pk").values_list("verb", flat=True))


def test_an_invited_colleague_is_there_and_told_by_mail(adam: User, dach: Team) -> None:
    nia = User.objects.invite("Nia@CRP.test", by=adam, name="Nia", roles=[Role.SALES], team=dach, language="fa")

    assert (nia.email, nia.roles, nia.team, nia.has_usable_password()) == ("nia@crp.test", [Role.SALES], dach, False)
    assert verbs_about(nia) == [Verb.INVITED]
    message = Message.objects.get()
    assert (message.template, message.to, message.language) == ("invitation", "nia@crp.test", "fa")
    assert "link" not in message.context


def test_an_address_is_given_once(adam: User, sam: User) -> None:
    with pytest.raises(Refused) as refusal:
        User.objects.invite("SAM@crp.test", by=adam, name="Another Sam")

    assert refusal.value.field == "email"
    assert not Message.objects.exists()


def test_a_person_from_an_import_can_be_invited_once_he_has_an_address(adam: User) -> None:
    ida = User.objects.create_user(None, name="Ida Import")
    with pytest.raises(Refused):
        ida.invite(by=adam)
    ida.invite(by=adam, email="ida@crp.test")

    assert User.objects.able_to_sign_in().filter(pk=ida.pk).exists()
    assert Message.objects.get().to == "ida@crp.test"


def test_a_known_address_is_not_changed_by_an_invitation(adam: User, sam: User) -> None:
    sam.invite(by=adam, email="somebody@else.test")
    sam.refresh_from_db()

    assert sam.email == "sam@crp.test"


def test_change_roles_gives_exactly_these(adam: User, sam: User) -> None:
    sam.change_roles([Role.MARKETING, Role.SALES], by=adam)
    sam.refresh_from_db()

    assert set(sam.roles) == {Role.MARKETING, Role.SALES}
    assert Event.objects.get(verb=Verb.ROLES_CHANGED).data["before"] == [Role.SALES]


@pytest.mark.parametrize("verb", ["change_roles", "disable"])
def test_the_last_admin_stays(adam: User, verb: str) -> None:
    User.objects.create_user(None, name="An admin who can't sign in", roles=[Role.ADMIN])
    with pytest.raises(Refused) as refusal:
        adam.change_roles([], by=adam) if verb == "change_roles" else adam.disable(by=adam)

    assert refusal.value.code == "last_admin"
    adam.refresh_from_db()
    assert adam.is_admin
    assert adam.is_active


def test_one_of_two_admins_may_go(adam: User) -> None:
    make_user("Ada Second", Role.ADMIN)
    adam.change_roles([Role.SALES], by=adam)

    assert not adam.is_admin


@pytest.mark.django_db(transaction=True)
def test_two_admins_cannot_remove_each_other_at_once() -> None:
    admins = [make_user("Adam Reyes", Role.ADMIN), make_user("Ada Second", Role.ADMIN)]
    barrier, refused = threading.Barrier(2), []

    def leave(admin: User) -> None:
        barrier.wait(5)
        try:
            admin.change_roles([], by=admin)
        except Refused as error:
            refused.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=[admin]) for admin in admins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert refused == ["last_admin"]
    assert User.objects.with_role(Role.ADMIN).count() == 1


def test_only_admins_administer(maya: User, sam: User) -> None:
    for act in (
        lambda: sam.change_roles([Role.ADMIN], by=maya),
        lambda: sam.disable(by=maya),
        lambda: sam.enable(by=maya),
        lambda: sam.invite(by=maya),
        lambda: sam.move(None, by=maya),
        lambda: User.objects.invite("x@crp.test", by=maya, name="X"),
    ):
        with pytest.raises(Forbidden):
            act()


def test_disable_ends_every_session_and_token_at_once(adam: User, sam: User, client: Any) -> None:
    from knox.models import AuthToken

    token = AuthToken.objects.create(sam)[1]
    client.post("/account/login/", {"login": "sam@crp.test", "password": "correct horse battery"})
    assert client.get("/account/settings/").status_code == 200

    sam.disable(by=adam)

    assert client.get("/account/settings/").status_code == 302
    assert client.get("/api/v1/users/me/", HTTP_AUTHORIZATION=f"Token {token}").status_code == 401
    assert not AuthToken.objects.exists()
    assert verbs_about(sam) == [Verb.DISABLED]


def test_enable_lets_him_in_with_his_old_password(adam: User, sam: User, client: Any) -> None:
    sam.disable(by=adam)
    sign_in = {"login": "sam@crp.test", "password": "correct horse battery"}
    client.post("/account/login/", sign_in)
    assert client.get("/account/settings/").status_code == 302

    sam.enable(by=adam)
    client.post("/account/login/", sign_in)
    assert client.get("/account/settings/").status_code == 200


def test_move_puts_him_into_a_team_and_out_again(adam: User, omar: User, dach: Team) -> None:
    omar.move(dach, by=adam)
    omar.move(dach, by=adam)
    omar.move(None, by=adam)

    assert verbs_about(omar) == [Verb.MOVED, Verb.MOVED]
