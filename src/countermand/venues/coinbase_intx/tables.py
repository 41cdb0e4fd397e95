"""Two-way tables: our words and this venue's."""

from countermand.vocabulary.instrument import InstrumentKind, TradingState
from countermand.vocabulary.order import (
    ExecType,
    OrdStatus,
    OrdType,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from countermand.vocabulary.reasons import CancelReason
from countermand.wire import times
from countermand.wire.table import Table

SIDES = Table("side", ((Side.BUY, "BUY"), (Side.SELL, "SELL")))

# STOP, STOP_LIMIT and TAKE_PROFIT_STOP_LOSS are the venue's too; the exchange does not offer them.
ORD_TYPES = Table("type", ((OrdType.LIMIT, "LIMIT"), (OrdType.MARKET, "MARKET")))

TIMES_IN_FORCE = Table(
    "tif",
    (
        (TimeInForce.GTC, "GTC"),
        (TimeInForce.IOC, "IOC"),
        (TimeInForce.GTD, "GTT"),
        (TimeInForce.FOK, "FOK"),
    ),
)

# An order lives no longer than this: GTC ends there, GTT may not name a later time.
LIFE_NS_MAX = 30 * times.DAY

STP_MODES = Table(
    "stp_mode",
    (
        (SelfTradePrevention.NONE, "NONE"),
        (SelfTradePrevention.AGGRESSING, "AGGRESSING"),
        (SelfTradePrevention.RESTING, "RESTING"),
        (SelfTradePrevention.BOTH, "BOTH"),
        (SelfTradePrevention.DECREMENT_AND_CANCEL, "DECREMENT_AND_CANCEL"),
    ),
)

# The venue has no word for an order that self-trade prevention made smaller: it is told as REPLACED
# (`RESTATED_AS`) and read back as that.
EVENT_TYPES = Table(
    "event_type",
    (
        (ExecType.NEW, "NEW"),
        (ExecType.TRADE, "TRADE"),
        (ExecType.CANCELED, "CANCELED"),
        (ExecType.REPLACED, "REPLACED"),
        (ExecType.EXPIRED, "EXPIRED"),
    ),
)
RESTATED_AS = ExecType.REPLACED

# DONE says nothing of why; these are the last events an order can be done by.
DONE_BY = Table(
    "event_type",
    (
        (OrdStatus.FILLED, "TRADE"),
        (OrdStatus.CANCELED, "CANCELED"),
        (OrdStatus.EXPIRED, "EXPIRED"),
        (OrdStatus.REJECTED, "REJECTED"),
    ),
)

# What a canceled order says of it. Only "client cancel" is the venue's for certain; an order that a
# cancel-all took says the same (`MASS_CANCEL_AS`) and is read back as canceled on request.
TEXTS = Table(
    "text",
    (
        (CancelReason.REQUESTED, "client cancel"),
        (CancelReason.SELF_TRADE_PREVENTION, "self trade prevention"),
        (CancelReason.IOC_REMAINDER, "ioc remainder"),
        (CancelReason.FOK_NOT_FILLED, "fok not filled"),
        (CancelReason.REDUCE_ONLY, "close only"),
        (CancelReason.UNFUNDED, "insufficient funds"),
    ),
)
MASS_CANCEL_AS = CancelReason.REQUESTED

# The venue writes PERP in answers and PERPETUAL_FUTURE in some requests.
INSTRUMENT_TYPES = Table(
    "instrument_type", ((InstrumentKind.SPOT, "SPOT"), (InstrumentKind.PERPETUAL, "PERP"))
)
FEE_INSTRUMENT_TYPES = Table(
    "instrument_type",
    ((InstrumentKind.SPOT, "SPOT"), (InstrumentKind.PERPETUAL, "PERPETUAL_FUTURE")),
)

TRADING_STATES = Table(
    "trading_state",
    (
        (TradingState.TRADING, "TRADING"),
        (TradingState.CANCEL_ONLY, "CANCEL_ONLY"),
        (TradingState.POST_ONLY, "POST_ONLY"),
        (TradingState.LIMIT_ONLY, "LIMIT_ONLY"),
        (TradingState.PAUSED, "PAUSED"),
        (TradingState.HALTED, "HALT"),
    ),
)
