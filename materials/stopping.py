"""What ends and is named on this floor when a person takes no part any more."""

from typing import Any

from django.utils.translation import gettext as _

from materials.models import Approval, ConsentGrant, Material
from references.stopping import forgets, stops
from references.whereabouts import MOST, Use, names_uses


@stops
def stop_asking(contact: Any) -> None:
    """Approvals he has not answered are taken back; the material goes back to internal review."""
    for approval in Approval.objects.filter(contact=contact).open().select_related("material", "version", "contact"):
        approval.withdraw(by=None)


@names_uses
def material(contact: Any, user: Any) -> list[Use]:
    """Material that quotes him, live where it is published. One query."""
    rows = Material.objects.visible_to(user).filter(contacts=contact).order_by("-pk")[:MOST]
    return [
        Use(
            str(row.get_kind_display()), row.title, row.get_absolute_url(), str(row.get_state_display()),
            row.published_at.date() if row.published_at else None, row.state == "published",
        )
        for row in rows
    ]  # fmt: skip


@names_uses
def permissions(contact: Any, user: Any) -> list[Use]:
    """What he allowed us to say. One query."""
    rows = (
        ConsentGrant.objects.visible_to(user).filter(contact=contact).select_related("material").order_by("-pk")[:MOST]
    )
    return [
        Use(
            _("Permission"), row.material.title if row.material else "", row.material.get_absolute_url() if row.material else "",
            _("Withdrawn") if row.withdrawn_at else str(row.get_naming_display()), row.starts_on, row.withdrawn_at is None,
        )
        for row in rows
    ]  # fmt: skip


@forgets
def words(contact: Any) -> None:
    """What he wrote beside his answers; the wording itself is barred by the permission he no longer gives."""
    Approval.objects.filter(contact=contact).update(comment="", evidence="")
