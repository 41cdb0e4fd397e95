"""Fixtures of lives: every test runs in memory and on disk."""

from pathlib import Path

import pytest


@pytest.fixture(params=["memory", "disk"])
def data(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    """The data directory of an exchange, or None."""
    return tmp_path / "data" if request.param == "disk" else None
