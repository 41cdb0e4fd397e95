"""
Refusals: how this venue says no, and how its no is understood.

Shape:  bodies differ by status, as ETNA's do: `{"Message"}` for 400, 401, 404 and 405, a
        `ModelState` for 422, nothing for 409, `{"error"}` where the application key is at fault,
        `{"message", "error"}` for 500, and a whole login state for a login that failed. Which of
        them it is, is the `code` of a row.
Source: Orders API reference, "Cancel order" (401, 403, 409, 422, 500); ETNA manual, "Token",
        "Common mistakes" and the texts of its answers; rate limits: Autoshares API, "Rate limits".
        What stands in `error` beside the known text is our proposal (README).
"""

from __future__ import annotations

import re
from typing import Any

import msgspec
from msgspec import Struct

from countermand.venues.autoshares.paths import normal
from countermand.venues.autoshares.settings import AutosharesSettings
from countermand.vocabulary.reasons import CxlRejReason
from countermand.wire.errors import (
    CancelRefused,
    Forbidden,
    Internal,
    InvalidField,
    Malformed,
    MethodNotAllowed,
    MissingField,
    NotARequest,
    NotFound,
    OrderRefused,
    RateLimited,
    TooLarge,
    Unauthorized,
    UnknownField,
    WireError,
)
from countermand.wire.http import Request, Response
from countermand.wire.listed import as_listed, marked
from countermand.wire.refusals import Refusals, Row, Said, body_of, trouble

DENIED = "Authorization has been denied for this request."
UNKNOWN_KEY = "Application key is not defined or does not exist"
INVALID_REQUEST = "The request is invalid."
ORDER_NOT_FOUND = "Order was not found."
SECURITY_NOT_FOUND = "Security was not found."

_NO_RESOURCE = "No HTTP resource was found that matches the request URI '{url}'."
_WRONG_METHOD = (
    "The requested resource with API version '1.0' does not support HTTP method '{method}'."
)
_FAILED = "An error occurred while processing your request"
# So spelled.
_VALIDATION = "Validation error occured while processing entity"
_PLACE = "placeParams."
_BODY = "placeParams"

# A fault in a list's query is no validation error at this venue.
_QUERY = ("filter", "sortField", "sortBy", "pageNumber", "pageSize", "desc", "isDesc", "count")


class UnknownAppKey(Unauthorized):
    """The application key is missing or not of this world; `at_login` it has another status."""

    FIELDS = ("at_login",)

    def __init__(self, *, at_login: bool = False) -> None:
        super().__init__(UNKNOWN_KEY)
        self.at_login = at_login


class LoginFailed(Unauthorized):
    """A login that is refused: `name` is the step at which, `text` says why."""

    FIELDS = ("name", "text")

    def __init__(self, name: str, text: str) -> None:
        super().__init__(text)
        self.name = name


class RequestInvalid(Malformed):
    """A path whose id is none, as ETNA's other endpoints answer it, or the query of a list."""

    def __init__(self, text: str = INVALID_REQUEST) -> None:
        super().__init__(text)


class LoginState(Struct, frozen=True, omit_defaults=True, rename="pascal"):
    """The answer of `/token` to a login."""

    state: str
    step: str = ""
    reason: str = ""
    token: str = ""


class _Read(Struct, frozen=True):
    # All that any body says.
    message: str = msgspec.field(name="Message", default="")
    model: dict[str, list[str]] = msgspec.field(name="ModelState", default={})
    error: str = ""
    step: str = msgspec.field(name="Step", default="")
    reason: str = msgspec.field(name="Reason", default="")


_decode = msgspec.json.Decoder(_Read).decode


class _Envelope:
    """A refusal's body; its `title` is the field, the step or the limit that it is about."""

    def write(self, said: Said, error: WireError) -> Response:
        """Return the response."""
        status, text = said.status, said.text
        match said.code:
            case "message":
                headers = _limit_headers(said.title) if said.title else ()
                return Response(status, _json({"Message": text}), headers=headers)
            case "model":
                state = {_where(said.title): [text]}
                return Response(status, _json({"Message": _VALIDATION, "ModelState": state}))
            case "error":
                failed = {"message": _FAILED} if status == 500 else {}  # noqa: PLR2004  (HTTP)
                return Response(status, _json({**failed, "error": text}))
            case "login":
                return Response(status, _json(LoginState("Failed", said.title, text)))
        return Response(status, b"", b"")

    def read(self, response: Response) -> Said:
        """Return what a response says; a conflict says nothing."""
        status = response.status
        if status == 409:  # noqa: PLR2004  (HTTP)
            return Said(status, "")
        read = body_of(response, _decode, _Read())
        if read.step:
            return Said(status, "login", read.reason, read.step)
        for where, texts in read.model.items():
            title = "" if where == _BODY else where.removeprefix(_PLACE)
            return Said(status, "model", texts[0] if texts else read.message, title)
        if read.message:
            return Said(status, "message", read.message, _limit(response))
        return Said(status, "error", read.error) if read.error else Said(status, "")


_json = msgspec.json.encode


def _where(name: str) -> str:
    # Fields of a body are capitalized, parameters of a path are not.
    return f"{_PLACE}{name}" if name[:1].isupper() else name or _BODY


def _limit_headers(limit: str) -> tuple[tuple[bytes, bytes], ...]:
    told = (b"x-ratelimit-limit", limit.encode()), (b"x-ratelimit-remaining", b"0")
    return (b"retry-after", b"1"), *told, (b"x-ratelimit-reset", b"1")


def _limit(response: Response) -> str:
    return dict(response.headers).get(b"x-ratelimit-limit", b"").decode("latin-1")


def _loses(error: WireError) -> WireError:
    # A 409 has no reason, so the order must be read for it; a 401 names no permission.
    match error:
        case OrderRefused() | CancelRefused():
            return CancelRefused(CxlRejReason.OTHER, None)
        case UnknownAppKey() | LoginFailed():
            return error
        case Unauthorized() | Forbidden():
            return Unauthorized(DENIED)
        case InvalidField(name=name) if name in _QUERY:
            return RequestInvalid(error.text)
        case MissingField(name=name) | UnknownField(name=name):
            return InvalidField(name, error.text)
    return error


_CANCEL = re.compile(rb"/v1\.0/accounts/[^/]+/orders/[^/]+")


def _words(error: WireError, request: Request, settings: AutosharesSettings) -> WireError:
    if settings.cancel_as_listed and request.method == "DELETE":
        marked(error, as_listed=bool(_CANCEL.fullmatch(normal(request.path))))
    # ETNA's words name the path. Source: ETNA manual, "Common mistakes".
    match error:
        case NotFound(text="no such path"):
            return NotFound(_NO_RESOURCE.format(url=url(request, settings)))
        case MissingField() if request.method == "GET":
            # A required parameter counts as a part of the path.
            query = "?" + request.query.decode("latin-1") if request.query else ""
            return NotFound(_NO_RESOURCE.format(url=url(request, settings) + query))
        case MethodNotAllowed(allowed=allowed):
            return MethodNotAllowed(_WRONG_METHOD.format(method=request.method), allowed)
    return error


def host(request: Request) -> str:
    """Return the host a request was sent to, empty when it does not say."""
    return (request.header(b"host") or b"").decode("latin-1")


def url(request: Request, settings: AutosharesSettings) -> str:
    """Return the URL of a request, without its query: absolute, as the world is reached."""
    origin = settings.public_url.rstrip("/") or f"http://{host(request)}"
    return origin + request.path.decode("latin-1")


def _rows(kinds: Any, status: int, code: str, **more: Any) -> list[Row]:
    return [Row(kind, status, code, **more) for kind in kinds]


# The refusals of a cancel as its own page lists them: all have no content. A client reads an answer
# without a body by its status alone, so these rows are used by the server only.
_EMPTY = "no content"
_LISTED = [
    as_listed(row)
    for row in (
        Row(UnknownAppKey, 403, _EMPTY),
        *_rows((Unauthorized, Forbidden), 401, _EMPTY),
        *_rows((RequestInvalid, NotARequest, Malformed), 422, _EMPTY),
        *_rows((InvalidField, MissingField, UnknownField), 422, _EMPTY),
        *trouble(500, _EMPTY, internal=Row(Internal, 500, _EMPTY)),
    )
]

REFUSALS = Refusals(
    _Envelope(),
    (
        *_LISTED,
        Row(UnknownAppKey, 401, "error", UNKNOWN_KEY, {"at_login": True}),
        Row(UnknownAppKey, 403, "error", UNKNOWN_KEY, {"at_login": False}),
        Row(LoginFailed, 401, "login", title="{name}"),
        *_rows((Unauthorized, Forbidden), 401, "message", text=DENIED),
        *_rows((RequestInvalid, NotARequest), 400, "message"),
        *(Row(InvalidField, 400, "message", given={"name": name}) for name in _QUERY),
        *_rows((InvalidField, MissingField, UnknownField), 422, "model", title="{name}"),
        Row(Malformed, 422, "model"),
        Row(NotFound, 404, "message"),
        Row(MethodNotAllowed, 405, "message"),
        Row(TooLarge, 413, "message"),
        Row(RateLimited, 429, "message", "Too many requests.", title="{limit_per_s}"),
        Row(
            CancelRefused, 409, "", "",
            {"cxl_rej_reason": CxlRejReason.OTHER, "ord_status": None},
        ),
        *_rows((CancelRefused, OrderRefused), 409, "", text=""),
        *trouble(
            500, "error", internal=Row(Internal, 500, "error", "Unexpected server error")
        ),
    ),
    loses=_loses,
    words=_words,
)  # fmt: skip
