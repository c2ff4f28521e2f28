"""What an import does."""

from django.db import models

from crp.events import register


@register
class Verb(models.TextChoices):
    CUSTOMER_IMPORTED = "customer.imported"
    IMPORT_APPLIED = "import.applied"
    IMPORT_UNDONE = "import.undone"
