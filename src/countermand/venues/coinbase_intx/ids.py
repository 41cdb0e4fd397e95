"""
Ids as this venue spells them: all of them renderings of our integers, all of them reversible.

Shape:  authenticated answers carry base-36 triplets (`2v2ckc1g-1-0` for an order, `3mnk39ap-1-21`
        for a portfolio, `114jqqhr-0-0` for an instrument, `0-0-1` for an asset), public ones
        decimals, and both a UUID beside. A word is eight characters because ours start at 36**7.
        Every emitted spelling is read; no other spelling is.
Source: captured answers (README, "Sources"); which numbers stand behind the venue's own is not
        known.
"""

import re
from enum import IntEnum
from functools import lru_cache

from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.reports import OrderReport
from countermand.wire import base36
from countermand.wire.ids import Spelling, spelled

_FIRST = 36**7
_WORD = re.compile(r"[0-9a-z]{1,16}")
_UUID = re.compile(r"([0-9a-f]{8})-([0-9a-f]{4})-8([0-9a-f]{3})-8000-([0-9a-f]{12})")
_LIKE_AN_ID = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-z]{1,16}-[0-9]{1,4}-[0-9]{1,4}|[0-9]{1,19}"
)
_DECIMAL = re.compile(r"[1-9][0-9]{0,18}")


class Kind(IntEnum):
    """The kinds of things with ids; the number stands in the UUIDs."""

    ORDER = 1
    PORTFOLIO = 2
    INSTRUMENT = 3
    ASSET = 4
    POSITION = 5
    FILL = 6
    MATCH = 7
    USER = 8

    @lru_cache(maxsize=16_384)
    def triplet(self, number: int) -> str:
        """Return the base-36 spelling of an id."""
        if self is Kind.ASSET:
            return _ASSET_PREFIX + base36.encode(number).lower()
        return base36.encode(number + _FIRST).lower() + _SUFFIX[self]

    @lru_cache(maxsize=16_384)
    def uuid(self, number: int) -> str:
        """Return the UUID spelling of an id: version 8, whose bits are free for such use."""
        digits = f"{number:024x}"
        return f"{digits[:8]}-{digits[8:12]}-8{self.value:03x}-8000-{digits[12:]}"

    @lru_cache(maxsize=4096)
    def parse(self, text: str) -> int | None:
        """
        Return the number an id names, in any of its three spellings, or None when it is not one.
        """
        if (number := self.parse_triplet(text)) is not None:
            return number
        if (match := _UUID.fullmatch(text)) is not None:
            is_ours = int(match[3], 16) == self
            return int(match[1] + match[2] + match[4], 16) if is_ours else None
        return int(text) if _DECIMAL.fullmatch(text) else None

    def parse_triplet(self, text: str) -> int | None:
        """Return the number a base-36 triplet names, or None when it is not of that kind."""
        if self is Kind.ASSET:
            word, ours, first = text.removeprefix(_ASSET_PREFIX), text.startswith(_ASSET_PREFIX), 0
        else:
            suffix = _SUFFIX[self]
            word, ours, first = text.removesuffix(suffix), text.endswith(suffix), _FIRST
        if not ours or not _WORD.fullmatch(word) or (word[0] == "0" and word != "0"):
            return None
        number = int(word, 36) - first
        return number if number >= 0 else None


ORDER, PORTFOLIO, INSTRUMENT, ASSET, POSITION, FILL, MATCH, USER = Kind

# The numbers after the word of a triplet; an asset's word comes last instead.
_SUFFIX = {
    ORDER: "-1-0",
    PORTFOLIO: "-1-21",
    INSTRUMENT: "-0-0",
    POSITION: "-1-57",
    FILL: "-2-0",
    MATCH: "-3-0",
    USER: "-4-0",
}
_ASSET_PREFIX = "0-0-"


# The spellings in answers that our client reads: triplets of orders, UUIDs of portfolios, decimals
# of public things. A request may have other spellings.
ORDER_ID = Spelling(ORDER.triplet, ORDER.parse_triplet)
PORTFOLIO_ID = Spelling(PORTFOLIO.uuid, PORTFOLIO.parse)
INSTRUMENT_ID = Spelling(str, INSTRUMENT.parse)
ASSET_ID = Spelling(str, ASSET.parse)
EXEC_ID = Spelling(str, FILL.parse)


def portfolio_text(account_id: AccountId) -> str:
    """Return what our client calls a portfolio."""
    return spelled(PORTFOLIO_ID, account_id)


def parse_order(text: str) -> OrderId:
    """Return an order's id, or 0 for what is a client order id; an id may be one too."""
    return OrderId(ORDER.parse_triplet(text) or 0)


def order_text(order_id: OrderId, cl_ord_id: str) -> str:
    """Return what an order is called in a path: its id, else its client id."""
    return spelled(ORDER_ID, order_id) if order_id else cl_ord_id


def is_spelled_like_one(text: str) -> bool:
    """Return whether a text has the spelling of an id, of any kind and any user."""
    return _LIKE_AN_ID.fullmatch(text) is not None


def order_name(order: OrderReport) -> str:
    """Return what an order is called."""
    return ORDER.triplet(order.order_id)


def order_of(text: str) -> OrderId | None:
    """Return the order's id that a text spells, or None: digits alone are a client's name."""
    number = None if text.isdecimal() else ORDER.parse(text)
    return OrderId(number) if number else None
