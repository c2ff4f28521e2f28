"""Small marks that repeat in rows: faces, chips, bars, gauges. Each builds its HTML as a string, escaped by piece.

They are functions and not includes because a list of fifty rows draws hundreds of them.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi, ngettext, pgettext
from django.utils.translation import gettext as _

from crp.ui import formats
from crp.ui.icons import icon

TINTS = 6

# The kind and the icon of each state.
AVAILABILITY = {
    "free": ("go", "circle-check"),
    "ask": ("ask", "hand"),
    "resting": ("rest", "moon"),
    "paused": ("rest", "pause"),
    "limit": ("stop", "ban"),
    "barred": ("stop", "ban"),
    "unknown": ("quiet", "minus"),
}
NOTE_ICONS = {"stop": "ban", "ask": "hand", "rest": "moon", "quiet": "info", "go": "circle-check"}
SEVERITIES = {"blocker": "stop", "approval": "ask", "warning": "ask"}
PIPS = 12


def esc(text: Any) -> SafeString:
    """Django's conditional_escape without its support for lazy results, which costs more than the escaping itself."""
    return mark_safe(text.__html__() if hasattr(text, "__html__") else escape(str(text)))


def html(*pieces: str) -> SafeString:
    """Join pieces that are already escaped or ours."""
    return mark_safe("".join(pieces))


def face(
    subject: Any = None, *, name: str = "", id: Any = None, kind: str = "", size: str = "", label: bool = False
) -> SafeString:
    """A round (person), square (company) or dashed (nobody) face. `label` speaks a name that stands nowhere else."""
    name = str(name or getattr(subject, "name", "") or "")
    key = id if id is not None else getattr(subject, "pk", None)
    kind = kind or getattr(subject, "face_kind", "person" if name else "nobody")
    return _face(name, hash_of(key if key is not None else name), kind, size, bool(label))


def hash_of(key: Any) -> int:
    """A tint number that stays the same across processes."""
    return (key if isinstance(key, int) else sum(str(key).encode())) % TINTS


@lru_cache(maxsize=4096)
def _face(name: str, tint: int, kind: str, size: str, label: bool) -> SafeString:
    shape = {"company": " c-face-co", "nobody": " c-face-none"}.get(kind, "")
    tinted = "" if kind == "nobody" else f" f{tint}"
    sized = f" c-face-{size}" if size else ""
    spoken = f' role="img" aria-label="{esc(name)}" title="{esc(name)}"' if label and name else ' aria-hidden="true"'
    letters = icon("user-plus") if kind == "nobody" else esc(formats.initials(name))
    return html(f'<span class="c-face{shape}{tinted}{sized}"{spoken}>{letters}</span>')


def chip(kind: str, text: Any, icon_name: str = "") -> SafeString:
    """A state or a fact; `kind` is go, ask, rest, stop, quiet or line."""
    return html(f'<span class="c-chip {esc(kind)}">', icon(icon_name) if icon_name else "", esc(text), "</span>")


def availability(state: str, text: Any = "", until: date | None = None) -> SafeString:
    """Icon, words and colour together. `state` is a key of AVAILABILITY; without `text` the house's own words."""
    kind, icon_name = AVAILABILITY.get(state, AVAILABILITY["unknown"])
    words = text or _availability_words(state, until)
    return html(f'<span class="c-avail {kind}">', icon(icon_name), f"<span>{esc(words)}</span></span>")


def _availability_words(state: str, until: date | None) -> str:
    if until and state == "resting":
        return _("Resting until %(day)s") % {"day": formats.day(until)}
    if until and state == "limit":
        return _("At limit until %(day)s") % {"day": formats.day(until)}
    if until and state == "paused":
        return _("Paused until %(day)s") % {"day": formats.day(until)}
    return {
        "free": _("Free to ask"),
        "ask": _("Ask the owner first"),
        "resting": _("Resting"),
        "paused": _("Paused"),
        "limit": _("At limit"),
        "barred": _("Not to be asked"),
    }.get(state, _("Not known yet"))


def note(kind: str, what: Any, why: Any = "", icon_name: str = "") -> SafeString:
    """A problem: bold what, then why or until when. `kind` may be a Problem's severity."""
    kind = SEVERITIES.get(kind, kind)
    rest = f" <span>{esc(why)}</span>" if why else ""
    comma = pgettext("between what and why of a problem", ",") if why else ""
    drawn = icon(icon_name or NOTE_ICONS.get(kind, "info"))
    return html(
        f'<p class="c-note {esc(kind)}">', drawn, f"<span><strong>{esc(what)}{esc(comma)}</strong>{rest}</span></p>"
    )


def score(total: Any, parts: Iterable[Any] = ()) -> SafeString:
    """`88 of 100` over a bar with a slot per part, as wide as its weight and filled as far as earned."""
    figure = formats.number(total, 0) if total is not None else "–"
    of_hundred = _("of %(top)s") % {"top": formats.number(100)}
    return html(
        f'<div class="c-score"><b>{figure}</b> <span>{esc(of_hundred)}</span>', score_bar(parts, total), "</div>"
    )


def score_bar(parts: Iterable[Any], total: Any = None) -> SafeString:
    """The bar alone; parts are mappings or objects with `points` and `of`."""
    pairs = [(float(value(part, "points") or 0), float(value(part, "of") or 0)) for part in parts]
    weights = sum(of for _points, of in pairs)
    if not weights:
        return html()
    points = formats.number(round(sum(earned for earned, _of in pairs)) if total is None else total, 0)
    spoken = _("%(points)s of %(top)s points") % {"points": points, "top": formats.number(round(weights))}
    slots = _slots(tuple(pairs), weights)
    return html(f'<svg class="c-slots" viewBox="0 0 140 7" role="img" aria-label="{esc(spoken)}">', slots, "</svg>")


def value(part: Any, name: str) -> Any:
    """A part's field, whether it is a mapping or an object."""
    return part.get(name) if isinstance(part, Mapping) else getattr(part, name, None)


@lru_cache(maxsize=2048)
def _slots(pairs: tuple[tuple[float, float], ...], weights: float) -> str:
    gap, left, drawn = 2.0, 0.0, []
    room = 140 - gap * (len(pairs) - 1)
    for points, of in pairs:
        width = room * of / weights
        earned = width * min(points / of, 1) if of else 0
        drawn.append(f'<path class="t" d="M{left:.1f} 0h{width:.1f}v7h-{width:.1f}z"/>')
        if earned:
            drawn.append(f'<path class="v" d="M{left:.1f} 0h{earned:.1f}v7h-{earned:.1f}z"/>')
        left += width + gap
    return "".join(drawn)


def bar(amount: Any, of: Any, label: Any, kind: str = "") -> SafeString:
    """A plain bar, `amount` of `of`; `label` is the full sentence it stands for."""
    top = float(of or 0)
    share = max(0.0, min(float(amount or 0) / top, 1.0)) * 100 if top else 0
    return html(
        f'<svg class="c-bar {esc(kind)}" viewBox="0 0 100 4" preserveAspectRatio="none" role="img" '
        f'aria-label="{esc(label)}"><path class="t" d="M0 0h100v4H0z"/>'
        f'<path class="v" d="M0 0h{share:.1f}v4H0z"/></svg>'
    )


def level(amount: Any, of: Any) -> SafeString:
    """A small bar to the nearest twentieth, for rows whose words say the rest; unseen by screen readers."""
    top = float(of or 0)
    share = round(max(0.0, min(float(amount or 0) / top, 1.0)) * 20) * 5 if top else 0
    return html(f'<i class="c-level p{share}" aria-hidden="true"></i>')


def gauge(
    used: int, held: int = 0, this: int = 0, limit: int = 0, label: Any = "", hide_words: bool = False
) -> SafeString:
    """
    Effort in countable pips: solid used, hatched held, outlined this ask, red when full. Above 12 a bar.

    `label` replaces the words beside it.
    """
    used, held, this, limit = int(used or 0), int(held or 0), int(this or 0), int(limit or 0)
    spoken = _gauge_sentence(used, held, this, limit)
    words = label or _gauge_words(used + held, this, limit)
    full = used + held >= limit
    drawn = (
        bar(used + held, limit, spoken, "stop" if full else "ink")
        if max(limit, used + held) > PIPS
        else _pips(used, held, this, limit, spoken)
    )
    beside = "" if hide_words else f' <span class="c-gauge-w">{esc(words)}</span>'
    return html('<span class="c-gauge">', drawn, beside, "</span>")


def _gauge_words(taken: int, this: int, limit: int) -> str:
    facts = {"taken": formats.number(taken), "limit": formats.number(limit), "more": formats.number(this)}
    if this:
        return _("%(taken)s of %(limit)s, adds %(more)s") % facts
    return _("%(taken)s of %(limit)s") % facts


def _gauge_sentence(used: int, held: int, this: int, limit: int) -> str:
    facts = {name: formats.number(n) for name, n in {"used": used, "held": held, "this": this, "limit": limit}.items()}
    if this:
        return _("%(used)s used and %(held)s held of %(limit)s; this ask adds %(this)s.") % facts
    return _("%(used)s used and %(held)s held of %(limit)s.") % facts


@lru_cache(maxsize=1024)
def _pips(used: int, held: int, this: int, limit: int, spoken: str) -> str:
    free = max(limit - used - held - this, 0)
    pips = '<i class="u"></i>' * used + '<i class="h"></i>' * held + '<i class="n"></i>' * this + "<i></i>" * free
    full = " full" if used + held >= limit else ""
    return f'<span class="c-pips{full}" role="img" aria-label="{esc(spoken)}">{pips}</span>'


def stages(current: int, label: Any, waiting: Any = "", of: int = 5) -> SafeString:
    """Five short bars, the stage's name below; `current` counts from 1, 0 is not started, more than `of` done."""
    bars = "".join(f"<i{_stage_class(number, current)}></i>" for number in range(1, of + 1))
    more = f'<span class="c-2">{esc(waiting)}</span>' if waiting else ""
    return html(f'<span class="c-stages"><span aria-hidden="true">{bars}</span>{esc(label)}</span>{more}')


def _stage_class(number: int, current: int) -> str:
    return ' class="d"' if number < current else ' class="w"' if number == current else ""


def urgency(due: date | datetime | None, today: date | None = None, done: bool = False) -> SafeString:
    """The date, and below it how near: amber within 72 h, red only when over, else grey."""
    if not due:
        return html()
    today = today or timezone.localdate()
    on = timezone.localtime(due).date() if isinstance(due, datetime) else due
    left = (on - today).days
    when = f'<time datetime="{on.isoformat()}">{formats.day(on, today)}</time>'
    return html(f'<span class="c-when">{when}{"" if done else _nearness(left)}</span>')


def _nearness(left: int) -> str:
    kind, drawn = ("stop", "circle-alert") if left < 0 else ("ask", "clock") if left <= 3 else ("", "calendar")
    return (
        f'<span class="c-near {kind}">{icon("clock-alert" if left in (0, 1) else drawn)}{esc(_near_words(left))}</span>'
    )


def _near_words(left: int) -> str:
    if left < 0:
        return ngettext("%(n)s day over", "%(n)s days over", -left) % {"n": formats.number(-left)}
    if left > 1:
        return ngettext("in %(n)s day", "in %(n)s days", left) % {"n": formats.number(left)}
    return _("today") if left == 0 else _("tomorrow")


def ago_time(value: date | datetime | None) -> SafeString:
    """Relative words in a <time> whose title holds the absolute moment."""
    if not value:
        return html()
    full = formats.moment(value) if isinstance(value, datetime) else formats.day_year(value)
    return html(f'<time datetime="{value.isoformat()}" title="{esc(full)}">{esc(formats.ago(value))}</time>')


def sparkline(values: Iterable[Any], label: Any) -> SafeString:
    """A small line over time, the last point marked; None leaves a gap out. `label` says what it shows."""
    known = [float(v) for v in values if v is not None]
    if not known:
        return html()
    low, high = min(known), max(known)
    step, span = 100 / max(len(known) - 1, 1), (high - low) or 1
    points = [(round(n * step, 1), round(21 - 18 * (v - low) / span, 1)) for n, v in enumerate(known)]
    line = " ".join(f"{x},{y}" for x, y in points)
    x, y = points[-1]
    return html(
        f'<svg class="c-spark" viewBox="-3 0 106 24" role="img" aria-label="{esc(label)}">'
        f'<polyline points="{line}"/><circle cx="{x}" cy="{y}" r="2.5"/></svg>'
    )


def interval(rate: Any, low: Any, high: Any, label: Any, kind: str = "") -> SafeString:
    """A rate (0..1) as a dot on its 95% band, its ends named, on a scale of 0 to 100 with quarter ticks."""
    if rate is None or low is None or high is None:
        return html()
    at, start, end = (_across(x) for x in (rate, low, high))
    lowest, highest = sorted((start, end))
    ticks = "".join(f"M{x} 5v6" for x in (4, 54, 104, 154, 204))
    return html(
        f'<svg class="c-band {esc(kind)}" viewBox="0 0 208 16" role="img" aria-label="{esc(label)}">'
        f'<path class="a" d="M4 8h200{ticks}"/><path class="b" d="M{lowest} 8h{max(highest - lowest, 0.1):.1f}"/>'
        f'<circle cx="{at}" cy="8" r="3.6"/>'
        f"{_band_end(lowest - 5, 'end', low, high)}{_band_end(highest + 5, 'start', high, low)}</svg>"
    )


def _across(share: Any) -> float:
    """Where a share lies on the scale, which runs with the text."""
    far = round(float(Decimal(str(share))) * 200, 1)
    return round(204 - far if get_language_bidi() else 4 + far, 1)


def _band_end(x: float, anchor: str, ltr: Any, rtl: Any) -> str:
    share = rtl if get_language_bidi() else ltr
    if get_language_bidi():  # in text that runs the other way, "start" is where "end" was
        anchor = {"start": "end", "end": "start"}[anchor]
    words = formats.number(round(float(share) * 100))
    if round(float(share), 2) in (0, 1):  # the scale says it there, and there is no room beside it
        return ""
    return f'<text x="{x:.1f}" y="10.6" text-anchor="{anchor}">{words}</text>'
