"""The gallery draws everything, in three scripts; Chromium and axe look at it."""

from typing import Any

import pytest
from django.test import Client

from crp.ui.gallery import PAGES

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WIDEST = "document.documentElement.scrollWidth"
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


@pytest.mark.browser
@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [("en", "light", 1440), ("ar", "dark", 1440), ("fa", "light", 390), ("en", "dark", 390)],
)
def test_axe_finds_nothing_and_nothing_is_cut_off(
    served: str, chromium: Any, language: str, theme: str, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = chromium.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    wrong: list[str] = []
    for address in ADDRESSES:
        joint = "&" if "?" in address else "?"
        page.goto(f"{served}{address}{joint}lang={language}&theme={theme}", wait_until="networkidle")
        found = Axe().run(page, options=RULES)
        wrong += [address, found.generate_report()] if found.violations_count else []
        wrong += [f"{address} is wider than the screen"] if page.evaluate(WIDEST) > width else []
    context.close()
    assert not wrong, "\n".join(wrong)
    assert [text for text in errors if "404" not in text] == []
