"""
Errors: how this venue refuses.

Shape:  400, 401, 403, 404, 405 and 413 carry the union of all shapes its clients read,
        `{"title", "status", "error", "message"}`; 429 and 5xx carry `message` alone, for with a
        title the ccxt client would not back off.
Source: INTX REST reference, "Introduction", "Errors"; one captured title; the rest is our proposal
        (README).
"""

import re

import msgspec
from msgspec import Struct

from countermand.venues.coinbase_intx.settings import IntxSettings
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.reasons import CxlRejReason, CxlRejResponseTo, RejectReason
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
from countermand.wire.http import Request, Response
from countermand.wire.listed import marked, restated
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
from countermand.wire.table import by_name

# The venue's own code is known for one reason; ours serve for the others. UNKNOWN_ORDER is that of
# staged orders, which this venue does not offer; a cancel's has the plain word.
CODES = by_name(
    "error",
    RejectReason,
    UNKNOWN_ACCOUNT="UNKNOWN_PORTFOLIO",
    DUPLICATE_CL_ORD_ID="DUPLICATE_CLIENT_ORDER_ID",
    UNKNOWN_ORDER="UNKNOWN_STAGED_ORDER",
)

_TOO_LATE = (
    (OrdStatus.FILLED, "order is already filled"),
    (OrdStatus.CANCELED, "order is already canceled"),
    (OrdStatus.EXPIRED, "order has expired"),
    (OrdStatus.REJECTED, "order was rejected"),
    (None, "order is done"),
)

# The fields of a form, by their names.
_FIELDS = (
    "client_order_id", "side", "size", "tif", "instrument", "type", "price", "stop_price",
    "stop_limit_price", "expire_time", "stp_mode", "post_only", "close_only", "algo_strategy",
)  # fmt: skip


class InvalidOrder(InvalidField):
    """A field of a new order is at fault."""


class InvalidReplacement(InvalidField):
    """A field of a replacement is at fault."""


_UNKNOWN_ORDER = Row(
    CancelRefused,
    404,
    "UNKNOWN_ORDER",
    "order not found",
    {"cxl_rej_reason": CxlRejReason.UNKNOWN_ORDER},
    "Not Found (UNKNOWN_ORDER - order not found)",
)


def _for_cancels(to: CxlRejResponseTo, verdict: str, too_late: str) -> list[Row]:
    other = {"cxl_rej_reason": CxlRejReason.OTHER, "response_to": to}
    no, late = "request refused", "TOO_LATE_TO_CANCEL"
    wait, waits = "a change of the order is pending", "ALREADY_PENDING"
    pending = {"cxl_rej_reason": CxlRejReason.ALREADY_PENDING, "response_to": to}
    return [
        *for_too_late(400, late, _TOO_LATE, f"{too_late} ({late} - {{text}})", to),
        *for_terms(400, CODES.to_wire, title=f"{verdict} ({{code}} - {{text}})", to=[to]),
        Row(CancelRefused, 400, waits, wait, pending, f"{verdict} ({waits} - {wait})"),
        Row(CancelRefused, 400, "OTHER", no, other, f"{verdict} (OTHER - {no})"),
    ]


def _for_field(kind: type[WireError], code: str, text: str, **given: str) -> Row:
    return Row(kind, 400, code, text, given, f"{text} ({code} - {{name}})")


def _for_form(kind: type[InvalidField], verdict: str) -> list[Row]:
    # The venue has one title for a fault in an order, from the codec and from the exchange.
    rows = []
    for name in _FIELDS:
        code = f"INVALID_{name.upper()}"
        rows.append(
            Row(kind, 400, code, given={"name": name}, title=f"{verdict} ({code} - {{text}})")
        )
    return rows


# The ccxt client takes a text with "Order rejected" for final, so the refusal of a closed order's
# cancel has it; ccxt's bots repeat a cancel after any other refusal.
_REJECTED, _REPLACE = "Order rejected", "Invalid replace order request"
_ROWS = [
    *for_orders(400, CODES.to_wire, title="Order rejected ({code} - {text})"),
    _UNKNOWN_ORDER,
    *_for_cancels(CxlRejResponseTo.CANCEL, "Cancel rejected", _REJECTED),
    *_for_cancels(CxlRejResponseTo.REPLACE, _REPLACE, _REPLACE),
    *_for_form(InvalidOrder, _REJECTED),
    *_for_form(InvalidReplacement, _REPLACE),
    _for_field(MissingField, "REQUIRED_FIELD", "tif is required", name="tif"),
    _for_field(MissingField, "REQUIRED_FIELD", "{name} is a required field"),
    _for_field(InvalidField, "INVALID_FIELD", "{text}"),
    _for_field(UnknownField, "UNKNOWN_FIELD", "{text}"),
    Row(Malformed, 400, "MALFORMED", title="{text}"),
    Row(Unauthorized, 401, "UNAUTHORIZED", title="Unauthorized ({text})"),
    Row(Forbidden, 403, "FORBIDDEN", title="Unauthorized ({text})"),
    Row(NotFound, 404, "NOT_FOUND", title="Not Found ({text})"),
    Row(MethodNotAllowed, 405, "METHOD_NOT_ALLOWED", title="{text}"),
    Row(TooLarge, 413, "TOO_LARGE", title="{text}"),
    Row(
        RateLimited,
        429,
        text="Rate limit exceeded - Server allows {limit_per_s} requests per second",
    ),
    *trouble(internal=Row(Internal, 500, text="Internal server error")),
]
# Of a cancel whose page alone counts: what the venue itself refuses is a bad request.
_LISTED = restated(_ROWS, {401: 400, 403: 400, 404: 400})

_CLASSES = {
    400: "BadRequestResponse",
    401: "UnauthorizedResponse",
    403: "ForbiddenResponse",
    404: "NotFoundResponse",
    405: "MethodNotAllowedResponse",
    413: "ContentTooLargeResponse",
}


class Problem(Struct, frozen=True, omit_defaults=True):
    """The body of every refusal; what is absent is not said."""

    title: str = ""
    status: int = 0
    error: str = ""
    message: str = ""


_decode = msgspec.json.Decoder(Problem).decode
# The code and the text of a title that stands alone, as captured.
_STATED = re.compile(r"\(([A-Z_]+) - (.*)\)$", re.DOTALL)


class _Envelope:
    def write(self, said: Said, error: WireError) -> Response:
        name = _CLASSES.get(said.status)
        if name is None:
            problem = Problem(message=said.text)
        else:
            title = f"io.javalin.http.{name}: {said.title}"
            problem = Problem(title, said.status, said.code, said.text)
        return Response(said.status, msgspec.json.encode(problem))

    def read(self, response: Response) -> Said:
        problem = body_of(response, _decode, Problem())
        _, _, title = problem.title.partition(": ")
        stated = _STATED.search(title)
        code, text = stated.groups() if stated else ("", title or problem.title)
        return Said(response.status, problem.error or code, problem.message or text, title)


def _loses(error: WireError) -> WireError:
    """
    Return what a refusal is read back as.

    An unknown order is always a cancel's, and the order's state is told by "too late" alone.
    """
    match error:
        case CancelRefused(cxl_rej_reason=CxlRejReason.UNKNOWN_ORDER as unknown):
            return CancelRefused(unknown)
        case CancelRefused(cxl_rej_reason=reason) if reason is not CxlRejReason.TOO_LATE_TO_CANCEL:
            return CancelRefused(reason, None, error.response_to, error.reject_reason)
    return error


def _words(error: WireError, request: Request, settings: IntxSettings) -> WireError:
    if settings.cancel_as_listed and request.method == "DELETE":
        marked(error, as_listed=request.path.startswith(b"/api/v1/orders/"))
    if type(error) is not InvalidField or error.name not in _FIELDS:
        return error
    if not request.path.startswith(b"/api/v1/orders"):
        return error
    kind = {"POST": InvalidOrder, "PUT": InvalidReplacement}.get(request.method, InvalidField)
    return kind(error.name, error.text)


REFUSALS = Refusals(_Envelope(), [*_LISTED, *_ROWS], loses=_loses, words=_words)
