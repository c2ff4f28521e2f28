"""How a customer may be spoken of, in one line: by name, by role, or not at all."""

from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from crp.ui import formats
from materials.models.kinds import Naming

if TYPE_CHECKING:
    from materials.models import ConsentGrant, Material


def bare(title: str) -> str:
    """`“It took one weekend”` without its own marks, for a sentence that quotes it."""
    return title.strip('“”«»"„ ')


def spoken_of(material: "Material") -> str:
    """`Vlaardingen Terminals`, `A customer in freight and ports`, or `A customer`."""
    customer = material.customer
    if customer is None:
        return ""
    if material.naming == Naming.FULL:
        return customer.name
    if material.naming == Naming.ROLE and customer.industry:
        return _("A customer in %(industry)s") % {"industry": customer.industry}
    return _("A customer")


def people(material: "Material") -> str:
    """`Hanne Vos, Chief financial officer`, or the job alone, or nothing."""
    if material.naming == Naming.ANONYMOUS:
        return ""
    shown = [contact for contact in material.quoted if not contact.erased_at]
    if material.naming == Naming.ROLE:
        return _(", ").join(contact.job_title for contact in shown if contact.job_title)
    return _("; ").join(_(", ").join(part for part in (contact.name, contact.job_title) if part) for contact in shown)


def permission_words(material: "Material", grant: "ConsentGrant | None") -> str:
    """`Full name, until Jun 2028`; without a permission only the naming."""
    if not material.names_customer or grant is None or grant.until is None:
        return str(material.get_naming_display())
    words = {"naming": material.get_naming_display(), "month": formats.month(grant.until)}
    return _("%(naming)s, until %(month)s") % words


def permission_line(material: "Material", grant: "ConsentGrant | None", on: date) -> str:
    """What goes below a copied quote: who, and how long it may be used."""
    who = _(", ").join(part for part in (people(material), spoken_of(material)) if part)
    if grant and grant.until:
        until = _("Used with permission until %(day)s.") % {"day": formats.day_year(grant.until)}
    else:
        until = _("As approved on %(day)s.") % {"day": formats.day_year(on)}
    return f"{who}\n{until}" if who else until
