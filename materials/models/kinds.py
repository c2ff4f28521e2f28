"""The words material is described with."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MaterialKind(models.TextChoices):
    QUOTE = "quote", _("Quote")
    SUCCESS_STORY = "success_story", _("Success story")
    CASE_STUDY = "case_study", _("Case study")
    ROI_CASE_STUDY = "roi_case_study", _("ROI case study")
    VIDEO = "video", _("Video")
    AUDIO = "audio", _("Audio")
    LOGO = "logo", _("Logo")
    RFP_ANSWER = "rfp_answer", _("RFP answer")
    PRESS = "press", _("Press")
    SLIDES = "slides", _("Slides")
    REFERENCE_LETTER = "reference_letter", _("Reference letter")

    @property
    def icon(self) -> str:
        return {
            "quote": "quote", "success_story": "star", "case_study": "book-open", "roi_case_study": "calculator",
            "video": "video", "audio": "mic", "logo": "image", "rfp_answer": "file-text", "press": "newspaper",
            "slides": "monitor", "reference_letter": "mail",
        }[self.value]  # fmt: skip


class MaterialState(models.TextChoices):
    IDEA = "idea", _("Idea")
    DRAFT = "draft", _("Draft")
    INTERNAL_REVIEW = "internal_review", _("Internal review")
    CUSTOMER_REVIEW = "customer_review", _("Customer review")
    APPROVED = "approved", _("Approved")
    PUBLISHED = "published", _("Published")
    REVIEW_DUE = "review_due", _("Review due")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")


S = MaterialState
# Whose text can still change; beyond, it is what somebody approved.
OPEN_TO_CHANGE = frozenset({S.IDEA, S.DRAFT, S.INTERNAL_REVIEW})
CLEARED = frozenset({S.APPROVED, S.PUBLISHED})
# Rests on a permission, and falls with it.
STANDING = frozenset({S.APPROVED, S.PUBLISHED, S.REVIEW_DUE})


class Audience(models.TextChoices):
    INTERNAL = "internal", _("Internal")
    SHAREABLE = "shareable", _("May be shared")
    PUBLIC = "public", _("Public")


SHAREABLE = frozenset({Audience.SHAREABLE, Audience.PUBLIC})


class Naming(models.TextChoices):
    FULL = "full", _("Full name")
    ROLE = "role_only", _("Role only")
    ANONYMOUS = "anonymous", _("Anonymous")

    @property
    def openness(self) -> int:
        """How much it tells: 0 nothing, 2 the name."""
        return [Naming.ANONYMOUS, Naming.ROLE, Naming.FULL].index(self)


class Channel(models.TextChoices):
    SALES = "sales", _("Sales conversations")
    WEB = "web", _("Website and social media")
    PRESS = "press", _("Press")
    EVENT = "event", _("Events and print")


# The channels a permission must name before material may go to an audience.
NEEDS = {
    Audience.INTERNAL: frozenset(),
    Audience.SHAREABLE: frozenset({Channel.SALES}),
    Audience.PUBLIC: frozenset({Channel.SALES, Channel.WEB}),
}


class Language(models.TextChoices):
    ENGLISH = "en", _("English")
    GERMAN = "de", _("German")
    FRENCH = "fr", _("French")
    SPANISH = "es", _("Spanish")
    ITALIAN = "it", _("Italian")
    DUTCH = "nl", _("Dutch")
    PORTUGUESE = "pt", _("Portuguese")
    ARABIC = "ar", _("Arabic")
    PERSIAN = "fa", _("Persian")
    TURKISH = "tr", _("Turkish")
    CHINESE = "zh", _("Chinese")
    JAPANESE = "ja", _("Japanese")

    @property
    def rtl(self) -> bool:
        return self in (Language.ARABIC, Language.PERSIAN)
