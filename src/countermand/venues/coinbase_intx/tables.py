"""Two-way tables: our words and this venue's."""

from countermand.vocabulary.instrument import InstrumentKind, TradingState
from countermand.vocabulary.order import (
    ExecType,
    OrdStatus,
    OrdType,
    SelfTradePrevention,
    Side,
    TimeInForce,
    TriggerDirection,
)
from countermand.vocabulary.reasons import CancelReason
from countermand.wire import times
from countermand.wire.table import Table, by_name

SIDES = by_name("side", Side)

# A TWAP order comes in by so many slices; how many the venue makes is not known.
TWAP_SLICES = 10

# By the type of the order that comes in and whether it sleeps until a price first.
ORD_TYPES = Table(
    "type",
    (
        ((OrdType.LIMIT, False), "LIMIT"),
        ((OrdType.MARKET, False), "MARKET"),
        ((OrdType.MARKET, True), "STOP"),
        ((OrdType.LIMIT, True), "STOP_LIMIT"),
    ),
)
BRACKET = "TAKE_PROFIT_STOP_LOSS"
# A bracket's first leg is the limit order that takes the profit.
COMES_IN_AS = {text: ord_type for (ord_type, _), text in ORD_TYPES.rows}
COMES_IN_AS[BRACKET] = OrdType.LIMIT
STOP_DIRECTIONS = {Side.BUY: TriggerDirection.UP, Side.SELL: TriggerDirection.DOWN}

_TIFS = (TimeInForce.GTC, TimeInForce.IOC, TimeInForce.GTD, TimeInForce.FOK)
TIMES_IN_FORCE = by_name("tif", _TIFS, GTD="GTT")

# An order lives no longer than this: GTC ends there, GTT may not name a later time.
LIFE_NS_MAX = 30 * times.DAY

STP_MODES = by_name(
    "stp_mode",
    (
        SelfTradePrevention.NONE,
        SelfTradePrevention.AGGRESSING,
        SelfTradePrevention.RESTING,
        SelfTradePrevention.BOTH,
        SelfTradePrevention.DECREMENT_AND_CANCEL,
    ),
)

# The venue has no word for an order that self-trade prevention made smaller: it is told as REPLACED
# (`RESTATED_AS`) and read back as that.
_EVENTS = (
    ExecType.NEW,
    ExecType.TRADE,
    ExecType.CANCELED,
    ExecType.REPLACED,
    ExecType.EXPIRED,
    ExecType.PENDING_NEW,
    ExecType.PENDING_CANCEL,
    ExecType.PENDING_REPLACE,
    ExecType.TRIGGERED,
    ExecType.REJECTED,
)
EVENT_TYPES = by_name("event_type", _EVENTS, TRIGGERED="STOP_TRIGGERED")
RESTATED_AS = ExecType.REPLACED

# DONE says nothing of why; these are the last events an order can be done by.
_DONE = (OrdStatus.FILLED, OrdStatus.CANCELED, OrdStatus.EXPIRED, OrdStatus.REJECTED)
DONE_BY = by_name("event_type", _DONE, FILLED="TRADE")

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
        (CancelReason.MARKET_SETTLED, "instrument settled"),
        (CancelReason.NOT_LET_IN, "order rejected"),
        (CancelReason.LINKED, "linked order"),
        (CancelReason.DISCONNECTED, "cancel on disconnect"),
        (CancelReason.DEAD_MAN, "heartbeat missed"),
        (CancelReason.KILLED, "account stopped"),
        (CancelReason.SCHEDULE_ENDED, "algo ended"),
        (CancelReason.BY_VENUE, "exchange cancel"),
    ),
)
MASS_CANCEL_AS = CancelReason.REQUESTED

# The venue writes PERP in answers and PERPETUAL_FUTURE in some requests.
_TYPES = (InstrumentKind.SPOT, InstrumentKind.PERPETUAL)
INSTRUMENT_TYPES = by_name("instrument_type", _TYPES, PERPETUAL="PERP")
FEE_INSTRUMENT_TYPES = by_name("instrument_type", _TYPES, PERPETUAL="PERPETUAL_FUTURE")

TRADING_STATES = by_name("trading_state", TradingState, HALTED="HALT")
