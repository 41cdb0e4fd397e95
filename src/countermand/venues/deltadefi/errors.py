"""
Errors: how this venue says no, and how its no is understood.

Shape:  `{"error": "<text>", "code": <number>}`. The text is the documented one of the code; where
        there is more to say it follows after a colon. A path that is not there is answered by the
        router, in plain text.
Source: API reference, "Cancel Order" (schema ErrorJSONWithCodeResponse), "Status Codes"; live
        answers as reported by clients for the order of the keys and the router's text.
"""

import re

import msgspec
from msgspec import Struct

from countermand.venues.deltadefi import settings, tables
from countermand.venues.deltadefi.tables import CODES, code_of
from countermand.venues.deltadefi.transaction import Fault, TransactionRefused
from countermand.vocabulary.instrument import Asset, Instrument
from countermand.vocabulary.reasons import CxlRejReason, RejectReason
from countermand.wire import numbers
from countermand.wire.context import Settings
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
from countermand.wire.http import Response

NO_SUCH_PATH = "404 page not found"

_FIELD_STATUS = 422
_UNDECIDED = "whether the request was executed is not known"
_CLOSED = "no request is executed, "

_MISSING = re.compile(r"([A-Za-z_.]{1,80}) is missing")
_INVALID = re.compile(r"invalid ([A-Za-z_.]{1,80})(?::.*)?")
_UNKNOWN = re.compile(r"([A-Za-z_.]{1,80}) is not known")
_REASONS = {reason.sentence: reason for reason in RejectReason}

# What is not a transaction at all is a field that is not one; the rest was not signed as it must.
_UNREADABLE = (Fault.NOT_HEX, Fault.NOT_CBOR, Fault.NOT_A_TRANSACTION)


class Refused(WireError):
    """The venue's own no, by its code; without a text it is the documented one."""

    def __init__(self, code: int, text: str = "") -> None:
        super().__init__(text or CODES[code][1])
        self.code = code


class NothingToCancel(CancelRefused):
    """A cancel of all that found nothing; a 400 here, and no empty success."""

    def __init__(self) -> None:
        super().__init__(CxlRejReason.UNKNOWN_ORDER, None)


class Problem(Struct, frozen=True):
    """The body of a refusal."""

    error: str = ""
    code: int = 0


class _Twice(Struct, frozen=True):
    error: str
    code: int
    msg: str


_decode = msgspec.json.Decoder(Problem).decode


class DeltaDefiErrors:
    """Both directions of a refusal."""

    def render(self, error: WireError) -> Response:
        """Return the venue's answer for an error of the wire."""
        match error:
            case NotFound() | MethodNotAllowed():
                return Response(404, NO_SUCH_PATH.encode(), b"text/plain")
            case Refused(code=code):
                return _problem(CODES[code][0], code, error.text)
            case OrderRefused(reason=reason):
                return _order_refusal(reason)
            case NothingToCancel():
                return _coded(tables.ORDER_NOT_FOUND, status=400)
            case CancelRefused(cxl_rej_reason=CxlRejReason.UNKNOWN_ORDER):
                return _coded(tables.ORDER_NOT_FOUND)
            case CancelRefused():
                return _coded(tables.NOT_OPEN)
            case TransactionRefused(fault=fault) if fault not in _UNREADABLE:
                return _coded(tables.BAD_SIGNATURE, error.text)
            case Malformed() | TransactionRefused():
                is_field = isinstance(error, MissingField | InvalidField | UnknownField)
                of_field = is_field or isinstance(error, TransactionRefused)
                return _coded(tables.INVALID, error.text, _FIELD_STATUS if of_field else 400)
        return _rendered_other(error)

    def interpret(self, response: Response) -> WireError:
        """
        Return what a refusal says.

        The declared inverse of `render`, but for what this venue does not tell: the state that was
        too late to cancel, the limit that was exceeded (read as 0), and which path is not there. An
        order that is not found is always read as a cancel's.
        """
        try:
            problem = _decode(response.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            problem = Problem()
        said = _said(problem)
        match response.status:
            case 401:
                return Unauthorized(said or tables.UNAUTHORIZED)
            case 403:
                return Forbidden(said)
            case 413:
                return TooLarge(said)
            case 429:
                return RateLimited(0)
            case 400 | 404 | 422 if problem.code in CODES:
                return _read_code(problem, said, response.status)
            case 404:
                return NotFound(NO_SUCH_PATH)
            case status if status >= 500:  # noqa: PLR2004  (HTTP)
                return _read_failure(status, problem, said)
        return Malformed(problem.error or f"status {response.status}")


def amend(response: Response, given: Settings) -> Response:
    """Return a refusal with its text a second time under `msg`, where the settings ask for it."""
    if not settings.own(given).msg or response.content_type != b"application/json":
        return response
    problem = _decode(response.body)
    body = msgspec.json.encode(_Twice(problem.error, problem.code, problem.error))
    return Response(response.status, body, response.content_type, response.headers)


def order_refused(
    reason: RejectReason, instrument: Instrument, base: Asset, quote: Asset, price_ticks: int
) -> WireError:
    """Return the refusal of an order, in this market's own numbers where the text has numbers."""
    if reason is RejectReason.QTY_BELOW_MIN:
        least = f"{numbers.qty_text(instrument, instrument.order_qty_lots_min)} {base.symbol}"
        return Refused(tables.TOO_SMALL, f"Order size must be at least {least}")
    if reason is RejectReason.NOTIONAL_BELOW_MIN:
        least = f"{numbers.minor_text(quote, instrument.notional_minor_min)} {quote.symbol}"
        return Refused(tables.TOO_SMALL, f"Order size must be at least {least}")
    low = price_ticks < instrument.limit_down_ticks
    if reason is RejectReason.PRICE_OUTSIDE_BAND and low:
        return Refused(tables.PRICE_TOO_LOW)
    return OrderRefused(reason)


def _problem(status: int, code: int, text: str) -> Response:
    return Response(status, msgspec.json.encode(Problem(text, code)))


def _coded(code: int, more: str = "", status: int | None = None) -> Response:
    known, text = CODES[code]
    told = text if more in ("", text) else f"{text}: {more}"
    return _problem(known if status is None else status, code, told)


def _order_refusal(reason: RejectReason) -> Response:
    return _coded(code_of(reason), "" if reason in tables.REASONS else reason.sentence)


def _rendered_other(error: WireError) -> Response:
    match error:
        case Unauthorized():
            return _coded(tables.UNAUTHORIZED_CODE, error.text)
        case Forbidden():
            return _coded(tables.UNAUTHORIZED_CODE, error.text, 403)
        case TooLarge():
            return _coded(tables.INVALID, error.text, 413)
        case RateLimited():
            return _coded(tables.RATE_LIMITED)
        case Overloaded():
            return _coded(tables.OVERLOADED)
        case IntakeClosed():
            return _coded(tables.OVERLOADED, _CLOSED + error.text)
        case Unavailable():
            return _coded(tables.INTERNAL, _UNDECIDED)
    return _coded(tables.INTERNAL)


def _said(problem: Problem) -> str:
    # What follows a code's own text, or the whole when it is not that.
    text = CODES[problem.code][1] if problem.code in CODES else ""
    if text and problem.error.startswith(f"{text}: "):
        return problem.error.removeprefix(f"{text}: ")
    return "" if problem.error == text else problem.error


def _read_code(problem: Problem, said: str, status: int) -> WireError:
    code = problem.code
    if code == tables.ORDER_NOT_FOUND:
        unknown = CancelRefused(CxlRejReason.UNKNOWN_ORDER, None)
        return NothingToCancel() if status == 400 else unknown  # noqa: PLR2004  (HTTP)
    if code == tables.NOT_OPEN:
        return CancelRefused(CxlRejReason.TOO_LATE_TO_CANCEL, None)
    if code == tables.RATE_LIMITED:
        return RateLimited(0)
    if code in (tables.INTERNAL, tables.OVERLOADED):
        # Under whatever status: a submit was answered so whose order was there all the same.
        return _read_failure(500, problem, said)
    if (reason := _REASONS.get(said)) is not None:
        return OrderRefused(reason)
    if code == tables.INVALID:
        return _read_invalid(said)
    word = str(code)
    known = [reason for reason, spelled in tables.REASONS.rows if spelled == word]
    return OrderRefused(known[0]) if known else Refused(code, problem.error)


def _read_invalid(said: str) -> WireError:
    if missing := _MISSING.fullmatch(said):
        return MissingField(missing[1])
    if invalid := _INVALID.fullmatch(said):
        return InvalidField(invalid[1], said)
    if unknown := _UNKNOWN.fullmatch(said):
        return UnknownField(unknown[1])
    return Malformed(said or CODES[tables.INVALID][1])


def _read_failure(status: int, problem: Problem, said: str) -> WireError:
    if problem.code == tables.OVERLOADED:
        if said.startswith(_CLOSED):
            return IntakeClosed(said.removeprefix(_CLOSED))
        return Overloaded(problem.error)
    if status > 500 or said == _UNDECIDED:  # noqa: PLR2004  (HTTP)
        return Unavailable(said or _UNDECIDED)
    return Internal(said or CODES[tables.INTERNAL][1])
