"""
HTTP, as both shells speak it: where requests go, how they are framed, and what a failure means.

A request is sent once: no redirect is followed and nothing is repeated. Proxies of the environment
are used only where that is asked for; certificates are always verified.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import httpx
from msgspec import Struct

from countermand.wire.http import Request, Response

# These fail before a byte of the request is sent.
NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
    httpx.ProxyError,
)
LOST = (httpx.HTTPError, httpx.StreamError)


_AGENT = (b"user-agent", b"countermand")


class Timeouts(Struct, frozen=True):
    """How long each phase of a request may take. Units: seconds."""

    connect_s: float = 3.0
    write_s: float = 3.0
    read_s: float = 5.0
    pool_s: float = 3.0

    def extensions(self) -> dict[str, Any]:
        """Return them as a request of httpx carries them."""
        phases = {"connect": self.connect_s, "write": self.write_s, "read": self.read_s}
        return {"timeout": {**phases, "pool": self.pool_s}}


def settings(*, trust_env: bool) -> dict[str, Any]:
    """Return what both of httpx's clients are made with."""
    return {
        "trust_env": trust_env,
        "follow_redirects": False,
        "limits": httpx.Limits(max_keepalive_connections=20, keepalive_expiry=60),
    }


class Base:
    """
    A base URL, and the requests sent below it; `streams` is that of streams where they have one.

    Raises: ValueError for what is no http or https URL, or has a query or user in it.
    """

    def __init__(self, url: str, timeouts: Timeouts, streams: str = "") -> None:
        self._extensions = timeouts.extensions()
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"base_url: {url!r} is no http or https URL")
        if parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError("base_url: must have neither a query nor a user")
        self.url = url.rstrip("/")
        self.host, self.streams = parts.netloc, streams
        self._scheme, self._port = parts.scheme, parts.port
        self._name, self._prefix = parts.hostname, parts.path.rstrip("/").encode()

    def target(self, request: Request) -> bytes:
        """Return the path and query a request is sent to; a prefix is not said twice."""
        path = request.path
        if self._prefix and not path.startswith(self._prefix + b"/"):
            path = self._prefix + path
        return path + (b"?" + request.query if request.query else b"")

    def stream_url(self, request: Request, elsewhere: str = "") -> str:
        """Return the URL at which a WebSocket is offered: here, or below another base URL."""
        base = elsewhere or self.streams or self.url
        scheme, _, rest = base.partition("://")
        secure = {"http": "ws", "https": "wss"}.get(scheme, scheme)
        host = rest if elsewhere or self.streams else self.host
        query = f"?{request.query.decode('latin-1')}" if request.query else ""
        return f"{secure}://{host.rstrip('/')}{request.path.decode('latin-1')}{query}"

    def framed(self, request: Request) -> httpx.Request:
        """Return the request as httpx sends it, every byte of its path and body as it was."""
        url = httpx.URL(
            scheme=self._scheme, host=self._name, port=self._port, raw_path=self.target(request)
        )
        return httpx.Request(
            request.method,
            url,
            headers=[*request.headers, _AGENT],
            content=request.body or None,
            extensions=self._extensions,
        )


def response_of(answer: httpx.Response) -> Response:
    """Return what came back, as our codecs read it."""
    headers = tuple((name.lower(), value) for name, value in answer.headers.raw)
    kind = answer.headers.get("content-type", "").encode("latin-1")
    return Response(answer.status_code, answer.content, kind, headers)


def failure_text(error: Exception) -> str:
    """Return what went wrong, in one clause without the request's headers."""
    said = str(error).strip()
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
