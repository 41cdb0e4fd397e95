"""
Records: the lines of a ledger, what chains each to the one before, and the intents they tell of.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec import Struct

from countermand.client.errors import LedgerError

INTENT, ABOUT, OUTCOME, UNKNOWN = "intent", "about", "outcome", "unknown"
# Of a cancel of many: the orders it found, and those that are proven to be over.
LISTED, GONE = "listed", "gone"

COLUMNS = "seq, intent_id, ts_ns, kind, body, checksum"
TYPES = (int, int, int, str, bytes, bytes)
START = b"countermand ledger 1"
_DIGEST_BYTES = 16


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
        """The intent: `verb`, `venue`, `host`, `account`, and the verb's own fields."""
        return self.records[0].body

    def last(self, *kinds: str) -> dict[str, Any] | None:
        """Return the body of the last record of these kinds, or None."""
        found = [record.body for record in self.records if record.kind in kinds]
        return found[-1] if found else None

    def orders(self, kind: str) -> dict[str, Any]:
        """Return all orders that records of a kind name, in order, by the venue's text."""
        found: dict[str, Any] = {}
        for record in self.records:
            if record.kind == kind:
                told = record.body["orders"]
                found |= told if isinstance(told, dict) else dict.fromkeys(told)
        return found

    @property
    def outcome(self) -> dict[str, Any] | None:
        """The last outcome that was written; None when the client ended before."""
        return self.last(OUTCOME, UNKNOWN)


def intents_of(records: Iterable[Record]) -> list[Intent]:
    """Return the intents that records tell of, in their order."""
    found: dict[int, list[Record]] = {}
    for record in records:
        found.setdefault(record.intent_id, []).append(record)
    return [Intent(tuple(one)) for one in found.values()]


def record_of(row: tuple[Any, ...]) -> Record:
    """Return the record of a row. Raises LedgerError."""
    try:
        body = msgspec.json.decode(row[4], type=dict[str, Any])
    except msgspec.DecodeError:
        raise LedgerError(f"ledger: record {row[0]} cannot be read") from None
    seq, intent_id, ts_ns, kind = row[:4]
    return Record(seq, intent_id, ts_ns, kind, body)


def checksum(before: bytes, seq: int, intent_id: int, ts_ns: int, kind: str, body: bytes) -> bytes:
    """Return what proves a record, and that it follows the one that `before` proves."""
    head = b"%d %d %d %d %b " % (len(before), seq, intent_id, ts_ns, kind.encode())
    return blake2b(before + head + body, digest_size=_DIGEST_BYTES).digest()
