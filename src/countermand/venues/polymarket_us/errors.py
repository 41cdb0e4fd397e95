"""
Errors: how this venue refuses, and what its refusals mean.

Shape:  `{"code": <grpc code>, "message": "...", "details": []}`; a 429 comes from an edge in
        front of the venue and has its own body.
Source: Orders API reference (400, 401, 404, 500); Polymarket US documentation, "Rate limits" and
        "Error handling"; bodies as reported by clients. Which code goes with which refusal is in
        part our proposal (README).
"""

import re
from typing import Any

import msgspec
from msgspec import Struct

from countermand.venues.polymarket_us.settings import PolymarketSettings
from countermand.vocabulary.reasons import CxlRejReason, CxlRejResponseTo, RejectReason
from countermand.wire import errors
from countermand.wire.errors import CancelRefused, OrderRefused, RateLimited, WireError
from countermand.wire.http import Request, Response
from countermand.wire.listed import as_listed, marked, restated
from countermand.wire.refusals import (
    Refusals,
    Row,
    Said,
    body_of,
    for_orders,
    for_terms,
    for_too_late,
    trouble,
)

# The venue's text where it does not say why.
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

_TOO_MANY = b'{ "status": 429, "message": "Too Many Requests" }'
_TOO_LATE = {
    CxlRejResponseTo.CANCEL: "Order cannot be canceled",
    CxlRejResponseTo.REPLACE: "Order cannot be modified",
}


class Problem(Struct, frozen=True):
    """The body of every refusal but the edge's."""

    code: int = 0
    message: str = ""
    details: list[Any] = []


_decode = msgspec.json.Decoder(Problem).decode


class _Problems:
    def write(self, said: Said, error: WireError) -> Response:
        if isinstance(error, RateLimited):
            return Response(said.status, _TOO_MANY)
        return Response(said.status, msgspec.json.encode(Problem(said.code, said.text)))

    def read(self, response: Response) -> Said:
        problem = body_of(response, _decode, Problem())
        return Said(response.status, problem.code, problem.message)


def _too_late(to: CxlRejResponseTo, text: str) -> list[Row]:
    other = {"cxl_rej_reason": CxlRejReason.OTHER, "response_to": to}
    pending = {"cxl_rej_reason": CxlRejReason.ALREADY_PENDING, "response_to": to}
    return [
        *for_too_late(400, _FAILED_PRECONDITION, [(None, text)], to=to),
        *for_terms(400, lambda _: _FAILED_PRECONDITION, f"{text}: {{text}}", to=(to,)),
        Row(CancelRefused, 400, _FAILED_PRECONDITION, f"{text}: a change is pending", pending),
        Row(CancelRefused, 400, _FAILED_PRECONDITION, f"{text}: request refused", other),
    ]


def _loses(error: WireError) -> WireError:
    match error:
        case OrderRefused(reason=RejectReason.INSUFFICIENT_FUNDS):
            return errors.Malformed(GENERIC)
        case CancelRefused(cxl_rej_reason=CxlRejReason.UNKNOWN_ORDER):
            return CancelRefused(CxlRejReason.UNKNOWN_ORDER)
        case CancelRefused(cxl_rej_reason=why, response_to=to, reject_reason=reason):
            return CancelRefused(why, None, to, reason)
        case RateLimited():
            return RateLimited(0)
    return error


_PROBLEMS = _Problems()
_UNKNOWN = {"cxl_rej_reason": CxlRejReason.UNKNOWN_ORDER}
_LATE = {"cxl_rej_reason": CxlRejReason.TOO_LATE_TO_CANCEL}
_UNFUNDED = {"reason": RejectReason.INSUFFICIENT_FUNDS}

_TROUBLE = trouble(503, _UNAVAILABLE, internal=Row(errors.Internal, 500, _INTERNAL))

# The refusals of a cancel as its own page lists them: 400 for an unknown order, 401 for an access
# that is too low, 500 for a server that cannot. Rate limits stay 429: the edge answers those.
_LISTED = (
    as_listed(Row(CancelRefused, 400, _INVALID_ARGUMENT, ORDER_NOT_FOUND, _UNKNOWN)),
    as_listed(Row(errors.Forbidden, 401, _PERMISSION_DENIED)),
    *restated(_TROUBLE, {503: 500}),
)

_ROWS = (
    *_LISTED,
    Row(CancelRefused, 404, _NOT_FOUND, ORDER_NOT_FOUND, _UNKNOWN),
    *(row for to, text in _TOO_LATE.items() for row in _too_late(to, text)),
    # Read only: the general guide names it for a cancel that comes too late; see `conflict`.
    Row(CancelRefused, 409, _ABORTED, "{text}", _LATE),
    Row(errors.MissingField, 400, _INVALID_ARGUMENT, "{name} is required"),
    Row(errors.InvalidField, 400, _INVALID_ARGUMENT),
    Row(errors.UnknownField, 400, _INVALID_ARGUMENT, "{name} is not known"),
    Row(errors.Malformed, 400, _INVALID_ARGUMENT),
    # Read only: the row after it refuses an order for lack of funds in the same words.
    Row(errors.Malformed, 400, _FAILED_PRECONDITION, GENERIC),
    Row(OrderRefused, 400, _FAILED_PRECONDITION, GENERIC, _UNFUNDED),
    *for_orders(400, lambda _: _FAILED_PRECONDITION),
    Row(errors.Unauthorized, 401, _UNAUTHENTICATED),
    Row(errors.Forbidden, 403, _PERMISSION_DENIED),
    Row(errors.NotFound, 404, _NOT_FOUND),
    Row(errors.TooLarge, 413, _RESOURCE_EXHAUSTED),
    Row(RateLimited, 429, 0, "Too Many Requests"),
    Row(errors.MethodNotAllowed, 501, _UNIMPLEMENTED, GENERIC),
    *_TROUBLE,
)

_CANCEL = re.compile(rb"/v1/order/[^/]+/cancel")


def _words(error: WireError, request: Request, settings: PolymarketSettings) -> WireError:
    listed = settings.cancel_as_listed and request.method == "POST"
    return marked(error, as_listed=listed and bool(_CANCEL.fullmatch(request.path)))


REFUSALS = Refusals(_PROBLEMS, _ROWS, loses=_loses, words=_words)


def conflict(response_to: CxlRejResponseTo) -> Response:
    """Return the 409 that the general guide names for a cancel that comes too late."""
    said = Said(409, _ABORTED, _TOO_LATE[response_to])
    return _PROBLEMS.write(said, CancelRefused(CxlRejReason.TOO_LATE_TO_CANCEL))
