"""
Errors: how this venue refuses.

Shape:  `{"error": "<text>", "code": <number>}`. The text is the documented one of the code; what
        there is to add follows after a colon. A path that is not there is answered by the router,
        in plain text.
Source: API reference, "Cancel Order" (schema ErrorJSONWithCodeResponse), "Status Codes"; live
        answers as reported by clients for the order of the keys and the router's text.
"""

from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from countermand.venues.deltadefi import codes
from countermand.venues.deltadefi.cardano.transaction import Fault, TransactionRefused
from countermand.venues.deltadefi.codes import CODES, INVALID
from countermand.vocabulary.reasons import CxlRejReason, RejectReason
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
from countermand.wire.refusals import Refusals, Row, Said

NO_SUCH_PATH = "404 page not found"

_FIELD = 422
_UNDECIDED = "whether the request was executed is not known"


class Refused(WireError):
    """A refusal that only this venue has, by its code; without a text it is the documented one."""

    FIELDS = ("code", "text")

    def __init__(self, code: int, text: str = "") -> None:
        super().__init__(text or CODES[code].text)
        self.code = code


class NothingToCancel(CancelRefused):
    """A cancel of all that found nothing; a 400 here, and no empty success."""

    FIELDS = ()

    def __init__(self) -> None:
        super().__init__(CxlRejReason.UNKNOWN_ORDER)


def _row(kind: type[WireError], code: int, more: str = "", status: int = 0, **given: Any) -> Row:
    known = CODES[code]
    text = f"{known.text}: {more}" if more else known.text
    return Row(kind, status or known.status, code, text, given)


def _for_reason(reason: RejectReason) -> Row:
    code = codes.ALSO.get(reason, INVALID)
    return _row(OrderRefused, code, reason.sentence, reason=reason)


def _for_fault(fault: Fault) -> Row:
    # What is no transaction at all is a field that is none; the rest is not signed as it must be.
    refused = TransactionRefused(fault)
    if fault in (Fault.NOT_HEX, Fault.NOT_CBOR, Fault.NOT_A_TRANSACTION):
        return _row(TransactionRefused, INVALID, refused.text, _FIELD, fault=fault)
    return _row(TransactionRefused, codes.BAD_SIGNATURE, refused.text, fault=fault)


_CANCELS = [
    _row(NothingToCancel, codes.ORDER_NOT_FOUND, status=400),
    _row(CancelRefused, codes.ORDER_NOT_FOUND, cxl_rej_reason=CxlRejReason.UNKNOWN_ORDER),
    *[
        _row(CancelRefused, codes.NOT_OPEN, cxl_rej_reason=reason)
        for reason in CxlRejReason
        if reason is not CxlRejReason.UNKNOWN_ORDER
    ],
]
_ORDERS = [_row(OrderRefused, code, reason=reason) for reason, code in codes.REASONS.items()]

# Codes of the kinds of refusal that every venue has.
_GENERAL = (INVALID, codes.UNAUTHORIZED, codes.RATE_LIMITED, codes.INTERNAL, codes.OVERLOADED)

_ROWS = [
    Row(NotFound, 404, 0, NO_SUCH_PATH),
    Row(MethodNotAllowed, 404, 0, NO_SUCH_PATH),
    *_CANCELS,
    *_ORDERS,
    *[_for_reason(reason) for reason in RejectReason if reason not in codes.REASONS],
    *[_for_fault(fault) for fault in Fault],
    _row(MissingField, INVALID, "{name} is missing", _FIELD),
    _row(InvalidField, INVALID, "{text}", _FIELD),
    _row(UnknownField, INVALID, "{name} is not known", _FIELD),
    _row(Malformed, INVALID, "{text}"),
    _row(TooLarge, INVALID, "{text}", 413),
    _row(Unauthorized, codes.UNAUTHORIZED, text=codes.UNAUTHORIZED_TEXT),
    _row(Unauthorized, codes.UNAUTHORIZED, "{text}"),
    _row(Forbidden, codes.UNAUTHORIZED, "{text}", 403),
    _row(RateLimited, codes.RATE_LIMITED),
    _row(Overloaded, codes.OVERLOADED),
    _row(IntakeClosed, codes.OVERLOADED, "no request is executed, {text}"),
    _row(Unavailable, codes.INTERNAL, _UNDECIDED, text=_UNDECIDED),
    _row(Unavailable, codes.INTERNAL, _UNDECIDED),
    _row(Internal, codes.INTERNAL),
    # These codes say the same whatever their text: some have a market's own numbers in it.
    *[replace(row, text="{text}") for row in _CANCELS + _ORDERS],
    *[
        Row(Refused, known.status, code, "{text}", {"code": code})
        for code, known in CODES.items()
        if code not in _GENERAL
    ],
]


class Problem(Struct, frozen=True):
    """The body of a refusal."""

    error: str = ""
    code: int = 0


class _Twice(Struct, frozen=True):
    error: str
    code: int
    msg: str


_decode = msgspec.json.Decoder(Problem).decode

# A code comes with any of these; only of these codes the status says more than they do.
_LOOSE = (400, 404, 422)
_TOLD_APART = (INVALID, codes.ORDER_NOT_FOUND)


class _Envelope:
    def write(self, said: Said, error: WireError) -> Response:
        if not said.code:
            return Response(said.status, said.text.encode(), b"text/plain")
        return Response(said.status, msgspec.json.encode(Problem(said.text, said.code)))

    def read(self, response: Response) -> Said:
        try:
            problem = _decode(response.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            problem = Problem(NO_SUCH_PATH if response.body == NO_SUCH_PATH.encode() else "")
        status, code = response.status, problem.code
        if status in _LOOSE and code in CODES and code not in _TOLD_APART:
            status = CODES[code].status
        return Said(status, code, problem.error)


def _amend(response: Response, said: Said, settings: Any) -> Response:
    """Return a refusal with its text a second time under `msg`, where the settings ask for it."""
    if not settings.msg or not said.code:
        return response
    return replace(response, body=msgspec.json.encode(_Twice(said.text, said.code, said.text)))


def _loses(error: WireError) -> WireError:
    """
    Return what a refusal is read back as.

    The state that refused a cancel, the limit that was exceeded and the path that is not there are
    not told. An order that is not found is always read as a cancel's.
    """
    match error:
        case CancelRefused(cxl_rej_reason=CxlRejReason.TOO_LATE_TO_CANCEL as late):
            return CancelRefused(late)
        case OrderRefused(reason=RejectReason.UNKNOWN_ORDER):
            return CancelRefused(CxlRejReason.UNKNOWN_ORDER)
        case RateLimited():
            return RateLimited(0)
        case NotFound() | MethodNotAllowed():
            return NotFound(NO_SUCH_PATH)
    return error


REFUSALS = Refusals(_Envelope(), _ROWS, loses=_loses, amend=_amend)
