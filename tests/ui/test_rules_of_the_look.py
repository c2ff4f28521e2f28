"""Conventions a machine can see: logical properties, nothing inline, icons that exist, contrast of the tokens."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from crp.ui import icons

ROOT: Path = settings.BASE_DIR
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*.html") if "emails" not in path.parts)

PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom)|left|right|top|bottom"
    r"|border-(?:top|bottom)-(?:left|right)-radius|(?:min-|max-)?(?:width|height))\s*:"
)
SIDES = re.compile(r"(?:text-align|float|clear)\s*:\s*(?:left|right)\b|linear-gradient\(\s*to (?:left|right)")


def declarations(css: str) -> str:
    """The style sheet without comments, quoted data and the conditions of @media."""
    css = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", css, flags=re.S)
    return re.sub(r"@(?:media|container)[^{]*", "", css)


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_use_logical_properties_only(path: Path) -> None:
    css = declarations(path.read_text("utf-8"))
    assert PHYSICAL.findall(css) == []
    assert SIDES.findall(css) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_templates_hold_nothing_inline(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"<style[\s>]", text)
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<[^>]*\son[a-z]+\s*=\s*[\"']", text)
    assert "javascript:" not in text
    scripts = re.findall(r"<script\b([^>]*)>", text)
    assert [tag for tag in scripts if "src=" not in tag and "application/json" not in tag] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_templates_stay_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 120


def test_the_sprite_is_in_step_with_its_list() -> None:
    assert (ROOT / "static" / icons.SPRITE).read_text("utf-8") == icons.sprite()


def test_every_icon_a_template_names_exists() -> None:
    named = {name for path in TEMPLATES for name in re.findall(r'{%\s*icon "([\w-]+)"', path.read_text("utf-8"))}
    for name in named - set(icons.OWN):
        assert icons.shapes(name)


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def tokens() -> dict[str, tuple[str, str]]:
    css = (ROOT / "static" / "css" / "tokens.css").read_text("utf-8")
    return {
        name: (light, dark) for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", css)
    }


GROUNDS = ("canvas", "surface", "sunken", "quiet-soft", "accent-soft")
PAIRS = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in GROUNDS),
    *((kind, f"{kind}-soft") for kind in ("go", "ask", "rest", "stop", "quiet")),
    *((kind, "surface") for kind in ("go", "ask", "rest", "stop", "accent-ink")),
    *((f"f{n}-ink", f"f{n}") for n in range(6)),
    ("on-accent", "accent"), ("on-accent", "accent-hover"), ("on-stop", "stop"), ("on-stop", "stop-hover"),
    ("accent-ink", "accent-soft"),
    *(("ink-2", f"heat-{n}") for n in range(4)),
]  # fmt: skip


@pytest.mark.parametrize(("ink", "ground"), PAIRS, ids=lambda name: name)
def test_text_tokens_reach_aa_contrast_in_both_themes(ink: str, ground: str) -> None:
    known = tokens()
    for theme in (0, 1):
        assert contrast(known[ink][theme], known[ground][theme]) >= 4.5


def test_field_borders_reach_three_to_one() -> None:
    known = tokens()
    for theme in (0, 1):
        assert contrast(known["line-strong"][theme], known["surface"][theme]) >= 3


def test_the_kit_stands_below_everything_of_ours() -> None:
    tokens_css = (ROOT / "static" / "css" / "tokens.css").read_text("utf-8")
    head = (ROOT / "templates" / "components" / "_head.html").read_text("utf-8")
    assert tokens_css.startswith("@layer tabler, base, components, pages;")
    assert head.index("css/tokens.css") < head.index("vendor/tabler.css") < head.index("css/base.css")


def test_every_style_of_ours_is_in_a_layer() -> None:
    for path in STYLES:
        outside = re.sub(
            r"@layer [^{;]*;|@layer \w+ (\{(?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*\})",
            "",
            path.read_text("utf-8"),
        )
        assert re.sub(r"/\*.*?\*/", "", outside, flags=re.S).strip() == "", path.name
