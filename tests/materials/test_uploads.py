import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from crp.accounts.models import User
from crp.verbs import Refused, WrongState
from materials import intake
from materials.models import Material, MaterialFile
from references.models import Contact
from tests.materials.stock import asked, make_material, png, published, upload

SCRIPT = b"<script>alert(1)</script>"


def office(*names: str, kind: str = "word/document.xml", content: bytes = b"<w/>") -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", kind, *names):
            archive.writestr(name, content)
    return packed.getvalue()


def polyglot() -> bytes:
    """A GIF that is a script as well."""
    drawn = BytesIO()
    Image.new("P", (4, 4)).save(drawn, "GIF", comment=b"*/=1;alert(1)//" + SCRIPT)
    return drawn.getvalue() + b"\n/*" + SCRIPT + b"*/"


def bomb() -> bytes:
    """Fifty million pixels in a few kilobytes."""
    drawn = BytesIO()
    Image.new("1", (10_000, 5_000)).save(drawn, "PNG", optimize=True)
    return drawn.getvalue()


def with_secret() -> bytes:
    secret = PngInfo()
    secret.add_text("Author", "Hanne Vos, Rotterdam")
    return png(pnginfo=secret)


def code_of(content: bytes, name: str) -> str:
    with pytest.raises(Refused) as refusal:
        intake.clear(upload(content, name))
    assert refusal.value.field == "file"
    return refusal.value.code


def test_a_gif_that_is_a_script_too_is_drawn_anew_and_the_script_is_gone() -> None:
    cleared = intake.clear(upload(polyglot(), "logo.gif"))
    stored = cleared.content.read()
    assert b"alert" not in stored
    assert (cleared.extension, cleared.mime) == ("png", "image/png")
    assert stored.startswith(b"\x89PNG")


def test_a_picture_loses_what_it_told_about_its_maker() -> None:
    assert b"Hanne" in with_secret()
    assert b"Hanne" not in intake.clear(upload(with_secret())).content.read()


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "logo.svg", "kind_not_taken"),
        (b"<!doctype html>" + SCRIPT, "picture.png", "kind_not_taken"),
        (b"MZ\x90\x00" + b"\0" * 200, "tool.pdf", "kind_not_taken"),
        (b"", "empty.png", "empty_file"),
        (png(), "picture.pdf", "wrong_ending"),
        (png(), "picture.png.exe", "wrong_ending"),
        (png()[:40], "picture.png", "damaged"),
        (b"PK\x03\x04" + b"\0" * 40, "text.docx", "damaged"),
        (office(kind="readme.txt"), "text.docx", "kind_not_taken"),
        (office("word/vbaProject.bin"), "text.docx", "macros"),
    ],
    ids=[
        "svg",
        "html as png",
        "program as pdf",
        "empty",
        "png as pdf",
        "double ending",
        "cut",
        "cut zip",
        "plain zip",
        "macros",
    ],
)
def test_what_is_not_what_it_should_be_is_refused(content: bytes, name: str, code: str) -> None:
    assert code_of(content, name) == code


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_drawn() -> None:
    assert code_of(bomb(), "bomb.png") == "too_many_pixels"


def test_an_office_file_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MAX_UNPACKED", 100_000)
    assert code_of(office(content=b"\0" * 200_000), "text.docx") == "zip_bomb"
    monkeypatch.setattr(intake, "MAX_ENTRIES", 3)
    assert code_of(office("a", "b", "c"), "text.docx") == "zip_bomb"


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"%PDF-1.7\n%%EOF", "story.pdf"), (office(), "story.docx"), (office(kind="ppt/presentation.xml"), "talk.PPTX"),
     (office(kind="xl/workbook.xml"), "roi.xlsx"), (png(), "logo.png")],
)  # fmt: skip
def test_what_people_make_material_with_is_taken(content: bytes, name: str) -> None:
    assert intake.clear(upload(content, name)).extension == name.rpartition(".")[2].lower()


def test_twenty_six_megabytes_are_too_many() -> None:
    big = UploadedFile(BytesIO(b"%PDF-1.7"), name="film.pdf", size=26 * 1024 * 1024)
    with pytest.raises(Refused) as refusal:
        intake.clear(big)
    assert refusal.value.code == "too_large"


class Untouched:
    """A body nobody may read."""

    def read(self, *_: Any) -> bytes:
        raise AssertionError("The body was read.")

    readline = __iter__ = read


def test_a_huge_upload_is_refused_without_reading_it(as_user: Callable[[User], Any], mina: User) -> None:
    material = make_material(mina)
    url = reverse("materials:upload", kwargs={"pk": material.pk})
    response = as_user(mina).generic(
        "POST", url, b"x", content_type="multipart/form-data; boundary=b",
        **{"CONTENT_LENGTH": str(2 * 1024**3), "wsgi.input": Untouched()},
    )  # fmt: skip
    assert response.status_code == 413
    assert "larger than 25 MB" in response.content.decode()


def test_an_upload_becomes_part_of_a_new_version_under_a_name_of_ours(
    as_user: Callable[[User], Any], mina: User, media: Path
) -> None:
    material = make_material(mina)
    url = reverse("materials:upload", kwargs={"pk": material.pk})
    response = as_user(mina).post(url, {"file": upload(png(), "../../etc/Logo final.png")})
    assert response.status_code == 302
    file = MaterialFile.objects.get()
    assert file.name.startswith(f"materials/{material.pk}/")
    assert "final" not in file.name
    assert file.shown_name == "Logo final.png"
    assert list(material.versions.first().files.all()) == [file]
    assert (media / file.name).stat().st_size == file.size


def test_a_refused_upload_says_why_and_leaves_nothing(as_user: Callable[[User], Any], mina: User, media: Path) -> None:
    material = make_material(mina)
    url = reverse("materials:upload", kwargs={"pk": material.pk})
    for content, name, words in [(b"", "a.png", "empty"), (SCRIPT, "a.png", "not taken")]:
        response = as_user(mina).post(url, {"file": upload(content, name)})
        assert response.status_code == 422
        assert words in response.content.decode()
    assert not MaterialFile.objects.exists()
    assert not media.exists()


def test_upload_needs_a_token(mina: User) -> None:
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(mina)
    url = reverse("materials:upload", kwargs={"pk": make_material(mina).pk})
    assert client.post(url, {"file": upload(png())}).status_code == 403


def test_a_failure_after_writing_leaves_no_orphan(mina: User, hanne: Contact, media: Path) -> None:
    approval = asked(mina, hanne)
    material = Material.objects.get(pk=approval.material_id)
    with pytest.raises(WrongState):
        material.add_file(intake.clear(upload(png())), by=mina)
    assert [path for path in media.rglob("*") if path.is_file()] == []
    assert not MaterialFile.objects.exists()


def test_the_same_file_twice_is_one_file(mina: User, media: Path) -> None:
    material = make_material(mina)
    for _ in range(2):
        material.add_file(intake.clear(upload(png())), by=mina)
    assert MaterialFile.objects.count() == 1
    assert material.versions.count() == 2
    assert len([path for path in media.rglob("*") if path.is_file()]) == 1


def test_a_file_taken_out_stays_with_the_earlier_version(mina: User) -> None:
    material = make_material(mina)
    file = material.add_file(intake.clear(upload(png())), by=mina)
    material.remove_file(file, by=mina)
    assert [version.files.count() for version in material.versions.all()] == [0, 1, 0]


def test_a_file_is_handed_out_as_an_attachment_in_a_sandbox(
    as_user: Callable[[User], Any], mina: User, sam: User, hanne: Contact
) -> None:
    material = make_material(mina, hanne, title="Four ports, one ledger")
    file = material.add_file(intake.clear(upload(png())), by=mina)
    url = reverse("materials:file", kwargs={"pk": file.pk})
    response = as_user(mina).get(url)
    assert response["Content-Disposition"] == 'attachment; filename="four-ports-one-ledger.png"'
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response.streaming
    assert as_user(sam).get(url).status_code == 404


def test_a_file_of_an_earlier_version_is_not_for_those_who_only_use_material(
    as_user: Callable[[User], Any], mina: User, sam: User, hanne: Contact
) -> None:
    material = published(mina, hanne)
    material.revise(by=mina)
    old = material.add_file(intake.clear(upload(png())), by=mina)
    material.remove_file(old, by=mina)
    Material.objects.filter(pk=material.pk).update(state="published")
    url = reverse("materials:file", kwargs={"pk": old.pk})
    assert as_user(sam).get(url).status_code == 404
    assert as_user(mina).get(url).status_code == 200
