"""
Bases of the API's viewsets.

`Viewset` scopes every lookup by `queryset.visible_to(request.user)`; a foreign id is 404. Set `queryset`,
`serializer_class`, `filterset_class`, and `writes` (a set of actions: create, update) where allowed.
`act(request, verb, **fields)` in an @action calls `getattr(object, verb)(by=request.user, **fields)` and returns
the object.
"""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework import mixins, status
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from crp.rest import idempotency


class Replayed(APIException):
    """Not an error: the stored reply of the same POST."""

    def __init__(self, status_code: int, reply: Any) -> None:
        super().__init__()
        self.status_code, self.reply = status_code, reply


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = _("Send less at once.")


class IdempotentPosts:
    """`Idempotency-Key` on every POST; failures keep no key."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method != "POST" or "Idempotency-Key" not in request.headers:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        with transaction.atomic():
            response = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
            if response.status_code >= 400:
                transaction.set_rollback(True)
            elif not getattr(response, "replayed", False):
                reply = json.loads(response.rendered_content) if response.data is not None else None
                idempotency.keep(request.user, request.headers["Idempotency-Key"], response.status_code, reply)
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        if "json" in (request.content_type or "") and content_length(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge
        key = request.headers.get("Idempotency-Key")
        if request.method == "POST" and key is not None:
            request._request.user = request.user
            found = idempotency.claim(request.user, key, idempotency.fingerprint(request._request, sent(request)))
            if found:
                raise Replayed(found.status or 200, found.reply)

    def handle_exception(self, error: Exception) -> Response:
        if isinstance(error, Replayed):
            response = Response(error.reply, status=error.status_code, headers={"Idempotent-Replayed": "true"})
            response.replayed = True  # type: ignore[attr-defined]
            return response
        return super().handle_exception(error)  # type: ignore[misc]


def sent(request: Request) -> bytes:
    """What was sent, told from anything else: the body, or a form's fields and what is in its files, whatever parts them."""
    if "multipart" not in (request.content_type or ""):
        return request._request.body
    files = [(name, file.name, digest(file)) for name, found in request.FILES.lists() for file in found]
    return json.dumps([sorted(request.POST.lists()), sorted(files)]).encode()


def digest(file: Any) -> str:
    """SHA-256 of an uploaded file, which is then at its beginning again."""
    found = hashlib.sha256()
    for piece in file.chunks():
        found.update(piece)
    file.seek(0)
    return found.hexdigest()


def content_length(request: Request) -> int:
    """Bytes the caller announces; 0 when he does not say."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    return int(announced) if announced.isdecimal() else 0


class Viewset(IdempotentPosts, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """Lists and shows what the caller may see."""

    lookup_value_regex = r"\d{1,18}"
    ordering: str | tuple[str, ...] = "-id"

    def get_queryset(self) -> Any:
        found: Any = super().get_queryset()
        return found.visible_to(self.request.user)

    def act(self, request: Request, verb: str, **fields: Any) -> Response:
        """Call the verb on the looked-up object and answer with the object as it is then."""
        found = self.get_object()
        getattr(found, verb)(by=request.user, **fields)
        return self.show(found)

    def show(self, found: Any, *, created: bool = False) -> Response:
        """The object, read anew through the caller's eyes."""
        fresh = super().get_queryset().get(pk=found.pk)
        code = status.HTTP_201_CREATED if created else status.HTTP_200_OK
        return Response(self.get_serializer(fresh).data, status=code)

    def checked(self, serializer_class: Any, request: Request, **kwargs: Any) -> dict[str, Any]:
        """Validated input of an action. Raises ValidationError (400)."""
        serializer = serializer_class(data=request.data, context=self.get_serializer_context(), **kwargs)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)
