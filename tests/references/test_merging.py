"""Two records become one: nothing that happened is lost, what was agreed stays as strict, and old ways still lead there."""

import json
import threading
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from crp.accounts.models import User
from crp.events import Timeline
from crp.events.models import Event
from crp.imports import engine, mapping, reading
from crp.imports.spec import SPECS
from crp.outbox.consent import may_write_to
from crp.outbox.models import Message
from crp.verbs import Busy, Forbidden, Refused, Stale, today
from references import capacity, choosing, forgetting, joining, merging
from references.models import Activity, ActivityType, Contact, Customer, Hold, Nomination, Reward, Task, Willingness
from references.models.merge import Merge
from requests_app.models import Assignment, Candidate
from tests.conftest import make_contact, make_customer, make_opportunity, make_request, make_willing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_ledger(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def twins(hanne: Contact) -> tuple[Contact, Contact]:
    """Hanne, and Hanne once more with another address."""
    return hanne, make_contact(hanne.customer, "Hanne Vos-Meijer", email="h.vos@example.com")


def kinds() -> list[ActivityType]:
    return list(ActivityType.objects.all())


def merged(kept: Any, gone: Any, by: User | None) -> Any:
    verb = merging.merge_customers if isinstance(kept, Customer) else merging.merge_contacts
    return verb(kept, gone, by=by)


class TestCustomers:
    def test_everything_moves_and_blanks_are_filled(self, maya: User, omar: User, sam: User) -> None:
        kept = make_customer("Nordfracht", country="DE", competitors=["A"])
        gone = make_customer("Nordfracht GmbH", website="https://nordfracht.example", owner=omar, competitors=["A", "B"],
                             publicity="none", customer_since=date(2019, 1, 1), external_id="N-7", source="crm")  # fmt: skip
        person = make_contact(gone)
        deal = make_opportunity(sam, account=gone)
        child = make_customer("Nordfracht Polen", parent=gone)
        task = Task.objects.add(by=maya, customer=gone, text="Ring", due_on=today())
        found = merged(kept, gone, maya)
        for one in (person, deal, child, task):
            one.refresh_from_db()
        assert {person.customer, deal.account, child.parent, task.customer} == {kept}
        assert (found.website, found.owner, found.competitors) == ("https://nordfracht.example", omar, ["A", "B"])
        assert (found.publicity, found.customer_since) == ("none", date(2019, 1, 1))
        assert (found.source, found.external_id) == ("crm", "N-7")
        assert not Customer.objects.filter(pk=gone.pk).exists()
        assert Event.objects.get(verb="customer.merged").data["before"] == "Nordfracht GmbH"

    def test_of_two_answers_the_stricter_stands_with_the_smaller_limit(self, maya: User) -> None:
        kept, gone = make_customer("A"), make_customer("B")
        quote, call, pr = (ActivityType.objects.get(slug=slug) for slug in ("quote", "sales-call", "pr"))
        kept.willingness.create(
            activity_type=quote, answer="yes", limit_count=3, limit_days=90, conditions="in writing"
        )
        gone.willingness.create(
            activity_type=quote, answer="no", limit_count=1, limit_days=30, conditions="never on Mondays"
        )
        kept.willingness.create(activity_type=call, answer="yes", until=date(2030, 1, 1))
        gone.willingness.create(activity_type=call, answer="ask_first", until=date(2028, 1, 1))
        gone.willingness.create(activity_type=pr, answer="yes")
        merged(kept, gone, maya)
        said = {one.activity_type.slug: one for one in Willingness.objects.filter(customer=kept)}
        assert (said["quote"].answer, said["quote"].limit_count, said["quote"].limit_days) == ("no", 1, 30)
        assert said["quote"].conditions == "in writing; never on Mondays"
        assert (said["sales-call"].answer, said["sales-call"].until) == ("ask_first", date(2028, 1, 1))
        assert said["pr"].answer == "yes"

    def test_the_same_product_is_listed_once_for_the_longer_time(self, maya: User, flow: Any) -> None:
        kept, gone = make_customer("A"), make_customer("B")
        kept.deployments.create(product=flow, since=date(2022, 1, 1), until=date(2024, 1, 1))
        gone.deployments.create(product=flow, since=date(2020, 1, 1), referable=False, note="Berth 4")
        merged(kept, gone, maya)
        one = kept.deployments.get()
        assert (one.since, one.until, one.referable, one.note) == (date(2020, 1, 1), None, False, "Berth 4")

    @pytest.mark.parametrize(
        ("mine", "theirs", "then"),
        [
            ("candidate", "active", "active"), ("active", "candidate", "active"), ("active", "paused", "paused"),
            ("retired", "active", "active"), ("retired", "candidate", "retired"), ("candidate", "candidate", "candidate"),
        ],
    )  # fmt: skip
    def test_a_reference_stays_one_and_a_pause_holds(self, maya: User, mine: str, theirs: str, then: str) -> None:
        assert merged(make_customer("A", status=mine), make_customer("B", status=theirs), maya).status == then

    def test_two_open_nominations_become_one_and_a_reference_s_is_closed(self, maya: User, sam: User) -> None:
        kept, gone = make_customer("A", status="candidate"), make_customer("B", status="candidate")
        for one in (kept, gone):
            Nomination.submit(by=sam, customer=one, reason="Good")
        merged(kept, gone, maya)
        assert kept.nominations.open().count() == 1
        assert kept.nominations.count() == 2
        merged(make_customer("C"), kept, maya)
        assert not Nomination.objects.open().exists()

    @pytest.mark.parametrize("way", ["parent", "child", "grandchild"])
    def test_no_company_becomes_its_own_parent(self, maya: User, way: str) -> None:
        top = make_customer("Top")
        gone = make_customer("Gone", parent=top)
        between = make_customer("Between", parent=gone)
        kept = {"parent": top, "child": between, "grandchild": make_customer("Below", parent=between)}[way]
        merged(kept, gone, maya)
        for one in Customer.objects.all():
            seen, parent = set(), one.parent
            while parent:
                assert parent.pk not in seen
                seen.add(parent.pk)
                parent = parent.parent

    def test_a_pause_for_the_same_cause_is_kept_twice_without_breaking_the_rule(self, maya: User) -> None:
        kept, gone = make_customer("A"), make_customer("B")
        for one in (kept, gone):
            one.pauses.create(starts_on=today(), reason="renewal", cause="renewal:2027-01-01")
        merged(kept, gone, maya)
        assert sorted(kept.pauses.values_list("cause", flat=True)) == ["", "renewal:2027-01-01"]
        assert Customer.objects.get().status == "paused"


class TestPeople:
    def test_uses_holds_and_ratings_add_up(self, twins: tuple[Contact, Contact], maya: User) -> None:
        kept, gone = twins
        call = ActivityType.objects.get(slug="sales-call")
        Activity.objects.log(contact=kept, activity_type=call, on=today() - timedelta(days=5), by=None, rating=4)
        Activity.objects.log(contact=gone, activity_type=call, on=today() - timedelta(days=2), by=None, rating=5)
        capacity.hold(gone, call, on=today(), reason="a:1", label="", by=None)
        Reward.objects.earn(by=maya, contact=gone, points=7, why="A call")
        found = merged(kept, gone, maya)
        assert (found.rating_sum, found.rating_count, found.last_live_on) == (9, 2, today() - timedelta(days=2))
        assert (found.activities.count(), Hold.objects.get().contact) == (2, found)
        assert Reward.objects.filter(contact=found).balance() == 7

    def test_holds_may_then_be_more_than_the_limit_and_none_is_lost(
        self, twins: tuple[Contact, Contact], maya: User
    ) -> None:
        kept, gone = twins
        call = ActivityType.objects.get(slug="sales-call")
        for number, one in enumerate((kept, gone)):
            call.willingness.update_or_create(contact=one, defaults={"answer": "yes", "limit_count": 1})
            capacity.hold(one, call, on=today(), reason=f"a:{number}", label="", by=None)
        merged(kept, gone, maya)
        assert Hold.objects.live(timezone.now()).filter(contact=kept).count() == 2
        with pytest.raises(capacity.LimitReached):
            capacity.hold(kept, call, on=today(), reason="a:3", label="", by=None)

    @pytest.mark.parametrize("who", ["kept", "gone"])
    def test_a_withdrawal_stands_whoever_of_the_two_it_was_noted_with(
        self, twins: tuple[Contact, Contact], maya: User, who: str
    ) -> None:
        kept, gone = twins
        (kept if who == "kept" else gone).withdraw_consent(by=maya)
        assert not merged(Contact.objects.get(pk=kept.pk), Contact.objects.get(pk=gone.pk), maya).has_consent

    def test_the_smaller_own_limit_and_a_no_to_cards_stand_and_who_is_there_is_there(
        self, twins: tuple[Contact, Contact], maya: User
    ) -> None:
        kept, gone = twins
        Contact.objects.filter(pk=kept.pk).update(own_count=5, own_days=300, left_on=today())
        Contact.objects.filter(pk=gone.pk).update(own_count=2, own_days=100, wants_thanks=False, phone="+31 5")
        found = merged(kept, gone, maya)
        assert (found.own_count, found.own_days, found.wants_thanks, found.left_on) == (2, 100, False, None)
        assert (found.phone, found.email) == ("+31 5", "hanne@example.com")

    def test_both_on_one_shortlist_are_there_once_and_both_asked_are_refused(
        self, twins: tuple[Contact, Contact], maya: User, sam: User
    ) -> None:
        kept, gone = twins
        deal = make_opportunity(sam)
        wanted = make_request(sam, deal)
        for score, one in ((40, kept), (90, gone)):
            Candidate.objects.create(request=wanted, contact=one, score=score)
        asks = [
            Assignment.objects.create(request=wanted, contact=one, proposed_by=maya, requester=sam)
            for one in (kept, gone)
        ]
        with pytest.raises(Refused) as refusal, transaction.atomic():
            merged(kept, gone, maya)
        assert refusal.value.code == "both_asked"
        asks[1].withdraw(by=maya, reason="Twice")
        merged(kept, gone, maya)
        assert Candidate.objects.get().score == 90
        assert kept.assignments.count() == 2

    def test_people_of_two_customers_the_forgotten_and_oneself_are_refused(
        self, twins: tuple[Contact, Contact], maya: User, sam: User
    ) -> None:
        kept, gone = twins
        for other, code in ((make_contact(make_customer("Elsewhere")), "two_customers"), (kept, "same")):
            with pytest.raises(Refused) as refusal, transaction.atomic():
                merged(kept, other, maya)
            assert refusal.value.code == code
        with pytest.raises(Forbidden):
            merged(kept, gone, sam)
        gone.erase(by=maya)
        with pytest.raises(Refused) as refusal, transaction.atomic():
            merged(kept, gone, maya)
        assert refusal.value.code == "erased"


class TestOldWays:
    def test_addresses_lead_to_the_kept_one_for_those_who_may_see_it(
        self, maya: User, sam: User, as_user: Any, twins: tuple[Contact, Contact]
    ) -> None:
        kept, gone = make_customer("A", status="candidate"), make_customer("B", status="candidate")
        merged(kept, gone, maya)
        old = as_user(maya).get(reverse("references:customer", args=[gone.pk]) + "?only=asks")
        assert (old.status_code, old.url) == (301, reverse("references:customer", args=[kept.pk]) + "?only=asks")
        assert as_user(sam).get(reverse("references:customer", args=[gone.pk])).status_code == 404
        assert as_user(maya).get(f"/api/v1/customers/{gone.pk}/").url == f"/api/v1/customers/{kept.pk}/"
        first, second = twins
        merged(first, second, maya)
        assert as_user(sam).get(reverse("references:contact", args=[second.pk])).url == f"/contacts/{first.pk}/"
        assert as_user(maya).get(f"/api/v1/contacts/{second.pk}/").url == f"/api/v1/contacts/{first.pk}/"
        assert as_user(maya).get("/contacts/999999/").status_code == 404

    def test_a_chain_of_merges_leads_to_the_last(self, maya: User, as_user: Any) -> None:
        one, two, three = (make_customer(name) for name in "ABC")
        merged(two, one, maya)
        merged(three, two, maya)
        assert as_user(maya).get(f"/customers/{one.pk}/").url == f"/customers/{three.pk}/"
        assert Customer.objects.named("a").get() == three

    def test_his_links_still_work_until_they_are_revoked(
        self, twins: tuple[Contact, Contact], maya: User, client: Any
    ) -> None:
        kept, gone = twins
        lasting = choosing.path(gone.pk)
        joining.invite(gone, by=maya)
        invitation = Message.objects.get(template="contact_join").context["path"]
        merged(kept, gone, maya)
        for path in (lasting, invitation):
            page = client.get(path)
            assert (page.status_code, kept.name in page.content.decode()) == (200, True)
        assert Message.objects.get(template="contact_join").contact_id == kept.pk

    def test_mail_on_its_way_asks_the_kept_one_s_consent(self, twins: tuple[Contact, Contact], maya: User) -> None:
        kept, gone = twins
        joining.invite(gone, by=maya)
        Contact.objects.get(pk=kept.pk).withdraw_consent(by=maya)
        merged(Contact.objects.get(pk=kept.pk), gone, maya)
        message = Message.objects.get(template="contact_join")
        assert (message.contact_id, message.context["contact"]) == (kept.pk, kept.pk)
        assert not may_write_to(message.contact_id)

    def test_the_old_file_updates_the_kept_record_and_makes_no_second(self, maya: User) -> None:
        kept = make_customer("Nordfracht", source="crm", external_id="N-1")
        gone = make_customer("Nordfracht GmbH", source="crm", external_id="N-2")
        merged(kept, gone, maya)

        def take(kind: str, *lines: str, source: str = "crm") -> engine.Report:
            spec = SPECS[kind]
            table = reading.read("file.csv", "\n".join(lines).encode())
            return engine.run(spec, table, mapping.from_data({}, spec), source=source)

        assert take("customers", "external_id,name,employees", "N-2,Nordfracht,70").applied
        assert take("customers", "name,employees", "Nordfracht GmbH,80", source="").applied
        assert take("customers", "crp_id,name,employees", f"{gone.pk},Nordfracht,90").applied
        assert (Customer.objects.count(), Customer.objects.get().employees) == (1, 90)
        first = make_contact(kept, "Hanne Vos", source="crm", external_id="C-1")
        second = make_contact(kept, "H. Vos", source="crm", external_id="C-2")
        merged(first, second, maya)
        assert take("contacts", "customer,external_id,name", "Nordfracht GmbH,C-2,Hanne Vos").applied
        assert take("contacts", "customer,name,phone", "Nordfracht,H. Vos,12", source="").applied
        assert (Contact.objects.count(), Contact.objects.get().phone) == (1, "12")

    def test_the_timeline_tells_of_both_and_the_log_is_as_it_was(
        self, twins: tuple[Contact, Contact], maya: User
    ) -> None:
        kept, gone = twins
        gone.edit(by=maya, job_title="Buyer")
        event = Event.objects.get(verb="contact.edited")
        merged(kept, gone, maya)
        after = Event.objects.get(pk=event.pk)
        assert (after.verb, after.subject, after.at, after.data) == (event.verb, event.subject, event.at, event.data)
        told = Timeline.about(Contact.objects.get(pk=kept.pk), user=maya).events
        assert {one.verb for one in told} >= {"contact.edited", "contact.merged"}
        assert next(one for one in told if one.verb == "contact.edited").person == kept.name

    def test_forgetting_the_kept_one_forgets_the_other_out_of_an_older_backup(
        self, twins: tuple[Contact, Contact], maya: User, django_capture_on_commit_callbacks: Any
    ) -> None:
        kept, gone = twins
        before = {field.attname: getattr(gone, field.attname) for field in Contact._meta.concrete_fields}
        merged(kept, gone, maya)
        with django_capture_on_commit_callbacks(execute=True):
            Contact.objects.get(pk=kept.pk).erase(by=maya)
        assert Merge.objects.get().folded == ""
        lines = [json.loads(line) for line in forgetting.ledger().read_text().splitlines()]
        assert {line["contact"] for line in lines} == {kept.pk, gone.pk}
        Contact.objects.bulk_create([Contact(**before)])
        assert forgetting.again() == (1, 0)
        assert Contact.objects.get(pk=gone.pk).erased_at


class TestThePages:
    def test_likely_doubles_are_shown_then_both_sides_then_they_are_one(self, as_user: Any, maya: User) -> None:
        kept, gone = make_customer("Nordfracht"), make_customer("Nordfracht GmbH", website="https://n.example")
        make_contact(gone)
        address = reverse("references:customer_merge", args=[kept.pk])
        assert "Nordfracht GmbH" in as_user(maya).get(address).content.decode()
        side = as_user(maya).get(f"{address}?other={gone.pk}").content.decode()
        assert "https://n.example" in side
        assert "People: 1" in side
        done = as_user(maya).post(address, {"other": gone.pk, "keep": gone.pk})
        assert done.url == reverse("references:customer", args=[gone.pk])
        assert not Customer.objects.filter(pk=kept.pk).exists()

    def test_the_second_of_two_tabs_is_told(self, as_user: Any, maya: User) -> None:
        kept, gone = make_customer("A"), make_customer("B")
        address = reverse("references:customer_merge", args=[kept.pk])
        as_user(maya).post(address, {"other": gone.pk})
        assert as_user(maya).post(address, {"other": gone.pk}).status_code == 404
        with pytest.raises(Stale):
            merged(kept, gone, maya)

    def test_a_refusal_is_shown_and_nonsense_is_not_found(self, as_user: Any, maya: User, hanne: Contact) -> None:
        other = make_contact(make_customer("Elsewhere"), "Jan Smit")
        address = reverse("references:contact_merge", args=[hanne.pk])
        page = as_user(maya).post(address, {"other": other.pk}, follow=True).content.decode()
        assert "Merge the customers first" in page
        for wrong in ("x", "9" * 30, "0"):
            assert as_user(maya).get(f"{address}?other={wrong}").status_code == 404

    def test_the_api_merges_and_says_why_not(self, as_user: Any, maya: User, twins: tuple[Contact, Contact]) -> None:
        kept, gone = twins
        same = as_user(maya).post(
            f"/api/v1/contacts/{kept.pk}/merge/", {"other": kept.pk}, content_type="application/json"
        )
        assert (same.status_code, same.json()["code"]) == (422, "same")
        done = as_user(maya).post(
            f"/api/v1/contacts/{kept.pk}/merge/", {"other": gone.pk}, content_type="application/json"
        )
        assert (done.status_code, done.json()["id"]) == (200, kept.pk)


def test_every_rule_of_the_database_about_once_has_a_rule_here() -> None:
    """Whatever may be there once per customer or person is thought of when two of them become one."""
    known = {
        ("references.Merge", "customer"), ("references.Merge", "contact"),
    }  # fmt: skip
    for target in (Customer, Contact):
        for model, field in merging.relations(target):
            once = field.unique or any(
                field.name in constraint.fields
                for constraint in model._meta.constraints if isinstance(constraint, models.UniqueConstraint)
            )  # fmt: skip
            once = once or any(field.name in names for names in model._meta.unique_together)
            if once and (model._meta.label, field.name) not in known:
                assert (model._meta.label, field.name) in merging._rules, f"{model._meta.label}.{field.name}"


def used(person: Contact, kind: ActivityType, on: date, number: int, by: User) -> None:
    Activity.log(person, kind, on, None)


def held(person: Contact, kind: ActivityType, on: date, number: int, by: User) -> None:
    facts = {
        "effort": kind.effort,
        "live": kind.live,
        "on": on,
        "reason": f"x:{number}",
        "override_by": by,
        "override_reason": "x",
    }
    ends = timezone.now() + timedelta(days=3)
    Hold.objects.create(customer=person.customer, contact=person, activity_type=kind, expires_at=ends, **facts)


def said(person: Contact, kind: ActivityType, on: date, number: int, by: User) -> None:
    answer = ("yes", "no")[number % 2]
    Willingness.objects.update_or_create(contact=person, activity_type=kind, defaults={"answer": answer})


def rewarded(person: Contact, kind: ActivityType, on: date, number: int, by: User) -> None:
    Reward.objects.earn(by=None, contact=person, points=1 + number % 9, why="x")


def surveyed(person: Contact, kind: ActivityType, on: date, number: int, by: User) -> None:
    person.survey_responses.create(customer=person.customer, kind="nps", score=number % 11, on=on)


def minded(person: Contact, kind: ActivityType, on: date, number: int, by: User) -> None:
    Task.objects.add(by=by, customer=person.customer, contact=person, text="x", due_on=today())


def dealt(person: Contact, kind: ActivityType, on: date, number: int, by: User) -> None:
    make_opportunity(by, f"D{number}", account=person.customer)


SUMS = [(Activity, "effort"), (Hold, "effort"), (Reward, "points"), (Reward, "value")]


@pytest.mark.parametrize("seed", range(5))
def test_over_random_worlds_no_row_and_no_sum_is_lost(seed: int, maya: User, sam: User) -> None:
    chance = Random(seed)
    customers = [make_customer(f"C{number}") for number in range(3)]
    people = [
        make_contact(customers[number % 3], f"P{number} X", email=f"p{number}@example.com") for number in range(6)
    ]
    some = kinds()
    doings = (used, held, said, rewarded, surveyed, minded, dealt)
    for number in range(60):
        on = today() - timedelta(days=chance.randint(0, 200))
        chance.choice(doings)(chance.choice(people), chance.choice(some), on, number, chance.choice([maya, sam]))

    def state() -> dict[str, Any]:
        rows = {model._meta.label: model._base_manager.count() for model in (Activity, Hold, Reward, Task)}
        sums = {f"{model.__name__}.{name}": model._base_manager.aggregate(s=Sum(name))["s"] for model, name in SUMS}
        deals = apps.get_model("requests_app", "Opportunity").objects.filter(account__isnull=False).count()
        return {**rows, **sums, "deals": deals, "events": Event.objects.exclude(verb__endswith=".merged").count()}

    before = state()
    no = {(one.contact_id, one.activity_type_id) for one in Willingness.objects.filter(answer="no")}
    kept, gone = customers[0], customers[1]
    merged(kept, gone, maya)
    mine = list(Contact.objects.filter(customer=kept).order_by("pk")[:2])
    merged(mine[0], mine[1], maya)
    assert state() == before
    for target, pk in ((Customer, gone.pk), (Contact, mine[1].pk)):
        for model, field in merging.relations(target):
            assert not model._base_manager.filter(**{field.name: pk}).exists(), model
    for person, kind in no:
        now = mine[0].pk if person == mine[1].pk else person
        assert Willingness.objects.get(contact=now, activity_type=kind).answer == "no"


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Two who merge the same pair, and one who merges while another asks."""

    def both(self, *works: Any) -> list[Any]:
        answers: list[Any] = [None] * len(works)
        barrier = threading.Barrier(len(works))

        def run(number: int) -> None:
            try:
                barrier.wait(timeout=10)
                answers[number] = works[number]() and "done"
            except Exception as error:
                answers[number] = error
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=(number,)) for number in range(len(works))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return answers

    def test_of_two_merges_one_happens_and_the_other_is_told(self, maya: User) -> None:
        kept, gone = make_customer("A"), make_customer("B")
        make_contact(gone)
        answers = self.both(lambda: merged(kept, gone, maya), lambda: merged(kept, gone, maya))
        assert sorted(type(one).__name__ for one in answers) == ["Stale", "str"]
        assert Merge.objects.count() == 1

    def test_crosswise_one_of_the_two_is_left(self, maya: User) -> None:
        one, two = make_customer("A"), make_customer("B")
        answers = self.both(lambda: merged(one, two, maya), lambda: merged(two, one, maya))
        assert sorted(type(answer).__name__ for answer in answers) == ["Stale", "str"]
        assert Customer.objects.count() == 1

    def test_an_ask_meanwhile_is_counted_with_the_kept_one_or_refused_and_nothing_hangs(self, maya: User) -> None:
        customer = make_customer("A")
        kept, gone = make_contact(customer, "Hanne Vos"), make_contact(customer, "Hanne V")
        make_willing(gone)
        call = ActivityType.objects.get(slug="sales-call")
        answers = self.both(
            lambda: merged(kept, gone, maya),
            lambda: capacity.hold(gone, call, on=today(), reason="a:1", label="", by=None),
        )
        assert answers[0] == "done"
        held = list(Hold.objects.all())
        if answers[1] == "done":
            assert [one.contact_id for one in held] == [kept.pk]
        else:
            assert isinstance(answers[1], (Contact.DoesNotExist, Refused))
            assert held == []

    def test_without_the_lock_two_merges_break(self, maya: User, monkeypatch: pytest.MonkeyPatch) -> None:
        kept, gone = make_customer("A"), make_customer("B")
        barrier = threading.Barrier(2)

        def unlocked(model: Any, *pks: int) -> list[Any]:
            found = model._base_manager.in_bulk(pks)
            barrier.wait(timeout=10)
            return [found[pk] for pk in pks]

        monkeypatch.setattr(merging, "locked", unlocked)
        answers = self.both(lambda: merged(kept, gone, maya), lambda: merged(kept, gone, maya))
        assert not any(isinstance(one, (Stale, Busy)) for one in answers)
