"""
Chain: the checksums that bind each record to all before it, and each outcome to all events before
it.

A changed, missing or moved record breaks the first chain; a core that decides differently than it
did when the record was written breaks the second.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import msgspec
from msgspec import Struct

from countermand.core import former
from countermand.vocabulary.commands import Command, Entry
from countermand.vocabulary.events import Event

DIGEST_BYTES = 16

# The link before the first record, and the outcome before the first event.
GENESIS = bytes(DIGEST_BYTES)


class Recorded(Struct, frozen=True, array_like=True):
    """An entry of any rules there were: to be read, never to be applied. Fields as in `Entry`."""

    seq: int
    ts_ns: int
    command: Command | former.NewOrder | former.StageOrder | former.ReplaceOrder


# JSON, because its integers have no size limit: twenty units of an asset with eighteen digits are
# more than MessagePack's 64 bits hold. Other tools can read it too.
encode_entry = msgspec.json.Encoder().encode
decode_entry = msgspec.json.Decoder(Entry).decode
decode_recorded = msgspec.json.Decoder(Recorded).decode

_encode_command = msgspec.json.Encoder().encode
_decode_command = msgspec.json.Decoder(Command).decode
_encode_events = msgspec.json.Encoder().encode


def link(previous: bytes, payload: bytes) -> bytes:
    """Return the checksum of a record that follows the one whose checksum is `previous`."""
    return blake2b(previous + payload, digest_size=DIGEST_BYTES).digest()


def link_kept(previous: bytes, name: str, value: bytes) -> bytes:
    """Return the checksum of what is kept under a name, after what was kept before."""
    return link(previous, name.encode() + b"\0" + value)


def encode_in_place(seq: int, ts_ns: int, encoded: bytes) -> bytes:
    """Return `encode_entry` of an entry whose command is encoded already."""
    return b"[%d,%d,%b]" % (seq, ts_ns, encoded)


def as_journaled(command: Command) -> tuple[Command, bytes]:
    """
    Return the command as replay will read it, so that both apply the same, and what it will read.

    Raises: TypeError, ValueError or OverflowError for what would not come back from the journal: a
    bug of its maker, and better refused there than a journal that does not start.
    """
    encoded = _encode_command(command)
    return _decode_command(encoded), encoded


def fold(outcome: bytes, events: Sequence[Event]) -> bytes:
    """Return the outcome after an entry's events."""
    return blake2b(outcome + _encode_events(events), digest_size=DIGEST_BYTES).digest()
