"""
Replayer: a process beside the engine's that leaves snapshots, so that the engine never stands still
for one.

    python -m countermand.engine.replayer DIR EVERY

It loads the last snapshot, applies what the journal has after it, and leaves a new one. Should the
journal have got EVERY entries further meanwhile, it goes on from where it is, else it ends. All of
it is read from the files: nothing of the engine's memory is copied or waited for.

On stdout it says of each which record it is of, and which one it began with; on stderr in one line
why it left none. It ends when its stdin does, and so never outlives the engine that started it.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

from countermand.core.exchange import RULES_VERSION
from countermand.core.history import Dropped
from countermand.engine.beginning import Recovery, from_snapshot
from countermand.engine.errors import JournalError
from countermand.engine.peek import Peek, beside
from countermand.engine.records import Records
from countermand.engine.refusing import refuse_other_rules
from countermand.engine.replay import check_state, replay
from countermand.engine.snapshot import Header, SnapshotDirectory, take
from countermand.vocabulary.commands import Entry

# It gives way to the engine where both want the same processor, but for a third of it.
NICENESS = 5

# Records read at once. While a statement is being read SQLite cannot begin its log anew.
READ_AT_ONCE = 4096


class Growing(Peek):
    """
    A journal that is being written to, read up to where it ended when it was opened.

    Where that is far from `seq` it is read to `every` entries after it: what has been applied by
    then is left before it goes on, so that a process that is killed again and again gets somewhere.
    """

    def __init__(self, records: Records, seq: int, every: int) -> None:
        super().__init__(records)
        if self.head >= seq + 2 * every:
            self.head = seq + every

    def read(self, from_seq: int) -> Iterator[Entry]:
        """Yield the entries from `from_seq` on, holding no statement open. Raises: Damaged."""
        for first in range(from_seq, self.head + 1, READ_AT_ONCE):
            last = min(first + READ_AT_ONCE - 1, self.head)
            yield from list(self.records.entries(first, last))


def leave_snapshots(directory: Path, every: int) -> Iterator[tuple[int, int]]:
    """
    Leave a snapshot of a directory's journal as it is now, and others while it grows as fast.

    Yields the record of each one, once it is on the disk, and that of the one it began with. What
    they are made from proves itself on the way: the first snapshot gives the state that it was
    taken of, and the records fit the chain and the marks. At the end, when there is time for it,
    the state is held against its own rules.
    Raises: JournalError, OSError.
    """
    snapshots = SnapshotDirectory(directory)
    with beside(directory) as records:
        found = from_snapshot(Peek(records), snapshots, is_proven=True, history=Dropped())
        refuse_other_rules(Peek(records), found.snapshot_seq + 1, RULES_VERSION)
        seen = Growing(records, found.snapshot_seq, every)
        while seen.head > found.exchange.seq:
            replay(seen, found)
            _leave(snapshots, seen, found)
            yield found.exchange.seq, found.snapshot_seq
            seen = Growing(records, found.exchange.seq, every)
            if seen.head < found.exchange.seq + every:
                break
        check_state(found.exchange)


def _leave(snapshots: SnapshotDirectory, seen: Peek, found: Recovery) -> None:
    exchange = found.exchange
    seq, ts_ns, checksum = exchange.seq, exchange.ts_ns, seen.checksum_at(exchange.seq)
    place = Header(RULES_VERSION, seq, ts_ns, checksum, found.outcome, b"")
    snapshots.save(take(exchange.dump(), place), seen.first)


def main() -> None:
    """Leave snapshots of the directory that was named, and say of which records."""
    Thread(target=_end_with_stdin, daemon=True).start()
    os.nice(NICENESS)
    # It ends before garbage could matter, and holds few cycles.
    gc.disable()
    try:
        for left in leave_snapshots(Path(sys.argv[1]), int(sys.argv[2])):
            print(*left, flush=True)  # noqa: T201 -- said to the engine
    except (JournalError, OSError) as error:
        said = str(error)
    except Exception as error:  # noqa: BLE001 -- a bug, told in one line to who logs it
        said = f"{type(error).__name__}: {error}"
    else:
        return
    sys.stderr.write(" ".join(said.split()) + "\n")
    sys.exit(1)


def _end_with_stdin() -> None:
    # Not sys.stdin: its lock would be held when the interpreter ends.
    os.read(0, 1)
    os._exit(1)


if __name__ == "__main__":
    main()
