"""The gallery draws everything, in three scripts; Chromium and axe look at it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from crp.ui.gallery import PAGES

ADDRESSES = ["/ui/?toast=1", "/ui/confirm/", *(f"/ui/pages/{name}/" for name in PAGES)]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ar", "fa"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_it_is_drawn_in_every_language(client: Client, address: str, language: str) -> None:
    joint = "&" if "?" in address else "?"
    response = client.get(f"{address}{joint}lang={language}")
    assert response.status_code == 200
    assert "Content-Security-Policy" in response
    if "confirm" not in address and "outside" not in address:
        assert f'lang="{language}"' in response.content.decode()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A real Chromium of the system."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize(("language", "theme"), [("en", "light"), ("ar", "dark"), ("fa", "light")])
def test_axe_finds_nothing_and_nothing_is_cut_off(
    live_server: Any, chromium: Any, language: str, theme: str, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = chromium.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    for address in ADDRESSES:
        joint = "&" if "?" in address else "?"
        page.goto(f"{live_server.url}{address}{joint}lang={language}&theme={theme}", wait_until="networkidle")
        found = Axe().run(
            page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
        )
        assert found.violations_count == 0, f"{address}\n{found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    context.close()
    assert [text for text in errors if "404" not in text] == []
