"""The record page of a request, and its verbs."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crp.events.timeline import Timeline
from requests_app import criteria as wished
from requests_app.forms import ColleagueForm, Criteria, MoveForm, ReasonForm
from requests_app.models import Opportunity, ReferenceRequest
from requests_app.views import actions
from requests_app.views.acting import ask, attempt, done, guard, sent
from requests_app.views.clock import clock_of
from requests_app.views.criteria import criteria_words
from requests_app.views.sentences import NEEDED, told


def visible(request: HttpRequest, pk: int) -> ReferenceRequest:
    """The request, if the reader may see it; else 404."""
    rows = ReferenceRequest.objects.visible_to(request.user).select_related(
        *NEEDED, "opportunity__account__industry", "opportunity__owner", "opportunity__industry", "opportunity__product"
    )
    found: ReferenceRequest = get_object_or_404(rows, pk=pk)
    return found


def _page(found: ReferenceRequest) -> str:
    return reverse("requests_app:request", args=[found.pk])


@require_GET
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """How the request stands, who was asked, what was wanted, what happened."""
    found = visible(request, pk)
    told([found], request.user)
    assignments = (
        found.assignments.with_released_to(request.user)
        .select_related("contact__customer__owner", "proposed_by")
        .order_by("-pk")
    )
    context = {
        "found": found, "assignments": list(assignments), "can": actions.on_request(found, request.user),
        "criteria": criteria_words(wished.asked_for(found)), "clock": clock_of(found),
        "timeline": Timeline.about(found, user=request.user, limit=20), **page_facts(found, request.user),
    }  # fmt: skip
    return render(request, "requests_app/request.html", context)


def page_facts(found: ReferenceRequest, user: Any) -> dict[str, Any]:
    """What the facts beside a request need to know of the reader's rights."""
    return {
        "amounts": Opportunity.amounts_visible_to(user),
        "may_revise": found.may("revise", user),
        "sees_matches": found.may_see_matches(user),
    }


@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """It is mine to look after now."""
    found = visible(request, pk)
    found.take(by=request.user)
    return done(request, _("%(number)s is yours.") % {"number": found.reference}, _page(found))


@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a draft."""
    found = visible(request, pk)
    found.submit(by=request.user)
    return done(request, _("Asked. We will look for somebody now."), _page(found))


@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it to a colleague."""
    found = visible(request, pk)
    guard(found, "assign", request.user)
    return ask(
        request, ColleagueForm(sent(request), initial={"assigned_to": found.assigned_to_id}),
        lambda said: found.assign(to=said["assigned_to"], by=request.user),
        said=_("%(number)s is assigned.") % {"number": found.reference}, back=_page(found),
        title=_("Who looks after %(number)s?") % {"number": found.reference}, text=_("Whoever it is hears about it at once."),
        yes=_("Assign"), no=_("Leave it"), danger=False,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The one who asked needs it no longer."""
    found = visible(request, pk)
    guard(found, "withdraw", request.user)
    return ask(
        request, ReasonForm(sent(request), required=False),
        lambda said: found.withdraw(by=request.user, reason=said["reason"]),
        said=_("%(number)s is withdrawn.") % {"number": found.reference}, back=_page(found),
        title=_("Withdraw this request?"),
        text=_("Whoever was asked for it is told that it is no longer needed, and becomes free for others."),
        yes=_("Withdraw it"), no=_("Keep it"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody could be found."""
    found = visible(request, pk)
    guard(found, "close", request.user)
    return ask(
        request, ReasonForm(sent(request)), lambda said: found.close(by=request.user, reason=said["reason"]),
        said=_("%(number)s is closed.") % {"number": found.reference}, back=_page(found),
        title=_("Close this request without a reference?"),
        text=_("%(name)s hears why. Whoever was asked becomes free for others.") % {"name": found.requested_by.name},
        yes=_("Close it"), no=_("Keep looking"),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Another day will do."""
    found = visible(request, pk)
    guard(found, "move", request.user)
    return ask(
        request, MoveForm(sent(request), initial={"need_by": found.need_by}),
        lambda said: found.move(by=request.user, need_by=said["need_by"]),
        said=_("%(number)s is moved.") % {"number": found.reference}, back=_page(found),
        title=_("When is it needed?"), text=_("Everyone who works on it sees the new day."),
        yes=_("Move it"), no=_("Leave it"), danger=False,
    )  # fmt: skip


@require_POST
def clock(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Stop the answer clock while something is missing, and start it again."""
    found = visible(request, pk)
    if verb == "pause":
        found.pause_clock(by=request.user)
        return done(request, _("The clock stands still."), _page(found))
    found.resume_clock(by=request.user)
    return done(request, _("The clock runs again."), _page(found))


@require_http_methods(["GET", "POST"])
def criteria(request: HttpRequest, pk: int) -> HttpResponse:
    """What the reference should be like."""
    found = visible(request, pk)
    guard(found, "revise", request.user)
    form = Criteria(sent(request), criteria={**found.criteria, **wished.asked_for(found)})
    if request.method == "POST" and form.is_valid() and attempt(form, lambda: _revise(found, form, request.user)):
        return done(request, _("Saved. The matches are ranked anew."), _page(found))
    return render(request, "requests_app/criteria.html", {"found": found, "form": form})


@require_POST
def relax(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave one criterion out for good, after its preview."""
    found = visible(request, pk)
    name = request.POST.get("criterion", "")
    found.relax(by=request.user, criterion=name)
    return done(request, _("Left out. The matches are ranked anew."), reverse("requests_app:matches", args=[found.pk]))


def _revise(found: ReferenceRequest, form: Criteria, user: Any) -> None:
    kept = {name: value for name, value in found.criteria.items() if name not in (*Criteria.NAMES, wished.ANY)}
    said = form.criteria()
    notes = said.pop("notes", "")
    found.revise(by=user, criteria=wished.stated({**kept, **said}, notes))
