"""Translations for the program to read: each .po that is newer than its .mo is compiled, without gettext's tools."""

import os
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def compile_all(locale: Path = LOCALE) -> list[Path]:
    """The catalogues that were out of date, now compiled. Raises ValueError naming a file that cannot be read."""
    return [compile_one(po) for po in sorted(locale.glob("*/*/LC_MESSAGES/*.po")) if stale(po)]


def stale(po: Path) -> bool:
    """Is the .mo missing or older?"""
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime_ns < po.stat().st_mtime_ns


def compile_one(po: Path) -> Path:
    """Write the .mo in one step, so that a server reading it never sees half of it."""
    try:
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parent.parent.name, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError) as error:
        raise ValueError(f"{po}: {error}") from error
    fresh = po.with_suffix(".mo.new")
    with fresh.open("wb") as target:
        write_mo(target, catalogue)
    os.replace(fresh, po.with_suffix(".mo"))
    return po


def main() -> int:
    """1 and one line when a catalogue is broken."""
    try:
        compile_all()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
