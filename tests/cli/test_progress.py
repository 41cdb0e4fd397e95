"""Progress: long work on a terminal shows how far it has come, and work elsewhere nothing."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from tests.engine.desk import entries, fill
from typer.testing import CliRunner

from countermand.cli import app, progress
from countermand.engine import progress as reported
from countermand.engine.errors import NotPoisoned
from countermand.engine.memory import MemoryJournal
from countermand.engine.progress import Progress, no_progress
from countermand.engine.quarantine import quarantine
from countermand.engine.repair import plan, repair
from countermand.engine.replay import recover
from countermand.engine.sqlite import SqliteJournal
from countermand.engine.statistics import statistics
from countermand.engine.verify import verify

COUNT = 50
Report = tuple[str, int, int]


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A journal with a record that is damaged near its end."""
    with closing(SqliteJournal(tmp_path / "data")) as journal:
        fill(journal, entries(COUNT))
        journal._file.connection.execute("UPDATE entries SET payload = x'00' WHERE seq = 49")
    return tmp_path / "data"


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reported, "EVERY", 10)
    monkeypatch.setattr(reported, "CHECKED_AT_ONCE", 10)
    monkeypatch.setattr(progress, "PATIENCE_S", 0)


def journal_of_50() -> MemoryJournal:
    """A sound journal."""
    journal = MemoryJournal()
    fill(journal, entries(COUNT))
    return journal


def whole(data: Path, told: Progress) -> None:
    """Try to set aside a record that can be applied, which reads all before it."""
    with suppress(NotPoisoned):
        quarantine(data, 48, 1, told)


@pytest.mark.parametrize(
    ("work", "kinds"),
    [
        (lambda _, told: recover(journal_of_50(), progress=told), {"replaying"}),
        (verify, {"reading pages", "checking"}),
        (plan, {"reading", "reading pages", "checking"}),
        (lambda data, told: repair(data, 1, told), {"reading", "checking", "writing"}),
        (lambda data, told: (repair(data, 1), statistics(data, told)), {"reading"}),
        (lambda data, told: (repair(data, 1), whole(data, told)), {"replaying"}),
    ],
    ids=["start", "verify", "plan", "repair", "stat", "quarantine"],
)
def test_work_reports_how_far_it_is(
    data: Path, work: Callable[[Path, Progress], object], kinds: set[str]
) -> None:
    """Of each kind of work the count rises, and never beyond the total."""
    told: list[Report] = []

    work(data, lambda *report: told.append(report))

    assert kinds <= {what for what, _, _ in told}
    for kind in kinds - {"reading pages"}:
        done = [(count, total) for what, count, total in told if what == kind]
        assert sorted(done) == done
        assert all(count <= total for count, total in done)
    assert any(done == total for _, done, total in told)


def test_a_terminal_shows_it(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On stderr, so that what is piped on is only the answer."""
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setenv("TERM", "xterm")
    with progress.shown() as bars:
        verify(data, bars.tell)

    assert "checking" in terminal.getvalue()
    assert f"/{COUNT}" in terminal.getvalue()


def test_quick_work_shows_nothing(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bar that comes and goes in a moment is only a flicker."""
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setattr(progress, "PATIENCE_S", 60)
    with progress.shown() as bars:
        verify(data, bars.tell)

    assert not terminal.getvalue()


def test_elsewhere_nothing_is_counted(data: Path) -> None:
    """A pipe gets what it always got."""
    with progress.shown() as bars:
        assert bars.tell is no_progress
    result = CliRunner().invoke(app, ["journal", "verify", str(data)])

    assert 1 == result.exit_code
    assert "checking" not in result.stderr
    assert [1, 2] == reported.counted([1, 2], "reading", 2, no_progress)
