"""Stand-ins: what a conversation would have been told, for one that is only tried."""

from __future__ import annotations

from typing import Any

from countermand.vocabulary.ids import InstrumentId, OrderId
from countermand.vocabulary.order import (
    ExecType,
    OrdStatus,
    OrdType,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reasons import CancelReason
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
        order_id=getattr(says, "order_id", OrderId(0)) or OrderId(1),
        account_id=says.account_id,
        instrument_id=getattr(says, "instrument_id", InstrumentId(0)),
        cl_ord_id=says.cl_ord_id,
        side=Side.BUY,
        ord_type=OrdType.LIMIT,
        time_in_force=TimeInForce.GTC,
        exec_inst=0,
        stp=SelfTradePrevention.NONE,
        price_ticks=1,
        order_qty_lots=_QTY_LOTS,
        leaves_qty_lots=_QTY_LOTS,
        cum_qty_lots=0,
        cum_notional_minor=0,
        fee_minor=0,
        ord_status=OrdStatus.NEW,
        exec_type=ExecType.NEW,
        cancel_reason=CancelReason.NONE,
        expire_ns=0,
        submit_ns=0,
        transact_ns=0,
        secondary_cl_ord_id=getattr(says, "secondary_cl_ord_id", ""),
    )
