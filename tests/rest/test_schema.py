"""The served OpenAPI document."""

import json
from typing import Any

import pytest

from crp.rest.schema import KeptSchema

SCHEMA = "/api/v1/schema/?format=json"


@pytest.fixture(autouse=True)
def _forgotten() -> Any:
    KeptSchema.kept.clear()
    yield
    KeptSchema.kept.clear()


def test_the_document_is_kept_for_each_language_and_the_same_for_all(client: Any, db: None) -> None:
    first = json.loads(client.get(SCHEMA).content)
    assert set(KeptSchema.kept) == {"en"}
    assert json.loads(client.get(SCHEMA).content) == first
    client.get(f"{SCHEMA}&lang=ar")
    assert set(KeptSchema.kept) == {"en", "ar"}
    assert "/api/v1/customers/" in first["paths"]


@pytest.mark.parametrize("made_up", ["version=made-up", "lang=made-up"])
def test_what_somebody_makes_up_is_answered_and_not_kept(client: Any, db: None, made_up: str) -> None:
    assert client.get(f"{SCHEMA}&{made_up}").status_code == 200
    assert not KeptSchema.kept
