"""What the conformance suite skips, since this dialect has no words for it."""

from tests.venues.conformance.losses import Losses

from countermand.vocabulary.order import ReplacePolicy, SelfTradePrevention
from countermand.wire.operation import Operation

LOSSES = Losses(
    # A key has one account, which has no name, and dollars; a trade names no order.
    lacks=frozenset(
        {
            Operation.LIST_ACCOUNTS,
            Operation.GET_ACCOUNT,
            Operation.LIST_ASSETS,
            Operation.LIST_FILLS,
        }
    ),
    given={
        "cl_ord_id": "",
        "stp": SelfTradePrevention.REJECT,
        "keep_rejected": True,
        "needs_liquidity": True,
    },
    # What has been executed cannot be taken from an order, so that less than that ends it.
    replacing={"policy": ReplacePolicy.CANCEL_EXECUTED},
    untold={
        Operation.GET_ORDER: frozenset({"exec_inst"}),
        Operation.LIST_ORDERS: frozenset({"exec_inst"}),
        Operation.LIST_INSTRUMENTS: frozenset(
            {"last_px_ticks", "last_qty_lots", "bid_qty_lots", "ask_qty_lots"}
        ),
        Operation.GET_QUOTE: frozenset({"last_qty_lots"}),
        # The mark is told by what a position is worth, so not by one that is closed.
        Operation.LIST_POSITIONS: frozenset(
            {"open_buy_lots", "open_sell_lots", "margin_minor", "mark_price_ticks"}
        ),
    },
    unsigned=frozenset({"body"}),
)
