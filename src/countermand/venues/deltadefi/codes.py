"""Codes: the numbers of this venue's refusals, with their texts."""

from typing import NamedTuple

from countermand.vocabulary.reasons import RejectReason

INVALID = 4000
UNAUTHORIZED = 4010
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
LOCKED = 5002


class Known(NamedTuple):
    """What goes with a code."""

    text: str
    status: int = 400


UNAUTHORIZED_TEXT = "Unauthorized access"

# The texts are the venue's, with its spelling; statuses are documented by endpoint only, so most of
# these are our proposal.
# Source: API reference, "Status Codes"; "Cancel Order" for 404 and 400.
CODES = {
    INVALID: Known("Invalid request data"),
    UNAUTHORIZED: Known(UNAUTHORIZED_TEXT, 401),
    4050: Known("Insufficient balance to place order"),
    TOO_SMALL: Known("Order size must be at least 5 ADA"),
    4101: Known("Order price must be greater then 0"),
    PRICE_DECIMALS: Known("Price must have at most 4 decimal places"),
    QTY_DECIMALS: Known("Quantity must have at most 4 decimal places"),
    4104: Known("Post-only order would match with existing orders"),
    4105: Known("Post-only flag can only be used with limit orders"),
    UNKNOWN_SYMBOL: Known("Invalid trading pair symbol"),
    4107: Known("Order Quantity must be greater then 0"),
    SLIPPAGE: Known("Max Slippage basis point must be between 0 and 10000"),
    4109: Known("Insufficient liquidity to execute market order"),
    4110: Known("Maximum number of open orders exceeded"),
    PRICE_TOO_HIGH: Known("Price exceeds maximum allowed limit for this market"),
    PRICE_TOO_LOW: Known("Price below minimum allowed limit for this market"),
    ORDER_NOT_FOUND: Known("Order not found", 404),
    NOT_OPEN: Known("Order is not open"),
    4202: Known("Order State in invalid"),
    RATE_LIMITED: Known("Rate limit exceeded, please try again later", 429),
    4300: Known("Transaction expired, please build again"),
    4301: Known("UTxO has already been spent"),
    4302: Known("Transaction has already been submitted"),
    4400: Known("User not found", 404),
    TRANSACTION_NOT_FOUND: Known("Transaction not found", 404),
    BAD_STATUS: Known("Invalid status paramter"),
    BAD_INTERVAL: Known("Invalid interval paramter"),
    NO_OPERATION_KEY: Known("Account is missing required operation key"),
    BAD_SIGNATURE: Known("Failed to sign transaction"),
    INTERNAL: Known("Internal Server Error", 500),
    OVERLOADED: Known("System resources temporaily unavailable", 503),
    LOCKED: Known("Trading is currently locked, please try again later"),
}

# The reason a code stands for when it says no more than its text.
REASONS = {
    RejectReason.UNKNOWN_ACCOUNT: 4400,
    RejectReason.UNKNOWN_INSTRUMENT: UNKNOWN_SYMBOL,
    RejectReason.MARKET_CLOSED: LOCKED,
    RejectReason.INVALID_EXEC_INST: 4105,
    RejectReason.NO_LIQUIDITY: 4109,
    RejectReason.QTY_NOT_POSITIVE: 4107,
    RejectReason.QTY_BELOW_MIN: TOO_SMALL,
    RejectReason.PRICE_NOT_POSITIVE: 4101,
    RejectReason.PRICE_OUTSIDE_BAND: PRICE_TOO_HIGH,
    RejectReason.POST_ONLY_WOULD_CROSS: 4104,
    RejectReason.INSUFFICIENT_FUNDS: 4050,
    RejectReason.TOO_MANY_OPEN_ORDERS: 4110,
    RejectReason.UNKNOWN_ORDER: ORDER_NOT_FOUND,
    RejectReason.ALREADY_SUBMITTED: 4302,
    RejectReason.STAGING_EXPIRED: 4300,
}
# Others that share a code and are told apart by what follows its text; the rest are 4000.
ALSO = {
    RejectReason.NOTIONAL_BELOW_MIN: TOO_SMALL,
    RejectReason.ACCOUNT_LOCKED: LOCKED,
    RejectReason.POST_ONLY_MARKET: LOCKED,
    RejectReason.LIMIT_ONLY_MARKET: LOCKED,
}
