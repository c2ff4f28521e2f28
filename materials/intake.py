"""What may be uploaded: the content decides, never its name; images are drawn anew, archives are never unpacked."""

import hashlib
import warnings
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath

import filetype
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from crp.verbs import Refused

MAX_BYTES = 25 * 1024 * 1024
MAX_PIXELS = 30_000_000
MAX_ENTRIES = 5_000
MAX_UNPACKED = 300 * 1024 * 1024
# Room for the form's other fields and the boundaries of the parts.
ENVELOPE = 64 * 1024
CHUNK = 64 * 1024

# sniffed extension: what its name may end with, what it is stored as and served with
IMAGES = {"png": ("PNG", "png"), "jpg": ("JPEG", "jpg"), "webp": ("WEBP", "webp"), "gif": ("PNG", "png")}
NAMES = {
    "png": {"png"}, "jpg": {"jpg", "jpeg"}, "webp": {"webp"}, "gif": {"gif"}, "pdf": {"pdf"}, "docx": {"docx"},
    "pptx": {"pptx"}, "xlsx": {"xlsx"}, "mp4": {"mp4", "m4v"}, "webm": {"webm"}, "mp3": {"mp3"}, "m4a": {"m4a"}, "wav": {"wav"},
}  # fmt: skip
OFFICE = "application/vnd.openxmlformats-officedocument."
MIMES = {
    "png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "pdf": "application/pdf", "mp4": "video/mp4",
    "webm": "video/webm", "mp3": "audio/mpeg", "m4a": "audio/mp4", "wav": "audio/wav",
    "docx": f"{OFFICE}wordprocessingml.document", "pptx": f"{OFFICE}presentationml.presentation",
    "xlsx": f"{OFFICE}spreadsheetml.sheet",
}  # fmt: skip
OFFICE_ROOTS = {"word/": "docx", "ppt/": "pptx", "xl/": "xlsx"}
ACCEPT = ",".join(sorted(f".{name}" for names in NAMES.values() for name in names))


@dataclass(frozen=True)
class Cleared:
    """An upload that passed: `content` is what to store, `sha256` is over exactly that, in hex; `size` in bytes."""

    content: File
    extension: str
    mime: str
    size: int
    sha256: str
    shown_name: str


def refused(message: str, code: str) -> Refused:
    return Refused(message, code=code, field="file")


def clear(upload: File) -> Cleared:
    """Look into the upload and answer with what may be stored. Raises Refused (field `file`)."""
    size = upload.size or 0
    if size == 0:
        raise refused(_("The file is empty."), "empty_file")
    if size > MAX_BYTES:
        raise refused(_("The file is larger than %(mb)s MB.") % {"mb": MAX_BYTES // 1024 // 1024}, "too_large")
    sniffed = sniff(upload)
    name = PurePath(str(upload.name or "")).name
    ending = name.rpartition(".")[2].lower()
    if ending not in NAMES[sniffed]:
        words = {"ending": ending[:10], "type": sniffed}
        raise refused(
            _("Its name says “%(ending)s”, but it is a “%(type)s” file. Give it the right ending.") % words,
            "wrong_ending",
        )
    stored = _redrawn(upload, sniffed) if sniffed in IMAGES else upload
    extension = IMAGES[sniffed][1] if sniffed in IMAGES else sniffed
    digest, counted = _digest(stored)
    return Cleared(stored, extension, MIMES[extension], counted, digest, _shown(name))


def sniff(upload: File) -> str:
    """The allowed extension the content has, such as `png`. Raises Refused."""
    upload.seek(0)
    head = upload.read(8192)
    upload.seek(0)
    guessed = filetype.guess(head)
    found = guessed.extension if guessed else ""
    if head[:4] == b"PK\x03\x04":
        found = _office(upload)
    found = {"m4v": "mp4"}.get(found, found)
    if found not in NAMES:
        raise refused(
            _(
                "This kind is not taken. Use PDF, Word, PowerPoint, Excel, PNG, JPEG, WebP, GIF, MP4, WebM, MP3, M4A or WAV."
            ),
            "kind_not_taken",
        )
    return found


def _office(upload: File) -> str:
    """docx, pptx or xlsx by what the archive lists; its contents stay packed."""
    try:
        with zipfile.ZipFile(upload) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise refused(_("The file is damaged."), "damaged") from error
    finally:
        upload.seek(0)
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise refused(_("The file unpacks to far more than it should."), "zip_bomb")
    names = {entry.filename for entry in entries}
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise refused(_("Files with macros are not taken. Save it without them."), "macros")
    if "[Content_Types].xml" not in names:
        return "zip"
    return next((kind for root, kind in OFFICE_ROOTS.items() if any(name.startswith(root) for name in names)), "zip")


def _redrawn(upload: File, sniffed: str) -> ContentFile:
    """The picture drawn anew, turned as its camera meant, without anything else the file carried."""
    target, _extension = IMAGES[sniffed]
    wanted = {"jpg": "JPEG"}.get(sniffed, sniffed.upper())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(upload, formats=[wanted]) as probe:
                if probe.width * probe.height > MAX_PIXELS:
                    raise refused(_("The picture has too many pixels."), "too_many_pixels")
                probe.verify()
            upload.seek(0)
            with Image.open(upload, formats=[wanted]) as image:
                return _saved(ImageOps.exif_transpose(image), target)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise refused(_("The picture has too many pixels."), "too_many_pixels") from error
    except (OSError, ValueError, SyntaxError, MemoryError, EOFError) as error:
        raise refused(_("The picture is damaged."), "damaged") from error


def _saved(image: Image.Image, target: str) -> ContentFile:
    mode = (
        "RGB"
        if target == "JPEG" or image.mode in ("CMYK", "YCbCr")
        else "RGBA"
        if "A" in image.getbands() or image.mode == "P"
        else "RGB"
    )
    bare = Image.new(mode, image.size)
    bare.paste(image.convert(mode))
    drawn = BytesIO()
    bare.save(drawn, target, **({"quality": 90} if target != "PNG" else {"optimize": False}))
    return ContentFile(drawn.getvalue())


def _digest(stored: File) -> tuple[str, int]:
    digest, counted = hashlib.sha256(), 0
    stored.seek(0)
    for chunk in stored.chunks(CHUNK):
        digest.update(chunk)
        counted += len(chunk)
    stored.seek(0)
    return digest.hexdigest(), counted


def _shown(name: str) -> str:
    bare = "".join(letter for letter in name if letter.isprintable())
    return bare or "file"
