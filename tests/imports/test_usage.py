"""What customers run, and what they did for us before there was a program."""

from datetime import date

import pytest

from crp.accounts.models import User
from crp.events.models import Event
from crp.imports.models import ImportRun
from references.models import Activity, Contact, Deployment, Product
from tests.conftest import make_contact, make_customer
from tests.imports.test_engine import take

pytestmark = pytest.mark.django_db
PAST = "customer,contact,activity_type,on,outcome,prospect\n"


def test_products_in_use_come_in_once() -> None:
    acme = make_customer("Acme")
    Product.objects.create(name="Flow")
    text = "customer,product,since,referable\nAcme,Flow,2024-05-01,no\n"
    assert take("deployments", text).written.created == 1
    assert take("deployments", text).written.unchanged == 1
    flow = Deployment.objects.get()
    assert (flow.customer, flow.since, flow.referable) == (acme, date(2024, 5, 1), False)
    assert Event.objects.about(acme).filter(verb="deployment.added").count() == 1
    assert take("deployments", text.replace(",no", ",maybe")).faults[0].field == "referable"
    ends = "customer,product,since,until\nAcme,Flow,2024-05-01,2023-01-01\n"
    assert take("deployments", ends).faults[0].field == "until"


def test_past_activities_count_in_the_ledger_once() -> None:
    jo = make_contact(make_customer("Acme"), "Jo Doe")
    text = PAST + "Acme,Jo Doe,Sales call,2025-02-03,Took place and helped,Borealis\n"
    assert take("activities", text).written.created == 1
    assert take("activities", text).written.unchanged == 1
    call = Activity.objects.get()
    assert (call.contact, call.on, call.outcome, call.origin) == (jo, date(2025, 2, 3), "helped", "import")
    assert Contact.objects.get(pk=jo.pk).last_live_on == date(2025, 2, 3)
    changed = take("activities", text.replace("Took place and helped", "no_effect"))
    assert (changed.written.updated, Activity.objects.get().outcome) == (1, "no_effect")


def test_an_activity_to_come_or_of_a_stranger_is_named() -> None:
    make_contact(make_customer("Acme"), "Jo Doe")
    report = take("activities", PAST + "Acme,Jo Do,sales-call,2025-02-03,,\nAcme,,Logo use,2199-01-01,,\n")
    assert [(one.field, one.suggestion) for one in report.faults] == [("contact", "Jo Doe"), ("on", "")]


def test_past_activities_are_taken_back_with_the_day_they_left(maya: User) -> None:
    from crp.imports import undoing

    jo = make_contact(make_customer("Acme"), "Jo Doe")
    content = (PAST + "Acme,Jo Doe,Sales call,2025-02-03,,\n").encode()
    run = ImportRun.upload(kind="activities", source="", file_name="a.csv", content=content, mapping={}, by=maya)
    for verb in (run.try_out, run.apply):
        verb(by=maya)
        run.work()
    undoing.ask(run, by=maya, keep_rest=False)
    run.work()
    assert (Activity.objects.count(), run.state) == (0, "undone")
    assert Contact.objects.get(pk=jo.pk).last_live_on is None
