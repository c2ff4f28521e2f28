"""`manage.py demo`: tell the demo world into an empty program."""

from datetime import timedelta
from random import Random
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from crp.accounts.models import User
from crp.demo.caring import Caring
from crp.demo.making import Making
from crp.demo.recruiting import Recruiting, now_of
from crp.demo.selling import Selling
from crp.inbox.models import Notification
from crp.outbox.models import Message, MessageState
from crp.verbs import today
from metrics import tiers


class Command(BaseCommand):
    help = "Tell the demo world (a company called Halden and its references) into an empty program."

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists():
            raise CommandError("There are people here already; the demo world needs an empty program.")
        with transaction.atomic():
            self.tell()
        self.stdout.write("The demo world is told.")

    def tell(self) -> None:
        """The same story every time, up to today."""
        day = today()
        world = Recruiting(day, now_of(day - timedelta(days=720)), Random(1)).tell()
        Making(world, Random(2)).tell()
        selling = Selling(world, Random(3))
        selling.tell_the_past()
        selling.sell_to_customers()
        world.look_after()
        selling.tell_the_present()
        Making(world, Random(4)).use()
        Caring(world).tell()
        tiers.sort_customers(day)
        self.settle()

    def settle(self) -> None:
        """Old letters are not sent today, and old news is read."""
        recent = timezone.now() - timedelta(days=4)
        Message.objects.filter(due_at__lt=recent).update(state=MessageState.SUPPRESSED)
        Notification.objects.filter(at__lt=recent).update(read_at=recent)
