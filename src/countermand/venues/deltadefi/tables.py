"""Two-way tables: our words and this venue's."""

from countermand.vocabulary.order import OrdStatus, OrdType, Side
from countermand.wire.table import Table

SIDES = Table("side", ((Side.BUY, "buy"), (Side.SELL, "sell")))

# What a market order cannot trade within its slippage stands as a limit order.
ORD_TYPES = Table(
    "type", ((OrdType.LIMIT, "limit"), (OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT, "market"))
)

# "processing" is never seen: an order that was submitted is matched before it is answered.
STATUSES = Table(
    "status",
    (
        (OrdStatus.NEW, "open"),
        (OrdStatus.FILLED, "closed"),
        (OrdStatus.CANCELED, "cancelled"),
        (OrdStatus.REJECTED, "failed"),
    ),
)
SHOWN_AS = {OrdStatus.PARTIALLY_FILLED: OrdStatus.NEW, OrdStatus.EXPIRED: OrdStatus.CANCELED}
BUILDING = "building"
