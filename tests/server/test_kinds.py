"""What HTTP demands, at all five venues: the same answers, each in the venue's words."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.served import Served

from countermand.venues import VENUES

HEAD = b"%b HTTP/1.1\r\nHost: localhost\r\n"
H2C = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n"
WEBSOCKET = (
    b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
PING = HEAD % b"GET /_countermand/ping" + b"\r\n"

# What each venue's refusals are made of.
ENVELOPES = {
    "deltadefi": {"error", "code"},
    "autoshares": {"Message"},
    "coinbase-intx": {"title", "status", "error", "message"},
    "loopring": {"resultInfo"},
    "polymarket-us": {"code", "message", "details"},
}

# A row of each venue that needs a key and takes a body.
POSTS = {
    "deltadefi": b"POST /order/build",
    "autoshares": b"POST /v1.0/accounts/1/orders",
    "coinbase-intx": b"POST /api/v1/orders",
    "loopring": b"POST /api/v3/order",
    "polymarket-us": b"POST /v1/orders",
}

# A row of each venue that only reads; one that anybody may ask, where there is one.
READS = {
    "deltadefi": b"/app/market-config",
    "autoshares": b"/v1.0/accounts/1/orders/1",
    "coinbase-intx": b"/api/v1/instruments",
    "loopring": b"/api/v3/timestamp",
    "polymarket-us": b"/v1/markets",
}

# Where no client opens a stream, and what it is told of that.
NO_STREAMS = {
    "deltadefi": (b"/accounts/streams?api_key=K", "404 page not found"),
    "autoshares": (
        b"/CreateSessions.txt?User=a&Password=b",
        {
            "Message": "No HTTP resource was found that matches the request URI "
            "'http://localhost/CreateSessions.txt'."
        },
    ),
    "coinbase-intx": (
        b"/feed",
        {
            "title": "io.javalin.http.NotFoundResponse: Not Found (no such path)",
            "status": 404,
            "error": "NOT_FOUND",
            "message": "no such path",
        },
    ),
    "loopring": (
        b"/v3/wss?wsApiKey=K",
        {"resultInfo": {"code": 100000, "message": "no such path"}},
    ),
    "polymarket-us": (
        b"/v2/ws/private",
        {"code": 5, "message": "no such path", "details": []},
    ),
}

HOSTILE = {
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": HEAD % b"GET /" + b"Host: localhost\r\n\r\n",
    "another host": b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "gzip": HEAD % b"POST /" + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "length and chunks": (
        HEAD % b"POST /" + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    ),
    "two lengths": HEAD % b"POST /" + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
}


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """One exchange for all these tests, none of which changes it."""
    with Served(None, "--allow-host", "exchange.example") as running:
        yield running


class Answer:
    """One answer as read from a connection."""

    def __init__(self, opened: socket.socket, *, has_body: bool = True) -> None:
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more(opened)
        head, _, self.body = data.partition(b"\r\n\r\n")
        line, *headers = head.decode().split("\r\n")
        self.status = int(line.split()[1])
        self.headers = dict(header.split(": ", 1) for header in headers)
        while has_body and len(self.body) < int(self.headers.get("content-length", 0)):
            self.body += self._more(opened)

    def _more(self, opened: socket.socket) -> bytes:
        data = opened.recv(65536)
        assert data, "the connection was closed before its answer"
        return data

    @property
    def said(self) -> tuple[int, Any]:
        """Status and body."""
        return self.status, json.loads(self.body) if self.body else None


class Line:
    """A connection to one venue."""

    def __init__(self, venue: str, opened: socket.socket) -> None:
        self.venue, self.opened = venue, opened

    def ask(self, *pieces: bytes, has_body: bool = True) -> Answer:
        """Send bytes and take one answer."""
        for piece in pieces:
            self.opened.sendall(piece)
        return Answer(self.opened, has_body=has_body)

    def is_usable(self) -> bool:
        """Whether the connection carries another request."""
        return self.ask(PING).said == (200, None)

    def is_closed(self) -> bool:
        """Whether the server has closed it, after its last answer."""
        return self.opened.recv(1) == b""


@pytest.fixture(params=VENUES)
def line(request: pytest.FixtureRequest, served: Served) -> Iterator[Line]:
    """A connection to each venue in turn."""
    parts = urlsplit(served.venue(request.param)["base_url"])
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as opened:
        yield Line(request.param, opened)


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_invalid_http(line: Line, data: bytes) -> None:
    """
    A 400 in the venue's envelope, and the connection closes: the next request's start is unknown.
    """
    answer = line.ask(data, HEAD % b"DELETE /smuggled" + b"\r\n")
    status, said = answer.said

    assert (400, ENVELOPES[line.venue]) == (status, set(said))
    assert "close" == answer.headers["connection"]
    assert line.is_closed()


@pytest.mark.parametrize("host", [b"LOCALHOST", b"127.0.0.1:1", b"[::1]:8100", b"exchange.example"])
def test_hosts_that_are_served(line: Line, host: bytes) -> None:
    """Loopback's names, the bound host, and those that were allowed."""
    assert 200 == line.ask(PING.replace(b"localhost", host)).status


def test_control_serves_listed_hosts_only(served: Served) -> None:
    """A page that gives its own name this address reads nothing from control."""
    parts = urlsplit(served.ready["control"])
    statuses = []
    for host in (b"localhost", b"exchange.example", b"evil.example"):
        with socket.create_connection((parts.hostname, parts.port), timeout=10) as opened:
            opened.sendall(b"GET /health HTTP/1.1\r\nHost: %b\r\n\r\n" % host)
            statuses.append(Answer(opened).status)

    assert [200, 200, 400] == statuses


def test_an_offer_of_http2_changes_nothing(line: Line) -> None:
    """
    As Java's HttpClient sends it: the body belongs to this request, and is not parsed as another.
    """
    post = HEAD % POSTS[line.venue]
    inner = HEAD % b"GET /_countermand/ping" + b"\r\n"
    length = b"Content-Length: %d\r\n\r\n" % len(inner)
    plain = line.ask(post + length + inner)
    offered = line.ask(post + H2C + length + inner)
    cut = line.ask(post + H2C[:30], H2C[30:] + length, inner[:9], inner[9:])

    assert plain.said == offered.said == cut.said
    assert line.is_usable()


def test_a_websocket_is_refused_as_a_request(line: Line) -> None:
    """The refusal is in the venue's words, and the connection goes on as HTTP."""
    path, words = NO_STREAMS[line.venue]
    answer = line.ask(HEAD % (b"GET " + path) + WEBSOCKET)

    said = answer.body.decode() if isinstance(words, str) else json.loads(answer.body)
    assert (404, words) == (answer.status, said)
    assert line.is_usable()


def test_refused_websockets_are_not_logged() -> None:
    """Strangers cannot fill the log, and it advises no packages."""
    with Served(None, "--venue", "loopring") as running:
        parts = urlsplit(running.venue("loopring")["base_url"])
        with socket.create_connection((parts.hostname, parts.port), timeout=10) as opened:
            opened.sendall(HEAD % b"GET /v3/wss" + WEBSOCKET)
            assert 404 == Answer(opened).status
        _, logged = running.stop()

    events = [json.loads(text)["event"] for text in logged.splitlines()]
    assert {"recovered", "founded", "ready", "stopped"} >= set(events)


def test_chunks_are_a_body(line: Line) -> None:
    """A body in chunks is answered as the same body with a length."""
    post = HEAD % POSTS[line.venue]
    whole = line.ask(post + b"Content-Length: 7\r\n\r\n{bo:dy}")
    chunks = line.ask(
        post + b"Transfer-Encoding: chunked\r\n\r\n", b"4\r\n{bo:\r\n3\r\ndy}\r\n0\r\n\r\n"
    )

    assert whole.said == chunks.said


def test_a_client_that_asks_first_is_told_to_go_on(line: Line) -> None:
    """`Expect: 100-continue` gets its go-ahead, and then the answer."""
    head = HEAD % POSTS[line.venue] + b"Content-Length: 2\r\n"
    whole = line.ask(head + b"\r\n{}")
    go_ahead = line.ask(head + b"Expect: 100-continue\r\n\r\n", has_body=False)
    answer = line.ask(b"{}")

    assert (100, b"") == (go_ahead.status, go_ahead.body)
    assert whole.said == answer.said


def test_a_body_that_is_too_large_is_refused_before_it_is_sent(line: Line) -> None:
    """A client that asks first is told 413 instead of to go on."""
    head = HEAD % POSTS[line.venue] + b"Content-Length: 70000\r\nExpect: 100-continue\r\n\r\n"
    status, said = line.ask(head).said

    assert (413, ENVELOPES[line.venue]) == (status, set(said))


def test_a_refused_request_leaves_the_connection(line: Line) -> None:
    """Refusals of the venue's are answers like any other."""
    post = HEAD % POSTS[line.venue] + b"Content-Length: 7\r\n\r\n{bo:dy}"
    statuses = {line.ask(post).status for _ in range(3)}

    assert not statuses & {200, 500}
    assert line.is_usable()


def test_many_requests_in_one_piece_are_answered_in_order(line: Line) -> None:
    """Reads and pings in turn, forty of them, and every answer belongs to its request."""
    read = HEAD % (b"GET " + READS[line.venue]) + b"\r\n"
    first = line.ask(read)
    line.opened.sendall((PING + read) * 20)
    taken, wanted = b"", (len(first.body) + 100) * 20
    while taken.count(b"HTTP/1.1 ") < 40 or len(taken) < len(first.body) * 20:
        taken += line.opened.recv(65536)
        assert len(taken) < 10 * wanted
    statuses = [int(part[:3]) for part in taken.split(b"HTTP/1.1 ")[1:]]

    assert [200, first.status] * 20 == statuses


def test_a_wrong_method_is_told_the_right_ones(line: Line) -> None:
    """
    405 has `Allow`, and so has the 501 of a venue that speaks in gRPC's codes; a venue that tells
    of no methods says that there is no such path.
    """
    answer = line.ask(HEAD % (b"PATCH " + READS[line.venue]) + b"\r\n")

    if answer.status in (405, 501):
        assert "GET" in answer.headers["allow"].split(", ")
    else:
        assert answer.status in (401, 404)
    assert line.is_usable()


def test_head_is_get_without_a_body(line: Line) -> None:
    """The same status and length, and nothing after the head."""
    get = line.ask(HEAD % (b"GET " + READS[line.venue]) + b"\r\n")
    head = line.ask(HEAD % (b"HEAD " + READS[line.venue]) + b"\r\n", has_body=False)

    assert (get.status, b"") == (head.status, head.body)
    assert get.headers["content-length"] == head.headers["content-length"]
    assert line.is_usable()


def test_pages_of_this_machine_may_call_where_there_is_a_web_sdk(line: Line) -> None:
    """A browser asks first; what it is told follows the world's `origins`."""
    preflight = HEAD % (b"OPTIONS " + POSTS[line.venue].split()[1]) + (
        b"Origin: %b\r\nAccess-Control-Request-Method: POST\r\n"
        b"Access-Control-Request-Headers: content-type, x-key\r\n\r\n"
    )
    ours = line.ask(preflight % b"http://localhost:5173")
    theirs = line.ask(preflight % b"https://evil.example")
    read = HEAD % (b"GET " + READS[line.venue]) + b"Origin: http://localhost:5173\r\n\r\n"
    answer = line.ask(read)

    if line.venue in ("deltadefi", "loopring", "polymarket-us"):
        assert (204, "POST") == (ours.status, ours.headers["access-control-allow-methods"])
        assert "content-type, x-key" == ours.headers["access-control-allow-headers"]
        assert "http://localhost:5173" == answer.headers["access-control-allow-origin"]
    else:
        assert "access-control-allow-origin" not in ours.headers | answer.headers
    assert "access-control-allow-origin" not in theirs.headers


def test_json_may_be_called_text(line: Line) -> None:
    """`text/json` is answered where the venue produces it, errors included."""
    read = HEAD % (b"GET " + READS[line.venue]) + b"Accept: text/json\r\n\r\n"
    answer = line.ask(read)
    usual = line.ask(read.replace(b"text/json", b"*/*"))

    expected = "text/json" if line.venue == "autoshares" else "application/json"
    assert (expected, "application/json") == (
        answer.headers["content-type"], usual.headers["content-type"],
    )  # fmt: skip


def test_control_is_reached_when_the_venues_are_full() -> None:
    """Its connections are its own; a venue that is full says so in its words."""
    with Served(None, "--venue", "coinbase-intx", "--connections-max", "3") as running:
        venue = urlsplit(running.venue("coinbase-intx")["base_url"])
        control = urlsplit(running.ready["control"])
        held = [socket.create_connection((venue.hostname, venue.port), 10) for _ in range(3)]
        for opened in held:
            opened.sendall(PING)
        statuses = [Answer(opened).status for opened in held]
        with socket.create_connection((venue.hostname, venue.port), 10) as opened:
            refusal = Answer(opened)
        with socket.create_connection((control.hostname, control.port), 10) as opened:
            opened.sendall(HEAD % b"GET /health" + b"\r\n")
            health = Answer(opened)
        for opened in held:
            opened.close()

    assert [200, 200, 200] == statuses
    assert (503, {"message"}) == (refusal.status, set(json.loads(refusal.body)))
    assert 200 == health.status
