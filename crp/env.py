"""Strict readers of environment variables: nonsense stops the start with one clear line."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def text(name: str, default: str = "") -> str:
    """The variable, stripped; the default when unset or empty."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool) -> bool:
    """1/0, true/false, yes/no, on/off. Raises ImproperlyConfigured on anything else."""
    value = text(name).lower()
    if not value:
        return default
    if value in TRUE | FALSE:
        return value in TRUE
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def choice(name: str, allowed: tuple[str, ...], default: str) -> str:
    """One of `allowed`. Raises ImproperlyConfigured otherwise."""
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
    return value


def names(name: str, default: list[str]) -> list[str]:
    """A comma-separated list."""
    value = text(name)
    return [part.strip() for part in value.split(",") if part.strip()] if value else default


def number(name: str, default: int) -> int:
    """A whole number. Raises ImproperlyConfigured otherwise."""
    value = text(name)
    try:
        return int(value) if value else default
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from error


def directory(name: str, default: Path) -> Path:
    """A folder path, made absolute."""
    return Path(text(name, str(default))).expanduser().resolve()


def database(name: str) -> dict[str, Any]:
    """
    `postgres://user:password@host:port/name` as Django's DATABASES entry.

    A host may be a percent-encoded folder (a unix socket). Raises ImproperlyConfigured on another scheme or no name.
    """
    parts = urlsplit(text(name))
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(f"{name} must look like postgres://user:password@host:5432/name.")
    # urlsplit lower-cases hostname, which would break a socket folder's path.
    host = parts.netloc.rpartition("@")[2]
    if parts.port and not host.endswith("]"):
        host = host.rpartition(":")[0]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(host),
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }


def broker(name: str, redis_url: str) -> str:
    """Celery's broker address: the variable, else the Redis address in the spelling kombu wants for unix sockets."""
    url = text(name, redis_url)
    return url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=") if "unix://" in url else url


def mail(name: str, folder: Path) -> dict[str, Any]:
    """
    `smtp://user:password@host:587`, `smtps://…` (TLS from the start) or `smtp+tls://…` (STARTTLS); unset: files in `folder`.

    Raises ImproperlyConfigured on another scheme.
    """
    parts = urlsplit(text(name, "file:"))
    if parts.scheme not in {"file", "smtp", "smtps", "smtp+tls"}:
        raise ImproperlyConfigured(f"{name} must start with smtp://, smtp+tls:// or smtps://.")
    backend = "filebased" if parts.scheme == "file" else "smtp"
    return {
        "BACKEND": f"django.core.mail.backends.{backend}.EmailBackend",
        "HOST": parts.hostname or "127.0.0.1",
        "PORT": parts.port or 25,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "USE_TLS": parts.scheme == "smtp+tls",
        "USE_SSL": parts.scheme == "smtps",
        "FILE_PATH": folder,
    }
