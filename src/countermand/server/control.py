"""
Control: what an operator or a script asks of the whole server, on a port of its own.

    GET /          where the venues are, as in the ready line but without secrets
    GET /health    200 while commands are taken; 503 with the reason and what to do when not
    GET /metrics   Prometheus text
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import to_builtins
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from countermand.engine.sequencer import Engine


def control_app(
    engine: Engine, base_urls: Mapping[str, str], figures: Callable[[], tuple[bytes, str]]
) -> Starlette:
    """Return the ASGI application of the control port; `figures` are what `/metrics` tells."""

    async def index(request: Request) -> Response:
        return JSONResponse({"venues": dict(base_urls), "seq": engine.seq})

    async def health(request: Request) -> Response:
        found = engine.health()
        return JSONResponse(to_builtins(found), 200 if found.taking_commands else 503)

    async def metrics(request: Request) -> Response:
        text, media_type = figures()
        return Response(text, media_type=media_type)

    return Starlette(
        routes=[Route("/", index), Route("/health", health), Route("/metrics", metrics)]
    )
