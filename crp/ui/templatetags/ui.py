"""
Our template tags and filters: `{% load ui %}`. Every state of each is drawn in the gallery at /ui/.

Marks in rows (strings, cheap; see crp.ui.marks)
    {% icon "phone" %}                                      a Lucide name; decoration, words beside it
    {% face person %} {% face customer kind="company" %} {% face kind="nobody" %}
        name= id= size="s|l|xl" label=True (when no name stands beside it)
    {% chip "go" _("Active reference") "circle-check" %}    go ask rest stop quiet line
    {% availability "free" %} "ask" "resting" "paused" "limit" "barred"; text= until=date
    {% note "blocker" what why %}                           a severity of problems(), or go ask rest stop quiet; icon=
    {% score match.score match.reasons %} {% score_bar reasons %} {% score_parts reasons %}
        reasons: mappings or objects {criterion, points, of, text}
    {% gauge used held this limit %} label= words=False     {% gauge_legend %}
    {% stages 3 _("Asking") waiting="…" %}                  1 to 5; 0 not started, 6 done
    {% urgency request.need_by %} done=True                 the date, and how near
    {% bar amount of label kind %} {% level amount of %} {% sparkline values label %} {% interval rate low high label %}
    {% figure_link "€7.5 m" url size="hero|big" %}          every number that opens its rows
    {% trend 4 _("4 points") good=True %}                   arrow + words; 0 says same
    {% heat 1 3 url %}                                      a coverage cell: supply for demand

Lists (see crp.ui.lists; the view hands over Tab and Page objects)
    {% tabs tabs param="view" label=_("Requests") %}        links with counts, aria-current
    {% segmented choices current param="as" label=… %}      [(value, label)]: the form of the same set
    {% filter_menu _("Region") "country" choices icon="globe" %}   a pill that opens a list of links; multiple=True
    {% filter_pill "Gulf" "region" "globe" %}               a set filter with ×
    {% sort_header "need_by" _("Needed by") css="…" %}      a <th> with aria-sort
    {% more page %}                                         "9 of 23 shown", "Show 14 more"
    {% querystring_with sort="name" after=None %}           the rest of the address kept

Page pieces
    {% toasts %} {% once %} {% empty "sprout" why known url label %} {% progress done total label poll_url %}
    {% confirm_link url label icon=… css=… %}               a link to its confirm page; a dialog with JavaScript
    {% language_switch %} {% theme_switch %} {% side_nav %} {% tab_nav %}

Filters
    amount|money:currency  amount|money_short:currency  n|number  n|number:1  ratio|percent  ratio|percent:1
    d|day (Thu 17 Dec)  d|day_year (17 Dec 2026)  d|month  dt|moment (Wed 16 Dec, 14:00)  dt|clock  dt|ago  dt|ago_time
    value|bdi (ids, mail addresses, product names)  name|initials  text|localise
"""

import uuid
from typing import Any

from django import template
from django.contrib.messages import get_messages
from django.template import Context
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crp.ui import formats, frame, lists, marks, navigation, words
from crp.ui.icons import icon
from crp.ui.marks import esc, html

register = template.Library()

register.simple_tag(icon, name="icon")
register.simple_tag(marks.face, name="face")
register.simple_tag(marks.score, name="score")
register.simple_tag(marks.score_bar, name="score_bar")
register.simple_tag(marks.bar, name="bar")
register.simple_tag(marks.level, name="level")
register.simple_tag(marks.stages, name="stages")
register.simple_tag(marks.urgency, name="urgency")
register.simple_tag(marks.sparkline, name="sparkline")
register.simple_tag(marks.interval, name="interval")
register.simple_tag(marks.availability, name="availability")
register.simple_tag(frame.head, name="head", takes_context=True)
register.simple_tag(frame.user_menu, name="user_menu", takes_context=True)
register.simple_tag(frame.top_line, name="top_line", takes_context=True)
register.simple_tag(navigation.side, name="side_nav", takes_context=True)
register.simple_tag(navigation.bottom, name="tab_nav", takes_context=True)

register.filter("number", formats.number)
register.filter("bounded", navigation.bounded)
register.filter("percent", formats.percent)
register.filter("month", formats.month)
register.filter("clock", formats.clock)
register.filter("initials", formats.initials)
register.filter("language_name", formats.language_name)
register.filter("day_year", formats.day_year)
register.filter("localise", lambda text: formats.localise(str(text)))
register.filter("money", lambda amount, currency="": formats.money(amount, currency))
register.filter("money_short", lambda amount, currency="": formats.money(amount, currency, short=True))
register.filter("day", lambda value: formats.day(value))
register.filter("moment", lambda value: formats.moment(value))
register.filter("ago", lambda value: formats.ago(value))
register.filter("ago_time", marks.ago_time)


@register.filter
def bdi(value: Any, kind: str = "") -> SafeString:
    """
    Hold an id, an address or a product name together in text of the other direction.

    "title" may wrap anywhere; "ltr" is for telephone numbers, which have no letter to tell their direction by.
    """
    opened = {"title": '<bdi class="c-title">', "ltr": '<bdi dir="ltr">'}.get(kind, "<bdi>")
    return html(f"{opened}{esc(value)}</bdi>") if value not in (None, "") else html()


@register.simple_tag
def chip(kind: str, text: Any, icon: str = "") -> SafeString:
    """See marks.chip."""
    return marks.chip(kind, text, icon)


@register.simple_tag
def note(kind: str, what: Any, why: Any = "", icon: str = "") -> SafeString:
    """See marks.note."""
    return marks.note(kind, what, why, icon)


@register.simple_tag
def gauge(used: int, held: int = 0, this: int = 0, limit: int = 0, label: Any = "", words: bool = True) -> SafeString:
    """See marks.gauge."""
    return marks.gauge(used, held, this, limit, label, hide_words=not words)


@register.inclusion_tag("components/_gauge_legend.html")
def gauge_legend(this: bool = True) -> dict[str, Any]:
    """The three kinds of pip, named."""
    return {"this": this}


@register.inclusion_tag("components/_score_parts.html")
def score_parts(parts: Any) -> dict[str, Any]:
    """Name, small bar, "8 of 10" and one sentence for each part."""
    return {
        "parts": [
            {name: marks.value(part, name) for name in ("criterion", "label", "points", "of", "text")} for part in parts
        ]
    }


@register.simple_tag
def figure_link(text: Any, url: str, size: str = "") -> SafeString:
    """A number that opens its rows."""
    return html(f'<a class="c-figure {esc(size)}" href="{esc(url)}">{esc(text)}</a>')


@register.simple_tag
def trend(change: Any, words: Any, good: bool | None = None) -> SafeString:
    """How a figure moved; `good` colours it, None leaves it grey."""
    direction = 0 if not change else 1 if float(change) > 0 else -1
    kind = "" if good is None or not direction else "go" if good else "ask"
    drawn = icon({1: "arrow-up", -1: "arrow-down", 0: "minus"}[direction])
    return html(f'<span class="c-trend {kind}">', drawn, f"{esc(words)}</span>")


@register.simple_tag
def heat(supply: int | None, demand: int | None, url: str = "") -> SafeString:
    """A cell of the coverage table: short, thin, just enough, enough; with the words for it."""
    if not supply and not demand:
        none = _("Nothing asked for")
        return html(f'<td class="c-heat none"><span class="c-hide">{esc(none)}</span></td>')
    supply, demand = supply or 0, demand or 0
    level = 3 if supply >= demand * 1.5 else 2 if supply >= demand else 1 if supply * 2 >= demand else 0
    word = (_("short"), _("thin"), _("just enough"), _("enough"))[level]
    mark = icon(("circle-alert", "triangle-alert")[level]) if level < 2 else ""
    for_demand = _("for %(n)s") % {"n": formats.number(demand)}
    words = f'{mark}<b>{formats.number(supply)}</b> {esc(for_demand)}<span class="c-hide">, {esc(word)}</span>'
    inner = f'<a href="{esc(url)}">{words}</a>' if url else f"<span>{words}</span>"
    return html(f'<td class="c-heat h{level}">{inner}</td>')


@register.simple_tag(takes_context=True)
def querystring_with(context: Context, **changes: Any) -> str:
    """The present query string with some parameters set; None takes one out. Paging starts anew."""
    return lists.address(context["request"], changes)


@register.simple_tag(takes_context=True)
def tabs(context: Context, items: Any, param: str = "view", label: Any = "") -> SafeString:
    """Links to the sets of a list, the present one marked."""
    request = context["request"]
    chosen = request.GET.get(param, "")
    known = {str(tab.key) for tab in items}
    drawn = [_tab(request, tab, param, str(tab.key) == (chosen if chosen in known else _first(items))) for tab in items]
    label = label or _("Views")
    return html(f'<nav class="c-tabs" aria-label="{esc(label)}">', *drawn, "</nav>")


def _first(items: Any) -> str:
    return "" if any(not tab.key for tab in items) else str(items[0].key)


def _tab(request: Any, tab: lists.Tab, param: str, current: bool) -> str:
    url = tab.url or lists.address(request, {param: tab.key})
    count = f"<b>{formats.number(tab.count)}</b>" if tab.count is not None else ""
    here = ' aria-current="page"' if current else ""
    return f'<a href="{esc(url)}"{here}>{esc(tab.label)}{count}</a>'


@register.simple_tag(takes_context=True)
def segmented(context: Context, choices: Any, current: Any = None, param: str = "as", label: Any = "") -> SafeString:
    """A small choice among forms of the same set, as links that keep the rest of the address."""
    request = context["request"]
    chosen = str(current if current is not None else request.GET.get(param, ""))
    parts = [
        f'<a href="{esc(lists.address(request, {param: value}))}"{_here(str(value) == chosen)}>{esc(words)}</a>'
        for value, words in choices
    ]
    label = label or _("Show as")
    return html(f'<nav class="c-segments" aria-label="{esc(label)}">', *parts, "</nav>")


def _here(current: bool) -> str:
    return ' aria-current="true"' if current else ""


@register.inclusion_tag("components/_filter_menu.html", takes_context=True)
def filter_menu(
    context: Context, label: Any, param: str, choices: Any, icon: str = "", multiple: bool = False
) -> dict[str, Any]:
    """A pill that opens a list of links; when set it shows the choice and a ×. `choices` are (value, label) pairs."""
    request = context["request"]
    chosen = [value for value in request.GET.getlist(param) if value]
    options = [
        _option(request, param, str(value), words, chosen, multiple)
        for value, words in choices
        if value not in ("", None)
    ]
    set_words = [option["label"] for option in options if option["current"]]
    return {
        "label": label, "icon": icon, "options": options, "set_words": set_words,
        "clear": lists.address(request, {param: None}),
    }  # fmt: skip


def _option(request: Any, param: str, value: str, words: Any, chosen: list[str], multiple: bool) -> dict[str, Any]:
    current = value in chosen
    if multiple:
        wanted: Any = [each for each in chosen if each != value] if current else [*chosen, value]
    else:
        wanted = value
    return {"label": words, "current": current, "url": lists.address(request, {param: wanted})}


@register.simple_tag(takes_context=True)
def filter_pill(context: Context, words: Any, param: str, icon_name: str = "") -> SafeString:
    """A filter that is set, with the × that takes it off."""
    url = lists.address(context["request"], {param: None})
    off = _("Take off the filter %(name)s") % {"name": words}
    drawn = icon(icon_name) if icon_name else ""
    return html(
        f'<a class="c-pill on" href="{esc(url)}" aria-label="{esc(off)}">', drawn, esc(words), icon("x"), "</a>"
    )


@register.simple_tag(takes_context=True)
def sort_header(context: Context, key: str, words: Any, css: str = "") -> SafeString:
    """A column head that sorts by `key`, and the other way round when pressed again."""
    request = context["request"]
    chosen = request.GET.get("sort", context.get("sort", ""))
    state = {key: "ascending", f"-{key}": "descending"}.get(chosen, "")
    url = lists.address(request, {"sort": f"-{key}" if state == "ascending" else key})
    drawn = icon({"ascending": "arrow-up", "descending": "arrow-down"}[state]) if state else ""
    sorted_ = f' aria-sort="{state}"' if state else ""
    return html(f'<th scope="col" class="{esc(css)}"{sorted_}><a href="{esc(url)}">{esc(words)}{drawn}</a></th>')


@register.simple_tag(takes_context=True)
def more(context: Context, page: lists.Page[Any]) -> SafeString:
    """How much of the list is shown, and the way to the rest."""
    first = lists.address(context["request"])
    start, pages = _("Back to the start"), _("Pages")
    back = "" if page.is_first else f'<a class="c-link" href="{esc(first)}">{esc(start)}</a>'
    onward = ""
    if page.next:
        url = lists.address(context["request"], {lists.CURSOR: page.next})
        onward = f'<a class="c-link" rel="next" href="{esc(url)}">{esc(_more_words(page))}</a>'
    if not (page.sentence or back or onward):
        return html()
    shown = page.sentence or (page.rows and _shown_words(page)) or ""
    return html(f'<nav class="c-more" aria-label="{esc(pages)}"><span>{esc(shown)}</span>{back}{onward}</nav>')


def _shown_words(page: lists.Page[Any]) -> str:
    return _("%(first)s to %(last)s") % {
        "first": formats.number(page.start + 1),
        "last": formats.number(page.start + len(page.rows)),
    }


def _more_words(page: lists.Page[Any]) -> str:
    left = min(page.remaining or page.size, page.size)
    return ngettext("Show %(n)s more", "Show %(n)s more", left) % {"n": formats.number(left)}


@register.inclusion_tag("components/_empty.html")
def empty(icon: str, why: Any, known: Any = "", url: str = "", label: Any = "") -> dict[str, Any]:
    """Why there is nothing, what is known, and one way on."""
    return {"icon": icon, "why": why, "known": known, "url": url, "label": label}


@register.inclusion_tag("components/_progress.html")
def progress(done: int, total: int, label: Any, poll_url: str = "") -> dict[str, Any]:
    """A long job's row; with `poll_url` it asks again every two seconds until the answer has none."""
    return {"done": done, "total": total, "label": label, "poll_url": poll_url}


@register.simple_tag
def confirm_link(url: str, label: Any, icon: str = "", css: str = "c-button danger") -> SafeString:
    """A link to a confirm page, opened as a dialog where there is JavaScript."""
    drawn = _draw(icon) if icon else ""
    return html(f'<a class="{esc(css)}" href="{esc(url)}" data-dialog>', drawn, esc(label), "</a>")


_draw = icon


@register.simple_tag
def idempotency() -> SafeString:
    """The hidden key that makes a double post one row."""
    return html(f'<input type="hidden" name="once" value="{uuid.uuid4()}">')


register.simple_tag(idempotency, name="once")


@register.simple_tag(takes_context=True)
def toasts(context: Context, oob: bool = False) -> SafeString:
    """The live region with Django's messages; a message tagged "undo:URL" gets an Undo button that posts there."""
    request = context.get("request")
    found = [_toast(message) for message in get_messages(request)] if request else []
    if not found and not oob:
        return NO_TOASTS
    facts = {"toasts": found, "oob": oob, "csrf_token": context.get("csrf_token")}
    return html(render_to_string("components/_toasts.html", facts))


NO_TOASTS = html('<div class="c-toasts" id="toasts" role="status" aria-live="polite"></div>')


def _toast(message: Any) -> dict[str, Any]:
    undo = next((tag[5:] for tag in (message.extra_tags or "").split() if tag.startswith("undo:/")), "")
    return {"text": message.message, "kind": message.level_tag, "undo": undo}


@register.inclusion_tag("components/_language_switch.html", takes_context=True)
def language_switch(context: Context) -> dict[str, Any]:
    """The three languages, each in its own name, as buttons that post."""
    return _switch(context, "ui:language")


@register.inclusion_tag("components/_theme_switch.html", takes_context=True)
def theme_switch(context: Context) -> dict[str, Any]:
    """Light, dark, or as the device has it."""
    return _switch(context, "ui:theme") | {
        "theme": context["theme"] if "theme" in context else context["shell"].browser_theme
    }


def _switch(context: Context, name: str) -> dict[str, Any]:
    request = context.get("request")
    try:
        action = reverse(name)
    except NoReverseMatch:
        action = ""
    return {
        "action": action,
        "next": request.get_full_path() if request and request.method == "GET" else "",
        "language": formats.language(),
        "languages": words.LANGUAGES,
        "csrf_token": context.get("csrf_token"),
    }
