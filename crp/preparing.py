"""
What bin/run does in Django before it serves: migrations, static files, the demo world on the first run.

Progress goes to stderr; stdout gets the lines that tell who can sign in.
"""

import hashlib
import os
import sys
from importlib.metadata import version
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from crp.environment import is_demo, keep_demo


def main() -> int:
    """1 and one line when the settings or a migration refuse."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crp.settings")
    try:
        django.setup()
        migrate()
        collect_static_files()
        forget_again()
        tell_demo()
        look_around()
    except (ImproperlyConfigured, CommandError) as error:
        print(f"CRP cannot start: {error}", file=sys.stderr)
        return 1
    print("\n".join(who_can_sign_in()))
    return 0


def migrate() -> None:
    """Bring the database up to this code."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("Preparing the database …")
        call_command("migrate", interactive=False, verbosity=0, stdout=sys.stderr)


def collect_static_files() -> None:
    """Collect, hash and compress them, when one changed since the last time: it takes seconds."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256(f"{django.__version__} {version('whitenoise')}".encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            status = os.stat(storage.path(path))
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT).with_suffix(".sha256")
    if stamp.is_file() and stamp.read_text() == digest.hexdigest() and Path(settings.STATIC_ROOT).is_dir():
        return
    say("Collecting the static files …")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0, stdout=sys.stderr)
    stamp.write_text(digest.hexdigest())


def forget_again() -> None:
    """After an older backup: whoever asked to be forgotten since is forgotten again, before anything is sent."""
    call_command("reapply_erasures", verbosity=0, stdout=sys.stderr)


def tell_demo() -> None:
    """The demo world into a program that has not begun; a program that has begun without stays without."""
    from django.conf import settings

    from crp.accounts.models import User

    if settings.EXTERNAL_DATABASE:
        return
    empty = not User.objects.exists()
    if not is_demo(settings.DATA_DIR):
        keep_demo(settings.DATA_DIR, demo=settings.DEMO and empty)
    if empty and settings.DEMO and is_demo(settings.DATA_DIR) == "1":
        say("Telling the demo world …")
        call_command("demo", stdout=sys.stderr)


def look_around() -> None:
    """How every reference stands, before the first page asks; later beat looks every hour."""
    from references import watching

    watching.refresh()


def who_can_sign_in() -> list[str]:
    """In demo mode the people of the demo; else how to make a first user, or how many there are."""
    from django.conf import settings

    from crp.accounts.models import Role, User

    people = User.objects.able_to_sign_in()
    if is_demo(settings.DATA_DIR) == "1" and settings.DEMO:
        labels = dict(Role.choices)
        roles = {user: ", ".join(str(labels[role]) for role in user.roles) for user in people[:12]}
        width = max((len(user.name) for user in roles), default=0)
        return ["Sign in with one click as", *(f"  {user.name:<{width}}  {said}" for user, said in roles.items())]
    count = people.count()
    if count:
        return [f"{count} people can sign in." if count > 1 else "One person can sign in."]
    return [
        "No one can sign in yet. In another terminal:",
        "  PASSWORD=… bin/manage createuser you@example.com --role admin --password-env PASSWORD",
    ]


def say(line: str) -> None:
    """Progress for the person who waits."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
