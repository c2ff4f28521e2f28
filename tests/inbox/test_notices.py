from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, models
from django.template.loader import get_template
from django.utils import timezone, translation

from crp.accounts.models import User
from crp.accounts.verbs import Verb
from crp.events import record
from crp.inbox import notify, registry
from crp.inbox.models import Delivery, Notification, Preference
from crp.outbox import rendering
from crp.outbox.models import Message


class Kind(models.TextChoices):
    ASKED = "test.asked", "Somebody asked"
    QUIET = "test.quiet", "Something quiet"

    @classmethod
    def defaults(cls) -> dict[str, str]:
        return {cls.QUIET: Delivery.INBOX}

    @classmethod
    def roles(cls) -> dict[str, frozenset[str]]:
        return {cls.QUIET: frozenset({"program_manager"})}


@pytest.fixture(autouse=True)
def kinds(settings: Any) -> Iterator[None]:
    """Two kinds of the tests' own, with their sentences."""
    before = registry.KINDS.copy(), registry.DEFAULTS.copy(), registry.ROLES.copy()
    registry.register(Kind)
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], Path(__file__).parent / "templates"]}]
    yield
    for kept, now in zip(before, (registry.KINDS, registry.DEFAULTS, registry.ROLES), strict=True):
        now.clear()
        now.update(kept)


@pytest.mark.parametrize("kind", sorted(registry.KINDS))
def test_every_kind_has_a_sentence(kind: str) -> None:
    get_template(registry.template(kind))


def test_a_notice_lies_in_the_inbox_and_goes_by_mail(sam: User) -> None:
    notify([sam], Kind.ASKED, url="/requests/7/", context={"number": "R-7"})

    notice = Notification.objects.get(user=sam)
    assert (notice.url, notice.read_at) == ("/requests/7/", None)
    assert Message.objects.get().to == "sam@crp.test"


@pytest.mark.parametrize(
    ("delivery", "rows", "mails"),
    [(Delivery.BOTH, 1, 1), (Delivery.INBOX, 1, 0), (Delivery.MAIL, 0, 1), (Delivery.OFF, 0, 0)],
)
def test_everybody_is_told_as_he_prefers(sam: User, delivery: str, rows: int, mails: int) -> None:
    Preference.objects.choose(sam, {Kind.ASKED: delivery})
    notify([sam], Kind.ASKED)

    assert (Notification.objects.count(), Message.objects.count()) == (rows, mails)


def test_a_kind_may_be_quiet_by_default(sam: User) -> None:
    notify([sam], Kind.QUIET)

    assert (Notification.objects.count(), Message.objects.count()) == (1, 0)


def test_nobody_is_told_of_what_he_did_himself(sam: User, maya: User) -> None:
    event = record(Verb.MOVED, sam, by=sam)
    notify([sam, maya], Kind.ASKED, event=event)

    assert [notice.user for notice in Notification.objects.all()] == [maya]


def test_a_repeat_with_the_same_key_tells_nobody_twice(sam: User, maya: User) -> None:
    for _ in range(2):
        notify([sam, maya, sam], Kind.ASKED, dedupe_key="request:7:due:2026-12-01")

    assert (Notification.objects.count(), Message.objects.count()) == (2, 2)


def test_who_cannot_sign_in_gets_no_mail_and_who_left_gets_nothing(sam: User, db: None) -> None:
    ida = User.objects.create_user(None, name="Ida")
    User.objects.filter(pk=sam.pk).update(is_active=False)
    sam.refresh_from_db()
    notify([ida, sam], Kind.ASKED)

    assert [notice.user for notice in Notification.objects.all()] == [ida]
    assert not Message.objects.exists()


def test_a_kind_nobody_registered_is_refused(sam: User) -> None:
    with pytest.raises(ValueError, match=r"test\.unknown"):
        notify([sam], "test.unknown")


def test_telling_many_takes_few_queries(django_assert_max_num_queries: Any, db: None) -> None:
    crowd = [User.objects.create_user(f"u{n}@crp.test", name=f"U{n}") for n in range(30)]
    with django_assert_max_num_queries(3):
        notify(crowd, Kind.ASKED, dedupe_key="x")

    assert Message.objects.count() == 30


def test_the_mail_says_what_the_inbox_says_without_markup(sam: User) -> None:
    notify([sam], Kind.ASKED, url="/requests/7/", context={"number": "R-7 <b>&"})
    mail = rendering.as_mail(Message.objects.get())

    assert mail.subject == "Your request R-7 <b>& waits"
    assert "/requests/7/" in str(mail.body)
    assert "R-7 &lt;b&gt;&amp;" in str(mail.alternatives[0][0])


def test_the_sentence_is_in_the_language_of_whoever_reads(sam: User) -> None:
    notify([sam], Kind.QUIET)
    notice = Notification.objects.get()
    with translation.override("fa"):
        assert notice.sentence == "fa"
    with translation.override("en"):
        assert notice.sentence == "en"


def test_a_notice_of_a_kind_that_is_gone_is_still_readable(as_user: Any, sam: User) -> None:
    notify([sam], Kind.ASKED)
    Notification.objects.update(kind="gone.kind")

    assert b"Something happened" in as_user(sam).get("/inbox/").content


def test_open_marks_as_read_and_leads_there(as_user: Any, sam: User) -> None:
    notify([sam], Kind.ASKED, url="/account/settings/")
    reply = as_user(sam).post(f"/inbox/{Notification.objects.get().pk}/read/")

    assert reply["Location"] == "/account/settings/"
    assert not Notification.objects.unread().exists()


@pytest.mark.parametrize("url", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", ""])
def test_a_notice_leads_nowhere_else(as_user: Any, sam: User, url: str) -> None:
    notify([sam], Kind.ASKED, url=url)

    assert as_user(sam).post(f"/inbox/{Notification.objects.get().pk}/read/")["Location"] == "/inbox/"


def test_read_all_reads_ones_own(as_user: Any, sam: User, maya: User) -> None:
    notify([sam, maya], Kind.ASKED)
    as_user(sam).post("/inbox/read/")

    assert [notice.user for notice in Notification.objects.unread()] == [maya]


def test_the_tabs_show_unread_and_all(as_user: Any, sam: User) -> None:
    notify([sam], Kind.ASKED, context={"number": "R-7"})
    as_user(sam).post("/inbox/read/")

    assert b"R-7" not in as_user(sam).get("/inbox/").content
    assert b"R-7" in as_user(sam).get("/inbox/?view=all").content


def test_the_page_takes_the_same_few_queries_for_one_and_for_many(
    as_user: Any, sam: User, maya: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        notify([sam], Kind.ASKED, event=record(Verb.MOVED, maya, by=maya), context={"number": f"R-{number}"})
    client = as_user(sam)
    with django_assert_max_num_queries(6):
        page = client.get("/inbox/")

    assert page.content.count(b'id="notice-') == 30


def test_preferences_show_what_concerns_ones_roles_and_keep_the_choice(as_user: Any, sam: User, maya: User) -> None:
    assert b"Something quiet" in as_user(maya).get("/inbox/preferences/").content
    page = as_user(sam).get("/inbox/preferences/").content
    assert b"Somebody asked" in page
    assert b"Something quiet" not in page

    for chosen in (Delivery.OFF, Delivery.MAIL, "nonsense"):
        as_user(sam).post("/inbox/preferences/", {Kind.ASKED: chosen, "unknown.kind": "off"})
    assert [(row.kind, row.delivery) for row in Preference.objects.all()] == [(Kind.ASKED, Delivery.MAIL)]


def test_the_unread_count_comes_from_its_index_alone(sam: User) -> None:
    Notification.objects.bulk_create(
        Notification(user=sam, kind=Kind.ASKED, at=timezone.now(), read_at=timezone.now() if n % 50 else None)
        for n in range(5000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE inbox_notification")
    plan = Notification.objects.visible_to(sam).unread().values("pk")[:100].explain()

    assert "notification_unread" in plan
