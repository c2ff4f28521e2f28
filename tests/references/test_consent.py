"""A person says what he would do and how, comes back by any mail, and is obeyed everywhere at once."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from crp.accounts.models import User
from crp.events.models import Event
from crp.imports import engine, mapping, reading
from crp.imports.spec import SPECS
from crp.inbox.models import Notification
from crp.outbox.consent import may_write_to
from crp.outbox.models import Message
from crp.outbox.rendering import as_mail
from crp.verbs import today
from materials.models import Material
from references import availability, choosing, disclosure, forgetting, joining
from references.models import Activity, ActivityType, Contact, Hold, Note, SurveyResponse, Willingness
from requests_app.models import Assignment
from tests.conftest import make_contact, make_customer, make_opportunity, make_request

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_dir(settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def path(hanne: Contact) -> str:
    return choosing.path(hanne.pk)


def asked(hanne: Contact, sam: User, maya: User) -> Assignment:
    """Hanne is invited to a call."""
    wanted = make_request(sam, make_opportunity(sam))
    found = wanted.propose(contact=hanne, by=maya)
    found.invite(by=maya)
    return found


class TestChoosing:
    def test_everything_he_may_say_is_kept_and_obeyed(self, path: str, hanne: Contact, client: Any) -> None:
        until = today() + timedelta(days=100)
        done = client.post(path, {
            "sales-call-answer": "yes", "sales-call-limit_count": "1", "sales-call-limit_days": "91",
            "sales-call-conditions": "Not in March", "sales-call-until": until.isoformat(), "pr-answer": "no",
            "own_count": "2", "own_days": "182", "language": "fa", "channel": "owner", "timezone": "Asia/Tehran",
            "answer": "chosen",
        })  # fmt: skip
        assert done.status_code == 302
        hanne.refresh_from_db()
        assert (hanne.own_count, hanne.own_days, hanne.language, hanne.channel, hanne.timezone) == (
            2,
            182,
            "fa",
            "owner",
            "Asia/Tehran",
        )
        call = Willingness.objects.get(contact=hanne, activity_type__slug="sales-call")
        assert (call.answer, call.limit_count, call.limit_days, call.conditions, call.until) == (
            "yes",
            1,
            91,
            "Not in March",
            until,
        )
        codes = [
            problem.code for problem in availability.problems(hanne, call.activity_type, until + timedelta(days=1))
        ]
        assert "no_willingness" in codes

    def test_his_own_limit_on_all_live_asks_bars(self, hanne: Contact) -> None:
        visit, call = (ActivityType.objects.get(slug=slug) for slug in ("site-visit", "sales-call"))
        Activity.log(hanne, visit, today() - timedelta(days=5), None)
        hanne.edit(by=None, own_count=1, own_days=30)
        found = availability.problems(hanne, call, today())
        assert "own_limit" in [problem.code for problem in found]
        assert "own_limit" not in [one.code for one in availability.problems(hanne, call, today() + timedelta(days=25))]

    def test_the_contract_s_terms_stand_beside_it(self, path: str, hanne: Contact, client: Any) -> None:
        hanne.customer.edit(by=None, publicity="logo", publicity_clause="May show its mark, clause 14.2")
        page = client.get(path).content.decode()
        assert "May show its mark, clause 14.2" in page
        assert "Logo" in page

    @pytest.mark.parametrize(
        ("posted", "field"),
        [
            ({"sales-call-answer": "perhaps"}, "sales-call-answer"),
            ({"sales-call-limit_count": "-1"}, "sales-call-limit_count"),
            ({"sales-call-limit_count": "999999"}, "sales-call-limit_count"),
            ({"sales-call-until": "2020-01-01"}, "sales-call-until"),
            ({"sales-call-until": "31 February"}, "sales-call-until"),
            ({"sales-call-conditions": "x" * 301}, "sales-call-conditions"),
            ({"own_count": "many"}, "own_count"), ({"language": "xx"}, "language"), ({"timezone": "Mars/Base"}, "timezone"),
            ({"channel": "pigeon"}, "channel"), ({"sales-call-limit_days": "17"}, "sales-call-limit_days"),
        ],
    )  # fmt: skip
    def test_a_bad_word_is_named_at_its_field_and_nothing_is_kept(
        self, path: str, hanne: Contact, client: Any, posted: dict[str, str], field: str
    ) -> None:
        before = list(Willingness.objects.values()), Event.objects.count()
        page = client.post(path, {"quote-answer": "yes", **posted, "answer": "chosen"})
        assert page.status_code == 422
        assert f'id="id_{field}_error"' in page.content.decode()
        assert (list(Willingness.objects.values()), Event.objects.count()) == before

    def test_emoji_and_right_to_left_words_are_kept_as_written(self, path: str, hanne: Contact, client: Any) -> None:
        words = "بعد از نوروز 🌷 only"
        client.post(path, {"sales-call-answer": "ask_first", "sales-call-conditions": words, "answer": "chosen"})
        assert Willingness.objects.get(contact=hanne, activity_type__slug="sales-call").conditions == words

    def test_a_colleague_says_where_the_first_yes_is_written(self, as_user: Any, maya: User) -> None:
        dirk = make_contact(make_customer(), "Dirk Bakker", consent=False)
        address = reverse("references:contact_answers", args=[dirk.pk])
        assert as_user(maya).post(address, {"quote-answer": "yes"}).status_code == 422
        assert not Willingness.objects.exists()
        assert as_user(maya).post(address, {"quote-answer": "yes", "source": "Mail of 4 May"}).status_code == 302
        dirk.refresh_from_db()
        assert (dirk.has_consent, dirk.consent_source) == (True, "Mail of 4 May")

    def test_a_company_s_answer_stands_in_and_its_no_bars(self, as_user: Any, maya: User, hanne: Contact) -> None:
        address = reverse("references:customer_answers", args=[hanne.customer_id])
        assert as_user(maya).post(address, {"sales-call-answer": "no", "quote-answer": "yes"}).status_code == 302
        codes = {
            slug: [found.code for found in availability.problems(hanne, ActivityType.objects.get(slug=slug), today())]
            for slug in ("sales-call", "quote", "pr")
        }
        assert (codes["sales-call"], codes["pr"]) == (["said_no"], ["no_willingness", "publicity"])
        assert "no_willingness" not in codes["quote"]


class TestTheLinkBelowEveryMail:
    def test_every_mail_to_him_leads_there_and_has_one_press_to_stop(
        self, hanne: Contact, maya: User, sam: User
    ) -> None:
        joining.invite(hanne, by=maya)
        asked(hanne, sam, maya)
        letters = [as_mail(message) for message in Message.objects.filter(contact_id=hanne.pk)]
        assert len(letters) >= 2
        for letter in letters:
            assert "/o/choices/" in letter.body
            assert "/stop/>" in letter.extra_headers["List-Unsubscribe"]
            assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        inside = [as_mail(message) for message in Message.objects.filter(contact_id=None)]
        assert not any("List-Unsubscribe" in letter.extra_headers for letter in inside)

    def test_looking_at_the_stop_address_stops_nothing_and_posting_does(
        self, path: str, hanne: Contact, client: Any
    ) -> None:
        assert client.get(f"{path}stop/").status_code == 302
        assert may_write_to(hanne.pk)
        assert client.post(f"{path}stop/", {"List-Unsubscribe": "One-Click"}).status_code == 204
        assert client.post(f"{path}stop/").status_code == 204
        assert not may_write_to(hanne.pk)
        assert Event.objects.filter(verb="contact.consent_withdrawn").count() == 1

    def test_he_may_come_back_by_the_same_link(self, path: str, hanne: Contact, client: Any) -> None:
        client.post(path, {"answer": "none"})
        assert "asked for nothing" in client.get(path).content.decode()
        client.post(path, {"quote-answer": "yes", "answer": "chosen"})
        hanne.refresh_from_db()
        assert hanne.has_consent

    def test_forged_old_and_ended_links_say_so(self, path: str, hanne: Contact, client: Any, maya: User) -> None:
        assert client.get(path.replace("/o/choices/", "/o/choices/x")).status_code == 410
        Contact.objects.update(link_version=2)
        assert client.post(path, {"answer": "none"}).status_code == 410
        fresh = choosing.path(hanne.pk)
        hanne.erase(by=maya)
        assert client.get(fresh).status_code == 410
        assert choosing.path(hanne.pk) == ""


class TestWithdrawing:
    def test_what_is_on_its_way_stops_and_its_place_is_free(self, hanne: Contact, maya: User, sam: User) -> None:
        ask = asked(hanne, sam, maya)
        assert Hold.objects.live(timezone.now()).count() == 1
        hanne.withdraw_consent(by=None)
        ask.refresh_from_db()
        assert ask.state == "withdrawn"
        assert not Hold.objects.live(timezone.now()).exists()
        assert Notification.objects.filter(user=maya, kind="contact.consent_withdrawn").count() == 1

    def test_everyone_sees_where_the_name_is_used(
        self, as_user: Any, hanne: Contact, maya: User, sam: User, mina: User
    ) -> None:
        ask = asked(hanne, sam, maya)
        piece = Material.create(
            by=mina, kind="quote", title="It took one weekend", customer=hanne.customer, contacts=[hanne]
        )
        page = as_user(maya).get(reverse("references:contact_used", args=[hanne.pk])).content.decode()
        assert ask.request.reference in page
        assert piece.title in page

    def test_where_used_takes_few_queries(
        self, as_user: Any, hanne: Contact, maya: User, sam: User, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(4):
            make_request(sam, make_opportunity(sam, f"Deal {number}")).propose(
                contact=hanne, by=maya, override_reason="More"
            )
        client = as_user(maya)
        with django_assert_max_num_queries(13):
            assert client.get(reverse("references:contact_used", args=[hanne.pk])).status_code == 200


class TestForgetting:
    def test_the_person_is_nowhere_and_the_counts_stay(self, hanne: Contact, maya: User, sam: User) -> None:
        ask = asked(hanne, sam, maya)
        ask.decline(by=None, reason="Hanne is on leave")
        Activity.log(hanne, ActivityType.objects.get(slug="quote"), today(), maya, note="Hanne was great")
        Note.objects.write(by=maya, customer=hanne.customer, contact=hanne, text="Hanne likes tea", on=today())
        SurveyResponse.objects.note(
            by=maya, customer=hanne.customer, contact=hanne, kind="nps", score=9, on=today(), comment="Hanne here"
        )
        hanne.erase(by=maya)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            )
            for (table,) in cursor.fetchall():
                cursor.execute(
                    f"SELECT count(*) FROM {table} AS row WHERE row::text LIKE ANY (ARRAY['%Hanne%', '%hanne@%'])"
                )
                assert cursor.fetchone() == (0,), table
        assert Activity.objects.filter(contact=hanne).count() == 1

    def test_an_older_backup_does_not_bring_him_back(
        self, hanne: Contact, maya: User, django_capture_on_commit_callbacks: Any
    ) -> None:
        dirk = make_contact(hanne.customer, "Dirk Bakker")
        before = {one.pk: one for one in Contact.objects.all()}
        with django_capture_on_commit_callbacks(execute=True):
            hanne.erase(by=maya)
            dirk.withdraw_consent(by=None)
        assert "Hanne" not in forgetting.ledger().read_text()
        for one in before.values():
            one.save()
        call_command("reapply_erasures")
        hanne.refresh_from_db()
        dirk.refresh_from_db()
        assert (hanne.erased_at is not None, hanne.name, hanne.email) == (True, "–", "")
        assert dirk.consent_withdrawn_at
        assert forgetting.again() == (0, 0)

    def test_somebody_else_of_that_key_is_left_alone(
        self, hanne: Contact, maya: User, django_capture_on_commit_callbacks: Any
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            hanne.erase(by=maya)
        Contact.objects.filter(pk=hanne.pk).update(erased_at=None, name="Ruud Oosten", email="ruud@example.com")
        assert forgetting.again() == (0, 0)

    def test_whoever_said_yes_again_stays(
        self, hanne: Contact, maya: User, django_capture_on_commit_callbacks: Any
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            hanne.withdraw_consent(by=None)
            hanne.grant_consent(by=maya, source="Mail")
        assert forgetting.again() == (0, 0)

    def test_a_line_cut_off_by_a_crash_is_passed_over(self, hanne: Contact) -> None:
        forgetting.ledger().write_text('{"contact": 1, "wh')
        assert forgetting.again() == (0, 0)


class TestDisclosing:
    def test_the_file_holds_every_row_that_names_him(self, as_user: Any, hanne: Contact, maya: User, sam: User) -> None:
        asked(hanne, sam, maya)
        joining.invite(hanne, by=maya)
        reply = as_user(maya).get(reverse("references:contact_held", args=[hanne.pk]))
        held = json.loads(reply.content)
        assert held["references.contact"][0]["email"] == hanne.email
        assert {"references.willingness", "references.hold", "requests_app.assignment", "mails", "events"} <= set(held)
        assert "token_hash" not in reply.content.decode()
        assert Event.objects.filter(verb="contact.disclosed", by=maya).exists()

    def test_every_model_that_refers_to_a_person_is_asked(self) -> None:
        named = {model._meta.label for model in disclosure.referrers(Contact)}
        assert {
            "references.Willingness", "references.Activity", "references.Hold", "references.SurveyAsk", "materials.Approval",
            "materials.ConsentGrant", "requests_app.Assignment", "references.Reward",
        } <= named  # fmt: skip


def test_whoever_was_forgotten_is_not_brought_back_by_a_file(
    hanne: Contact, maya: User, django_capture_on_commit_callbacks: Any
) -> None:
    spec, customer = SPECS["contacts"], hanne.customer.name
    with django_capture_on_commit_callbacks(execute=True):
        hanne.erase(by=maya)
    rows = [
        "customer,name,email",
        f"{customer},Hanne VOS,",
        f"{customer},Jan Smit,hanne@example.com",
        f"{customer},Ida Berg,",
    ]
    table = reading.read("people.csv", "\n".join(rows).encode())
    report = engine.run(spec, table, mapping.from_data({}, spec))
    assert [(fault.row, fault.field) for fault in report.faults] == [(1, "name"), (2, "name")]
    assert not Contact.objects.filter(erased_at=None).exists()
