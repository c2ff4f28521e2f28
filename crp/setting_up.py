"""The admin's checklist: what an empty program still needs, in the order that works."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from crp.accounts.models import Role, User
from crp.outbox.models import Message
from crp.ui import counting
from references.models import Customer, Product
from requests_app.models import Opportunity


@dataclass(frozen=True)
class Step:
    """One thing to do; `name` is the address where it is done."""

    title: Any
    why: Any
    name: str
    label: Any
    done: bool

    @property
    def url(self) -> str:
        try:
            return reverse(self.name)
        except NoReverseMatch:
            return ""


def steps(user: Any) -> Sequence[Step]:
    """The checklist as it stands for this admin: two queries."""
    there = counting.counts(
        colleagues=User.objects.able_to_sign_in().exclude(pk=user.pk),
        managers=User.objects.with_role(Role.MANAGER),
        products=Product.objects.all(),
        customers=Customer.objects.all(),
        deals=Opportunity.objects.all(),
        held=Message.objects.held(),
    )
    imports, people = "imports:list", "accounts:people"
    return (
        Step(
            _("Protect your own account"), _("An admin's password alone is not enough: add a passkey or an authenticator app."),
            "mfa_index", _("Set up a second step"), is_mfa_enabled(user),
        ),
        Step(_("Bring your colleagues"), _("Invite them one by one, or import people first."), people, _("Colleagues"), bool(there["colleagues"])),
        Step(_("Name a program manager"), _("Somebody must take requests and decide about nominations."), people, _("Give the role"), bool(there["managers"])),
        Step(_("Import products"), _("Requests and matches speak of them."), imports, _("Import"), bool(there["products"])),
        Step(_("Import customers"), _("With parents, industries and countries."), imports, _("Import"), bool(there["customers"])),
        Step(_("Import deals"), _("They show what references are worth."), imports, _("Import"), bool(there["deals"])),
        Step(_("Keep mail flowing"), _("Nothing that could not be sent waits for you."), "outbox:list", _("Outgoing mail"), not there["held"]),
    )  # fmt: skip


@require_safe
def set_up(request: HttpRequest) -> HttpResponse:
    """What is done and what is next."""
    if not request.user.is_admin:  # type: ignore[union-attr]
        raise PermissionDenied
    todo = steps(request.user)
    context = {"steps": todo, "open": sum(not step.done for step in todo), "next": next((each for each in todo if not each.done), None)}
    return render(request, "accounts/set_up.html", context)
