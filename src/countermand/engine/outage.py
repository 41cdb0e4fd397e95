"""
Outage: why an engine takes no commands, what is told of it, and when a full disk is asked again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from countermand.engine.errors import JournalError, Stale
from countermand.engine.health import Health
from countermand.engine.intake import IntakeStopped, Undecided

log = logging.getLogger(__name__)

# How often a journal that was full is asked whether there is room again.
RESUME_S = 1.0


class Outage:
    """
    Why no commands are taken.

    `reason` is what clients are told, None while commands are taken; `failure` is the journal's.
    """

    def __init__(self) -> None:
        self.reason: str | None = "the exchange has not started"
        self._failure: Exception | None = None
        self._asking: asyncio.TimerHandle | None = None

    def begin(self, failure: Exception) -> None:
        """Take no more commands: the journal has failed."""
        self._failure, self.reason = failure, getattr(failure, "public", JournalError.public)
        extra = {"reason": str(failure), "advice": getattr(failure, "advice", "")}
        log.critical("no more commands are taken", extra=extra)

    def end(self, seq: int) -> None:
        """Take commands again, after this entry."""
        log.warning("commands are taken again", extra={"seq": seq})
        self._failure = self.reason = None

    def verdict(self, failure: Exception) -> IntakeStopped:
        """Return what is told to those whose commands were in hand when the journal failed."""
        # A stale writer's transaction wrote nothing; of any other failure that is not known.
        return (IntakeStopped if isinstance(failure, Stale) else Undecided)(self.reason)

    def health(self, clock_behind_ns: int, seq: int) -> Health:
        """Return how an engine is whose clock is behind by so much, after this entry."""
        reason, failure = self.reason, self._failure
        told = reason if failure is None or reason is None else str(failure)
        advice = getattr(failure, "advice", None) if reason is not None else None
        return Health(reason is None, told, advice, clock_behind_ns, seq)

    def ask_later(self, ask: Callable[[], None]) -> None:
        """Ask in a while whether there is room again, once."""
        if self._asking is None:
            self._asking = asyncio.get_running_loop().call_later(RESUME_S, ask)

    def answered(self) -> None:
        """Note that there was an answer, so that it can be asked again."""
        self._asking = None

    def stop_asking(self) -> None:
        """Ask no more."""
        if self._asking is not None:
            self._asking.cancel()
