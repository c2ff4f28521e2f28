"""Making a page for a prospect, looking after it, and closing it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crp.rest.idempotency import once
from crp.ui import lists
from crp.ui.pages import confirm
from crp.verbs import Forbidden, today
from materials.forms import ShareForm
from materials.models import Material, ShareLink
from materials.views.acting import attempt, sent

PAGE = 30
SHOWN_ONCE = "materials.share_tokens"


@once
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest) -> HttpResponse:
    """`?material=ID`, one or several: who gets them, and until when."""
    materials = _chosen(request)
    for material in materials:
        if not material.can_be_shared_by(request.user):
            raise Forbidden
    form = ShareForm(sent(request), user=request.user, initial={"title": materials[0].title})
    made: list[tuple[ShareLink, str]] = []
    valid = request.method == "POST" and form.is_valid()
    if valid and attempt(form, lambda: made.append(ShareLink.make(materials, by=request.user, **form.cleaned_data))):
        found, token = made[0]
        # The database knows only the token's hash; whoever made it sees it once.
        request.session[SHOWN_ONCE] = {str(found.pk): token}
        return redirect("materials:share_link", pk=found.pk)
    day = today(request.user)
    blocked = [(material, material.blockers(day)) for material in materials]
    context = {"form": form, "materials": materials, "blocked": [pair for pair in blocked if pair[1]]}
    return render(request, "materials/share.html", context, status=422 if form.errors else 200)


def _chosen(request: HttpRequest) -> list[Material]:
    numbers = request.POST.getlist("material") or request.GET.getlist("material")
    wanted = [int(number) for number in numbers if number.isdecimal() and len(number) < 18][:50]
    found = list(Material.objects.visible_to(request.user).with_making().filter(pk__in=wanted))
    if not found or len(found) != len(set(wanted)):
        raise Http404
    return sorted(found, key=lambda material: wanted.index(material.pk))


@require_safe
def shares(request: HttpRequest) -> HttpResponse:
    """One's share pages, or all for those who make material."""
    rows = ShareLink.objects.visible_to(request.user).select_related("collection", "link", "made_by")
    page = lists.paginate(request, rows, ("-pk",), PAGE)
    now = timezone.now()
    for found in page.rows:
        found.live = found.is_live(now)  # type: ignore[attr-defined]
    return render(request, "materials/shares.html", {"page": page})


@require_safe
def share_link(request: HttpRequest, pk: int) -> HttpResponse:
    """What the prospect sees, how often it was opened, and, once, its address."""
    rows = ShareLink.objects.visible_to(request.user).select_related("collection", "link", "made_by")
    found = get_object_or_404(rows, pk=pk)
    token = request.session.get(SHOWN_ONCE, {}).get(str(pk))
    if token:
        del request.session[SHOWN_ONCE]
    address = request.build_absolute_uri(reverse("materials:share_page", kwargs={"token": token})) if token else ""
    context = {
        "share": found, "address": address, "pieces": found.pieces(today(request.user)),
        "live": found.is_live(timezone.now()), "may_revoke": found.can_be_revoked_by(request.user),
    }  # fmt: skip
    return render(request, "materials/share_link.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    rows = ShareLink.objects.visible_to(request.user).select_related("collection", "link")
    found = get_object_or_404(rows, pk=pk)
    if not found.can_be_revoked_by(request.user):
        raise Forbidden
    if request.method == "POST":
        found.revoke(by=request.user)
        messages.success(request, _("Closed. Whoever opens the link now is told so."))
        return redirect("materials:share_link", pk=pk)
    return confirm(
        request,
        title=_("Close the page for %(name)s?") % {"name": found.prospect},
        text=_("Whoever holds the link sees nothing from then on. It cannot be opened again."),
        yes=_("Close it"),
        no=_("Keep it open"),
        back=reverse("materials:share_link", kwargs={"pk": pk}),
    )
