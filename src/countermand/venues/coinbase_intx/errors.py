"""
Errors: how this venue says no, and how its no is understood.

Shape:  400, 401, 403, 404, 405 and 413 carry the union of all shapes its clients read,
        `{"title", "status", "error", "message"}`; 429 and 5xx carry `message` alone, for with a
        title the ccxt client would not back off.
Source: INTX REST reference, "Introduction", "Errors"; one captured title; the rest is our proposal
        (README).
"""

import re
from typing import Any

import msgspec
from msgspec import Struct

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
from countermand.wire.table import Table

# The venue's own code is known for one reason; ours serve for the others.
_RENAMED = {
    RejectReason.UNKNOWN_ACCOUNT: "UNKNOWN_PORTFOLIO",
    RejectReason.DUPLICATE_CL_ORD_ID: "DUPLICATE_CLIENT_ORDER_ID",
    # Of orders that are staged, which this venue does not offer; a cancel's has the plain word.
    RejectReason.UNKNOWN_ORDER: "UNKNOWN_STAGED_ORDER",
}
CODES: Table[RejectReason] = Table(
    "error", tuple((reason, _RENAMED.get(reason, reason.name)) for reason in RejectReason)
)

# The state that was too late to cancel, as the text names it.
_STATES = Table(
    "order_status",
    (
        (OrdStatus.FILLED, "order is already filled"),
        (OrdStatus.CANCELED, "order is already canceled"),
        (OrdStatus.EXPIRED, "order has expired"),
        (OrdStatus.REJECTED, "order was rejected"),
    ),
)

_CLASSES = {
    400: "BadRequestResponse",
    401: "UnauthorizedResponse",
    403: "ForbiddenResponse",
    404: "NotFoundResponse",
    405: "MethodNotAllowedResponse",
    413: "ContentTooLargeResponse",
}

# Kinds without fields of their own: status, code and what the title says before the text.
_PLAIN: dict[type[WireError], tuple[int, str, str]] = {
    NotARequest: (400, "MALFORMED", "{text}"),
    Malformed: (400, "MALFORMED", "{text}"),
    Unauthorized: (401, "UNAUTHORIZED", "Unauthorized ({text})"),
    Forbidden: (403, "FORBIDDEN", "Unauthorized ({text})"),
    NotFound: (404, "NOT_FOUND", "Not Found ({text})"),
    MethodNotAllowed: (405, "METHOD_NOT_ALLOWED", "{text}"),
    TooLarge: (413, "TOO_LARGE", "{text}"),
}
_PLAIN_BY_CODE = {code: kind for kind, (_, code, _) in _PLAIN.items()}
_PLAIN_BY_STATUS = {status: kind for kind, (status, _, _) in _PLAIN.items()}

_OVERLOADED = "Server overloaded - the request was not executed"
_CLOSED = "Service unavailable - the request was not executed: "
_UNAVAILABLE = "Service unavailable - whether the request was executed is not known"
_INTERNAL = "Internal server error"
_RATE = "Rate limit exceeded - Server allows {limit} requests per second"
_RATE_READ = re.compile(r"Server allows ([0-9]{1,9}) requests per second")
_FIELD_READ = re.compile(r"\((?:REQUIRED_FIELD|INVALID_FIELD|UNKNOWN_FIELD) - ([^)]*)\)$")
_REPLACE = "Invalid replace order request"


class Problem(Struct, frozen=True, omit_defaults=True):
    """The body of every refusal; what is absent is not said."""

    title: str = ""
    status: int = 0
    error: str = ""
    message: str = ""


_decode = msgspec.json.Decoder(Problem).decode


class IntxErrors:
    """Both directions of a refusal."""

    def render(self, error: WireError) -> Response:
        """Return the venue's answer for an error of the wire."""
        match error:
            case OrderRefused(reason=reason):
                code = CODES.to_wire(reason)
                return _refusal(400, code, error.text, f"Order rejected ({code} - {error.text})")
            case CancelRefused():
                return _cancel_refusal(error)
            case MissingField(name=name):
                is_tif = name == "tif"
                text = "tif is required" if is_tif else f"{name} is a required field"
                return _field_refusal("REQUIRED_FIELD", name, text)
            case InvalidField(name=name):
                return _field_refusal("INVALID_FIELD", name, error.text)
            case UnknownField(name=name):
                return _field_refusal("UNKNOWN_FIELD", name, error.text)
        if (plain := _PLAIN.get(type(error))) is not None:
            status, code, title = plain
            return _refusal(status, code, error.text, title.format(text=error.text))
        return _trouble(error)

    def interpret(self, response: Response) -> WireError:
        """
        Return what a refusal says.

        The declared inverse of `render`: an unknown order is always read as a cancel's, the state
        of an order is told only by "too late", and of 5xx what is neither known text is an unknown
        outcome.
        """
        try:
            problem = _decode(response.body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            problem = Problem()
        if response.status == 429 or response.status >= 500:  # noqa: PLR2004  (HTTP)
            return _read_trouble(response.status, problem)
        if problem.error in _PLAIN_BY_CODE:
            return _PLAIN_BY_CODE[problem.error](problem.message)
        return (
            _read_field(problem)
            or _read_cancel(problem)
            or _read_order(problem)
            or _PLAIN_BY_STATUS.get(response.status, Malformed)(
                problem.message or problem.title or f"status {response.status}"
            )
        )


def _refusal(status: int, code: str, text: str, title: str) -> Response:
    full = f"io.javalin.http.{_CLASSES[status]}: {title}"
    return Response(status, msgspec.json.encode(Problem(full, status, code, text)))


def _field_refusal(code: str, name: str, text: str) -> Response:
    return _refusal(400, code, text, f"{text} ({code} - {name})")


def _read_field(problem: Problem) -> WireError | None:
    if (named := _FIELD_READ.search(problem.title)) is None:
        return None
    match problem.error:
        case "REQUIRED_FIELD":
            return MissingField(named[1])
        case "INVALID_FIELD":
            return InvalidField(named[1], problem.message)
        case _:
            return UnknownField(named[1])


def _cancel_refusal(error: CancelRefused) -> Response:
    if error.cxl_rej_reason is CxlRejReason.UNKNOWN_ORDER:
        text = "order not found"
        return _refusal(404, "UNKNOWN_ORDER", text, f"Not Found (UNKNOWN_ORDER - {text})")
    code, text = _cancel_words(error)
    # A cancel's title must not say "Order rejected": the ccxt client would take it for a new
    # order's.
    replaces = error.response_to is CxlRejResponseTo.REPLACE
    verdict = _REPLACE if replaces else "Cancel rejected"
    return _refusal(400, code, text, f"{verdict} ({code} - {text})")


def _cancel_words(error: CancelRefused) -> tuple[str, str]:
    match error.cxl_rej_reason:
        case CxlRejReason.TOO_LATE_TO_CANCEL:
            return "TOO_LATE_TO_CANCEL", _state_text(error.ord_status)
        case CxlRejReason.DUPLICATE_CL_ORD_ID:
            reason = RejectReason.DUPLICATE_CL_ORD_ID
        case _ if error.reject_reason is None:
            return "OTHER", "request refused"
        case _:
            reason = error.reject_reason
    return CODES.to_wire(reason), reason.sentence


def _state_text(status: OrdStatus | None) -> str:
    if status is None or status not in _STATES:
        return "order is done"
    return _STATES.to_wire(status)


def _read_cancel(problem: Problem) -> WireError | None:
    if problem.error == "UNKNOWN_ORDER":
        return CancelRefused(CxlRejReason.UNKNOWN_ORDER, None)
    to = CxlRejResponseTo.REPLACE if _REPLACE in problem.title else CxlRejResponseTo.CANCEL
    if problem.error == "TOO_LATE_TO_CANCEL":
        status = _read_status(problem.message)
        return CancelRefused(CxlRejReason.TOO_LATE_TO_CANCEL, status, to)
    if problem.error == "OTHER":
        return CancelRefused(CxlRejReason.OTHER, None, to)
    reason = _read_reason(problem)
    if reason is None or (to is CxlRejResponseTo.CANCEL and "Cancel rejected" not in problem.title):
        return None
    duplicate = reason is RejectReason.DUPLICATE_CL_ORD_ID
    cxl = CxlRejReason.DUPLICATE_CL_ORD_ID if duplicate else CxlRejReason.OTHER
    return CancelRefused(cxl, None, to, reason)


def _read_order(problem: Problem) -> WireError | None:
    reason = _read_reason(problem)
    return None if reason is None else OrderRefused(reason)


def _read_reason(problem: Problem) -> RejectReason | None:
    for reason, code in CODES.rows:
        if problem.error == code or f"({code} - " in problem.title:
            return reason
    return None


def _read_status(text: str) -> OrdStatus | None:
    return next((status for status, known in _STATES.rows if known == text), None)


def _trouble(error: WireError) -> Response:
    match error:
        case RateLimited(limit_per_s=limit):
            return _message(429, _RATE.format(limit=limit))
        case Overloaded():
            return _message(503, _OVERLOADED)
        case IntakeClosed():
            return _message(503, _CLOSED + error.text)
        case Unavailable():
            return _message(503, _UNAVAILABLE)
        case _:
            return _message(500, _INTERNAL)


def _message(status: int, text: str) -> Response:
    body: dict[str, Any] = {"message": text}
    return Response(status, msgspec.json.encode(body))


def _read_trouble(status: int, problem: Problem) -> WireError:
    if status == 429:  # noqa: PLR2004  (HTTP)
        stated = _RATE_READ.search(problem.message)
        return RateLimited(int(stated[1]) if stated else 0)
    if problem.message == _OVERLOADED:
        return Overloaded(problem.message)
    if problem.message.startswith(_CLOSED):
        return IntakeClosed(problem.message.removeprefix(_CLOSED))
    if status == 500:  # noqa: PLR2004  (HTTP)
        return Internal(problem.message or _INTERNAL)
    return Unavailable(problem.message or _UNAVAILABLE)
