"""Choose, map, check, done: the importer in the browser."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crp.imports import faulty, preview, reading, undoing
from crp.imports.forms import MappingForm, MendedFileForm, ShapeForm, UploadForm, ValuesForm, mended_cells
from crp.imports.models import ImportRun, RunState, importer
from crp.imports.outcomes import OutcomeKind
from crp.imports.shape import encoding_label
from crp.imports.tasks import begin
from crp.rest.idempotency import once
from crp.ui import lists
from crp.ui.exports import table_response
from crp.ui.pages import page_or_partial


def find(request: HttpRequest, pk: int) -> ImportRun:
    importer(request.user)
    return get_object_or_404(ImportRun.objects.visible_to(request.user).select_related("by"), pk=pk)


@require_http_methods(["GET", "POST"])
@once
def start(request: HttpRequest) -> HttpResponse:
    """Choose a file; earlier imports stand below."""
    user = importer(request.user)
    form = UploadForm(request.POST or None, request.FILES or None, initial={"kind": request.GET.get("kind")})
    if request.method == "POST" and form.is_valid() and (run := form.upload(by=user)):
        return redirect("imports:run", run.pk)
    runs = ImportRun.objects.visible_to(user).select_related("by").defer("content", "report", "mapping", "mending")[:25]
    status = 422 if form.errors else 200
    return render(request, "imports/start.html", {"form": form, "runs": runs, "step": 1}, status=status)


@require_http_methods(["GET", "POST"])
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """The step the import is at: map the columns, or what the check found, or what was done."""
    found = find(request, pk)
    if not found.is_open:
        return render(
            request,
            "imports/done.html",
            {"run": found, "step": 3 if found.state == RunState.CHECKING else 4, **counts(found)},
        )
    mapping_again = "map" in request.GET or request.method == "POST" or not found.report
    return map_columns(request, found) if mapping_again else look(request, found)


def counts(found: ImportRun) -> dict[str, Any]:
    done, total = found.progress() if found.is_working else (0, 0)
    return {"done": done, "total": total, "percent": round(done * 100 / total) if total else 0}


def map_columns(request: HttpRequest, found: ImportRun) -> HttpResponse:
    """Which column is what, and how dates and amounts are written."""
    try:
        table = found.table()
    except reading.BadTable as error:
        shape = ShapeForm(found)
        context = {
            "run": found,
            "shape": shape,
            "step": 2,
            "broken": str(error),
            "encoding": encoding_label(found.shape.get("encoding", "")),
        }
        return render(request, "imports/map.html", context, status=422)
    form = MappingForm(found, table, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return tried_out(request, found, table.size, mapping=form.as_mapping())
    context = {
        "run": found, "form": form, "shape": ShapeForm(found), "encoding": encoding_label(table.shape.encoding),
        "rows": table.size, "preview": table.first[:5],
        "columns": table.columns, "step": 2,
    }  # fmt: skip
    return render(request, "imports/map.html", context, status=422 if form.errors else 200)


def tried_out(request: HttpRequest, found: ImportRun, rows: int, **changes: Any) -> HttpResponse:
    """Check anew: at once when small, else by the worker."""
    begin(lambda: found.try_out(by=request.user, **changes), rows)
    return redirect("imports:run", found.pk)


def look(request: HttpRequest, found: ImportRun, *, error: str = "") -> HttpResponse:
    """What the check found: cells to mend in their place, or every row and what becomes of it."""
    context: dict[str, Any] = {"run": found, "step": 3, "error": error}
    if found.report.get("fault_count"):
        start = faulty.start_of(request.GET)
        rows = faulty.faulty(found, found.table(), start)
        context |= {
            "rows": rows, "values": ValuesForm(found), "whole": faulty.whole_file(found), "upload": MendedFileForm(),
            "next": start + faulty.SHOWN if len(rows) == faulty.SHOWN else 0,
        }  # fmt: skip
    return render(request, "imports/check.html", context, status=422 if error else 200)


@require_POST
def shape(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the file in another encoding, parted by another sign, or another sheet of it."""
    found = find(request, pk)
    form = ShapeForm(found, request.POST)
    if form.is_valid():
        try:
            found.reread(by=request.user, **form.cleaned_data)
        except reading.BadTable as error:
            messages.error(request, str(error))
    return redirect("imports:run", found.pk)


@require_POST
def mend(request: HttpRequest, pk: int) -> HttpResponse:
    """Cells and values as somebody corrected them, rows as he left them out; then the check again."""
    found = find(request, pk)
    found.guard("try_out")
    table, values = found.table(), ValuesForm(found, request.POST)
    mapping = values.as_mapping() if values.is_valid() else None
    mending = mended_cells(request.POST, found, table.columns)
    return tried_out(request, found, table.size, mapping=mapping, mending=mending)


@require_POST
def mended(request: HttpRequest, pk: int) -> HttpResponse:
    """The file of faults comes back mended; then the check again."""
    found = find(request, pk)
    found.guard("try_out")
    if not found.report.get("fault_count"):
        return redirect("imports:run", found.pk)
    form = MendedFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return look(request, found, error=_("Choose the mended file."))
    table, file = found.table(), form.cleaned_data["mended"]
    try:
        mending = faulty.from_file(found, table, file.name, file.read(reading.MOST_BYTES))
    except reading.BadTable as error:
        return look(request, found, error=str(error))
    return tried_out(request, found, table.size, mending=mending)


@require_GET
def rows(request: HttpRequest, pk: int) -> HttpResponse:
    """Every row by what becomes of it; a changed one field by field."""
    found = find(request, pk)
    outcome = request.GET.get("outcome", "")
    outcome = outcome if outcome in OutcomeKind.values else preview.first_outcome(found)
    page = lists.paginate(request, found.outcomes.filter(outcome=outcome), ["number"])
    preview.describe(page.rows)
    context = {"run": found, "page": page, "outcome": outcome, "tabs": preview.tabs(found)}
    return page_or_partial(request, "imports/rows.html", "imports/_rows.html", context)


@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Write it all."""
    found = find(request, pk)
    begin(lambda: found.apply(by=request.user), found.row_count)
    return redirect("imports:run", found.pk)


@require_http_methods(["GET", "POST"])
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """What would be taken back and what would stay, and why; then do it."""
    found = find(request, pk)
    found.guard("undo")
    if request.method == "POST":
        keep_rest = request.POST.get("keep_rest") == "yes"
        begin(lambda: undoing.ask(found, by=request.user, keep_rest=keep_rest), found.row_count)
        return redirect("imports:run", found.pk)
    staying = undoing.staying(found)
    preview.describe([row for row, _why in staying])
    return render(request, "imports/undo.html", {"run": found, "staying": staying, "step": 4})


@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The state of a run at work; tells the page to load anew once it is over."""
    found = find(request, pk)
    response = render(request, "imports/_progress.html", {"run": found, **counts(found)})
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
    """The faulty rows as they are in the file, with what is wrong: to be mended in a spreadsheet and uploaded again."""
    found = find(request, pk)
    header, lines = faulty.as_file(found, found.table())
    return table_response(request.GET.get("format", ""), f"{found.kind}-faults", header, lines)
