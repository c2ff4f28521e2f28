"""May this material go out? The answer is a list of problems, for pages, the guard and the API alike."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from crp.ui.formats import day_year
from materials.models.kinds import NEEDS, SHAREABLE, Audience, MaterialKind, Naming
from references.availability import Problem, Severity
from references.models import Publicity

if TYPE_CHECKING:
    from materials.models.consent import ConsentGrant
    from materials.models.material import Material

BLOCKER, WARNING = Severity.BLOCKER, Severity.WARNING
CONSENT_CODES = frozenset(
    {"permission_missing", "permission_withdrawn", "permission_over", "contact_withdrew", "contract_forbids"}
)


def problems(material: "Material", on: date) -> list[Problem]:
    """What stands in the way of publishing on the day, and what to know; blockers first."""
    found = [*_content(material, on), *_contract(material, on), *_permission(material, on), *_people(material)]
    return sorted(found, key=lambda problem: problem.severity != BLOCKER)


def blockers(material: "Material", on: date) -> list[Problem]:
    """Only what forbids it."""
    return [problem for problem in problems(material, on) if problem.severity == BLOCKER]


def _content(material: "Material", on: date) -> Iterable[Problem]:
    if not material.body.strip() and not material.summary.strip() and not material.latest_files:
        yield Problem("empty", BLOCKER, _("There is neither text nor a file yet."))
    if material.expires_on and material.expires_on <= on:
        yield Problem(
            "expired",
            BLOCKER,
            _("It expired on %(day)s.") % {"day": day_year(material.expires_on)},
            material.expires_on,
        )
    if material.audience == Audience.INTERNAL:
        yield Problem("internal", WARNING, _("It is for internal use, so nobody can share it."))


def _contract(material: "Material", on: date) -> Iterable[Problem]:
    customer = material.customer
    if customer is None or not material.names_customer or material.audience not in SHAREABLE:
        return
    if customer.publicity == Publicity.NONE:
        yield Problem("contract_forbids", BLOCKER, _("The contract lets us say nothing about this customer."))
    elif customer.publicity_until and customer.publicity_until < on:
        text = _("What the contract allowed ended on %(day)s.") % {"day": day_year(customer.publicity_until)}
        yield Problem("contract_forbids", BLOCKER, text, customer.publicity_until)
    if material.kind == MaterialKind.LOGO and customer.publicity not in (Publicity.LOGO, Publicity.FULL):
        yield Problem("contract_forbids", BLOCKER, _("The contract does not allow the logo."))


def _permission(material: "Material", on: date) -> Iterable[Problem]:
    if not material.names_customer:
        return
    grants = material.grants
    if any(grant.covers(material, material.latest_id, on) for grant in grants):
        return
    live = [grant for grant in grants if grant.is_live(on)]
    yield _closest(material, live) if live else _none_live(grants)


def _closest(material: "Material", live: list["ConsentGrant"]) -> Problem:
    """A permission lives, but allows something else."""
    fitting = [grant for grant in live if grant.version_id in (None, material.latest_id)]
    if not fitting:
        return Problem("changed_since", BLOCKER, _("The customer approved another version than this one."))
    if not any(NEEDS[Audience(material.audience)] <= set(grant.channels) for grant in fitting):
        return Problem("channel", BLOCKER, _("The permission does not reach as far as its audience."))
    return Problem("naming", BLOCKER, _("The customer allowed less of a name than this gives."))


def _none_live(grants: list["ConsentGrant"]) -> Problem:
    if any(grant.withdrawn_at for grant in grants):
        return Problem("permission_withdrawn", BLOCKER, _("The customer withdrew the permission."))
    over = max((grant.until for grant in grants if grant.until), default=None)
    if over:
        return Problem(
            "permission_over", BLOCKER, _("The permission ended on %(day)s.") % {"day": day_year(over)}, over
        )
    return Problem("permission_missing", BLOCKER, _("It names the customer, who has not approved it yet."))


def _people(material: "Material") -> Iterable[Problem]:
    if material.naming != Naming.FULL:
        return
    for contact in material.quoted:
        if contact.erased_at or contact.consent_withdrawn_at:
            yield Problem("contact_withdrew", BLOCKER, _("Someone quoted here no longer agrees to be named."))
        elif contact.left_on:
            yield Problem("contact_left", WARNING, _("%(name)s has left the company.") % {"name": contact.name})
