"""Upload, map, look, apply: the importer in the browser."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crp.imports import reading
from crp.imports.forms import MappingForm, UploadForm
from crp.imports.models import ImportRun, RunState
from crp.imports.tasks import wake, work_one
from crp.rest.idempotency import once
from crp.ui.exports import csv_response
from crp.verbs import Forbidden

# A file this small is checked while the page is asked for; a larger one goes to the worker.
SMALL_ROWS = 2_000


def importer(request: HttpRequest) -> Any:
    """The user, if he may import. Raises Forbidden."""
    if not (request.user.is_manager or request.user.is_admin):  # type: ignore[union-attr]
        raise Forbidden(_("Program managers and admins import."))
    return request.user


def find(request: HttpRequest, pk: int) -> ImportRun:
    importer(request)
    return get_object_or_404(ImportRun.objects.visible_to(request.user).select_related("by"), pk=pk)


@require_http_methods(["GET", "POST"])
@once
def start(request: HttpRequest) -> HttpResponse:
    """Choose a file; earlier imports stand below."""
    user = importer(request)
    form = UploadForm(request.POST or None, request.FILES or None, initial={"kind": request.GET.get("kind")})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            run = ImportRun.upload(
                kind=data["kind"], source=data["source"], file_name=data["file"].name, content=data["file"].read(),
                mapping=data["mapping"] or {}, by=user,
            )  # fmt: skip
            return redirect("imports:run", run.pk)
        except reading.BadTable as error:
            form.add_error("file", str(error))
    runs = ImportRun.objects.visible_to(user).select_related("by").defer("content", "report", "mapping")[:25]
    status = 422 if form.errors else 200
    return render(request, "imports/start.html", {"form": form, "runs": runs}, status=status)


@require_http_methods(["GET", "POST"])
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Map the columns, settle unknown values, see what would happen."""
    found = find(request, pk)
    if found.is_working or found.state == RunState.APPLIED:
        return render(request, "imports/run.html", {"run": found})
    table = found.table()
    form = MappingForm(found, table, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            found.try_out(by=request.user, mapping=form.as_mapping())
            wake()
        if len(table.rows) <= SMALL_ROWS:
            work_one()
        return redirect("imports:run", found.pk)
    context = {"run": found, "form": form, "rows": len(table.rows), "preview": table.rows[:5], "columns": table.columns}
    return render(request, "imports/run.html", context, status=422 if form.errors else 200)


@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Write it all."""
    found = find(request, pk)
    with transaction.atomic():
        found.apply(by=request.user)
        wake()
    if found.report.get("rows", 0) <= SMALL_ROWS:
        work_one()
    messages.success(request, _("The import of %(file)s is under way.") % {"file": found.file_name})
    return redirect("imports:run", found.pk)


@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The state of a run at work; tells the page to load anew once it is over."""
    found = find(request, pk)
    response = render(request, "imports/_progress.html", {"run": found})
    if not found.is_working:
        response["HX-Refresh"] = "true"
    return response


@require_GET
def mapping(request: HttpRequest, pk: int) -> HttpResponse:
    """The mapping as a file, for next time or the command line."""
    found = find(request, pk)
    headers = {"Content-Disposition": f'attachment; filename="{found.kind}-mapping.json"'}
    return JsonResponse(found.mapping, headers=headers, json_dumps_params={"indent": 2, "ensure_ascii": False})


@require_GET
def faults(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The faults as a table."""
    found = find(request, pk)
    rows = ([fault["row"], fault["column"], fault["value"], fault["text"]] for fault in found.report.get("faults", []))
    header = [_("row"), _("column"), _("value"), _("reason")]
    return csv_response(f"{found.kind}-faults", header, rows)
