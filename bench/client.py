"""A plain load generator: threads with a kept connection each, a fixed number of requests, every latency noted."""

import http.client
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

PATIENCE = 30


@dataclass
class Reply:
    """A reply; `seconds` from sending to the last byte."""

    status: int
    body: bytes
    headers: dict[str, str]
    seconds: float


@dataclass
class Visitor:
    """Somebody signed in to one server."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def connect(self) -> http.client.HTTPConnection:
        """A connection that stands."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.connect()
        return connection

    def ask(
        self, connection: http.client.HTTPConnection, path: str, form: dict[str, Any] | None = None, **headers: str
    ) -> Reply:
        """GET, or POST with a form and the CSRF token."""
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if form is not None:
            body = urlencode({**form, "csrfmiddlewaretoken": self.cookies["csrftoken"]}, doseq=True)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        start = time.perf_counter()
        connection.request("GET" if form is None else "POST", path, body, headers)
        response = connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - start
        for line in response.headers.get_all("Set-Cookie") or ():
            self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items() if morsel.value})
        return Reply(response.status, content, dict(response.headers), seconds)

    def sign_in(self, email: str, password: str) -> None:
        """By the sign-in page, as people do. Raises RuntimeError when it refuses."""
        connection = self.connect()
        self.ask(connection, "/account/login/")
        reply = self.ask(connection, "/account/login/", {"login": email, "password": password})
        connection.close()
        if reply.status != 302 or "sessionid" not in self.cookies:
            raise RuntimeError(f"Signing in was answered with {reply.status}: {plain(reply.body)[:600]}")


@dataclass(frozen=True)
class Page:
    """
    What is measured: `addresses` are taken in turn; a `form` makes it a POST with a fresh one each time.

    `share` of the floor, `queries` and `kilobytes` are the aims (None: there is none); `growth` of p95 too.
    """

    name: str
    addresses: Sequence[str]
    share: float | None
    queries: int | None
    growth: float = 1.3
    kilobytes: int | None = None
    form: Callable[[], dict[str, Any]] | None = None

    def expected(self) -> int:
        """The status of a good reply."""
        return 302 if self.form else 200


@dataclass
class Measured:
    """What came of all rounds of a page."""

    latencies: list[float] = field(default_factory=list)
    elapsed: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.elapsed if self.elapsed else 0.0

    @property
    def p95(self) -> float:
        """Seconds; the nearest rank."""
        ordered = sorted(self.latencies)
        return ordered[max(0, -(-len(ordered) * 95 // 100) - 1)] if ordered else 0.0


def run_block(visitor: Visitor, page: Page, requests: int, threads: int, into: Measured, start_at: int) -> None:
    """So many requests by so many threads at once. Raises RuntimeError on any reply that is not the good one."""
    barrier, failures = threading.Barrier(threads + 1), list[str]()

    def work(number: int) -> None:
        connection = visitor.connect()
        barrier.wait()
        try:
            for turn in range(number, requests, threads):
                reply = visitor.ask(connection, page.addresses[(start_at + turn) % len(page.addresses)], form_of(page))
                into.latencies.append(reply.seconds)
                if reply.status != page.expected():
                    failures.append(f"{page.name}: {reply.status} {plain(reply.body)[:300]}")
                    return
        except OSError as error:
            failures.append(f"{page.name}: {error}")
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    barrier.wait()
    start = time.perf_counter()
    for worker in workers:
        worker.join()
    into.elapsed += time.perf_counter() - start
    if failures:
        raise RuntimeError(failures[0])


def form_of(page: Page) -> dict[str, Any] | None:
    """A fresh form with its key against double posts, or None."""
    return {**page.form(), "once": str(uuid4())} if page.form else None


def plain(body: bytes) -> str:
    """A page's words, for a message."""
    return " ".join(re.sub(r"<[^>]+>", " ", body.decode(errors="replace")).split())
