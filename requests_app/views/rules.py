"""The rules of requests: weights of matching, clocks, who may ask."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crp.verbs import Forbidden
from requests_app.forms import RulesForm
from requests_app.models import RequestRules
from requests_app.views.acting import attempt, done, sent


@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """One page, one form; a second writer is told."""
    current = RequestRules.current()
    if not current.can_be_edited_by(request.user):
        raise Forbidden
    form = RulesForm(sent(request), instance=current, initial={"version": current.version})
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        version = said.pop("version")
        if attempt(form, lambda: RequestRules.current().edit(by=request.user, version=version, **said)):
            return done(request, _("Saved. New requests and matches go by it."), reverse("requests_app:rules"))
    return render(request, "requests_app/rules.html", {"form": form}, status=422 if form.errors else 200)
