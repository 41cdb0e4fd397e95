"""Two-way tables: our words and this venue's."""

from countermand.vocabulary.order import OrdStatus, Side, TriggerDirection
from countermand.wire.table import Table, by_name

SIDES = by_name("side", Side)

LIMIT_ORDER, MAKER_ONLY, TAKER_ONLY, AMM = "LIMIT_ORDER", "MAKER_ONLY", "TAKER_ONLY", "AMM"
ORDER_TYPES = (LIMIT_ORDER, MAKER_ONLY, TAKER_ONLY, AMM)

MIXED, ORDER_BOOK, AMM_POOL = "MIXED", "ORDER_BOOK", "AMM_POOL"
TRADE_CHANNELS = (MIXED, ORDER_BOOK, AMM_POOL)

TRADITIONAL_ORDER, STOP_LIMIT = "TRADITIONAL_ORDER", "STOP_LIMIT"
EXTRA_ORDER_TYPES = (TRADITIONAL_ORDER, STOP_LIMIT)

# Which prices wake a stop: those from its own up, or down.
STOP_SIDES = Table(
    "stopSide",
    (
        (TriggerDirection.UP, "GREAT_THAN_AND_EQUAL"),
        (TriggerDirection.DOWN, "LESS_THAN_AND_EQUAL"),
    ),
)
# What the npm SDK has for an order that is no stop.
NO_CONDITION = "NO_CONDITION"

# Trades on the order book, and with a pool.
DEX = "dex"
FILL_TYPES = (DEX, "amm")

PROCESSING, PROCESSED, CANCELLED = "processing", "processed", "cancelled"
CANCELLING, WAITING, FAILED = "cancelling", "waiting", "failed"

# Which orders can have each word. An open one is waiting while it sleeps, cancelling while its
# cancel takes time, and else processing. Of those that the exchange canceled, one that was taken
# and could not come to the book has failed.
OPEN_WORDS = frozenset({PROCESSING, CANCELLING, WAITING})
_OPEN = (OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED)
STATUSES: dict[str, tuple[OrdStatus, ...]] = {
    PROCESSING: _OPEN,
    PROCESSED: (OrdStatus.FILLED,),
    FAILED: (OrdStatus.REJECTED,),
    CANCELLED: (OrdStatus.CANCELED,),
    "expired": (OrdStatus.EXPIRED,),
    CANCELLING: _OPEN,
    WAITING: _OPEN,
}
# Words that are of one status to the exchange.
TOLD_APART = (OPEN_WORDS, frozenset({CANCELLED, FAILED}))
# An order with one of these is seen where it stands; what else one may wait for is not known.
KNOWN_WORDS = STATUSES.keys() - {WAITING}
STATUS_OF: dict[OrdStatus, str] = dict.fromkeys(_OPEN, PROCESSING) | {
    status: word
    for word, statuses in STATUSES.items()
    if word not in OPEN_WORDS
    for status in statuses
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
