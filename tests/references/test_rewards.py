"""Rewards: what may be given to whom, counted under a lock, never rewritten."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crp.accounts.models import Role, User
from crp.events.models import Event
from crp.verbs import Forbidden, Refused, today
from references.models import Activity, ActivityType, Contact, Customer, GiftPolicy, Industry, Reward, reward
from references.models.gift_policy import allowance
from tests.conftest import make_contact, make_customer, make_user

pytestmark = pytest.mark.django_db


def industry(name: str) -> Industry:
    return Industry.objects.get(name=name)


def gift(contact: Contact, by: User | None, value: Any, **more: Any) -> Reward:
    return Reward.objects.grant(by=by, contact=contact, value=Decimal(value), why="A book", **more)


def refusal_of(work: Callable[[], Any]) -> Refused:
    with pytest.raises(Refused) as refusal, transaction.atomic():
        work()
    return refusal.value


def test_public_servants_take_nothing_and_the_reason_names_the_rule(maya: User) -> None:
    city = make_contact(make_customer("Stadt Kiel", industry=industry("Government"), country="DE"))
    for work in (
        lambda: gift(city, maya, 5),
        lambda: Reward.objects.earn(by=maya, contact=city, points=3, why="A call"),
    ):
        refused = refusal_of(work)
        assert (refused.code, refused.field) == ("gift_forbidden", "contact")
        assert "Public sector" in str(refused)
    assert not Reward.objects.exists()


def test_a_gift_over_the_limit_says_how_much_and_by_which_rule(hanne: Contact, maya: User) -> None:
    Customer.objects.update(country="NL")
    GiftPolicy.objects.add(by=maya, country="NL", per_gift=Decimal(50), per_year=Decimal(80))
    refused = refusal_of(lambda: gift(hanne, maya, "50.01"))
    assert (refused.code, refused.field) == ("gift_too_large", "value")
    assert "Netherlands" in str(refused)
    gift(hanne, maya, 50)
    refused = refusal_of(lambda: gift(hanne, maya, 31))
    assert (refused.code, refused.field) == ("gift_year_full", "value")
    assert gift(hanne, maya, 30).value == 30


def test_another_year_counts_for_itself_and_a_correction_gives_room_back(hanne: Contact, maya: User) -> None:
    GiftPolicy.objects.add(by=maya, per_year=Decimal(60))
    last = date(today().year - 1, 12, 31)
    gift(hanne, maya, 60, on=last)
    first = gift(hanne, maya, 60)
    assert refusal_of(lambda: gift(hanne, maya, 1)).code == "gift_year_full"
    back = first.correct(by=maya, why="Never sent")
    assert (back.value, back.year, back.kind) == (-60, today().year, "corrected")
    assert gift(hanne, maya, 60)
    assert refusal_of(lambda: first.correct(by=maya, why="Again")).code == "corrected_already"
    assert refusal_of(lambda: back.correct(by=maya, why="Again")).code == "is_correction"


def test_points_are_spent_only_once_they_are_there(hanne: Contact, maya: User) -> None:
    Reward.objects.earn(by=maya, contact=hanne, points=30, why="A call")
    spend: Any = {"by": maya, "contact": hanne, "value": Decimal(20), "why": "A voucher"}
    assert refusal_of(lambda: Reward.objects.redeem(points=31, **spend)).code == "points_short"
    Reward.objects.redeem(points=30, **spend)
    assert Reward.objects.balance() == 0
    earned = Reward.objects.get(kind="earned")
    assert refusal_of(lambda: earned.correct(by=maya, why="Twice")).code == "points_spent"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"way": "gift", "value": 0, "why": "x"}, "no_value"), ({"way": "gift", "value": -5, "why": "x"}, "no_value"),
        ({"way": "gift", "value": 5, "why": " "}, "reason_missing"), ({"way": "points", "points": 0, "why": "x"}, "no_points"),
        ({"way": "points", "points": -3, "why": "x"}, "no_points"), ({"way": "spend", "points": 0, "why": "x"}, "no_points"),
        ({"way": "gift", "value": 5, "why": "x", "on": today() + timedelta(days=2)}, "in_the_future"),
    ],
)  # fmt: skip
def test_numbers_and_words_that_make_no_sense_are_refused(
    hanne: Contact, maya: User, given: dict[str, Any], code: str
) -> None:
    wanted = {**given, "value": Decimal(given["value"])} if "value" in given else given
    way = wanted["way"]
    rest = {name: value for name, value in wanted.items() if name != "way"}
    assert refusal_of(lambda: Reward.objects.give(way, by=maya, contact=hanne, **rest)).code == code


def test_who_left_or_was_forgotten_gets_nothing(hanne: Contact, maya: User) -> None:
    hanne.leave(by=maya, on=today())
    assert refusal_of(lambda: gift(hanne, maya, 5)).code == "contact_left"
    hanne.erase(by=maya)
    assert refusal_of(lambda: gift(hanne, maya, 5)).code == "erased"


def test_only_who_runs_the_program_gives(hanne: Contact, sam: User, omar: User, mina: User, adam: User) -> None:
    hanne.customer.owner = omar
    hanne.customer.save()
    for nobody in (sam, omar, mina):
        with pytest.raises(Forbidden):
            gift(hanne, nobody, 5)
    assert gift(hanne, adam, 5)
    assert [Reward.objects.visible_to(user).exists() for user in (sam, omar, mina)] == [False, True, True]


def test_the_ledger_can_be_neither_changed_nor_deleted(hanne: Contact, maya: User) -> None:
    line = gift(hanne, maya, 5)
    with pytest.raises(DatabaseError), transaction.atomic():
        Reward.objects.filter(pk=line.pk).update(value=500)
    with pytest.raises(DatabaseError), transaction.atomic():
        Reward.objects.filter(pk=line.pk).delete()
    hanne.erase(by=maya)
    line.refresh_from_db()
    assert (line.value, line.why) == (5, "–")


def test_a_kind_that_earns_points_earns_them_once_and_none_in_the_public_sector(hanne: Contact) -> None:
    ActivityType.objects.filter(slug="sales-call").update(points=10)
    call = ActivityType.objects.get(slug="sales-call")
    use = Activity.log(hanne, call, today(), None)
    assert Reward.objects.get().origin_ref == f"activity:{use.pk}"
    city = make_contact(make_customer("Stadt Kiel", industry=industry("Government")), "Jan Smit")
    assert Activity.log(city, call, today(), None)
    assert Reward.objects.balance() == 10
    assert Event.objects.filter(verb="reward.earned").count() == 1


class TestTheNarrowestRule:
    def rule(self, maya: User, **values: Any) -> GiftPolicy:
        return GiftPolicy.objects.add(by=maya, **values)

    def test_replaces_the_wider_one(self, maya: User) -> None:
        customer = make_customer("Uni Bremen", industry=industry("Education"), country="DE")
        assert allowance(customer).forbidden
        self.rule(maya, industry=industry("Education"), per_gift=Decimal(10))
        found = allowance(customer)
        assert (found.forbidden, found.per_gift) == (False, 10)
        self.rule(maya, industry=industry("Education"), country="DE", forbidden=True)
        assert allowance(customer).forbidden

    def test_and_of_equally_narrow_ones_the_strictest_holds(self, maya: User) -> None:
        customer = make_customer("Bank", industry=industry("Banking"), country="US")
        self.rule(maya, per_gift=Decimal(1))
        self.rule(maya, industry=industry("Finance"), per_gift=Decimal(40), per_year=Decimal(100))
        self.rule(maya, country="US", per_gift=Decimal(25))
        found = allowance(customer)
        assert (found.per_gift, found.per_year) == (25, 100)

    @settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
    @given(
        rules=st.lists(
            st.tuples(st.sampled_from(["", "DE"]), st.sampled_from(["", "Finance", "Banking"]), st.integers(0, 9)),
            max_size=6, unique_by=lambda rule: rule[:2],
        )
    )  # fmt: skip
    def test_agrees_with_the_rule_in_words(self, maya: User, rules: list[tuple[str, str, int]]) -> None:
        """A rule counts unless another that fits is at least as narrow both ways and narrower one way."""
        with transaction.atomic():
            GiftPolicy.objects.all().delete()
            for country, name, most in rules:
                place = industry(name) if name else None
                GiftPolicy.objects.create(country=country, industry=place, per_gift=Decimal(most))
            depth = {"": 0, "Finance": 1, "Banking": 2}
            left = [
                one for one in rules
                if not any(
                    depth[two[1]] >= depth[one[1]] and len(two[0]) >= len(one[0]) and two[:2] != one[:2] for two in rules
                )
            ]  # fmt: skip
            customer = Customer(industry=industry("Banking"), country="DE")
            assert allowance(customer).per_gift == min((Decimal(one[2]) for one in left), default=None)
            transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("values", "field"),
    [({}, "per_gift"), ({"per_gift": Decimal(-1)}, "per_gift"), ({"per_year": Decimal(-1)}, "per_year")],
)
def test_a_rule_that_says_nothing_or_less_than_nothing_is_refused(
    maya: User, values: dict[str, Any], field: str
) -> None:
    assert refusal_of(lambda: GiftPolicy.objects.add(by=maya, country="FR", **values)).field == field


def test_there_is_one_rule_for_each_and_it_can_be_changed_and_removed(maya: User, sam: User) -> None:
    made = GiftPolicy.objects.add(by=maya, country="FR", per_gift=Decimal(5))
    assert refusal_of(lambda: GiftPolicy.objects.add(by=maya, country="FR", per_gift=Decimal(9))).code == "taken"
    with pytest.raises(Forbidden):
        made.edit(by=sam, per_gift=Decimal(7))
    made.edit(by=maya, per_gift=Decimal(7), version=1)
    assert refusal_of(lambda: made.edit(by=maya, per_gift=None)).code == "says_nothing"
    made.remove(by=maya)
    assert not GiftPolicy.objects.filter(country="FR").exists()


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def race(self, contact: Contact, by: User) -> list[Any]:
        """What two gifts of 40 at once were answered, each having counted before either writes if nothing keeps it."""
        barrier, answers = threading.Barrier(2), []
        worth = reward.guard_worth

        def count_then_wait(*args: Any) -> None:
            worth(*args)
            try:
                barrier.wait(timeout=1.5)
            except threading.BrokenBarrierError:
                barrier.reset()

        def run() -> None:
            try:
                gift(contact, by, 40)
                answers.append("given")
            except Refused as refusal:
                answers.append(refusal.code)
            finally:
                connection.close()

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reward, "guard_worth", count_then_wait)
            threads = [threading.Thread(target=run) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(20)
        return sorted(answers)

    @pytest.fixture
    def hanne(self, maya: User) -> Contact:
        GiftPolicy.objects.add(by=maya, per_year=Decimal(50))
        return make_contact(make_customer())

    def test_one_is_given_and_the_other_hears_why(self, hanne: Contact, maya: User) -> None:
        assert self.race(hanne, maya) == ["gift_year_full", "given"]

    def test_without_the_lock_both_are_given(self, hanne: Contact, maya: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            reward, "lock", lambda contact: Contact.objects.select_related("customer").get(pk=contact.pk)
        )
        assert self.race(hanne, maya) == ["given", "given"]


def test_the_pages_write_a_gift_down_show_the_rule_and_name_the_field(as_user: Any, hanne: Contact, maya: User) -> None:
    GiftPolicy.objects.add(by=maya, per_gift=Decimal(50))
    address = reverse("references:reward_new", args=[hanne.customer_id])
    assert "Everywhere" in as_user(maya).get(address).content.decode()
    posted = {"way": "gift", "contact": hanne.pk, "why": "A book", "on": today().isoformat()}
    for wrong, field in (
        ({}, "value"),
        ({"value": "900"}, "value"),
        ({"value": "abc"}, "value"),
        ({"way": "points"}, "points"),
    ):
        page = as_user(maya).post(address, {**posted, **wrong})
        assert page.status_code == 422
        assert f"id_{field}_error" in page.content.decode()
    assert as_user(maya).post(address, {**posted, "value": "20"}).status_code == 302
    panel = as_user(maya).get(reverse("references:customer_rewards", args=[hanne.customer_id])).content.decode()
    assert "A book" in panel
    assert "A book" in as_user(maya).get(reverse("references:rewards")).content.decode()
    line = Reward.objects.get()
    as_user(maya).post(reverse("references:reward_correct", args=[line.pk]), {"why": "Twice"})
    assert Reward.objects.worth_in(today().year) == 0


def test_the_file_s_columns_add_up_to_what_was_given(as_user: Any, hanne: Contact, maya: User) -> None:
    gift(hanne, maya, 20)
    gift(hanne, maya, 15).correct(by=maya, why="=Twice")
    text = b"".join(as_user(maya).get(reverse("references:rewards_export")).streaming_content).decode()
    lines = [line.split(",") for line in text.strip().splitlines()[1:]]
    assert sum(Decimal(line[5]) for line in lines) == Reward.objects.worth_in(today().year) == 20
    assert "'=Twice" in text


def test_the_api_gives_spends_and_takes_back(as_user: Any, hanne: Contact, maya: User) -> None:
    call = as_user(maya)

    def post(path: str, body: dict[str, Any]) -> Any:
        return call.post(f"/api/v1/{path}", body, content_type="application/json")

    made = post("rewards/", {"way": "points", "contact": hanne.pk, "points": 20, "why": "A call"})
    assert (made.status_code, made.json()["points"]) == (201, 20)
    spent = post("rewards/", {"way": "spend", "contact": hanne.pk, "points": 5, "value": "10", "why": "Mug"})
    assert (spent.status_code, spent.json()["points"], spent.json()["value"]) == (201, -5, "10.00")
    missing = post("rewards/", {"way": "spend", "contact": hanne.pk, "points": 5, "why": "Mug"})
    assert (missing.status_code, missing.json()["errors"][0]["field"]) == (400, "value")
    short = post("rewards/", {"way": "spend", "contact": hanne.pk, "points": 500, "value": "1", "why": "Car"})
    assert (short.status_code, short.json()["code"]) == (422, "points_short")
    assert post(f"rewards/{spent.json()['id']}/correct/", {"why": "Broken"}).json()["points"] == 5


def test_many_rewards_are_a_page_of_few_queries(
    as_user: Any, hanne: Contact, maya: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(15):
        gift(hanne, maya, 1 + number)
    client = as_user(make_user("Noor Saleh", Role.MANAGER))
    with django_assert_max_num_queries(5):
        client.get(reverse("references:rewards"))
    with django_assert_max_num_queries(9):
        client.get(reverse("references:customer_rewards", args=[hanne.customer_id]))
