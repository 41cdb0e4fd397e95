"""
Blocking: no client that writes to a ledger places or replaces while a block stands in it.

A block is a record of the ledger like any other. Whether one stands is looked up in the transaction
that writes an intent, so that each intent is either before the block, under way, and awaited by
a kill, or refused: nothing is in between.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from countermand.client.acts import Blocked, Note

BLOCK = "block"

# The verbs that can bring a new order, or more quantity to one.
TRADING = ("place", "replace")

EVERY = "*"

# The newest block is found without looking at anything else.
SCHEMA = "CREATE INDEX IF NOT EXISTS records_of_blocks ON records (seq) WHERE kind = 'block'"
_NEWEST = (
    "SELECT ts_ns, body FROM records INDEXED BY records_of_blocks"
    " WHERE kind = 'block' ORDER BY seq DESC LIMIT 1"
)


class Block(Struct, frozen=True):
    """
    The venues that are blocked, by the newest record of a ledger.

    Shape:  `venues` by name, `*` for all there are; none when nothing is blocked.
            `pid` is the process that said so last.
    Units:  `since_ns` nanoseconds since the Unix epoch.
    """

    venues: tuple[str, ...] = ()
    since_ns: int = 0
    pid: int = 0

    def covers(self, venue: str) -> bool:
        """Whether no order may go to a venue."""
        return venue in self.venues or EVERY in self.venues

    def body(self) -> dict[str, Any]:
        """Return it as a record has it."""
        return {"venues": list(self.venues), "since_ns": self.since_ns, "pid": self.pid}


NO_BLOCK = Block()


def standing(db: sqlite3.Connection) -> Block:
    """Return what is blocked. Raises sqlite3.Error."""
    row = db.execute(_NEWEST).fetchone()
    return NO_BLOCK if row is None else msgspec.json.decode(row[1], type=Block)


def raised(block: Block, venues: Iterable[str], now_ns: int) -> Block:
    """Return a block with some venues more, all for none."""
    more = dict.fromkeys((*block.venues, *(tuple(venues) or (EVERY,))))
    told = (EVERY,) if EVERY in more else tuple(more)
    return Block(told, block.since_ns or now_ns, os.getpid())


def lifted(block: Block, venues: Iterable[str], known: Iterable[str]) -> Block:
    """Return a block without some venues, of those that are `known`; nothing is left for none."""
    gone = set(venues)
    if not gone:
        return NO_BLOCK
    listed = known if EVERY in block.venues else block.venues
    left = tuple(venue for venue in listed if venue not in gone)
    return Block(left, block.since_ns, os.getpid()) if left else NO_BLOCK


def refusal(db: sqlite3.Connection, note: Note) -> Blocked | None:
    """Return why an intent is not written, None where it may be. Raises sqlite3.Error."""
    if note.intent_id or note.body.get("verb") not in TRADING:
        return None
    block = standing(db)
    return Blocked(block.since_ns) if block.covers(note.body.get("venue", "")) else None
