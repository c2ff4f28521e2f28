"""One way to show a form, act on it and say what came of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from crp.ui.forms import refuse
from crp.verbs import Busy, Forbidden, Refused, WrongState


@dataclass(frozen=True)
class Sheet:
    """What stands around a form: its title, one sentence, the button's verb, the way back and the crumbs before it."""

    title: Any
    button: Any
    back: str
    sentence: Any = ""
    crumbs: Iterable[tuple[Any, str]] = ()


def fill_in(
    request: HttpRequest, form: forms.BaseForm, sheet: Sheet, act: Callable[[dict[str, Any]], tuple[Any, str]]
) -> HttpResponse:
    """
    Show the form; once it is filled in rightly call `act(cleaned)` → (what to say, where to go).

    A rule that says no is shown at its field; who may not, or a wrong state, gets the page of that.
    """
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                with transaction.atomic():
                    said, url = act(form.cleaned_data)
            except (Forbidden, WrongState):
                raise
            except Refused as refusal:
                refuse(form, refusal)
                status = refusal.status
            except OperationalError as error:
                if not (busy := Busy.of(error)):
                    raise
                refuse(form, busy)
                status = busy.status
            else:
                messages.success(request, said)
                return redirect(url)
    return render(request, "references/form.html", {"form": form, "sheet": sheet}, status=status)


def data(request: HttpRequest) -> Any:
    """What was posted, or None for an untouched form."""
    return request.POST if request.method == "POST" else None
