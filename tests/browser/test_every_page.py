"""Every page of every role, in three scripts, two themes and two widths: no error, nothing cut off, nothing axe objects to."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import axe
from tests.permissions.table import World, of
from tests.permissions.telling import ROWS, told

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.long, pytest.mark.timeout(600)]

WIDEST = "document.documentElement.scrollWidth"
LOADING = ".htmx-request, .htmx-swapping, .htmx-settling"
ACTORS = ("maya", "sam", "mina", "eva", "adam")


def pages_of(world: World, actor: str) -> list[str]:
    """Whole pages the actor may open and nobody before him in ACTORS; everyone looks at his own home."""
    earlier = ACTORS[: ACTORS.index(actor)]
    found = ["/"]
    for row in ROWS:
        seen = any(row.expect.get(other) == 200 for other in earlier)
        if row.method != "get" or row.is_api or row.query or seen or row.expect.get(actor) != 200:
            continue
        address = reverse(row.name, kwargs=dict(of(row.kwargs, world)))
        if is_page(address, getattr(world, actor)):
            found.append(address)
    return list(dict.fromkeys(found))


def is_page(address: str, user: Any) -> bool:
    """Not a file, not a fragment."""
    client = Client()
    client.force_login(user)
    response = client.get(address)
    is_html = response.headers.get("Content-Type", "").startswith("text/html")
    return response.status_code == 200 and is_html and b"<main" in response.content


@pytest.mark.parametrize("actor", ACTORS)
class EveryPage:
    """A class for each look, so that two workers share them."""

    language, theme, width, rules = "en", "light", 1440, axe.EVERY_RULE

    def test_every_page_is_sound(self, visit: Callable[..., Any], actor: str) -> None:
        world = told()
        user = getattr(world, actor)
        user.language = self.language
        user.save(update_fields=["language"])
        page = visit(user, width=self.width, theme=self.theme)
        axe.bring(page)
        wrong = [fault for address in pages_of(world, actor) for fault in self.faults(page, address)]
        assert not wrong, "\n".join(wrong)

    def faults(self, page: Any, address: str) -> Iterator[str]:
        from playwright.sync_api import expect

        page.goto(address)
        expect(page.locator(LOADING)).to_have_count(0)
        for objection in axe.objections(page, self.rules):
            yield f"{address}: {objection}"
        if (found := page.evaluate(WIDEST)) > self.width:
            yield f"{address} is {found} wide"


class TestOnALargeScreen(EveryPage):
    pass


class TestInArabicOnAPhoneAtNight(EveryPage):
    language, theme, width, rules = "ar", "dark", 390, axe.OF_ITS_THEME


class TestInPersianOnASmallScreen(EveryPage):
    """Its colours are those of the large screen."""

    language, theme, width, rules = "fa", "light", 1100, axe.OF_ITS_SIZE
