"""MaterialFile: an uploaded file, as it came out of the checks."""

import uuid
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from materials.intake import Cleared

if TYPE_CHECKING:
    from materials.models.material import Material

FOLDER = "materials"


def generated_name(material_id: int, extension: str) -> str:
    """`materials/12/<random>.png`: nothing of it comes from the uploader."""
    return f"{FOLDER}/{material_id}/{uuid.uuid4().hex}.{extension}"


class MaterialFileQuerySet(models.QuerySet["MaterialFile"]):
    def visible_to(self, user: Any) -> Self:
        """Files of material the user sees; who does not make material gets those of its newest version."""
        from materials.models.material import Material
        from materials.models.shelf import sees_everything

        found = self.filter(material__in=Material.objects.visible_to(user))
        return found if sees_everything(user) else found.current()

    def current(self) -> Self:
        """Those of their material's newest version."""
        from materials.models.version import MaterialVersion

        newest = (
            MaterialVersion.objects.filter(material=models.OuterRef("material")).order_by("-number").values("pk")[:1]
        )
        return self.filter(versions=models.Subquery(newest))


class MaterialFile(models.Model):
    """`name` is where it is stored; `shown_name` is the uploader's, for people only."""

    material = models.ForeignKey("Material", models.PROTECT, related_name="files")
    name = models.CharField(max_length=120, unique=True)
    shown_name = models.CharField(_("name"), max_length=200)
    mime = models.CharField(_("type"), max_length=100)
    extension = models.CharField(max_length=5)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    objects = MaterialFileQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        indexes = [models.Index(fields=["material", "sha256"], name="material_file_hash")]

    def __str__(self) -> str:
        return self.shown_name

    @classmethod
    def keep(cls, material: "Material", cleared: Cleared, *, by: Any) -> "MaterialFile":
        """Write the bytes, then the row. Whoever fails after it calls `discard`; a crash leaves the rest to `sweep`."""
        name = default_storage.save(generated_name(material.pk, cleared.extension), cleared.content)
        return cls(
            material=material, name=name, shown_name=cleared.shown_name[:200], mime=cleared.mime,
            extension=cleared.extension, size=cleared.size, sha256=cleared.sha256, uploaded_by=by,
        )  # fmt: skip

    def discard(self) -> None:
        """Take the bytes away again."""
        default_storage.delete(self.name)

    @property
    def is_image(self) -> bool:
        return self.mime.startswith("image/")

    @property
    def download_name(self) -> str:
        """`four-ports-one-ledger.pdf`, from the material's title."""
        stem = slugify(self.material.title) or f"material-{self.material_id}"
        return f"{stem[:80]}.{self.extension}"
