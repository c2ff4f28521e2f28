"""
All that is held about a person, as one document. The models themselves are asked who refers to a person, so that what is
added later is in it too.
"""

import json
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from references.models import Contact

# Secrets of links, and copies of what is there anyway.
LEFT_OUT = frozenset({"token_hash", "search_text", "content", "lease_token"})


def document(contact: Contact) -> dict[str, Any]:
    """{model: rows} of the person, of every row that refers to him, and of the rows that hang on those."""
    found: dict[str, Any] = {"references.contact": [row_of(contact)]}
    for model, rows in referring(contact).items():
        found[model._meta.label_lower] = [row_of(one) for one in rows]
    found["events"] = list(
        apps.get_model("events", "Event").objects.filter(about__contains=[f"contact:{contact.pk}"]).order_by("pk").values(
            "verb", "at", "actor_name", "data"
        )
    )  # fmt: skip
    messages = apps.get_model("outbox", "Message").objects.filter(contact_id=contact.pk).order_by("pk")
    found["mails"] = list(messages.values("template", "to", "language", "state", "created_at", "sent_at"))
    return found


def referring(contact: Contact) -> dict[type[models.Model], list[models.Model]]:
    """Rows by model: those with a key to the person, then those that go with them."""
    found: dict[type[models.Model], list[models.Model]] = {}
    for model, names in referrers(Contact).items():
        wanted = Q(*[(name, contact) for name in names], _connector=Q.OR)
        rows = list(model._base_manager.filter(wanted).distinct().order_by("pk"))
        if rows:
            found[model] = rows
    for model, rows in list(found.items()):
        for owned, names in referrers(model, owned=True).items():
            if owned not in found and owned is not Contact:
                wanted = Q(*[(f"{name}__in", rows) for name in names], _connector=Q.OR)
                more = list(owned._base_manager.filter(wanted).distinct().order_by("pk"))
                if more:
                    found[owned] = more
    return found


def referrers(target: type[models.Model], *, owned: bool = False) -> dict[type[models.Model], list[str]]:
    """Which models refer to `target`, and by which fields; `owned`: those alone that are deleted with it."""
    found: dict[type[models.Model], list[str]] = {}
    for model in apps.get_models():
        for field in (*model._meta.fields, *model._meta.many_to_many):
            if field.related_model is not target or model is target:
                continue
            remote: Any = field.remote_field
            if not owned or getattr(remote, "on_delete", None) is models.CASCADE:
                found.setdefault(model, []).append(field.name)
    return found


def row_of(one: models.Model) -> dict[str, Any]:
    """A row's own columns."""
    return {
        field.name: field.value_from_object(one)
        for field in one._meta.concrete_fields
        if field.name not in LEFT_OUT and not isinstance(field, models.BinaryField)
    }


def as_file(contact: Contact) -> bytes:
    """The document as indented JSON in UTF-8."""
    return json.dumps(document(contact), cls=DjangoJSONEncoder, indent=2, ensure_ascii=False).encode()
