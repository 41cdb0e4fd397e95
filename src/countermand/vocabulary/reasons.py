"""
Why the exchange says no, and why an order ended.

`RejectReason` is listed in order of precedence: the ladder in `admitting.py`, this enum and the
tests read in parallel, and the first rung that fails is the answer. Numbers are for ever: they are
in no journal, but in snapshots and with clients.
"""

from enum import IntEnum


class RejectReason(IntEnum):
    """Why a new order, a replacement or an instruction to the exchange was refused."""

    UNKNOWN_ACCOUNT = 1
    UNKNOWN_INSTRUMENT = 2
    ACCOUNT_LOCKED = 3
    ACCOUNT_KILLED = 41
    MARKET_CLOSED = 4
    POST_ONLY_MARKET = 5
    LIMIT_ONLY_MARKET = 6
    DUPLICATE_CL_ORD_ID = 7
    SLOT_NUMBER_USED = 35
    INVALID_TIME_IN_FORCE = 8
    INVALID_EXEC_INST = 9
    INVALID_EXPIRE_TIME = 10
    INVALID_AMOUNT = 25
    INVALID_TRIGGER = 36
    TRIGGER_MET = 37
    INVALID_LIST = 38
    INVALID_SCHEDULE = 39
    NO_LIQUIDITY = 27
    QTY_NOT_POSITIVE = 11
    QTY_BELOW_MIN = 12
    QTY_ABOVE_MAX = 13
    PRICE_NOT_POSITIVE = 14
    PRICE_OUTSIDE_BAND = 15
    NOTIONAL_BELOW_MIN = 16
    NOTHING_TO_REPLACE = 17
    QTY_BELOW_EXECUTED = 18
    CONDITION_NOT_MET = 40
    NOT_REDUCING = 19
    SHORT_NOT_ALLOWED = 31
    OPPOSITE_POSITION = 32
    NOTHING_TO_CLOSE = 33
    CLOSES_BEYOND_POSITION = 34
    POST_ONLY_WOULD_CROSS = 20
    POSITION_LIMIT = 21
    INSUFFICIENT_FUNDS = 22
    TOO_MANY_OPEN_ORDERS = 23
    SELF_TRADE = 26
    UNKNOWN_ORDER = 28
    ALREADY_SUBMITTED = 29
    STAGING_EXPIRED = 30
    LIST_UNDERWAY = 42
    DUPLICATE_NAME = 24

    @property
    def sentence(self) -> str:
        """One plain sentence for people."""
        return _SENTENCES[self]


_SENTENCES = {
    RejectReason.UNKNOWN_ACCOUNT: "account not found",
    RejectReason.UNKNOWN_INSTRUMENT: "instrument not found",
    RejectReason.ACCOUNT_LOCKED: "account may not trade",
    RejectReason.MARKET_CLOSED: "market does not accept orders in its current state",
    RejectReason.POST_ONLY_MARKET: "market accepts only post-only orders",
    RejectReason.LIMIT_ONLY_MARKET: "market accepts only limit orders",
    RejectReason.DUPLICATE_CL_ORD_ID: "duplicate client order id detected",
    RejectReason.SLOT_NUMBER_USED: "number is not above those used in the slot",
    RejectReason.INVALID_TIME_IN_FORCE: "time in force not allowed for this order type",
    RejectReason.INVALID_EXEC_INST: "instruction not allowed for this order",
    RejectReason.INVALID_EXPIRE_TIME: "expire time must lie in the future and within the limit",
    RejectReason.INVALID_TRIGGER: "trigger not allowed for this order",
    RejectReason.TRIGGER_MET: "trigger is already met",
    RejectReason.INVALID_LIST: "orders cannot be linked like this",
    RejectReason.ACCOUNT_KILLED: "account is stopped and places no orders",
    RejectReason.INVALID_SCHEDULE: "schedule not allowed for this order",
    RejectReason.CONDITION_NOT_MET: "order is not as the cancel wants it",
    RejectReason.QTY_NOT_POSITIVE: "quantity must be positive",
    RejectReason.QTY_BELOW_MIN: "quantity is below the minimum",
    RejectReason.QTY_ABOVE_MAX: "quantity is above the maximum",
    RejectReason.PRICE_NOT_POSITIVE: "price must be positive",
    RejectReason.PRICE_OUTSIDE_BAND: "price is outside the price band",
    RejectReason.NOTIONAL_BELOW_MIN: "notional value is below the minimum",
    RejectReason.NOTHING_TO_REPLACE: "nothing to replace",
    RejectReason.QTY_BELOW_EXECUTED: "quantity must exceed what has been executed",
    RejectReason.NOT_REDUCING: "order does not reduce a position",
    RejectReason.SHORT_NOT_ALLOWED: "account may not sell what it does not have",
    RejectReason.OPPOSITE_POSITION: "order opens against an opposite position",
    RejectReason.NOTHING_TO_CLOSE: "there is no position to close",
    RejectReason.CLOSES_BEYOND_POSITION: "order closes more than the position",
    RejectReason.POST_ONLY_WOULD_CROSS: "post-only order would match immediately",
    RejectReason.POSITION_LIMIT: "position limit exceeded",
    RejectReason.INSUFFICIENT_FUNDS: "insufficient funds",
    RejectReason.TOO_MANY_OPEN_ORDERS: "too many open orders",
    RejectReason.DUPLICATE_NAME: "name is taken",
    RejectReason.INVALID_AMOUNT: "amount not allowed",
    RejectReason.UNKNOWN_ORDER: "order not found",
    RejectReason.ALREADY_SUBMITTED: "order has already been submitted",
    RejectReason.STAGING_EXPIRED: "order was not submitted in time",
    RejectReason.LIST_UNDERWAY: "a linked order has traded, was triggered or is over",
    RejectReason.SELF_TRADE: "order would trade with an order of the same account",
    RejectReason.NO_LIQUIDITY: "nothing to trade with at this price",
}


class CxlRejReason(IntEnum):
    """FIX CxlRejReason (102): why a cancel or a replace of a known or unknown order was refused."""

    TOO_LATE_TO_CANCEL = 0
    UNKNOWN_ORDER = 1
    ALREADY_PENDING = 3
    DUPLICATE_CL_ORD_ID = 6
    OTHER = 99


class CxlRejResponseTo(IntEnum):
    """FIX CxlRejResponseTo (434)."""

    CANCEL = 1
    REPLACE = 2


class CancelReason(IntEnum):
    """Why an order ended before it was filled."""

    NONE = 0
    REQUESTED = 1
    MASS_CANCEL = 2
    SELF_TRADE_PREVENTION = 3
    IOC_REMAINDER = 4
    FOK_NOT_FILLED = 5
    REDUCE_ONLY = 6
    EXPIRED = 7
    UNFUNDED = 8
    MARKET_SETTLED = 9
    SLOT_TAKEN_OVER = 10
    DISCONNECTED = 14
    DEAD_MAN = 15
    KILLED = 16
    SCHEDULE_ENDED = 17
    LINKED = 13  # by what became of another order of its list
    NOT_LET_IN = 11  # it was taken, and refused when its time to come in had come
    BY_VENUE = 12  # its venue canceled it by itself
