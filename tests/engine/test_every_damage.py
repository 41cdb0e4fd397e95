"""
Every file of a data directory, harmed in every plain way: all is there, or the start is refused.

What counts as all: every entry, world and change of keys that was acknowledged.
"""

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.engine.desk import caught_up, entries, fill, flip

from countermand.engine.errors import JournalError
from countermand.engine.keeper import Keeper
from countermand.engine.ports import Kept
from countermand.engine.replay import recover, replay
from countermand.engine.snapshot import SnapshotDirectory
from countermand.engine.sqlite import SqliteJournal

WROTE = entries(400)
KEPT = (
    Kept("world/x", b'{"secret":"of a world that is kept"}'),
    Kept("keys/x", b'{"issued":{},"revoked":["somebody\'s key"]}'),
    Kept("keys/x", b'{"issued":{"another":"key"},"revoked":[]}'),
)

Harm = Callable[[Path, random.Random], None]

# What a start ends in: the exchange's digest and all that is kept, or the text of a refusal.
End = tuple[bytes, tuple[Kept, ...]]


def build(directory: Path) -> SqliteJournal:
    """Write a directory: two snapshots, a part in the database, the rest in the log."""
    snapshots = SnapshotDirectory(directory)
    with closing(SqliteJournal(directory)) as journal:
        for upto in (100, 200):
            found = recover(journal, snapshots)
            fill(journal, WROTE[journal.head : upto], 7)
            replay(journal, found)
            Keeper(found.exchange, snapshots, 1).leave(journal.checksum, found.outcome)
        journal.keep(KEPT[:2])
    journal = SqliteJournal(directory)
    fill(journal, WROTE[200:], 7)
    journal.keep(KEPT[2:])
    return journal


@pytest.fixture(scope="module", params=["stopped", "killed"])
def sound(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory after a clean stop, or as a kill leaves it once the mark has caught up."""
    base = tmp_path_factory.mktemp("every")
    journal = build(base / "live")
    if request.param == "killed":
        caught_up(base / "live", journal.head)
        shutil.copytree(base / "live", base / "killed")
    journal.close()
    return base / ("killed" if request.param == "killed" else "live")


def start(directory: Path) -> End:
    """Return what a start comes to. Raises: JournalError."""
    with closing(SqliteJournal(directory)) as journal:
        found = recover(journal, SnapshotDirectory(directory))
        return found.exchange.digest(), journal.kept()


def remove(path: Path, rng: random.Random) -> None:
    """Remove it."""
    path.unlink()


def empty(path: Path, rng: random.Random) -> None:
    """Leave nothing in it."""
    path.write_bytes(b"")


def cut(path: Path, rng: random.Random) -> None:
    """Leave a part of it."""
    data = path.read_bytes()
    path.write_bytes(data[: rng.randrange(len(data))])


def flip_a_bit(path: Path, rng: random.Random) -> None:
    """Flip one bit of it."""
    flip(path, rng.randrange(path.stat().st_size), rng.randrange(8))


def harms(places: int) -> Iterator[tuple[str, Harm]]:
    """Yield each damage with a name for it."""
    yield "removed", remove
    yield "emptied", empty
    for place in range(places):
        yield f"cut {place}", cut
        yield f"flip {place}", flip_a_bit


@pytest.mark.parametrize("places", [6, pytest.param(20, marks=pytest.mark.soak)])
def test_all_is_there_or_the_start_is_refused(sound: Path, tmp_path: Path, places: int) -> None:
    """
    A start finds damage in any file, or loses nothing by it.

    A refusal names the file, or the record of the journal; and nothing was changed by it.
    """
    expected, silent, unnamed = start(shutil.copytree(sound, tmp_path / "sound")), [], []
    names = [str(p.relative_to(sound)) for p in sorted(sound.rglob("*")) if p.is_file()]
    for name in names:
        for what, harm in harms(places):
            if not (sound / name).stat().st_size and what != "removed":
                continue
            after = shutil.copytree(sound, tmp_path / "after")
            harm(after / name, random.Random(f"{name} {what}"))
            try:
                if expected != start(after):
                    silent.append((name, what))
            except JournalError as error:
                if not any(word in str(error) for word in (Path(name).name, "the journal")):
                    unnamed.append((name, what, str(error)))
            shutil.rmtree(after)

    assert ([], []) == (silent, unnamed)
    assert {"journal.sqlite", "high-water", "lock"} <= set(names)
