"""The two journals as one fixture: a promise of a journal is tested on both."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from countermand.engine.memory import MemoryJournal
from countermand.engine.ports import Journal
from countermand.engine.sqlite import SqliteJournal


@pytest.fixture(params=["memory", "sqlite"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    """An empty journal of either kind."""
    opened: Journal = MemoryJournal() if request.param == "memory" else SqliteJournal(tmp_path)
    yield opened
    opened.close()
