"""
Auditing: a look at the exchange after each group, where it is asked for, and what comes of a fault.

A market on which a rule is broken accepts only cancels from the next group on. That is a command
like any other, journaled, so that a replay does the same without looking.
"""

from __future__ import annotations

import logging

from countermand.core.exchange import Exchange
from countermand.engine.intake import Intake, QueueFull
from countermand.vocabulary.commands import SetTradingState
from countermand.vocabulary.ids import InstrumentId
from countermand.vocabulary.instrument import TradingState

log = logging.getLogger(__name__)


class Auditing:
    """Looks at `orders_max` open orders after each group; with 0 at none, and costs nothing."""

    def __init__(self, exchange: Exchange, intake: Intake, orders_max: int) -> None:
        self._auditor = exchange.auditor(orders_max) if orders_max else None
        self._intake = intake
        self._stopped: set[InstrumentId] = set()

    def consider(self) -> None:
        """Look, and stop the market of a fault; where the queue is full, at the next look."""
        fault = self._auditor.look() if self._auditor else None
        if fault is None or fault.instrument_id in self._stopped:
            return
        try:
            self._intake.put(SetTradingState(fault.instrument_id, TradingState.CANCEL_ONLY), None)
        except QueueFull:
            return
        self._stopped.add(fault.instrument_id)
        extra = {"instrument_id": fault.instrument_id, "fault": fault.text}
        log.critical("a market breaks its own rules and accepts only cancels", extra=extra)
