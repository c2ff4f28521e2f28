"""What the views of verbs share: read a form, call one verb, say what happened, go back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from crp.ui import pages
from crp.ui.forms import refuse
from crp.verbs import Forbidden, Refused, WrongState


def sent(request: HttpRequest) -> Any:
    """The posted input, even when nothing was filled in; None for a form that is only shown."""
    return request.POST if request.method == "POST" else None


def done(request: HttpRequest, sentence: Any, back: str) -> HttpResponse:
    """Say it in a toast and go where the reader came from."""
    messages.success(request, sentence)
    return redirect(pages.safe_next(request, back))


def guard(found: Any, verb: str, user: Any) -> None:
    """Open a verb's page only to who may use it, in a state that allows it. Raises Forbidden, WrongState."""
    right, transition = found.RIGHTS[verb]
    if not getattr(found, right)(user):
        raise Forbidden
    if transition:
        found.guard(transition)


def attempt(form: Any, verb: Callable[[], Any]) -> bool:
    """Run the verb; a refusal about the input goes onto the form, one about state or rights becomes its page."""
    try:
        verb()
    except Refused as refusal:
        if refusal.status != 422 or isinstance(refusal, WrongState):
            raise
        refuse(form, refusal)
        return False
    return True


def ask(
    request: HttpRequest,
    form: Any,
    verb: Callable[[Any], Any],
    *,
    said: Any,
    back: str,
    status: int = 422,
    **words: Any,
) -> HttpResponse:
    """
    A verb behind a confirm dialog: GET asks, a valid POST acts. `form` may be None.

    `verb` gets the cleaned data; `words` are title, text, yes, no, danger of `pages.confirm`.
    """
    if request.method == "POST":
        if form is None:
            verb({})
            return done(request, said, back)
        if form.is_valid() and attempt(form, lambda: verb(form.cleaned_data)):
            return done(request, said, back)
    return pages.confirm(request, form=form, back=back, **words)
