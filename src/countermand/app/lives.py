"""
Lives: where the generations of an exchange come from, in memory or on disk.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec

from countermand.app.generation import Draw, Generation
from countermand.control.row import ControlError
from countermand.engine.clock import Reading
from countermand.world import Record

# Ends the process: the core has met a bug.
OnFatal = Callable[[], None]

# Under this name the journal keeps how the exchange's clock was moved.
CLOCK = "clock"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Lives(Protocol):
    """
    The generations of one exchange, and those of its states that were saved by name.
    """

    def first(self) -> Generation:
        """Return the generation a server starts with. Raises: WorldError, JournalError."""

    def anew(self, draw: Draw) -> Generation:
        """Return a generation that begins with the founding. Raises: JournalError."""

    def again(self, name: str, draw: Draw) -> Generation:
        """Return one that goes on from a saved state. Raises: ControlError, JournalError."""

    def adopt(self, generation: Generation) -> None:
        """Serve a generation of these from now on, after a crash too. Raises: JournalError."""

    async def save(self, name: str, generation: Generation) -> None:
        """Save a generation as it is now, in the place of what had the name."""

    async def copy(self, generation: Generation, to: Path) -> None:
        """
        Fill an empty directory with a generation as it is now, as a data directory of its own.

        Raises: JournalError.
        """

    def saved(self) -> tuple[str, ...]:
        """Return the names of the saved states."""


def check_name(name: str) -> None:
    """Raise ControlError for a name that no state can have."""
    if not _NAME.fullmatch(name):
        text = "name: letters, digits, dots, dashes and underscores, at most 64, no dot in front"
        raise ControlError(400, "invalid", text)


def unknown_name(name: str, known: tuple[str, ...]) -> ControlError:
    """Return the refusal of a name under which nothing was saved."""
    there = f"there are {', '.join(known)}" if known else "there is none"
    return ControlError(404, "unknown-snapshot", f"no snapshot is called {name!r}; {there}")


def reading_in(records: list[Record]) -> Reading:
    """Return how the clock was moved last."""
    moves = [value for name, value in records if name == CLOCK]
    return msgspec.json.decode(moves[-1], type=Reading) if moves else Reading()
