"""A message as a mail: subject, text and HTML in the reader's language and time zone."""

import zoneinfo
from collections.abc import Callable
from functools import cache
from html import unescape
from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.html import strip_tags

from crp.outbox.consent import choices_of
from crp.outbox.models import Message

Facts = dict[str, Any]
_fillers: dict[str, Callable[[Facts], Facts]] = {}


def filled_by(template: str) -> Callable[[Callable[[Facts], Facts]], Callable[[Facts], Facts]]:
    """Decorator: `fill(context)` looks up, when the mail leaves, what must not be stored, such as a contact's name."""

    def keep(fill: Callable[[Facts], Facts]) -> Callable[[Facts], Facts]:
        _fillers[template] = fill
        return fill

    return keep


def as_mail(message: Message) -> EmailMultiAlternatives:
    """The mail, not sent. Raises what a broken template, time zone or header raises."""
    with translation.override(message.language), timezone.override(zoneinfo.ZoneInfo(message.timezone)):
        facts = context_of(message)
        subject, text, page = (f"emails/{message.template}.{end}" for end in ("subject.txt", "txt", "html"))
        mail = EmailMultiAlternatives(
            subject=" ".join(plain(subject, facts).split()),
            body=plain(text, facts).strip() + "\n",
            to=[message.to],
            headers={"Message-ID": message.header_id, "Auto-Submitted": "auto-generated"},
        )
        mail.attach_alternative(inliner().inline(get_template(page).render(facts)), "text/html")
        if facts["choices"]:
            # RFC 8058: mail programs show their own button; it posts, and so do we act on posts alone.
            mail.extra_headers["List-Unsubscribe"] = f"<{facts['choices']}stop/>"
            mail.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        if entry := facts.get("calendar"):
            mail.attach_alternative(entry["text"], f"text/calendar; method={entry['method']}")
    return mail


def context_of(message: Message) -> Facts:
    """What the templates see: the stored context, filled up, and the address of the program."""
    fill = _fillers.get(message.template)
    path = choices_of(message.contact_id) if message.contact_id and message.outside else ""
    return {
        **(fill(message.context) if fill else message.context),
        "site": settings.PUBLIC_URL,
        "choices": f"{settings.PUBLIC_URL}{path}" if path else "",
        "program": settings.PROGRAM_NAME,
        "language": message.language,
        "direction": "rtl" if message.language in settings.LANGUAGES_BIDI else "ltr",
    }


def plain(name: str, facts: Facts) -> str:
    """A text template, where an ampersand is just that."""
    template: Any = get_template(name)
    return str(template.template.render(Context(facts, autoescape=False)))


def words_of(markup: str) -> str:
    """Safe HTML as text."""
    return unescape(strip_tags(markup)).strip()


@cache
def inliner() -> Any:
    """Mail programs drop style sheets, so every element carries its own."""
    css = (settings.BASE_DIR / "templates/emails/mail.css").read_text()
    return css_inline.CSSInliner(extra_css=css, load_remote_stylesheets=False, keep_style_tags=False)
