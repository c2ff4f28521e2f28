"""/ui/: every component in every state, to look at and to test. `?lang=ar&theme=dark` shows it as others see it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import wraps
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation

from crp.ui import samples
from crp.ui.context import THEMES, Shell
from crp.ui.forms import Choices, DayInput, Segments
from crp.ui.lists import Page, Tab
from crp.ui.pages import confirm

PAGES = ("match", "record", "board", "insight", "home", "outside", "error")
View = Callable[..., HttpResponse]


def shown_as_asked(view: View) -> View:
    """Activate the language the address asks for; the theme is read by the template."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with translation.override(request.GET.get("lang") or translation.get_language()):
            return view(request, *args, **kwargs)

    return inner


@login_not_required
@shown_as_asked
def gallery(request: HttpRequest) -> HttpResponse:
    """All components on one page."""
    if "toast" in request.GET:
        messages.success(request, samples.word("toast"), extra_tags="undo:/ui/")
    return render(
        request, "ui/gallery.html", facts(request) | {"form": filled_form(), "plain_form": SampleForm(initial=SENT)}
    )


@login_not_required
@shown_as_asked
def page(request: HttpRequest, name: str) -> HttpResponse:
    """One whole layout with invented people."""
    if name not in PAGES:
        raise Http404
    return render(request, f"ui/{name}.html", facts(request))


@login_not_required
@shown_as_asked
def confirmation(request: HttpRequest) -> HttpResponse:
    """A confirm page, or its dialog."""
    if request.method == "POST":
        return redirect("/ui/?toast=1")
    return confirm(
        request,
        title=samples.word("withdraw_title"),
        text=samples.word("withdraw_text"),
        yes=samples.word("withdraw_yes"),
        no=samples.word("withdraw_no"),
        back="/ui/",
    )


class SampleShell(Shell):
    """The frame as the program manager sees it, without asking the database."""

    user = SimpleNamespace(name="Maya Keller", pk=0, roles=["program_manager"], is_authenticated=True)
    counts = {"unread": 4, "requests": 23, "nominations": 9}

    @property
    def theme(self) -> str:
        asked = self.request.GET.get("theme", "")
        return asked if asked in THEMES else ""


class SampleForm(forms.Form):
    """One field of each kind."""

    prospect = forms.CharField(label="Prospect", help_text="As it stands in the deal")
    need_by = forms.DateField(label="Needed by", widget=DayInput)
    kind = forms.ChoiceField(label="Activity", choices=[("call", "Sales call"), ("visit", "Site visit")])
    topics = forms.CharField(label="Topics", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    email = forms.EmailField(label="Email", required=False)
    answer = forms.ChoiceField(
        label="Live calls", widget=Segments, choices=[("yes", "Yes"), ("ask", "Ask first"), ("no", "No")]
    )
    regions = forms.MultipleChoiceField(
        label="Regions",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("dach", "DACH"), ("gulf", "Gulf")],
    )
    slot = forms.ChoiceField(
        label="Time", widget=Choices, choices=[("1", "Wed 16 Dec, 14:00"), ("2", "Thu 17 Dec, 09:30")]
    )
    story = forms.FileField(label="File", required=False)
    owner = forms.CharField(label="Owner", disabled=True, initial="Omar Haddad", help_text="Comes from the customer")
    live = forms.BooleanField(label="Only live calls", required=False)


SENT = {"prospect": "Bremer Hafenlogistik", "answer": "yes", "slot": "1", "live": True}


def filled_form() -> SampleForm:
    """The form with a mistake in it."""
    form = SampleForm({**SENT, "need_by": "", "kind": "call", "email": "nobody"}, prefix="bad")
    form.full_clean()
    return form


def facts(request: HttpRequest) -> dict[str, Any]:
    """Invented rows for every component."""
    now, today = timezone.now(), timezone.localdate()
    return {
        "shell": SampleShell(request),
        "w": samples.words(),
        "today": today,
        "days": [today + timedelta(days=n) for n in (-1, 0, 1, 2, 6, 24)],
        "moments": [
            now - timedelta(seconds=5),
            now - timedelta(hours=3),
            now - timedelta(days=1, hours=2),
            now - timedelta(days=4),
        ],
        "people": samples.people(),
        "companies": samples.companies(),
        "reasons": samples.reasons(),
        "tabs": [
            Tab("", samples.word("mine"), 9),
            Tab("waiting", samples.word("waiting"), 14),
            Tab("all", samples.word("all")),
        ],
        "regions": [("gulf", samples.word("gulf")), ("dach", "DACH"), ("nordics", "Nordics")],
        "forms_of_it": [("board", samples.word("board")), ("list", samples.word("list"))],
        "page": Page(rows=[1] * 9, size=14, next="x", total=23),
        "amounts": [
            (Decimal(412000), "EUR"),
            (Decimal("7500000"), "EUR"),
            (Decimal("1240000"), "CHF"),
            (Decimal("-12.5"), "USD"),
        ],
        "line": [5, 6, 6, 7, 7, 9, 8, 9],
        "heat": samples.heat(),
        "months": samples.months(today),
        "kinds": samples.KINDS,
        "nobody": SimpleNamespace(name="", pk=None),
    }
