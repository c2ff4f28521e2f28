"""The API of the importer: the same steps as the pages, and the same functions behind them."""

from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile
from django.forms import BaseForm
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.utils.urls import replace_query_param

from crp.imports import faulty, headers, preview, reading, shapes, undoing
from crp.imports import mapping as mappings
from crp.imports.filters import RunFilters
from crp.imports.forms import MendedFileForm, ShapeForm, UploadForm, left_out
from crp.imports.mending import Mending
from crp.imports.models import ImportRun, importer
from crp.imports.tasks import begin
from crp.rest.nonsense import ObjectParser
from crp.rest.views import Viewset
from crp.ui.exports import table_response

MULTIPART, JSON = "multipart/form-data", "application/json"


def invalid(form: BaseForm) -> ValidationError:
    """A form's errors as the API's."""
    messages = {name: [str(message) for message in found] for name, found in form.errors.items()}
    return ValidationError({"" if name == "__all__" else name: found for name, found in messages.items()})


class Imports(Viewset):
    """
    Files on their way in, for program managers and admins: POST one, `map` its columns, `mend` its `faults`, look at its
    `rows`, `apply` it, `undo` it. The work is done in the background; ask again until `state` has changed.
    """

    queryset = ImportRun.objects.counted()
    filterset_class = RunFilters
    parser_classes = (ObjectParser, MultiPartParser)

    def get_serializer_class(self) -> Any:
        return shapes.RunRow if self.action == "list" else shapes.RunShape

    @extend_schema(request={MULTIPART: shapes.UploadInput}, responses={201: shapes.RunShape})
    def create(self, request: Request) -> Response:
        importer(request.user)
        files = request.FILES.copy()
        if written := request.POST.get("mapping"):
            files["mapping"] = ContentFile(written.encode(), "mapping.json")
        form = UploadForm(request.POST, files)
        made = form.upload(by=request.user) if form.is_valid() else None
        if made is None:
            raise invalid(form)
        return self.show(made, created=True)

    def begun(self, found: ImportRun, ask: Callable[[], Any], rows: int) -> Response:
        """Ask for the work; it is accepted, and of a small file done already."""
        begin(ask, rows)
        response = self.show(found)
        response.status_code = 202
        return response

    def try_out(self, found: ImportRun, rows: int, **changes: Any) -> Response:
        return self.begun(found, lambda: found.try_out(by=self.request.user, **changes), rows)

    def table_of(self, found: ImportRun) -> reading.Table:
        """The file, of an import that is still to be checked. Raises WrongState, Refused, ValidationError."""
        found.guard("try_out")
        try:
            return found.table()
        except reading.BadTable as error:
            raise ValidationError({"file": [str(error)]}) from error

    @extend_schema(request={JSON: shapes.MapInput}, responses={202: shapes.RunShape})
    @action(detail=True, methods=["post"], url_path="map")
    def map_columns(self, request: Request, pk: Any = None) -> Response:
        """Say which column is what and how dates and amounts are written; every row is then checked."""
        found = self.get_object()
        table, mapping = self.table_of(found), {**found.mapping, **self.checked(shapes.MapInput, request)}
        errors: dict[str, list[str]] = {}
        for problem in mappings.problems(mapping, found.spec, table.columns):
            errors.setdefault(f"columns.{problem.column}" if problem.column else "", []).append(problem.message)
        if not errors and headers.undecided(found.spec, table, mapping):
            errors["date_format"] = [_("The dates of this file can be read more than one way.")]
        if errors:
            raise ValidationError(errors)
        return self.try_out(found, table.size, mapping=mapping)

    @extend_schema(request={JSON: shapes.ShapeInput})
    @action(detail=True, methods=["post"])
    def shape(self, request: Request, pk: Any = None) -> Response:
        """Read the file in another encoding, parted by another sign, or another sheet; its columns are guessed anew."""
        found = self.get_object()
        form = ShapeForm(found, {**found.shape, **self.checked(shapes.ShapeInput, request)})
        if not form.is_valid():
            raise invalid(form)
        try:
            found.reread(by=request.user, **form.cleaned_data)
        except reading.BadTable as error:
            field = "sheet" if isinstance(error, reading.NoSheet) else ""
            raise ValidationError({field: [str(error)]}) from error
        return self.show(found)

    @extend_schema(
        responses={200: shapes.FaultsPage}, filters=False, parameters=[OpenApiParameter("from", int)]
    )  # fmt: skip
    @action(detail=True, methods=["get"], pagination_class=None)
    def faults(self, request: Request, pk: Any = None) -> Response:
        """The faulty rows and what is wrong with their cells, 25 at a time."""
        found = self.get_object()
        start = faulty.start_of(request.query_params)
        rows = faulty.faulty(found, self.table_of(found), start) if found.report.get("fault_count") else []
        here, more = request.build_absolute_uri(), len(rows) == faulty.SHOWN
        page = {
            "next": replace_query_param(here, "from", start + faulty.SHOWN) if more else None,
            "previous": replace_query_param(here, "from", max(start - faulty.SHOWN, 0)) if start else None,
            "results": rows,
        }
        return Response(shapes.FaultsPage(page).data)

    @extend_schema(
        responses={(200, "text/csv"): OpenApiTypes.BINARY}, filters=False,
        parameters=[OpenApiParameter("as", str, enum=["csv", "xlsx"])],
    )  # fmt: skip
    @action(detail=True, methods=["get"], url_path="faults/file", pagination_class=None)
    def faults_file(self, request: Request, pk: Any = None) -> HttpResponseBase:
        """The faulty rows as they are in the file, with what is wrong: to be mended and sent to `mended`."""
        found = self.get_object()
        header, lines = faulty.as_file(found, self.table_of(found))
        return table_response(request.query_params.get("as", ""), f"{found.kind}-faults", header, lines)

    @extend_schema(request={JSON: shapes.MendInput}, responses={202: shapes.RunShape})
    @action(detail=True, methods=["post"])
    def mend(self, request: Request, pk: Any = None) -> Response:
        """Correct cells and values, leave rows out; then the check again. The file itself stays as it is."""
        found = self.get_object()
        table, said = self.table_of(found), self.checked(shapes.MendInput, request)
        mapping = mappings.with_values(found.mapping, said.get("values", {}))
        if problems := mappings.problems(mapping, found.spec, table.columns):
            raise ValidationError({"": [problem.message for problem in problems]})
        return self.try_out(found, table.size, mapping=mapping, mending=mended(found, table, said))

    @extend_schema(request={MULTIPART: shapes.MendedInput}, responses={202: shapes.RunShape})
    @action(detail=True, methods=["post"], url_path="mended")
    def mended_file(self, request: Request, pk: Any = None) -> Response:
        """The file of faults comes back mended; then the check again."""
        found = self.get_object()
        table, form = self.table_of(found), MendedFileForm(request.POST, request.FILES)
        if not form.is_valid():
            raise invalid(form)
        file = form.cleaned_data["mended"]
        try:
            mending = faulty.from_file(found, table, file.name, file.read(reading.MOST_BYTES))
        except reading.BadTable as error:
            raise ValidationError({"mended": [str(error)]}) from error
        return self.try_out(found, table.size, mending=mending)

    @extend_schema(
        responses={200: shapes.OutcomeShape(many=True)}, filters=False, parameters=[shapes.OutcomeInput]
    )  # fmt: skip
    @action(detail=True, methods=["get"])
    def rows(self, request: Request, pk: Any = None) -> Response:
        """Every row by what would become, or became, of it; a changed one field by field."""
        found = self.get_object()
        asked = shapes.OutcomeInput(data=request.query_params)
        asked.is_valid(raise_exception=True)
        outcome = asked.validated_data.get("outcome") or preview.first_outcome(found)
        self.ordering = ("number", "id")
        page: Any = self.paginate_queryset(found.outcomes.filter(outcome=outcome))
        preview.describe(page)
        return self.get_paginated_response(shapes.OutcomeShape(page, many=True).data)

    @extend_schema(request=None, responses={202: shapes.RunShape})
    @action(detail=True, methods=["post"])
    def apply(self, request: Request, pk: Any = None) -> Response:
        """Write it all, or nothing."""
        found = self.get_object()
        return self.begun(found, lambda: found.apply(by=request.user), found.row_count)

    @extend_schema(responses={200: shapes.StayingShape(many=True)}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def undo(self, request: Request, pk: Any = None) -> Response:
        """What could not be taken back, and why: the first 200 rows."""
        found = self.get_object()
        found.guard("undo")
        staying = undoing.staying(found)
        preview.describe([row for row, _why in staying])
        told = [{"number": row.number, "name": row.name, "why": why} for row, why in staying]  # type: ignore[attr-defined]
        return Response(shapes.StayingShape(told, many=True).data)

    @extend_schema(request={JSON: shapes.UndoInput}, responses={202: shapes.RunShape})
    @undo.mapping.post
    def take_back(self, request: Request, pk: Any = None) -> Response:
        """Remove what it made and set back what it changed, all at once or not at all."""
        found, said = self.get_object(), self.checked(shapes.UndoInput, request)
        return self.begun(found, lambda: undoing.ask(found, by=request.user, **said), found.row_count)


def mended(found: ImportRun, table: reading.Table, said: dict[str, Any]) -> Mending:
    """The import's mending with the cells and rows that were sent. Raises ValidationError on some the file does not have."""
    errors: dict[str, list[str]] = {}
    cells: dict[int, dict[str, str]] = {}
    for number, cell in enumerate(said.get("cells", [])):
        if cell["column"] not in table.columns:
            errors[f"cells.{number}.column"] = [_("The file has no such column.")]
        cells.setdefault(cell["row"], {})[cell["column"]] = cell["value"]
    skips = {skip["row"]: left_out(skip.get("reason", "")) for skip in said.get("skips", [])}
    for part in ("cells", "skips"):
        for number, one in enumerate(said.get(part, [])):
            if one["row"] > table.size:
                errors[f"{part}.{number}.row"] = [_("The file has no such row.")]
    if errors:
        raise ValidationError(errors)
    return found.mended().with_cells(cells).with_skips(skips)


def register(router: SimpleRouter) -> None:
    """Add this app's endpoints."""
    router.register("imports", Imports, "import")
