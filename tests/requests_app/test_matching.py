"""Who fits best, and why."""

import random
from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from references.models import Deployment, Industry, Product, Region, UseCase
from requests_app import matching
from requests_app.criteria import asked_for, check
from requests_app.matching import apportion, askable, order, parts_for, scored
from requests_app.models import RequestRules
from tests.conftest import make_contact, make_customer, make_willing
from tests.requests_app.conftest import ask

NOW = date(2026, 11, 22)


def people(count, seed=0):
    """A mixed crowd of willing contacts."""
    chance = random.Random(seed)
    industries = list(Industry.objects.all()[:12]) or [Industry.objects.create(name="Freight")]
    products = [Product.objects.get_or_create(name=name)[0] for name in ("Flow", "Pulse", "Vault")]
    cases = [UseCase.objects.get_or_create(name=name)[0] for name in ("Close", "Plan")]
    made = []
    for number in range(count):
        customer = make_customer(
            f"Customer {number}",
            industry=chance.choice([*industries, None]), country=chance.choice(["DE", "NL", "FR", "US", ""]),
            employees=chance.choice([None, 40, 700, 2_300, 9_000]),
        )  # fmt: skip
        for product in chance.sample(products, chance.randint(0, 3)):
            Deployment.objects.create(
                customer=customer, product=product, use_case=chance.choice([*cases, None]), referable=chance.random() > 0.2,
                until=chance.choice([None, None, NOW - timedelta(days=1), NOW]),
            )  # fmt: skip
        contact = make_contact(
            customer, f"Person {number}", language=chance.choice(["en", "de", "de-CH", "fa"]),
            seniority=chance.choice(["executive", "director", ""]), job_function=chance.choice(["finance", "it", ""]),
            last_live_on=chance.choice([None, *(NOW - timedelta(days=days) for days in (5, 30, 89, 90, 180, 400))]),
            rating_sum=(total := chance.choice([0, 9, 17, 45, 20])), rating_count=chance.choice([5, 10]) if total else 0,
        )  # fmt: skip
        make_willing(contact, answer=chance.choice(["yes", "ask_first"]))
        made.append(contact)
    return made


CRITERIA = st.fixed_dictionaries(
    {},
    optional={
        "industries": st.lists(
            st.sampled_from(["Banking", "Insurance", "Manufacturing", "Nothing of ours"]), min_size=1, max_size=2
        ),
        "products": st.lists(
            st.sampled_from(["Flow", "pulse", "Vault", "Unknown"]), min_size=1, max_size=4, unique=True
        ),
        "use_cases": st.lists(st.sampled_from(["Close", "Plan"]), min_size=1, max_size=2, unique=True),
        "countries": st.lists(st.sampled_from(["DE", "NL", "Benelux"]), min_size=1, max_size=2),
        "company_size": st.sampled_from(["1000-5000", "-100", "5000-"]),
        "languages": st.lists(st.sampled_from(["de", "fa"]), min_size=1, max_size=2),
        "functions": st.lists(st.sampled_from(["finance", "it"]), min_size=1, max_size=2),
        "seniority": st.just(["executive"]),
    },
)


@pytest.fixture
def crowd(db):
    Region.objects.get_or_create(name="Benelux", defaults={"countries": ["NL", "BE", "LU"]})
    return people(20)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(criteria=CRITERIA, weights=st.lists(st.integers(0, 40), min_size=9, max_size=9).filter(any))
def test_sql_and_memory_agree_and_the_order_never_changes(crowd, wanted, criteria, weights):
    wanted.criteria = criteria
    names = [name for _part, name, _keys in matching.PARTS]
    wanted._rules = RequestRules(pk=1, **dict(zip(names, weights, strict=True)))
    parts = parts_for(wanted, asked_for(wanted), NOW)
    in_sql = {one.pk: one.points for one in scored(askable(wanted, NOW), parts)}
    ranked = matching.rank(wanted, limit=100, on=NOW)
    assert {match.contact.pk: match.score for match in ranked} == in_sql
    for match in ranked:
        assert match.score == sum(reason.points for reason in match.reasons)
        assert sum(reason.of for reason in match.reasons) in (0, 100)
        assert all(0 <= reason.points <= reason.of for reason in match.reasons)
    keys = [(-match.score, match.contact.last_live_on or date.min, match.contact.pk) for match in ranked]
    assert keys == sorted(keys)
    again = matching.rank(wanted, limit=100, on=NOW)
    assert [match.contact.pk for match in again] == [match.contact.pk for match in ranked]


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=9))
def test_weights_always_share_a_hundred_points(weights):
    points = apportion(weights)
    assert sum(points) == (100 if any(weights) else 0)
    assert all(
        abs(point - 100 * weight / sum(weights)) < 1
        for point, weight in zip(points, weights, strict=True)
        if any(weights)
    )


def test_the_one_like_the_deal_comes_first_with_a_sentence_for_each_part(
    wanted, hanne, freight, flow, django_assert_max_num_queries
):
    other = make_contact(make_customer("Elsewhere", country="US"), "Otto Other")
    make_willing(other)
    wanted.criteria = {
        "industries": [freight.name], "products": [flow.name], "countries": ["NL"], "company_size": "1000-5000",
        "functions": ["finance"],
    }  # fmt: skip
    wanted.save()
    first, second = matching.rank(wanted)
    assert (first.contact, second.contact) == (hanne, other)
    assert first.score > 90 > second.score
    assert [reason.criterion for reason in first.reasons] == [
        "industry",
        "product",
        "region",
        "size",
        "role",
        "ratings",
        "rest",
    ]
    assert first.reasons[0].text == "Same branch: Freight and ports"
    assert all(reason.text and reason.label for reason in first.reasons)


def test_without_criteria_the_deals_own_facts_are_looked_for(wanted, deal, hanne, freight, flow):
    deal.industry, deal.product, deal.country = freight, flow, "NL"
    deal.save()
    wanted.refresh_from_db()
    assert [reason.criterion for reason in matching.rank(wanted)[0].reasons][:3] == ["industry", "product", "region"]


def test_those_who_cannot_be_asked_stay_visible_with_why(wanted, hanne, maya):
    hanne.customer.pauses.create(customer=hanne.customer, starts_on=date.today(), reason="renewal")
    found = matching.rank(wanted)
    assert [problem.code for problem in found[0].problems] == ["paused"]


@pytest.mark.parametrize("spoil", ["consent", "answer", "status", "left", "erased", "none", "over"])
def test_who_may_not_be_asked_at_all_is_left_out(wanted, hanne, spoil):
    if spoil in ("answer", "over", "none"):
        changes = {"answer": {"answer": "no"}, "over": {"until": date.today() - timedelta(days=1)}}.get(spoil)
        hanne.willingness.update(**changes) if changes else hanne.willingness.all().delete()
    elif spoil == "status":
        type(hanne.customer).objects.update(status="retired")
    else:
        field = {"consent": "consent_withdrawn_at", "left": "left_on", "erased": "erased_at"}[spoil]
        setattr(hanne, field, date.today() if spoil == "left" else timezone.now())
        hanne.save()
    assert matching.rank(wanted) == []


def test_a_companys_answer_counts_for_its_people(wanted, hanne, call):
    hanne.willingness.all().delete()
    hanne.customer.willingness.create(customer=hanne.customer, activity_type=call, answer="yes")
    assert [match.contact for match in matching.rank(wanted)] == [hanne]


def test_the_prospects_own_people_are_not_proposed(wanted, deal, hanne):
    deal.account = hanne.customer
    deal.save()
    wanted.refresh_from_db()
    assert matching.rank(wanted) == []


def test_relaxing_tells_what_it_would_open(sam, deal, call, hanne, freight):
    wanted = ask(sam, deal, call, criteria={"industries": [freight.name], "functions": ["it"]})
    found = {one.criterion: one for one in matching.relaxations(wanted)}
    assert set(found) == {"functions"}
    assert (found["functions"].more, found["functions"].free) == (1, 1)


@pytest.mark.parametrize("count", [10, 60])
def test_ranking_takes_the_same_few_queries_for_few_or_many(wanted, call, count, django_assert_max_num_queries):
    people(count)
    wanted.criteria = {"industries": ["Banking"], "products": ["Flow"], "use_cases": ["Close"], "countries": ["DE"]}
    wanted.save()
    wanted.refresh_from_db()
    with django_assert_max_num_queries(9):
        assert len(matching.rank(wanted)) == min(count, 25)


def test_order_is_part_of_the_statement(wanted, crowd):
    assert "ORDER BY" in str(order(scored(askable(wanted, NOW), parts_for(wanted, {}, NOW))).query)


def test_without_the_last_criterion_the_deal_s_facts_do_not_come_back(wanted, deal, hanne, freight):
    deal.industry = freight
    deal.save()
    wanted.criteria = {"countries": ["NL"]}
    assert [reason.criterion for reason in matching.rank(wanted, without=("countries",))[0].reasons] == [
        "ratings",
        "rest",
    ]
    wanted.criteria = {"any": True}
    assert asked_for(wanted) == {}
    wanted.criteria = {}
    assert asked_for(wanted) == {"industries": [freight.name]}


def test_any_gives_way_to_a_wish():
    assert check({"any": True, "languages": ["de"]}) == ({"languages": ["de"]}, {})
    assert check({"any": True, "notes": "Ports"}) == ({"any": True, "notes": "Ports"}, {})
    assert set(check({"any": "yes"})[1]) == {"any"}
