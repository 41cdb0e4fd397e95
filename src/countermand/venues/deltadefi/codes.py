"""Codes: the numbers of this venue's refusals."""

from enum import Enum

from countermand.vocabulary.reasons import RejectReason as Reason


class Code(Enum):
    """
    A number and its text; the reason it stands for when it says no more; the status it comes with.

    The texts are the venue's, with its spelling. Statuses are documented by endpoint only, so most
    of these are our proposal.

    Source: API reference, "Status Codes"; "Cancel Order" for 404 and 400.
    """

    INVALID = 4000, "Invalid request data"
    UNAUTHORIZED = 4010, "Unauthorized access", None, 401
    NO_BALANCE = 4050, "Insufficient balance to place order", Reason.INSUFFICIENT_FUNDS
    TOO_SMALL = 4100, "Order size must be at least 5 ADA", Reason.QTY_BELOW_MIN
    NO_PRICE = 4101, "Order price must be greater then 0", Reason.PRICE_NOT_POSITIVE
    PRICE_DECIMALS = 4102, "Price must have at most 4 decimal places"
    QTY_DECIMALS = 4103, "Quantity must have at most 4 decimal places"
    WOULD_MATCH = (
        4104, "Post-only order would match with existing orders", Reason.POST_ONLY_WOULD_CROSS
    )  # fmt: skip
    POST_ONLY = 4105, "Post-only flag can only be used with limit orders", Reason.INVALID_EXEC_INST
    UNKNOWN_SYMBOL = 4106, "Invalid trading pair symbol", Reason.UNKNOWN_INSTRUMENT
    NO_QTY = 4107, "Order Quantity must be greater then 0", Reason.QTY_NOT_POSITIVE
    SLIPPAGE = 4108, "Max Slippage basis point must be between 0 and 10000"
    NO_LIQUIDITY = 4109, "Insufficient liquidity to execute market order", Reason.NO_LIQUIDITY
    TOO_MANY = 4110, "Maximum number of open orders exceeded", Reason.TOO_MANY_OPEN_ORDERS
    PRICE_TOO_HIGH = (
        4111, "Price exceeds maximum allowed limit for this market", Reason.PRICE_OUTSIDE_BAND
    )  # fmt: skip
    PRICE_TOO_LOW = 4112, "Price below minimum allowed limit for this market"
    ORDER_NOT_FOUND = 4200, "Order not found", Reason.UNKNOWN_ORDER, 404
    NOT_OPEN = 4201, "Order is not open"
    BAD_STATE = 4202, "Order State in invalid"
    RATE_LIMITED = 4290, "Rate limit exceeded, please try again later", None, 429
    TOO_OLD = 4300, "Transaction expired, please build again", Reason.STAGING_EXPIRED
    SPENT = 4301, "UTxO has already been spent"
    SUBMITTED = 4302, "Transaction has already been submitted", Reason.ALREADY_SUBMITTED
    USER_NOT_FOUND = 4400, "User not found", Reason.UNKNOWN_ACCOUNT, 404
    TRANSACTION_NOT_FOUND = 4402, "Transaction not found", None, 404
    BAD_STATUS = 4404, "Invalid status paramter"
    BAD_INTERVAL = 4405, "Invalid interval paramter"
    NO_OPERATION_KEY = 4406, "Account is missing required operation key"
    BAD_SIGNATURE = 4407, "Failed to sign transaction"
    INTERNAL = 5000, "Internal Server Error", None, 500
    OVERLOADED = 5001, "System resources temporaily unavailable", None, 503
    LOCKED = 5002, "Trading is currently locked, please try again later", Reason.MARKET_CLOSED

    def __init__(
        self, number: int, text: str, reason: Reason | None = None, status: int = 400
    ) -> None:
        self.number, self.text, self.reason, self.status = number, text, reason, status


BY_NUMBER = {code.number: code for code in Code}

# Reasons that share a code and are told apart by what follows its text; the rest are 4000.
ALSO = {
    Reason.NOTIONAL_BELOW_MIN: Code.TOO_SMALL,
    Reason.ACCOUNT_LOCKED: Code.LOCKED,
    Reason.POST_ONLY_MARKET: Code.LOCKED,
    Reason.LIMIT_ONLY_MARKET: Code.LOCKED,
}
