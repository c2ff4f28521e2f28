"""Every request has an id, and no log line holds a token that opens a page."""

import io
import json
import logging
import logging.config

import pytest
import structlog
from django.test import Client

from crp import logs


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
        ("GET /o/Zk3vYw8-qQ_1/accept/ 200", "GET /o/[token]/accept/ 200"),
        ("Not Found: /s/Zk3vYw8-qQ_1", "Not Found: /s/[token]"),
        ("POST /account/password/reset/key/5-c9wxyz-abcdef/", "POST /account/password/reset/key/[token]/"),
        ("GET /customers/12/", "GET /customers/12/"),
    ],
)
def test_tokens_are_cut_out(text: str, told: str) -> None:
    assert logs.scrub(None, "info", {"request": text}) == {"request": told}


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
        raise ValueError("no page at /o/Zk3vYw8-qQ_1/")
    except ValueError:
        logger.exception("failed for %s", "/s/Zk3vYw8-qQ_1/")
    line = json.loads(written.getvalue())
    assert line["event"] == "failed for /s/[token]/"
    assert line["level"] == "error"
    assert "ValueError: no page at /o/[token]/" in line["exception"]
    assert "Zk3vYw8" not in written.getvalue()
