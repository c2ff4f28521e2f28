"""The same settings everywhere; production refuses what would leave it open."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "CRP_ENV": "production",
    "SECRET_KEY": "x7Qm2vRp9KtZ" * 5,
    "PUBLIC_URL": "https://references.example.com",
    "ALLOWED_HOSTS": "references.example.com",
}


def python(tmp_path: Path, *words: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Python with these variables and none of the tests'."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "DATABASE_URL", "REDIS_URL") if name in os.environ}
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={**kept, "CRP_DATA": str(tmp_path), **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def settings(tmp_path: Path, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Read the settings, as every process does first."""
    return python(tmp_path, "-c", "import crp.settings", **environ)


def test_check_deploy_is_clean_in_production(tmp_path: Path) -> None:
    done = python(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "secret",
    ["", "short", "development-only-key-never-used-where-others-can-reach-it"],
    ids=["missing", "short", "default"],
)
def test_production_refuses_a_secret_that_others_could_know(tmp_path: Path, secret: str) -> None:
    done = settings(tmp_path, **{**PRODUCTION, "SECRET_KEY": secret})
    assert done.returncode != 0
    assert "SECRET_KEY must be set to at least 50 random characters in production." in done.stderr


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CRP_ENV", "prod", "CRP_ENV must be one of"),
        ("DATABASE_URL", "mysql://x/y", "DATABASE_URL must look like"),
        ("CRP_DEMO", "maybe", "CRP_DEMO must be 1 or 0"),
        ("EMAIL_URL", "ftp://mail", "EMAIL_URL must start with"),
    ],
)
def test_nonsense_in_a_variable_stops_the_start(tmp_path: Path, name: str, value: str, said: str) -> None:
    done = settings(tmp_path, **{name: value})
    assert done.returncode != 0
    assert said in done.stderr


@pytest.mark.parametrize(
    "variables",
    [
        {"CRP_EXTERNAL_DATABASE": "1"},
        {"PUBLIC_URL": "https://references.example.com"},
        {"ALLOWED_HOSTS": "example.com"},
    ],
    ids=["external database", "public address", "public host"],
)
def test_demo_mode_refuses_to_exist_where_others_could_reach_it(tmp_path: Path, variables: dict[str, str]) -> None:
    done = settings(tmp_path, CRP_DEMO="1", **variables)
    assert done.returncode != 0
    assert "CRP_DEMO" in done.stderr
