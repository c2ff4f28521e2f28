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
from crp.ui.counting import counting
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


STEPS = (
    (
        _("Bring your colleagues"),
        _("Invite them one by one, or import people first."),
        "accounts:people",
        _("Colleagues"),
    ),
    (_("Name a program manager"), _("Somebody must take requests and decide."), "accounts:people", _("Give the role")),
    (_("Import products"), _("Requests and matches speak of them."), "imports:start", _("Import")),
    (_("Import customers"), _("With parents, industries and countries."), "imports:start", _("Import")),
    (_("Import deals"), _("They show what references are worth."), "imports:start", _("Import")),
    (_("Keep mail flowing"), _("What could not be sent waits for you."), "outbox:list", _("Outgoing mail")),
)


def steps(user: Any) -> Sequence[Step]:
    """The checklist as it stands for this admin: two queries."""
    there = counting(
        colleagues=User.objects.able_to_sign_in().exclude(pk=user.pk),
        managers=User.objects.with_role(Role.MANAGER),
        products=Product.objects.all(),
        customers=Customer.objects.all(),
        deals=Opportunity.objects.all(),
        held=Message.objects.held(),
    ).now()
    account = Step(
        _("Protect your own account"),
        _("An admin's password alone is not enough: add a passkey or an authenticator app."),
        "mfa_index",
        _("Set up a second step"),
        is_mfa_enabled(user),
    )
    done = [bool(there[name]) for name in ("colleagues", "managers", "products", "customers", "deals")]
    return account, *(Step(*words, ready) for words, ready in zip(STEPS, [*done, not there["held"]], strict=True))


@require_safe
def set_up(request: HttpRequest) -> HttpResponse:
    """What is done and what is next."""
    if not request.user.is_admin:  # type: ignore[union-attr]
        raise PermissionDenied
    todo = steps(request.user)
    context = {
        "steps": todo,
        "open": sum(not step.done for step in todo),
        "next": next((each for each in todo if not each.done), None),
    }
    return render(request, "accounts/set_up.html", context)
