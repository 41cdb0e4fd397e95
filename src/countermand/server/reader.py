"""
Reader: from the bytes of one connection to whole requests. It does no I/O.

    feed(bytes) ─► httptools ─► head checked ─► body collected ─► deliver(Request, Manner)

httptools splits the bytes; what it lets through and HTTP does not allow is refused here. The first
refusal ends the reading: where the next request begins is not certain any more. The offer of a
WebSocket stops it: what the bytes behind it are depends on the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser, parse_url
from httptools.parser.errors import HttpParserInvalidURLError
from msgspec import Struct

from countermand.server.limits import Limits
from countermand.wire.errors import NotARequest, TooLarge, WireError
from countermand.wire.http import HeaderList, Request

# Chunks of one byte each come with five bytes of framing.
CHUNKED_OVERHEAD_MAX = 8

_VERSIONS = ("1.0", "1.1")
_OTHER_HOST = "this host name is not served here"


class Phase(IntEnum):
    """Where in a request the bytes have stopped."""

    BETWEEN = 0
    HEAD = 1
    BODY = 2


class Manner(Struct, frozen=True):
    """How the answer to a request has to be sent."""

    has_body: bool = True
    keeps_alive: bool = True
    is_old: bool = False  # HTTP/1.0, where keeping a connection has to be agreed on


_USUAL = Manner()

Deliver = Callable[[Request, Manner], None]


class RequestReader:
    """
    One connection's requests, delivered in the order of their last bytes.

    With `hosts` only requests for one of those names are taken. `held` is what came behind the
    offer of a WebSocket; None where reading goes on.
    """

    def __init__(self, limits: Limits, hosts: frozenset[bytes] | None, deliver: Deliver) -> None:
        self._limits, self._hosts, self._deliver = limits, hosts, deliver
        self._parser = HttpRequestParser(self)
        self.phase = Phase.BETWEEN
        self.begun = 0
        self.is_over = False
        self.expects_continue = False
        self._refusal: WireError | None = None
        self._offer = b""
        self._is_replayed = self._is_websocket = False
        self.held: bytes | None = None
        self._message_bytes = 0
        self._target, self._version = b"", ""
        # As they come; behind the body they are a trailer's, which is not the request's.
        self._given: list[tuple[bytes, bytes]] = []
        self._headers: HeaderList = ()
        self._body: list[bytes] = []
        self._body_bytes = 0

    def feed(self, data: bytes) -> None:
        """
        Take the next bytes. After a refusal, or once `is_over`, it must not be called again.

        Raises: NotARequest or TooLarge once what came before has been delivered.
        """
        if self.held is not None:
            self.held += data
            return
        while (rest := self._feed(data)) is not None:
            # The parser takes a message to end at any offer to change protocols, body or not. An
            # offer that is not taken changes nothing (RFC 9110, 7.8), so another parser reads on
            # from there, told of the same head without the offer.
            head, self._offer = self._offer, b""
            self._parser, self._is_replayed = HttpRequestParser(self), True
            self._feed(head)
            if self._is_websocket:
                self.held, self._is_websocket = rest, False
                return
            data = rest

    def release(self) -> bytes:
        """Return what was held, and go on reading."""
        held, self.held = self.held, None
        return held or b""

    def _feed(self, data: bytes) -> bytes | None:
        """Return what follows an offer to change protocols, None when there was none."""
        begun = self.begun
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade as offer:
            return data[offer.args[0] :]
        except HttpParserError as error:
            if not self.is_over:
                raise self._refusal or NotARequest(f"not a request: {error}") from None
        if self.phase and self.begun == begun:
            self._bound(len(data))
        return None

    def _bound(self, size: int) -> None:
        # The parser keeps an incomplete part to itself, so the bytes that it is fed are counted.
        self._message_bytes += size
        limits = self._limits
        if self.phase is Phase.HEAD:
            if self._message_bytes > limits.head_bytes_max:
                raise _head_too_large(limits)
        elif self._message_bytes > CHUNKED_OVERHEAD_MAX * limits.body_bytes_max:
            raise _body_too_large(limits)

    # What httptools calls.

    def on_message_begin(self) -> None:
        """Begin a head."""
        self._given = []
        if not self._is_replayed:
            self.phase, self._target = Phase.HEAD, b""
            self._body, self._body_bytes = [], 0
            self.begun += 1
            self._message_bytes = 0

    def on_url(self, part: bytes) -> None:
        """Take a part of the target."""
        if not self._is_replayed:
            self._target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._given.append((name.lower(), value.strip()))

    def on_headers_complete(self) -> None:
        """Check the head."""
        if self._is_replayed:
            self._is_replayed = False
            return
        self._version = self._parser.get_http_version()
        self._headers = self._checked_headers()
        if self._parser.should_upgrade():
            self._offer = self._head_without_offer()
            self._is_websocket = self._offers_websocket()
        self.phase = Phase.BODY

    def on_body(self, part: bytes) -> None:
        """Take a part of the body."""
        self.expects_continue = False
        self._body.append(part)
        self._body_bytes += len(part)
        if self._body_bytes > self._limits.body_bytes_max:
            self._refuse(_body_too_large(self._limits))

    def on_message_complete(self) -> None:
        """Deliver the request, unless only its head has been read so far."""
        if self._offer:
            return
        method, keeps_alive = self._parser.get_method().decode(), self._parser.should_keep_alive()
        manner = _USUAL
        if not keeps_alive or method == "HEAD" or self._version != "1.1":
            manner = Manner(method != "HEAD", keeps_alive, self._version == "1.0")
        path, query = self._split_target()
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        self.phase, self.expects_continue, self.is_over = Phase.BETWEEN, False, not keeps_alive
        request = Request(method, path, query, self._headers, body, self._is_websocket)
        self._deliver(request, manner)

    # What is refused.

    def _refuse(self, refusal: WireError) -> None:
        self._refusal = refusal
        raise refusal

    def _checked_headers(self) -> HeaderList:
        limits, given = self._limits, self._given
        if len(given) > limits.headers_max:
            self._refuse(TooLarge(f"more than {limits.headers_max} headers"))
        headers = tuple(given)
        size, hosts_named = len(self._target), 0
        for name, value in headers:
            size += len(name) + len(value)
            if name in _CHECKED:
                hosts_named += name == b"host"
                self._check(name, value)
        if size > limits.head_bytes_max:
            self._refuse(_head_too_large(limits))
        self._check_line(hosts_named)
        return headers

    def _check(self, name: bytes, value: bytes) -> None:
        if name == b"host":
            if self._hosts is not None and _name_of(value) not in self._hosts:
                self._refuse(NotARequest(_OTHER_HOST))
        elif name == b"content-length":
            if int(value) > self._limits.body_bytes_max:
                self._refuse(_body_too_large(self._limits))
        elif name == b"expect":
            self.expects_continue = value.lower() == b"100-continue"
        elif value.lower() != b"chunked":
            self._refuse(NotARequest("Transfer-Encoding other than chunked is not understood"))

    def _check_line(self, hosts_named: int) -> None:
        if self._version not in _VERSIONS:
            self._refuse(NotARequest(f"HTTP {self._version} is not spoken here"))
        if hosts_named != 1:
            if hosts_named > 1 or self._version != "1.0":
                self._refuse(NotARequest("a request has one Host header"))
            if self._hosts is not None:
                self._refuse(NotARequest(_OTHER_HOST))
        if self._parser.get_method() == b"CONNECT":
            self._refuse(NotARequest("this is no proxy"))

    def _split_target(self) -> tuple[bytes, bytes]:
        target = self._target
        if target[:1] == b"/" and b"#" not in target:
            path, _, query = target.partition(b"?")
            return path, query
        try:
            parsed = parse_url(target)
        except HttpParserInvalidURLError:
            return target, b""
        return parsed.path or b"/", parsed.query or b""

    def _offers_websocket(self) -> bool:
        # A request with a body is no offer.
        named = dict(self._headers)
        return (
            self._parser.get_method() == b"GET"
            and self._version == "1.1"
            and named.get(b"upgrade", b"").lower() == b"websocket"
            and b"transfer-encoding" not in named
            and int(named.get(b"content-length", 0)) == 0
        )

    def _head_without_offer(self) -> bytes:
        method, version = self._parser.get_method(), self._version.encode()
        kept = [b"%b: %b\r\n" % header for header in self._headers if header[0] != b"upgrade"]
        return b"%b / HTTP/%b\r\n%b\r\n" % (method, version, b"".join(kept))


_CHECKED = frozenset({b"host", b"transfer-encoding", b"content-length", b"expect"})


def _head_too_large(limits: Limits) -> TooLarge:
    return TooLarge(f"request target and headers exceed {limits.head_bytes_max} bytes")


def _body_too_large(limits: Limits) -> TooLarge:
    return TooLarge(f"body exceeds {limits.body_bytes_max} bytes")


def _name_of(host: bytes) -> bytes:
    # The name without its port; an IPv6 address keeps its brackets.
    name, colon, port = host.rpartition(b":")
    return (name if colon and b"]" not in port else host).lower()
