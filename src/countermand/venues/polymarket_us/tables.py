"""Two-way tables: our words and this venue's, with its numbers where bots send those."""

from enum import IntEnum

from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.order import OrdStatus, OrdType, Outcome, Side, TimeInForce
from countermand.vocabulary.reasons import CancelReason, RejectReason
from countermand.vocabulary.reports import QuoteReport
from countermand.wire.table import Table, by_name


class Indicator(IntEnum):
    """FIX ManualOrderIndicator (1028): who decided to send the order."""

    NONE = 0
    MANUAL = 1
    AUTOMATIC = 2


SIDES = by_name("side", Side, "ORDER_SIDE_")

ORD_TYPES = by_name("type", (OrdType.LIMIT, OrdType.MARKET), "ORDER_TYPE_")

TIMES_IN_FORCE = Table(
    "tif",
    (
        (TimeInForce.DAY, "TIME_IN_FORCE_DAY"),
        (TimeInForce.GTC, "TIME_IN_FORCE_GOOD_TILL_CANCEL"),
        (TimeInForce.GTD, "TIME_IN_FORCE_GOOD_TILL_DATE"),
        (TimeInForce.IOC, "TIME_IN_FORCE_IMMEDIATE_OR_CANCEL"),
        (TimeInForce.FOK, "TIME_IN_FORCE_FILL_OR_KILL"),
    ),
)

# One book: who buys NO sells YES, and the other way round.
INTENTS = Table(
    "intent",
    (
        ((Side.BUY, Outcome.YES), "ORDER_INTENT_BUY_LONG"),
        ((Side.SELL, Outcome.YES), "ORDER_INTENT_SELL_LONG"),
        ((Side.SELL, Outcome.NO), "ORDER_INTENT_BUY_SHORT"),
        ((Side.BUY, Outcome.NO), "ORDER_INTENT_SELL_SHORT"),
    ),
)

OUTCOMES = by_name("outcomeSide", Outcome, "OUTCOME_SIDE_")

# The act on the outcome named; for NO it is the opposite of the act on the book.
ACTIONS = by_name("action", Side, "ORDER_ACTION_")

INDICATORS = by_name(
    "manualOrderIndicator", (Indicator.MANUAL, Indicator.AUTOMATIC), "MANUAL_ORDER_INDICATOR_"
)

STATES = by_name("state", OrdStatus, "ORDER_STATE_")

# An order in one of these stands in the book, also while a change of it is on its way.
LIVE = frozenset(
    f"ORDER_STATE_{word}"
    for word in ("NEW", "PARTIALLY_FILLED", "REPLACED", "PENDING_REPLACE", "PENDING_CANCEL")
)

# The rest of an immediate order expires here, and is canceled in FIX and in the core.
EXPIRED_BY = {
    TimeInForce.IOC: CancelReason.IOC_REMAINDER,
    TimeInForce.FOK: CancelReason.FOK_NOT_FILLED,
}

# Enum numbers that live bots send in place of names, by field: those of the rows, from 1 on.
# Source: requests of third-party clients; those of tif contradict each other and are not accepted.
NUMBERED: dict[str, dict[int, str]] = {
    table.name: dict(enumerate((text for _, text in table.rows), 1))
    for table in (INTENTS, ORD_TYPES, INDICATORS)
}

# Many of our reasons are one of the venue's; the others are the zero value.
_INCORRECT_QUANTITY = "ORD_REJECT_REASON_INCORRECT_QUANTITY"
_OUT_OF_BOUNDS = "ORD_REJECT_REASON_PRICE_OUT_OF_BOUNDS"
_INCORRECT_TYPE = "ORD_REJECT_REASON_INCORRECT_ORDER_TYPE"
_EXCHANGE_CLOSED = "ORD_REJECT_REASON_EXCHANGE_CLOSED"
REJECT_REASONS = {
    RejectReason.UNKNOWN_INSTRUMENT: "ORD_REJECT_REASON_UNKNOWN_MARKET",
    RejectReason.MARKET_CLOSED: _EXCHANGE_CLOSED,
    RejectReason.POST_ONLY_MARKET: _EXCHANGE_CLOSED,
    RejectReason.LIMIT_ONLY_MARKET: _INCORRECT_TYPE,
    RejectReason.INVALID_TIME_IN_FORCE: _INCORRECT_TYPE,
    RejectReason.INVALID_EXEC_INST: _INCORRECT_TYPE,
    RejectReason.QTY_NOT_POSITIVE: _INCORRECT_QUANTITY,
    RejectReason.QTY_BELOW_MIN: _INCORRECT_QUANTITY,
    RejectReason.QTY_ABOVE_MAX: _INCORRECT_QUANTITY,
    RejectReason.NOTIONAL_BELOW_MIN: _INCORRECT_QUANTITY,
    RejectReason.PRICE_NOT_POSITIVE: _OUT_OF_BOUNDS,
    RejectReason.PRICE_OUTSIDE_BAND: _OUT_OF_BOUNDS,
    RejectReason.NO_LIQUIDITY: "ORD_REJECT_REASON_NO_LIQUIDITY",
}

# Cancels that were not asked for.
UNSOLICITED = {
    CancelReason.SELF_TRADE_PREVENTION: "UNSOLICITED_CXL_REASON_EXCHANGE_OPTION",
    CancelReason.REDUCE_ONLY: "UNSOLICITED_CXL_REASON_EXCHANGE_OPTION",
    CancelReason.UNFUNDED: "UNSOLICITED_CXL_REASON_EXCHANGE_OPTION",
    CancelReason.MARKET_SETTLED: "UNSOLICITED_CXL_REASON_OTHER",
}

# The venue has fewer states of a market than we do, so the way back is declared where two of ours
# share one. Source: Markets API schema, `MARKET_STATE_*`; which of ours is which is our proposal.
SETTLED = "EXPIRED"
MARKET_STATUSES = {
    TradingState.TRADING: "OPEN",
    TradingState.LIMIT_ONLY: "OPEN",
    TradingState.POST_ONLY: "PREOPEN",
    TradingState.CANCEL_ONLY: "SUSPENDED",
    TradingState.PAUSED: "SUSPENDED",
    TradingState.HALTED: "HALTED",
}
TRADING_STATES = {
    "OPEN": TradingState.TRADING,
    "PREOPEN": TradingState.POST_ONLY,
    "SUSPENDED": TradingState.PAUSED,
    "HALTED": TradingState.HALTED,
    SETTLED: TradingState.HALTED,
}


def market_status(report: QuoteReport) -> str:
    """Return a market's state without its prefix; one that is settled has expired."""
    if report.settled_px_ticks is not None:
        return SETTLED
    return MARKET_STATUSES[report.instrument.trading_state]
