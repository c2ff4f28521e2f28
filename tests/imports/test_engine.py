"""The engine: everything is checked before anything is written."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crp.accounts.models import Team, User
from crp.events.models import Event
from crp.imports import engine, reading
from crp.imports import mapping as mappings
from crp.imports.spec import SPECS
from crp.imports.upsert import Numbers
from references.models import Contact, Customer, Industry, Product
from requests_app.models import ClosingDay, Opportunity
from tests.conftest import make_customer

pytestmark = pytest.mark.django_db


def take(kind: str, text: str, mapping: dict | None = None, **options: object) -> engine.Report:
    spec = SPECS[kind]
    table = reading.read("file.csv", text.encode())
    return engine.run(spec, table, mappings.from_data(mapping or {}, spec), **options)  # type: ignore[arg-type]


def test_customers_are_created_then_left_alone_then_updated() -> None:
    text = "name,industry,country,employees\nAcme,software,Germany,120\n"
    assert take("customers", text).written.created == 1
    again = take("customers", text)
    assert (again.written.created, again.written.updated, again.written.unchanged) == (0, 0, 1)
    changed = take("customers", text.replace("120", "130"))
    assert changed.written.updated == 1
    acme = Customer.objects.get()
    assert (acme.country, acme.employees, acme.industry.name, acme.status) == ("DE", 130, "Software", "candidate")
    assert acme.search_text == "acme"
    assert Event.objects.about(acme).get().verb == "customer.imported"


def test_an_unknown_value_is_named_by_row_and_column_with_what_was_meant() -> None:
    report = take("customers", "name,industry,country\nAcme,technolgy,Philipines\n")
    assert [(fault.row, fault.column, fault.value, fault.suggestion) for fault in report.faults] == [
        (1, "industry", "technolgy", "Technology"),
        (1, "country", "Philipines", "Philippines"),
    ]
    assert "Row 1 (line 2), column industry: “technolgy”" in str(report.faults[0])
    assert not Customer.objects.exists()


def test_one_broken_row_applies_nothing() -> None:
    rows = "".join(f"Company {number},{number}\n" for number in range(1, 400))
    report = take("customers", "name,employees\n" + rows + "Broken,many\n" + rows.replace("Company", "Other"))
    assert [fault.row for fault in report.faults] == [400]
    assert not report.applied
    assert not Customer.objects.exists()


def test_a_dry_run_counts_but_writes_nothing() -> None:
    report = take(
        "customers", "name,industry\nAcme,Boats\n", {"values": {"industry": {"Boats": "Boats"}}}, dry_run=True
    )
    assert (report.written.created, report.faults, report.applied) == (1, [], False)
    assert not Customer.objects.exists()
    assert not Industry.objects.filter(name="Boats").exists()
    assert not Event.objects.exists()


def test_a_value_settled_in_the_mapping_becomes_known() -> None:
    take("customers", "name,industry\nAcme,Boats\n", {"values": {"industry": {"Boats": "Boat building"}}})
    assert Customer.objects.get().industry.name == "Boat building"


def test_a_parent_may_stand_below_its_child() -> None:
    text = "name,parent\nBluth,Acme\nAcme,\n"
    take("customers", text)
    assert Customer.objects.get(name="Bluth").parent.name == "Acme"
    assert take("customers", text).written.unchanged == 2


def test_nobody_becomes_his_own_grandparent() -> None:
    report = take("customers", "name,parent\nA,B\nB,A\n")
    assert {fault.column for fault in report.faults} == {"parent"}


def test_a_parent_nobody_knows_is_named_with_what_was_meant() -> None:
    make_customer("Old Holding")
    report = take("customers", "name,parent\nA,Holding\nB,Holdnig\nC,Old Holdnig\nD,Elsewhere\nHolding,\n")
    assert [(fault.row, fault.value, fault.suggestion) for fault in report.faults] == [
        (2, "Holdnig", "Holding"), (3, "Old Holdnig", "Old Holding"), (4, "Elsewhere", ""),
    ]  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 2**64 - 1) | st.integers(0, 300), st.integers(0, 2**62))))
def test_numbers_are_kept_like_in_a_dict(pairs: list[tuple[int, int]]) -> None:
    kept = Numbers()
    for key, number in pairs:
        kept.put(key, number)
    known = dict(pairs)
    assert {key: kept.get(key) for key in known} == known
    assert kept.size == len(known)
    assert 2**63 + 5 in known or 2**63 + 5 not in kept


def test_a_customer_is_found_again_by_external_id_within_its_source() -> None:
    take("customers", "external_id,name\n7,Acme\n", source="crm")
    take("customers", "external_id,name\n7,Acme Holding\n", source="crm")
    take("customers", "external_id,name\n7,Another\n", source="erp")
    assert sorted(Customer.objects.values_list("source", "name")) == [("crm", "Acme Holding"), ("erp", "Another")]


def test_a_repeated_row_is_named_with_its_first() -> None:
    report = take("customers", "name\nAcme\nBeta\n ACME \n")
    assert [(fault.row, fault.reason) for fault in report.faults] == [(3, "repeats row 1")]


def test_people_get_teams_by_region_and_manager_and_cannot_sign_in_without_an_address() -> None:
    text = "name,manager,team,email\nAnna,Dustin,Central,\nJon,Melvin,Central,jon@crp.test\n"
    assert take("people", text).written.created == 2
    assert sorted(Team.objects.values_list("name", "manager__name")) == [("Central", "Dustin"), ("Central", "Melvin")]
    assert User.objects.get(name="Anna") not in User.objects.able_to_sign_in()
    assert User.objects.get(name="Jon").email == "jon@crp.test"
    again = take("people", text)
    assert (again.written.created, again.written.updated, again.written.unchanged) == (0, 0, 2)


def test_a_product_keeps_its_price_in_the_programs_currency() -> None:
    take("products", "name,family,list_price\nGTX,GT,550\n")
    product = Product.objects.get()
    assert (product.list_price, product.currency) == (Decimal("550.00"), "USD")


def test_contacts_belong_to_known_customers() -> None:
    make_customer("Acme")
    report = take("contacts", "customer,name,email\nAcmee,Jo,jo@example.com\n")
    assert report.faults[0].suggestion == "Acme"
    take("contacts", "customer,name,email,timezone\nAcme,Jo,JO@example.com,Asia/Tehran\n")
    assert Contact.objects.get().email == "jo@example.com"


DEALS = "external_id,stage,opened_on,closed_on,amount\n"


def test_stages_settle_the_state_and_a_won_day_is_marked() -> None:
    take(
        "opportunities",
        DEALS + "A,Won,2017-01-01,2017-03-01,100\nB,Engaging,2017-01-01,,\nC,Lost,2017-01-01,2017-03-02,0\n",
    )
    assert dict(Opportunity.objects.values_list("external_id", "state")) == {"A": "won", "B": "open", "C": "lost"}
    assert ClosingDay.objects.count() == 2


def test_a_closed_deal_needs_its_day_and_a_won_one_its_amount() -> None:
    report = take("opportunities", DEALS + "A,Won,2017-01-01,,\nB,Lost,2017-03-02,2017-03-01,0\n")
    assert [(fault.row, fault.field) for fault in report.faults] == [(1, "closed_on"), (1, "amount"), (2, "closed_on")]


def test_a_rerun_marks_no_day_again() -> None:
    text = DEALS + "A,Won,2017-01-01,2017-03-01,100\n"
    take("opportunities", text)
    take("opportunities", text)
    assert ClosingDay.objects.get().version == 1
    take("opportunities", text.replace("2017-03-01", "2017-03-05"))
    assert dict(ClosingDay.objects.values_list("day__day", "version")) == {1: 2, 5: 1}


def test_day_first_dates_need_to_be_said() -> None:
    text = DEALS + "A,Won,20-10-2016,01-03-2017,100\n"
    assert "date_format" in take("opportunities", text).faults[0].reason
    take("opportunities", text, {"date_format": "%d-%m-%Y"})
    assert Opportunity.objects.get().closed_on.isoformat() == "2017-03-01"


@pytest.mark.parametrize(
    ("mapping", "part"),
    [
        ({"colums": {}}, "colums"),
        ({"columns": {"a": "nme"}}, "nme"),
        ({"columns": {"a": "name", "b": "name"}}, "Two columns"),
        ({"date_format": "yesterday"}, "date_format"),
        ({"scale": {"employees": "-1"}}, "scale"),
        ({"values": []}, "values"),
        ([], "object"),
    ],
)
def test_a_mapping_with_nonsense_says_where(mapping: object, part: str) -> None:
    with pytest.raises(mappings.BadMapping, match=part):
        mappings.from_data(mapping, SPECS["customers"])


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "empty"),
        (b"\xff\xfa\x00,", "not text"),
        (b"a,a\n1,2\n", "twice"),
        (b'a,b\n"1,2\n', "proper CSV"),
        (b"PK\x03\x04junk", "workbook"),
    ],
)
def test_a_file_that_is_no_table_says_why(content: bytes, part: str) -> None:
    with pytest.raises(reading.BadTable, match=part):
        reading.read("file.csv", content)


def test_a_column_nobody_mapped_is_left_out_and_said() -> None:
    report = take("customers", "name,colour\nAcme,red\n")
    assert report.ignored == ["colour"]


def test_a_mapped_column_that_is_missing_is_a_fault() -> None:
    report = take("customers", "name\nAcme\n", {"columns": {"sector": "industry"}})
    assert report.faults[0].column == "sector"


DATA = Path(__file__).resolve().parents[3] / "shared/data/sales-opportunities"
MAPPINGS: dict[str, tuple[str, dict]] = {
    "people": ("sales_teams.csv", {"columns": {"sales_agent": "name", "regional_office": "team"}}),
    "products": ("products.csv", {"columns": {"product": "name", "series": "family", "sales_price": "list_price"}}),
    "customers": (
        "accounts.csv",
        {
            "columns": {
                "account": "name", "sector": "industry", "year_established": "founded", "revenue": "annual_revenue",
                "office_location": "country", "subsidiary_of": "parent",
            },
            "values": {"industry": {"technolgy": "technology"}, "country": {"Philipines": "Philippines"}},
            "scale": {"annual_revenue": 1_000_000},
        },
    ),
    "opportunities": (
        "sales_pipeline.csv",
        {
            "columns": {
                "opportunity_id": "external_id", "sales_agent": "owner", "deal_stage": "stage", "engage_date": "opened_on",
                "close_date": "closed_on", "close_value": "amount",
            },
            "values": {"product": {"GTXPro": "GTX Pro"}},
            "date_format": "%d-%m-%Y",
        },
    ),
}  # fmt: skip


@pytest.mark.skipif(not DATA.is_dir(), reason="the public sales data set is not beside this checkout")
def test_the_public_data_set_comes_in_whole_and_only_once() -> None:
    for _time in range(2):
        reports = {}
        for kind, (name, mapping) in MAPPINGS.items():
            spec = SPECS[kind]
            table = reading.read(name, (DATA / name).read_bytes())
            reports[kind] = engine.run(spec, table, mappings.from_data(mapping, spec), source="crm")
        assert not any(report.faults for report in reports.values())
    assert {kind: report.written.unchanged for kind, report in reports.items()} == {
        "people": 35, "products": 7, "customers": 85, "opportunities": 8_800,
    }  # fmt: skip
    deals = Opportunity.objects
    assert [deals.filter(stage=stage).count() for stage in ("Won", "Lost", "Engaging", "Prospecting")] == [
        4238,
        2473,
        1589,
        500,
    ]
    assert sum(deals.won().values_list("amount", flat=True)) == 10_005_534
    assert deals.filter(account=None).count() == 1_425
    assert Customer.objects.exclude(parent=None).count() == 15
