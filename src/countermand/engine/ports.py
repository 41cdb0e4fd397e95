"""
Ports: what the engine needs of the world, and the small records that go back and forth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from msgspec import Struct

from countermand.vocabulary.commands import Entry


class Mark(Struct, frozen=True):
    """The running digest of every event up to and including `seq`'s."""

    seq: int
    outcome: bytes


class Writer(Struct, frozen=True):
    """
    A process that was allowed to append, from `first_seq` until the next one's.

    Units: `opened_ns` since the Unix epoch.
    """

    epoch: int
    first_seq: int
    rules_version: int
    app_version: str
    opened_ns: int


class Base(Struct, frozen=True):
    """
    What a journal stands on whose first entries were dropped: a snapshot at entry `seq`, the first
    one that is kept.

    `before` is the chain's link of the entry before it, `checksum` its own, `outcome` and `digest`
    those of the snapshot. Units: `dropped_ns` since the Unix epoch.
    """

    seq: int
    before: bytes
    checksum: bytes
    outcome: bytes
    digest: bytes
    dropped_ns: int


class Kept(Struct, frozen=True):
    """A world or a change of keys, as its keeper spells it: the engine never looks inside."""

    name: str
    value: bytes


class Clock(Protocol):
    """Where time comes from. It may stand still or go back: the sequencer makes it advance."""

    def now_ns(self) -> int:
        """Return nanoseconds since the Unix epoch."""


class Readable(Protocol):
    """The entries, in order, as they are read back, and what is kept with them."""

    @property
    def head(self) -> int:
        """The last entry's number, 0 when there is none."""

    @property
    def first(self) -> int:
        """The first entry there is: 1, or the one of the snapshot that all stands on."""

    def read(self, from_seq: int) -> Iterator[Entry]:
        """Yield the entries from `from_seq` to the head. Raises: Damaged at the first bad one."""

    def check(self, from_seq: int, to_seq: int) -> None:
        """Check the chain between two entries, both included. Raises: Damaged, as `read` does."""

    def checksum_at(self, seq: int) -> bytes:
        """Return an entry's link of the chain as recorded. Raises: Hole."""

    def marks(self, from_seq: int) -> tuple[Mark, ...]:
        """Return the marks from `from_seq` on, ascending."""

    def writers(self) -> tuple[Writer, ...]:
        """Return everyone who ever wrote, in order."""

    def kept(self) -> tuple[Kept, ...]:
        """Return all that was ever kept, in order. Raises: KeptDamaged at the first bad one."""


class Journal(Readable, Protocol):
    """
    The entries, durable once `append` has returned.

    One thread at a time uses a journal.
    """

    @property
    def checksum(self) -> bytes:
        """The head's link of the checksum chain."""

    @property
    def epoch(self) -> int:
        """The last writer's epoch, 0 before the first."""

    @property
    def reserved(self) -> int:
        """The last number that an earlier writer may have given out; the head, if that is sure."""

    def fence(self, writer: Writer) -> None:
        """
        Make `writer` the one who appends; from now on every earlier one's append fails.

        Raises: Stale when its epoch is not beyond every other's.
        """

    def append(
        self, expected_head: int, payloads: Sequence[bytes], marks: Sequence[Mark] = ()
    ) -> None:
        """
        Make entries and marks durable, all or none.

        The payloads are what `encode_entry` makes of the entries from `expected_head + 1` on.
        Raises: Stale, WriteFailed. After WriteFailed every further append fails too; only after
        Full may `resume` change that.
        """

    def resume(self) -> None:
        """
        Become usable again after Full, having proven how the journal ends.

        The entries of the append that failed are there, all or none: `head` tells.
        Raises: Full while there is still no room, and as opening the journal does.
        """

    def keep(self, records: Sequence[Kept]) -> None:
        """
        Make records durable, all or none, chained and sealed as entries are.

        Raises: as `append`.
        """

    def close(self) -> None:
        """Let go of everything. Idempotent."""
