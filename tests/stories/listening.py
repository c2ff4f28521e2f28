"""Which names of a request the program asks for: nonsense in others meets no code of its own."""

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict

from crp.rest.nonsense import ObjectParser


class Listening(dict[str, Any]):
    """Remembers what it is asked for; whoever walks through it asks for everything."""

    asked: ClassVar[set[str]]

    def __getitem__(self, name: str) -> Any:
        self.asked.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return super().__contains__(name)


class Query(Listening, QueryDict):
    """Walking through it is how links keep what the address holds: it is asked for nothing then."""

    def _getlist(self, name: str, *args: Any, **kwargs: Any) -> Any:
        self.asked.add(name)
        return super()._getlist(name, *args, **kwargs)  # type: ignore[misc]


class Body(Listening):
    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)

    def __iter__(self) -> Iterator[str]:
        self.asked.update(super().keys())
        return super().__iter__()

    def keys(self) -> Any:
        self.asked.update(super().keys())
        return super().keys()

    def items(self) -> Any:
        self.asked.update(super().keys())
        return super().items()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names the program has asked the queries and JSON bodies of this test for."""
    heard: set[str] = set()
    query, parse = WSGIRequest.GET.func, ObjectParser.parse  # type: ignore[attr-defined]

    def listening_query(request: WSGIRequest) -> QueryDict:
        if "GET" not in request.__dict__:
            request.__dict__["GET"] = query(request)
            request.__dict__["GET"].__class__ = Query
        found: QueryDict = request.__dict__["GET"]
        return found

    monkeypatch.setattr(Listening, "asked", heard, raising=False)
    monkeypatch.setattr(WSGIRequest, "GET", property(listening_query))
    monkeypatch.setattr(ObjectParser, "parse", lambda *args, **kwargs: Body(parse(*args, **kwargs)))
    return heard
