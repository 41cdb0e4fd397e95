"""Cases that every venue has: a cancel by our client, and what can be in its way."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.venues.seeds.row import Case
from tests.venues.seeds.stand import Asked, Stand

from countermand.engine.sequencer import IntakeStopped, QueueFull, Undecided

CANCEL = "our client's cancel"
AGAIN = "a second cancel"
UNKNOWN = "a cancel of no order"
LOST = "a journal that fails"
FULL = "an exchange that is full"
STOPPED = "an exchange that takes nothing more"
BUG = "a bug"
NOBODY = "no key"
LOOKING = "a key that may only look"
LISTED = ", as listed"

_FAILURES: dict[str, Exception] = {
    LOST: Undecided("the disk is gone"),
    FULL: QueueFull("full"),
    STOPPED: IntakeStopped("the journal is full"),
    BUG: RuntimeError("a bug"),
}
_KEYS = {NOBODY: None, LOOKING: 1}


def canceling(venue: str, what: str, **settings: Any) -> Asked:
    """Return our client's cancel of an order that rests, with that in its way."""
    stand = Stand(venue, **settings)
    order = stand.rest()
    if what == AGAIN:
        stand.told(stand.cancel(order))
    if what == UNKNOWN:
        order = stand.other(order)
    if what in _FAILURES:
        stand.fail(_FAILURES[what])
    return Asked(stand, stand.cancel(order), key=_KEYS.get(what, 0))


def common(venue: str) -> dict[str, Case]:
    """Return those cases, by what they are about."""
    whats = (CANCEL, AGAIN, UNKNOWN, LOST, FULL, NOBODY, LOOKING)
    return {what: partial(canceling, venue, what) for what in whats}


def listed(venue: str, *whats: str) -> dict[str, Case]:
    """Return some of them where a cancel is answered as its page lists it."""
    return {what + LISTED: partial(canceling, venue, what, cancel_as_listed=True) for what in whats}
