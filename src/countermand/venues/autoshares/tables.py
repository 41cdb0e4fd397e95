"""
Two-way tables: our words and this venue's.

Source: ETNA manual, "Order statuses", "Order types", "Time in force"; the swagger file's enums.
"""

from collections.abc import Iterable
from typing import NamedTuple

from countermand.vocabulary.order import (
    OrdStatus,
    OrdType,
    PositionEffect,
    Side,
    TimeInForce,
)
from countermand.vocabulary.reasons import CancelReason, RejectReason
from countermand.wire.table import Table

# The effect on the position is part of a side's word.
SIDES = Table(
    "Side",
    (
        ((Side.BUY, PositionEffect.OPEN), "Buy"),
        ((Side.SELL, PositionEffect.CLOSE), "Sell"),
        ((Side.SELL, PositionEffect.OPEN), "SellShort"),
        ((Side.BUY, PositionEffect.CLOSE), "BuyToCover"),
    ),
)


class Kind(NamedTuple):
    """
    An order's type once it is awake, whether it sleeps before, and whether its trigger trails.
    """

    ord_type: OrdType
    sleeps: bool = False
    trails: bool = False


ORD_TYPES = Table(
    "Type",
    (
        (Kind(OrdType.MARKET), "Market"),
        (Kind(OrdType.LIMIT), "Limit"),
        (Kind(OrdType.MARKET, sleeps=True), "Stop"),
        (Kind(OrdType.LIMIT, sleeps=True), "StopLimit"),
        (Kind(OrdType.MARKET, sleeps=True, trails=True), "TrailingStop"),
        (Kind(OrdType.LIMIT, sleeps=True, trails=True), "TrailingStopLimit"),
    ),
)
# The venue's too; the exchange does not offer them.
PARENT_TYPES = ("OneCancelOther", "OneTriggerOther", "OneTriggerOneCancelOther")
OTHER_TYPES = (
    *PARENT_TYPES, "Pegged", "External", "MutualFundsExchange", "StagingBlotter",
)  # fmt: skip
# The code of such an order, which only the vendor's newer pages name.
NOT_OFFERED = "InvalidOrderType"

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
    "AtTheOpening", "GoodTillCrossing", "AtTheClose", "GoodTillTime", "GoodTillCancelPlus",
    "GoodTillDatePlus",
)  # fmt: skip


def _any_case(words: Iterable[str], **aliases: str) -> dict[str, str]:
    return {word.lower(): word for word in words} | aliases


# The words a request may use, in lower case, and how the venue answers them; a number is a word's
# own, as far as one is published.
SIDE_WORDS = _any_case(text for _, text in SIDES.rows)
TYPE_WORDS = _any_case(
    (*(text for _, text in ORD_TYPES.rows), *OTHER_TYPES),
    **{"stop limit": "StopLimit", "0": "Market", "1": "Limit", "2": "Stop", "3": "StopLimit"},
    **{"19": "TrailingStop", "20": "TrailingStopLimit"},
)
TIF_WORDS = _any_case(
    (*(text for _, text in TIMES_IN_FORCE.rows), *OTHER_TIMES_IN_FORCE),
    gtc="GoodTillCancel", ioc="ImmediateOrCancel", fok="FillOrKill", gtd="GoodTillDate",
)  # fmt: skip
# How far a stop trails, or a limit is from it: in dollars, or in percent (so spelled).
ABSOLUTE, PERCENT = "Absolute", "Persentage"
AMOUNT_WORDS = _any_case((ABSOLUTE, PERCENT), percentage=PERCENT)
HOURS_WORDS = _any_case(
    ("PRE", "POST", "REG", "ALL", "REGPOST", "PREREG", "PREPOST"), regpre="PREREG"
)
INST_WORDS = _any_case(
    ("None", "CashAmountOrder", "FullLiquidation", "DoNotIncrease", "DoNotReduce", "AllOrNone"),
    **{"0": "None"},
)

# The numbers statuses have in filters. That of `Held` is not published.
_STATUSES = (
    "New", "PartiallyFilled", "Filled", "DoneForDay", "Canceled", "Replaced", "PendingCancel",
    "Stopped", "Rejected", "Suspended", "PendingNew", "Calculated", "Expired", "AcceptedForBidding",
    "PendingReplace", "Error",
)  # fmt: skip
STATUS_CODES = {text: code for code, text in enumerate(_STATUSES)}
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
# These are over too, by no cancel. Source: ETNA manual, "Order statuses".
OTHER_ENDS = (DONE_FOR_DAY, "Replaced", "Error")

# The description of an ended order. It is empty for an order canceled on request, by itself or in a
# cancel-all (`MASS_CANCEL_AS`).
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
        (CancelReason.DISCONNECTED, "Session was disconnected"),
        (CancelReason.DEAD_MAN, "Session was not heard of in time"),
        (CancelReason.KILLED, "Account was stopped"),
        (CancelReason.SCHEDULE_ENDED, "Schedule has ended"),
        (CancelReason.LINKED, "Other order of the list ended it"),
        (CancelReason.NOT_LET_IN, "Market did not accept the order"),
        (CancelReason.BY_VENUE, "Canceled by OMS"),
    ),
)
MASS_CANCEL_AS = CancelReason.REQUESTED

# The reasons of rejected orders, in ETNA's codes; a code is read as the first of its reasons.
_REJECTED: dict[str, tuple[RejectReason, ...]] = {
    "AccountDoesNotBelongToUser": (RejectReason.UNKNOWN_ACCOUNT,),
    "SecurityUndefined": (RejectReason.UNKNOWN_INSTRUMENT,),
    "AccountDisabled": (RejectReason.ACCOUNT_LOCKED, RejectReason.NOT_REDUCING),
    "TradingDeniedForSecurity": (RejectReason.MARKET_CLOSED, RejectReason.POST_ONLY_MARKET),
    "ExtendedHoursOnlyLimitOrders": (RejectReason.LIMIT_ONLY_MARKET,),
    "IncorrectTimeInForce": (RejectReason.INVALID_TIME_IN_FORCE, RejectReason.INVALID_EXEC_INST),
    "InvalidOrderExpiration": (RejectReason.INVALID_EXPIRE_TIME,),
    "IncorrectOrderQuantity": (RejectReason.INVALID_AMOUNT, RejectReason.QTY_NOT_POSITIVE),
    "QuotePriceIsInvalid": (RejectReason.NO_LIQUIDITY, RejectReason.INVALID_TRIGGER),
    "OrderQuantity": (
        RejectReason.QTY_BELOW_MIN, RejectReason.QTY_ABOVE_MAX, RejectReason.NOTIONAL_BELOW_MIN,
        RejectReason.POSITION_LIMIT,
    ),
    "LimitPriceUndefined": (RejectReason.PRICE_NOT_POSITIVE,),
    "PriceOutOfMarket": (RejectReason.PRICE_OUTSIDE_BAND,),
    "UnsupportedOrderSide": (RejectReason.SHORT_NOT_ALLOWED,),
    "InitialMargin": (RejectReason.INSUFFICIENT_FUNDS,),
    "WashTradeAttempt": (RejectReason.SELF_TRADE,),
}  # fmt: skip
REJECT_CODES = {reason: code for code, reasons in _REJECTED.items() for reason in reasons}
# Reasons that lie with the exchange and not with the order.
OTHER_CODE = "OmsInternalError"

# Which code the refusal of a position or of a stop has depends on the side that was refused.
SIDE_CODES: dict[tuple[RejectReason, str], str] = {
    (RejectReason.OPPOSITE_POSITION, "Buy"): "UnexpectedBuyOrder",
    (RejectReason.OPPOSITE_POSITION, "SellShort"): "UnexpectedSellShortOrder",
    (RejectReason.NOTHING_TO_CLOSE, "Sell"): "UnexpectedSellOrder",
    (RejectReason.NOTHING_TO_CLOSE, "BuyToCover"): "UnexpectedBuyToCoverOrder",
    (RejectReason.CLOSES_BEYOND_POSITION, "Sell"): "LongPositionCrossZero",
    (RejectReason.CLOSES_BEYOND_POSITION, "BuyToCover"): "ShortPositionCrossZero",
    **dict.fromkeys(
        ((RejectReason.TRIGGER_MET, side) for side in ("Buy", "BuyToCover")),
        "BuyStopOrderStopPriceLessAsk",
    ),
    **dict.fromkeys(
        ((RejectReason.TRIGGER_MET, side) for side in ("Sell", "SellShort")),
        "SellStopOrderStopPriceGreaterBid",
    ),
    # An account that may not borrow is told so for SellShort, and what it lacks for Sell.
    (RejectReason.SHORT_NOT_ALLOWED, "Sell"): "LongPositionCrossZero",
}
