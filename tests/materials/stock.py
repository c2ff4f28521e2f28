"""Material in the states the tests begin from, told in domain verbs."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from crp.accounts.models import User
from crp.verbs import today
from materials.models import Approval, Audience, ConsentGrant, Material, MaterialKind, Naming
from references.models import Contact


def make_material(by: User, contact: Contact | None = None, **fields: Any) -> Material:
    """A draft quote; with `contact`, about him and his company by full name."""
    about: dict[str, Any] = {}
    if contact:
        about = {"customer": contact.customer, "contacts": [contact], "naming": Naming.FULL}
    fields = {
        "kind": MaterialKind.QUOTE, "title": "It took one weekend", "body": "The month-end switch took **one weekend**.",
        "audience": Audience.SHAREABLE, **about, **fields,
    }  # fmt: skip
    return Material.create(by=by, **fields)


def in_review(by: User, contact: Contact | None = None, **fields: Any) -> Material:
    material = make_material(by, contact, **fields)
    material.submit_for_review(by=by)
    return material


def asked(by: User, contact: Contact, **fields: Any) -> Approval:
    """Sent to the customer, with two weeks to answer."""
    material = in_review(by, contact, **fields)
    approval: Approval = material.send_to_customer(contact, by=by, until=today() + timedelta(days=14))
    return approval


def published(by: User, contact: Contact, naming: str = Naming.FULL, **fields: Any) -> Material:
    """Approved by the customer, and published."""
    approval = asked(by, contact, **fields)
    approval.answer("approve", naming=naming)
    material = Material.objects.get(pk=approval.material_id)
    material.publish(by=by)
    return material


def permitted(material: Material, by: User, **facts: Any) -> ConsentGrant:
    """A permission on paper for the material."""
    facts = {
        "contact": None, "channels": ["sales", "web"], "naming": Naming.FULL, "starts_on": today(), "until": None,
        "proof": "Contract, clause 14.2", **facts,
    }  # fmt: skip
    return ConsentGrant.grant(material, by=by, **facts)


def png(width: int = 8, height: int = 8, **options: Any) -> bytes:
    """A small picture."""
    drawn = BytesIO()
    Image.new("RGB", (width, height), "purple").save(drawn, "PNG", **options)
    return drawn.getvalue()


def upload(content: bytes, name: str = "picture.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)
