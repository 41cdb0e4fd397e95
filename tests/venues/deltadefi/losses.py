"""What the conformance suite skips, since this dialect has no words for it."""

from tests.venues.conformance.losses import Losses

from countermand.vocabulary.order import OrdStatus, SelfTradePrevention, TimeInForce
from countermand.wire.errors import MethodNotAllowed, NotFound
from countermand.wire.operation import Operation

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
            # Assets are told with the markets they trade on.
            Operation.LIST_ASSETS,
        }
    ),
    # Fills are told by market, and those of an order by the order.
    pieced=frozenset({Operation.LIST_FILLS}),
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
    bare=(NotFound, MethodNotAllowed),
    refuses_nothing=True,
)
