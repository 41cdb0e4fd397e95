"""
Kinds: everything that can be made to go wrong, and when.

    of the way      lost, reset, truncated, broken, duplicated, delayed: what a network does
    of the venue    rate limited, overloaded, failed, its clock wrong: what a server does

`before` and `after` say on which side of the request's effect it happens.
"""

from __future__ import annotations

from enum import StrEnum


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


# What comes on top of anything else; of all other kinds one request has one.
ADDED = frozenset({Kind.DELAYED_BEFORE, Kind.DELAYED_AFTER})

DELAYS = frozenset({Kind.DELAYED_BEFORE, Kind.DELAYED_AFTER})
