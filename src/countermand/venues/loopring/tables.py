"""Two-way tables: our words and this venue's."""

from countermand.vocabulary.order import OrdStatus, Side
from countermand.wire.table import Table, by_name

SIDES = by_name("side", Side)

LIMIT_ORDER, MAKER_ONLY, TAKER_ONLY, AMM = "LIMIT_ORDER", "MAKER_ONLY", "TAKER_ONLY", "AMM"
ORDER_TYPES = (LIMIT_ORDER, MAKER_ONLY, TAKER_ONLY, AMM)

MIXED, ORDER_BOOK, AMM_POOL = "MIXED", "ORDER_BOOK", "AMM_POOL"
TRADE_CHANNELS = (MIXED, ORDER_BOOK, AMM_POOL)

TRADITIONAL_ORDER, STOP_LIMIT = "TRADITIONAL_ORDER", "STOP_LIMIT"
EXTRA_ORDER_TYPES = (TRADITIONAL_ORDER, STOP_LIMIT)

# Trades on the order book, and with a pool.
DEX = "dex"
FILL_TYPES = (DEX, "amm")

PROCESSING, PROCESSED, CANCELLED = "processing", "processed", "cancelled"
CANCELLING = "cancelling"

# What each word of a filter asks for. An order is active when it is taken, so nothing is waiting;
# one whose cancel takes time is found as processing and says that it is cancelling.
STATUSES: dict[str, tuple[OrdStatus, ...]] = {
    PROCESSING: (OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED),
    PROCESSED: (OrdStatus.FILLED,),
    "failed": (OrdStatus.REJECTED,),
    CANCELLED: (OrdStatus.CANCELED,),
    "expired": (OrdStatus.EXPIRED,),
    CANCELLING: (),
    "waiting": (),
}
# An order with one of these is seen where it stands.
KNOWN_WORDS = frozenset({*(word for word, of in STATUSES.items() if of), "cancelling"})
STATUS_OF: dict[OrdStatus, str] = {
    status: word for word, statuses in STATUSES.items() for status in statuses
}

# The venue's internal names, as the one known text of a refused cancel has them.
STATE_NAMES: Table[OrdStatus] = Table(
    "status",
    (
        (OrdStatus.NEW, "PROCESSING"),
        (OrdStatus.FILLED, "PROCESSED"),
        (OrdStatus.CANCELED, "CANCELLED"),
        (OrdStatus.EXPIRED, "EXPIRED"),
        (OrdStatus.REJECTED, "FAILED"),
    ),
)
