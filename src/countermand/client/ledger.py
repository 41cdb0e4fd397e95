"""
The ledger: what the client set out to do, on disk before the first byte of it is sent.

Shape:  one SQLite file in WAL mode that several processes may write. Every commit is synced but
        that of what need not last, which the next sync takes along: no record outlasts one that was
        written before it. A record is a note with its time and a checksum that chains it to the one
        before, so that what is changed, cut out or moved is found; how many there were is kept
        beside, in SQLite's own sequence, so that a tail that was cut off is found too. An intent's
        id is its first record's number. No record holds a key, a signature or a header.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from threading import Lock
from typing import Protocol

import msgspec

from countermand.client import blocking
from countermand.client.acts import Blocked, Note
from countermand.client.blocking import Block
from countermand.client.errors import LedgerError
from countermand.client.records import (
    ABOUT,
    COLUMNS,
    INTENT,
    OUTCOME,
    START,
    TYPES,
    UNKNOWN,
    Intent,
    Record,
    checksum,
    intents_of,
    record_of,
)

# Without these nothing may be sent; what cannot be written later must not hide an outcome.
_REQUIRED = (INTENT, ABOUT)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    intent_id INTEGER NOT NULL,
    ts_ns INTEGER NOT NULL,
    kind TEXT NOT NULL,
    body BLOB NOT NULL,
    checksum BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS records_by_intent ON records (intent_id, seq);
"""
# Intents of which no outcome is proven; with the other kind, those of which nothing was told.
_UNSETTLED = """
    SELECT {columns} FROM records r WHERE kind = 'intent' AND NOT EXISTS (
        SELECT 1 FROM records o WHERE o.intent_id = r.intent_id AND o.kind IN ({kinds}))
    ORDER BY seq
"""
_BUSY_S = 10

_log = logging.getLogger(__name__)


class Keeper(Protocol):
    """Where notes go."""

    def write(self, note: Note, now_ns: int) -> int | Blocked:
        """Write a note and return the id of its intent. Raises LedgerError."""

    async def write_beside(self, note: Note, now_ns: int) -> int | Blocked:
        """As `write`, without keeping an event loop waiting for the disk."""

    def intents(self) -> list[Intent]:
        """Return all intents, in order. Raises LedgerError."""

    def open_intents(self) -> list[Intent]:
        """Return the intents of which no outcome is proven. Raises LedgerError."""

    def under_way(self) -> list[Intent]:
        """Return the orders that clients may be about to place or replace. Raises LedgerError."""

    def block(self, venues: Iterable[str]) -> Block:
        """Let no client place or replace at some venues. Raises LedgerError."""

    def blocked(self) -> Block:
        """Return what is blocked. Raises LedgerError."""

    def close(self) -> None:
        """Write what is left, and close."""


class NoLedger:
    """Keeps nothing: no intent has an id, so that nothing is noted about one."""

    def write(self, note: Note, now_ns: int) -> int:
        """Return 0."""
        return 0

    async def write_beside(self, note: Note, now_ns: int) -> int:
        """Return 0."""
        return 0

    def intents(self) -> list[Intent]:
        """Return none."""
        return []

    def open_intents(self) -> list[Intent]:
        """Return none."""
        return []

    def under_way(self) -> list[Intent]:
        """Return none."""
        return []

    def block(self, venues: Iterable[str]) -> Block:
        """Block nothing: there is no other client of this one's ledger."""
        return blocking.NO_BLOCK

    def blocked(self) -> Block:
        """Return that nothing is."""
        return blocking.NO_BLOCK

    def close(self) -> None:
        """There is nothing to close."""


class Ledger:
    """
    The ledger at `path`, readable by its owner alone; it is made if it is not there, unless it
    `must_exist`.

    Raises: LedgerError when it cannot be opened.
    """

    def __init__(self, path: str | Path, *, must_exist: bool = False) -> None:
        self.path = Path(path)
        self._lock = Lock()
        self._waiting: list[tuple[Note, int]] = []
        try:
            _make(self.path, must_exist=must_exist)
            self._db = sqlite3.connect(
                self.path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
            )
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_SCHEMA + blocking.SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise LedgerError(f"ledger {self.path}: {error}") from None

    def write(self, note: Note, now_ns: int) -> int | Blocked:
        """Write a note, or keep it for the next that must last; return its intent's id."""
        with self._lock:
            self._waiting.append((note, now_ns))
            if note.must_last or note.must_show:
                return self._flush(syncs=note.must_last)
            return note.intent_id

    async def write_beside(self, note: Note, now_ns: int) -> int | Blocked:
        """As `write`; what goes to the file does so in a thread."""
        if note.must_last or note.must_show:
            return await asyncio.to_thread(self.write, note, now_ns)
        return self.write(note, now_ns)

    def close(self) -> None:
        """Write what is left, and close."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            if self._waiting:
                self._flush()
            self._db.close()

    def records(self) -> Iterator[Record]:
        """Yield all records in order. Raises LedgerError."""
        with self._reading():
            for row in self._db.execute(f"SELECT {COLUMNS} FROM records ORDER BY seq"):  # noqa: S608  (of our own words)
                yield record_of(row)

    def intents(self) -> list[Intent]:
        """Return all intents, in order. Raises LedgerError."""
        with self._lock:
            return intents_of(self.records())

    def open_intents(self) -> list[Intent]:
        """
        Return the intents of which no outcome is proven, in order, but for those that a process
        that runs is busy with.

        Raises: LedgerError.
        """
        return [
            intent
            for intent in self._unsettled(OUTCOME)
            if intent.outcome is not None or not _runs(intent.wanted.get("pid", 0))
        ]

    def under_way(self) -> list[Intent]:
        """
        Return the orders that processes that run, this one too, may be about to place or replace:
        of none was it told what came of it.

        Raises: LedgerError.
        """
        return [
            intent
            for intent in self._unsettled(OUTCOME, UNKNOWN)
            if intent.wanted.get("verb") in blocking.TRADING
            and (intent.wanted.get("pid") == os.getpid() or _runs(intent.wanted.get("pid", 0)))
        ]

    def block(self, venues: Iterable[str] = (), now_ns: int | None = None) -> Block:
        """
        Let no client of this ledger place or replace at some venues, at any for none; return what
        is blocked by then.

        Raises: LedgerError.
        """
        at_ns = time.time_ns() if now_ns is None else now_ns
        return self._change("block", lambda now: blocking.raised(now, venues, at_ns), at_ns)

    def lift(self, venues: Iterable[str] = (), known: Iterable[str] = ()) -> Block:
        """
        Let orders be placed again at some of the venues that are `known`, at all for none; return
        what is blocked still.

        Raises: LedgerError.
        """
        return self._change("lift", lambda now: blocking.lifted(now, venues, known), time.time_ns())

    def blocked(self) -> Block:
        """Return what is blocked. Raises LedgerError."""
        with self._lock, self._reading():
            return blocking.standing(self._db)

    def verify(self) -> int:
        """
        Return how many records there are, each as it was written.

        Raises: LedgerError naming the first that is changed, missing or cut off.
        """
        with self._reading():
            return self._verify()

    def _verify(self) -> int:
        before, seq = START, 0
        for row in self._db.execute(f"SELECT {COLUMNS} FROM records ORDER BY seq"):  # noqa: S608  (of our own words)
            seq += 1
            if row[0] != seq:
                raise LedgerError(f"ledger {self.path}: record {seq} is missing")
            kinds = tuple(type(value) for value in row)
            if kinds != TYPES or checksum(before, *row[:5]) != row[5]:
                raise LedgerError(f"ledger {self.path}: record {seq} is not as it was written")
            before = row[5]
        told = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'records'").fetchone()
        if (told[0] if told else 0) != seq:
            raise LedgerError(f"ledger {self.path}: record {seq + 1} is cut off")
        return seq

    def _unsettled(self, *kinds: str) -> list[Intent]:
        told = ", ".join("?" * len(kinds))
        query = _UNSETTLED.format(columns="intent_id", kinds=told)
        every = f"SELECT {COLUMNS} FROM records WHERE intent_id IN ({query}) ORDER BY seq"  # noqa: S608  (of our own words)
        with self._lock, self._reading():
            return intents_of(record_of(row) for row in self._db.execute(every, kinds))

    def _change(self, verb: str, change: Callable[[Block], Block], now_ns: int) -> Block:
        # An intent with its outcome, so that an audit shows what was done and none stays open.
        with self._lock, self._reading(), self._transaction():
            before = blocking.standing(self._db)
            block = change(before)
            if block.venues == before.venues:
                return before
            intent_id = self._insert(Note(INTENT, {"verb": verb}), now_ns)
            self._insert(Note(blocking.BLOCK, block.body(), intent_id), now_ns)
            told = {"outcome": "Blocked" if block.venues else "Lifted"}
            self._insert(Note(OUTCOME, told, intent_id), now_ns)
        return block

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise LedgerError(f"ledger {self.path}: {error}") from None

    @contextlib.contextmanager
    def _transaction(self, *, syncs: bool = True) -> Iterator[None]:
        self._db.execute(f"PRAGMA synchronous = {'FULL' if syncs else 'NORMAL'}")
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            # Some errors have taken it back already.
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def _flush(self, *, syncs: bool = True) -> int | Blocked:
        # One transaction for all that waits. The last one is what the caller asks about.
        waiting, self._waiting = self._waiting, []
        asked: int | Blocked = 0
        try:
            with self._transaction(syncs=syncs):
                for note, now_ns in waiting:
                    refused = blocking.refusal(self._db, note) if note.kind == INTENT else None
                    asked = refused or self._insert(note, now_ns)
        except sqlite3.Error as error:
            note = waiting[-1][0]
            if note.kind in _REQUIRED:
                raise LedgerError(f"ledger {self.path}: {error}") from None
            _log.warning("ledger %s: %s; %s is not written", self.path, error, note.kind)
            return note.intent_id
        return asked

    def _insert(self, note: Note, now_ns: int) -> int:
        last = self._db.execute(
            "SELECT seq, checksum FROM records ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        seq, before = (last[0] + 1, last[1]) if last else (1, START)
        intent_id = note.intent_id or seq
        body = note.body | ({"pid": os.getpid()} if note.kind == INTENT else {})
        row = (seq, intent_id, now_ns, note.kind, msgspec.json.encode(body))
        self._db.execute(
            "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?)", (*row, checksum(before, *row))
        )
        return intent_id


def _make(path: Path, *, must_exist: bool) -> None:
    # A file that is there is not opened: to close it again would take from this process all locks
    # that it holds on it (POSIX), those of other ledgers at the same path too.
    if not must_exist:
        path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    path.stat()
    if not os.access(path, os.R_OK | os.W_OK):
        raise PermissionError(errno.EACCES, "it cannot be read and written", str(path))


def _runs(pid: int) -> bool:
    # Another process, which may be about to send, or waits for an answer.
    if pid in (0, os.getpid()):
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
