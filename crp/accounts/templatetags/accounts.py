"""Tags about people: `{% load accounts %}`."""

from typing import Any

from django import template

from crp.accounts.models import Role, User

register = template.Library()


@register.simple_tag
def demo_people() -> list[User]:
    """Whom one may be in the demo: the first who hold each role, then the others in order; nine at most."""
    people = list(User.objects.able_to_sign_in().exclude(roles=[]).order_by("pk")[:50])
    first = {role: person.pk for person in reversed(people) for role in person.roles}
    people.sort(key=lambda person: (person.pk not in first.values(), person.pk))
    return sorted(people[:9], key=lambda person: person.pk)


@register.filter
def role_words(user: Any) -> list[Any]:
    """The roles' names, in the order of the table of roles."""
    return [label for value, label in Role.choices if value in user.roles]
