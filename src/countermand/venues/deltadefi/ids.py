"""
Ids as this venue spells them: UUIDs of version 4, to look at.

Shape:  of a UUID's 122 free bits the first 58 are a mark made of what the id names, the last 64 its
        number, masked by the mark. So every id is a rendering of an integer of ours and can be read
        back, and a UUID that was not emitted here names nothing.
Source: API reference, schemas of orders, fills and accounts (UUID text). What stands behind the
        venue's own is not known; this spelling is our proposal.
"""

import re
from enum import IntEnum
from functools import lru_cache
from hashlib import blake2b

from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.reports import OrderReport
from countermand.wire.ids import ReadId, Spelling, ours, spelled

_UUID = re.compile(r"([0-9a-f]{8})-([0-9a-f]{4})-4([0-9a-f]{3})-([89ab][0-9a-f]{3})-([0-9a-f]{12})")
_LENGTH = 36
_NUMBER_BITS = 64
_MARK_BITS = 58
_LAST_BITS = 62
_NUMBERS = 1 << _NUMBER_BITS


class Kind(IntEnum):
    """The kinds of things with ids; no two kinds share one."""

    ORDER = 1
    ACCOUNT = 2
    MAKER_FILL = 3
    TAKER_FILL = 4
    COUNTER_PARTY = 5

    @lru_cache(maxsize=65_536)
    def uuid(self, number: int) -> str:
        """Return the spelling of an id. Raises ValueError for a number of more than 64 bits."""
        if not 0 <= number < _NUMBERS:
            raise ValueError(f"{number} is no id")
        mark = _mark(self, number)
        bits = mark << _NUMBER_BITS | (number ^ _mask(mark))
        head, last = divmod(bits, 1 << _LAST_BITS)
        first, middle = divmod(head, 1 << 12)
        front, back = 0x8000 | last >> 48, last & ((1 << 48) - 1)
        return f"{first >> 16:08x}-{first & 0xFFFF:04x}-4{middle:03x}-{front:04x}-{back:012x}"

    def parse(self, text: str) -> int | None:
        """Return the number an id names, or None when it is not of that kind."""
        # Only what may be an id is remembered: a text can be as long as a request.
        return _parse(self, text) if len(text) == _LENGTH else None


ORDER, ACCOUNT, MAKER_FILL, TAKER_FILL, COUNTER_PARTY = Kind


@lru_cache(maxsize=65_536)
def _parse(kind: Kind, text: str) -> int | None:
    if (match := _UUID.fullmatch(text)) is None:
        return None
    head = int(match[1] + match[2] + match[3], 16)
    last = (int(match[4], 16) & 0x3FFF) << 48 | int(match[5], 16)
    mark, masked = divmod(head << _LAST_BITS | last, _NUMBERS)
    number = masked ^ _mask(mark)
    return number if mark == _mark(kind, number) else None


ORDER_ID, ACCOUNT_ID = (Spelling(kind.uuid, kind.parse) for kind in (ORDER, ACCOUNT))
MAKER_FILL_ID, TAKER_FILL_ID = (
    Spelling(kind.uuid, kind.parse) for kind in (MAKER_FILL, TAKER_FILL)
)


def order_text(order_id: OrderId) -> str:
    """Return the spelling of an order's id."""
    return spelled(ORDER_ID, order_id)


def parse_order(text: str, read_id: ReadId = ours) -> OrderId | None:
    """Return the order id a text spells, or None when it is not one."""
    number = read_id(ORDER_ID, text)
    return OrderId(number) if number else None


def _mark(kind: Kind, number: int) -> int:
    named = b"%d %d" % (kind, number)
    return int.from_bytes(blake2b(named, digest_size=8).digest(), "big") >> (64 - _MARK_BITS)


def _mask(mark: int) -> int:
    return int.from_bytes(blake2b(b"%d" % mark, digest_size=8).digest(), "big")


def order_name(order: OrderReport) -> str:
    """Return what an order is called."""
    return ORDER.uuid(order.order_id)
