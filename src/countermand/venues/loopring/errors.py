"""
Errors: how this venue says no, and how its no is understood.

Shape:  `{"resultInfo":{"code":102117,"message":"no orders to cancel"}}`, with status 400 whenever
        the venue itself refuses; what stands in front of it refuses with the status alone.
Source: DEX API v3, "Error codes" and "Cancel order"; bodies as reported by clients. Which number
        goes with a refusal that no page lists is our proposal (README).
"""

import re

import msgspec
from msgspec import Struct

from countermand.venues.loopring.auth import AuthCode, Unproven
from countermand.venues.loopring.codes import ABSENT, Absent, Code, Coded
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.reasons import CxlRejReason, CxlRejResponseTo, RejectReason
from countermand.wire.errors import (
    CancelRefused,
    Forbidden,
    IntakeClosed,
    Internal,
    InvalidField,
    Malformed,
    MethodNotAllowed,
    MissingField,
    NotFound,
    OrderRefused,
    Overloaded,
    RateLimited,
    TooLarge,
    Unauthorized,
    Unavailable,
    UnknownField,
    WireError,
)
from countermand.wire.http import Request, Response
from countermand.wire.table import Table

NO_ORDERS = "no orders to cancel"
MAY_NOT = "invalid api key for this: "

_STATUSES: dict[type[WireError], int] = {
    NotFound: 404,
    MethodNotAllowed: 405,
    TooLarge: 413,
    RateLimited: 429,
    Overloaded: 503,
    IntakeClosed: 503,
    Unavailable: 503,
    Internal: 500,
}
_BY_STATUS: dict[int, type[WireError]] = {
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    413: TooLarge,
    500: Internal,
}

_OVERLOADED = "busy, the request was not executed"
_CLOSED = "unavailable, the request was not executed: "
_UNDECIDED = "unavailable, whether the request was executed is not known"

# The venue's internal names, as its one known text has them.
STATES: Table[OrdStatus] = Table(
    "status",
    (
        (OrdStatus.NEW, "PROCESSING"),
        (OrdStatus.FILLED, "PROCESSED"),
        (OrdStatus.CANCELED, "CANCELLED"),
        (OrdStatus.EXPIRED, "EXPIRED"),
        (OrdStatus.REJECTED, "FAILED"),
    ),
)
_VERBS = {CxlRejResponseTo.CANCEL: "cancel", CxlRejResponseTo.REPLACE: "replace"}
_DONE = {CxlRejResponseTo.CANCEL: "cancelled", CxlRejResponseTo.REPLACE: "replaced"}

_REFUSED: dict[RejectReason, Code] = {
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
_REASONS = {reason.sentence: reason for reason in RejectReason}
_AUTH_CODES = frozenset(int(code) for code in AuthCode)
_CODES = {int(code): code for code in Code if code is not Code.UNKNOWN}

_TOO_LATE = re.compile(r"order in status ([A-Z]+) can't be (cancelled|replaced)")
_FAILED = re.compile(r"failed to (cancel|replace), try again later(?:: (.+))?")
_MISSING = re.compile(r"([A-Za-z.]{1,80}) is missing")
_INVALID = re.compile(r"invalid ([A-Za-z.]{1,80})(?::.*)?")
_UNKNOWN = re.compile(r"([A-Za-z.]{1,80}) is not known")


class ResultInfo(Struct, frozen=True):
    """A refusal; older answers have the text as `msg`."""

    code: int = Code.UNKNOWN
    message: str = ""
    msg: str = ""


class _Refusal(Struct, frozen=True, rename="camel"):
    result_info: ResultInfo = ResultInfo()


_decode = msgspec.json.Decoder(_Refusal).decode


class LoopringErrors:
    """Both directions of a refusal."""

    def render(self, error: WireError) -> Response:
        """Return the venue's answer for an error of the wire."""
        code, text = told(error)
        status = _STATUSES.get(type(error), 400)
        body = {"resultInfo": {"code": int(code), "message": text}}
        return Response(status, msgspec.json.encode(body))

    def interpret(self, response: Response) -> WireError:
        """
        Return what a refusal says.

        The declared inverse of `render`, but that a signature that is not valid is always read as
        `Unproven`, and an exceeded limit as 0.
        """
        try:
            info = _decode(response.body).result_info
        except (msgspec.DecodeError, UnicodeDecodeError):
            info = ResultInfo()
        text = info.message or info.msg
        match response.status:
            case 400:
                return _read_refusal(info.code, text)
            case 429:
                return RateLimited(0)
            case status if status in _BY_STATUS:
                return _BY_STATUS[status](text or f"status {status}")
            case status if status > 500:  # noqa: PLR2004  (HTTP)
                return _read_unavailable(text)
        return Malformed(text or f"status {response.status}")


def worded(error: WireError, request: Request) -> WireError:
    """
    Return a refusal as it is told to who cancels: the venue has a number for "try again later".

    Clients of the venue read the body of a 400 and of no other refusal. The text still says whether
    the cancel may have been executed. Source: DEX API v3, "Cancel order", error 102118.
    """
    if request.method == "DELETE" and isinstance(error, Overloaded | IntakeClosed | Unavailable):
        return Coded(Code.CANCEL_FAILED, told(error)[1])
    return error


def told(error: WireError) -> tuple[int, str]:
    """Return the number and the text of an error, as an item of a batch has them too."""
    match error:
        case Coded(code=code) | Absent(code=code) | Unproven(code=code):
            return code, error.text
        case OrderRefused(reason=reason):
            return _REFUSED.get(reason, Code.ORDER_NOT_VALID), reason.sentence
        case CancelRefused():
            return _told_of_cancel(error)
        case Unauthorized():
            return AuthCode.WRONG_SIGNATURE, error.text
        case Forbidden():
            return AuthCode.UNKNOWN_KEY, MAY_NOT + error.text
        case Overloaded():
            return Code.TIMEOUT, _OVERLOADED
        case IntakeClosed():
            return Code.TIMEOUT, _CLOSED + error.text
        case Unavailable():
            return Code.TIMEOUT, _UNDECIDED
        case Malformed():
            return Code.INVALID_ARGUMENT, error.text
    return Code.UNKNOWN, error.text


def _told_of_cancel(error: CancelRefused) -> tuple[Code, str]:
    to = error.response_to
    if error.cxl_rej_reason is CxlRejReason.UNKNOWN_ORDER:
        return Code.NOTHING_TO_CANCEL, NO_ORDERS
    if error.cxl_rej_reason is CxlRejReason.TOO_LATE_TO_CANCEL and error.ord_status is not None:
        state = STATES.to_wire(error.ord_status)
        return Code.INVALID_ARGUMENT, f"order in status {state} can't be {_DONE[to]}"
    why = f": {error.reject_reason.sentence}" if error.reject_reason is not None else ""
    return Code.CANCEL_FAILED, f"failed to {_VERBS[to]}, try again later{why}"


def _read_refusal(code: int, text: str) -> WireError:
    if code in _AUTH_CODES:
        if text.startswith(MAY_NOT):
            return Forbidden(text.removeprefix(MAY_NOT))
        return Unproven(AuthCode(code), text)
    if (cancel := _read_cancel(code, text)) is not None:
        return cancel
    if (reason := _REASONS.get(text)) is not None:
        return OrderRefused(reason)
    if code == Code.INVALID_ARGUMENT:
        return _read_argument(text)
    if code == Code.CANCEL_FAILED:
        return _read_unavailable(text)
    if (known := _CODES.get(code)) is not None:
        return Absent(known, text) if known in ABSENT else Coded(known, text)
    return Malformed(text or "status 400")


def _read_cancel(code: int, text: str) -> CancelRefused | None:
    if code == Code.NOTHING_TO_CANCEL:
        return CancelRefused(CxlRejReason.UNKNOWN_ORDER, None)
    if late := _TOO_LATE.fullmatch(text):
        to = next(to for to, done in _DONE.items() if done == late[2])
        states = {name: status for status, name in STATES.rows}
        return CancelRefused(CxlRejReason.TOO_LATE_TO_CANCEL, states.get(late[1]), to)
    if failed := _FAILED.fullmatch(text):
        to = next(to for to, verb in _VERBS.items() if verb == failed[1])
        reason = _REASONS.get(failed[2] or "")
        duplicate = reason is RejectReason.DUPLICATE_CL_ORD_ID
        cxl = CxlRejReason.DUPLICATE_CL_ORD_ID if duplicate else CxlRejReason.OTHER
        return CancelRefused(cxl, None, to, reason)
    return None


def _read_argument(text: str) -> WireError:
    if missing := _MISSING.fullmatch(text):
        return MissingField(missing[1])
    if invalid := _INVALID.fullmatch(text):
        return InvalidField(invalid[1], text)
    if unknown := _UNKNOWN.fullmatch(text):
        return UnknownField(unknown[1])
    return Malformed(text or "status 400")


def _read_unavailable(text: str) -> WireError:
    if text == _OVERLOADED:
        return Overloaded(text)
    if text.startswith(_CLOSED):
        return IntakeClosed(text.removeprefix(_CLOSED))
    return Unavailable(text or _UNDECIDED)
