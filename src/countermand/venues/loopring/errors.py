"""
Errors: how this venue refuses, and how its refusals are read.

Shape:  `{"resultInfo":{"code":102117,"message":"no orders to cancel"}}`, with status 400 whenever
        the venue itself refuses; what stands in front of it refuses with the status alone.
Source: DEX API v3, "Error codes", "Cancel order" and the lists of each endpoint's page; bodies as
        reported by clients. Which number goes with a refusal that no page lists is our proposal
        (README).
"""

from enum import IntEnum

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from countermand.venues.loopring.tables import STATE_NAMES
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.reasons import CxlRejReason, RejectReason
from countermand.wire import errors
from countermand.wire.context import Settings
from countermand.wire.errors import CancelRefused, WireError
from countermand.wire.http import Request, Response
from countermand.wire.refusals import (
    Refusals,
    Row,
    Said,
    body_of,
    for_orders,
    for_too_late,
    trouble,
)


class Code(IntEnum):
    """The venue's numbers for what is wrong."""

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
    UNSIGNED_ORDER = 102010
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
    BEING_CANCELED = 102122
    NO_KEY = 104001
    UNKNOWN_KEY = 104002
    OTHER_ACCOUNT = 104003
    NO_SIGNATURE = 104004
    WRONG_SIGNATURE = 104005
    NO_HASH = 107002
    NO_SUCH_ORDER = 107003
    UNSUPPORTED_MARKET = 108000
    UNSUPPORTED_LEVEL = 108001
    UNSUPPORTED_FEE_TOKEN = 114001


class StreamCode(IntEnum):
    """The venue's numbers for what is wrong with a message on a socket."""

    NO_TOPICS = 104100
    BAD_OP = 104101
    BAD_TOPIC = 104102
    DUPLICATE_TOPIC = 104103
    NO_API_KEY = 104104
    OTHER_API_KEY = 104105
    BAD_CANDLESTICK = 104106
    BAD_ORDERBOOK = 104107
    BAD_TRADE = 104109
    BAD_ORDER = 104110
    BAD_TICKER = 104111
    UNKNOWN_API_KEY = 104112
    NOT_SUBSCRIBED = 104113
    BAD_MESSAGE = 104115
    TOO_MANY_TOPICS = 104116
    NO_POOL = 102034


class StreamRefused(Exception):
    """A message on a socket is refused as a whole."""

    def __init__(self, code: StreamCode, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


class _Numbered(WireError):
    """A refusal with a number of its own."""

    FIELDS = ("code", "text")

    def __init__(self, code: Code, text: str) -> None:
        super().__init__(text)
        self.code = code


class Coded(_Numbered, errors.Malformed):
    """A request is refused with a number of its own."""


class Absent(_Numbered, errors.NotFound):
    """What a request names is not there; told with a number."""


class Unproven(_Numbered, errors.Unauthorized):
    """Who asks is not proven, for the reason that the number says."""


_ABSENT = (Code.ADDRESS_NOT_FOUND, Code.ACCOUNT_NOT_FOUND, Code.NO_SUCH_ORDER)
_UNPROVEN = (Code.UNSIGNED_ORDER, *map(Code, range(Code.NO_KEY, Code.WRONG_SIGNATURE + 1)))
_CANCELED = (Code.NOTHING_TO_CANCEL, Code.BEING_CANCELED)
_OF_OTHERS = (Code.UNKNOWN, Code.INVALID_ARGUMENT, *_CANCELED, *_ABSENT, *_UNPROVEN)
_CODED = tuple(code for code in Code if code not in _OF_OTHERS)

_REFUSED = {
    RejectReason.UNKNOWN_ACCOUNT: Code.WRONG_ACCOUNT,
    RejectReason.UNKNOWN_INSTRUMENT: Code.UNSUPPORTED_PAIR,
    RejectReason.MARKET_CLOSED: Code.UNSUPPORTED_PAIR,
    RejectReason.POST_ONLY_MARKET: Code.UNSUPPORTED_PAIR,
    RejectReason.LIMIT_ONLY_MARKET: Code.UNSUPPORTED_PAIR,
    RejectReason.DUPLICATE_CL_ORD_ID: Code.ORDER_EXISTS,
    RejectReason.SLOT_NUMBER_USED: Code.STORAGE_ID_USED,
    RejectReason.INVALID_EXPIRE_TIME: Code.ORDER_EXPIRED,
    RejectReason.QTY_NOT_POSITIVE: Code.AMOUNT_TOO_SMALL,
    RejectReason.QTY_BELOW_MIN: Code.AMOUNT_TOO_SMALL,
    RejectReason.NOTIONAL_BELOW_MIN: Code.AMOUNT_TOO_SMALL,
    RejectReason.QTY_ABOVE_MAX: Code.AMOUNT_TOO_LARGE,
    RejectReason.INSUFFICIENT_FUNDS: Code.INSUFFICIENT_BALANCE,
    RejectReason.TOO_MANY_OPEN_ORDERS: Code.SUBMIT_FAILED,
}

# The venue's words for those numbers that have one reason here.
_WORDS = {
    Code.WRONG_ACCOUNT: "invalid account id",
    Code.ORDER_EXISTS: "order already exists",
    Code.ORDER_EXPIRED: "order has expired",
    Code.INSUFFICIENT_BALANCE: "insufficient balance",
    Code.AMOUNT_TOO_LARGE: "amount is above the maximum",
    Code.SUBMIT_FAILED: "submit failed",
    Code.STORAGE_ID_USED: "invalid storage id",
}

_OVERLOADED = "busy, the request was not executed"
_CLOSED = "unavailable, the request was not executed: {text}"
_UNDECIDED = "unavailable, whether the request was executed is not known"
_LATE = "order in status {text} can't be cancelled"
_STATES = [(status, _LATE.format(text=name)) for status, name in STATE_NAMES.rows]
_FAILED = "failed to cancel, try again later"
_BUG = Row(errors.Internal, 500, Code.UNKNOWN)
_PENDING = {"cxl_rej_reason": CxlRejReason.ALREADY_PENDING}
_UNKNOWN_ORDER = {"cxl_rej_reason": CxlRejReason.UNKNOWN_ORDER}


def _numbered(kind: type[WireError], codes: tuple[Code, ...]) -> list[Row]:
    return [Row(kind, 400, code, given={"code": code}) for code in codes]


_CANCELS = [
    Row(CancelRefused, 400, Code.NOTHING_TO_CANCEL, "no orders to cancel", _UNKNOWN_ORDER),
    Row(CancelRefused, 400, Code.NOTHING_TO_CANCEL, given=_UNKNOWN_ORDER),
    Row(CancelRefused, 400, Code.BEING_CANCELED, "order already in cancel", _PENDING),
    Row(CancelRefused, 400, Code.BEING_CANCELED, given=_PENDING),
    *for_too_late(400, Code.INVALID_ARGUMENT, _STATES),
    *(
        Row(CancelRefused, 400, Code.CANCEL_FAILED, _FAILED, {"cxl_rej_reason": reason})
        for reason in (CxlRejReason.OTHER, *CxlRejReason)
        if reason is not CxlRejReason.ALREADY_PENDING
    ),
    # The venue may name a state that is not known here.
    *for_too_late(400, Code.INVALID_ARGUMENT, [(None, _LATE)]),
]

_ROWS = [
    *trouble(
        503,
        Code.TIMEOUT,
        internal=_BUG,
        overloaded=_OVERLOADED,
        closed=_CLOSED,
        undecided=_UNDECIDED,
    ),
    *(
        replace(row, text=_WORDS.get(row.code, row.text))
        for row in for_orders(400, lambda reason: _REFUSED.get(reason, Code.ORDER_NOT_VALID))
    ),
    *_CANCELS,
    # What a cancel is told instead; see `_words`.
    Row(errors.Overloaded, 400, Code.CANCEL_FAILED, _OVERLOADED),
    Row(errors.IntakeClosed, 400, Code.CANCEL_FAILED, _CLOSED),
    Row(errors.Unavailable, 400, Code.CANCEL_FAILED),
    Row(errors.Forbidden, 400, Code.UNKNOWN_KEY, "invalid api key for this: {text}"),
    *_numbered(Unproven, _UNPROVEN),
    Row(errors.Unauthorized, 400, Code.WRONG_SIGNATURE),
    *_numbered(Absent, _ABSENT),
    Row(errors.MissingField, 400, Code.INVALID_ARGUMENT, "{name} is missing"),
    Row(errors.UnknownField, 400, Code.INVALID_ARGUMENT, "{name} is not known"),
    Row(errors.InvalidField, 400, Code.INVALID_ARGUMENT),
    Row(errors.Malformed, 400, Code.INVALID_ARGUMENT),
    *_numbered(Coded, _CODED),
    Row(errors.NotFound, 404, Code.UNKNOWN),
    Row(errors.MethodNotAllowed, 405, Code.UNKNOWN),
    Row(errors.TooLarge, 413, Code.UNKNOWN),
    Row(errors.RateLimited, 429, Code.UNKNOWN, "{limit_per_s} requests per second allowed"),
]


class ResultInfo(Struct, frozen=True):
    """A refusal; older answers have the text as `msg`."""

    code: int = 0
    message: str = ""
    msg: str = ""


class _Refusal(Struct, frozen=True, rename="camel"):
    result_info: ResultInfo = ResultInfo()


_decode = msgspec.json.Decoder(_Refusal).decode


class _Envelope:
    def write(self, said: Said, error: WireError) -> Response:
        body = {"resultInfo": {"code": int(said.code), "message": said.text}}
        return Response(said.status, msgspec.json.encode(body))

    def read(self, response: Response) -> Said:
        info = body_of(response, _decode, _Refusal()).result_info
        return Said(response.status, info.code, info.message or info.msg)


def _words(error: WireError, request: Request, settings: Settings) -> WireError:
    """
    Return a refusal as it is told to who cancels: the venue has a number for "try again later".

    Clients of the venue read the body of a 400 and of no other refusal. The text still says whether
    the cancel may have been executed. Source: DEX API v3, "Cancel order", error 102118.
    """
    cannot = errors.Overloaded | errors.IntakeClosed | errors.Unavailable
    if request.method == "DELETE" and isinstance(error, cannot):
        return Coded(Code.CANCEL_FAILED, REFUSALS.said(error).text)
    return error


def _loses(error: WireError) -> WireError:
    """
    Return what a refusal is read back as.

    A signature that is not valid has a number, and only "too late" tells the order's state.
    """
    match error:
        case errors.Unauthorized() if not isinstance(error, Unproven):
            return Unproven(Code.WRONG_SIGNATURE, error.text)
        case CancelRefused(cxl_rej_reason=CxlRejReason.TOO_LATE_TO_CANCEL, ord_status=OrdStatus()):
            return error
        case CancelRefused(cxl_rej_reason=reason):
            told = reason in (CxlRejReason.UNKNOWN_ORDER, CxlRejReason.ALREADY_PENDING)
            return CancelRefused(reason if told else CxlRejReason.OTHER)
    return error


REFUSALS = Refusals(_Envelope(), _ROWS, loses=_loses, words=_words)
