"""
Kinds: everything that can be made to go wrong, and when.

    of the way      lost, reset, truncated, broken, duplicated, delayed: what a network does
    of the venue    rate limited, overloaded, failed, its clock wrong: what a server does

`before` and `after` say on which side of the request's effect it happens.
"""

from __future__ import annotations

from enum import StrEnum

from countermand.wire.operation import Operation as Do


class Kind(StrEnum):
    """What goes wrong with a request. Each says what its client sees and what the exchange did."""

    LOST_BEFORE = "lost-before"
    """The connection is closed instead of an answer. Nothing was done."""
    LOST_AFTER = "lost-after"
    """The connection is closed instead of an answer. The request was carried out."""
    RESET_BEFORE = "reset-before"
    """The connection is reset (TCP RST). Nothing was done."""
    RESET_AFTER = "reset-after"
    """The connection is reset (TCP RST). The request was carried out."""
    DELAYED_BEFORE = "delayed-before"
    """The request arrives late: it is carried out, and answered, when the delay is over."""
    DELAYED_AFTER = "delayed-after"
    """The answer arrives late: the request was carried out at once."""
    DUPLICATED = "duplicated"
    """The request is carried out twice, one after the other; the second answer is what comes."""
    BROKEN = "broken"
    """The status is as it would be, the body is no JSON. The request was carried out."""
    TRUNCATED = "truncated"
    """The answer ends before its length. The request was carried out."""
    RATE_LIMITED = "rate-limited"
    """Too many requests, with Retry-After, in the venue's words. Nothing was done."""
    OVERLOADED = "overloaded"
    """The venue is too busy and says that nothing was done, in its words. Nothing was done."""
    ERROR_BEFORE = "error-before"
    """The venue's internal error. Nothing was done."""
    ERROR_AFTER = "error-after"
    """The venue's internal error, word for word as before. The request was carried out."""

    ITEM_FAILED = "item-failed"
    """One item of a batch, or one order of a mass cancel, is refused; the others go on."""
    CLOCK_SKEW = "clock-skew"
    """The venue's clock is wrong where it looks at the time a request was signed at."""
    STALE = "stale"
    """A read shows the exchange as it was a while ago. Only its answer does."""
    UNSEEN = "unseen"
    """A read does not find an order that was taken a short while ago; it finds everything else."""


DELAYS = frozenset({Kind.DELAYED_BEFORE, Kind.DELAYED_AFTER})

# What comes on top of anything else; of all other kinds one request has one.
ADDED = DELAYS | {Kind.CLOCK_SKEW}

# What happens within a request's conversation, not on its way.
WITHIN = frozenset({Kind.ITEM_FAILED, Kind.STALE, Kind.UNSEEN})

# What strikes, and is counted, when a conversation comes to something it is for.
LATER = frozenset({Kind.ITEM_FAILED})

_READS = frozenset(
    {
        Do.GET_ORDER, Do.LIST_ORDERS, Do.LIST_FILLS, Do.LIST_TRADES, Do.LIST_BALANCES,
        Do.GET_BALANCE, Do.LIST_POSITIONS, Do.GET_POSITION, Do.GET_ACCOUNT, Do.LIST_ACCOUNTS,
        Do.GET_ACCOUNT_DETAIL, Do.GET_ACCOUNT_SUMMARY, Do.GET_QUOTE, Do.GET_DEPTH,
        Do.LIST_CANDLES,
    }
)  # fmt: skip
_OF_ORDERS = frozenset({Do.GET_ORDER, Do.LIST_ORDERS})
_IN_BATCHES = frozenset({Do.PLACE_ORDER, Do.REPLACE_ORDER, Do.CANCEL_ORDER, Do.MASS_CANCEL})

_SUITED = {Kind.STALE: _READS, Kind.UNSEEN: _OF_ORDERS, Kind.ITEM_FAILED: _IN_BATCHES}


def suits(kind: Kind, operation: Do | None) -> bool:
    """Return whether something of this kind can happen to an operation; None is no row's."""
    return kind not in _SUITED or operation in _SUITED[kind]
