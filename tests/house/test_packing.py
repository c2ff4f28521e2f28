"""What is built, copied and shipped: front-end files, catalogues, the Docker composition."""

import gettext
import re
from pathlib import Path

import pytest
import yaml
from honcho.environ import parse_procfile

from crp import assets, catalogues

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "build" / "static" / "vendor"


@pytest.mark.parametrize("name", ["tabler.css", "tabler.rtl.css"])
def test_the_kit_sits_in_a_layer_below_ours(name: str) -> None:
    css = (VENDOR / name).read_text()
    assert css.startswith('@charset "UTF-8";\n@layer tabler {\n')
    assert css.rstrip().endswith("}")
    assert css.count("@charset") == 1


def test_no_vendor_file_asks_the_browser_for_more() -> None:
    for path in VENDOR.iterdir():
        if path.suffix in {".css", ".js"}:
            text = path.read_text()
            assert "sourceMappingURL" not in text, path.name
            assert not re.search(r"url\([\"']?https?:", text), path.name


def test_each_font_rule_has_its_file() -> None:
    wanted = re.findall(r"url\(\./(files/[^)]+)\)", (VENDOR / "fonts.css").read_text())
    assert len(wanted) == 3
    assert all((VENDOR / path).stat().st_size > 10_000 for path in wanted)


def test_the_vendor_folder_is_up_to_date_with_its_lock() -> None:
    assert assets.STAMP.read_text() == assets.fingerprint()


def test_catalogues_are_compiled_when_newer_and_a_broken_one_is_named(tmp_path: Path) -> None:
    po = tmp_path / "crp" / "fa" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Home"\nmsgstr "خانه"\n')
    assert catalogues.compile_all(tmp_path) == [po]
    with po.with_suffix(".mo").open("rb") as mo:
        assert gettext.GNUTranslations(mo).gettext("Home") == "خانه"
    assert catalogues.compile_all(tmp_path) == []
    po.write_text('msgid "Home"\nnonsense\n')
    po.with_suffix(".mo").unlink()
    with pytest.raises(ValueError, match=r"django\.po"):
        catalogues.compile_all(tmp_path)


def test_compose_publishes_web_alone_and_watches_every_service() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert set(services) == {"postgres", "redis", "migrate", "web", "worker", "beat"}
    assert [name for name, service in services.items() if "ports" in service] == ["web"]
    assert [name for name, service in services.items() if "healthcheck" not in service] == ["migrate"]
    assert services["migrate"]["restart"] == "no"


def test_compose_runs_the_procfile() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    for name in parse_procfile((ROOT / "Procfile").read_text()).processes:
        assert services[name]["command"] == [name]
