"""`bin/manage reapply_erasures`: after restoring a backup, forget again whoever asked to be forgotten since."""

from typing import Any

from django.core.management.base import BaseCommand

from references import forgetting


class Command(BaseCommand):
    help = "Forget again, and withdraw again, whoever an older backup brought back. bin/run does it at every start."

    def handle(self, *args: Any, **options: Any) -> None:
        erased, withdrawn = forgetting.again()
        if options["verbosity"] or erased or withdrawn:
            self.stdout.write(f"Erased again: {erased}. Withdrawn again: {withdrawn}.")
