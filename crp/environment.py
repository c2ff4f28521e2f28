"""The variables that bin/run and bin/manage give the program, beyond what the caller set."""

import os
import secrets
import sys
from pathlib import Path

from crp.embedded import CannotStart
from crp.embedded.postgres import unreachable


def environment(data: Path, variables: dict[str, str], *, demo: str) -> dict[str, str]:
    """
    The whole environment of a child; `variables` name the servers, `demo` ("1" or "0") is for a program not begun yet.

    Raises CannotStart when CRP_DEMO=1 is asked of a program that was begun without.
    """
    external = bool(os.environ.get("DATABASE_URL"))
    production = os.environ.get("CRP_ENV") == "production"
    begun = "" if external else is_demo(data)
    defaults = {
        "PUBLIC_URL": f"http://127.0.0.1:{os.environ.get('PORT') or 8000}",
        "CRP_DEMO": begun or ("0" if external or production else demo),
    }
    if not production:
        defaults["SECRET_KEY"] = kept_secret(data)
    given = {name: value for name, value in os.environ.items() if value}
    if given.get("CRP_DEMO") == "1" and begun == "0":
        raise CannotStart(f"The program in {data} is not a demo; for one beside it: CRP_DATA=./var-demo bin/run")
    return {
        **defaults,
        **given,
        **variables,
        "CRP_DATA": str(data),
        "CRP_EXTERNAL_DATABASE": "1" if external else "0",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONUNBUFFERED": "1",
    }


def is_demo(data: Path) -> str:
    """
    "1" or "0" as the program was begun, empty when it has not been.

    Kept, so that a real program never offers the demo's one-click sign-in because a variable was forgotten.
    """
    try:
        return (data / "demo").read_text().strip()
    except OSError:
        return ""


def keep_demo(data: Path, *, demo: bool) -> None:
    """Note how the program was begun."""
    (data / "demo").write_text("1\n" if demo else "0\n")


def kept_secret(data: Path) -> str:
    """A random key of this installation, readable by us alone."""
    path = data / "secret_key"
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
    except FileExistsError:
        pass
    return path.read_text().strip()


def refuse_unreachable() -> None:
    """Raises CannotStart when DATABASE_URL is set and leads nowhere."""
    if os.environ.get("DATABASE_URL") and (reason := unreachable()):
        raise CannotStart(f"The database of DATABASE_URL cannot be reached: {reason}")
