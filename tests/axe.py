"""axe looks at a page in Chromium."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT

EVERY_RULE = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# What a page's look can change; the rest is about its structure, which all looks share.
OF_ITS_SIZE = ("target-size", "scrollable-region-focusable", "html-has-lang", "valid-lang")
OF_ITS_THEME = ("color-contrast", *OF_ITS_SIZE)
# Only what is wrong comes back: the whole report is half a megabyte a page.
RUN = "rules => axe.run({runOnly: rules, resultTypes: ['violations']}).then(report => report.violations)"


def bring(page: Any) -> None:
    """Every document the page opens from now on comes with axe."""
    page.add_init_script(AXE_SCRIPT)


def objections(page: Any, rules: tuple[str, ...]) -> list[str]:
    """The rule and the first element of each violation."""
    return [f"{one['id']} {one['nodes'][0]['html'][:160]}" for one in page.evaluate(RUN, list(rules))]
