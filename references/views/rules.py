"""The program's limits and the kinds of activity."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crp.rest.idempotency import once
from references.forms.rules import ActivityTypeForm, HealthRulesForm, PolicyForm
from references.models import ActivityType, HealthRules, UsagePolicy
from references.models.access import allow, may_set_up
from references.views.filling import Sheet, data, fill_in


@require_safe
def limits(request: HttpRequest) -> HttpResponse:
    """How often anybody may be asked: readable for everyone with a role, changed by managers and admins."""
    allow(bool(request.user.roles))  # type: ignore[union-attr]
    context = {
        "policy": UsagePolicy.current(),
        "types": list(ActivityType.objects.all()),
        "can_edit": may_set_up(request.user),
    }
    return render(request, "references/limits.html", context)


@require_http_methods(["GET", "POST"])
def limits_edit(request: HttpRequest) -> HttpResponse:
    """Change the program's limits."""
    allow(may_set_up(request.user))
    policy = UsagePolicy.current()
    form = PolicyForm(data(request), instance=policy)
    back = reverse("references:limits")
    sentence = _("They count from now on, for asks under way too; nothing agreed is taken back.")
    sheet = Sheet(_("Limits for everybody"), _("Save the limits"), back, sentence, [(_("Program rules"), back)])

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        policy.edit(by=request.user, version=cleaned["version"], **form.facts())
        return _("The limits are saved"), back

    return fill_in(request, form, sheet, act)


@require_http_methods(["GET", "POST"])
def health_rules(request: HttpRequest) -> HttpResponse:
    """What health is made of, and what follows from it."""
    allow(may_set_up(request.user))
    rules = HealthRules.current()
    form = HealthRulesForm(data(request), instance=rules)
    back = reverse("references:limits")
    sentence = _("Weights are shares of 100. What nobody knows earns half of its weight.")
    sheet = Sheet(_("Health"), _("Save the rules"), back, sentence, [(_("Program rules"), back)])

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        rules.edit(by=request.user, version=cleaned["version"], **form.facts())
        return _("The rules are saved"), back

    return fill_in(request, form, sheet, act)


@once
@require_http_methods(["GET", "POST"])
def activity_type_new(request: HttpRequest) -> HttpResponse:
    """A kind of activity of one's own."""
    allow(may_set_up(request.user))
    form = ActivityTypeForm(data(request))
    back = reverse("references:limits")
    sheet = Sheet(_("New kind of activity"), _("Add it"), back, crumbs=[(_("Program rules"), back)])

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        made = ActivityType.objects.add(by=request.user, **cleaned)
        return _("%(name)s added") % {"name": made.label}, back

    return fill_in(request, form, sheet, act)


@require_http_methods(["GET", "POST"])
def activity_type_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change limit, rest and effort of a kind of activity."""
    allow(may_set_up(request.user))
    found = get_object_or_404(ActivityType.objects.visible_to(request.user), pk=pk)
    form = ActivityTypeForm(data(request), instance=found)
    back = reverse("references:limits")
    sheet = Sheet(found.label, _("Save"), back, crumbs=[(_("Program rules"), back)])

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        found.edit(by=request.user, **cleaned)
        return _("%(name)s saved") % {"name": found.label}, back

    return fill_in(request, form, sheet, act)
