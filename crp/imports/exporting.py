"""Lists as files that the importer reads back as they are: its own fields as columns, in the reader's language."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crp.accounts.models import Role, User
from crp.imports.spec import SPECS, Vocabulary
from crp.search import normalise
from crp.ui.exports import table_response


def labels(kind: str, names: Sequence[str]) -> list[str]:
    """Headers for fields of a kind."""
    known = {one.name: str(one.label) for one in SPECS[kind].fields}
    return [known[name] for name in names]


def respond(
    request: HttpRequest, kind: str, names: Sequence[str], rows: Iterable[Sequence[Any]], more: Sequence[Any] = ()
) -> HttpResponseBase:
    """CSV, or XLSX for `?format=xlsx`. `more` heads columns behind the fields, which an import leaves out."""
    header = [*labels(kind, names), *more]
    return table_response(request.GET.get("format", ""), kind, header, rows)


def spelling(known: Vocabulary) -> Callable[[int | None, str | None], str]:
    """How to write a thing so that it is found again: its name, or its number where the name says several."""

    def spell(pk: int | None, name: str | None) -> str:
        if pk is None or not name:
            return ""
        return f"#{pk}" if normalise(name) in known.ambiguous or name.startswith("#") else name

    return spell


@require_safe
def people(request: HttpRequest) -> HttpResponseBase:
    """All colleagues who are not disabled, for admins."""
    if not request.user.is_admin:  # type: ignore[union-attr]
        raise PermissionDenied
    names = ("name", "email", "manager", "team", "roles", "crp_id")
    return respond(request, "people", names, people_rows(), [_("Last seen")])


def people_rows() -> Iterator[Sequence[Any]]:
    names = [normalise(name) for name in User.objects.values_list("name", flat=True)]
    several = {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else set()
    for user in User.objects.active().select_related("team__manager").order_by("name", "pk").iterator(chunk_size=1_000):
        manager = user.team.manager if user.team else None
        boss = "" if manager is None else f"#{manager.pk}" if normalise(manager.name) in several else manager.name
        roles = ", ".join(role for role in Role.values if role in user.roles)
        team = user.team.name if user.team else ""
        seen = user.last_login.date().isoformat() if user.last_login else ""
        yield user.name, user.email or "", boss, team, roles, user.pk, seen
