"""
Errors: how this venue refuses.

Shape:  `{"code": "...", "message": "..."}`.
Source: the document and section that list the statuses and codes.
"""

import msgspec
from msgspec import Struct

from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.reasons import CxlRejReason
from countermand.wire.errors import (
    CancelRefused,
    Forbidden,
    Internal,
    InvalidField,
    Malformed,
    MethodNotAllowed,
    MissingField,
    NotFound,
    RateLimited,
    TooLarge,
    Unauthorized,
    UnknownField,
    WireError,
)
from countermand.wire.http import Response
from countermand.wire.refusals import (
    TO,
    Refusals,
    Row,
    Said,
    for_orders,
    for_terms,
    for_too_late,
    trouble,
)

_TOO_LATE = (
    (OrdStatus.FILLED, "order is filled"),
    (OrdStatus.CANCELED, "order is canceled"),
    (OrdStatus.EXPIRED, "order has expired"),
    (OrdStatus.REJECTED, "order was rejected"),
)

_ROWS = [
    *for_orders(400, lambda reason: reason.name),
    Row(CancelRefused, 404, "UNKNOWN_ORDER", "no such order",
        {"cxl_rej_reason": CxlRejReason.UNKNOWN_ORDER}),
    *(row for to in TO for row in for_too_late(409, f"TOO_LATE_{to.name}", _TOO_LATE, to=to)),
    *(row for to in TO for row in for_terms(409, lambda r, to=to: f"{to.name}_{r.name}", to=[to])),
    *(Row(CancelRefused, 409, f"{to.name}_REFUSED", "request refused",
          {"cxl_rej_reason": CxlRejReason.OTHER, "response_to": to}) for to in TO),
    Row(MissingField, 400, "MISSING", "{name} is missing"),
    Row(InvalidField, 400, "INVALID", "{name}: {text}"),
    Row(UnknownField, 400, "UNKNOWN", "{name} is not known"),
    Row(Malformed, 400, "MALFORMED"),
    Row(Unauthorized, 401, "UNAUTHORIZED"),
    Row(Forbidden, 403, "FORBIDDEN"),
    Row(NotFound, 404, "NOT_FOUND"),
    Row(MethodNotAllowed, 405, "METHOD_NOT_ALLOWED"),
    Row(TooLarge, 413, "TOO_LARGE"),
    Row(RateLimited, 429, "RATE_LIMITED", "{limit_per_s} requests per second allowed"),
    *trouble(503, "UNAVAILABLE", internal=Row(Internal, 500, "INTERNAL", "internal error")),
]  # fmt: skip


class Problem(Struct, frozen=True):
    """The body of every refusal."""

    code: str = ""
    message: str = ""


_decode = msgspec.json.Decoder(Problem).decode


class _Envelope:
    def write(self, said: Said, error: WireError) -> Response:
        return Response(said.status, msgspec.json.encode(Problem(said.code, said.text)))

    def read(self, response: Response) -> Said:
        try:
            problem = _decode(response.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            problem = Problem()
        return Said(response.status, problem.code, problem.message)


REFUSALS = Refusals(_Envelope(), _ROWS)
