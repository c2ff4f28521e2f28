"""Pages for people without an account: a signed link shows, a press of theirs acts."""

import zoneinfo
from functools import wraps
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods, require_safe

from crp.links.models import LinkGone
from crp.links.pages import View, by_link, language_for
from crp.verbs import WrongState, today
from materials import credit, rendering
from materials.files import served
from materials.forms import AnswerForm
from materials.models import Approval, MaterialFile, ShareLink
from materials.views.acting import attempt, sent


def outside(view: View) -> View:
    """`?lang=` chooses the language; a dead link says kindly why (410)."""

    @by_link
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with translation.override(language_for(request)):
            try:
                return view(request, *args, **kwargs)
            except LinkGone as gone:
                return render(request, "materials/outside_gone.html", {"reason": gone.reason}, status=410)

    return wrapper


@outside
@require_http_methods(["GET", "HEAD", "POST"])
def approval_page(request: HttpRequest, token: str) -> HttpResponse:
    """One version of one text, and the question whether it may be used."""
    now = timezone.now()
    approval, link = Approval.by_token(token, now=now)
    person = approval.contact
    with (
        translation.override(language_for(request, person.language)),
        timezone.override(zoneinfo.ZoneInfo(person.timezone)),
    ):
        form = AnswerForm(sent(request))
        if request.method == "GET":
            link.opened(now)
        if request.method == "POST" and form.is_valid():
            try:
                if attempt(form, lambda: approval.answer(**form.cleaned_data)):
                    return render(request, "materials/outside_thanks.html", {"approval": approval})
            except WrongState:
                raise LinkGone("revoked") from None
        context = {
            "approval": approval, "form": form, "text": rendering.html(approval.version.body), "token": token,
            "files": approval.version.files.all(), "version": approval.version,
        }  # fmt: skip
        return render(request, "materials/outside_approval.html", context, status=422 if form.errors else 200)


@outside
@require_safe
def approval_file(request: HttpRequest, token: str, pk: int) -> FileResponse:
    """A file of the version to approve."""
    approval, _link = Approval.by_token(token, now=timezone.now())
    return _handed(approval.version.files.filter(pk=pk).select_related("material").first())


@outside
@require_safe
def share_page(request: HttpRequest, token: str) -> HttpResponse:
    """What was put together for one prospect, as far as it may be shown today."""
    now = timezone.now()
    share = ShareLink.by_token(token, now=now)
    assert share.link is not None
    if request.method == "GET":
        share.link.opened(now)
    pieces = []
    for material, shown in share.pieces(today()):
        piece = {"shown": shown, "material": material}
        if shown:
            files = material.latest_files
            piece |= {
                "text": rendering.html(material.body),
                "files": files,
                "credit": credit.spoken_of(material),
                "people": credit.people(material),
            }
        pieces.append(piece)
    return render(request, "materials/outside_share.html", {"share": share, "pieces": pieces, "token": token})


@outside
@require_safe
def share_file(request: HttpRequest, token: str, pk: int) -> FileResponse:
    """A file of a piece that may be shown today."""
    share = ShareLink.by_token(token, now=timezone.now())
    shown = [file for material, may in share.pieces(today()) if may for file in material.latest_files]
    return _handed(next((file for file in shown if file.pk == pk), None))


def _handed(file: MaterialFile | None) -> FileResponse:
    if file is None:
        raise Http404
    return served(file)
