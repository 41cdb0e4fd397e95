"""
Acts: the operator's rows over HTTP.

A page of another origin can do nothing here: it may not read what a GET answers, and what changes
anything asks for a media type or a method that a browser does not send without permission.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from contextlib import closing
from hmac import compare_digest
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from countermand.control.call import malformed, message
from countermand.control.host import Host
from countermand.control.row import ControlError, ControlRow, Download
from countermand.control.table import ROWS
from countermand.server.refused import FAILURES, refusal

log = logging.getLogger(__name__)

_JSON = "application/json"

_UNAUTHORIZED = 401
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="countermand control"'}


def acts_app(host: Host, token: bytes | None = None) -> ASGIApp:
    """
    Return an application with every row, served by `host`, and the document of them all.

    With a `token` acts are for those who bring it.
    """
    acts = [Route(row.path, _endpoint(row, host, token), methods=[row.method]) for row in ROWS]
    for act in acts:
        # Starlette lets a HEAD do what a GET does.
        act.methods = (act.methods or set()) - {"HEAD"}
    app = Starlette(routes=[*acts, Route("/openapi.json", _openapi)], exception_handlers=FAILURES)
    # A path with another slash is another path.
    app.router.redirect_slashes = False
    return app


async def _openapi(request: Request) -> Response:
    # It is made when it is first asked for.
    from countermand.control.openapi import document  # noqa: PLC0415  (loaded when it is needed)

    return Response(msgspec.json.encode(document()), media_type=_JSON)


def _endpoint(
    row: ControlRow, host: Host, token: bytes | None
) -> Callable[[Request], Awaitable[Response]]:
    async def act(request: Request) -> Response:
        try:
            _check_page(row, request)
            _check_token(request, token)
            fields = await _fields(row, request)
            asked = message(row, fields, strict=row.has_body)
            reply = await row.run(host, asked)
            if row.changes:
                log.info("an operator acted", extra={"act": row.name})
            if isinstance(reply, Download):
                return _Pieces(reply)
            return Response(msgspec.json.encode(reply), media_type=_JSON)
        except ControlError as error:
            return refusal(error, _CHALLENGE if error.status == _UNAUTHORIZED else None)
        except Exception:
            log.exception("an operator's act failed", extra={"act": row.name})
            return refusal(ControlError(500, "internal", "internal error"))

    return act


def _check_page(row: ControlRow, request: Request) -> None:
    if not row.changes:
        return
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise ControlError(403, "foreign-origin", "pages of another origin may change nothing here")
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if row.has_body and media_type != _JSON:
        raise ControlError(415, "media-type", f"a change is {_JSON}: set Content-Type")


def _check_token(request: Request, token: bytes | None) -> None:
    if token is None:
        return
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    is_right = compare_digest(given.strip().encode("latin-1"), token)
    if scheme.lower() != "bearer" or not is_right:
        text = "this port is not loopback's alone: bring its token, Authorization: Bearer ..."
        raise ControlError(_UNAUTHORIZED, "unauthorized", text)


async def _fields(row: ControlRow, request: Request) -> dict[str, Any]:
    # A slash that is percent-encoded belongs to the name it stands in.
    path = {name: unquote(value) for name, value in request.path_params.items()}
    given = await _body(request) if row.has_body else dict(request.query_params)
    for name in given:
        if name in path:
            raise ControlError(400, "malformed", f"{name}: stands in the path")
    return given | path


async def _body(request: Request) -> dict[str, Any]:
    body = await request.body()
    try:
        return msgspec.json.decode(body or b"{}", type=dict[str, Any])
    except msgspec.ValidationError as error:
        raise malformed(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ControlError(400, "malformed", f"not JSON: {error}") from None


class _Pieces(Response):
    """A file, sent piece by piece; its length is told."""

    def __init__(self, file: Download) -> None:
        self._file = file
        super().__init__(media_type=file.media_type)
        self.headers["content-length"] = str(file.length)
        self.headers["content-disposition"] = f'attachment; filename="{file.name}"'

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it as far as its client takes it."""
        with closing(self._file.pieces) as pieces:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            for piece in pieces:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
