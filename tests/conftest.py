"""The cast and the plain factories every test uses."""

from collections.abc import Callable, Generator, Iterator
from datetime import date, timedelta
from typing import Any

import hypothesis
import pytest
from django.apps import apps
from django.db.migrations import RunPython
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone, translation
from pytest_django.plugin import blocking_manager_key

from crp.accounts.models import Role, Team, User
from references.models import ActivityType, Answer, Contact, Customer, CustomerStatus, Industry, Product, Willingness
from requests_app.models import Opportunity, ReferenceRequest, RequestState

# A busy machine is slow now and then: no test asserts a time.
hypothesis.settings.register_profile("crp", deadline=None)
hypothesis.settings.load_profile("crp")

PASSWORD = "correct horse battery"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones begin first, so that at the end no worker waits for another."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Every test starts in English."""
    with translation.override("en"):
        yield


def seed() -> None:
    """What the migrations bring along, put back where a test with real transactions has emptied the tables."""
    if ActivityType.objects.exists():
        return
    ours = {"references", "materials", "requests_app", "metrics"}
    for (app, _name), migration in sorted(MigrationLoader(None).disk_migrations.items()):
        for step in migration.operations:
            if app in ours and isinstance(step, RunPython):
                step.code(apps, None)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """A database kept from an earlier run may have been left empty."""
    with django_db_blocker.unblock():
        seed()


def has_real_transactions(item: pytest.Item) -> bool:
    """Does this test commit, and empty the tables when it ends?"""
    marker = item.get_closest_marker("django_db")
    fixtures: list[str] = getattr(item, "fixturenames", [])
    return bool({"transactional_db", "live_server"} & {*fixtures} or (marker and marker.kwargs.get("transaction")))


@pytest.fixture(autouse=True)
def seeded(request: pytest.FixtureRequest) -> None:
    """Tests with real transactions start with the seeds too."""
    if has_real_transactions(request.node):
        request.getfixturevalue("transactional_db")
        seed()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, object, object]:
    """They leave the seeds to the next test: a worker does not get its tests in the order that would make it needless."""
    result = yield
    if nextitem and has_real_transactions(item):
        with item.config.stash[blocking_manager_key].unblock():
            seed()
    return result


def make_user(name: str, *roles: str, **fields: Any) -> User:
    """An active user `<name>@crp.test` with the password of the cast."""
    first = name.split()[0].lower()
    return User.objects.create_user(f"{first}@crp.test", name=name, password=PASSWORD, roles=list(roles), **fields)


@pytest.fixture
def dach(db: None) -> Team:
    return Team.objects.create(name="DACH", region="Europe")


@pytest.fixture
def maya(db: None) -> User:
    """Manages the program."""
    return make_user("Maya Keller", Role.MANAGER)


@pytest.fixture
def sam(dach: Team) -> User:
    """Sells, in team DACH."""
    return make_user("Sam Brandt", Role.SALES, team=dach)


@pytest.fixture
def sofia(db: None) -> User:
    """Sells, in another team than Sam."""
    return make_user("Sofia Lindqvist", Role.SALES, team=Team.objects.create(name="Nordics", region="Europe"))


@pytest.fixture
def omar(db: None) -> User:
    """Owns accounts; holds the sales role, in no team."""
    return make_user("Omar Haddad", Role.SALES)


@pytest.fixture
def mina(db: None) -> User:
    """Makes material."""
    return make_user("Mina Orsini", Role.MARKETING)


@pytest.fixture
def eva(db: None) -> User:
    """The executive."""
    return make_user("Eva Wirth", Role.EXECUTIVE)


@pytest.fixture
def adam(db: None) -> User:
    """Administers."""
    return make_user("Adam Reyes", Role.ADMIN)


@pytest.fixture
def ola(db: None) -> User:
    """From nowhere: signed in, without a role."""
    return make_user("Ola Nowak")


def make_customer(
    name: str = "Vlaardingen Terminals", *, status: str = CustomerStatus.ACTIVE, **fields: Any
) -> Customer:
    return Customer.objects.create(name=name, status=status, **fields)


def make_contact(customer: Customer, name: str = "Hanne Vos", *, consent: bool = True, **fields: Any) -> Contact:
    fields.setdefault("email", f"{name.split()[0].lower()}@example.com")
    granted = timezone.now() - timedelta(days=400) if consent else None
    fields.setdefault("reference_since", granted and granted.date())
    return Contact.objects.create(customer=customer, name=name, consent_granted_at=granted, **fields)


def make_willing(contact: Contact, slug: str = "sales-call", answer: str = Answer.YES, **fields: Any) -> Willingness:
    """The contact's answer for the type `slug`."""
    found: Willingness = Willingness.objects.create(
        contact=contact, activity_type=ActivityType.objects.get(slug=slug), answer=answer, **fields
    )
    return found


def make_opportunity(owner: User, name: str = "Bremer Hafenlogistik", **fields: Any) -> Opportunity:
    fields = {"amount": 412_000, "currency": "EUR", "prospect": name, "opened_on": date(2026, 9, 1), **fields}
    return Opportunity.objects.create(owner=owner, name=name, **fields)


def make_request(by: User, opportunity: Opportunity, *, slug: str = "sales-call", **fields: Any) -> ReferenceRequest:
    """A submitted request, without going through the verbs; tests of the verbs use the verbs."""
    fields = {"need_by": timezone.localdate() + timedelta(days=7), "state": RequestState.SUBMITTED, **fields}
    return ReferenceRequest.objects.create(
        requested_by=by,
        opportunity=opportunity,
        activity_type=ActivityType.objects.get(slug=slug),
        submitted_at=timezone.now(),
        **fields,
    )


@pytest.fixture
def freight(db: None) -> Industry:
    return Industry.objects.get(name="Freight and ports")


@pytest.fixture
def flow(db: None) -> Product:
    return Product.objects.create(name="Halden Flow", family="Flow")


@pytest.fixture
def hanne(freight: Industry, flow: Product) -> Contact:
    """A finance chief who takes sales calls, at a customer nobody owns."""
    customer = make_customer(industry=freight, country="NL", employees=2300)
    customer.deployments.create(product=flow, since=date(2023, 3, 1))
    contact = make_contact(customer, job_title="Chief financial officer", seniority="executive", job_function="finance")
    make_willing(contact)
    return contact


@pytest.fixture
def as_user(client: Any) -> Callable[[User], Any]:
    """`as_user(maya).get(...)`: the test client, signed in."""

    def sign_in(user: User) -> Any:
        client.force_login(user)
        return client

    return sign_in
