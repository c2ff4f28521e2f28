"""API clients over the tests' own addresses."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient


@pytest.fixture(autouse=True)
def own_addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.rest.urls"


@pytest.fixture
def api() -> Callable[..., APIClient]:
    """`api(maya).post(...)`, sending JSON."""

    def of(user: Any) -> APIClient:
        client = APIClient()
        client.default_format = "json"  # type: ignore[attr-defined]
        client.force_authenticate(user)
        return client

    return of
