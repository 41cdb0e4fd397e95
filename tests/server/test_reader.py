"""
The reader: the same requests however the bytes are cut, and nothing that HTTP does not allow.
"""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from countermand.server.limits import Limits
from countermand.server.reader import Manner, Phase, RequestReader
from countermand.wire.errors import NotARequest, TooLarge, WireError
from countermand.wire.http import Request

LIMITS = Limits(head_bytes_max=400, headers_max=10, body_bytes_max=100)

GET = b"GET /orders?limit=5 HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /orders HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\n{bo:dy}"
CHUNKED = (
    b"POST /orders HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"4\r\n{bo:\r\n3;why=not\r\ndy}\r\n0\r\nX-Key: in a trailer\r\n\r\n"
)
# What Java's HttpClient offers with every request until it is told that HTTP/2 is spoken.
H2C = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAAB\r\n"
OFFERED_POST = POST.replace(b"Content", H2C + b"Content")
OFFERED_CHUNKED = CHUNKED.replace(b"Transfer", H2C + b"Transfer")
OFFERED_GET = GET.replace(b"\r\n\r\n", b"\r\n" + H2C + b"\r\n")
WEBSOCKET = GET.replace(
    b"\r\n\r\n", b"\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: a\r\n\r\n"
)
SMUGGLED = OFFERED_POST.replace(b"Content-Length: 7", b"Content-Length: %d" % len(GET)).replace(
    b"{bo:dy}", GET
)
VALID = {
    "get": GET,
    "post": POST,
    "chunked": CHUNKED,
    "offer with a body": OFFERED_POST,
    "offer with chunks": OFFERED_CHUNKED,
    "offer without a body": OFFERED_GET,
    "websocket": WEBSOCKET,
    "a body that looks like a request": SMUGGLED,
}


def read(*pieces: bytes, hosts: frozenset[bytes] | None = None) -> list[tuple[Request, Manner]]:
    """Return what a new reader delivers for some bytes; no offer of a WebSocket is taken."""
    read: list[tuple[Request, Manner]] = []
    reader = RequestReader(LIMITS, hosts, lambda request, manner: read.append((request, manner)))
    for piece in pieces:
        reader.feed(piece)
        while reader.held:
            reader.feed(reader.release())
    return read


def refusal(*pieces: bytes, hosts: frozenset[bytes] | None = None) -> WireError:
    """How a new reader refuses the pieces."""
    with pytest.raises(WireError) as caught:
        read(*pieces, hosts=hosts)
    return caught.value


def test_a_request_is_its_bytes() -> None:
    """Method, raw target, lower-case header names, and the body as sent."""
    [(request, manner)] = read(POST)

    headers = ((b"host", b"x"), (b"content-length", b"7"))
    assert Request("POST", b"/orders", b"", headers, b"{bo:dy}") == request
    assert Manner(has_body=True, keeps_alive=True, is_old=False) == manner


@pytest.mark.parametrize("data", VALID.values(), ids=VALID.keys())
def test_every_split_reads_the_same(data: bytes) -> None:
    """Cut in two anywhere, or into single bytes, two requests in a row stay what they are."""
    both = data + POST
    whole = read(both)

    assert 2 == len(whole)
    assert read(POST)[0] == whole[1]
    for at in range(1, len(both)):
        assert whole == read(both[:at], both[at:]), both[:at]
    assert whole == read(*[both[at : at + 1] for at in range(len(both))])


@pytest.mark.parametrize(
    ("offered", "plain"),
    [(OFFERED_POST, POST), (OFFERED_CHUNKED, CHUNKED), (OFFERED_GET, GET)],
    ids=["length", "chunked", "no body"],
)
def test_an_offer_changes_nothing(offered: bytes, plain: bytes) -> None:
    """An offer to change protocols is passed over, and the body is the request's."""
    [(request, manner)] = read(offered)
    [(expected, usual)] = read(plain)

    assert (expected.body, expected.path) == (request.body, request.path)
    assert set(expected.headers) < set(request.headers)
    assert usual == manner


def test_offers_in_a_row_need_no_depth() -> None:
    """Thousands of offers in one piece are read one after another."""
    assert 3000 == len(read(OFFERED_GET * 3000))


def test_nothing_is_read_behind_the_offer_of_a_websocket() -> None:
    """The meaning of the next bytes depends on the answer; they are kept as they came."""
    read: list[Request] = []
    reader = RequestReader(LIMITS, None, lambda request, _: read.append(request))
    reader.feed(GET + WEBSOCKET + b"\x81")
    reader.feed(b"\x80 no request")
    [_, offer] = read

    assert (True, b"\x81\x80 no request") == (offer.offers_websocket, reader.release())


@pytest.mark.parametrize(
    "data",
    [
        OFFERED_GET,
        WEBSOCKET.replace(b"GET", b"POST"),
        WEBSOCKET.replace(b"Upgrade\r\n", b"keep-alive\r\n"),
        WEBSOCKET.replace(b"HTTP/1.1", b"HTTP/1.0").replace(b" Upgrade", b" keep-alive, Upgrade"),
        WEBSOCKET.replace(b"Host: x", b"Host: x\r\nContent-Length: 1") + b"x",
        WEBSOCKET.replace(b"Host: x", b"Host: x\r\nTransfer-Encoding: chunked") + b"0\r\n\r\n",
    ],
    ids=["h2c", "post", "no upgrade", "HTTP/1.0", "body", "chunks"],
)
def test_incomplete_offer_of_a_websocket(data: bytes) -> None:
    """The request is read like any other, and so is the next one."""
    read: list[Request] = []
    reader = RequestReader(LIMITS, None, lambda request, _: read.append(request))
    reader.feed(data + GET)

    assert [False, False] == [request.offers_websocket for request in read]


def test_a_trailer_is_no_header() -> None:
    """A field after the body cannot be a credential."""
    [(request, _)] = read(CHUNKED)

    assert None is request.header(b"x-key")


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        (b"/a?b?c", b"/a", b"b?c"),
        (b"/a%2Fb#c?d", b"/a%2Fb", b""),
        (b"http://x/a?b", b"/a", b"b"),
        (b"*", b"*", b""),
    ],
)
def test_targets(target: bytes, path: bytes, query: bytes) -> None:
    """Path and query are raw; a target may name its host; a fragment is dropped."""
    [(request, _)] = read(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n\r\n")

    assert (path, query) == (request.path, request.query)


@pytest.mark.parametrize(
    ("line", "header", "manner"),
    [
        (b"GET / HTTP/1.1", b"", Manner()),
        (b"HEAD / HTTP/1.1", b"", Manner(has_body=False)),
        (b"GET / HTTP/1.1", b"Connection: close\r\n", Manner(keeps_alive=False)),
        (b"GET / HTTP/1.0", b"", Manner(keeps_alive=False, is_old=True)),
        (b"GET / HTTP/1.0", b"Connection: keep-alive\r\n", Manner(is_old=True)),
    ],
)
def test_how_an_answer_is_to_be_sent(line: bytes, header: bytes, manner: Manner) -> None:
    """HEAD has no body, and each version has its own way to keep a connection."""
    [(_, told)] = read(line + b"\r\nHost: x\r\n" + header + b"\r\n")

    assert manner == told


HOSTILE = {
    "no host": (b"GET / HTTP/1.1\r\n\r\n", NotARequest, "one Host"),
    "two hosts": (b"GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", NotARequest, "one Host"),
    "gzip, chunked": (
        CHUNKED.replace(b" chunked", b" gzip, chunked"), NotARequest, "Transfer-Encoding",
    ),
    "gzip": (CHUNKED.replace(b" chunked", b" gzip"), NotARequest, "Transfer-Encoding"),
    "length and chunks": (
        CHUNKED.replace(b"Transfer", b"Content-Length: 7\r\nTransfer"), NotARequest, "",
    ),
    "chunks and length": (
        CHUNKED.replace(b"chunked\r\n", b"chunked\r\nContent-Length: 7\r\n"), NotARequest, "",
    ),
    "two lengths": (POST.replace(b"Cont", b"Content-Length: 8\r\nCont"), NotARequest, ""),
    "the same length twice": (POST.replace(b"Cont", b"Content-Length: 7\r\nCont"), NotARequest, ""),
    "a list of lengths": (POST.replace(b": 7", b": 7, 7"), NotARequest, ""),
    "a negative length": (POST.replace(b": 7", b": -7"), NotARequest, ""),
    "a large length": (POST.replace(b": 7", b": 101"), TooLarge, "body exceeds 100"),
    "a huge length": (POST.replace(b": 7", b": " + b"9" * 30), NotARequest, ""),
    "a chunk too large": (
        CHUNKED.replace(b"4\r\n{bo:", b"70\r\n" + b"x" * 0x70), TooLarge, "body exceeds 100",
    ),
    "chunks without end": (
        CHUNKED.replace(b"0\r\nX", b"1\r\nx\r\n" * 100 + b"0\r\nX"), TooLarge, "body exceeds 100",
    ),
    "a long target": (GET.replace(b"orders", b"o" * 400), TooLarge, "exceed 400"),
    "a long header": (GET.replace(b": x", b": " + b"x" * 400), TooLarge, "exceed 400"),
    "many headers": (GET.replace(b"\r\n\r\n", b"\r\na: b" * 10 + b"\r\n\r\n"), TooLarge, "10 head"),
    "a folded header": (GET.replace(b"\r\n\r\n", b"\r\na: b\r\n c\r\n\r\n"), NotARequest, ""),
    "a space before the colon": (POST.replace(b"th:", b"th :"), NotARequest, ""),
    "a bare line feed": (GET.replace(b"\r\n", b"\n"), NotARequest, ""),
    "a zero byte": (GET.replace(b": x", b": x\0"), NotARequest, ""),
    "no method": (b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", NotARequest, "method"),
    "a proxy's method": (b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", NotARequest, "proxy"),
    "HTTP/0.9": (b"GET /\r\n\r\n", NotARequest, "0.9"),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", NotARequest, ""),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", NotARequest, ""),
}  # fmt: skip


@pytest.mark.parametrize(("data", "kind", "text"), HOSTILE.values(), ids=HOSTILE.keys())
def test_refusals(data: bytes, kind: type[WireError], text: str) -> None:
    """The same at every split; requests before it are delivered, bytes after it are not."""
    refused = refusal(data + POST)

    assert kind is type(refused)
    assert text in refused.text
    for at in range(1, len(data)):
        assert (kind, refused.text) == _kind_and_text(refusal(data[:at], data[at:]))
    read_before: list[Request] = []
    reader = RequestReader(LIMITS, None, lambda request, _: read_before.append(request))
    with pytest.raises(kind):
        reader.feed(GET + POST + data + POST)
    assert ["GET", "POST"] == [request.method for request in read_before]


def _kind_and_text(refused: WireError) -> tuple[type[WireError], str]:
    return type(refused), refused.text


@pytest.mark.parametrize(
    "part",
    [b"GET / HTTP/1.1\r\nX: ", CHUNKED[: CHUNKED.index(b"in a trailer")], CHUNKED[:-30]],
    ids=["head", "trailer", "chunk extension"],
)
def test_nothing_is_kept_without_end(part: bytes) -> None:
    """Each incomplete part of a request is bounded."""
    pieces = [part, *[b"x" * 50] * 100]

    assert isinstance(refusal(*pieces), NotARequest | TooLarge)


@pytest.mark.parametrize(
    ("host", "is_taken"),
    [
        (b"localhost", True), (b"LOCALHOST:8100", True), (b"[::1]:8100", True), (b"[::1]", True),
        (b"evil.example", False), (b"evil.example:8100", False), (b"", False),
        (b"localhost.evil.example", False),
    ],
)  # fmt: skip
def test_hosts(host: bytes, is_taken: bool) -> None:
    """With hosts listed, a request for another host name is refused (DNS rebinding)."""
    hosts, data = frozenset({b"localhost", b"[::1]"}), GET.replace(b"Host: x", b"Host: " + host)

    if is_taken:
        assert 1 == len(read(data, hosts=hosts))
    else:
        assert NotARequest is type(refusal(data, hosts=hosts))


def test_no_host_is_not_a_listed_one() -> None:
    """HTTP/1.0 may leave the host out, and then it is not listed."""
    assert NotARequest is type(refusal(b"GET / HTTP/1.0\r\n\r\n", hosts=frozenset({b"x"})))


def test_nothing_is_read_after_the_last_request() -> None:
    """Bytes after a request with `Connection: close` are dropped."""
    last = POST.replace(b"Host", b"Connection: close\r\nHost")
    delivered: list[Request] = []
    reader = RequestReader(LIMITS, None, lambda request, _: delivered.append(request))
    reader.feed(last + GET)

    assert (1, True, Phase.BETWEEN) == (len(delivered), reader.is_over, reader.phase)


def test_a_client_waits_for_the_go_ahead_until_it_sends() -> None:
    """`Expect: 100-continue` is remembered until the body begins to come."""
    reader = RequestReader(LIMITS, None, lambda *_: None)
    head, body = POST.replace(b"Host", b"Expect: 100-Continue\r\nHost").split(b"{")
    reader.feed(head)
    waits = reader.expects_continue
    reader.feed(b"{")

    assert (True, False) == (waits, reader.expects_continue)
    reader.feed(body)
    assert Phase.BETWEEN is reader.phase


def test_mixed_requests_in_random_pieces() -> None:
    """Valid requests of every kind, cut at random places, are the same requests."""
    chance = Random(13)
    for _ in range(200):
        parts = chance.choices(list(VALID.values()), k=6)
        stream = b"".join(parts)
        cuts = [0, *sorted(chance.choices(range(len(stream)), k=chance.randrange(12))), len(stream)]
        pieces = [stream[start:end] for start, end in pairwise(cuts)]

        assert [read(part)[0] for part in parts] == read(*pieces)
