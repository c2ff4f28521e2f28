"""The demo lets everybody in without a password, so it must not exist where others or real data are."""

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def refuse_unsafe(settings: Any) -> None:
    """Raise ImproperlyConfigured for a demo over somebody's database, or at an address others can reach."""
    if not settings.DEMO:
        return
    if settings.EXTERNAL_DATABASE:
        raise ImproperlyConfigured("The demo runs only over its own database: unset DATABASE_URL, or set CRP_DEMO=0.")
    hosts = [*settings.ALLOWED_HOSTS, urlsplit(settings.PUBLIC_URL).hostname or ""]
    public = [host for host in hosts if not is_loopback(host)]
    if public:
        raise ImproperlyConfigured(
            f"The demo answers only on this machine, not at {', '.join(public)}: set CRP_DEMO=0."
        )


def is_loopback(host: str) -> bool:
    """Does the name mean this machine?"""
    bare = host.strip("[]")
    if bare == "localhost":
        return True
    try:
        return ip_address(bare).is_loopback
    except ValueError:
        return False
