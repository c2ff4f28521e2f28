"""Consent is asked again when a mail leaves, by the worker's own code and into a real mail server."""

import pytest
from django.utils import timezone

from crp.accounts.models import Role
from crp.outbox.delivery import deliver_due
from crp.outbox.models import Message, MessageState
from references import joining
from tests.conftest import make_contact, make_customer, make_user
from tests.outbox.conftest import Sink

pytestmark = pytest.mark.django_db(transaction=True)


def test_mail_written_before_a_withdrawal_does_not_leave_after_it(sink: Sink) -> None:
    maya = make_user("Maya Keller", Role.MANAGER)
    hanne, dirk = (
        make_contact(make_customer(name), person) for name, person in (("A", "Hanne Vos"), ("B", "Dirk Bakker"))
    )
    joining.invite(hanne, by=maya)
    joining.invite(dirk, by=maya)
    hanne.withdraw_consent(by=None)
    deliver_due(timezone.now())
    assert hanne.email not in {mail["To"] for mail in sink.accepted}
    assert dirk.email in {mail["To"] for mail in sink.accepted}
    assert Message.objects.get(contact_id=hanne.pk).state == MessageState.SUPPRESSED
