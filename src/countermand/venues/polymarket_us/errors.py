"""
Errors: how this venue says no, and how its no is understood.

Shape:  `{"code": <grpc code>, "message": "...", "details": []}`; a 429 comes from an edge in
        front of the venue and is shaped otherwise.
Source: Orders API reference (400, 401, 404, 500); Polymarket US documentation, "Rate limits" and
        "Error handling"; bodies as reported by clients. Which code goes with which refusal is in
        part our proposal (README).
"""

import re
from typing import Any

import msgspec
from msgspec import Struct

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
    NotARequest,
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

# What the venue says when it does not want to say why.
GENERIC = "The server was unable to process your request."

ORDER_NOT_FOUND = "Order not found"

_INVALID_ARGUMENT = 3
_NOT_FOUND = 5
_PERMISSION_DENIED = 7
_RESOURCE_EXHAUSTED = 8
_FAILED_PRECONDITION = 9
_ABORTED = 10
_UNIMPLEMENTED = 12
_INTERNAL = 13
_UNAVAILABLE = 14
_UNAUTHENTICATED = 16

# Kinds without fields of their own: status and code.
_PLAIN: dict[type[WireError], tuple[int, int]] = {
    Malformed: (400, _INVALID_ARGUMENT),
    NotARequest: (400, _INVALID_ARGUMENT),
    InvalidField: (400, _INVALID_ARGUMENT),
    UnknownField: (400, _INVALID_ARGUMENT),
    Unauthorized: (401, _UNAUTHENTICATED),
    Forbidden: (403, _PERMISSION_DENIED),
    NotFound: (404, _NOT_FOUND),
    TooLarge: (413, _RESOURCE_EXHAUSTED),
    IntakeClosed: (503, _UNAVAILABLE),
    Internal: (500, _INTERNAL),
}
_BY_STATUS: dict[int, type[WireError]] = {
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    413: TooLarge,
    500: Internal,
}

_TOO_MANY = b'{ "status": 429, "message": "Too Many Requests" }'

_OVERLOADED = "Server overloaded - the request was not executed"
_CLOSED = "Service unavailable - the request was not executed: "
_UNDECIDED = "Service unavailable - whether the request was executed is not known"

_TOO_LATE = {
    CxlRejResponseTo.CANCEL: "Order cannot be canceled",
    CxlRejResponseTo.REPLACE: "Order cannot be modified",
}
_OTHER = "request refused"

_MISSING = re.compile(r"([A-Za-z0-9.\[\]]{1,80}) is required")
_INVALID = re.compile(r"invalid ([A-Za-z0-9.\[\]]{1,80})(?::.*)?")
_UNKNOWN = re.compile(r"([A-Za-z0-9.\[\]]{1,80}) is not known")

_REASONS = {reason.sentence: reason for reason in RejectReason}


class Problem(Struct, frozen=True):
    """The body of every refusal but the edge's."""

    code: int = 0
    message: str = ""
    details: list[Any] = []


_decode = msgspec.json.Decoder(Problem).decode


class PolymarketErrors:
    """Both directions of a refusal."""

    def render(self, error: WireError) -> Response:
        """Return the venue's answer for an error of the wire."""
        match error:
            case OrderRefused(reason=reason):
                # Who cannot pay is told nothing, as on the venue.
                short = reason is RejectReason.INSUFFICIENT_FUNDS
                return _problem(400, _FAILED_PRECONDITION, GENERIC if short else error.text)
            case CancelRefused():
                return _cancel_refusal(error)
            case MissingField(name=name):
                return _problem(400, _INVALID_ARGUMENT, f"{name} is required")
            case MethodNotAllowed():
                return _problem(501, _UNIMPLEMENTED, GENERIC)
            case RateLimited():
                return Response(429, _TOO_MANY)
            case Overloaded():
                return _problem(503, _UNAVAILABLE, _OVERLOADED)
            case Unavailable():
                return _problem(503, _UNAVAILABLE, _UNDECIDED)
        status, code = _PLAIN.get(type(error), (500, _INTERNAL))
        prefix = _CLOSED if isinstance(error, IntakeClosed) else ""
        return _problem(status, code, prefix + error.text)

    def interpret(self, response: Response) -> WireError:
        """
        Return what a refusal says.

        The declared inverse of `render`, but for what this venue does not tell: the state that was
        too late to cancel, who lacks funds (a `Malformed` with the generic text), and the limit
        that was exceeded, which is read as 0. An order that is not found is always read as a
        cancel's.
        """
        try:
            problem = _decode(response.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            problem = Problem()
        match response.status:
            case 400:
                return _read_bad_request(problem)
            case 404 if problem.message == ORDER_NOT_FOUND:
                return CancelRefused(CxlRejReason.UNKNOWN_ORDER, None)
            case 409:
                return CancelRefused(CxlRejReason.TOO_LATE_TO_CANCEL, None)
            case 429:
                return RateLimited(0)
            case 501:
                return MethodNotAllowed(problem.message or GENERIC)
            case status if status in _BY_STATUS:
                return _BY_STATUS[status](problem.message or f"status {status}")
            case status if status > 500:  # noqa: PLR2004  (HTTP)
                return _read_unavailable(problem)
        return Malformed(problem.message or f"status {response.status}")


def conflict(response_to: CxlRejResponseTo) -> Response:
    """Return the 409 that the general guide names for a cancel that comes too late."""
    return _problem(409, _ABORTED, _TOO_LATE[response_to])


def _problem(status: int, code: int, message: str) -> Response:
    return Response(status, msgspec.json.encode(Problem(code, message)))


def _cancel_refusal(error: CancelRefused) -> Response:
    if error.cxl_rej_reason is CxlRejReason.UNKNOWN_ORDER:
        return _problem(404, _NOT_FOUND, ORDER_NOT_FOUND)
    text = _TOO_LATE[error.response_to]
    if error.cxl_rej_reason is not CxlRejReason.TOO_LATE_TO_CANCEL:
        text = f"{text}: {_terms_text(error)}"
    return _problem(400, _FAILED_PRECONDITION, text)


def _terms_text(error: CancelRefused) -> str:
    if error.cxl_rej_reason is CxlRejReason.DUPLICATE_CL_ORD_ID:
        return RejectReason.DUPLICATE_CL_ORD_ID.sentence
    return _OTHER if error.reject_reason is None else error.reject_reason.sentence


def _read_bad_request(problem: Problem) -> WireError:
    text = problem.message
    if problem.code == _FAILED_PRECONDITION:
        for to, known in _TOO_LATE.items():
            if text.startswith(known):
                return _read_too_late(to, text.removeprefix(known).removeprefix(": "))
        if (reason := _REASONS.get(text)) is not None:
            return OrderRefused(reason)
    if missing := _MISSING.fullmatch(text):
        return MissingField(missing[1])
    if invalid := _INVALID.fullmatch(text):
        return InvalidField(invalid[1], text)
    if unknown := _UNKNOWN.fullmatch(text):
        return UnknownField(unknown[1])
    return Malformed(text or "status 400")


def _read_too_late(to: CxlRejResponseTo, why: str) -> CancelRefused:
    if not why:
        return CancelRefused(CxlRejReason.TOO_LATE_TO_CANCEL, None, to)
    reason = _REASONS.get(why)
    duplicate = reason is RejectReason.DUPLICATE_CL_ORD_ID
    cxl = CxlRejReason.DUPLICATE_CL_ORD_ID if duplicate else CxlRejReason.OTHER
    return CancelRefused(cxl, None, to, reason)


def _read_unavailable(problem: Problem) -> WireError:
    if problem.message == _OVERLOADED:
        return Overloaded(problem.message)
    if problem.message.startswith(_CLOSED):
        return IntakeClosed(problem.message.removeprefix(_CLOSED))
    return Unavailable(problem.message or _UNDECIDED)
