"""
Delays: how long a venue takes to apply what it has taken. Until then an order is pending, and a
fill can come before the cancel that was taken first.
"""

from __future__ import annotations

from msgspec import Struct

from countermand.control import durations, names
from countermand.control.acts import act
from countermand.control.host import Host
from countermand.control.row import PREFIX, Asked, ControlRow
from countermand.vocabulary.commands import SetDelays

# Nothing is pending for longer.
_LONGEST_NS = 366 * 86_400 * 10**9


class Take(Asked, frozen=True):
    """
    How long each takes from now on, such as `250ms`; `0`, which is what is not given, is at once.
    """

    venue: str
    new: str = "0"
    cancel: str = "0"
    replace: str = "0"


class Delays(Struct, frozen=True):
    """How long a venue takes to apply new orders, cancels and replacements."""

    venue: str
    new: str
    cancel: str
    replace: str


async def set_delays(host: Host, asked: Take) -> Delays:
    """
    Say how long a venue takes from now on. It is journaled; what is pending keeps its time.

    What the operator does is applied at once all the same.
    """
    at = names.served(host, asked.venue)
    told = (("new", asked.new), ("cancel", asked.cancel), ("replace", asked.replace))
    taken = [_within(durations.parse(text, field), field) for field, text in told]
    await act(host, SetDelays(at.venue.name, *taken))
    return Delays(at.venue.name, *(durations.shown(ns) for ns in taken))


def _within(ns: int, field: str) -> int:
    if ns > _LONGEST_NS:
        raise names.invalid(field, "is longer than a year")
    return ns


ROWS = (
    ControlRow(
        name="set-delays",
        method="PUT",
        path=f"{PREFIX}/venues/{{venue}}/delays",
        message=Take,
        reply=Delays,
        run=set_delays,
        summary="Say how long a venue takes to apply what it has taken",
    ),
)
