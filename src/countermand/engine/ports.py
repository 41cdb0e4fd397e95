"""
Ports: what the engine needs of the world, and everything that can go wrong with a journal.

    JournalError
    ├── Absent           there is no journal in this directory
    ├── OtherFormat      the file is not a journal, or one of a format this version does not know
    ├── Locked           another process serves this directory
    ├── Damaged          a record cannot be trusted; `seq` names the first such
    │   └── Hole         a record is missing
    ├── Poisoned         a sound record that the core cannot apply: a bug; `seq` names it
    ├── NotPoisoned      a record that must not be set aside
    ├── OtherRules       records must be replayed by the version whose rules wrote them
    ├── Unreadable       the disk or the operating system refuses to read
    ├── Stale            another writer has taken over, or the head is elsewhere; nothing was
    written └── WriteFailed      the disk refuses to write; whether the records are durable is not
    known
        └── Full         because there is no room
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from msgspec import Struct

from countermand.core.commands import Entry


class JournalError(Exception):
    """Base of the tree; the text is one sentence for people."""


class Absent(JournalError):
    """There is no journal in this directory."""


class OtherFormat(JournalError):
    """The file is not a journal, or one of a format this version does not know."""


class Locked(JournalError):
    """Another process serves this directory."""

    def __init__(self, directory: object, pid: str) -> None:
        super().__init__(f"{directory} is being served by process {pid or '(unknown)'}")
        self.pid = pid


class Damaged(JournalError):
    """A record cannot be trusted; nothing after it can be either."""

    def __init__(self, seq: int, what: str) -> None:
        super().__init__(f"the journal is damaged at record {seq}: {what}")
        self.seq = seq
        self.what = what


class Hole(Damaged):
    """A record is missing."""


class Poisoned(JournalError):
    """A sound record that the core cannot apply; replay stops before it."""

    def __init__(self, seq: int, cause: Exception) -> None:
        said = "".join(str(cause).splitlines()[:1])
        super().__init__(
            f"record {seq} cannot be applied ({type(cause).__name__}: {said}); this is a bug. "
            f"`countermand journal quarantine DIR {seq}` sets it aside, with all after it, "
            "unless any of them was ever answered"
        )
        self.seq = seq


class NotPoisoned(JournalError):
    """A record that must not be set aside: it can be applied, or it once was."""


class OtherRules(JournalError):
    """Records after the last usable snapshot were written under other rules than this version's."""

    def __init__(self, seq: int, wrote: str, rules: int) -> None:
        super().__init__(
            f"record {seq} and those after it were written by {wrote}, and this version has "
            f"rules {rules}; start once with the version that wrote them and stop it cleanly: "
            "that leaves a snapshot this version can start from"
        )
        self.seq = seq


class Unsuitable(JournalError):
    """The file system cannot keep a journal."""


class Unreadable(JournalError):
    """The disk or the operating system refuses to read."""


class Stale(JournalError):
    """
    Another writer has taken over, or the head is not where it was expected; nothing was written.
    """


class WriteFailed(JournalError):
    """
    The disk refused to write. Whether the last records are durable, only the next start can tell.
    """


class Full(WriteFailed):
    """There is no room left."""


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


class Clock(Protocol):
    """Where time comes from. It may stand still or go back: the sequencer makes it advance."""

    def now_ns(self) -> int:
        """Return nanoseconds since the Unix epoch."""


class Readable(Protocol):
    """The entries, in order, as they are read back."""

    @property
    def head(self) -> int:
        """The last entry's number, 0 when there is none."""

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

    def fence(self, writer: Writer) -> None:
        """
        Make `writer` the one who appends; from now on every earlier one's append fails.

        Raises: Stale when its epoch is not beyond every other's.
        """

    def append(
        self, expected_head: int, entries: Sequence[Entry], marks: Sequence[Mark] = ()
    ) -> None:
        """
        Make entries and marks durable, all or none.

        Raises: Stale, WriteFailed. After WriteFailed every further append fails too.
        """

    def close(self) -> None:
        """Let go of everything. Idempotent."""
