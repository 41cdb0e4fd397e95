"""
The ledger: what the client set out to do, on disk before the first byte of it is sent.

Shape:  one SQLite file in WAL mode, synced at every commit, that several processes may write. A
        record is a note with its time and a checksum that chains it to the one before, so that what
        is changed, cut out or moved is found; how many there were is kept beside, in SQLite's own
        sequence, so that a tail that was cut off is found too. An intent's id is its first
        record's number. No record holds a key, a signature or a header.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sqlite3
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from countermand.client.acts import Note
from countermand.client.errors import LedgerError

INTENT, ABOUT, OUTCOME, UNKNOWN = "intent", "about", "outcome", "unknown"

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
_COLUMNS = "seq, intent_id, ts_ns, kind, body, checksum"
_TYPES = (int, int, int, str, bytes, bytes)
_START = b"countermand ledger 1"
_DIGEST_BYTES = 16
_BUSY_S = 10

_log = logging.getLogger(__name__)


class Record(Struct, frozen=True):
    """One line of the ledger. Units: `ts_ns` nanoseconds since the Unix epoch."""

    seq: int
    intent_id: int
    ts_ns: int
    kind: str
    body: dict[str, Any]


class Intent(Struct, frozen=True):
    """All records of one intent, in order; the first says what was wanted."""

    records: tuple[Record, ...]

    @property
    def intent_id(self) -> int:
        """Its id."""
        return self.records[0].intent_id

    @property
    def ts_ns(self) -> int:
        """When it was written down."""
        return self.records[0].ts_ns

    @property
    def wanted(self) -> dict[str, Any]:
        """What was wanted: `verb`, `venue`, `host`, `account`, and the verb's own fields."""
        return self.records[0].body

    def last(self, *kinds: str) -> dict[str, Any] | None:
        """Return the body of the last record of these kinds, or None."""
        found = [record.body for record in self.records if record.kind in kinds]
        return found[-1] if found else None

    @property
    def outcome(self) -> dict[str, Any] | None:
        """What came of it, as it was last told; None when the client ended before."""
        return self.last(OUTCOME, UNKNOWN)


class Keeper(Protocol):
    """Where notes go."""

    def write(self, note: Note, now_ns: int) -> int:
        """Write a note and return the id of its intent. Raises LedgerError."""

    async def write_beside(self, note: Note, now_ns: int) -> int:
        """As `write`, without keeping an event loop waiting for the disk."""

    def open_intents(self) -> list[Intent]:
        """Return the intents of which no outcome is proven. Raises LedgerError."""

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

    def open_intents(self) -> list[Intent]:
        """Return none."""
        return []

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
            if not must_exist:
                self.path.parent.mkdir(parents=True, exist_ok=True)
            make = 0 if must_exist else os.O_CREAT
            os.close(os.open(self.path, os.O_RDWR | make, 0o600))
            self._db = sqlite3.connect(
                self.path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
            )
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise LedgerError(f"ledger {self.path}: {error}") from None

    def write(self, note: Note, now_ns: int) -> int:
        """Write a note, or keep it for the next that must last; return its intent's id."""
        with self._lock:
            self._waiting.append((note, now_ns))
            return self._flush() if note.must_last else note.intent_id

    async def write_beside(self, note: Note, now_ns: int) -> int:
        """As `write`; what goes to disk does so in a thread."""
        if note.must_last:
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
        try:
            for row in self._db.execute(f"SELECT {_COLUMNS} FROM records ORDER BY seq"):  # noqa: S608
                yield _record(row)
        except sqlite3.Error as error:
            raise LedgerError(f"ledger {self.path}: {error}") from None

    def intents(self) -> list[Intent]:
        """Return all intents, in order. Raises LedgerError."""
        found: dict[int, list[Record]] = {}
        for record in self.records():
            found.setdefault(record.intent_id, []).append(record)
        return [Intent(tuple(records)) for records in found.values()]

    def open_intents(self) -> list[Intent]:
        """
        Return the intents of which no outcome is proven, in order, but for those that a process
        that runs is busy with.

        Raises: LedgerError.
        """
        return [
            intent
            for intent in self.intents()
            if intent.last(OUTCOME) is None
            and (intent.outcome is not None or not _runs(intent.wanted.get("pid", 0)))
        ]

    def verify(self) -> int:
        """
        Return how many records there are, each as it was written.

        Raises: LedgerError naming the first that is changed, missing or cut off.
        """
        try:
            return self._verify()
        except sqlite3.Error as error:
            raise LedgerError(f"ledger {self.path}: {error}") from None

    def _verify(self) -> int:
        before, seq = _START, 0
        for row in self._db.execute(f"SELECT {_COLUMNS} FROM records ORDER BY seq"):  # noqa: S608
            seq += 1
            if row[0] != seq:
                raise LedgerError(f"ledger {self.path}: record {seq} is missing")
            kinds = tuple(type(value) for value in row)
            if kinds != _TYPES or _checksum(before, *row[:5]) != row[5]:
                raise LedgerError(f"ledger {self.path}: record {seq} is not as it was written")
            before = row[5]
        told = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'records'").fetchone()
        if (told[0] if told else 0) != seq:
            raise LedgerError(f"ledger {self.path}: record {seq + 1} is cut off")
        return seq

    def _flush(self) -> int:
        # One transaction for all that waits. The last one is what the caller asks about.
        waiting, self._waiting = self._waiting, []
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                for note, now_ns in waiting:
                    intent_id = self._insert(note, now_ns)
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            note = waiting[-1][0]
            if note.kind in _REQUIRED:
                raise LedgerError(f"ledger {self.path}: {error}") from None
            _log.warning("ledger %s: %s; %s is not written", self.path, error, note.kind)
            return note.intent_id
        return intent_id

    def _insert(self, note: Note, now_ns: int) -> int:
        last = self._db.execute(
            "SELECT seq, checksum FROM records ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        seq, before = (last[0] + 1, last[1]) if last else (1, _START)
        intent_id = note.intent_id or seq
        body = note.body | ({"pid": os.getpid()} if note.kind == INTENT else {})
        row = (seq, intent_id, now_ns, note.kind, msgspec.json.encode(body))
        self._db.execute(
            "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?)", (*row, _checksum(before, *row))
        )
        return intent_id


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


def _record(row: tuple[Any, ...]) -> Record:
    try:
        body = msgspec.json.decode(row[4], type=dict[str, Any])
    except msgspec.DecodeError:
        raise LedgerError(f"ledger: record {row[0]} cannot be read") from None
    seq, intent_id, ts_ns, kind = row[:4]
    return Record(seq, intent_id, ts_ns, kind, body)


def _checksum(before: bytes, seq: int, intent_id: int, ts_ns: int, kind: str, body: bytes) -> bytes:
    head = b"%d %d %d %d %b " % (len(before), seq, intent_id, ts_ns, kind.encode())
    return blake2b(before + head + body, digest_size=_DIGEST_BYTES).digest()
