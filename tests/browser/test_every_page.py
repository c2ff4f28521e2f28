"""Every page of every role, in three scripts, two themes and two widths: no error, nothing cut off, nothing axe objects to."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.permissions.table import World, of
from tests.permissions.test_table import MODULES, ROWS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.timeout(600)]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# What a page's look can change; the rest of the rules is about its structure, which all looks share.
OF_LOOKS = {"runOnly": ["color-contrast", "target-size", "scrollable-region-focusable", "html-has-lang", "valid-lang"]}
WIDEST = "document.documentElement.scrollWidth"
LOADING = ".htmx-request, .htmx-swapping, .htmx-settling"
LOOKS = [("en", "light", 1440, RULES), ("ar", "dark", 390, OF_LOOKS), ("fa", "light", 1100, OF_LOOKS)]
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


@pytest.mark.parametrize(
    ("language", "theme", "width", "rules"),
    LOOKS,
    ids=[f"{language}-{theme}-{width}" for language, theme, width, _ in LOOKS],
)
@pytest.mark.parametrize("actor", ACTORS)
def test_every_page_is_sound(
    visit: Callable[..., Any], actor: str, language: str, theme: str, width: int, rules: dict[str, list[str]]
) -> None:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import expect

    world = World()
    for module in MODULES:
        getattr(module, "tell", lambda world: None)(world)
    user = getattr(world, actor)
    user.language = language
    user.save(update_fields=["language"])
    page, wrong = visit(user, width=width, theme=theme), []
    for address in pages_of(world, actor):
        page.goto(address)
        expect(page.locator(LOADING)).to_have_count(0)
        found = Axe().run(page, options=rules).response["violations"]
        wrong += [f"{address}: {one['id']} {one['nodes'][0]['html'][:160]}" for one in found]
        if page.evaluate(WIDEST) > width:
            wrong.append(f"{address} is {page.evaluate(WIDEST)} wide")
    assert not wrong, "\n".join(wrong)
