"""
The states a market can be in, as this venue names them.

The venue has fewer than we do, so the way back is declared where two of ours share one.
Source: Markets API schema, `MARKET_STATE_*`; which of ours is which is our proposal.
"""

from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.reports import QuoteReport

_PREFIX = "MARKET_STATE_"
SETTLED = "EXPIRED"

STATUSES = {
    TradingState.TRADING: "OPEN",
    TradingState.LIMIT_ONLY: "OPEN",
    TradingState.POST_ONLY: "PREOPEN",
    TradingState.CANCEL_ONLY: "SUSPENDED",
    TradingState.PAUSED: "SUSPENDED",
    TradingState.HALTED: "HALTED",
}

_FROM_WIRE = {
    "OPEN": TradingState.TRADING,
    "PREOPEN": TradingState.POST_ONLY,
    "SUSPENDED": TradingState.PAUSED,
    "HALTED": TradingState.HALTED,
    SETTLED: TradingState.HALTED,
}


def state_to_wire(report: QuoteReport) -> str:
    """Return a market's state as books have it."""
    return _PREFIX + status_to_wire(report)


def status_to_wire(report: QuoteReport) -> str:
    """Return a market's state without its prefix; what is settled has expired."""
    if report.settled_px_ticks is not None:
        return SETTLED
    return STATUSES[report.instrument.trading_state]


def state_from_wire(text: str) -> TradingState:
    """Return the state a book or a market names. Raises KeyError for a text that is none."""
    return _FROM_WIRE[text.removeprefix(_PREFIX)]
