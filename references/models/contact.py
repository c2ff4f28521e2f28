"""Contact: a person at a customer, his consent, and to whom his details were released."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models, transaction
from django.db.models.functions import ExtractDay, ExtractMonth
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crp import inbox
from crp.accounts.models import Role, User
from crp.events import record
from crp.imports.outcomes import forget
from crp.search import normalise
from crp.verbs import Refused
from references import stopping
from references.models.access import allow, sees_all_customers
from references.models.customer import Customer, CustomerStatus
from references.models.editing import Editable
from references.notices import Kind
from references.verbs import Verb
from references.waking import wake

if TYPE_CHECKING:
    from references.models.pause import Pause


class Seniority(models.TextChoices):
    EXECUTIVE = "executive", _("Executive")
    DIRECTOR = "director", _("Director or head")
    MANAGER = "manager", _("Manager")
    SPECIALIST = "specialist", _("Specialist")


class JobFunction(models.TextChoices):
    FINANCE = "finance", _("Finance")
    IT = "it", _("IT")
    OPERATIONS = "operations", _("Operations")
    SALES = "sales", _("Sales")
    MARKETING = "marketing", _("Marketing")
    HR = "hr", pgettext_lazy("field of work", "People")
    LEGAL = "legal", _("Legal and procurement")
    GENERAL = "general", _("General management")


class Channel(models.TextChoices):
    EMAIL = "email", _("Email")
    PHONE = "phone", _("Phone")
    OWNER = "owner", _("Through the account owner")


class ContactQuerySet(models.QuerySet["Contact"]):
    """The words for asking about contacts."""

    def visible_to(self, user: Any) -> Self:
        """Contacts of the customers the user may see; erased people never."""
        found = self.filter(erased_at=None)
        if sees_all_customers(user):
            return found
        own = models.Q(customer__owner=user)
        return found.filter(own | models.Q(customer__status=CustomerStatus.ACTIVE) if user.is_sales else own)

    def consenting(self) -> Self:
        """Those who granted consent and have not withdrawn it."""
        return self.filter(consent_granted_at__isnull=False, consent_withdrawn_at=None, erased_at=None)

    def willing_to(self, activity_type: Any, on: date) -> Self:
        """Those who consent to be asked for the type: by their own answer, else their company's, which bars them by its no."""
        said = self.model._meta.get_field("willingness").related_model._default_manager.standing(on)  # type: ignore[union-attr]
        said = said.filter(activity_type=activity_type)
        own, company = said.filter(contact=models.OuterRef("pk")), said.filter(customer=models.OuterRef("customer"))
        yes = ~models.Q(answer="no")
        agrees = models.Exists(own.filter(yes)) | (~models.Exists(own) & models.Exists(company.filter(yes)))
        return self.consenting().filter(agrees, ~models.Exists(company.filter(answer="no")))

    def present(self) -> Self:
        """Those who still work there and are remembered."""
        return self.filter(left_on=None, erased_at=None)

    def matching_words(self, text: str) -> Self:
        """Contacts whose folded name or job title contains every word."""
        found = self
        for word in normalise(text).split()[:8]:
            found = found.filter(search_text__contains=word)
        return found

    def with_released_to(self, user: Any) -> Self:
        """Each with `released_to_reader`: whether his details were released to the user and still are."""
        now = timezone.now()
        live = Release.objects.filter(contact=models.OuterRef("pk"), user=user).live(now)
        return self.annotate(released_to_reader=models.Exists(live))

    @transaction.atomic
    def add(self, *, by: Any, customer: Customer, **facts: Any) -> "Contact":
        """A new person, without consent yet. Raises Forbidden."""
        allow(by is None or customer.can_be_edited_by(by))
        contact = self.create(customer=customer, **facts)
        wake(customer.pk)
        record(Verb.CONTACT_ADDED, contact, customer, by=by, contact=contact, customer=customer.name)
        return contact


class Contact(Editable):
    """A person. Erasing keeps the row's key for the ledger and forgets everything else."""

    event_ref = "contact"

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="contacts")
    source = models.CharField(_("source"), max_length=60, blank=True)
    external_id = models.CharField(_("external id"), max_length=120, blank=True)
    name = models.CharField(_("name"), max_length=200)
    job_title = models.CharField(_("job title"), max_length=200, blank=True)
    seniority = models.CharField(_("seniority"), max_length=10, choices=Seniority.choices, blank=True)
    job_function = models.CharField(_("field of work"), max_length=10, choices=JobFunction.choices, blank=True)
    email = models.EmailField(_("email"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=5, default="en")
    timezone = models.CharField(_("time zone"), max_length=50, default="UTC")
    birthday_day = models.PositiveSmallIntegerField(_("day"), null=True, blank=True)
    birthday_month = models.PositiveSmallIntegerField(_("month"), null=True, blank=True)
    channel = models.CharField(_("channel"), max_length=5, choices=Channel.choices, default=Channel.EMAIL)
    # His own limit on all live asks together.
    own_count = models.PositiveSmallIntegerField(_("live asks at most"), null=True, blank=True)
    own_days = models.PositiveSmallIntegerField(_("in days"), default=365)
    wants_thanks = models.BooleanField(_("cards and thank-yous"), default=True)
    link_version = models.PositiveIntegerField(default=1)
    consent_granted_at = models.DateTimeField(_("consent granted"), null=True, blank=True)
    consent_source = models.CharField(_("consent source"), max_length=200, blank=True)
    consent_withdrawn_at = models.DateTimeField(_("consent withdrawn"), null=True, blank=True)
    # The day he first agreed, in his own zone; a new day begins when he comes back after a withdrawal.
    reference_since = models.DateField(null=True, blank=True, editable=False)
    left_on = models.DateField(_("left the company"), null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    # Kept by the ledger's verbs so that ranking ten thousand people is one indexed query.
    last_live_on = models.DateField(null=True, blank=True)
    # Kept by the watch, never empty, so that the list goes by it; the year 1 for whoever was never asked.
    rested_since = models.DateField(default=date.min, editable=False)
    rating_sum = models.PositiveIntegerField(default=0)
    rating_count = models.PositiveIntegerField(default=0)
    search_text = models.TextField(editable=False, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~models.Q(external_id=""), name="contact_external_id_once"
            )
        ]
        indexes = [
            models.Index(fields=["customer", "name", "id"], name="contact_customer_name"),
            models.Index(fields=["name", "id"], name="contact_name"),
            models.Index(fields=["rested_since", "name", "id"], name="contact_rested"),
            models.Index(
                fields=["birthday_month", "birthday_day"],
                condition=models.Q(birthday_month__isnull=False),
                name="contact_birthday",
            ),
            models.Index(
                ExtractMonth("reference_since"),
                ExtractDay("reference_since"),
                condition=models.Q(reference_since__isnull=False),
                name="contact_anniversary",
            ),
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="contact_search"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_text = normalise(self.name, self.job_title)
        if kwargs.get("update_fields") is not None and {"name", "job_title"} & set(kwargs["update_fields"]):
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_text"}
        super().save(*args, **kwargs)

    @property
    def has_consent(self) -> bool:
        return bool(self.consent_granted_at and not self.consent_withdrawn_at and not self.erased_at)

    def details_visible_to(self, user: Any) -> bool:
        """May the user read mail and phone? One query at most, none after `with_released_to`."""
        if user.is_manager or user.is_marketing or user.is_admin or self.customer.is_owned_by(user):
            return True
        if not user.is_sales:
            return False
        known = getattr(self, "released_to_reader", None)
        return bool(self.releases.filter(user=user).live(timezone.now()).exists() if known is None else known)

    @transaction.atomic
    def edit(self, *, by: Any, version: int | None = None, **facts: Any) -> Self:
        """Change facts. Raises Forbidden, Stale, Refused when erased."""
        allow(by is None or self.customer.can_be_edited_by(by))
        self.guard_remembered()
        changed = self.change(version, **facts)
        if changed:
            record(Verb.CONTACT_EDITED, self, self.customer, by=by, contact=self, fields=",".join(changed))
        return self

    @transaction.atomic
    def leave(self, *, by: Any, on: date) -> Self:
        """The person left the company and is asked no more. Raises Forbidden."""
        allow(by is None or self.customer.can_be_edited_by(by))
        self.guard_remembered()
        self.left_on = on
        self.save(update_fields=["left_on"])
        wake(self.customer_id)
        record(Verb.CONTACT_LEFT, self, self.customer, by=by, contact=self, on=on.isoformat())
        return self

    @transaction.atomic
    def grant_consent(self, *, by: Any, source: str) -> Self:
        """Note that the person agreed to be asked, and where that is written. Raises Forbidden, Refused without a source."""
        allow(by is None or self.customer.can_be_managed_by(by))
        from references import forgetting

        self.guard_remembered()
        if not source.strip():
            raise Refused(_("Say where the consent is written down."), code="source_missing", field="source")
        if self.consent_withdrawn_at:
            forgetting.keep(self, forgetting.GRANTED)
        if not self.has_consent or self.reference_since is None:
            self.reference_since = timezone.localdate(timezone=ZoneInfo(self.timezone))
        self.consent_granted_at, self.consent_source, self.consent_withdrawn_at = timezone.now(), source, None
        self.save(update_fields=["consent_granted_at", "consent_source", "consent_withdrawn_at", "reference_since"])
        wake(self.customer_id)
        record(Verb.CONTACT_CONSENT_GRANTED, self, self.customer, by=by, contact=self, source=source)
        return self

    @transaction.atomic
    def withdraw_consent(self, *, by: Any) -> Self:
        """
        From now on the person is not asked, and what was under way stops. `by=None`: he withdrew it himself. Raises Forbidden.

        Whoever looks after him hears of it, with the way to where he is used.
        """
        from references import forgetting

        allow(by is None or self.customer.can_be_managed_by(by))
        stopping.stop(self)
        self.consent_withdrawn_at = timezone.now()
        self.save(update_fields=["consent_withdrawn_at"])
        self.releases.all().delete()
        forgetting.keep(self, forgetting.WITHDRAWN)
        wake(self.customer_id)
        event = record(Verb.CONTACT_CONSENT_WITHDRAWN, self, self.customer, by=by, contact=self)
        people = {user.pk: user for user in User.objects.with_role(Role.MANAGER)}
        if self.customer.owner:
            people[self.customer.owner.pk] = self.customer.owner
        url = reverse("references:contact_used", args=[self.pk])
        inbox.notify(
            people.values(), Kind.CONSENT_WITHDRAWN, event=event, url=url, context={"customer": self.customer.name}
        )
        return self

    @transaction.atomic
    def erase(self, *, by: Any) -> Self:
        """
        Forget the person for good; the ledger keeps its counts, and a restored backup does not bring him back.

        Raises Forbidden.
        """
        from references import forgetting

        allow(by is None or self.customer.can_be_managed_by(by))
        stopping.stop(self)
        forgetting.keep(self, forgetting.ERASED)
        stopping.forget(self)
        for name in ("external_id", "job_title", "seniority", "job_function", "email", "phone", "consent_source"):
            setattr(self, name, "")
        self.name, self.birthday_day, self.birthday_month = "–", None, None
        self.timezone, self.language, self.channel = "UTC", "en", Channel.EMAIL
        self.erased_at = timezone.now()
        self.consent_withdrawn_at = self.consent_withdrawn_at or self.erased_at
        self.own_count = self.reference_since = None
        self.version, self.link_version = self.version + 1, self.link_version + 1
        self.save()
        self.willingness.all().delete()
        self.releases.all().delete()
        self.survey_responses.update(comment="", contact=None)
        self.activities.update(note="")
        wake(self.customer_id)
        forget(self)
        record(Verb.CONTACT_ERASED, self, self.customer, by=by)
        return self

    @transaction.atomic
    def release_details(self, *, to: Any, reason: str, until: datetime | None = None, by: Any = None) -> "Release":
        """Let a colleague read mail and phone for one request (`reason` such as `assignment:9`), until then."""
        release, _new = self.releases.update_or_create(
            user=to, reason=reason, defaults={"at": timezone.now(), "until": until}
        )
        record(Verb.CONTACT_RELEASED, self, self.customer, by=by, contact=self, to=to.name, reason=reason)
        return release

    def pause(self, *, by: Any, starts_on: date, until: date | None, reason: str, note: str = "") -> "Pause":
        """Leave this person in peace. See Pause.start."""
        return self.pauses.start(
            by=by, customer=self.customer, contact=self, starts_on=starts_on, until=until, reason=reason, note=note
        )

    def lock_counts(self) -> None:
        """Lock the row and read what `count` adds to. Needs an open transaction."""
        self.refresh_from_db(
            fields=["last_live_on", "rating_sum", "rating_count"], from_queryset=Contact.objects.select_for_update()
        )

    def count(self, activity_type: Any, on: date, rating: int | None = None) -> None:
        """Keep what ranking reads: the last live use and the ratings. After `lock_counts`, in its transaction."""
        if activity_type.live and (self.last_live_on is None or on > self.last_live_on):
            self.last_live_on = on
        if rating:
            self.rating_sum += rating
            self.rating_count += 1
        self.save(update_fields=["last_live_on", "rating_sum", "rating_count"])

    def guard_remembered(self) -> None:
        """Raise Refused when the person was erased."""
        if self.erased_at:
            raise Refused(_("This person was forgotten on request."), code="erased")


class ReleaseQuerySet(models.QuerySet["Release"]):
    def live(self, now: datetime) -> Self:
        """Not run out."""
        return self.filter(models.Q(until=None) | models.Q(until__gt=now))


class Release(models.Model):
    """The contact's mail and phone were released to a colleague for one request."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="releases")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=60)
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact", "user", "reason"], name="release_once")]

    def __str__(self) -> str:
        return self.reason
