"""The venue's numbers for what is wrong, and the refusals that are told by one of them."""

from enum import IntEnum

from countermand.wire.errors import Malformed, NotFound


class Code(IntEnum):
    """Source: DEX API v3, "Error codes", and the lists of each endpoint's page."""

    UNKNOWN = 100000
    INVALID_ARGUMENT = 100001
    TIMEOUT = 100002
    ADDRESS_NOT_FOUND = 101001
    ACCOUNT_NOT_FOUND = 101002
    WRONG_EXCHANGE = 102001
    UNSUPPORTED_TOKEN = 102002
    WRONG_ACCOUNT = 102003
    WRONG_STORAGE_ID_KIND = 102004
    UNSUPPORTED_PAIR = 102005
    WRONG_RATE = 102006
    ORDER_EXISTS = 102007
    ORDER_EXPIRED = 102008
    INSUFFICIENT_BALANCE = 102011
    AMOUNT_TOO_SMALL = 102012
    AMOUNT_TOO_LARGE = 102020
    SUBMIT_FAILED = 102027
    NO_STORAGE_ID = 102028
    STORAGE_ID_USED = 102030
    NOTHING_TO_CANCEL = 102117
    CANCEL_FAILED = 102118
    INVALID_HASH = 102119
    ORDER_NOT_VALID = 102120
    NO_HASH = 107002
    NO_SUCH_ORDER = 107003
    UNSUPPORTED_MARKET = 108000
    UNSUPPORTED_LEVEL = 108001
    UNSUPPORTED_FEE_TOKEN = 114001


class Coded(Malformed):
    """A request is refused with a number of its own."""

    def __init__(self, code: Code, text: str) -> None:
        super().__init__(text)
        self.code = code


class Absent(NotFound):
    """What a request names is not there, told with a number."""

    def __init__(self, code: Code, text: str) -> None:
        super().__init__(text)
        self.code = code


ABSENT = frozenset({Code.ADDRESS_NOT_FOUND, Code.ACCOUNT_NOT_FOUND, Code.NO_SUCH_ORDER})
