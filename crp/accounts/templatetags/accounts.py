"""Tags about people: `{% load accounts %}`."""

from typing import Any

from django import template

from crp.accounts.models import Role, User

register = template.Library()


@register.simple_tag
def demo_people() -> list[User]:
    """Whom one may be in the demo: the first who hold each role, and account owners; nine at most."""
    return list(User.objects.able_to_sign_in().exclude(roles=[]).order_by("pk")[:9])


@register.filter
def role_words(user: Any) -> list[Any]:
    """The roles' names, in the order of the table of roles."""
    return [label for value, label in Role.choices if value in user.roles]
