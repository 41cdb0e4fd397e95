"""
Errors: how this venue refuses.

Shape:  `{"code": "...", "message": "..."}`.
Source: the document and section that list the statuses and codes.
"""

import msgspec
from msgspec import Struct

from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.reasons import CxlRejReason
from countermand.wire import errors as e
from countermand.wire.http import Response
from countermand.wire.refusals import Refusals, Row, Said, for_orders, for_too_late, trouble

_TOO_LATE = (
    (OrdStatus.FILLED, "order is filled"),
    (OrdStatus.CANCELED, "order is canceled"),
    (OrdStatus.EXPIRED, "order has expired"),
    (OrdStatus.REJECTED, "order was rejected"),
)
_UNKNOWN = {"cxl_rej_reason": CxlRejReason.UNKNOWN_ORDER}

_ROWS = [
    *for_orders(400, lambda reason: reason.name),
    *for_too_late(409, "TOO_LATE", _TOO_LATE),
    Row(e.CancelRefused, 404, "UNKNOWN_ORDER", "no such order", _UNKNOWN),
    Row(e.MissingField, 400, "MISSING", "{name} is missing"),
    Row(e.InvalidField, 400, "INVALID", "{name}: {text}"),
    Row(e.UnknownField, 400, "UNKNOWN", "{name} is not known"),
    Row(e.Malformed, 400, "MALFORMED"),
    Row(e.Unauthorized, 401, "UNAUTHORIZED"),
    Row(e.Forbidden, 403, "FORBIDDEN"),
    Row(e.NotFound, 404, "NOT_FOUND"),
    Row(e.MethodNotAllowed, 405, "METHOD_NOT_ALLOWED"),
    Row(e.TooLarge, 413, "TOO_LARGE"),
    Row(e.RateLimited, 429, "RATE_LIMITED", "{limit_per_s} requests per second allowed"),
    *trouble(503, "UNAVAILABLE", internal=Row(e.Internal, 500, "INTERNAL", "internal error")),
]


class Problem(Struct, frozen=True):
    """The body of every refusal."""

    code: str = ""
    message: str = ""


_decode = msgspec.json.Decoder(Problem).decode


class _Envelope:
    def write(self, said: Said, error: e.WireError) -> Response:
        return Response(said.status, msgspec.json.encode(Problem(said.code, said.text)))

    def read(self, response: Response) -> Said:
        try:
            problem = _decode(response.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            problem = Problem()
        return Said(response.status, problem.code, problem.message)


REFUSALS = Refusals(_Envelope(), _ROWS)
