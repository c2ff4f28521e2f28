"""Tasks: one's own and everybody's, those of a customer, and one alone."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crp.rest.idempotency import once
from crp.ui import lists, pages
from crp.ui.pages import page_or_partial
from crp.verbs import today
from references.forms.along import TaskForm
from references.models import Customer, Task
from references.models.access import allow, sees_all_customers
from references.views.customers import crumbs
from references.views.filling import Sheet, data, fill_in
from references.views.upkeep import looked_up

SHOWN, WEEK = 6, timedelta(days=7)
RELATED = ("customer", "contact", "assignee", "by")


@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """What one means to do, the nearest day first; everybody's; what is done."""
    view = request.GET.get("view", "")
    seen = Task.objects.visible_to(request.user)
    found, order = {
        "all": (seen.open(), ["due_on"]),
        "done": (seen.done(), ["-done_at"]),
    }.get(view, (seen.of(request.user).open(), ["due_on"]))
    page = lists.paginate(request, found.select_related(*RELATED), order)
    mark(page.rows, request.user)
    context = {"page": page, "view": view, "tabs": tabs(), "today": today(request.user)}
    return page_or_partial(request, "references/tasks.html", "references/_tasks.html", context)


def tabs() -> list[lists.Tab]:
    return [lists.Tab("", _("Mine")), lists.Tab("all", _("Everybody’s")), lists.Tab("done", _("Done"))]


def mark(rows: list[Any], user: Any) -> None:
    """What the reader may do with each."""
    for task in rows:
        task.mine = task.can_be_changed_by(user)


@require_safe
def customer_tasks(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be done about a customer, with one line to add to it. Two queries beside the customer's own."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), pk=pk)
    rows = list(
        Task.objects.visible_to(request.user).open().filter(customer=customer).select_related(*RELATED)[: SHOWN + 1]
    )
    mark(rows, request.user)
    day = today(request.user)
    context = {
        "customer": customer, "rows": rows[:SHOWN], "more": len(rows) > SHOWN, "today": day, "week": day + WEEK,
        "back": reverse("references:customer", args=[pk]),
    }  # fmt: skip
    return page_or_partial(request, "references/customer_tasks.html", "references/_customer_tasks.html", context)


@require_safe
def my_tasks(request: HttpRequest) -> HttpResponse:
    """The nearest of one's own, for the home page. One query."""
    rows = list(Task.objects.of(request.user).open().select_related(*RELATED)[: SHOWN + 1])
    mark(rows, request.user)
    context = {"rows": rows[:SHOWN], "more": len(rows) > SHOWN, "today": today(request.user)}
    return page_or_partial(request, "references/my_tasks.html", "references/_my_tasks.html", context)


@once
@require_http_methods(["GET", "POST"])
def task_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Something to do about a customer; a line and a day from the record are enough, and then it is one's own."""
    customer, back = looked_up(request, pk)
    posted = data(request)
    if posted and "assignee" not in posted:
        posted = posted.copy()
        posted["assignee"] = str(request.user.pk)
    start = {"due_on": today(request.user) + WEEK, "assignee": request.GET.get("assignee") or request.user.pk}
    form = TaskForm(posted, customer=customer, user=request.user, initial=start)
    sheet = Sheet(_("Something to do"), _("Keep it in mind"), back, crumbs=crumbs(customer))

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        cleaned.pop("version", None)
        Task.objects.add(by=request.user, customer=customer, **cleaned)
        return _("Kept in mind"), back

    return fill_in(request, form, sheet, act)


def found(request: HttpRequest, pk: int) -> Task:
    """The task, if the reader may see it; else 404."""
    return get_object_or_404(
        Task.objects.visible_to(request.user).select_related("customer__owner", *RELATED[1:]), pk=pk
    )


@once
@require_http_methods(["GET", "POST"])
def task(request: HttpRequest, pk: int) -> HttpResponse:
    """Change it, or hand it to a colleague."""
    task = found(request, pk)
    allow(task.can_be_changed_by(request.user) or (request.method == "GET" and sees_all_customers(request.user)))
    before = {name: getattr(task, name) for name in ("text", "due_on", "version")}
    before |= {"assignee": task.assignee_id, "contact": task.contact_id}
    form = TaskForm(data(request), customer=task.customer, user=request.user, initial=before)
    back = reverse("references:tasks")
    sheet = Sheet(_("Something to do"), _("Save"), back, crumbs=[(_("Tasks"), back), *crumbs(task.customer)[1:]])

    def act(cleaned: dict[str, Any]) -> tuple[Any, str]:
        task.edit(by=request.user, version=cleaned.pop("version"), **cleaned)
        return _("Saved"), back

    return fill_in(request, form, sheet, act)


@require_POST
def task_finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Done; the list still shows it, to take it back."""
    found(request, pk).finish(by=request.user)
    messages.success(request, _("Done"))
    return redirect(pages.safe_next(request, reverse("references:tasks")))


@require_POST
def task_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Not done after all."""
    found(request, pk).reopen(by=request.user)
    messages.success(request, _("It is to be done again"))
    return redirect(pages.safe_next(request, reverse("references:tasks")))
