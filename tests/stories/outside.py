"""A person at the API from outside: HTTP calls with a token, nothing else."""

import json
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from crp.accounts.models import User
from tests.conftest import PASSWORD

TODAY = timezone.localdate()
PROBLEM = "application/problem+json"


def day(offset: int = 0) -> str:
    return (TODAY + timedelta(days=offset)).isoformat()


class Person:
    """`sam.get("requests/", 200)` → the JSON; the number is the status that must come."""

    def __init__(self, user: User) -> None:
        self.id, self.client, self.said = user.pk, Client(), None
        self.token = self.ask("post", "auth/token/", 200, {"email": user.email, "password": PASSWORD})["token"]

    def ask(self, method: str, path: str, expect: int, body: Any = None, **headers: str) -> Any:
        """One call. A refusal must be a problem of the shape of RFC 9457."""
        if getattr(self, "token", None):
            headers["Authorization"] = f"Token {self.token}"
        content = {} if method == "get" else {"data": json.dumps(body or {}), "content_type": "application/json"}
        self.said = reply = getattr(self.client, method)(f"/api/v1/{path}", headers=headers, **content)
        assert reply.status_code == expect, f"{method} {path} {body} → {reply.status_code} {reply.content[:600]!r}"
        found = json.loads(reply.content) if reply.content else None
        if reply.status_code >= 400:
            assert reply["Content-Type"] == PROBLEM
            assert {"type", "title", "status", "detail", "errors"} <= set(found)
            assert found["status"] == reply.status_code
            assert all(set(error) == {"field", "message"} for error in found["errors"])
        return found

    def get(self, path: str, expect: int = 200) -> Any:
        return self.ask("get", path, expect)

    def post(self, path: str, expect: int = 201, key: str = "", **body: Any) -> Any:
        return self.ask("post", path, expect, body, **({"Idempotency-Key": key} if key else {}))

    def act(self, path: str, expect: int = 200, **body: Any) -> Any:
        return self.ask("post", path, expect, body)

    def patch(self, path: str, expect: int = 200, **body: Any) -> Any:
        return self.ask("patch", path, expect, body)

    def rows(self, path: str) -> list[Any]:
        found = self.get(path)
        assert set(found) == {"next", "previous", "results"}, path
        return list(found["results"])


def fields(problem: dict[str, Any]) -> set[str]:
    return {error["field"] for error in problem["errors"]}
