"""People: the list, and everything that may change about one of them."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crp.events import record
from crp.imports import exporting
from crp.rest.idempotency import once
from crp.ui import lists
from crp.ui.pages import confirm, page_or_partial
from crp.verbs import today
from references import disclosure, whereabouts
from references.filters import ContactFilters
from references.forms.contacts import AnswersForm, ConsentForm, ContactForm, DayForm
from references.importing import known
from references.models import ActivityType, Contact, Customer, Willingness
from references.models.access import allow
from references.models.watch import Availability
from references.verbs import Verb
from references.views.customers import crumbs
from references.views.filling import Sheet, data, fill_in

SORTS: dict[str, Sequence[str]] = {
    "name": ["name"], "customer": ["customer__name", "name"], "rest": ["rested_since", "name"],
}  # fmt: skip
COLUMNS = (
    "name", "job_title", "email", "phone", "language", "last_live_on", "left_on", "erased_at", "consent_granted_at",
    "consent_withdrawn_at", "customer__name", "customer__owner_id", "customer__status", "customer__country",
)  # fmt: skip

STANDS = (
    "rested_since",
    *(
        f"watch__{name}"
        for name in (
            "availability",
            "until",
            "used",
            "held",
            "most",
            "effort",
            "effort_held",
            "effort_most",
            "last_asked_on",
        )
    ),
)
EXPORTED = ("name", "job_title", "customer", "language", "email", "phone", "external_id", "timezone", "crp_id")


def people(request: HttpRequest) -> tuple[Any, list[str]]:
    """The rows of list and export, and what is wrong with the filters."""
    seen = Contact.objects.visible_to(request.user).with_released_to(request.user)
    return lists.narrowed(ContactFilters, request, seen.select_related("customer").only(*COLUMNS))


@require_safe
def contacts(request: HttpRequest) -> HttpResponse:
    """The people the reader may see; mail and phone only where they were released to him."""
    found, errors = people(request)
    sort, order = lists.sorting(request, SORTS, "name")
    page = lists.paginate(request, found.select_related("customer", "watch").only(*COLUMNS, *STANDS), order)
    for person in page:
        person.shown = person.details_visible_to(request.user)
    context = {
        "page": page, "sort": sort, "types": [(kind.slug, kind.label) for kind in ActivityType.objects.in_use()],
        "errors": errors, "availabilities": Availability.choices, "kept": lists.kept(request, "search", lists.CURSOR),
    }  # fmt: skip
    return page_or_partial(request, "references/contacts.html", "references/_contacts.html", context)


@require_safe
def contacts_export(request: HttpRequest) -> HttpResponseBase:
    """The same rows as CSV or XLSX, in columns the importer takes back; mail and phone empty where the list shows none."""
    _sort, order = lists.sorting(request, SORTS, "name")
    found = people(request)[0].filter(erased_at=None).order_by(*order, "pk")
    return exporting.respond(request, "contacts", EXPORTED, export_rows(request.user, found))


def export_rows(user: Any, found: Any) -> Iterator[Sequence[Any]]:
    """Cells by EXPORTED. The source's id may be an address, so it goes with the details."""
    company = exporting.spelling(known.companies())
    for person in found.only(*COLUMNS, "external_id", "timezone").iterator(chunk_size=2000):
        shown = person.details_visible_to(user)
        details = (person.email, person.phone, person.external_id) if shown else ("", "", "")
        customer = company(person.customer_id, person.customer.name)
        yield (person.name, person.job_title, customer, person.language, *details, person.timezone, person.pk)


def looked_up(request: HttpRequest, pk: int) -> Contact:
    """The person, if the reader may see him."""
    seen = Contact.objects.visible_to(request.user).with_released_to(request.user)
    return get_object_or_404(seen.select_related("customer__owner"), pk=pk)


@once
@require_http_methods(["GET", "POST"])
def contact_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A new person at the customer."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    allow(customer.can_be_edited_by(request.user))
    form = ContactForm(data(request))
    back = reverse("references:customer", args=[pk])
    sheet = Sheet(_("New person"), _("Add the person"), back, crumbs=crumbs(customer))

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        person = Contact.objects.add(by=request.user, customer=customer, **form.facts())
        return _("%(name)s added") % {"name": person.name}, back

    return fill_in(request, form, sheet, act)


@once
@require_http_methods(["GET", "POST"])
def contact_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is known of the person."""
    person = looked_up(request, pk)
    allow(person.customer.can_be_edited_by(request.user))
    form = ContactForm(data(request), instance=person)
    back = reverse("references:contact", args=[pk])
    sheet = Sheet(person.name, _("Save"), back, crumbs=crumbs(person.customer))

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        person.edit(by=request.user, version=cleaned["version"], **form.facts())
        return _("%(name)s saved") % {"name": person.name}, back

    return fill_in(request, form, sheet, act)


@once
@require_http_methods(["GET", "POST"])
def contact_answers(request: HttpRequest, pk: int) -> HttpResponse:
    """What the person will do, type by type; where it is written, with the first yes."""
    person = looked_up(request, pk)
    allow(person.customer.can_be_managed_by(request.user))
    types = list(ActivityType.objects.in_use())
    said = {found.activity_type_id: found for found in person.willingness.all()}
    asks = not person.consent_granted_at and not person.consent_withdrawn_at
    form = AnswersForm(data(request), types=types, said=said, asks_source=asks)
    back = reverse("references:customer", args=[person.customer_id])
    title = _("What %(name)s will do") % {"name": person.name}
    sheet = Sheet(title, _("Save the answers"), back, crumbs=crumbs(person.customer))

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        changes = form.changes()
        if cleaned.get("source") and any(parts["answer"] != "no" for _kind, parts in changes):
            person.grant_consent(by=request.user, source=cleaned["source"])
        for kind, parts in changes:
            Willingness.objects.say(person, kind, by=request.user, **parts)
        return _("The answers of %(name)s are noted") % {"name": person.name}, back

    return fill_in(request, form, sheet, act)


@once
@require_http_methods(["GET", "POST"])
def customer_answers(request: HttpRequest, pk: int) -> HttpResponse:
    """What the company as a whole agreed to; it stands in for people who said nothing themselves, and its no bars them."""
    company = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    allow(company.can_be_managed_by(request.user))
    said = {found.activity_type_id: found for found in company.willingness.all()}
    form = AnswersForm(data(request), types=list(ActivityType.objects.in_use()), said=said)
    back = reverse("references:customer", args=[pk])
    sentence = _("It stands in for people who said nothing themselves; a no of the company bars everybody there.")
    title = _("What %(name)s as a company will do") % {"name": company.name}
    sheet = Sheet(title, _("Save the answers"), back, sentence, crumbs(company))

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        for kind, parts in form.changes():
            Willingness.objects.say(None, kind, by=request.user, customer=company, **parts)
        return _("The answers of %(name)s are noted") % {"name": company.name}, back

    return fill_in(request, form, sheet, act)


@require_safe
def contact_used(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the person is used: what a withdrawal leaves to do."""
    person = looked_up(request, pk)
    uses = whereabouts.uses_of(person, request.user)
    context = {"contact": person, "customer": person.customer, "uses": uses, "live": sum(use.live for use in uses)}
    return page_or_partial(request, "references/used.html", "references/_used.html", context)


@require_safe
def contact_held(request: HttpRequest, pk: int) -> HttpResponse:
    """All that is held about the person, as one file for him."""
    person = looked_up(request, pk)
    allow(person.customer.can_be_managed_by(request.user))
    record(Verb.CONTACT_DISCLOSED, person, person.customer, by=request.user, contact=person)
    response = HttpResponse(disclosure.as_file(person), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="person-{person.pk}.json"'
    response["Cache-Control"] = "no-store"
    return response


@once
@require_http_methods(["GET", "POST"])
def contact_consent(request: HttpRequest, pk: int) -> HttpResponse:
    """The person agreed to be asked."""
    person = looked_up(request, pk)
    allow(person.customer.can_be_managed_by(request.user))
    back = reverse("references:contact", args=[pk])
    sentence = _("%(name)s agreed to be asked for references.") % {"name": person.name}
    sheet = Sheet(_("Consent"), _("Note the consent"), back, sentence, crumbs(person.customer))

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        person.grant_consent(by=request.user, source=cleaned["source"])
        return _("The consent of %(name)s is noted") % {"name": person.name}, back

    return fill_in(request, ConsentForm(data(request)), sheet, act)


@once
@require_http_methods(["GET", "POST"])
def contact_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """The person left the company."""
    person = looked_up(request, pk)
    allow(person.customer.can_be_edited_by(request.user))
    back = reverse("references:contact", args=[pk])
    sentence = _("%(name)s no longer works there and is asked no more.") % {"name": person.name}
    sheet = Sheet(_("Left the company"), _("Note it"), back, sentence, crumbs(person.customer))
    form = DayForm(data(request), initial={"on": today(request.user)})

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        person.leave(by=request.user, on=cleaned["on"])
        return _("Noted that %(name)s left") % {"name": person.name}, back

    return fill_in(request, form, sheet, act)


@once
@require_http_methods(["GET", "POST"])
def contact_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The person takes the consent back."""
    person = looked_up(request, pk)
    allow(person.customer.can_be_managed_by(request.user))
    back = reverse("references:contact", args=[pk])
    if request.method == "POST":
        person.withdraw_consent(by=request.user)
        messages.success(request, _("%(name)s is asked no more") % {"name": person.name})
        return redirect(back)
    text = _("From now on nobody asks this person, and no colleague sees the details any more.")
    title = _("Withdraw the consent of %(name)s?") % {"name": person.name}
    return confirm(request, title=title, text=text, yes=_("Withdraw it"), no=_("Keep it"), back=back)


@once
@require_http_methods(["GET", "POST"])
def contact_erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget the person."""
    person = looked_up(request, pk)
    allow(person.customer.can_be_managed_by(request.user))
    if request.method == "POST":
        person.erase(by=request.user)
        messages.success(request, _("The person is forgotten"))
        return redirect("references:customer", person.customer_id)
    text = _("Name, address, answers and comments go for good. What was done stays in the counts, without a name.")
    title = _("Forget %(name)s?") % {"name": person.name}
    back = reverse("references:contact", args=[pk])
    return confirm(request, title=title, text=text, yes=_("Forget"), no=_("Keep"), back=back)
