"""Clock: the exchange's own, which stands still or moves on when it is told to."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from countermand.control import durations, names
from countermand.control.host import Host
from countermand.control.row import PREFIX, Asked, ControlRow
from countermand.wire import times

# The latest time that a journal's stamps have room for.
_LAST_NS = 2**63 - 1


class Leader(StrEnum):
    """Whose clock the stamps and rates of clients are measured by."""

    WALL = "wall"
    EXCHANGE = "exchange"


class Nothing(Asked, frozen=True):
    """Nothing more is asked."""


class Advance(Asked, frozen=True):
    """By how much: numbers with a unit, d, h, m, s, ms, us or ns, such as `30d` or `1h 30m`."""

    by: str


class SetTime(Asked, frozen=True):
    """The new time in RFC 3339, such as `2026-12-24T18:00:00Z`."""

    time: str


class SetClients(Asked, frozen=True):
    """
    Whose clock clients' stamps and rates are measured by: the wall's, so that clients which do not
    know of the exchange's go on working, or the exchange's. What a venue issued, a token say, ends
    by the exchange's always.
    """

    clock: Leader


class Clock(Struct, frozen=True):
    """
    The exchange's clock. Units: `time` in RFC 3339.

    `clients` is whose clock clients' stamps and rates are measured by.
    """

    time: str
    stands_still: bool
    clients: Leader


async def get_clock(host: Host, asked: Nothing) -> Clock:
    """Return what the clock shows."""
    return _shown(host)


async def freeze(host: Host, asked: Nothing) -> Clock:
    """Let the clock stand still."""
    await host.clock.freeze()
    return _shown(host)


async def run(host: Host, asked: Nothing) -> Clock:
    """Let the clock go on from where it stands."""
    await host.clock.run()
    return _shown(host)


async def advance(host: Host, asked: Advance) -> Clock:
    """
    Move the clock on. When this returns all that was due on the way has happened, in order, and
    streams have been told.
    """
    by_ns = durations.parse(asked.by, "by")
    _check(host.clock.now_ns() + by_ns, "by")
    await host.clock.advance(by_ns)
    return _shown(host)


async def set_time(host: Host, asked: SetTime) -> Clock:
    """Move the clock on to a time, as `advance` does. It does not go back."""
    try:
        to_ns = times.parse_iso(asked.time)
    except ValueError as error:
        raise names.invalid("time", str(error)) from None
    _check(to_ns, "time")
    await host.clock.set(to_ns)
    return _shown(host)


async def set_clients(host: Host, asked: SetClients) -> Clock:
    """Choose whose clock clients' stamps and rates are measured by."""
    host.clock.lead_clients(leads=asked.clock is Leader.EXCHANGE)
    return _shown(host)


def _shown(host: Host) -> Clock:
    clock = host.clock
    leader = Leader.EXCHANGE if clock.leads_clients else Leader.WALL
    return Clock(times.iso_ns(clock.now_ns()), clock.stands_still, leader)


def _check(to_ns: int, field: str) -> None:
    if not 0 <= to_ns <= _LAST_NS:
        raise names.invalid(field, f"time ends here at {times.iso_ns(_LAST_NS)}")


_CLOCK = f"{PREFIX}/clock"

ROWS = (
    ControlRow(
        name="clock",
        method="GET",
        path=_CLOCK,
        message=Nothing,
        reply=Clock,
        run=get_clock,
        summary="Show what the exchange's clock shows",
    ),
    ControlRow(
        name="freeze",
        method="POST",
        path=f"{_CLOCK}/freeze",
        message=Nothing,
        reply=Clock,
        run=freeze,
        summary="Let the clock stand still",
    ),
    ControlRow(
        name="run",
        method="POST",
        path=f"{_CLOCK}/run",
        message=Nothing,
        reply=Clock,
        run=run,
        summary="Let the clock go on",
    ),
    ControlRow(
        name="advance",
        method="POST",
        path=f"{_CLOCK}/advance",
        message=Advance,
        reply=Clock,
        run=advance,
        summary="Move the clock on, through all that is due",
    ),
    ControlRow(
        name="set-time",
        method="PUT",
        path=_CLOCK,
        message=SetTime,
        reply=Clock,
        run=set_time,
        summary="Move the clock on to a time",
    ),
    ControlRow(
        name="set-client-clock",
        method="PUT",
        path=f"{_CLOCK}/clients",
        message=SetClients,
        reply=Clock,
        run=set_clients,
        summary="Choose whose clock signatures and rates go by",
    ),
)
