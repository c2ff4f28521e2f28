"""The admin's pages about colleagues and teams."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crp.accounts.forms import AddressForm, InviteForm, PlaceForm, TeamForm
from crp.accounts.models import Role, Team, User
from crp.events import Timeline
from crp.rest.idempotency import once
from crp.ui import lists
from crp.ui.forms import refuse
from crp.ui.pages import confirm, page_or_partial
from crp.verbs import Refused

SORTS: dict[str, Sequence[str]] = {"name": ("name",), "created": ("created_at",)}


def admins_only(request: HttpRequest) -> None:
    """Raises PermissionDenied for everybody else."""
    if not request.user.is_admin:  # type: ignore[union-attr]
        raise PermissionDenied


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Colleagues, by state, role, team and words."""
    admins_only(request)
    view = request.GET.get("view", "")
    found = User.objects.in_view(view).select_related("team")
    if words := request.GET.get("q", "").strip()[:100]:
        found = found.matching(words)
    if role := request.GET.get("role"):
        found = found.filter(roles__contains=[role])
    if (team := request.GET.get("team", "")).isdecimal():
        found = found.filter(team_id=int(team[:9]))
    sort, order = lists.sorting(request, SORTS, "name")
    context = {
        "page": lists.paginate(request, found, order),
        "sort": sort,
        "tabs": [
            lists.Tab("", _("Active")),
            lists.Tab("imported", _("Without an address")),
            lists.Tab("disabled", _("Disabled")),
        ],
        "roles": Role.choices,
        "teams": [(each.pk, each.name) for each in Team.objects.all()[:200]],
    }
    return page_or_partial(request, "accounts/people.html", "accounts/_people.html", context)


@once
def invite(request: HttpRequest) -> HttpResponse:
    """A new colleague."""
    admins_only(request)
    form = InviteForm(request.POST or None, initial={"language": "en"})
    if request.method == "POST" and form.is_valid():
        try:
            actor: Any = request.user
            user = User.objects.invite(by=actor, **form.cleaned_data)
        except Refused as error:
            refuse(form, error)
        else:
            messages.success(request, _("%(name)s is invited. The mail is on its way.") % {"name": user.name})
            return redirect("accounts:person", pk=user.pk)
    return render(request, "accounts/invite.html", {"form": form}, status=422 if form.errors else 200)


def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One colleague: roles, team, address, what happened."""
    admins_only(request)
    found = get_object_or_404(User.objects.select_related("team"), pk=pk)
    form = PlaceForm(request.POST or None, initial={"roles": found.roles, "team": found.team})
    if request.method == "POST" and form.is_valid():
        try:
            found.place(roles=form.cleaned_data["roles"], team=form.cleaned_data["team"], by=request.user)
        except Refused as error:
            refuse(form, error)
        else:
            messages.success(request, _("What %(name)s may do is changed.") % {"name": found.name})
            return redirect("accounts:person", pk=pk)
    return person_page(request, found, form, AddressForm())


def person_page(request: HttpRequest, found: User, form: PlaceForm, address: AddressForm) -> HttpResponse:
    """The page with its two forms, whichever was sent."""
    context = {
        "person": found,
        "form": form,
        "address": address,
        "role_words": [Role(role).label for role in found.roles if role in Role.values],
        "timeline": Timeline.about(found, user=request.user),
    }
    return render(request, "accounts/person.html", context, status=422 if form.errors or address.errors else 200)


@require_POST
def person_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Mail the link, to a new address where there was none."""
    admins_only(request)
    found = get_object_or_404(User, pk=pk)
    address = AddressForm(request.POST if found.is_imported_only else {"email": found.email})
    if address.is_valid():
        try:
            found.invite(by=request.user, email=address.cleaned_data["email"])
        except Refused as error:
            refuse(address, error)
        else:
            messages.success(request, _("%(name)s is invited. The mail is on its way.") % {"name": found.name})
            return redirect("accounts:person", pk=pk)
    return person_page(request, found, PlaceForm(initial={"roles": found.roles, "team": found.team}), address)


def person_disable(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then end his access."""
    admins_only(request)
    found = get_object_or_404(User, pk=pk)
    if request.method != "POST":
        return confirm(
            request,
            title=_("Disable the account of %(name)s?") % {"name": found.name},
            text=_(
                "He is signed out everywhere and can't come back until you enable the account. What he owns stays his."
            ),
            yes=_("Disable it"),
            no=_("Keep it"),
            back=f"/people/{pk}/",
        )
    found.disable(by=request.user)
    messages.success(request, _("The account of %(name)s is disabled.") % {"name": found.name})
    return redirect("accounts:person", pk=pk)


@require_POST
def person_enable(request: HttpRequest, pk: int) -> HttpResponse:
    """Let him in again."""
    admins_only(request)
    found = get_object_or_404(User, pk=pk)
    found.enable(by=request.user)
    messages.success(request, _("%(name)s can sign in again.") % {"name": found.name})
    return redirect("accounts:person", pk=pk)


@require_safe
def teams(request: HttpRequest) -> HttpResponse:
    """The teams, each with its manager and size."""
    admins_only(request)
    page = lists.paginate(request, Team.objects.sized().select_related("manager"), ("name",))
    return render(request, "accounts/teams.html", {"page": page})


@once
def team(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new team, or one to change."""
    admins_only(request)
    found = get_object_or_404(Team, pk=pk) if pk else Team()
    form: Any = TeamForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        found.keep(by=request.user)
        messages.success(request, _("The team %(name)s is saved.") % {"name": found.name})
        return redirect("accounts:teams")
    return render(request, "accounts/team.html", {"form": form, "team": found}, status=422 if form.errors else 200)
