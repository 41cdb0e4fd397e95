"""
Exits: the codes a client's verbs end with. One number means the same for every verb.

    0    done: canceled, placed, replaced; what was asked for is printed
    1    failed: a read brought no answer, a check or a ledger is not whole
    2    asked wrongly; nothing was sent
    3    the order is over: it filled, ended otherwise, or was so before
    4    not found
    5    refused by the venue
    6    unknown: nothing proved before the deadline what became of it
    7    not sent: nothing left that could have done anything
    130  interrupted
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Code(IntEnum):
    """An exit code, by what it says."""

    DONE = 0
    FAILED = 1
    ASKED_WRONGLY = 2
    CLOSED = 3
    NOT_FOUND = 4
    REFUSED = 5
    UNKNOWN = 6
    NOT_SENT = 7
    INTERRUPTED = 130

    @property
    def word(self) -> str:
        """Return it as JSON has it: `not-sent`."""
        return self.name.lower().replace("_", "-")


class Stop(Exception):
    """Why a verb ends: one line, without secrets, and its code."""

    def __init__(self, code: Code, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


_ANY = {
    "Filled": Code.CLOSED,
    "Closed": Code.CLOSED,
    "Canceled": Code.CLOSED,
    "NotFound": Code.NOT_FOUND,
    "Refused": Code.REFUSED,
    "NotSent": Code.NOT_SENT,
    "Unknown": Code.UNKNOWN,
}

# By the kind of the outcome.
OF_CANCEL = _ANY | {"Canceled": Code.DONE}
OF_PLACE = _ANY | {"Open": Code.DONE, "Filled": Code.DONE}
OF_REPLACE = _ANY | {"Replaced": Code.DONE}

# Of several the one that asks most for a look.
_WORST_FIRST = (
    Code.UNKNOWN,
    Code.NOT_SENT,
    Code.REFUSED,
    Code.NOT_FOUND,
    Code.CLOSED,
    Code.ASKED_WRONGLY,
    Code.FAILED,
    Code.DONE,
)


def worst(codes: Iterable[Code]) -> Code:
    """Return the code that says most of several outcomes; done for none."""
    return min(codes, key=_WORST_FIRST.index, default=Code.DONE)
