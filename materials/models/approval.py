"""Approval: a customer's sign-off of one exact version, asked and answered by a signed link."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crp.events import record
from crp.inbox import notify
from crp.links.models import SignedLink
from crp.outbox import enqueue_mail
from crp.verbs import Forbidden, Refused, Stateful, state_check, today
from materials.models.consent import ConsentGrant
from materials.models.kinds import Naming
from materials.notices import Kind
from materials.verbs import Verb

if TYPE_CHECKING:
    from materials.models.material import Material
    from references.models import Contact

PURPOSE = "material.approval"
PERMISSION_LASTS = timedelta(days=730)
REMIND_AFTER = timedelta(days=5)
LONGEST = timedelta(days=90)


class ApprovalState(models.TextChoices):
    OPEN = "open", _("Waiting")
    APPROVED = "approved", _("Approved")
    CHANGES = "changes", _("Asked for changes")
    DECLINED = "declined", _("Declined")
    LAPSED = "lapsed", _("Ran out")
    WITHDRAWN = "withdrawn", _("No longer asked for")


S = ApprovalState
DECISIONS = {"approve": S.APPROVED, "ask_for_changes": S.CHANGES, "decline": S.DECLINED}


class ApprovalQuerySet(models.QuerySet["Approval"]):
    def visible_to(self, user: Any) -> Self:
        """Approvals of material whose making the user sees: who makes it, admins, and the customer's account owner."""
        from materials.models.shelf import sees_everything

        return self if sees_everything(user) else self.filter(material__customer__owner=user)

    def open(self) -> Self:
        return self.filter(state=S.OPEN)

    def unanswered_since(self, moment: datetime) -> Self:
        """Open, and neither asked nor reminded since."""
        return self.open().filter(models.Q(reminded_at=None, asked_at__lt=moment) | models.Q(reminded_at__lt=moment))

    def run_out(self, now: datetime) -> Self:
        return self.open().filter(expires_at__lte=now)

    def with_opened(self) -> Self:
        """With `opened_at`: when somebody last first opened a link of it."""
        name = Concat(models.Value("approval:"), Cast("pk", models.CharField()))
        links = SignedLink.objects.filter(
            subject=models.OuterRef("subject_name"), purpose=PURPOSE, opened_at__isnull=False
        )
        return self.annotate(subject_name=name).annotate(
            opened_at=models.Subquery(links.order_by("-opened_at").values("opened_at")[:1])
        )


class Approval(Stateful):
    """`version` is what was shown; the answer is about that and nothing later."""

    event_ref = "approval"
    TRANSITIONS = {
        "approve": ({S.OPEN}, S.APPROVED),
        "ask_for_changes": ({S.OPEN}, S.CHANGES),
        "decline": ({S.OPEN}, S.DECLINED),
        "remind": ({S.OPEN}, S.OPEN),
        "extend": ({S.OPEN}, S.OPEN),
        "lapse": ({S.OPEN}, S.LAPSED),
        "withdraw": ({S.OPEN}, S.WITHDRAWN),
    }

    material = models.ForeignKey("Material", models.PROTECT, related_name="approvals")
    version = models.ForeignKey("MaterialVersion", models.PROTECT, related_name="approvals")
    contact = models.ForeignKey(
        "references.Contact", models.PROTECT, related_name="approvals", verbose_name=_("who approves")
    )
    state = models.CharField(_("state"), max_length=9, choices=S.choices, default=S.OPEN)
    message = models.TextField(_("message"), blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    reminded_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(_("link ends"))
    answered_at = models.DateTimeField(null=True, blank=True)
    naming = models.CharField(_("naming"), max_length=9, choices=Naming.choices, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    evidence = models.TextField(_("evidence"), blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints = [
            state_check(S, "approval_state_known"),
            models.UniqueConstraint(fields=["material"], condition=models.Q(state="open"), name="approval_one_open"),
            models.CheckConstraint(
                condition=models.Q(recorded_by=None) | ~models.Q(recorded_by=models.F("asked_by")),
                name="approval_not_by_asker",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], condition=models.Q(state="open"), name="approval_open")]

    def __str__(self) -> str:
        return f"{self.version}"

    @classmethod
    def ask(cls, material: "Material", contact: "Contact", *, by: Any, until: date, message: str) -> "Approval":
        """Open an approval of the material's newest version and write to the contact. Inside the verb's transaction."""
        _check_askable(material, contact, until, by)
        approval: Approval = cls.objects.create(
            material=material, version=material.versions.first(), contact=contact, asked_by=by, message=message,
            asked_at=timezone.now(), expires_at=_end_of(until),
        )  # fmt: skip
        approval.mail("approval_request")
        return approval

    def mail(self, template: str) -> None:
        """A new link to the contact; the ones before it stop working."""
        SignedLink.objects.about(self).revoke(timezone.now())
        _link, token = SignedLink.objects.issue(PURPOSE, self, expires_at=self.expires_at)
        enqueue_mail(
            template, to=self.contact.email, language=self.contact.language, timezone=self.contact.timezone,
            contact_id=self.contact_id, outside=True,
            context={
                "title": self.version.title, "number": self.version.number, "asker": self.asked_by.name,
                "message": self.message, "path": reverse("materials:approval_page", kwargs={"token": token}),
                "program": settings.PROGRAM_NAME, "until": self.expires_at.isoformat(), "contact_id": self.contact_id,
            },
        )  # fmt: skip

    @classmethod
    def by_token(cls, token: str, *, now: datetime) -> tuple["Approval", SignedLink]:
        """The approval of a live link. Raises crp.links.models.LinkGone."""
        link = SignedLink.objects.resolve(PURPOSE, token, now=now)
        found = cls.objects.select_related("version", "contact__customer", "asked_by", "material__customer")
        return found.get(pk=link.subject_id), link

    def can_be_managed_by(self, user: Any) -> bool:
        """Remind, prolong, take back."""
        return self.material.can_be_edited_by(user)

    def can_be_recorded_by(self, user: Any) -> bool:
        """An answer that came by another way; never by the one who asked."""
        return self.can_be_managed_by(user) and user.pk != self.asked_by_id

    def remind(self, *, by: Any = None) -> None:
        """Write again, with a new link. Raises WrongState, Forbidden."""
        self._managed(by)
        with transaction.atomic():
            self.step("remind", reminded_at=timezone.now())
            self.mail("approval_reminder")
            record(Verb.REMINDED, self.material, by=by, contact=self.contact, title=self.version.title)

    def extend(self, *, by: Any, until: date) -> None:
        """Let the link live longer, and write again. Raises Refused."""
        self._managed(by)
        _check_until(until, by)
        with transaction.atomic():
            self.step("extend", expires_at=_end_of(until), reminded_at=timezone.now())
            self.mail("approval_reminder")
            record(
                Verb.EXTENDED,
                self.material,
                by=by,
                contact=self.contact,
                title=self.version.title,
                until=until.isoformat(),
            )

    def withdraw(self, *, by: Any = None) -> None:
        """Stop asking; the material goes back to internal review."""
        self._managed(by)
        with transaction.atomic():
            self._close("withdraw")
            record(Verb.ASK_WITHDRAWN, self.material, by=by, contact=self.contact, title=self.version.title)
            self.material.take_back(by=by)

    def drop(self) -> None:
        """Stop asking because the material itself is withdrawn."""
        self._close("withdraw")

    def lapse(self) -> None:
        """The link ran out unanswered; the material goes back to internal review and whoever asked is told."""
        with transaction.atomic():
            self._close("lapse")
            event = record(Verb.LAPSED, self.material, contact=self.contact, title=self.version.title)
            self.material.take_back(by=None)
            self._tell(Kind.ASK_LAPSED, event)

    def answer(self, decision: str, *, by: Any = None, naming: str = "", comment: str = "", evidence: str = "") -> None:
        """
        The contact's answer: approve, ask_for_changes or decline; `by` when a colleague records it, with `evidence`.

        Approving sets the material's naming to the one chosen and gives the permission. Raises Refused, Forbidden, WrongState.
        """
        self._check_answer(decision, by, naming, comment, evidence)
        with transaction.atomic():
            proof = evidence or self._proof()
            self._close(
                decision, answered_at=timezone.now(), naming=naming if decision == "approve" else "", comment=comment,
                evidence=proof, recorded_by=by,
            )  # fmt: skip
            event = record(
                Verb.ANSWERED, self.material, by=by, contact=self.contact, title=self.version.title, decision=decision,
                number=self.version.number, naming=self.naming, recorded=by is not None,
            )  # fmt: skip
            if decision == "approve":
                self._permit(naming, proof)
            else:
                self.material.come_back(comment)
            self._tell(Kind.CUSTOMER_ANSWERED, event, decision=decision)

    def _permit(self, naming: str, proof: str) -> None:
        until = today() + PERMISSION_LASTS
        ConsentGrant.from_approval(
            self.material, contact=self.contact, version=self.version, naming=naming, until=until, proof=proof
        )
        self.material.approved_by_customer(naming=naming)

    def _check_answer(self, decision: str, by: Any, naming: str, comment: str, evidence: str) -> None:
        if by and not self.can_be_recorded_by(by):
            raise Forbidden(_("Who asked the customer does not record the answer; a colleague does."))
        if decision not in DECISIONS:
            raise Refused(_("Choose one of the answers."), code="invalid", field="decision")
        if decision == "approve" and naming not in Naming.values:
            raise Refused(_("Choose how you may be named."), code="required", field="naming")
        if decision == "ask_for_changes" and not comment.strip():
            raise Refused(_("Say what should change."), code="required", field="comment")
        if by and not evidence.strip():
            raise Refused(
                _("Say where the answer can be found: a mail, a letter, a call and its date."),
                code="required",
                field="evidence",
            )

    def _proof(self) -> str:
        return f"Signed link, {timezone.now():%Y-%m-%d %H:%M} UTC, version {self.version.number}, sha256 {self.version.sha256}"

    def _close(self, verb: str, **changes: Any) -> None:
        """Step, and let no link of it work again."""
        self.step(verb, **changes)
        SignedLink.objects.about(self).revoke(timezone.now())

    def _managed(self, by: Any) -> None:
        if by and not self.can_be_managed_by(by):
            raise Forbidden

    def _tell(self, kind: str, event: Any, **context: Any) -> None:
        facts = {"title": self.version.title, **context}
        notify(
            {self.asked_by, self.material.owner} - {None},
            kind,
            event=event,
            url=self.material.get_absolute_url(),
            context=facts,
        )


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(23, 59)), timezone.get_current_timezone())


def _check_until(until: date, by: Any) -> None:
    if not today(by) < until <= today(by) + LONGEST:
        raise Refused(
            _("The link ends after today, and within three months."), code="until_out_of_range", field="until"
        )


def _check_askable(material: "Material", contact: "Contact", until: date, by: Any) -> None:
    _check_until(until, by)
    if contact.customer_id != material.customer_id:
        raise Refused(
            _("This person is not at the customer the material is about."), code="other_customer", field="contact"
        )
    if not contact.email:
        raise Refused(_("There is no mail address for this person."), code="no_address", field="contact")
    if contact.left_on or not contact.has_consent:
        raise Refused(_("This person left, or has not agreed to hear from us."), code="no_consent", field="contact")
