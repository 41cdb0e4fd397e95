"""
Group: entries that become durable together, and the commands they came of.
"""

from __future__ import annotations

from msgspec import Struct

from countermand.engine.chain import as_journaled, encode_in_place
from countermand.engine.intake import Queued, Taken
from countermand.vocabulary.commands import AdvanceTime, Entry

_ADVANCE, _ADVANCE_BYTES = as_journaled(AdvanceTime())
TIME_IS_DUE: Taken = ((_ADVANCE,), (_ADVANCE_BYTES,), Queued(_ADVANCE, _ADVANCE_BYTES, (), None))


class Group(Struct, gc=False):
    """Entries in order, and the items they came of; `ahead` entries come of time being due."""

    entries: list[Entry]
    taken: list[Taken]
    ahead: int


def stamp(taken: list[Taken], seq: int, ts_ns: int) -> tuple[list[Entry], list[bytes]]:
    """Return what was taken as entries from `seq` on, and the bytes of them."""
    entries, payloads = [], []
    for commands, encoded, _ in taken:
        for command, data in zip(commands, encoded, strict=True):
            entries.append(Entry(seq, ts_ns, command))
            payloads.append(encode_in_place(seq, ts_ns, data))
            seq, ts_ns = seq + 1, ts_ns + 1
    return entries, payloads
