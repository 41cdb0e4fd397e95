"""
Generations: the exchange begins anew, or goes on from a state that was saved.

Requests that come meanwhile wait; streams are closed. Numbers go on beyond those given out.
"""

from __future__ import annotations

from msgspec import Struct

from countermand.control.host import Host
from countermand.control.row import PREFIX, Asked, ControlRow


class Nothing(Asked, frozen=True):
    """Nothing more is asked."""


class Reset(Asked, frozen=True):
    """
    With a `seed` the numbers begin anew too, and keys and numbers are the same after each reset.
    """

    seed: int | None = None


class Save(Asked, frozen=True):
    """The name of the state: letters, digits, dots, dashes and underscores."""

    name: str


class Generation(Struct, frozen=True):
    """
    A life of the exchange: which one it is since the server was started, and its last entry.
    """

    generation: int
    seq: int


class Saved(Struct, frozen=True):
    """The names of the states that were saved."""

    snapshots: tuple[str, ...]


async def reset(host: Host, asked: Reset) -> Generation:
    """
    Begin anew: the world as it was founded, the clock as it was at the start, no faults.

    What was saved stays.
    """
    await host.generations.reset(asked.seed)
    return _shown(host)


async def snapshot(host: Host, asked: Save) -> Saved:
    """Save the exchange as it is now, in the place of what had the name."""
    await host.generations.snapshot(asked.name)
    return Saved(host.generations.snapshots())


async def list_snapshots(host: Host, asked: Nothing) -> Saved:
    """Return the names of what was saved."""
    return Saved(host.generations.snapshots())


async def restore(host: Host, asked: Save) -> Generation:
    """Go on from a saved state, with the clock as it was moved then."""
    await host.generations.restore(asked.name)
    return _shown(host)


def _shown(host: Host) -> Generation:
    return Generation(host.generations.number, host.exchange.condition().seq)


_SNAPSHOTS = f"{PREFIX}/snapshots"

ROWS = (
    ControlRow(
        name="reset",
        method="POST",
        path=f"{PREFIX}/reset",
        message=Reset,
        reply=Generation,
        run=reset,
        summary="Begin anew with the world as it was founded",
    ),
    ControlRow(
        name="snapshot",
        method="POST",
        path=_SNAPSHOTS,
        message=Save,
        reply=Saved,
        run=snapshot,
        summary="Save the exchange as it is now",
    ),
    ControlRow(
        name="snapshots",
        method="GET",
        path=_SNAPSHOTS,
        message=Nothing,
        reply=Saved,
        run=list_snapshots,
        summary="List what was saved",
    ),
    ControlRow(
        name="restore",
        method="POST",
        path=f"{_SNAPSHOTS}/{{name}}/restore",
        message=Save,
        reply=Generation,
        run=restore,
        summary="Go on from what was saved",
    ),
)
