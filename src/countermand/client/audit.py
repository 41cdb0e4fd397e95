"""
The audit: what a ledger says, once it has proven that it says what was written.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from countermand.client.ledger import Ledger
from countermand.client.records import Intent, Record


class Audit(Struct, frozen=True):
    """A ledger that was found whole."""

    records: int
    intents: tuple[Intent, ...]

    @property
    def open(self) -> tuple[Intent, ...]:
        """The intents of which no outcome is proven."""
        return tuple(one for one in self.intents if one.last("outcome") is None)


def audit(path: str | Path) -> Audit:
    """
    Read a ledger and see that no record is changed, missing or cut off.

    Raises: LedgerError that names the first one that is, or when there is no ledger.
    """
    with closing(Ledger(path, must_exist=True)) as ledger:
        return Audit(ledger.verify(), tuple(ledger.intents()))


def lines(intent: Intent) -> Iterator[str]:
    """Yield what happened to an intent, a line a record, for people."""
    for record in intent.records:
        yield f"{record.seq:>6}  {_time(record.ts_ns)}  {record.kind:<8}  {_words(record)}"


def _time(ts_ns: int) -> str:
    at = datetime.fromtimestamp(ts_ns // 10**9, UTC)
    return f"{at:%Y-%m-%d %H:%M:%S}.{ts_ns % 10**9 // 10**6:03d}Z"


def _words(record: Record) -> str:
    body = {name: value for name, value in record.body.items() if value not in (None, "", "0")}
    if record.kind in ("answered", "heard"):
        return f"{body.get('said')}  ->  {body.get('answer')}"
    return "  ".join(f"{name}={value}" for name, value in body.items())
