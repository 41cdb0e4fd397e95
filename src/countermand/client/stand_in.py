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
)
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reports import OrderReport

_QTY_LOTS = 1 << 40


def stand_in(ask: Any, says: Any) -> Any:
    """
    Return an answer to an ask that comes before what is meant: for an order's query the order that
    `says` is about, open and unfilled; None for anything else.
    """
    if not isinstance(ask, GetOrder):
        return None
    return OrderReport(
        getattr(says, "order_id", OrderId(0)) or OrderId(1),
        says.account_id,
        getattr(says, "instrument_id", NO_INSTRUMENT),
        says.cl_ord_id,
        OrderTerms(
            Side.BUY,
            OrdType.LIMIT,
            TimeInForce.GTC,
            _QTY_LOTS,
            price_ticks=1,
            secondary_cl_ord_id=getattr(says, "secondary_cl_ord_id", ""),
        ),
        Standing.RESTING,
        leaves_qty_lots=_QTY_LOTS,
    )
