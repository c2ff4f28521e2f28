"""What can happen to customers, the people in them and the ledger of their use."""

from collections.abc import Iterable, Mapping

from django.db import models

from crp.events import register
from crp.events.registry import person_names_from


@register
class Verb(models.TextChoices):
    CUSTOMER_ADDED = "customer.added"
    CUSTOMER_EDITED = "customer.edited"
    CUSTOMER_RETIRED = "customer.retired"
    CUSTOMER_MERGED = "customer.merged"
    CONTACT_ADDED = "contact.added"
    CONTACT_EDITED = "contact.edited"
    CONTACT_LEFT = "contact.left"
    CONTACT_MERGED = "contact.merged"
    CONTACT_ERASED = "contact.erased"
    CONTACT_CONSENT_GRANTED = "contact.consent_granted"
    CONTACT_CONSENT_WITHDRAWN = "contact.consent_withdrawn"
    CONTACT_RELEASED = "contact.released"
    CONTACT_INVITED = "contact.invited"
    CONTACT_DISCLOSED = "contact.disclosed"
    DEPLOYMENT_ADDED = "deployment.added"
    DEPLOYMENT_EDITED = "deployment.edited"
    WILLINGNESS_SAID = "willingness.said"
    NOMINATION_SUBMITTED = "nomination.submitted"
    NOMINATION_EDITED = "nomination.edited"
    NOMINATION_REVIEWED = "nomination.reviewed"
    NOMINATION_APPROVED = "nomination.approved"
    NOMINATION_DECLINED = "nomination.declined"
    PAUSE_STARTED = "pause.started"
    PAUSE_LIFTED = "pause.lifted"
    PAUSE_ENDED = "pause.ended"
    COMPLAINT_OPENED = "complaint.opened"
    COMPLAINT_CLOSED = "complaint.closed"
    SURVEY_RECORDED = "survey.recorded"
    SURVEY_ASKED = "survey.asked"
    SURVEY_CHANGED = "survey.changed"
    SURVEY_IMPORTED = "survey.imported"
    THANKS_SENT = "thanks.sent"
    THANKS_WRITTEN = "thanks.written"
    THANKS_RESET = "thanks.reset"
    THANKS_SWITCHED = "thanks.switched"
    NOTE_WRITTEN = "note.written"
    TASK_ADDED = "task.added"
    TASK_EDITED = "task.edited"
    TASK_HANDED_OVER = "task.handed_over"
    TASK_DONE = "task.done"
    TASK_REOPENED = "task.reopened"
    REFERRAL_MADE = "referral.made"
    REFERRAL_REACHED = "referral.reached"
    REFERRAL_HANDED_OVER = "referral.handed_over"
    REFERRAL_LINKED = "referral.linked"
    REFERRAL_UNLINKED = "referral.unlinked"
    REFERRAL_WON = "referral.won"
    REFERRAL_LOST = "referral.lost"
    REFERRAL_REOPENED = "referral.reopened"
    REFERRAL_DROPPED = "referral.dropped"
    REWARD_GRANTED = "reward.granted"
    REWARD_EARNED = "reward.earned"
    REWARD_REDEEMED = "reward.redeemed"
    REWARD_CORRECTED = "reward.corrected"
    GIFT_POLICY_ADDED = "gift_policy.added"
    GIFT_POLICY_EDITED = "gift_policy.edited"
    GIFT_POLICY_REMOVED = "gift_policy.removed"
    ACTIVITY_LOGGED = "activity.logged"
    HOLD_PLACED = "hold.placed"
    HOLD_RELEASED = "hold.released"
    HOLD_EXPIRED = "hold.expired"
    USAGE_POLICY_EDITED = "usage_policy.edited"
    ACTIVITY_TYPE_ADDED = "activity_type.added"
    ACTIVITY_TYPE_EDITED = "activity_type.edited"
    HEALTH_FELL = "health.fell"
    HEALTH_RECOVERED = "health.recovered"
    HEALTH_RULES_EDITED = "health_rules.edited"
    TAXONOMY_ADDED = "taxonomy.added"
    TAXONOMY_RENAMED = "taxonomy.renamed"

    @classmethod
    def reserved(cls) -> frozenset[str]:
        """Health, satisfaction, complaints, inside notes and tasks, rewards, others' referrals: not for sales reps."""
        inside = ("task.", "referral.", "reward.", "gift_policy.", "health.")
        return frozenset(
            {
                *(verb for verb in cls.values if verb.startswith(inside)),
                cls.COMPLAINT_OPENED,
                cls.COMPLAINT_CLOSED,
                cls.SURVEY_RECORDED,
                cls.SURVEY_ASKED,
                cls.SURVEY_CHANGED,
                cls.SURVEY_IMPORTED,
                cls.NOTE_WRITTEN,
            }
        )

    @classmethod
    def glyphs(cls) -> dict[str, tuple[str, str]]:
        """Icon and tint beside the sentence."""
        return {
            cls.CUSTOMER_ADDED: ("building-2", ""),
            cls.CUSTOMER_EDITED: ("pencil", ""),
            cls.CUSTOMER_RETIRED: ("archive", ""),
            cls.CUSTOMER_MERGED: ("copy", ""),
            cls.CONTACT_MERGED: ("copy", ""),
            cls.CONTACT_ADDED: ("user-plus", "go"),
            cls.CONTACT_EDITED: ("pencil", ""),
            cls.CONTACT_LEFT: ("user-x", ""),
            cls.CONTACT_ERASED: ("trash-2", ""),
            cls.CONTACT_CONSENT_GRANTED: ("shield-check", "go"),
            cls.CONTACT_CONSENT_WITHDRAWN: ("ban", "stop"),
            cls.CONTACT_RELEASED: ("lock-open", "accent"),
            cls.CONTACT_INVITED: ("send", "accent"),
            cls.CONTACT_DISCLOSED: ("download", ""),
            cls.DEPLOYMENT_ADDED: ("package", ""),
            cls.DEPLOYMENT_EDITED: ("package", ""),
            cls.WILLINGNESS_SAID: ("hand", "accent"),
            cls.NOMINATION_SUBMITTED: ("sprout", "accent"),
            cls.NOMINATION_EDITED: ("pencil", ""),
            cls.NOMINATION_REVIEWED: ("eye", ""),
            cls.NOMINATION_APPROVED: ("badge-check", "go"),
            cls.NOMINATION_DECLINED: ("circle-x", ""),
            cls.PAUSE_STARTED: ("moon", "rest"),
            cls.PAUSE_LIFTED: ("sun", "rest"),
            cls.PAUSE_ENDED: ("sun", "rest"),
            cls.COMPLAINT_OPENED: ("circle-alert", "stop"),
            cls.COMPLAINT_CLOSED: ("circle-check", "go"),
            cls.SURVEY_RECORDED: ("smile", "go"),
            cls.SURVEY_ASKED: ("send", ""),
            cls.SURVEY_CHANGED: ("smile", ""),
            cls.SURVEY_IMPORTED: ("upload", ""),
            cls.THANKS_SENT: ("gift", ""),
            cls.THANKS_WRITTEN: ("pencil", ""),
            cls.THANKS_RESET: ("pencil", ""),
            cls.THANKS_SWITCHED: ("sliders-horizontal", ""),
            cls.NOTE_WRITTEN: ("message-square", ""),
            cls.TASK_ADDED: ("list-checks", ""),
            cls.TASK_EDITED: ("pencil", ""),
            cls.TASK_HANDED_OVER: ("list-checks", ""),
            cls.TASK_DONE: ("circle-check", "go"),
            cls.TASK_REOPENED: ("list-checks", "ask"),
            cls.REFERRAL_MADE: ("send", "accent"),
            cls.REFERRAL_REACHED: ("phone", ""),
            cls.REFERRAL_HANDED_OVER: ("user-plus", ""),
            cls.REFERRAL_LINKED: ("handshake", "accent"),
            cls.REFERRAL_UNLINKED: ("handshake", ""),
            cls.REFERRAL_WON: ("badge-check", "go"),
            cls.REFERRAL_LOST: ("circle-x", ""),
            cls.REFERRAL_REOPENED: ("handshake", ""),
            cls.REFERRAL_DROPPED: ("circle-x", ""),
            cls.REWARD_GRANTED: ("gift", "go"),
            cls.REWARD_EARNED: ("star", "go"),
            cls.REWARD_REDEEMED: ("gift", ""),
            cls.REWARD_CORRECTED: ("pencil", ""),
            cls.GIFT_POLICY_ADDED: ("sliders-horizontal", ""),
            cls.GIFT_POLICY_EDITED: ("sliders-horizontal", ""),
            cls.GIFT_POLICY_REMOVED: ("sliders-horizontal", ""),
            cls.ACTIVITY_LOGGED: ("gift", "go"),
            cls.HOLD_PLACED: ("hourglass", ""),
            cls.HOLD_RELEASED: ("hourglass", ""),
            cls.HOLD_EXPIRED: ("hourglass", ""),
            cls.HEALTH_FELL: ("heart-pulse", "stop"),
            cls.HEALTH_RECOVERED: ("heart-pulse", "go"),
            cls.HEALTH_RULES_EDITED: ("sliders-horizontal", ""),
            cls.USAGE_POLICY_EDITED: ("sliders-horizontal", ""),
            cls.ACTIVITY_TYPE_ADDED: ("sliders-horizontal", ""),
            cls.ACTIVITY_TYPE_EDITED: ("sliders-horizontal", ""),
        }


@person_names_from
def contact_names(ids: Iterable[int]) -> Mapping[int, str]:
    """Names by contact id; an erased person is missing. One query."""
    from references.models import Contact

    return dict(Contact.objects.filter(pk__in=ids, erased_at=None).values_list("pk", "name"))
