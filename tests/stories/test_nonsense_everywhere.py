"""Nonsense sent to every address of the program: an answer that names what is wrong, never a crash."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import get_resolver, reverse

from tests.permissions.table import Row, World, of
from tests.permissions.telling import ROWS, passing
from tests.permissions.test_table import addresses
from tests.stories.listening import asked

__all__ = ["asked"]
pytestmark = pytest.mark.long

ACTORS = ("maya", "adam", "sam", "mina", "omar")
BODIES = ("", "[]", "null", '""', "{", '{"x": 1}', "[" * 3000)
# Tried in all fields at once, for what reads them; the passing ones in each that is read alone too, for what acts on it.
VALUES = (None, "", 10**40, float("nan"), [], [None], {"x": 1}, "a\0b", "x" * 30_000)
PASSING = (-1, "\u202e\U0001f4a5<script>", "9999-12-31", "9999-12-31T23:59:59-14:00")
TEXTS = ("\0", "x" * 9000, "-1", "9" * 40, "NaN", "9999-12-31", "\u202e\U0001f4a5", "²")
PARAMETER = re.compile(r"""(?:[?&;]|\bname=["'])([a-z_]{1,30})(?==|["'])""")
WRITES = [row for row in ROWS if row.is_api and row.method in ("post", "patch", "put")]
FORMS = [row for row in ROWS if not row.is_api and row.method == "post"]
READS = [row for row in ROWS if row.method == "get"]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with passing(django_db_blocker) as told:
        yield told


class Sender:
    """One who may use the address, sending to it; whatever a request changed is undone."""

    def __init__(self, row: Row, world: World) -> None:
        able = [name for name in ACTORS if row.expect.get(name, 500) < 300 or row.expect.get(name) in (302, 303)]
        nobody = "anonymous" if "anonymous" in row.expect else "maya"
        self.client = world.client((able or [nobody])[0])
        self.row, self.crashes = row, []
        self.url = reverse(row.name, kwargs=dict(of(row.kwargs, world))) + of(row.query, world)
        self.data = {} if row.data is None else dict(of(row.data, world))

    def send(self, said: str, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            reply = getattr(self.client, self.row.method)(*args, **kwargs)
            transaction.set_rollback(True)
        if reply.status_code >= 500:
            self.crashes.append(f"{said[:100]} → {reply.status_code}")
        return reply

    def send_json(self, said: str, body: str) -> Any:
        raw = body.encode("utf-8", "surrogatepass")
        return self.send(said, self.url, raw, content_type="application/json")


def fields_of(row: Row, sender: Sender, schema: dict[str, Any]) -> set[str]:
    """What the address takes, as the served schema and the row tell it."""
    for path, methods in schema["paths"].items():
        if row.method in methods and matches(path, sender.url.partition("?")[0]):
            content = methods[row.method].get("requestBody", {}).get("content", {}).get("application/json", {})
            name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
            return {*sender.data, *schema["components"]["schemas"].get(name, {}).get("properties", {})}
    raise AssertionError(f"{row} is not in the schema")


def matches(path: str, url: str) -> bool:
    wanted, got = path.split("/"), url.split("/")
    return len(wanted) == len(got) and all(a == b or a.startswith("{") for a, b in zip(wanted, got, strict=True))


@pytest.fixture(scope="module")
def schema(world: World) -> dict[str, Any]:
    return world.client("maya").get("/api/v1/schema/?format=json", headers={"Accept": "application/json"}).json()


@pytest.mark.parametrize("row", WRITES, ids=str)
def test_no_endpoint_breaks_on_nonsense(
    row: Row, world: World, schema: dict[str, Any], asked: set[str], db: None
) -> None:
    sender = Sender(row, world)
    for body in ("{}", *BODIES):
        sender.send_json(f"body {body}", body)
    fields = fields_of(row, sender, schema)
    tries = [{}, *(dict.fromkeys(fields, value) for value in VALUES + PASSING)]
    try_each(sender, tries)
    try_each(sender, [{field: value} for field in sorted(fields & asked) for value in PASSING])
    assert not sender.crashes, "\n".join(sender.crashes)


def try_each(sender: Sender, tries: list[dict[str, Any]]) -> None:
    for body in tries:
        reply = sender.send_json(str(body)[:90], json.dumps({**sender.data, **body}))
        if reply.status_code == 400:
            assert reply["Content-Type"] == "application/problem+json"
            assert all(set(error) == {"field", "message"} for error in reply.json()["errors"])


@pytest.mark.parametrize("row", FORMS, ids=str)
def test_no_form_breaks_on_nonsense(row: Row, world: World, db: None) -> None:
    sender = Sender(row, world)
    sender.send("empty", sender.url, {})
    for field in sender.data:
        for text in TEXTS:
            sender.send(f"{field} = {text!r}", sender.url, {**sender.data, field: text})
    assert not sender.crashes, "\n".join(sender.crashes)


@pytest.mark.parametrize("row", READS, ids=str)
def test_no_page_breaks_on_nonsense_in_its_address(row: Row, world: World, asked: set[str], db: None) -> None:
    sender = Sender(row, world)
    plain = sender.url.partition("?")[0]
    told = parameters_of(sender.send("plain", sender.url))
    for text in TEXTS:
        sender.send(f"all = {text!r}", plain, dict.fromkeys({*told, *asked}, text))
    for name in sorted(asked) if len(asked) > 1 else ():
        for text in TEXTS:
            sender.send(f"{name} = {text!r}", plain, {name: text})
    assert not sender.crashes, "\n".join(sender.crashes)


def parameters_of(page: Any) -> set[str]:
    """What the page's links and forms send, some of which a link may fill in."""
    text = page.content.decode("utf-8", "replace") if not page.streaming else ""
    return {"next", "page", "cursor", *PARAMETER.findall(text)} - {"csrfmiddlewaretoken"}


def test_every_endpoint_is_tried() -> None:
    told = {(row.name, row.method) for row in WRITES}
    ours = {pair for pair in addresses(get_resolver()) if pair[0].startswith("api:") and pair[1] in ("post", "patch")}
    assert not ours - told
