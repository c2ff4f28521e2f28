from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from crp.ui import icons


class Command(BaseCommand):
    """Write static/icons.svg anew after a change of crp.ui.icons.NAMES."""

    help = "Writes the icon sprite."

    def handle(self, *args: Any, **options: Any) -> None:
        (settings.BASE_DIR / "static" / icons.SPRITE).write_text(icons.sprite(), encoding="utf-8")
