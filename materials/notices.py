"""What colleagues are told about material."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crp.accounts.models import Role
from crp.inbox import register


@register
class Kind(models.TextChoices):
    REVIEW_WANTED = "material.review_wanted", _("Material waits for your review")
    RETURNED = "material.returned", _("Your material was sent back")
    CUSTOMER_ANSWERED = "material.customer_answered", _("A customer answered about wording")
    ASK_LAPSED = "material.ask_lapsed", _("An approval link ran out")
    REVIEW_DUE = "material.review_due", _("Published material is due for review")
    EXPIRED = "material.expired", _("Material expired")
    PERMISSION_WITHDRAWN = "material.permission_withdrawn", _("A customer withdrew permission")

    @classmethod
    def roles(cls) -> dict[str, frozenset[str]]:
        """Permission withdrawn concerns whoever shared it, too."""
        makers = frozenset({Role.MARKETING, Role.MANAGER})
        return {kind: makers for kind in cls.values if kind != cls.PERMISSION_WITHDRAWN}
