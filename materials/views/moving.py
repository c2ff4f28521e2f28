"""One view for every move of material: GET asks where asking is needed, POST acts."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crp.ui.pages import confirm, safe_next
from materials.credit import bare
from materials.forms import ReasonForm, RenewForm
from materials.models import Material
from materials.moves import BY_VERB, Move
from materials.views.acting import attempt, back_to, editable, sent


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """`verb` comes from the address's route, never from the request."""
    material = editable(request, pk)
    made = BY_VERB[verb]
    form = form_of(verb, request)
    if request.method == "POST":
        if form is None:
            getattr(material, verb)(by=request.user)
            return back_to(request, material, made.done)
        if form.is_valid() and attempt(form, lambda: getattr(material, verb)(by=request.user, **form.cleaned_data)):
            return back_to(request, material, made.done)
    response = ask(request, material, made, form)
    if request.method == "POST":
        response.status_code = 422
    return response


def form_of(verb: str, request: HttpRequest) -> Any:
    """The form a verb needs, or None."""
    if verb in ("return_to_draft", "withdraw"):
        return ReasonForm(sent(request))
    return RenewForm(sent(request), user=request.user) if verb == "renew" else None


def ask(request: HttpRequest, material: Material, made: Move, form: Any) -> HttpResponse:
    """The question before it, with what will come of it."""
    return confirm(
        request,
        title=question(made.verb, material),
        text=consequence(made.verb, material),
        yes=made.label,
        no=_("Leave it"),
        back=safe_next(request, material.get_absolute_url()),
        danger=made.danger,
        form=form,
    )


def question(verb: str, material: Material) -> str:
    title = {"title": bare(material.title)}
    asked = {
        "draft": _("Take up “%(title)s”?"),
        "submit_for_review": _("Hand in “%(title)s” for review?"),
        "return_to_draft": _("Send “%(title)s” back?"),
        "approve": _("Approve “%(title)s”?"),
        "publish": _("Publish “%(title)s”?"),
        "mark_review_due": _("Put “%(title)s” up for review?"),
        "renew": _("Renew “%(title)s”?"),
        "expire": _("Let “%(title)s” expire?"),
        "revise": _("Revise “%(title)s”?"),
        "withdraw": _("Withdraw “%(title)s”?"),
    }
    return asked[verb] % title


def consequence(verb: str, material: Material) -> str:
    told = {
        "draft": _("It becomes a draft."),
        "submit_for_review": _("Marketing and the program managers are told. You cannot approve it yourself."),
        "return_to_draft": _("Whoever handed it in reads your reason."),
        "approve": _("Its wording is fixed from then on."),
        "publish": _("Colleagues can use it, and share it where its audience allows."),
        "mark_review_due": _("It is not shared until somebody renews it."),
        "renew": _("It is published again as it stands, if its permission still holds."),
        "expire": _("It leaves the library and every share page. It can be renewed."),
        "revise": _("It leaves the library and every share page until it is approved again."),
        "withdraw": _("Every share page drops it at once. Whoever uses it is not asked."),
    }
    return told[verb]
