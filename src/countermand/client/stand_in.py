"""Stand-ins: what a conversation would have been told, for one that is only tried."""

from __future__ import annotations

from typing import Any

from countermand.vocabulary.ids import NO_INSTRUMENT, OrderId
from countermand.vocabulary.order import (
    OrderTerms,
    OrdType,
    Side,
    Standing,
    TimeInForce,
    Trigger,
    TriggerDirection,
)
from countermand.vocabulary.queries import GetOrder, ListOpenOrders, ListOrders
from countermand.vocabulary.reports import OrderReport

_QTY_LOTS = 1 << 40


def stand_in(ask: Any, says: Any) -> Any:
    """
    Return an answer to an ask that comes before what is meant: for an order's query the order that
    `says` is about, open and unfilled, asleep where it asks for another trigger; for a list none
    are; None for anything else.
    """
    if isinstance(ask, ListOpenOrders | ListOrders):
        return ()
    if not isinstance(ask, GetOrder):
        return None
    return OrderReport(
        getattr(says, "order_id", OrderId(0)) or OrderId(1),
        says.account_id,
        getattr(says, "instrument_id", NO_INSTRUMENT),
        says.cl_ord_id,
        _terms(says),
        Standing.ARMED if getattr(says, "trigger", None) else Standing.RESTING,
        leaves_qty_lots=_QTY_LOTS,
    )


def _terms(says: Any) -> OrderTerms:
    asked: Trigger | None = getattr(says, "trigger", None)
    at_market = asked is not None and asked.is_trailing and asked.limit_offset_ticks is None
    sells = asked is not None and asked.direction is TriggerDirection.DOWN
    return OrderTerms(
        Side.SELL if sells else Side.BUY,
        OrdType.MARKET if at_market else OrdType.LIMIT,
        TimeInForce.GTC,
        _QTY_LOTS,
        price_ticks=1,
        secondary_cl_ord_id=getattr(says, "secondary_cl_ord_id", ""),
        trigger=asked and _another(asked),
    )


def _another(asked: Trigger) -> Trigger:
    # Of the same kind, and the same in nothing else.
    offset = asked.limit_offset_ticks
    return Trigger(
        asked.price_ticks + 1,
        asked.direction,
        trail_ticks=asked.trail_ticks + 1 if asked.is_trailing else 0,
        limit_offset_ticks=None if offset is None else offset + 1,
    )
