"""Deals, requests and people asked, told with the verbs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from crp.accounts.models import User
from crp.events.models import Event
from references.models import ActivityType, Contact
from requests_app.models import Assignment, Opportunity, ReferenceRequest
from tests.conftest import make_opportunity


@pytest.fixture
def call(db: None) -> ActivityType:
    """A sales call."""
    return ActivityType.objects.get(slug="sales-call")


@pytest.fixture
def deal(sam: User) -> Opportunity:
    return make_opportunity(sam, opened_on=timezone.localdate() - timedelta(days=60))


@pytest.fixture
def wanted(sam: User, deal: Opportunity, call: ActivityType) -> ReferenceRequest:
    """Sam's request for a sales call in a week."""
    return ask(sam, deal, call)


@pytest.fixture
def owned(hanne: Contact, omar: User) -> Contact:
    """Hanne, whose company Omar owns."""
    hanne.customer.owner = omar
    hanne.customer.save(update_fields=["owner"])
    return hanne


@pytest.fixture
def proposed(wanted: ReferenceRequest, hanne: Contact, maya: User) -> Assignment:
    """Hanne, chosen by Maya for Sam's request."""
    return wanted.propose(contact=hanne, by=maya)


@pytest.fixture
def invited(proposed: Assignment, maya: User) -> Assignment:
    return proposed.invite(by=maya)


@pytest.fixture
def accepted(invited: Assignment) -> Assignment:
    return invited.accept()


def ask(by: User, deal: Opportunity | None, activity_type: ActivityType, **more: Any) -> ReferenceRequest:
    need_by = more.pop("need_by", timezone.localdate() + timedelta(days=7))
    return ReferenceRequest.ask(by=by, activity_type=activity_type, need_by=need_by, opportunity=deal, **more)


def said(*verbs: str) -> Callable[..., bool]:
    """`said("request.taken")(request)`: are the latest events about it these, the last first?"""

    def holds(subject: Any) -> bool:
        latest = Event.objects.about(subject).values_list("verb", flat=True)[: len(verbs)]
        return list(latest) == list(verbs)

    return holds


def last_event(subject: Any, verb: str) -> Event:
    found = Event.objects.about(subject).filter(verb=verb).first()
    assert found, f"nothing was said: {verb}"
    return found
