"""
Errors: how this venue says no, and how its no is understood.

Shape:  bodies differ by status, as ETNA's do: `{"Message"}` for 400, 401, 404 and 405, a
        `ModelState` for 422, nothing for 409, `{"error"}` where the application key is at fault,
        `{"message", "error"}` for 500, and a whole login state for a login that failed.
Source: Orders API reference, "Cancel order" (401, 403, 409, 422, 500); ETNA manual, "Token",
        "Common mistakes" and the texts of its answers; rate limits: Autoshares API, "Rate limits".
        What stands in `error` beside the known text is our proposal (README).
"""

from typing import Any

import msgspec
from msgspec import Struct

from countermand.vocabulary.reasons import CxlRejReason
from countermand.wire.errors import (
    CancelRefused,
    Forbidden,
    IntakeClosed,
    Internal,
    InvalidField,
    Malformed,
    MethodNotAllowed,
    NotARequest,
    NotFound,
    Overloaded,
    RateLimited,
    TooLarge,
    Unauthorized,
    Unavailable,
    WireError,
)
from countermand.wire.http import Request, Response

DENIED = "Authorization has been denied for this request."
UNKNOWN_KEY = "Application key is not defined or does not exist"
INVALID_REQUEST = "The request is invalid."
ORDER_NOT_FOUND = "Order was not found."

_NO_RESOURCE = "No HTTP resource was found that matches the request URI '{url}'."
_WRONG_METHOD = (
    "The requested resource with API version '1.0' does not support HTTP method '{method}'."
)
_FAILED = "An error occurred while processing your request"
_UNEXPECTED = "Unexpected server error"
_OVERLOADED = "Server overloaded - the request was not executed"
_CLOSED = "Service unavailable - the request was not executed: "
_UNDECIDED = "Service unavailable - whether the request was executed is not known"

# So spelled.
_VALIDATION = "Validation error occured while processing entity"
_PLACE = "placeParams."
_BODY = "placeParams"

# What is wrong in the query of a list is no validation error here.
_QUERY_FIELDS = frozenset(
    {"filter", "sortField", "sortBy", "pageNumber", "pageSize", "desc", "isDesc", "count"}
)


class UnknownAppKey(Unauthorized):
    """The application key is missing or nobody's; `at_login` it has another status."""

    def __init__(self, *, at_login: bool = False) -> None:
        super().__init__(UNKNOWN_KEY)
        self.at_login = at_login


class LoginFailed(Unauthorized):
    """A login that is refused: at which step, and why."""

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(reason)
        self.step = step


class RequestInvalid(Malformed):
    """A path whose id is none, as ETNA's other endpoints answer it."""

    def __init__(self) -> None:
        super().__init__(INVALID_REQUEST)


class Said(Struct, frozen=True, omit_defaults=True, rename="pascal"):
    """The body of most refusals."""

    message: str = ""
    model_state: dict[str, list[str]] = {}


class Failed(Struct, frozen=True, omit_defaults=True):
    """The body of a 500, and where the application key is at fault."""

    message: str = ""
    error: str = ""


class LoginState(Struct, frozen=True, omit_defaults=True, rename="pascal"):
    """What `/token` answers."""

    state: str
    step: str = ""
    reason: str = ""
    token: str = ""


_said = msgspec.json.Decoder(Said).decode
_failed = msgspec.json.Decoder(Failed).decode

_SAID: dict[type[WireError], int] = {
    Malformed: 422,
    NotFound: 404,
    MethodNotAllowed: 405,
    TooLarge: 413,
}


_PLAIN: dict[int, type[WireError]] = {
    400: Malformed,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    413: TooLarge,
}


class AutosharesErrors:
    """Both directions of a refusal."""

    def render(self, error: WireError) -> Response:
        """Return the venue's answer for an error of the wire."""
        match error:
            case UnknownAppKey(at_login=at_login):
                return _json(401 if at_login else 403, Failed(error=error.text))
            case LoginFailed(step=step):
                return _json(401, LoginState("Failed", step, error.text))
            case Unauthorized() | Forbidden():
                # Whoever may not is told the same as whoever is nobody.
                return _json(401, Said(DENIED))
            case RequestInvalid() | NotARequest():
                return _json(400, Said(error.text))
            case InvalidField(name=name) if name in _QUERY_FIELDS:
                return _json(400, Said(error.text))
            case Malformed() | NotFound() | MethodNotAllowed() | TooLarge():
                return _understood(error)
            case RateLimited(limit_per_s=limit):
                return _too_many(limit)
            case Internal() | Overloaded() | IntakeClosed() | Unavailable():
                return _json(500, Failed(_FAILED, _trouble(error)))
        # Whatever the exchange refuses about an order is a conflict, and says nothing more.
        return Response(409, b"", b"")

    def interpret(self, response: Response) -> WireError:
        """
        Return what a refusal says.

        The declared inverse of `render`, but for what this venue does not tell: a conflict does not
        say why, so only the order can, and 401 does not say whether somebody else may.
        """
        status = response.status
        if (kind := _PLAIN.get(status)) is not None:
            return kind(_message(response) or _error(response) or f"status {status}")
        match status:
            case 409:
                return CancelRefused(CxlRejReason.OTHER, None)
            case 422:
                return _read_model_state(response)
            case 429:
                return RateLimited(_limit(response))
            case status if status >= 500:  # noqa: PLR2004  (HTTP)
                return _read_trouble(response)
        return Malformed(_message(response) or f"status {status}")


def worded(error: WireError, request: Request) -> WireError:
    """
    Return a refusal of the router's in ETNA's words, which name what was asked for.

    Source: ETNA manual, "Common mistakes" and the texts of its answers.
    """
    match error:
        case NotFound(text="no such path"):
            host = (request.header(b"host") or b"").decode("latin-1")
            url = f"http://{host}{request.path.decode('latin-1')}"
            return NotFound(_NO_RESOURCE.format(url=url))
        case MethodNotAllowed():
            text = _WRONG_METHOD.format(method=request.method)
            return MethodNotAllowed(text, error.allowed)
        case _:
            return error


def _json(status: int, body: Any) -> Response:
    return Response(status, msgspec.json.encode(body))


def _understood(error: WireError) -> Response:
    status = next(code for kind, code in _SAID.items() if isinstance(error, kind))
    if status != 422:  # noqa: PLR2004  (HTTP)
        return _json(status, Said(error.text))
    name = getattr(error, "name", "")
    # Fields of a body are capitalized, parameters of a path are not.
    where = f"{_PLACE}{name}" if name[:1].isupper() else name or _BODY
    return _json(status, Said(_VALIDATION, {where: [error.text]}))


def _too_many(limit: int) -> Response:
    headers = (
        (b"retry-after", b"1"),
        (b"x-ratelimit-limit", b"%d" % limit),
        (b"x-ratelimit-remaining", b"0"),
        (b"x-ratelimit-reset", b"1"),
    )
    body = msgspec.json.encode(Said("Too many requests."))
    return Response(429, body, headers=headers)


def _trouble(error: WireError) -> str:
    match error:
        case Overloaded():
            return _OVERLOADED
        case IntakeClosed():
            return _CLOSED + error.text
        case Unavailable():
            return _UNDECIDED
        case _:
            return _UNEXPECTED


def _read(decode: Any, response: Response, empty: Any) -> Any:
    try:
        return decode(response.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return empty


def _message(response: Response) -> str:
    said: Said = _read(_said, response, Said())
    return said.message


def _error(response: Response) -> str:
    failed: Failed = _read(_failed, response, Failed())
    return failed.error


def _read_model_state(response: Response) -> WireError:
    said: Said = _read(_said, response, Said())
    for where, texts in said.model_state.items():
        text = texts[0] if texts else said.message
        if where == _BODY:
            return Malformed(text)
        return InvalidField(where.removeprefix(_PLACE), text)
    return Malformed(said.message or "status 422")


def _limit(response: Response) -> int:
    for name, value in response.headers:
        if name == b"x-ratelimit-limit" and value.isdigit() and len(value) < 10:  # noqa: PLR2004  (int32)
            return int(value)
    return 0


def _read_trouble(response: Response) -> WireError:
    text = _error(response)
    if text == _OVERLOADED:
        return Overloaded(text)
    if text.startswith(_CLOSED):
        return IntakeClosed(text.removeprefix(_CLOSED))
    if text == _UNDECIDED or response.status > 500:  # noqa: PLR2004  (HTTP)
        return Unavailable(text or _UNDECIDED)
    return Internal(text or _UNEXPECTED)
