"""New material, changes to it, and its files."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crp.rest.idempotency import once
from crp.verbs import Forbidden, Refused, Stale
from materials import intake, rendering
from materials.files import served
from materials.forms import FileForm, MaterialForm
from materials.models import Material, MaterialFile
from materials.views.acting import attempt, back_to, editable, making, seen, sent
from references.models import Customer

NAMES_SHOWN = 8


@once
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Material from nothing; `?customer=` and `?kind=` fill it in."""
    if not Material().can_be_edited_by(request.user):
        raise Forbidden
    form = MaterialForm(sent(request), user=request.user, initial=_begun(request))
    made: list[Material] = []
    if request.method == "POST" and form.is_valid():
        fields = {name: value for name, value in form.cleaned_data.items() if name != "seen"}
        idea = "as_idea" in request.POST
        if attempt(form, lambda: made.append(Material.create(by=request.user, idea=idea, **fields))):
            messages.success(request, _("Saved. Add a file, or hand it in for review."))
            return redirect(made[0])
    return render(request, "materials/edit.html", {"form": form}, status=422 if form.errors else 200)


def _begun(request: HttpRequest) -> dict[str, Any]:
    begun: dict[str, Any] = {"language": "en", "owner": request.user.pk, "kind": request.GET.get("kind", "quote")}
    number = request.GET.get("customer", "")
    if number.isdecimal() and len(number) < 18:
        found = Customer.objects.visible_to(request.user).filter(pk=number).first()
        begun["customer"] = found.name if found else ""
    return begun


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change it; whoever saved in between is not overwritten, and what was typed stays on the page."""
    material = editable(request, pk)
    form = MaterialForm(sent(request), user=request.user, material=material, initial=MaterialForm.initial_of(material))
    if request.method != "POST" or not form.is_valid():
        return _edit_page(request, material, form)
    fields = {name: value for name, value in form.cleaned_data.items() if name != "seen"}
    try:
        saved = attempt(form, lambda: material.edit(by=request.user, seen=form.cleaned_data["seen"] or 0, **fields))
    except Stale as error:
        form.add_error(None, str(error.message))
        fresh = Material.objects.get(pk=material.pk)
        return _edit_page(request, fresh, form, status=409)
    if saved:
        return back_to(request, material, _("Saved."))
    return _edit_page(request, Material.objects.get(pk=material.pk), form)


def _edit_page(request: HttpRequest, material: Material, form: MaterialForm, status: int = 0) -> HttpResponse:
    context = {"form": form, "material": material}
    return render(request, "materials/edit.html", context, status=status or (422 if form.errors else 200))


@require_safe
def customer_names(request: HttpRequest) -> HttpResponse:
    """`?q=` → <option>s of customers the user sees."""
    found = Customer.objects.visible_to(request.user).matching_words(request.GET.get("q", "")[:100]).order_by("name")
    return render(request, "materials/_names.html", {"names": found.values_list("name", flat=True)[:NAMES_SHOWN]})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuses what is too large before a byte of it is read; only then looks at form and token."""
    material = editable(request, pk)
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if not announced.isdecimal() or int(announced) > intake.MAX_BYTES + intake.ENVELOPE:
        form = FileForm()
        limit = intake.MAX_BYTES // 1024 // 1024
        refusal = Refused(_("The file is larger than %(mb)s MB.") % {"mb": limit}, code="too_large", field="file")
        response = render(
            request, "materials/upload.html", {"form": form, "material": material, "refusal": refusal}, status=413
        )
        response["Connection"] = "close"
        return response
    return _upload(request, material)


@csrf_protect
@once
def _upload(request: HttpRequest, material: Material) -> HttpResponse:
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    valid = request.method == "POST" and form.is_valid()
    if valid and attempt(form, lambda: material.add_file(intake.clear(form.cleaned_data["file"]), by=request.user)):
        return back_to(request, material, _("The file is added, as a new version."))
    return render(
        request, "materials/upload.html", {"form": form, "material": material}, status=422 if form.errors else 200
    )


@require_safe
def file(request: HttpRequest, pk: int) -> FileResponse:
    """The file, to those who see its material."""
    found = get_object_or_404(MaterialFile.objects.visible_to(request.user).select_related("material"), pk=pk)
    return served(found)


@require_POST
def remove_file(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """A version without it."""
    material = editable(request, pk)
    found = get_object_or_404(material.files, pk=file_pk)
    material.remove_file(found, by=request.user)
    return back_to(request, material, _("Taken out. Earlier versions keep it."))


@require_safe
def version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What an earlier version said."""
    material = making(request, pk)
    found = get_object_or_404(material.versions.prefetch_related("files").select_related("made_by"), number=number)
    return render(
        request, "materials/version.html", {"material": material, "version": found, "text": rendering.html(found.body)}
    )


@require_safe
def quote(request: HttpRequest, pk: int) -> HttpResponse:
    """The words with the permission line below, ready to copy."""
    from materials.views.reading import quote_text

    material = seen(request, pk)
    context = {"material": material, "text": quote_text(material.pk, request.user)}
    return render(request, "materials/quote.html", context | {"back": reverse("materials:material", kwargs={"pk": pk})})
