"""
Laggings: the exchanges held behind, one for each fault that shows old news, while it may strike.
"""

from __future__ import annotations

from countermand.engine.lagging import Lagging
from countermand.faults.armed import Armed
from countermand.server.pipeline import Pipeline
from countermand.wire import times


class Laggings:
    """By the fault's number."""

    def __init__(self) -> None:
        self._held: dict[int, Lagging] = {}

    def of(self, armed: Armed, pipeline: Pipeline) -> Lagging:
        """
        Return the exchange that a fault shows, which begins as its engine is when it is first asked
        for, and anew with another engine.
        """
        known = self._held.get(armed.number)
        if known is not None and known.engine is pipeline.engine:
            return known
        if known is not None:
            known.close()
        lag_ns = armed.fault.lag_ms * times.MS
        made = Lagging(pipeline.engine, pipeline.clock, armed.fault.lag_entries, lag_ns)
        self._held[armed.number] = made
        return made

    def keep(self, numbers: frozenset[int]) -> None:
        """Let go of all but those of the faults of these numbers."""
        for number in self._held.keys() - numbers:
            self._held.pop(number).close()
