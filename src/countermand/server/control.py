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
from functools import cached_property
from typing import Protocol

from msgspec import to_builtins
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from countermand.control.host import Host
from countermand.control.row import PREFIX, ControlError
from countermand.engine.health import Health
from countermand.server.refused import FAILURES, refusal
from countermand.wire import http as wire
from countermand.wire.errors import TooLarge, WireError


class Watched(Protocol):
    """The figures of an exchange that every client of the port may read."""

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

    told = Starlette(
        routes=[Route("/", index), Route("/health", health), Route("/metrics", metrics)],
        exception_handlers=FAILURES,
    )
    told.router.redirect_slashes = False
    return _Port(told, host, token)


class _Port:
    """
    Leads a request to the acts or to what is told.

    The acts are made, and their modules loaded, when the first one is asked for: few servers have
    an operator. Paths are matched as they are written, so that a name may hold a slash,
    percent-encoded.
    """

    def __init__(self, told: ASGIApp, host: Host | None, token: bytes | None) -> None:
        self._told, self._host, self._token = told, host, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application that is meant."""
        path = scope["raw_path"].decode("latin-1")
        is_act = path.startswith(f"{PREFIX}/") or path == "/openapi.json"
        app = self._told if self._host is None or not is_act else self._acts
        await app({**scope, "path": path}, receive, send)

    @cached_property
    def _acts(self) -> ASGIApp:
        from countermand.server.acts import acts_app  # noqa: PLC0415  (loaded when it is needed)

        assert self._host is not None  # noqa: S101  (it is asked for by those who have one)
        return acts_app(self._host, self._token)


def refuse(error: WireError) -> wire.Response:
    """Return the answer to what never became a request."""
    status, code = (413, "too-large") if isinstance(error, TooLarge) else (400, "malformed")
    answer = refusal(ControlError(status, code, error.text))
    return wire.Response(status, bytes(answer.body))
