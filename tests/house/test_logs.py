"""Every request has an id, and no log line holds a token that opens a page."""

import io
import json
import logging
import logging.config
import re
from collections.abc import Iterator

import pytest
import structlog
from django.test import Client
from django.urls import URLResolver, get_resolver

from crp import logs

TOKEN = "Zk3vYw8-qQ_1ktNNaZ0pX4rB7cD2eF5gH6iJ8lMnOoP"


def test_a_request_keeps_the_id_it_came_with(client: Client) -> None:
    assert client.get("/account/login/", headers={"X-Request-ID": "proxy-4711.a_b"})["X-Request-ID"] == "proxy-4711.a_b"


@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, "two words here", "line\tbreak-here", "<script>alert</script>"]
)
def test_a_request_with_no_id_or_a_doubtful_one_gets_a_new_one(client: Client, given: str) -> None:
    told = client.get("/account/login/", headers={"X-Request-ID": given})["X-Request-ID"]
    assert logs.REQUEST_ID.fullmatch(told)
    assert told != given


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"GET /o/answer/{TOKEN}/ 200", "GET /o/answer/[token]/ 200"),
        (f"Not Found: /o/{TOKEN}", "Not Found: /o/[token]"),
        (f"GET /s/{TOKEN}/files/3/", "GET /s/[token]/files/3/"),
        (f"POST /account/password/reset/key/5-{TOKEN}/", "POST /account/password/reset/key/[token]/"),
        ("GET /customers/12/", "GET /customers/12/"),
    ],
)
def test_tokens_are_cut_out(text: str, told: str) -> None:
    assert logs.scrub(None, "info", {"request": text}) == {"request": told}


def test_no_address_with_a_token_is_forgotten() -> None:
    routes = [route for route in addresses(get_resolver()) if "token>" in route]
    assert routes
    for route in routes:
        path = "/" + re.sub(r"<str:token>", TOKEN, re.sub(r"<int:\w+>", "7", route))
        assert TOKEN not in logs.scrub(None, "info", {"request": f"GET {path}"})["request"], route


def addresses(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every route of the program as one text."""
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, route)
        else:
            yield route


def test_production_writes_json_and_scrubs_messages_and_tracebacks_of_any_library() -> None:
    config = logs.config(as_json=True)
    written = io.StringIO()
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=config["formatters"]["structured"]["processors"],
        foreign_pre_chain=config["formatters"]["structured"]["foreign_pre_chain"],
    )
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter)
    logger = logging.Logger("some.library")
    logger.addHandler(handler)
    try:
        raise ValueError(f"no page at /o/{TOKEN}/")
    except ValueError:
        logger.exception("failed for %s", f"/s/{TOKEN}/")
    line = json.loads(written.getvalue())
    assert line["event"] == "failed for /s/[token]/"
    assert line["level"] == "error"
    assert "ValueError: no page at /o/[token]/" in line["exception"]
    assert TOKEN not in written.getvalue()
