"""Errors: `{"code": "...", "text": "..."}`."""

import msgspec
from msgspec import Struct

from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.reasons import CxlRejReason
from countermand.wire import errors as e
from countermand.wire.http import Response
from countermand.wire.refusals import Refusals, Row, Said, for_orders, for_too_late, trouble

_TOO_LATE = [(s, f"order is {s.name.lower()}") for s in OrdStatus if not s.standing.is_open]
_UNKNOWN = {"cxl_rej_reason": CxlRejReason.UNKNOWN_ORDER}
_PENDING = {"cxl_rej_reason": CxlRejReason.ALREADY_PENDING}

_ROWS = [
    *for_orders(422, lambda reason: reason.name),
    *for_too_late(409, "TOO_LATE", _TOO_LATE),
    Row(e.CancelRefused, 404, "UNKNOWN_ORDER", "no such order", _UNKNOWN),
    Row(e.CancelRefused, 409, "PENDING", "a change is pending", _PENDING),
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
    *trouble(503, "UNAVAILABLE", internal=Row(e.Internal, 500, "INTERNAL")),
]


class Problem(Struct, frozen=True):
    """The body of every refusal."""

    code: str = ""
    text: str = ""


class _Envelope:
    def write(self, said: Said, error: e.WireError) -> Response:
        return Response(said.status, msgspec.json.encode(Problem(said.code, said.text)))

    def read(self, response: Response) -> Said:
        try:
            problem = msgspec.json.decode(response.body, type=Problem)
        except (msgspec.DecodeError, UnicodeDecodeError):
            problem = Problem()
        return Said(response.status, problem.code, problem.text)


REFUSALS = Refusals(_Envelope(), _ROWS)
