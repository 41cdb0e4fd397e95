"""
Memory: the journal that forgets. The same contract as the one on disk, for tests and `--ephemeral`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from countermand.engine.chain import GENESIS, decode_entry, link
from countermand.engine.errors import Damaged, Hole, Stale
from countermand.engine.ports import Kept, Mark, Writer
from countermand.vocabulary.commands import Entry


class MemoryJournal:
    """A journal in lists. It keeps bytes, not objects, so that it proves the encoding too."""

    def __init__(self) -> None:
        self._payloads: list[bytes] = []
        self._checksums: list[bytes] = []
        self._marks: list[Mark] = []
        self._writers: list[Writer] = []
        self._kept: list[Kept] = []
        self._epoch = 0

    def copy(self, head: int) -> MemoryJournal:
        """Return a journal of its own with the entries up to `head`, and all that was kept."""
        other = MemoryJournal()
        other._payloads, other._checksums = self._payloads[:head], self._checksums[:head]
        other._marks = [mark for mark in self._marks if mark.seq <= head]
        other._writers, other._kept = self._writers[:], self._kept[:]
        other._epoch = self._epoch
        return other

    @property
    def head(self) -> int:
        """The last entry's number, 0 when there is none."""
        return len(self._payloads)

    @property
    def first(self) -> int:
        """The first entry, which is never dropped."""
        return 1

    @property
    def checksum(self) -> bytes:
        """The head's link of the checksum chain."""
        return self._checksums[-1] if self._checksums else GENESIS

    @property
    def epoch(self) -> int:
        """The last writer's epoch, 0 before the first."""
        return self._writers[-1].epoch if self._writers else 0

    @property
    def reserved(self) -> int:
        """The head: nothing outlives its owner, so nothing can have been given out beyond it."""
        return self.head

    def fence(self, writer: Writer) -> None:
        """Make `writer` the one who appends. Raises: Stale."""
        if writer.epoch <= self.epoch:
            raise Stale(f"writer {writer.epoch} comes after writer {self.epoch}")
        self._writers.append(writer)
        self._epoch = writer.epoch

    def append(
        self, expected_head: int, payloads: Sequence[bytes], marks: Sequence[Mark] = ()
    ) -> None:
        """Keep entries and marks, all or none. Raises: Stale."""
        if expected_head != self.head:
            raise Stale(f"the head is {self.head}, not {expected_head}")
        self._refuse_stale()
        checksum = self.checksum
        for payload in payloads:
            checksum = link(checksum, payload)
            self._payloads.append(payload)
            self._checksums.append(checksum)
        self._marks.extend(marks)

    def resume(self) -> None:
        """Do nothing: memory that is full ends the process."""

    def read(self, from_seq: int) -> Iterator[Entry]:
        """
        Yield the entries from `from_seq` to the head. Raises: Damaged naming the first bad one.
        """
        for seq in range(from_seq, self.head + 1):
            self.check(seq, seq)
            yield decode_entry(self._payloads[seq - 1])

    def check(self, from_seq: int, to_seq: int) -> None:
        """Check the chain between two entries, both included. Raises: Damaged."""
        for seq in range(from_seq, to_seq + 1):
            expected = link(self.checksum_at(seq - 1), self._payloads[seq - 1])
            if self._checksums[seq - 1] != expected:
                raise Damaged(seq, "its checksum does not fit the records before it")

    def checksum_at(self, seq: int) -> bytes:
        """Return an entry's link of the chain as recorded. Raises: Hole."""
        if not 0 <= seq <= self.head:
            raise Hole(seq, "the record is missing")
        return self._checksums[seq - 1] if seq else GENESIS

    def marks(self, from_seq: int) -> tuple[Mark, ...]:
        """Return the marks from `from_seq` on, ascending."""
        return tuple(mark for mark in self._marks if mark.seq >= from_seq)

    def writers(self) -> tuple[Writer, ...]:
        """Return everyone who ever wrote, in order."""
        return tuple(self._writers)

    def kept(self) -> tuple[Kept, ...]:
        """Return all that was ever kept, in order."""
        return tuple(self._kept)

    def keep(self, records: Sequence[Kept]) -> None:
        """Keep records, all or none. Raises: Stale."""
        self._refuse_stale()
        self._kept.extend(records)

    def close(self) -> None:
        """Do nothing: what is in memory goes with its owner."""

    def _refuse_stale(self) -> None:
        if self._epoch != self.epoch:
            raise Stale(f"writer {self.epoch} has taken over from writer {self._epoch}")
