"""What this dialect has no words for, as the conformance suite is told."""

from tests.venues.conformance.losses import Losses

from countermand.venues.deltadefi.errors import NO_SUCH_PATH
from countermand.vocabulary.order import OrdStatus, SelfTradePrevention, TimeInForce
from countermand.vocabulary.reasons import CxlRejReason, RejectReason
from countermand.wire.errors import (
    CancelRefused,
    MethodNotAllowed,
    NotFound,
    OrderRefused,
    RateLimited,
    WireError,
)
from countermand.wire.operation import Operation


def read_as(error: WireError) -> WireError:
    """Return what is left of a refusal: no state, no limit, no path; an unknown order is one."""
    match error:
        case CancelRefused(cxl_rej_reason=CxlRejReason.TOO_LATE_TO_CANCEL):
            return CancelRefused(CxlRejReason.TOO_LATE_TO_CANCEL, None)
        case OrderRefused(reason=RejectReason.UNKNOWN_ORDER):
            return CancelRefused(CxlRejReason.UNKNOWN_ORDER, None)
        case RateLimited():
            return RateLimited(0)
        case NotFound() | MethodNotAllowed():
            return NotFound(NO_SUCH_PATH)
        case _:
            return error


_QUOTED = frozenset(
    {
        "bid_px_ticks",
        "bid_qty_lots",
        "ask_px_ticks",
        "ask_qty_lots",
        "last_qty_lots",
        "mark_price_ticks",
    }
)

LOSSES = Losses(
    lacks=frozenset(
        {
            # A key has one account, which holds assets and no positions.
            Operation.LIST_ACCOUNTS,
            Operation.LIST_POSITIONS,
            Operation.REPLACE_ORDER,
            # Fills are listed by market, and that is not what our question can say.
            Operation.LIST_FILLS,
        }
    ),
    given={
        "cl_ord_id": "",
        "stp": SelfTradePrevention.NONE,
        "time_in_force": TimeInForce.GTC,
        "expire_ns": 0,
        "keep_rejected": True,
    },
    untold={
        Operation.PLACE_ORDER: frozenset({"exec_inst"}),
        Operation.GET_ORDER: frozenset({"exec_inst"}),
        Operation.LIST_ORDERS: frozenset({"exec_inst"}),
        Operation.LIST_INSTRUMENTS: _QUOTED | {"last_px_ticks"},
        Operation.GET_QUOTE: _QUOTED,
    },
    unreached=frozenset({OrdStatus.EXPIRED}),
    unsigned=frozenset({"method", "path", "body"}),
    read_as=read_as,
    bare=(NotFound, MethodNotAllowed),
    refuses_nothing=True,
)
