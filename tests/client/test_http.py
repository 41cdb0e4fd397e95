"""A request is sent once, every byte as it was signed, and a failure is what it was."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
import trustme

from countermand.client import http
from countermand.client.http import Base, Timeouts
from countermand.client.synchronous import HttpTransport
from countermand.wire.http import Request

BODY = b'{"price": 1.50, "name": "\xc3\xa9"}'


class Echo(BaseHTTPRequestHandler):
    """Remembers what came, and answers as it is told."""

    seen: list[tuple[str, list[tuple[str, str]], bytes]]
    status, protocol_version = 200, "HTTP/1.1"

    def _answer(self) -> None:
        length = int(self.headers.get("content-length", 0))
        self.seen.append((self.requestline, self.headers.items(), self.rfile.read(length)))
        self.send_response(self.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Set-Cookie", "a=b")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = _answer  # noqa: N815  (the library's names)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    """A server that remembers."""

    class Own(Echo):
        seen = []

    with ThreadingHTTPServer(("127.0.0.1", 0), Own) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def base(server: ThreadingHTTPServer, path: str = "") -> Base:
    """Return the base URL of a server."""
    return Base(f"http://127.0.0.1:{server.server_port}{path}", Timeouts())


def seen(server: ThreadingHTTPServer) -> list[tuple[str, list[tuple[str, str]], bytes]]:
    """Return what came."""
    handler: Any = server.RequestHandlerClass
    return list(handler.seen)


@pytest.mark.parametrize(
    "target",
    [
        b"/orders/a%2Fb", b"/orders/%20%c3%A9", b"/o/~a:b@c,d;e", b"/orders?name=a%2Bb&x=%2C",
        b"/orders?market=LRC-ETH&ids=1,2", b"/orders?q=Status%20in%20%280%2C1%29", b"/a'b(c)*!$",
    ],
)  # fmt: skip
def test_bytes_go_out_as_they_were_signed(server: ThreadingHTTPServer, target: bytes) -> None:
    """Path, query, headers and body."""
    path, _, query = target.partition(b"?")
    request = Request("POST", path, query, ((b"x-sign", b"abc"), (b"accept", b"text/json")), BODY)
    transport = HttpTransport(base(server))
    response = transport.send(request)
    transport.close()
    [(line, headers, body)] = seen(server)

    assert f"POST {target.decode()} HTTP/1.1" == line
    assert ("x-sign", "abc") in [(name.lower(), value) for name, value in headers]
    assert (body, response.status, response.body) == (BODY, 200, b"{}")


def test_connection_stays_warm_and_keeps_no_cookies(server: ThreadingHTTPServer) -> None:
    """All requests use one connection, and no cookie of an answer is sent back."""
    transport = HttpTransport(base(server))
    for _ in range(3):
        transport.send(Request("GET", b"/"))
    transport.close()

    names = {name.lower() for _, headers, _ in seen(server) for name, _ in headers}
    assert names == {"host", "user-agent"}


@pytest.mark.parametrize("status", [301, 302, 307, 308, 429, 500, 503])
def test_nothing_is_followed_or_repeated(server: ThreadingHTTPServer, status: int) -> None:
    """An answer is an answer."""
    handler: Any = server.RequestHandlerClass
    handler.status = status
    transport = HttpTransport(base(server))
    assert transport.send(Request("GET", b"/")).status == status
    transport.close()
    assert len(seen(server)) == 1


def test_prefix_is_said_once(server: ThreadingHTTPServer) -> None:
    """Whether or not a base URL has the one that paths begin with."""
    assert base(server, "/api/v1/").target(Request("GET", b"/api/v1/orders")) == b"/api/v1/orders"
    assert base(server, "/proxy").target(Request("GET", b"/v1/x", b"a=b")) == b"/proxy/v1/x?a=b"


@pytest.mark.parametrize(
    "url", ["", "ftp://a", "127.0.0.1:80", "http://", "http://u:p@h", "http://h/?a=b", "http://h#f"]
)
def test_base_url_that_is_none_is_refused(url: str) -> None:
    """An invalid base URL is refused before anything is sent."""
    with pytest.raises(ValueError, match="base_url"):
        Base(url, Timeouts())


def test_proxies_of_the_environment_are_not_used(
    server: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless that is asked for."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    transport = HttpTransport(base(server))
    assert transport.send(Request("GET", b"/")).status == 200
    transport.close()
    asked = HttpTransport(base(server), trust_env=True)
    with pytest.raises(http.NOT_SENT):
        asked.send(Request("GET", b"/"))
    asked.close()


def test_certificate_is_verified(server: ThreadingHTTPServer) -> None:
    """A server that cannot prove itself is sent nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    transport = HttpTransport(Base(f"https://127.0.0.1:{server.server_port}", Timeouts()))
    with pytest.raises(http.NOT_SENT):
        transport.send(Request("GET", b"/"))
    transport.close()
    assert seen(server) == []


def test_refused_connection_is_not_sent() -> None:
    """No server listens."""
    transport = HttpTransport(Base("http://127.0.0.1:1", Timeouts()))
    with pytest.raises(http.NOT_SENT) as caught:
        transport.send(Request("GET", b"/"))
    transport.close()
    assert "ConnectError" in http.failure_text(caught.value)


@pytest.mark.parametrize(
    "error",
    [
        httpx.ReadTimeout("t"), httpx.WriteTimeout("t"), httpx.ReadError("r"),
        httpx.WriteError("w"), httpx.RemoteProtocolError("p"), httpx.CloseError("c"),
        httpx.DecodingError("d"),
    ],
)  # fmt: skip
def test_request_that_may_have_left_is_lost(error: Exception) -> None:
    """A request is NotSent only when no byte of it can have left."""
    assert isinstance(error, http.LOST)
    assert not isinstance(error, http.NOT_SENT)
