"""Handing files out: as an attachment under a name of ours, in a sandbox, kept by no shared cache."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404

from materials.models import MaterialFile

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


def served(file: MaterialFile) -> FileResponse:
    """Streams the file. Raises Http404 when its bytes are gone."""
    try:
        content = default_storage.open(file.name)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, as_attachment=True, filename=file.download_name, content_type=file.mime)
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
