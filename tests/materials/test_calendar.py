import os
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from crp.accounts.models import User
from crp.outbox.models import Message
from crp.verbs import today
from materials import calendar
from materials.models import Approval, ConsentGrant, Material, MaterialState
from materials.tasks import check_dates
from references.models import Contact
from tests.materials.stock import asked, in_review, make_material, png, published, upload

S = MaterialState


def test_reviews_fall_due_and_material_expires_on_its_day(mina: User, maya: User, hanne: Contact) -> None:
    due = published(mina, hanne, title="Due")
    over = published(mina, hanne, title="Over")
    Material.objects.filter(pk=due.pk).update(review_on=today())
    Material.objects.filter(pk=over.pk).update(expires_on=today())
    check_dates()
    assert Material.objects.get(pk=due.pk).state == S.REVIEW_DUE
    assert Material.objects.get(pk=over.pk).state == S.EXPIRED
    check_dates()
    assert Material.objects.get(pk=due.pk).state == S.REVIEW_DUE


def test_material_whose_permission_ended_is_put_up_for_review(mina: User, hanne: Contact) -> None:
    published(mina, hanne)
    ConsentGrant.objects.update(starts_on=today() - timedelta(days=9), until=today() - timedelta(days=1))
    done = calendar.check(today(), timezone.now())
    assert done["unpermitted"] == 1
    assert Material.objects.get().state == S.REVIEW_DUE


def test_an_unanswered_question_is_reminded_once_and_then_runs_out(mina: User, hanne: Contact) -> None:
    asked(mina, hanne)
    Approval.objects.update(asked_at=timezone.now() - timedelta(days=6))
    assert calendar.check(today(), timezone.now())["reminded"] == 1
    assert calendar.check(today(), timezone.now())["reminded"] == 0
    assert Message.objects.filter(template="approval_reminder").count() == 1
    assert calendar.check(today(), timezone.now() + timedelta(days=30))["lapsed"] == 1
    assert Approval.objects.get().state == "lapsed"
    assert Material.objects.get().state == S.INTERNAL_REVIEW


def test_what_is_not_due_stays(mina: User, maya: User) -> None:
    material = in_review(mina)
    material.approve(by=maya)
    material.publish(by=mina)
    assert set(calendar.check(today(), timezone.now()).values()) == {0}


def test_bytes_nobody_knows_are_swept_after_a_day_and_known_ones_stay(mina: User, media: Path) -> None:
    from materials import intake

    material = make_material(mina)
    material.add_file(intake.clear(upload(png())), by=mina)
    stray = media / "materials" / str(material.pk) / "stray.png"
    stray.write_bytes(b"half")
    assert calendar.sweep(timezone.now()) == 0
    old = (timezone.now() - timedelta(days=2)).timestamp()
    for path in stray.parent.iterdir():
        os.utime(path, (old, old))
    assert calendar.sweep(timezone.now()) == 1
    assert not stray.exists()
    assert len(list(stray.parent.iterdir())) == 1
