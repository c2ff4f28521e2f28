"""The ledger of what references were given, and the rules of what may be."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crp.rest.idempotency import once
from crp.ui import exports, lists
from crp.ui.pages import page_or_partial
from crp.verbs import today
from references.filters import RewardFilters
from references.forms.along import GiftPolicyForm, RewardForm, WhyForm
from references.models import Customer, GiftPolicy, Reward, RewardKind
from references.models.access import allow, may_set_up
from references.models.gift_policy import allowance
from references.models.reward import money
from references.views.customers import crumbs
from references.views.filling import Sheet, data, fill_in
from references.views.upkeep import looked_up

SHOWN = 5
RELATED = ("customer", "contact", "by", "corrected_by", "corrects")


def allow_reader(user: Any) -> None:
    """Who sees every customer or owns one reads the ledger; other sales reps do not."""
    allow(user.sees_whole_program or Customer.objects.filter(owner=user).exists())


@require_safe
def rewards(request: HttpRequest) -> HttpResponse:
    """Every line, the latest first."""
    allow_reader(request.user)
    found, errors = lists.narrowed(RewardFilters, request, Reward.objects.visible_to(request.user))
    page = lists.paginate(request, found.select_related(*RELATED), ["-on"])
    context = {
        "page": page, "errors": errors, "kinds": RewardKind.choices, "currency": settings.PROGRAM_CURRENCY,
        "can_give": may_set_up(request.user),
    }  # fmt: skip
    return page_or_partial(request, "references/rewards.html", "references/_rewards.html", context)


@require_safe
def rewards_export(request: HttpRequest) -> HttpResponseBase:
    """The same lines as CSV or XLSX; adding the columns gives points left and worth given."""
    allow_reader(request.user)
    found, _errors = lists.narrowed(RewardFilters, request, Reward.objects.visible_to(request.user))
    header = [
        _("Day"),
        _("Customer"),
        _("Who"),
        _("What"),
        _("Points"),
        _("Worth"),
        _("Currency"),
        _("What for"),
        _("By"),
    ]
    names = ("on", "customer__name", "contact__name", "kind", "points", "value", "why", "by__name")
    labels, currency = dict(RewardKind.choices), settings.PROGRAM_CURRENCY
    rows = (
        (on, customer, who, labels[kind], points, value, currency, why, by)
        for on, customer, who, kind, points, value, why, by in found.order_by("-on", "-pk")
        .values_list(*names)
        .iterator()
    )
    return exports.table_response(request.GET.get("format", "csv"), "rewards", header, rows)


@require_safe
def customer_rewards(request: HttpRequest, pk: int) -> HttpResponse:
    """What people there were given, what is left of their points, and what the rules allow. Five queries at most."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user).select_related("industry"), pk=pk)
    allow(customer.shows_health_to(request.user))
    theirs, year = Reward.objects.filter(customer=customer), today(request.user).year
    context = {
        "customer": customer, "rows": list(theirs.select_related(*RELATED)[:SHOWN]), "points": theirs.balance(),
        "worth": theirs.worth_in(year), "year": year, "rule": allowance(customer), "currency": settings.PROGRAM_CURRENCY,
        "can_give": may_set_up(request.user),
    }  # fmt: skip
    return page_or_partial(request, "references/customer_rewards.html", "references/_customer_rewards.html", context)


@once
@require_http_methods(["GET", "POST"])
def reward_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A gift, points, or points spent; the gift policy answers at the field it is about."""
    customer, back = looked_up(request, pk)
    allow(may_set_up(request.user))
    form = RewardForm(
        data(request), customer=customer, user=request.user, initial={"contact": request.GET.get("contact")}
    )
    sheet = Sheet(_("Thank them"), _("Write it down"), back, sentence(allowance(customer)), crumbs(customer))

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        Reward.objects.give(cleaned.pop("way"), by=request.user, **cleaned)
        return _("Written down for %(name)s") % {"name": cleaned["contact"].name}, back

    return fill_in(request, form, sheet, act)


def sentence(rule: Any) -> str:
    """What may be given there, in words."""
    where = _(", ").join(rule.why)
    if rule.forbidden:
        return _("Nothing may be given to people there: %(rule)s.") % {"rule": where}
    parts = []
    if rule.per_gift is not None:
        parts.append(
            _("A gift may be worth %(most)s at most (%(rule)s).") % {"most": money(rule.per_gift), "rule": where}
        )
    if rule.per_year is not None:
        parts.append(_("In a year, %(most)s at most.") % {"most": money(rule.per_year)})
    return " ".join(parts) or _("No gift rule says anything about people there.")


@once
@require_http_methods(["GET", "POST"])
def reward_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a line back by one of its own."""
    found = get_object_or_404(Reward.objects.visible_to(request.user).select_related("customer", "contact"), pk=pk)
    allow(may_set_up(request.user))
    back = reverse("references:rewards")
    text = _("The line stays, and one of its own takes it back.")
    sheet = Sheet(_("Correct a line"), _("Take it back"), back, text, [(_("Rewards"), back)])

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        found.correct(by=request.user, why=cleaned["why"])
        return _("Taken back"), back

    return fill_in(request, WhyForm(data(request)), sheet, act)


@require_safe
def gift_policies(request: HttpRequest) -> HttpResponse:
    """What may be given, by country and sector: readable for those who see every customer."""
    allow(bool(request.user.sees_whole_program))  # type: ignore[union-attr]
    rules = list(GiftPolicy.objects.select_related("industry"))
    context = {"rules": rules, "can_edit": may_set_up(request.user), "currency": settings.PROGRAM_CURRENCY}
    return render(request, "references/gift_policies.html", context)


def policy_sheet(title: Any, button: Any) -> Sheet:
    back = reverse("references:gift_policies")
    sentence = _("A narrower rule replaces a wider one; of several that are equally narrow the strictest holds.")
    return Sheet(
        title, button, back, sentence, [(_("Program rules"), reverse("references:limits")), (_("Gifts"), back)]
    )


@once
@require_http_methods(["GET", "POST"])
def gift_policy_new(request: HttpRequest) -> HttpResponse:
    """A rule for a country, a sector, or both."""
    allow(may_set_up(request.user))
    form, sheet = GiftPolicyForm(data(request)), policy_sheet(_("New gift rule"), _("Add it"))

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        made = GiftPolicy.objects.add(by=request.user, **form.facts())
        return _("%(name)s added") % {"name": made.label}, sheet.back

    return fill_in(request, form, sheet, act)


@require_http_methods(["GET", "POST"])
def gift_policy_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a rule."""
    allow(may_set_up(request.user))
    found = get_object_or_404(GiftPolicy.objects.select_related("industry"), pk=pk)
    form, sheet = GiftPolicyForm(data(request), instance=found), policy_sheet(found.label, _("Save"))

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        found.edit(by=request.user, version=cleaned["version"], **form.facts())
        return _("%(name)s saved") % {"name": found.label}, sheet.back

    return fill_in(request, form, sheet, act)


@require_POST
def gift_policy_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """No rule any more."""
    allow(may_set_up(request.user))
    get_object_or_404(GiftPolicy.objects.select_related("industry"), pk=pk).remove(by=request.user)
    messages.success(request, _("The rule is removed"))
    return redirect("references:gift_policies")
