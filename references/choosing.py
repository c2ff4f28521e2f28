"""
The link in every mail to a person: there he says what he would do, how often, in which language, or that he would rather
not be asked. It lasts; a new one is made for each mail, and all end together when `link_version` moves on.
"""

from datetime import timedelta
from typing import Any

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from crp.links.models import LinkGone
from crp.outbox.consent import links_choices
from references.models import Contact, Willingness
from references.models.merge import Merge

SALT = "references.choices"
LASTS = timedelta(days=730)


@links_choices
def path(contact_id: int) -> str:
    """The address of the person's choices, for a mail to him. One query; empty when he is forgotten."""
    version = Contact.objects.filter(pk=contact_id, erased_at=None).values_list("link_version", flat=True).first()
    return f"/o/choices/{signing.dumps([contact_id, version], salt=SALT)}/" if version is not None else ""


def resolve(token: str) -> Contact:
    """The person a link is for. Raises LinkGone (unknown, expired, revoked)."""
    try:
        pk, version = signing.loads(token, salt=SALT, max_age=LASTS)
    except signing.SignatureExpired:
        raise LinkGone("expired") from None
    except (signing.BadSignature, ValueError, TypeError):
        raise LinkGone("unknown") from None
    here = Contact.objects.filter(erased_at=None, left_on=None).select_related("customer")
    found = here.filter(pk=pk).first()
    if found is None:
        return resolve_merged(here, pk, version)
    if found.link_version != version:
        raise LinkGone("revoked")
    return found


def resolve_merged(here: Any, pk: int, version: int) -> Contact:
    """The person that the link's one became. Raises LinkGone."""
    merged = Merge.objects.of_people().filter(gone_id=pk).first()
    found: Contact | None = here.filter(pk=merged.contact_id).first() if merged else None
    if merged is None or found is None:
        raise LinkGone("unknown")
    if merged.link_version != version:
        raise LinkGone("revoked")
    return found


@transaction.atomic
def choose(person: Contact, answers: list[tuple[Any, dict[str, Any]]], **own: Any) -> None:
    """
    Keep what the person said: answers by type, and his `own` language, channel, time zone and limit on all asks.

    Saying yes to anything is his consent. Raises Refused; then nothing is kept.
    """
    agrees = any(said["answer"] != "no" for _kind, said in answers)
    if agrees and not person.has_consent:
        person.grant_consent(by=None, source=str(_("Own answer, by the link")))
    for kind, said in answers:
        Willingness.objects.say(person, kind, by=None, **said)
    person.edit(by=None, **own)
