"""What the views share: fetch within the user's sight, act, say so, go back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect

from crp.ui.forms import refuse
from crp.ui.pages import safe_next
from crp.verbs import Forbidden, Refused
from materials.models import Material


def seen(request: HttpRequest, pk: int) -> Material:
    """The material, if the user sees it. Raises Http404."""
    return get_object_or_404(Material.objects.visible_to(request.user).select_related("customer", "owner"), pk=pk)


def editable(request: HttpRequest, pk: int) -> Material:
    """The material, if the user may change it. Raises Http404, Forbidden."""
    material = seen(request, pk)
    if not material.can_be_edited_by(request.user):
        raise Forbidden
    return material


def making(request: HttpRequest, pk: int) -> Material:
    """The material, if the user may see how it came about. Raises Http404."""
    material = seen(request, pk)
    if not material.making_visible_to(request.user):
        raise Http404
    return material


def back_to(request: HttpRequest, material: Material, words: Any = "") -> HttpResponseRedirect:
    """Say what happened and return to where the press came from."""
    if words:
        messages.success(request, words)
    return HttpResponseRedirect(safe_next(request, material.get_absolute_url()))


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form was posted, even if it is empty; None when it is only shown."""
    return request.POST if request.method == "POST" else None


def attempt(form: Any, act: Callable[[], Any]) -> bool:
    """Run the verb; a refusal about the input goes into the form. Others (403, 409) rise. Did it succeed?"""
    try:
        act()
    except Refused as error:
        if error.status != Refused.status:
            raise
        refuse(form, error)
        return False
    return True


def redirected(name: str, **kwargs: Any) -> HttpResponse:
    return redirect(f"materials:{name}", **kwargs)
