"""The tutorial's journey in a browser: nominate, recruit, ask, match, answer by link, complete, win, see it counted."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from crp.accounts.models import Role, User
from crp.outbox.delivery import deliver_due
from references.models import Contact, Nomination
from requests_app.models import Assignment, ReferenceRequest
from tests.conftest import PASSWORD, make_customer, make_opportunity, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def cast() -> dict[str, User]:
    return {"maya": make_user("Maya Keller", Role.MANAGER), "moses": make_user("Moses Frase", Role.SALES)}


def sign_in(page: Any, user: User) -> None:
    page.goto("/account/login/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/")


def link_in_the_latest_mail() -> str:
    """The path of the signed link in the newest mail, after the outbox has delivered."""
    deliver_due(timezone.now())
    for message in reversed(mail.outbox):
        found = re.search(r"(/o/answer/[\w-]+/)", message.body)
        if found:
            return found.group(1)
    raise AssertionError("No mail holds a link.")


def test_from_a_nomination_to_influenced_revenue(visit: Callable[..., Any], cast: dict[str, User]) -> None:
    isdom = make_customer("Isdom", status="candidate", country="US", employees=4540)
    deal = make_opportunity(cast["moses"], "Hottechi expansion", amount=26_768, currency="USD")
    today = timezone.localdate()
    moses, maya = visit(), visit()
    sign_in(moses, cast["moses"])
    sign_in(maya, cast["maya"])

    moses.get_by_role("link", name="Nominate a customer").first.click()
    moses.get_by_label("Company").fill("Isdom")
    moses.locator("textarea[name=reason]").fill("They bought three times, and told their industry evening.")
    moses.locator("form.c-form button.primary").click()
    nomination = Nomination.objects.get(customer=isdom)

    maya.goto(f"/nominations/{nomination.pk}/")
    maya.get_by_role("button", name="Make them a reference").click()
    isdom.refresh_from_db()
    assert isdom.status == "active"

    maya.goto(reverse("references:contact_new", args=[isdom.pk]))
    maya.locator("input[name=name]").fill("Rosa Martin")
    maya.locator("input[name=job_title]").fill("Chief financial officer")
    maya.locator("input[name=email]").fill("rosa@example.com")
    maya.locator("form.c-form button.primary").click()
    rosa = Contact.objects.get(name="Rosa Martin")
    maya.goto(f"/contacts/{rosa.pk}/")
    maya.get_by_role("link", name="Note the consent").click()
    maya.locator("input[name=source]").fill("Mail of 3 March")
    maya.locator("form button.primary").click()
    maya.goto(f"/contacts/{rosa.pk}/")
    maya.get_by_role("link", name="Change the answers").click()
    maya.locator("section[aria-label='Sales call'] label", has_text="Yes").first.click()
    maya.locator("form.c-form button.primary").click()
    assert rosa.willingness.get().answer == "yes"

    moses.goto(f"/requests/new/?deal={deal.pk}")
    moses.locator("select[name=activity_type]").select_option(label="Sales call")
    moses.locator("input[name=need_by]").fill((today + timedelta(days=7)).isoformat())
    moses.get_by_role("button", name="Ask", exact=True).dblclick()
    moses.wait_for_url(re.compile(r"/requests/\d+/"))
    request = ReferenceRequest.objects.get()
    assert request.state == "submitted"

    maya.goto(f"/requests/{request.pk}/")
    maya.get_by_role("button", name="Take it").click()
    maya.get_by_role("link", name="See who fits").first.click()
    maya.get_by_role("button", name="Propose").first.click()
    maya.wait_for_load_state("networkidle")
    assignment = Assignment.objects.get()
    maya.goto(f"/assignments/{assignment.pk}/")
    maya.get_by_role("link", name="Ask Rosa Martin").click()
    maya.locator("form.c-form button.primary").click()
    maya.wait_for_load_state("networkidle")
    assignment.refresh_from_db()
    assert assignment.state == "invited"

    outside = visit(width=390)
    outside.goto(link_in_the_latest_mail())
    outside.get_by_role("button", name="Yes, gladly").click()
    outside.wait_for_load_state("networkidle")
    assignment.refresh_from_db()
    assert assignment.state == "accepted"

    maya.goto(f"/assignments/{assignment.pk}/")
    maya.get_by_role("link", name="It took place").click()
    maya.locator("input[name=occurred_on]").fill(today.isoformat())
    maya.locator("form.c-form button.primary").click()
    maya.wait_for_load_state("networkidle")
    request.refresh_from_db()
    assert request.state == "fulfilled"

    moses.goto(f"/deals/{deal.pk}/close/")
    moses.locator("[name=state][value=won], select[name=state]").first.evaluate(
        "one => one.tagName === 'SELECT' ? (one.value = 'won') : one.click()"
    )
    moses.locator("input[name=closed_on]").fill(today.isoformat())
    moses.locator("form.c-form button.primary").click()
    moses.wait_for_load_state("networkidle")
    deal.refresh_from_db()
    assert (deal.state, deal.touched_on) == ("won", today)

    maya.goto("/insight/")
    assert "100% of the revenue won this year had a reference in the deal." in maya.locator("main").inner_text()
    maya.locator("main").get_by_role("link", name="$26.8 k").first.click()
    rows = maya.locator("main").inner_text()
    assert all(part in rows for part in ("Hottechi expansion", "$26,768"))
