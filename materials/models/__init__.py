"""Material made with customers."""

from materials.models.approval import Approval, ApprovalState
from materials.models.consent import ConsentGrant
from materials.models.file import MaterialFile
from materials.models.kinds import Audience, Channel, Language, MaterialKind, MaterialState, Naming
from materials.models.material import Material
from materials.models.share import Collection, Place, ShareLink
from materials.models.version import MaterialVersion
from references.availability import Problem

__all__ = [
    "Approval", "ApprovalState", "Audience", "Channel", "Collection", "ConsentGrant", "Language", "Material", "MaterialFile",
    "MaterialKind", "MaterialState", "MaterialVersion", "Naming", "Place", "Problem", "ShareLink",
]  # fmt: skip
