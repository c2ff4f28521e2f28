"""Words and marks of this floor for templates."""

from datetime import date, timedelta
from typing import Any

import jdatetime
from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from crp.ui import formats, marks
from crp.ui.icons import icon
from crp.ui.marks import esc
from crp.ui.words import WEEKDAYS
from references.countries import country_name
from references.models import Answer, CustomerStatus, NominationState, ReferralState
from references.models.survey import RANGES, SurveyKind
from references.models.taxonomy import industry_name

register = template.Library()
register.filter("country", country_name)
register.filter(industry_name)

STATUS = {
    CustomerStatus.ACTIVE: ("go", "circle-check"),
    CustomerStatus.PAUSED: ("rest", "pause"),
    CustomerStatus.NOMINATED: ("ask", "sprout"),
    CustomerStatus.CANDIDATE: ("quiet", "circle"),
    CustomerStatus.RETIRED: ("quiet", "archive"),
}
NOMINATION = {
    NominationState.SUBMITTED: ("ask", "sprout"),
    NominationState.IN_REVIEW: ("ask", "eye"),
    NominationState.APPROVED: ("go", "circle-check"),
    NominationState.DECLINED: ("quiet", "circle-x"),
}
REFERRAL = {
    ReferralState.MADE: ("ask", "send"),
    ReferralState.IN_TOUCH: ("ask", "phone"),
    ReferralState.LINKED: ("line", "handshake"),
    ReferralState.WON: ("go", "badge-check"),
    ReferralState.LOST: ("quiet", "circle-x"),
    ReferralState.DROPPED: ("quiet", "circle-x"),
}
ANSWERS = {"yes": ("go", "check"), "ask_first": ("ask", "hand"), "no": ("stop", "x")}


@register.filter
def standard_name(name: str) -> str:
    """An activity type's name in the reader's language; an admin's own as he wrote it."""
    return gettext(name) if name else ""


@register.filter
def status_chip(status: str) -> SafeString:
    """A customer's status as a chip."""
    return marks.chip(
        STATUS[CustomerStatus(status)][0], CustomerStatus(status).label, STATUS[CustomerStatus(status)][1]
    )


@register.filter
def nomination_chip(state: str) -> SafeString:
    """A nomination's state as a chip."""
    known = NominationState(state)
    return marks.chip(NOMINATION[known][0], known.label, NOMINATION[known][1])


@register.filter
def referral_chip(state: str) -> SafeString:
    """A referral's state as a chip."""
    known = ReferralState(state)
    return marks.chip(REFERRAL[known][0], known.label, REFERRAL[known][1])


@register.filter
def answer_mark(said: Any) -> SafeString:
    """A cell of the grid: tick, hand or cross, the own limit beside it; words for those who don't see."""
    if not said:
        words = _("Not asked")
        return marks.html(f'<span class="c-will">{icon("minus")}<span class="c-hide">{esc(words)}</span></span>')
    kind, drawn = ANSWERS[said.answer]
    limit = formats.number(said.limit_count) if said.limit_count is not None else ""
    words = str(Answer(said.answer).label)
    title = f' title="{esc(said.conditions)}"' if said.conditions else ""
    return marks.html(
        f'<span class="c-will {kind}"{title}>{icon(drawn)}{esc(limit)}<span class="c-hide">{esc(words)}</span></span>'
    )


@register.filter
def answer_chip(answer: str) -> SafeString:
    """An answer in words."""
    kind, drawn = ANSWERS[answer]
    return marks.chip("quiet" if kind == "stop" else kind, Answer(answer).label, drawn)


@register.filter
def survey_mark(response: Any) -> SafeString:
    """An answer's score as a chip: 9 of 10, promoter."""
    most = RANGES[SurveyKind(response.kind)][1]
    words = _("%(score)s of %(most)s") % {"score": formats.number(response.score), "most": formats.number(most)}
    tint = "stop" if response.is_unhappy else "go" if response.is_promoter or response.score == most else "quiet"
    return marks.chip(tint, words)


ALARMS = {"over": "stop", "limit": "stop", "near": "ask", "resting": "rest", "unasked": "quiet"}


@register.filter
def watch_words(row: Any) -> SafeString:
    """A row of the watch as a chip."""
    return marks.chip(ALARMS.get(row.alarm, "quiet"), row.get_alarm_display())


@register.filter
def stands(availability: str | None, until: date | None = None) -> SafeString:
    """How a customer or a person stands today: icon, words and colour, until when; below a limit, when there is room."""
    if availability != "limit" or not until:
        return marks.availability(availability or "unknown", until=until)
    return marks.html(marks.availability("limit"), f'<span class="c-2">{esc(free_again(until))}</span>')


@register.filter
def free_again(until: date | None) -> str:
    """In words, the first day with room after the last day of a limit."""
    return _("Free again on %(day)s") % {"day": formats.day(until + timedelta(days=1))} if until else ""


ENTRIES = {"ask": "send", "hold": "hourglass", "use": "circle-check", "pause": "moon", "mail": "mail"}


@register.filter
def entry_icon(kind: str) -> SafeString:
    """The mark of a kind of entry in the calendar."""
    return icon(ENTRIES[kind])


@register.filter
def weekday(day: date) -> str:
    """`Mon`, in the reader's language."""
    return WEEKDAYS[formats.language()][day.weekday()]


@register.filter
def day_number(day: date) -> str:
    """The day of the reader's month: Jalali in Persian."""
    number = jdatetime.date.fromgregorian(date=day).day if formats.language() == "fa" else day.day
    return formats.number(number)
