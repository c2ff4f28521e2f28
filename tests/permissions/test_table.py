from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.permissions.table import Row, World, of
from tests.permissions.telling import ROWS, passing

pytestmark = pytest.mark.long

# The gallery is there in tests and development only; the probes answer before any address is looked up.
EXEMPT = ("ui:gallery",)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with passing(django_db_blocker) as told:
        yield told


def addresses(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, str]]:
    """(full name, method) of every address; the method is "" where the view does not tell its methods."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from addresses(pattern, inner)
        elif isinstance(pattern, URLPattern):
            actions = getattr(pattern.callback, "actions", None) or {"": ""}
            for method in actions:
                yield (f"{prefix}{pattern.name}" if pattern.name else f"unnamed {pattern.pattern}", method)


def test_every_address_has_a_row() -> None:
    told = {(row.name, row.method) for row in ROWS} | {(row.name, "") for row in ROWS}
    missing = [
        f"{method} {name}".strip()
        for name, method in addresses(get_resolver())
        if (name, method) not in told and method != "head" and not name.startswith(EXEMPT)
    ]
    assert not missing, f"{len(missing)} without a row: {', '.join(sorted(missing))}"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_everyone_gets_what_the_table_says(row: Row, world: World, db: None) -> None:
    got = {actor: status_of(row, actor, world) for actor in row.expect}
    assert got == dict(row.expect)


def status_of(row: Row, actor: str, world: World) -> int:
    """What the actor is answered; whatever the request changed is undone."""
    client = world.client(actor)
    with transaction.atomic():
        url = reverse(row.name, kwargs=dict(of(row.kwargs, world))) + of(row.query, world)
        body = {} if row.data is None else dict(of(row.data, world))
        extra = {"content_type": "application/json"} if row.is_api and row.method != "get" else {}
        status: int = getattr(client, row.method)(url, body, **extra).status_code
        transaction.set_rollback(True)
    return status
