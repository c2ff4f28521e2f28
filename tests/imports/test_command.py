"""`manage.py import`."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from references.models import Customer

pytestmark = pytest.mark.django_db


def test_the_command_tells_what_it_did(tmp_path: Path) -> None:
    file, mapping, out = tmp_path / "c.csv", tmp_path / "m.json", StringIO()
    file.write_text("account,sector\nAcme,Softwre\n")
    mapping.write_text(
        json.dumps(
            {"columns": {"account": "name", "sector": "industry"}, "values": {"industry": {"Softwre": "Software"}}}
        )
    )
    call_command("import", "customers", file, mapping=mapping, stdout=out)
    assert "1 rows, 1 created, 0 updated, 0 unchanged" in out.getvalue()
    assert Customer.objects.get().industry.name == "Software"


def test_faults_end_the_command_with_every_row_named(tmp_path: Path) -> None:
    file, err = tmp_path / "c.csv", StringIO()
    file.write_text("name,country\nAcme,Atlantis\nBeta,Germny\n")
    with pytest.raises(CommandError, match="2 faults in 2 rows"):
        call_command("import", "customers", file, stderr=err)
    assert all(part in err.getvalue() for part in ("Row 1", "Row 2", "Germany"))


def test_a_missing_file_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("import", "customers", tmp_path / "none.csv")
