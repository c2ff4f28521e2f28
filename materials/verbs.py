"""What happens to material."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crp.events import register


@register
class Verb(models.TextChoices):
    CREATED = "material.created", _("Material begun")
    EDITED = "material.edited", _("Material changed")
    FILED = "material.filed", _("File added")
    UNFILED = "material.unfiled", _("File taken out")
    DRAFTED = "material.drafted", _("Idea taken up")
    SUBMITTED = "material.submitted", _("Handed in for review")
    RETURNED = "material.returned", _("Sent back for changes")
    SENT_TO_CUSTOMER = "material.sent_to_customer", _("Customer asked for approval")
    REMINDED = "material.reminded", _("Customer reminded")
    EXTENDED = "material.extended", _("Approval link prolonged")
    ANSWERED = "material.answered", _("Customer answered")
    ASK_WITHDRAWN = "material.ask_withdrawn", _("Approval no longer asked for")
    LAPSED = "material.lapsed", _("Approval link ran out")
    APPROVED = "material.approved", _("Material approved")
    PUBLISHED = "material.published", _("Material published")
    REVIEW_DUE = "material.review_due", _("Review due")
    RENEWED = "material.renewed", _("Material renewed")
    EXPIRED = "material.expired", _("Material expired")
    REVISED = "material.revised", _("Material taken back to draft")
    WITHDRAWN = "material.withdrawn", _("Material withdrawn")
    PERMISSION_GRANTED = "permission.granted", _("Permission recorded")
    PERMISSION_WITHDRAWN = "permission.withdrawn", _("Permission withdrawn")
    SHARED = "material.shared", _("Share page made")
    SHARE_REVOKED = "material.share_revoked", _("Share page closed")

    @classmethod
    def reserved(cls) -> frozenset[str]:
        """Who was asked, and who answered, would name the customer behind anonymous material."""
        return frozenset(
            {
                cls.SENT_TO_CUSTOMER, cls.REMINDED, cls.EXTENDED, cls.ANSWERED, cls.ASK_WITHDRAWN, cls.LAPSED,
                cls.PERMISSION_GRANTED, cls.PERMISSION_WITHDRAWN,
            }
        )  # fmt: skip

    @classmethod
    def glyphs(cls) -> dict[str, tuple[str, str]]:
        """Icon and tint on a timeline."""
        return {
            cls.CREATED: ("file-text", ""), cls.EDITED: ("pencil", ""), cls.FILED: ("paperclip", ""),
            cls.UNFILED: ("paperclip", ""), cls.DRAFTED: ("pencil", ""), cls.SUBMITTED: ("scan-eye", "accent"),
            cls.RETURNED: ("rotate-ccw", "ask"), cls.SENT_TO_CUSTOMER: ("send", "accent"), cls.REMINDED: ("bell-ring", ""),
            cls.EXTENDED: ("calendar-plus", ""), cls.ANSWERED: ("stamp", "go"), cls.ASK_WITHDRAWN: ("x", ""),
            cls.LAPSED: ("clock-alert", "ask"), cls.APPROVED: ("stamp", "go"), cls.PUBLISHED: ("megaphone", "go"),
            cls.REVIEW_DUE: ("rotate-ccw", "ask"), cls.RENEWED: ("refresh-cw", "go"), cls.EXPIRED: ("archive", ""),
            cls.REVISED: ("pencil", ""), cls.WITHDRAWN: ("ban", "stop"), cls.PERMISSION_GRANTED: ("shield-check", "go"),
            cls.PERMISSION_WITHDRAWN: ("shield", "stop"), cls.SHARED: ("link", "accent"), cls.SHARE_REVOKED: ("link", ""),
        }  # fmt: skip
