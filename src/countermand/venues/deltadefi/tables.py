"""Two-way tables: our words and this venue's, and the venue's codes with their texts."""

from countermand.vocabulary.order import OrdStatus, OrdType, Side
from countermand.vocabulary.reasons import RejectReason
from countermand.wire.table import Table

SIDES = Table("side", ((Side.BUY, "buy"), (Side.SELL, "sell")))

# What a market order cannot trade within its slippage stands as a limit order.
ORD_TYPES = Table(
    "type", ((OrdType.LIMIT, "limit"), (OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT, "market"))
)

BUILDING = "building"

# A partly filled order is "open"; "processing" is never seen, since an order that was submitted is
# matched before its answer is written.
STATUSES = {
    OrdStatus.NEW: "open",
    OrdStatus.PARTIALLY_FILLED: "open",
    OrdStatus.FILLED: "closed",
    OrdStatus.CANCELED: "cancelled",
    OrdStatus.EXPIRED: "cancelled",
    OrdStatus.REJECTED: "failed",
}
FROM_STATUS = {
    "open": OrdStatus.NEW,
    "closed": OrdStatus.FILLED,
    "cancelled": OrdStatus.CANCELED,
    "failed": OrdStatus.REJECTED,
}

INVALID = 4000
UNAUTHORIZED_CODE = 4010
TOO_SMALL = 4100
PRICE_DECIMALS = 4102
QTY_DECIMALS = 4103
UNKNOWN_SYMBOL = 4106
SLIPPAGE = 4108
PRICE_TOO_HIGH = 4111
PRICE_TOO_LOW = 4112
ORDER_NOT_FOUND = 4200
NOT_OPEN = 4201
RATE_LIMITED = 4290
TRANSACTION_NOT_FOUND = 4402
BAD_STATUS = 4404
BAD_INTERVAL = 4405
NO_OPERATION_KEY = 4406
BAD_SIGNATURE = 4407
INTERNAL = 5000
OVERLOADED = 5001

UNAUTHORIZED = "Unauthorized access"

# Status and text of each code. The texts are the venue's, with its spelling; statuses are
# documented by endpoint only, so most of these are our proposal.
# Source: API reference, "Status Codes"; "Cancel Order" for 404 and 400.
CODES: dict[int, tuple[int, str]] = {
    INVALID: (400, "Invalid request data"),
    UNAUTHORIZED_CODE: (401, UNAUTHORIZED),
    4050: (400, "Insufficient balance to place order"),
    TOO_SMALL: (400, "Order size must be at least 5 ADA"),
    4101: (400, "Order price must be greater then 0"),
    PRICE_DECIMALS: (400, "Price must have at most 4 decimal places"),
    QTY_DECIMALS: (400, "Quantity must have at most 4 decimal places"),
    4104: (400, "Post-only order would match with existing orders"),
    4105: (400, "Post-only flag can only be used with limit orders"),
    UNKNOWN_SYMBOL: (400, "Invalid trading pair symbol"),
    4107: (400, "Order Quantity must be greater then 0"),
    SLIPPAGE: (400, "Max Slippage basis point must be between 0 and 10000"),
    4109: (400, "Insufficient liquidity to execute market order"),
    4110: (400, "Maximum number of open orders exceeded"),
    PRICE_TOO_HIGH: (400, "Price exceeds maximum allowed limit for this market"),
    PRICE_TOO_LOW: (400, "Price below minimum allowed limit for this market"),
    ORDER_NOT_FOUND: (404, "Order not found"),
    NOT_OPEN: (400, "Order is not open"),
    4202: (400, "Order State in invalid"),
    RATE_LIMITED: (429, "Rate limit exceeded, please try again later"),
    4300: (400, "Transaction expired, please build again"),
    4301: (400, "UTxO has already been spent"),
    4302: (400, "Transaction has already been submitted"),
    4400: (404, "User not found"),
    TRANSACTION_NOT_FOUND: (404, "Transaction not found"),
    BAD_STATUS: (400, "Invalid status paramter"),
    BAD_INTERVAL: (400, "Invalid interval paramter"),
    NO_OPERATION_KEY: (400, "Account is missing required operation key"),
    BAD_SIGNATURE: (400, "Failed to sign transaction"),
    INTERNAL: (500, "Internal Server Error"),
    OVERLOADED: (503, "System resources temporaily unavailable"),
    5002: (400, "Trading is currently locked, please try again later"),
}

# The reason a code stands for when it says no more than its text.
REASONS = Table(
    "code",
    (
        (RejectReason.UNKNOWN_ACCOUNT, "4400"),
        (RejectReason.UNKNOWN_INSTRUMENT, "4106"),
        (RejectReason.MARKET_CLOSED, "5002"),
        (RejectReason.INVALID_EXEC_INST, "4105"),
        (RejectReason.NO_LIQUIDITY, "4109"),
        (RejectReason.QTY_NOT_POSITIVE, "4107"),
        (RejectReason.QTY_BELOW_MIN, "4100"),
        (RejectReason.PRICE_NOT_POSITIVE, "4101"),
        (RejectReason.PRICE_OUTSIDE_BAND, "4111"),
        (RejectReason.POST_ONLY_WOULD_CROSS, "4104"),
        (RejectReason.INSUFFICIENT_FUNDS, "4050"),
        (RejectReason.TOO_MANY_OPEN_ORDERS, "4110"),
        (RejectReason.UNKNOWN_ORDER, "4200"),
        (RejectReason.ALREADY_SUBMITTED, "4302"),
        (RejectReason.STAGING_EXPIRED, "4300"),
    ),
)
# Others that share a code and are told apart by what follows its text; the rest are 4000.
ALSO = {
    RejectReason.NOTIONAL_BELOW_MIN: TOO_SMALL,
    RejectReason.ACCOUNT_LOCKED: 5002,
    RejectReason.POST_ONLY_MARKET: 5002,
    RejectReason.LIMIT_ONLY_MARKET: 5002,
}


def code_of(reason: RejectReason) -> int:
    """Return the code of a reason."""
    return int(REASONS.to_wire(reason)) if reason in REASONS else ALSO.get(reason, INVALID)
