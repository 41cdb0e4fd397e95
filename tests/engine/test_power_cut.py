"""
A power cut drops writes that were not synced, any of them: in a commit, and in a checkpoint.

The disk here is a model: of what is written between two syncs each sector may be there or not.
"""

import random
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from tests.engine.desk import entries, fill, payloads

from countermand.engine.replay import recover
from countermand.engine.sqlite import SqliteJournal

SECTOR_BYTES, HEADER_BYTES = 512, 32
GROUP = 5
WROTE = entries(2000)
FILE, LOG, MARK = "journal.sqlite", "journal.sqlite-wal", "high-water"

# The log is copied into the database and begun anew after so many pages: several times a test.
CHECKPOINT_PAGES = 40


def files(directory: Path) -> dict[str, bytes]:
    """Read what a power cut may tear; the index of the log does not survive one."""
    return {name: (directory / name).read_bytes() for name in (FILE, LOG, MARK)}


def torn(before: bytes, after: bytes, chance: random.Random) -> bytes:
    """Return `before` with some of the sectors written that made it `after`."""
    length = len(before)
    if len(after) > length:
        length = chance.choice((length, len(after), chance.randrange(length, len(after))))
    mixed, share = bytearray(before.ljust(length, b"\0")[:length]), chance.random()
    for at in range(0, length, SECTOR_BYTES):
        if chance.random() < share:
            written = after[at : min(at + SECTOR_BYTES, length)]
            mixed[at : at + len(written)] = written
    return bytes(mixed)


def cut(
    before: dict[str, bytes], after: dict[str, bytes], chance: random.Random
) -> dict[str, bytes]:
    """Return the files after a power cut somewhere in one append."""
    # A log that begins anew has its header synced before the frames are written.
    header_written = after[LOG][:HEADER_BYTES] + before[LOG][HEADER_BYTES:]
    log_base = chance.choice((before[LOG], header_written))
    if log_base[:HEADER_BYTES] != after[LOG][:HEADER_BYTES]:
        return before
    if chance.choice((True, False)):
        return before | {LOG: torn(log_base, after[LOG], chance)}
    # In the checkpoint that may follow: the log is synced by then.
    mark = torn(before[MARK], after[MARK], chance)
    return {FILE: torn(before[FILE], after[FILE], chance), LOG: after[LOG], MARK: mark}


def start(data: dict[str, bytes], directory: Path) -> int:
    """Return where a start over the files ends, having proven that it is a prefix."""
    directory.mkdir()
    for name, content in data.items():
        (directory / name).write_bytes(content)
    with closing(SqliteJournal(directory)) as journal:
        assert WROTE[: journal.head] == list(journal.read(1))
        assert journal.head == recover(journal).exchange.seq
        head = journal.head
    shutil.rmtree(directory)
    return head


@pytest.mark.parametrize("cuts", [120, pytest.param(3000, marks=pytest.mark.soak)])
def test_a_power_cut_loses_nothing_that_was_answered(tmp_path: Path, cuts: int) -> None:
    """
    For any set of dropped writes, a start ends before or after the group that was being written.
    """
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")  # noqa: T201 -- shown when the test fails
    chance, checkpoints = random.Random(seed), 0
    with closing(SqliteJournal(tmp_path / "live")) as journal:
        fill(journal, WROTE[:GROUP])
        journal._file.connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        before = files(tmp_path / "live")
        for index in range(cuts):
            head = journal.head
            if head + GROUP > len(WROTE):
                break
            journal.append(head, payloads(WROTE[head : head + GROUP]))
            after = files(tmp_path / "live")
            checkpoints += before[FILE] != after[FILE]
            ended = start(cut(before, after, chance), tmp_path / str(index))
            assert ended in (head, head + GROUP), f"cut {index}: {ended}, not {head}"
            before = after
    assert checkpoints > 1, "the database was never written"


@pytest.mark.parametrize("cuts", [40, pytest.param(1000, marks=pytest.mark.soak)])
def test_a_power_cut_in_a_checkpoint_loses_nothing(tmp_path: Path, cuts: int) -> None:
    """While a long log is copied any part of the database may be old and any part new."""
    chance = random.Random(11)
    with closing(SqliteJournal(tmp_path / "live")) as journal:
        fill(journal, WROTE[:400], GROUP)
        journal._file.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        fill(journal, WROTE[400:800], GROUP)
        before = files(tmp_path / "live")
        journal._file.connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        after = files(tmp_path / "live")
    assert (before[LOG], False) == (after[LOG], before[FILE] == after[FILE])
    for index in range(cuts):
        mixed = before | {FILE: torn(before[FILE], after[FILE], chance)}
        assert 800 == start(mixed, tmp_path / str(index))
