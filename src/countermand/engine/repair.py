"""
Repair: the way on when a start is refused. It keeps what can be proven and says what is lost.

A new journal is written of every record up to the first that cannot be trusted; the files it
replaces are set aside in the directory, to the byte. Only ever on demand.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import astuple

from countermand import durable
from countermand.core.exchange import RULES_VERSION
from countermand.engine import high_water
from countermand.engine.chain import GENESIS, Recorded, link_kept
from countermand.engine.errors import JournalError, Lost, WriteFailed
from countermand.engine.high_water import RESERVE, Level
from countermand.engine.history_cut import cut
from countermand.engine.lock import DirectoryLock
from countermand.engine.peek import FILE_NAME, index_of, log_of, open_records
from countermand.engine.ports import Kept, Writer
from countermand.engine.progress import Progress, counted, no_progress
from countermand.engine.records import BASE_TABLE, FORMAT_COMPACTED, SCHEMA, Records
from countermand.engine.snapshot import SnapshotDamaged, SnapshotDirectory
from countermand.engine.verify import verify

# The name under which a repair keeps that worlds or changes of keys were lost.
LOSS = "repair"

_KEEP = "INSERT INTO kept VALUES (?, ?, ?, ?)"


class Repair(Struct):
    """
    What a repair keeps, and what it gives up. `because` is what a start would say, if anything.

    `head` and `kept` are the last record, and the last kept world or key change, that are sound;
    `head_reached` and `kept_reached` the last that are known to have been there; numbers go on
    beyond `reserved`. Units: `ends_at_ns` since the Unix epoch.
    """

    because: str = ""
    head: int = 0
    ends_at_ns: int = 0
    head_reached: int = 0
    kept: int = 0
    kept_reached: int = 0
    reserved: int = 0
    set_aside: str = ""


def plan(directory: Path, progress: Progress = no_progress) -> Repair:
    """Return what a repair would do, changing nothing. Raises: JournalError when it cannot."""
    with closing(_Salvage(directory, progress)) as salvage:
        return salvage.plan


def repair(directory: Path, now_ns: int, progress: Progress = no_progress) -> Repair:
    """
    Do what `plan` says; nothing when a start would not be refused.

    A crash in the middle leaves a directory that is refused as before. Raises: JournalError.
    """
    with closing(_Salvage(directory, progress)) as salvage:
        if salvage.plan.because:
            try:
                salvage.carry_out(now_ns)
            except (OSError, sqlite3.Error) as error:
                raise WriteFailed(f"the repair of {directory} failed: {error}") from None
        return salvage.plan


class _Salvage:
    """One directory, locked, and what of its journal is sound."""

    def __init__(self, directory: Path, progress: Progress) -> None:
        self._directory, self._path, self._progress = directory, directory / FILE_NAME, progress
        if not (self._path.is_file() and self._path.stat().st_size):
            raise Lost(
                f"{self._path} is missing or empty, so there is nothing to keep: "
                "put a copy of it back, or start with another --data"
            )
        self._lock = DirectoryLock(directory)
        try:
            with open_records(directory, is_ours=True) as records:
                self._measure(records)
                _refuse_lost_base(_first(records), self.plan.head, SnapshotDirectory(directory))
            self.plan.because = _refusal(directory, progress)
        except BaseException:
            self._lock.release()
            raise

    def close(self) -> None:
        self._lock.release()

    def _measure(self, records: Records) -> None:
        self.plan, self._checksum, self._kept_checksum = Repair(), GENESIS, GENESIS
        reached = max(_known_seqs(records), default=0)
        first = _first(records)
        self.plan.head = first - 1
        for entry in counted(_sound(records, first), "reading", reached, self._progress):
            self.plan.head, self.plan.ends_at_ns = entry.seq, entry.ts_ns
        self._checksum = records.checksum_at(self.plan.head)
        for self.plan.kept, (_, checksum) in enumerate(_sound_kept(records), 1):
            self._kept_checksum = checksum
        self._kept = self.plan.kept
        level = Level()
        with suppress(JournalError):
            level = high_water.read(self._directory)
        snapshot_seqs = SnapshotDirectory(self._directory).seqs()
        seqs = (self.plan.head, level.head, *_known_seqs(records), *snapshot_seqs)
        self.plan.head_reached = max(seqs)
        self.plan.kept_reached = max(self.plan.kept, level.kept)
        self.plan.reserved = max(level.reserved, self.plan.head_reached) + RESERVE

    def carry_out(self, now_ns: int) -> None:
        aside = self._directory / f"replaced-{now_ns}"
        new = self._path.with_suffix(".repaired")
        new.unlink(missing_ok=True)
        try:
            with open_records(self._directory, is_ours=True) as records:
                writers = self._rebuild(records, new, now_ns)
        except BaseException:
            new.unlink(missing_ok=True)
            raise
        durable.make_directory(aside)
        # The log goes before its database is replaced: SQLite would put it into the new one. The
        # mark goes last: until it is written the directory is refused.
        os.link(self._path, aside / FILE_NAME)
        for path in (log_of(self._path), index_of(self._path)):
            if path.exists():
                path.rename(aside / path.name)
        new.replace(self._path)
        durable.sync_directory(self._directory)
        for path in self._directory.glob("snapshots/*.snapshot"):
            if path.stem.isdecimal() and int(path.stem) > self.plan.head:
                path.rename(aside / path.name)
        cut(self._directory, self.plan.head, self.plan.ends_at_ns)
        mark = self._directory / high_water.FILE_NAME
        if mark.exists():
            os.link(mark, aside / mark.name)
        high_water.make(self._directory, self._new_level(writers))
        self.plan.set_aside = aside.name

    def _rebuild(self, records: Records, new: Path, now_ns: int) -> list[Writer]:
        os.close(durable.open_file(new, os.O_RDWR | os.O_CREAT | os.O_EXCL))
        head = self.plan.head
        writers = [w for w in _writers(records) if w.first_seq <= head + 1]
        writers = writers or [Writer(1, 1, RULES_VERSION, "repair", now_ns)]
        with closing(sqlite3.connect(new, isolation_level=None)) as made:
            made.execute("PRAGMA synchronous = FULL")
            made.execute("BEGIN")
            for statement in SCHEMA:
                made.execute(statement)
            first = _first(records)
            if first > 1:
                made.execute(BASE_TABLE)
                made.execute(f"PRAGMA user_version = {FORMAT_COMPACTED}")
                bases = map(astuple, records.bases())
                made.executemany("INSERT INTO base VALUES (?, ?, ?, ?, ?, ?)", bases)
            count = head + 1 - first
            rows = counted(records.rows(first, head), "writing", count, self._progress)
            made.executemany("INSERT INTO entries VALUES (?, ?, ?)", rows)
            for number, (record, checksum) in enumerate(_sound_kept(records), 1):
                made.execute(_KEEP, (number, record.name, record.value, checksum))
            if self.plan.kept_reached > self.plan.kept:
                self._keep_the_loss(made)
            made.executemany("INSERT INTO writers VALUES (?, ?, ?, ?, ?)", map(astuple, writers))
            with suppress(JournalError):
                marks = [astuple(mark) for mark in records.marks(1) if mark.seq <= head]
                made.executemany("INSERT INTO marks VALUES (?, ?)", marks)
            made.execute("COMMIT")
        return writers

    def _keep_the_loss(self, made: sqlite3.Connection) -> None:
        # So that a journal whose worlds are all lost is not taken for a new one.
        lost = msgspec.json.encode({"lost": [self.plan.kept + 1, self.plan.kept_reached]})
        self._kept, self._kept_checksum = (
            self.plan.kept + 1,
            link_kept(self._kept_checksum, LOSS, lost),
        )
        made.execute(_KEEP, (self._kept, LOSS, lost, self._kept_checksum))

    def _new_level(self, writers: list[Writer]) -> Level:
        return Level(
            epoch=writers[-1].epoch,
            head=self.plan.head,
            reserved=self.plan.reserved,
            kept=self._kept,
            is_clean=False,
            checksum=self._checksum,
            kept_checksum=self._kept_checksum,
        )


def _refusal(directory: Path, progress: Progress) -> str:
    # A damaged snapshot or history refuses no start, and a record that cannot be applied is sound.
    failures = verify(directory, progress).failures
    return next((c.detail for c in failures if c.name not in ("snapshot", "replay", "history")), "")


def _sound(records: Records, first: int) -> Iterator[Recorded]:
    with suppress(JournalError):
        yield from records.recorded(first, 2**63 - 1)


def _first(records: Records) -> int:
    with suppress(JournalError):
        return records.first()
    return 1


def _refuse_lost_base(first: int, head: int, snapshots: SnapshotDirectory) -> None:
    # Without a snapshot there is no state that what is left could be applied to.
    for seq in snapshots.seqs() if first > 1 else ():
        with suppress(SnapshotDamaged):
            if first <= seq <= head:
                snapshots.load(seq)
                return
    if first > 1:
        raise Lost(
            f"the records before {first} were dropped, and no snapshot of record {first} to {head} "
            "can be trusted, so there is nothing to keep: put a copy of the directory back"
        )


def _sound_kept(records: Records) -> Iterator[tuple[Kept, bytes]]:
    with suppress(JournalError):
        yield from records.kept_chain()


def _known_seqs(records: Records) -> list[int]:
    """Return record numbers that the tables speak of, as far as they can be read."""
    with suppress(JournalError):
        return [records.head(), *[writer.first_seq - 1 for writer in records.writers()]]
    return []


def _writers(records: Records) -> tuple[Writer, ...]:
    with suppress(JournalError):
        return records.writers()
    return ()
