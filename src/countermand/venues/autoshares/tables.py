"""
Two-way tables: our words and this venue's.

Source: ETNA manual, "Order statuses", "Order types", "Time in force"; the swagger file's enums.
"""

from countermand.vocabulary.order import (
    OrdStatus,
    OrdType,
    PositionEffect,
    Side,
    TimeInForce,
)
from countermand.vocabulary.reasons import CancelReason, RejectReason
from countermand.wire.table import Table

# What a side means for the position is part of its word.
SIDES = Table(
    "Side",
    (
        ((Side.BUY, PositionEffect.OPEN), "Buy"),
        ((Side.SELL, PositionEffect.CLOSE), "Sell"),
        ((Side.SELL, PositionEffect.OPEN), "SellShort"),
        ((Side.BUY, PositionEffect.CLOSE), "BuyToCover"),
    ),
)

ORD_TYPES = Table("Type", ((OrdType.MARKET, "Market"), (OrdType.LIMIT, "Limit")))
STOP_TYPES = ("Stop", "StopLimit")
# The venue's too; the exchange does not offer them.
OTHER_TYPES = (
    *STOP_TYPES,
    "TrailingStop",
    "TrailingStopLimit",
    "Pegged",
    "OneCancelOther",
    "OneTriggerOther",
    "OneTriggerOneCancelOther",
    "External",
    "MutualFundsExchange",
    "StagingBlotter",
)
TYPE_ALIASES = {"Stop Limit": "StopLimit"}

TIMES_IN_FORCE = Table(
    "TimeInForce",
    (
        (TimeInForce.DAY, "Day"),
        (TimeInForce.GTC, "GoodTillCancel"),
        (TimeInForce.IOC, "ImmediateOrCancel"),
        (TimeInForce.FOK, "FillOrKill"),
        (TimeInForce.GTD, "GoodTillDate"),
    ),
)
OTHER_TIMES_IN_FORCE = (
    "AtTheOpening",
    "GoodTillCrossing",
    "AtTheClose",
    "GoodTillTime",
    "GoodTillCancelPlus",
    "GoodTillDatePlus",
)
TIF_ALIASES = {
    "GTC": "GoodTillCancel",
    "IOC": "ImmediateOrCancel",
    "FOK": "FillOrKill",
    "GTD": "GoodTillDate",
    "DAY": "Day",
}

# The numbers statuses have in filters. `Held` has one that nobody published.
STATUS_CODES = {
    "New": 0,
    "PartiallyFilled": 1,
    "Filled": 2,
    "DoneForDay": 3,
    "Canceled": 4,
    "Replaced": 5,
    "PendingCancel": 6,
    "Stopped": 7,
    "Rejected": 8,
    "Suspended": 9,
    "PendingNew": 10,
    "Calculated": 11,
    "Expired": 12,
    "AcceptedForBidding": 13,
    "PendingReplace": 14,
    "Error": 15,
}
STATUSES = Table(
    "Status",
    (
        (OrdStatus.NEW, "New"),
        (OrdStatus.PARTIALLY_FILLED, "PartiallyFilled"),
        (OrdStatus.FILLED, "Filled"),
        (OrdStatus.CANCELED, "Canceled"),
        (OrdStatus.REJECTED, "Rejected"),
        (OrdStatus.EXPIRED, "Expired"),
    ),
)
# A Day order whose time is up; to the exchange it has expired like any other.
DONE_FOR_DAY = "DoneForDay"
PENDING_NEW = "PendingNew"
PENDING_REPLACE = "PendingReplace"
PENDING_CANCEL = "PendingCancel"

EXTENDED_HOURS = ("PRE", "POST", "REG", "ALL", "REGPOST", "PREREG", "PREPOST")
HOURS_ALIASES = {"REGPRE": "PREREG"}

EXEC_INSTS = (
    "None",
    "CashAmountOrder",
    "FullLiquidation",
    "DoNotIncrease",
    "DoNotReduce",
    "AllOrNone",
)

# What an ended order says of it. An order canceled on request says nothing, and one that a
# cancel-all took (`MASS_CANCEL_AS`) neither.
DESCRIPTIONS = Table(
    "Description",
    (
        (CancelReason.REQUESTED, ""),
        (CancelReason.EXPIRED, "Expired by OMS"),
        (CancelReason.SELF_TRADE_PREVENTION, "WashTradeAttempt"),
        (CancelReason.IOC_REMAINDER, "No quantity left to trade with"),
        (CancelReason.FOK_NOT_FILLED, "Order could not be filled in full"),
        (CancelReason.REDUCE_ONLY, "Position was closed"),
        (CancelReason.UNFUNDED, "InitialMargin"),
        (CancelReason.MARKET_SETTLED, "Security is not traded any more"),
    ),
)
MASS_CANCEL_AS = CancelReason.REQUESTED

# Why an order was rejected, in ETNA's codes; the first of a code's reasons is what it is read as.
REJECT_CODES: dict[RejectReason, str] = {
    RejectReason.UNKNOWN_ACCOUNT: "AccountDoesNotBelongToUser",
    RejectReason.UNKNOWN_INSTRUMENT: "SecurityUndefined",
    RejectReason.ACCOUNT_LOCKED: "AccountDisabled",
    RejectReason.MARKET_CLOSED: "TradingDeniedForSecurity",
    RejectReason.POST_ONLY_MARKET: "TradingDeniedForSecurity",
    RejectReason.LIMIT_ONLY_MARKET: "ExtendedHoursOnlyLimitOrders",
    RejectReason.INVALID_TIME_IN_FORCE: "IncorrectTimeInForce",
    RejectReason.INVALID_EXEC_INST: "IncorrectTimeInForce",
    RejectReason.INVALID_EXPIRE_TIME: "InvalidOrderExpiration",
    RejectReason.INVALID_AMOUNT: "IncorrectOrderQuantity",
    RejectReason.NO_LIQUIDITY: "QuotePriceIsInvalid",
    RejectReason.QTY_NOT_POSITIVE: "IncorrectOrderQuantity",
    RejectReason.QTY_BELOW_MIN: "OrderQuantity",
    RejectReason.QTY_ABOVE_MAX: "OrderQuantity",
    RejectReason.PRICE_NOT_POSITIVE: "LimitPriceUndefined",
    RejectReason.PRICE_OUTSIDE_BAND: "PriceOutOfMarket",
    RejectReason.NOTIONAL_BELOW_MIN: "OrderQuantity",
    RejectReason.NOT_REDUCING: "AccountDisabled",
    RejectReason.SHORT_NOT_ALLOWED: "UnsupportedOrderSide",
    RejectReason.POSITION_LIMIT: "OrderQuantity",
    RejectReason.INSUFFICIENT_FUNDS: "InitialMargin",
    RejectReason.SELF_TRADE: "WashTradeAttempt",
}
# What happened to the exchange rather than to the order.
OTHER_CODE = "OmsInternalError"

# Which code a position's refusal has depends on the side that was refused.
SIDE_CODES: dict[tuple[RejectReason, str], str] = {
    (RejectReason.OPPOSITE_POSITION, "Buy"): "UnexpectedBuyOrder",
    (RejectReason.OPPOSITE_POSITION, "SellShort"): "UnexpectedSellShortOrder",
    (RejectReason.NOTHING_TO_CLOSE, "Sell"): "UnexpectedSellOrder",
    (RejectReason.NOTHING_TO_CLOSE, "BuyToCover"): "UnexpectedBuyToCoverOrder",
    (RejectReason.CLOSES_BEYOND_POSITION, "Sell"): "LongPositionCrossZero",
    (RejectReason.CLOSES_BEYOND_POSITION, "BuyToCover"): "ShortPositionCrossZero",
    # An account that may not borrow is told so for SellShort, and what it lacks for Sell.
    (RejectReason.SHORT_NOT_ALLOWED, "Sell"): "LongPositionCrossZero",
}
