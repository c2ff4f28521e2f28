from pathlib import Path

import pytest
from django.conf import LazySettings


@pytest.fixture(autouse=True)
def media(settings: LazySettings, tmp_path: Path) -> Path:
    """Files of a test go to its own folder."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"
