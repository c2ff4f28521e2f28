"""
The permission table: URL × role × own or foreign.

Each `tests/permissions/rows_<app>.py` holds `ROWS`, a list of Row; every address of the project needs one
(test_table.py).
The world is told anew for each module and every request is undone, so rows may post.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.test import Client

from crp.accounts.models import Role, Team, User
from crp.imports.models import ImportRun
from references import capacity
from references.models import Activity, ActivityType, CustomerStatus, Industry, Nomination, Product
from tests import conftest as cast

ACTORS = ("maya", "sam", "sofia", "omar", "mina", "eva", "adam", "ola", "anonymous")
Values = Mapping[str, Any]


class World:
    """The cast and one of everything; a rows module adds its own objects in a function `tell(world)`."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"No rows module's tell() gave the world a {name}.")

    def __init__(self) -> None:
        self.people()
        self.references()
        self.requests()
        self.import_run = ImportRun.upload(
            kind="customers", source="", file_name="a.csv", content=b"name\nAcme\n", mapping={}, by=self.maya
        )

    def people(self) -> None:
        dach = Team.objects.create(name="DACH", region="Europe")
        nordics = Team.objects.create(name="Nordics", region="Europe")
        self.team = dach
        self.maya = cast.make_user("Maya Keller", Role.MANAGER)
        self.sam = cast.make_user("Sam Brandt", Role.SALES, team=dach)
        self.sofia = cast.make_user("Sofia Lindqvist", Role.SALES, team=nordics)
        self.omar = cast.make_user("Omar Haddad", Role.SALES)
        self.mina = cast.make_user("Mina Orsini", Role.MARKETING)
        self.eva = cast.make_user("Eva Wirth", Role.EXECUTIVE)
        self.adam = cast.make_user("Adam Reyes", Role.ADMIN)
        self.ola = cast.make_user("Ola Nowak")
        self.imported = User.objects.create_user(None, name="Ida Import", roles=[Role.SALES])
        self.sessions = {actor: session_of(getattr(self, actor)) for actor in ACTORS if actor != "anonymous"}

    def client(self, actor: str) -> Client:
        """A browser of the actor's, signed in; it answers a crash with a 500, as people see it."""
        client = Client(raise_request_exception=False)
        if actor in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[actor]
        return client

    def references(self) -> None:
        """`customer` is active and Omar's; `candidate_customer` is nobody's yet."""
        self.industry = Industry.objects.get(name="Freight and ports")
        self.product = Product.objects.create(name="Halden Flow", family="Flow")
        self.activity_type = ActivityType.objects.get(slug="sales-call")
        self.customer = cast.make_customer(owner=self.omar, industry=self.industry, country="NL")
        self.candidate_customer = cast.make_customer("Port de Sète", status=CustomerStatus.CANDIDATE)
        self.contact = cast.make_contact(self.customer)
        self.willingness = cast.make_willing(self.contact)
        self.deployment = self.customer.deployments.create(product=self.product)
        self.nominated_customer = cast.make_customer("Solvento", status=CustomerStatus.CANDIDATE)
        self.nomination = Nomination.submit(
            by=self.sam, customer=self.nominated_customer, reason="They run the port on it."
        )
        logo = ActivityType.objects.get(slug="logo-use")
        self.activity = Activity.log(self.contact, logo, date(2026, 1, 5), None)
        self.hold = capacity.hold(self.contact, logo, on=date(2026, 1, 5), reason="world:1", label="R-1", by=None)
        # Far away, so that nobody else's story meets it.
        self.pause = self.contact.pauses.create(customer=self.customer, starts_on=date(2099, 1, 1), reason="leave")
        self.complaint = self.nominated_customer.complaints.create(summary="Late invoice", opened_on=date(2026, 1, 5))

    def requests(self) -> None:
        """Sam's deal and his request about it."""
        self.opportunity = cast.make_opportunity(self.sam)
        self.request = cast.make_request(self.sam, self.opportunity)


def session_of(user: User) -> str:
    """The cookie of one who has just signed in: a session for the whole world, for signing in costs half a request."""
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@dataclass(frozen=True)
class Row:
    """
    One address and method, and the status each actor gets. Actors left out of `expect` are not tried; `anonymous`
    is nobody signed in. `kwargs`, `query` and `data` may be functions of the world. API rows (`api:…`) send JSON,
    others forms.
    """

    name: str
    expect: Mapping[str, int]
    kwargs: Values | Callable[[World], Values] = field(default_factory=dict)
    method: str = "get"
    data: Values | Callable[[World], Values] | None = None
    query: str | Callable[[World], str] = ""
    note: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.method, self.name, self.note) if part)

    @property
    def is_api(self) -> bool:
        return self.name.startswith("api:")


def everyone(status: int, anonymous: int = 302, **others: int) -> dict[str, int]:
    """The same status for all who are signed in, but for `others` by name."""
    return {**dict.fromkeys(ACTORS, status), "anonymous": anonymous, **others}


def only(*actors: str, ok: int = 200, refused: int = 403, anonymous: int = 302, **others: int) -> dict[str, int]:
    """`ok` for the named, `refused` for the rest who are signed in, but for `others` by name."""
    return {**dict.fromkeys(ACTORS, refused), **dict.fromkeys(actors, ok), "anonymous": anonymous, **others}


def of(value: Any, world: World) -> Any:
    """The value, or what its function says of the world."""
    return value(world) if callable(value) else value
