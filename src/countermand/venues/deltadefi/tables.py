"""Two-way tables: our words and this venue's."""

from countermand.vocabulary.order import OrdStatus, OrdType, Side
from countermand.wire.table import Table

SIDES = Table("side", ((Side.BUY, "buy"), (Side.SELL, "sell")))

# The part that a market order cannot trade within its slippage stands as a limit order.
ORD_TYPES = Table(
    "type", ((OrdType.LIMIT, "limit"), (OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT, "market"))
)

# An order that was submitted is matched before it is answered, unless the exchange takes its time.
PROCESSING = "processing"
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

# The words that our client reads: those of former years too, which the published Python SDK still
# lists. With any other word the order is not known to be over.
STATUS_READ = {text: status for status, text in STATUSES.rows} | {
    BUILDING: OrdStatus.NEW,
    "partially_filled": OrdStatus.PARTIALLY_FILLED,
    "fully_filled": OrdStatus.FILLED,
    "partially_cancelled": OrdStatus.CANCELED,
}
