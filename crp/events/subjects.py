"""Finding the object an event names, through the reader's eyes."""

from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.http import Http404


@cache
def models_by_ref() -> dict[str, type[models.Model]]:
    """Every model that events can name, by its `event_ref`."""
    return {model.event_ref: model for model in apps.get_models() if "event_ref" in vars(model)}  # type: ignore[attr-defined]


def visible(reference: str, user: Any) -> models.Model:
    """The object behind `customer:12` if `user` may see it. Raises Http404."""
    name, _, key = reference.partition(":")
    model = models_by_ref().get(name)
    found = getattr(getattr(model, "objects", None), "visible_to", None)
    if found is None or not key.isdecimal() or len(key) > 18:
        raise Http404
    subject: models.Model | None = found(user).filter(pk=int(key)).first()
    if subject is None:
        raise Http404
    return subject
