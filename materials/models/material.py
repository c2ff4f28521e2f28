"""Material: something made with a customer, from idea to expiry."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crp.verbs import Stateful, state_check


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


class Audience(models.TextChoices):
    INTERNAL = "internal", _("Internal")
    SHAREABLE = "shareable", _("May be shared")
    PUBLIC = "public", _("Public")


class Naming(models.TextChoices):
    FULL = "full", _("Full name")
    ROLE = "role_only", _("Role only")
    ANONYMOUS = "anonymous", _("Anonymous")


class Material(Stateful):
    event_ref = "material"

    kind = models.CharField(_("kind"), max_length=16, choices=MaterialKind.choices)
    customer = models.ForeignKey("references.Customer", models.PROTECT, null=True, blank=True, related_name="materials")
    contacts: models.ManyToManyField = models.ManyToManyField("references.Contact", related_name="materials", blank=True)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)
    body = models.TextField(_("text"), blank=True)
    language = models.CharField(_("language"), max_length=5, default="en")
    products: models.ManyToManyField = models.ManyToManyField("references.Product", related_name="materials", blank=True)
    industries: models.ManyToManyField = models.ManyToManyField("references.Industry", related_name="materials", blank=True)
    state = models.CharField(_("state"), max_length=16, choices=MaterialState.choices, default=MaterialState.IDEA)
    audience = models.CharField(_("audience"), max_length=9, choices=Audience.choices, default=Audience.INTERNAL)
    naming = models.CharField(_("naming"), max_length=9, choices=Naming.choices, default=Naming.ANONYMOUS)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="materials")
    due_on = models.DateField(_("due"), null=True, blank=True)
    review_on = models.DateField(_("review on"), null=True, blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    search_text = models.TextField(editable=False, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = [state_check(MaterialState, "material_state_known")]

    def __str__(self) -> str:
        return self.title
