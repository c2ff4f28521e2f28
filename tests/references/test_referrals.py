"""Referrals: who sent whom, through to won, and what that brought in."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from crp.accounts.models import User
from crp.events.models import Event
from crp.imports import engine, mapping, reading
from crp.imports.spec import SPECS
from crp.inbox.models import Notification
from crp.verbs import Forbidden, Refused, WrongState, today
from metrics import sourced
from metrics.money import Rates
from metrics.periods import Period
from references.models import Contact, Referral, ReferralState
from requests_app.models import Opportunity
from tests.conftest import make_contact, make_customer, make_opportunity

pytestmark = pytest.mark.django_db


def sent(hanne: Contact, by: User, **more: Any) -> Referral:
    facts = {"company": "Ostsee Reefer", "on": today(), **more}
    return Referral.objects.make(by=by, customer=hanne.customer, contact=hanne, **facts)


def test_a_referral_goes_from_made_to_won_with_its_deal(hanne: Contact, maya: User, sam: User) -> None:
    found = sent(hanne, maya, owner=sam)
    assert Notification.objects.get(kind="referral.made").user == sam
    found.reach(by=sam)
    deal = make_opportunity(sam, "Ostsee Reefer rollout")
    deal.come_from(found, by=sam)
    deal.close(by=maya, state="won", closed_on=today(), amount=Decimal(50_000))
    found.refresh_from_db()
    assert found.state == ReferralState.WON
    verbs = list(Event.objects.filter(subject=f"referral:{found.pk}").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["referral.made", "referral.reached", "referral.linked", "referral.won"]
    assert Notification.objects.filter(kind="referral.won", user=sam).exists()
    deal.reopen(by=sam)
    deal.close(by=sam, state="lost", closed_on=today())
    found.refresh_from_db()
    assert found.state == ReferralState.LOST


def test_a_deal_that_is_closed_already_settles_the_referral_at_once_and_can_be_parted(
    hanne: Contact, maya: User, sam: User
) -> None:
    deal = make_opportunity(sam)
    deal.close(by=sam, state="won", closed_on=today(), amount=Decimal(10))
    found = sent(hanne, maya)
    deal.come_from(found, by=maya)
    assert Referral.objects.get().state == ReferralState.WON
    deal.part_from_referral(by=maya)
    assert Referral.objects.get().state == ReferralState.IN_TOUCH
    assert Opportunity.objects.get().referral is None
    with pytest.raises(Refused):
        deal.part_from_referral(by=maya)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"company": " "}, "company"), ({"company": "VLAARDINGEN terminals"}, "company"),
        ({"on": today() + timedelta(days=2)}, "on"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(hanne: Contact, maya: User, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refusal:
        sent(hanne, maya, **wrong)
    assert refusal.value.field == field
    assert not Referral.objects.exists()


def test_somebody_who_works_elsewhere_sent_nobody(hanne: Contact, maya: User) -> None:
    with pytest.raises(Refused) as refusal:
        Referral.objects.make(by=maya, customer=make_customer("Elsewhere"), contact=hanne, company="X", on=today())
    assert refusal.value.field == "contact"


def test_one_referral_is_one_deal_and_no_company_refers_itself(hanne: Contact, maya: User, sam: User) -> None:
    found, deal = sent(hanne, maya), make_opportunity(sam)
    deal.come_from(found, by=maya)
    with pytest.raises(Refused):
        deal.come_from(sent(hanne, maya, company="Other"), by=maya)
    with pytest.raises(WrongState):
        make_opportunity(sam, "Second").come_from(found, by=maya)
    own = make_opportunity(sam, "Own", account=hanne.customer)
    with pytest.raises(Refused):
        own.come_from(sent(hanne, maya, company="Third"), by=maya)


def test_what_came_to_nothing_says_why_and_may_come_back(hanne: Contact, maya: User, sam: User, sofia: User) -> None:
    found = sent(hanne, maya, owner=sam)
    with pytest.raises(Refused):
        found.drop(by=sam, reason=" ")
    with pytest.raises(Forbidden):
        found.drop(by=sofia, reason="No")
    found.drop(by=sam, reason="They merged")
    assert (found.state, found.end_reason) == (ReferralState.DROPPED, "They merged")
    found.revive(by=sam)
    assert (found.state, found.end_reason) == (ReferralState.IN_TOUCH, "")


def test_a_rep_links_only_deals_and_referrals_of_his_own(hanne: Contact, maya: User, sam: User, sofia: User) -> None:
    found = sent(hanne, maya, owner=sam)
    theirs = make_opportunity(sofia)
    with pytest.raises(Forbidden):
        theirs.come_from(found, by=sofia)
    with pytest.raises(Forbidden):
        theirs.come_from(found, by=sam)


def test_sourced_revenue_is_the_sum_of_its_rows_and_apart_from_influence(
    hanne: Contact, maya: User, sam: User, as_user: Any
) -> None:
    for number, (state, amount) in enumerate([("won", 100), ("won", 250), ("lost", 999)]):
        deal = make_opportunity(sam, f"Deal {number}", currency="USD")
        deal.come_from(sent(hanne, maya, company=f"C{number}"), by=maya)
        deal.close(by=maya, state=state, closed_on=today(), amount=Decimal(amount))
    other = make_opportunity(sam, "Not referred")
    other.close(by=maya, state="won", closed_on=today(), amount=Decimal(7_000))
    period = Period(date(today().year, 1, 1), date(today().year, 12, 31))
    figure = sourced.figure(Opportunity.objects.all(), period, Rates.on(today()))
    assert (figure.n, figure.amounts) == (2, {"USD": Decimal(350)})
    query = f"?from={period.first}&to={period.last}"
    told = as_user(maya).get(f"/api/v1/metrics/influence/{query}").json()
    assert (told["deals_sourced"], told["deals_influenced"]) == (2, 0)
    rows = as_user(maya).get(reverse("metrics:rows_deals") + f"{query}&set=sourced").content.decode()
    assert "Deal 0" in rows
    assert "Deal 1" in rows
    assert "Not referred" not in rows
    assert "Deal 2" not in rows


def test_an_imported_closing_takes_the_referral_along(hanne: Contact, maya: User, sam: User) -> None:
    deal = make_opportunity(sam, "Rollout", source="crm", external_id="D-1")
    deal.come_from(sent(hanne, maya), by=maya)
    lines = f"external_id,name,stage,closed_on,amount,currency\nD-1,Rollout,Won,{today()},500,EUR\n"
    spec = SPECS["opportunities"]
    engine.run(spec, reading.read("deals.csv", lines.encode()), mapping.from_data({}, spec), source="crm")
    assert Referral.objects.get().state == ReferralState.WON


def test_the_page_finds_the_deal_by_the_company_s_name_and_links_it(
    hanne: Contact, maya: User, sam: User, as_user: Any
) -> None:
    found = sent(hanne, maya, owner=sam)
    deal = make_opportunity(sam, "Ostsee Reefer rollout")
    make_opportunity(sam, "Something else")
    address = reverse("requests_app:referral_deal", args=[found.pk])
    page = as_user(sam).get(address).content.decode()
    assert "Ostsee Reefer rollout" in page
    assert "Something else" not in page
    assert as_user(sam).post(address, {"deal": str(deal.pk)}).status_code == 302
    assert Referral.objects.get().state == ReferralState.LINKED
    assert as_user(sam).post(address, {"deal": "9" * 30}).status_code == 404
    assert "Vlaardingen" in as_user(sam).get(deal.get_absolute_url()).content.decode()


def test_the_list_is_of_few_queries_and_exports(
    hanne: Contact, maya: User, as_user: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        sent(hanne, maya, company=f"=C{number}")
    client = as_user(maya)
    with django_assert_max_num_queries(5):
        client.get(reverse("references:referrals"))
    lines = b"".join(client.get(reverse("references:referrals_export")).streaming_content).decode()
    assert "'=C7" in lines


def test_erasing_who_sent_them_keeps_the_referral_without_him(hanne: Contact, maya: User) -> None:
    other = make_contact(hanne.customer, "Jan Smit")
    found = sent(other, maya, note="Jan Smit knows their boss")
    other.erase(by=maya)
    found.refresh_from_db()
    assert (found.contact, found.note, found.company) == (None, "", "Ostsee Reefer")
