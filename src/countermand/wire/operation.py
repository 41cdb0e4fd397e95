"""The verbs of the service: what a row of a route table does, in words every venue shares."""

from enum import Enum


class Operation(Enum):
    """The operations of an order API. A venue offers those that its route table has rows for."""

    PLACE_ORDER = "place-order"
    PREVIEW_ORDER = "preview-order"
    STAGE_ORDER = "stage-order"
    GET_ORDER = "get-order"
    LIST_ORDERS = "list-orders"
    REPLACE_ORDER = "replace-order"
    CANCEL_ORDER = "cancel-order"
    MASS_CANCEL = "mass-cancel"
    LIST_INSTRUMENTS = "list-instruments"
    GET_INSTRUMENT = "get-instrument"
    GET_QUOTE = "get-quote"
    LIST_ASSETS = "list-assets"
    GET_ASSET = "get-asset"
    LIST_ACCOUNTS = "list-accounts"
    GET_ACCOUNT = "get-account"
    OPEN_ACCOUNT = "open-account"
    CONFIGURE_ACCOUNT = "configure-account"
    GET_ACCOUNT_DETAIL = "get-account-detail"
    GET_ACCOUNT_SUMMARY = "get-account-summary"
    LIST_BALANCES = "list-balances"
    GET_BALANCE = "get-balance"
    LIST_POSITIONS = "list-positions"
    GET_POSITION = "get-position"
    LIST_FILLS = "list-fills"
    LIST_FEE_RATES = "list-fee-rates"
    LIST_FEE_TIERS = "list-fee-tiers"
    LOG_IN = "log-in"
    LOG_OUT = "log-out"
    LIST_TRANSFERS = "list-transfers"
    LIST_CANDLES = "list-candles"
    LIST_FUNDING = "list-funding"
    LIST_VOLUMES = "list-volumes"
    GET_DEPTH = "get-depth"
    LIST_TRADES = "list-trades"
    GET_SLOT = "get-slot"
    GET_STATUS = "get-status"
    GET_TIME = "get-time"
    GET_KEY = "get-key"
    CHANGE_KEY = "change-key"
    GET_STREAM_KEY = "get-stream-key"
    OPEN_STREAM = "open-stream"


# The operations that take an account out of the market; those that bring orders never keep them
# waiting.
CANCELING = frozenset({Operation.CANCEL_ORDER, Operation.MASS_CANCEL})


class Access(Enum):
    """The right that a route needs: none, a key that may look, or a key that may trade."""

    PUBLIC = "public"
    VIEW = "view"
    TRADE = "trade"


class Capability(Enum):
    """The capabilities of a venue beyond placing, reading and canceling one order."""

    MASS_CANCEL = "mass-cancel"
    REPLACE = "replace"
    PREVIEW = "preview"
    POSITIONS = "positions"
    STREAMS = "streams"


# The operation that stands for each.
OFFERED_BY = {
    Capability.MASS_CANCEL: Operation.MASS_CANCEL,
    Capability.REPLACE: Operation.REPLACE_ORDER,
    Capability.PREVIEW: Operation.PREVIEW_ORDER,
    Capability.POSITIONS: Operation.LIST_POSITIONS,
    Capability.STREAMS: Operation.OPEN_STREAM,
}
