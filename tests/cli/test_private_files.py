"""Every file that a data directory has is its owner's alone, whatever the process's mask is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE, S_ISDIR

import pytest
from tests.cli.calling import Calls
from tests.served import Served

from countermand.control.client import Control

ONLY = ("--venue", "coinbase-intx")

call = Calls()

# What is left by a life with all that can happen to a directory.
LEFT = {
    "journal": (
        "data",
        "data/journal.sqlite",
        "data/journal.sqlite-wal",
        "data/journal.sqlite-shm",
    ),
    "high-water": ("data/high-water",),
    "lock": ("data/lock",),
    "snapshots": ("data/snapshots", "data/snapshots/*.snapshot"),
    "history": ("data/history.sqlite", "data/history.sqlite-wal", "data/history.sqlite-shm"),
    "a history that was set aside": ("data/history-aside.sqlite",),
    "generations": (
        "data/generation",
        "data/generations",
        "data/generations/000002/snapshots/*",
        "data/generations/000003/high-water",
        "data/generations/000003/lock",
    ),
    "saved states": ("data/saved", "data/saved/early", "data/saved/early/snapshots/*.snapshot"),
    "a repair's": ("again/replaced-*", "again/replaced-*/journal.sqlite"),
    "an archive": ("old.archive",),
    "backups": ("one.tar", "two.tar"),
    "a restored backup": ("again", "again/high-water", "again/snapshots/*.snapshot"),
}


@pytest.fixture(scope="module")
def modes(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, int]:
    """The mode of each path there was, at the end or before; made without any mask."""
    folder, seen = tmp_path_factory.mktemp("modes"), {}
    mask = os.umask(0)
    try:
        for _ in _lived(folder):
            seen |= {path.relative_to(folder): path.stat().st_mode for path in folder.rglob("*")}
    finally:
        os.umask(mask)
    return seen


def _lived(folder: Path) -> Iterator[None]:
    data, again = folder / "data", folder / "again"
    with Served(data, *ONLY) as running:
        _done("backup", running.ready["control"], folder / "one.tar")
        yield
        running.kill()
    (data / "history.sqlite-wal").unlink()
    (data / "history.sqlite").write_bytes(b"no database" * 1000)
    with Served(data, *ONLY):
        yield
    _done("journal", "compact", data, "--archive", folder / "old.archive")
    with Served(data, *ONLY) as running:
        control = Control(running.ready["control"])
        control.snapshot(name="early")
        control.reset()
        control.restore(name="early")
        yield
    _done("backup", data, folder / "two.tar")
    _done("restore", folder / "two.tar", again)
    (again / "high-water").unlink()
    _done("journal", "repair", again, "--yes")
    yield


def _done(*words: object) -> None:
    said = call(*words)
    assert said.code == 0, said.err


@pytest.mark.parametrize("patterns", LEFT.values(), ids=LEFT)
def test_it_is_its_owners_alone(modes: dict[Path, int], patterns: tuple[str, ...]) -> None:
    """Files 0600, directories 0700."""
    for pattern in patterns:
        found = {path: mode for path, mode in modes.items() if path.match(pattern)}
        assert found, pattern
        assert {} == _open(found)


def test_there_is_none_besides(modes: dict[Path, int]) -> None:
    """A file that the table above does not name is private too."""
    assert {} == _open(modes)


def _open(modes: dict[Path, int]) -> dict[str, str]:
    # Those that have any other mode than they should.
    return {
        str(path): oct(S_IMODE(mode))
        for path, mode in modes.items()
        if S_IMODE(mode) != (0o700 if S_ISDIR(mode) else 0o600)
    }
