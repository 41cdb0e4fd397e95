"""
Control: what an operator or a script asks of the whole server, on a port of its own.

    GET /               where the venues are, as in the ready line but without secrets
    GET /health         200 while commands are taken; 503 with the reason and what to do when not
    GET /metrics        Prometheus text
    /control/v1/...     the operator's acts, a row each
    GET /openapi.json   the document of the acts
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from msgspec import to_builtins
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from countermand.control.host import Host
from countermand.control.row import ControlError
from countermand.engine.health import Health
from countermand.server.acts import FAILURES, AsWritten, refusal, routes
from countermand.wire import http as wire
from countermand.wire.errors import TooLarge, WireError


class Watched(Protocol):
    """What is told of an exchange to anyone who may use the port."""

    @property
    def seq(self) -> int:
        """The last applied entry."""

    def health(self) -> Health:
        """Return how the engine is."""


def control_app(
    engine: Watched,
    base_urls: Mapping[str, str],
    figures: Callable[[], tuple[bytes, str]],
    host: Host | None = None,
    token: bytes | None = None,
) -> ASGIApp:
    """
    Return the ASGI application of the control port; `figures` are what `/metrics` tells.

    With a `host` an operator may act on it, with a `token` only one who brings that.
    """

    async def index(request: Request) -> Response:
        return JSONResponse({"venues": dict(base_urls), "seq": engine.seq})

    async def health(request: Request) -> Response:
        found = engine.health()
        return JSONResponse(to_builtins(found), 200 if found.taking_commands else 503)

    async def metrics(request: Request) -> Response:
        text, media_type = figures()
        return Response(text, media_type=media_type)

    told = [Route("/", index), Route("/health", health), Route("/metrics", metrics)]
    acts = routes(host, token) if host is not None else []
    app = Starlette(routes=told + acts, exception_handlers=FAILURES)
    # A path with another slash is another path.
    app.router.redirect_slashes = False
    return AsWritten(app)


def refuse(error: WireError) -> wire.Response:
    """Return the answer to what never became a request."""
    status, code = (413, "too-large") if isinstance(error, TooLarge) else (400, "malformed")
    answer = refusal(ControlError(status, code, error.text))
    return wire.Response(status, bytes(answer.body))
