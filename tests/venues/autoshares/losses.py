"""What the conformance suite skips, since this dialect has no words for it."""

from typing import Any

from msgspec.structs import replace
from tests.venues.conformance.losses import Losses

from countermand.vocabulary.order import PositionEffect, SelfTradePrevention
from countermand.wire.operation import Operation


def stranger(credential: Any) -> Any:
    """Return a token that was never issued."""
    return replace(credential, held=replace(credential.held, token="bm9ib2R5"))


LOSSES = Losses(
    lacks=frozenset({Operation.MASS_CANCEL, Operation.GET_DEPTH, Operation.LIST_ASSETS}),
    # Quotes are told by previews, and fills by transactions, which say little of an order.
    pieced=frozenset({Operation.GET_QUOTE, Operation.LIST_FILLS}),
    given={
        "cl_ord_id": "",
        "stp": SelfTradePrevention.REJECT,
        "keep_rejected": True,
        "position_effect": PositionEffect.OPEN,
    },
    untold={
        Operation.GET_QUOTE: frozenset({"mark_price_ticks"}),
        Operation.LIST_FILLS: frozenset({"is_maker"}),
        Operation.GET_ORDER: frozenset({"fee_minor"}),
        Operation.LIST_ORDERS: frozenset({"fee_minor"}),
        # There are no quotes but in streams and previews.
        Operation.LIST_INSTRUMENTS: frozenset(
            {
                "bid_px_ticks",
                "bid_qty_lots",
                "ask_px_ticks",
                "ask_qty_lots",
                "last_px_ticks",
                "last_qty_lots",
                "mark_price_ticks",
            }
        ),
        Operation.LIST_POSITIONS: frozenset(
            {
                "open_buy_lots",
                "open_sell_lots",
                "margin_minor",
                "mark_price_ticks",
                "bought_lots",
                "sold_lots",
            }
        ),
    },
    unsigned=frozenset({"method", "path", "body"}),
    schemes=frozenset({b"authorization"}),
    bodiless=frozenset({409}),
    stranger=stranger,
)
