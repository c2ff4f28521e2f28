"""Material made with customers."""

from materials.models.material import Material, MaterialState

__all__ = ["Material", "MaterialState"]
