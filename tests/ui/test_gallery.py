"""The gallery draws everything, in three scripts; Chromium and axe look at it."""

from typing import Any

import pytest
from django.test import Client

from crp.ui.gallery import PAGES
from tests import axe

pytestmark = pytest.mark.long
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
    ("language", "theme", "width", "rules"),
    [
        ("en", "light", 1440, axe.EVERY_RULE),
        ("ar", "dark", 1440, axe.OF_ITS_THEME),
        ("fa", "light", 390, axe.OF_ITS_SIZE),
        ("en", "dark", 390, axe.OF_ITS_SIZE),
    ],
)
def test_axe_finds_nothing_and_nothing_is_cut_off(
    served: str, chromium: Any, language: str, theme: str, width: int, rules: tuple[str, ...]
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    axe.bring(page)
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    wrong: list[str] = []
    for address in ADDRESSES:
        joint = "&" if "?" in address else "?"
        page.goto(f"{served}{address}{joint}lang={language}&theme={theme}", wait_until="networkidle")
        wrong += [f"{address}: {objection}" for objection in axe.objections(page, rules)]
        wrong += [f"{address} is wider than the screen"] if page.evaluate(WIDEST) > width else []
    context.close()
    assert not wrong, "\n".join(wrong)
    assert [text for text in errors if "404" not in text] == []
