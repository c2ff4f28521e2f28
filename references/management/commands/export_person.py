"""`bin/manage export_person ID`: all that is held about a person, as JSON on standard output."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from references import disclosure
from references.models import Contact


class Command(BaseCommand):
    help = "Write all that is held about a person to standard output, as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("contact", type=int, help="the person's id")

    def handle(self, *args: Any, contact: int, **options: Any) -> None:
        found = Contact.objects.filter(pk=contact).first()
        if found is None:
            raise CommandError(f"There is no person {contact}.")
        self.stdout.write(disclosure.as_file(found).decode())
