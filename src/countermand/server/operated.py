"""
Operated: the running server as the operator's rows see it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from countermand.control.row import ControlError
from countermand.engine.ports import Clock
from countermand.engine.sequencer import Engine, IntakeStopped, QueueFull, Undecided
from countermand.server.faults import Faults
from countermand.server.pipeline import Pipeline
from countermand.vocabulary.commands import Command
from countermand.vocabulary.queries import Query
from countermand.vocabulary.receipt import Receipt

log = logging.getLogger(__name__)


class Operated:
    """What rows are run with: the exchange, its clock, its venues' pipelines and their faults."""

    def __init__(
        self, engine: Engine, clock: Clock, venues: Mapping[str, Pipeline], faults: Faults
    ) -> None:
        self.exchange = OperatedExchange(engine)
        self.clock, self.venues, self.faults = clock, venues, faults


class OperatedExchange:
    """An engine whose refusals are an operator's."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def submit(self, *commands: Command) -> tuple[Receipt, ...]:
        """Return the receipts of commands that are one group. Raises ControlError."""
        try:
            receipts = await self._engine.submit_all(commands)
        except (QueueFull, IntakeStopped) as stopped:
            raise _refusal(stopped) from None
        for command, receipt in zip(commands, receipts, strict=True):
            extra = {"act": type(command).__name__, "seq": receipt.seq}
            log.info("operator", extra=extra)
        return receipts

    def view(self, query: Query) -> Any:
        """Return the answer to a query. Raises ControlError."""
        try:
            return self._engine.view(query)
        except IntakeStopped as stopped:
            raise _refusal(stopped) from None


def _refusal(stopped: QueueFull | IntakeStopped) -> ControlError:
    match stopped:
        case QueueFull():
            return ControlError(503, "busy", "the exchange is busy")
        case Undecided():
            return ControlError(503, "undecided", str(stopped))
        case _:
            return ControlError(503, "stopped", str(stopped))
