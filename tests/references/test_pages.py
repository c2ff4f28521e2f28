"""The pages: what they show, what they cost, and what they keep from whom."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from crp.accounts.models import User
from crp.ui import formats
from crp.verbs import today
from references import availability, capacity
from references.models import (
    Activity,
    ActivityType,
    Complaint,
    Contact,
    Customer,
    CustomerStatus,
    Nomination,
    Note,
    SurveyResponse,
    UsagePolicy,
    Willingness,
)
from tests.conftest import make_contact, make_customer, make_willing

pytestmark = pytest.mark.django_db
Client = Callable[[User], Any]


def many(count: int, owner: User | None = None) -> None:
    Customer.objects.bulk_create(
        Customer(
            name=f"Customer {n:04}",
            status=CustomerStatus.ACTIVE,
            country="NL",
            owner=owner,
            search_text=f"customer {n:04}",
        )
        for n in range(count)
    )


def rows(response: Any) -> list[list[str]]:
    text = b"".join(response.streaming_content).decode().lstrip("\ufeff")
    return list(csv.reader(io.StringIO(text)))


class TestCustomerList:
    @pytest.mark.parametrize("count", [10, 100])
    def test_costs_the_same_for_ten_rows_or_a_hundred(
        self, as_user: Client, maya: User, omar: User, count: int, django_assert_max_num_queries: Any
    ) -> None:
        many(count, omar)
        client = as_user(maya)
        with django_assert_max_num_queries(6):
            response = client.get(reverse("references:customers"))
        assert response.status_code == 200
        assert len(response.content) < 60_000

    def test_searching_and_filtering_stay_within_nine_queries(
        self, as_user: Client, maya: User, omar: User, hanne: Contact, django_assert_max_num_queries: Any
    ) -> None:
        hanne.customer.owner = omar
        hanne.customer.save()
        query = f"?search=vlaard&status=active&country=NL&industry={hanne.customer.industry_id}&owner={omar.pk}"
        client = as_user(maya)
        with django_assert_max_num_queries(9):
            response = client.get(reverse("references:customers") + query)
        assert [row["name"] for row in response.context["page"]] == [hanne.customer.name]

    def test_pages_follow_one_another_without_gap_or_repeat(self, as_user: Client, maya: User) -> None:
        many(120)
        client, seen, url = as_user(maya), [], reverse("references:customers")
        query = "?sort=-name"
        for _page in range(3):
            page = client.get(url + query).context["page"]
            seen += [row["name"] for row in page]
            query = f"?sort=-name&after={page.next}"
        assert seen == sorted(seen, reverse=True)
        assert len(set(seen)) == 120

    @pytest.mark.parametrize(
        "query", ["?status=nonsense", "?owner=x", "?industry=nowhere", "?after=%00", "?sort=--", "?tier=Z&country=XX"]
    )
    def test_nonsense_in_the_address_is_no_crash(self, as_user: Client, maya: User, query: str) -> None:
        assert as_user(maya).get(reverse("references:customers") + query).status_code == 200

    def test_the_export_has_the_rows_of_the_view_and_no_formulas(self, as_user: Client, sam: User) -> None:
        make_customer("=cmd()")
        make_customer("Hidden", status=CustomerStatus.CANDIDATE)
        found = rows(as_user(sam).get(reverse("references:customers_export")))
        assert [row[0] for row in found] == ["Name", "'=cmd()"]

    def test_suggestions_name_only_what_the_reader_may_see(self, as_user: Client, sam: User) -> None:
        make_customer("Hidden Port", status=CustomerStatus.CANDIDATE)
        make_customer("Open Port")
        text = as_user(sam).get(reverse("references:customer_suggest") + "?q=port").content.decode()
        assert "Open Port" in text
        assert "Hidden" not in text


class TestRecord:
    @pytest.mark.parametrize("people", [1, 30])
    def test_costs_ten_queries_at_most(
        self, as_user: Client, maya: User, hanne: Contact, people: int, django_assert_max_num_queries: Any
    ) -> None:
        for n in range(people):
            make_willing(make_contact(hanne.customer, f"Person {n}"))
            Note.objects.write(by=maya, customer=hanne.customer, text=f"Note {n}", on=today())
        client = as_user(maya)
        with django_assert_max_num_queries(10):
            assert client.get(reverse("references:customer", args=[hanne.customer_id])).status_code == 200

    def test_a_rep_reads_no_health_no_notes_and_no_details(
        self, as_user: Client, sam: User, maya: User, hanne: Contact
    ) -> None:
        customer = hanne.customer
        Complaint.objects.file(by=maya, customer=customer, summary="Late invoice", opened_on=today())
        SurveyResponse.objects.note(
            by=maya, customer=customer, kind="nps", score=3, on=today(), contact=hanne, comment="Slow"
        )
        Note.objects.write(by=maya, customer=customer, text="They may leave us", on=today())
        pages = [
            reverse("references:customer", args=[customer.pk]),
            reverse("references:customer_room", args=[customer.pk]),
            reverse("references:contact", args=[hanne.pk]),
            reverse("references:contacts"),
            reverse("events:about", args=[f"customer:{customer.pk}"]),
            f"/api/v1/contacts/{hanne.pk}/",
            f"/api/v1/customers/{customer.pk}/",
        ]
        secrets = ("Late invoice", "Slow", "may leave", "complain", "gave us", "wrote a note", hanne.email)
        for user, told in ((sam, False), (maya, True)):
            text = "".join(as_user(user).get(page).content.decode() for page in pages)
            assert [secret in text for secret in secrets if secret in ("Late invoice", hanne.email)] == [told, told]
            if not told:
                assert [secret for secret in secrets if secret in text] == []

    def test_an_owner_reads_the_health_of_his_own_customer(
        self, as_user: Client, omar: User, maya: User, hanne: Contact
    ) -> None:
        customer = hanne.customer
        customer.owner = omar
        customer.save()
        Complaint.objects.file(by=maya, customer=customer, summary="Late invoice", opened_on=today())
        text = as_user(omar).get(reverse("references:customer_room", args=[customer.pk])).content.decode()
        assert "Late invoice" in text

    def test_the_room_takes_few_queries(
        self, as_user: Client, maya: User, hanne: Contact, django_assert_max_num_queries: Any
    ) -> None:
        client = as_user(maya)
        with django_assert_max_num_queries(12):
            client.get(reverse("references:customer_room", args=[hanne.customer_id]))


class TestSegments:
    def test_a_segment_is_a_part_of_the_page_and_a_page_without_a_script(
        self, as_user: Client, maya: User, hanne: Contact
    ) -> None:
        Note.objects.write(by=maya, customer=hanne.customer, text="Later", on=today())
        address = reverse("references:customer", args=[hanne.customer_id])
        part = as_user(maya).get(f"{address}?only=notes", headers={"HX-Request": "true"}).content.decode()
        assert "wrote a note" in part
        assert "<h1" not in part
        assert 'hx-swap-oob="true"' in part
        whole = as_user(maya).get(f"{address}?only=material").content.decode()
        assert "Nothing of this kind has happened here." in whole
        assert "<h1" in whole
        assert "hx-swap-oob" not in whole

    def test_the_way_back_to_a_segment_leads_to_a_whole_page(self, as_user: Client, maya: User, hanne: Contact) -> None:
        address = reverse("references:customer", args=[hanne.customer_id]) + "?only=notes"
        asks = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
        back = as_user(maya).get(address, headers=asks)
        assert "<h1" in back.content.decode()
        assert "HX-Request" in back.headers["Vary"]
        assert "HX-Request" in as_user(maya).get(address).headers["Vary"]

    def test_notes_are_no_segment_for_who_reads_none(self, as_user: Client, sam: User, hanne: Contact) -> None:
        address = reverse("references:customer", args=[hanne.customer_id])
        assert "?only=notes" not in as_user(sam).get(address).content.decode()

    def test_earlier_says_how_many(self, as_user: Client, maya: User, hanne: Contact) -> None:
        for number in range(25):
            hanne.edit(by=maya, job_title=f"Buyer {number}")
        address = reverse("references:contact", args=[hanne.pk])
        assert "Earlier, 5 more" in as_user(maya).get(address).content.decode()
        for number in range(100):
            hanne.edit(by=maya, job_title=f"Seller {number}")
        assert "Earlier, 100 and more" in as_user(maya).get(address).content.decode()

    def test_subsidiaries_are_named_counted_and_listed(
        self, as_user: Client, maya: User, sam: User, hanne: Contact
    ) -> None:
        customer = hanne.customer
        for number in range(7):
            make_customer(f"Below {number}", parent=customer)
        make_customer("Below zero", parent=customer, status=CustomerStatus.CANDIDATE)
        address = reverse("references:customer", args=[customer.pk])
        page = as_user(maya).get(address).content.decode()
        assert ["Below 4" in page, "Below 5" in page, "and 3 more" in page] == [True, False, True]
        assert "and 2 more" in as_user(sam).get(address).content.decode()
        listed = as_user(sam).get(reverse("references:customers") + f"?parent={customer.pk}")
        assert [row["name"] for row in listed.context["page"]] == [f"Below {number}" for number in range(7)]
        assert customer.name in [words for words, _param, _icon in listed.context["pills"]]

    def test_a_parent_nobody_may_see_is_named_to_nobody(
        self, as_user: Client, maya: User, sam: User, hanne: Contact
    ) -> None:
        above = make_customer("Maas Havengroep", status=CustomerStatus.CANDIDATE)
        Customer.objects.filter(pk=hanne.customer_id).update(parent=above)
        address = reverse("references:customer", args=[hanne.customer_id])
        for user, told in ((maya, True), (sam, False)):
            assert ("Maas Havengroep" in as_user(user).get(address).content.decode()) is told
            listed = as_user(user).get(reverse("references:customers") + f"?parent={above.pk}").content.decode()
            assert ("Maas Havengroep" in listed) is told

    def test_open_asks_stand_in_the_first_sentence_and_the_tier_is_said_in_words(
        self, as_user: Client, maya: User, hanne: Contact
    ) -> None:
        Customer.objects.filter(pk=hanne.customer_id).update(tier="B")
        capacity.hold(hanne, ActivityType.objects.get(slug="quote"), on=today(), reason="a:1", label="", by=None)
        page = as_user(maya).get(reverse("references:customer", args=[hanne.customer_id])).content.decode()
        assert "One ask is under way." in page
        assert "the next 15 percent of a year’s revenue" in page

    def test_complaints_say_how_bad_they_are_open_and_settled(
        self, as_user: Client, maya: User, hanne: Contact
    ) -> None:
        facts = {"by": maya, "customer": hanne.customer, "opened_on": today()}
        Complaint.objects.file(summary="Late invoice", severity="low", **facts).close(by=maya, on=today())
        Complaint.objects.file(summary="Broken crane", severity="medium", **facts)
        client, pk = as_user(maya), hanne.customer_id
        said = client.get(reverse("references:customer_said", args=[pk])).content.decode()
        assert ["Late invoice" in said, "Low" in said, "Broken crane" in said] == [True, True, False]
        room = client.get(reverse("references:customer_room", args=[pk])).content.decode()
        assert ["Broken crane" in room, "Severity: Medium." in room, "Late invoice" in room] == [True, True, False]

    @pytest.mark.parametrize(
        ("publicity", "over", "stands", "allowed"),
        [
            ("none", False, "none", []),
            ("ask", False, "ask", []),
            ("logo", False, "logo", ["name", "logo"]),
            ("full", True, "ask", []),
            ("none", True, "none", []),
        ],
    )
    def test_the_ladder_of_what_we_may_say(
        self, as_user: Client, maya: User, hanne: Contact, publicity: str, over: bool, stands: str, allowed: list[str]
    ) -> None:
        until = today() - timedelta(days=1) if over else None
        Customer.objects.filter(pk=hanne.customer_id).update(publicity=publicity, publicity_until=until)
        answer = as_user(maya).get(reverse("references:customer", args=[hanne.customer_id]))
        rungs = answer.context["ladder"]
        assert [rung.step for rung in rungs if rung.current] == [stands]
        assert [rung.step for rung in rungs if rung.allowed] == allowed
        page = answer.content.decode()
        assert all(str(rung.means) in page for rung in rungs)
        assert ("ran out on" in page) is over

    def test_room_left_shows_effort_of_each_and_folds_the_many(
        self, as_user: Client, maya: User, hanne: Contact, django_assert_max_num_queries: Any
    ) -> None:
        Activity.log(hanne, ActivityType.objects.get(slug="quote"), today(), None)
        for number in range(8):
            make_contact(hanne.customer, f"Person {number}")
        client, address = as_user(maya), reverse("references:customer_room", args=[hanne.customer_id])
        with django_assert_max_num_queries(12):
            page = client.get(address)
        told = {person.name: effort.used for person, _usage, effort in page.context["first"]}
        assert told["Hanne Vos"] == 1
        assert len(page.context["others"]) == 4
        assert "and 4 more people" in page.content.decode()

    def test_rules_show_what_the_whole_program_may_ask_of_a_kind(self, as_user: Client, maya: User) -> None:
        ActivityType.objects.filter(slug="site-visit").update(program_count=9, limit_days=60)
        page = as_user(maya).get(reverse("references:limits")).content.decode()
        assert "all together 9 in 60 days" in page


class TestPerson:
    def page(self, client: Any, person: Contact) -> str:
        return str(client.get(reverse("references:contact", args=[person.pk])).content.decode())

    def lines(self, client: Any, person: Contact) -> dict[str, Any]:
        found = client.get(reverse("references:contact", args=[person.pk])).context["lines"]
        return {line.kind.slug: line for line in found}

    def test_each_kind_says_what_stands_against_it_in_few_queries(
        self, as_user: Client, maya: User, hanne: Contact, django_assert_max_num_queries: Any
    ) -> None:
        hanne.willingness.update(limit_count=2, limit_days=90, until=today())
        client = as_user(maya)
        with django_assert_max_num_queries(16):
            page = self.page(client, hanne)
        assert "At most 2 in 90 days" in page
        assert "Has not agreed to do this." in page
        assert "Live uses in 90 days" in page
        assert "May be asked for 1 of 12 kinds of activity today." in page

    def test_consent_stands_there_with_its_day_and_where_it_is_written(
        self, as_user: Client, maya: User, hanne: Contact
    ) -> None:
        hanne.grant_consent(by=maya, source="Mail of 4 May")
        page = self.page(as_user(maya), hanne)
        assert f"Given on {formats.day_year(timezone.now())}" in page
        assert "Mail of 4 May" in page
        hanne.withdraw_consent(by=maya)
        assert f"Withdrawn on {formats.day_year(timezone.now())}" in self.page(as_user(maya), hanne)

    def test_what_stands_against_all_kinds_is_said_once(self, as_user: Client, maya: User, hanne: Contact) -> None:
        make_willing(hanne, "quote")
        hanne.pause(by=maya, starts_on=today(), until=today() + timedelta(days=9), reason="leave")
        page = self.page(as_user(maya), hanne)
        free = formats.day(today() + timedelta(days=10))
        assert page.count(f"Paused until {formats.day(today() + timedelta(days=9))}.") == 1
        assert f"Nothing can be asked today; free again on {free}." in page

    def test_the_company_stands_in_where_the_person_is_silent_or_his_answer_ran_out(
        self, as_user: Client, maya: User, hanne: Contact
    ) -> None:
        kinds = {kind.slug: kind for kind in ActivityType.objects.all()}
        for slug in ("sales-call", "quote"):
            hanne.customer.willingness.create(activity_type=kinds[slug], answer="yes")
        make_willing(hanne, "site-visit", until=today() - timedelta(days=1))
        lines = self.lines(as_user(maya), hanne)
        assert lines["sales-call"].said.contact == hanne
        assert (lines["quote"].said.contact, lines["quote"].stands.state) == (None, "free")
        assert (lines["site-visit"].ran_out, lines["site-visit"].refusal.code) == (True, "no_willingness")
        hanne.willingness.update(until=today() - timedelta(days=1))
        assert self.lines(as_user(maya), hanne)["sales-call"].said.contact is None

    def test_his_own_limit_has_a_gauge_of_its_own_window(self, as_user: Client, maya: User, hanne: Contact) -> None:
        hanne.edit(by=None, own_count=2, own_days=300)
        Activity.log(hanne, ActivityType.objects.get(slug="sales-call"), today() - timedelta(days=200), None)
        gauges = as_user(maya).get(reverse("references:contact", args=[hanne.pk])).context["gauges"]
        assert [(words, use.used, use.limit) for words, use in gauges] == [
            ("Live uses in 90 days", 0, 4), ("Effort in 90 days", 0, 10), ("Own limit on live asks, in 300 days", 1, 2),
        ]  # fmt: skip

    def test_two_ways_on_stand_in_the_open_and_the_rest_in_a_menu(
        self, as_user: Client, maya: User, hanne: Contact
    ) -> None:
        head, rest = self.page(as_user(maya), hanne).split('<div class="c-actions">')[1].split("<details", 1)
        menu, after = rest.split("</details>")[0], rest.split("</details>")[1].split("</header>")[0]
        assert (head + after).count('class="c-button') == 2
        assert menu.count("<li>") > 6

    def test_a_rep_does_not_read_of_a_complaint(self, as_user: Client, maya: User, sam: User, hanne: Contact) -> None:
        Complaint.objects.file(by=maya, customer=hanne.customer, summary="Late", opened_on=today(), severity="low")
        page = self.page(as_user(sam), hanne)
        assert page.count("Not to be asked at present.") == 1
        assert "A complaint is open." not in page

    def test_many_kinds_at_once_are_answered_as_one_by_one(self, hanne: Contact, maya: User) -> None:
        UsagePolicy.objects.create(pk=1, program_live=1, live_count=1)
        call = ActivityType.objects.get(slug="sales-call")
        Activity.log(hanne, call, today(), None)
        person, kinds = Contact.objects.get(pk=hanne.pk), list(ActivityType.objects.all())
        together = availability.problems_by_type(person, kinds, today())
        assert together == {kind.pk: availability.problems(person, kind, today()) for kind in kinds}


class TestDetails:
    def test_mail_and_phone_appear_once_released_in_list_page_file_and_api(
        self, as_user: Client, sam: User, hanne: Contact
    ) -> None:
        places = [
            reverse("references:contacts"),
            reverse("references:contact", args=[hanne.pk]),
            f"/api/v1/contacts/{hanne.pk}/",
        ]
        client = as_user(sam)
        for told in (False, True):
            if told:
                hanne.release_details(to=sam, reason="assignment:1", until=timezone.now() + timedelta(days=1))
            assert [hanne.email in client.get(place).content.decode() for place in places] == [told] * 3
            exported = rows(client.get(reverse("references:contacts_export")))[1]
            assert (hanne.email in exported) is told

    def test_a_search_among_people_keeps_the_filters(self, as_user: Client, maya: User, hanne: Contact) -> None:
        query = "?activity_type=sales-call&availability=free&availability=ask&sort=rest"
        page = as_user(maya).get(reverse("references:contacts") + query).content.decode()
        kept = [("activity_type", "sales-call"), ("availability", "free"), ("availability", "ask"), ("sort", "rest")]
        for name, value in kept:
            assert f'<input type="hidden" name="{name}" value="{value}">' in page

    def test_the_list_of_people_costs_six_queries(
        self, as_user: Client, sam: User, hanne: Contact, django_assert_max_num_queries: Any
    ) -> None:
        for n in range(40):
            make_contact(hanne.customer, f"Person {n}")
        client = as_user(sam)
        with django_assert_max_num_queries(6):
            client.get(reverse("references:contacts"))


class TestForms:
    def test_a_double_click_adds_one_customer(self, as_user: Client, maya: User) -> None:
        data = {"name": "Ostsee Reefer", "publicity": "ask", "once": "k1"}
        client = as_user(maya)
        first, second = (client.post(reverse("references:customer_new"), data) for _ in range(2))
        assert first.url == second.url
        assert Customer.objects.filter(name="Ostsee Reefer").count() == 1

    def test_the_second_editor_is_told_and_his_words_stay_in_the_form(
        self, as_user: Client, maya: User, hanne: Contact
    ) -> None:
        url = reverse("references:customer_edit", args=[hanne.customer_id])
        data = {
            "name": "Vlaardingen Terminals",
            "publicity": "ask",
            "employees": "2500",
            "version": hanne.customer.version,
        }
        client = as_user(maya)
        assert client.post(url, data).status_code == 302
        response = client.post(url, {**data, "employees": "9999"})
        assert response.status_code == 409
        assert "9999" in response.content.decode()
        hanne.customer.refresh_from_db()
        assert hanne.customer.employees == 2500

    def test_a_wrong_value_is_said_at_its_field(self, as_user: Client, maya: User) -> None:
        response = as_user(maya).post(
            reverse("references:customer_new"), {"name": "", "publicity": "ask", "currency": "euro", "country": "XX"}
        )
        assert response.status_code == 422
        assert {"name", "currency", "country"} <= set(response.context["form"].errors)

    def test_marketing_cannot_take_over_an_account_by_posting_an_owner(
        self, as_user: Client, mina: User, hanne: Contact
    ) -> None:
        data = {"name": "V", "publicity": "ask", "owner": mina.pk, "version": hanne.customer.version}
        as_user(mina).post(reverse("references:customer_edit", args=[hanne.customer_id]), data)
        hanne.customer.refresh_from_db()
        assert (hanne.customer.name, hanne.customer.owner) == ("V", None)

    def test_answers_are_noted_type_by_type(self, as_user: Client, maya: User, hanne: Contact) -> None:
        data = {"sales-call-answer": "yes", "sales-call-limit_count": "2", "pr-answer": "no", "quote-answer": ""}
        as_user(maya).post(reverse("references:contact_answers", args=[hanne.pk]), data)
        said = {
            each.activity_type.slug: (each.answer, each.limit_count)
            for each in Willingness.objects.filter(contact=hanne)
        }
        assert said == {"sales-call": ("yes", 2), "pr": ("no", None)}

    def test_nominating_a_new_company_names_whom_to_talk_to(self, as_user: Client, sam: User) -> None:
        data = {
            "company": "Tessuti Ferrante",
            "reason": "A 10",
            "contact_name": "Lia Ferrante",
            "contact_email": "lia@example.com",
        }
        response = as_user(sam).post(reverse("references:nominate"), data)
        made = Nomination.objects.get()
        assert response.url == reverse("references:nomination", args=[made.pk])
        assert (made.customer.name, made.contact and made.contact.name, made.by) == (
            "Tessuti Ferrante",
            "Lia Ferrante",
            sam,
        )

    def test_a_decided_nomination_answers_with_the_states_that_allow_it(
        self, as_user: Client, maya: User, sam: User
    ) -> None:
        made = Nomination.submit(by=sam, company="Solvento", reason="Good")
        made.approve(by=maya)
        response = as_user(maya).post(reverse("references:nomination_approve", args=[made.pk]))
        assert response.status_code == 409
        problem = (
            as_user(maya).post(f"/api/v1/nominations/{made.pk}/approve/", {}, content_type="application/json").json()
        )
        assert (problem["status"], problem["allowed"]) == (409, ["in_review", "submitted"])

    def test_the_queue_shows_the_oldest_first_and_says_who_waits_too_long(
        self, as_user: Client, maya: User, sam: User, django_assert_max_num_queries: Any
    ) -> None:
        for name in ("First", "Second"):
            Nomination.submit(by=sam, company=name, reason="Good")
        Nomination.objects.filter(customer__name="First").update(created_at=timezone.now() - timedelta(days=8))
        client = as_user(maya)
        with django_assert_max_num_queries(6):
            response = client.get(reverse("references:nominations"))
        assert [row.customer.name for row in response.context["page"]] == ["First", "Second"]
        assert response.context["late"] == 1
