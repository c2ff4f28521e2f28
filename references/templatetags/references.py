"""Words of this floor for templates."""

from django import template
from django.utils.translation import gettext

register = template.Library()


@register.filter
def standard_name(name: str) -> str:
    """An activity type's name in the reader's language; an admin's own as he wrote it."""
    return gettext(name) if name else ""
