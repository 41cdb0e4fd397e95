"""
Kinds: everything that can be made to go wrong, and when.

    of the way      lost, reset, truncated, broken, duplicated, delayed: what a network does
    of the venue    rate limited, overloaded, failed, its clock wrong: what a server does
    of a stream     its messages lost, doubled, delayed, swapped: what stands between sometimes does

`before` and `after` say on which side of the request's effect it happens.
"""

from __future__ import annotations

from enum import StrEnum

from countermand.wire.operation import Operation as Do


class Kind(StrEnum):
    """The kinds of faults; `MEANS` says of each what its client sees and what was done."""

    LOST_BEFORE = "lost-before"
    LOST_AFTER = "lost-after"
    RESET_BEFORE = "reset-before"
    RESET_AFTER = "reset-after"
    DELAYED_BEFORE = "delayed-before"
    DELAYED_AFTER = "delayed-after"
    DUPLICATED = "duplicated"
    BROKEN = "broken"
    TRUNCATED = "truncated"
    RATE_LIMITED = "rate-limited"
    OVERLOADED = "overloaded"
    ERROR_BEFORE = "error-before"
    ERROR_AFTER = "error-after"
    ITEM_FAILED = "item-failed"
    CLOCK_SKEW = "clock-skew"
    STALE = "stale"
    UNSEEN = "unseen"
    PENDING = "pending"
    MESSAGE_LOST = "message-lost"
    MESSAGE_DOUBLED = "message-doubled"
    MESSAGE_DELAYED = "message-delayed"
    MESSAGE_SWAPPED = "message-swapped"


_NOTHING, _ALL = "nothing", "what was asked"

# The client's view, and how much the exchange did.
MEANS = {
    Kind.LOST_BEFORE: ("the connection is closed instead of an answer", _NOTHING),
    Kind.LOST_AFTER: ("the connection is closed instead of an answer", _ALL),
    Kind.RESET_BEFORE: ("the connection is reset (TCP RST)", _NOTHING),
    Kind.RESET_AFTER: ("the connection is reset (TCP RST)", _ALL),
    Kind.DELAYED_BEFORE: ("the answer is late", f"{_ALL}, late"),
    Kind.DELAYED_AFTER: ("the answer is late", f"{_ALL}, at once"),
    Kind.DUPLICATED: ("the answer to the second of two requests", f"{_ALL}, twice"),
    Kind.BROKEN: ("the status as it would be, and a body that is no JSON", _ALL),
    Kind.TRUNCATED: ("an answer that ends before its length", _ALL),
    Kind.RATE_LIMITED: ("too many requests, with `Retry-After`, in the venue's words", _NOTHING),
    Kind.OVERLOADED: ("that the venue is too busy, in its words", _NOTHING),
    Kind.ERROR_BEFORE: ("the venue's internal error", _NOTHING),
    Kind.ERROR_AFTER: ("the venue's internal error", _ALL),
    Kind.ITEM_FAILED: ("one item of a batch refused, or one order left out", "the others"),
    Kind.CLOCK_SKEW: (
        "that its signature's time is wrong, when it is by more than allowed",
        _NOTHING,
    ),
    Kind.STALE: ("a read of the exchange as it was a while ago", "answers alone are old"),
    Kind.UNSEEN: ("that there is no such order, for a while after it was taken", "everything"),
    Kind.PENDING: ("that it was taken, as the venue says so", f"{_ALL}, later, if it still can"),
    Kind.MESSAGE_LOST: ("a stream without the message", _ALL),
    Kind.MESSAGE_DOUBLED: ("the message twice", _ALL),
    Kind.MESSAGE_DELAYED: ("the message late, and later ones before it", _ALL),
    Kind.MESSAGE_SWAPPED: ("the message after the next one", _ALL),
}

# The kinds that add to any other; of all the others a request has one.
ADDED = frozenset({Kind.DELAYED_BEFORE, Kind.DELAYED_AFTER, Kind.CLOCK_SKEW})

# The kinds with a delay that is drawn.
DELAYS = frozenset({Kind.DELAYED_BEFORE, Kind.DELAYED_AFTER, Kind.PENDING, Kind.MESSAGE_DELAYED})

# The kinds that strike, and are counted, at a later step of a conversation.
LATER = frozenset({Kind.ITEM_FAILED})

# The kinds that strike messages of streams, of any operation.
MESSAGES = frozenset(
    {Kind.MESSAGE_LOST, Kind.MESSAGE_DOUBLED, Kind.MESSAGE_DELAYED, Kind.MESSAGE_SWAPPED}
)

_READS = frozenset(
    {
        Do.GET_ORDER, Do.LIST_ORDERS, Do.LIST_FILLS, Do.LIST_TRADES, Do.LIST_BALANCES,
        Do.GET_BALANCE, Do.LIST_POSITIONS, Do.GET_POSITION, Do.GET_ACCOUNT, Do.LIST_ACCOUNTS,
        Do.GET_ACCOUNT_DETAIL, Do.GET_ACCOUNT_SUMMARY, Do.GET_QUOTE, Do.GET_DEPTH,
        Do.LIST_CANDLES,
    }
)  # fmt: skip
_OF_ORDERS = frozenset({Do.GET_ORDER, Do.LIST_ORDERS})
_COMMANDS = frozenset({Do.PLACE_ORDER, Do.REPLACE_ORDER, Do.CANCEL_ORDER, Do.MASS_CANCEL})

_SUITED = {
    Kind.STALE: _READS,
    Kind.UNSEEN: _OF_ORDERS,
    Kind.ITEM_FAILED: _COMMANDS,
    Kind.PENDING: _COMMANDS,
    **dict.fromkeys(MESSAGES, frozenset({Do.OPEN_STREAM})),
}


def suits(kind: Kind, operation: Do | None) -> bool:
    """Return whether something of this kind can happen to an operation; None is no row's."""
    return kind not in _SUITED or operation in _SUITED[kind]
