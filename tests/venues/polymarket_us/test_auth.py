"""Authentication: the published vectors, the window, and everything that is not proven."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.venues.polymarket_us.counter import Counter
from tests.venues.polymarket_us.floor import GAME, NAME

from countermand.venues import VENUES
from countermand.venues.polymarket_us.auth import canonical
from countermand.wire import times
from countermand.wire.http import Request

VECTORS = json.loads((Path(__file__).parent / "vectors/signing.json").read_text())
AUTH = VENUES[NAME].auth


@pytest.mark.parametrize("form", ["secret_32", "secret_64"])
@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["path"])
def test_vectors(case: dict[str, str], form: str) -> None:
    """Both forms of the secret sign as both official SDKs do; the query is not signed."""
    fields = {"key_id": VECTORS["key_id"], "secret_key": VECTORS[form]}
    credential = AUTH.credential("alice", fields)
    path, query = case["path"].encode(), case["query"].encode()
    request = Request(case["method"], path, query, (), b'{"not":"signed"}')
    signed = AUTH.sign(request, credential, int(VECTORS["timestamp"]) * times.MS)

    text = f"{VECTORS['timestamp']}{case['method']}{case['path']}"
    assert text.encode() == canonical(request, VECTORS["timestamp"].encode())
    assert (
        (b"x-pm-access-key", VECTORS["key_id"].encode()),
        (b"x-pm-timestamp", VECTORS["timestamp"].encode()),
        (b"x-pm-signature", case["signature"].encode()),
    ) == signed.headers


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"key_id": "alice"}, "key_id: must be a UUID"),
        ({"key_id": ""}, "key_id: must be ASCII text"),
        ({"secret_key": None}, "secret_key: must be ASCII text"),
        ({"secret_key": VECTORS["secret_32"].rstrip("=")}, "secret_key: must be base64"),
        ({"secret_key": "AAAA"}, "secret_key: must be 32 or 64 bytes"),
        ({"access": ["look"]}, "access: must be a list of view and trade"),
        ({"access": 5}, "access: must be a list of view and trade"),
        ({"passphrase": "x"}, "passphrase: not a field of a key"),
    ],
)
def test_a_key_that_cannot_be(changes: dict[str, Any], text: str) -> None:
    """The field at fault is named."""
    fields = {"key_id": VECTORS["key_id"], "secret_key": VECTORS["secret_32"]} | changes
    with pytest.raises(ValueError, match=text):
        AUTH.credential("alice", fields)


class Sender:
    """Alice, about to cancel an order of hers."""

    def __init__(self) -> None:
        self.counter = Counter()
        self.order_id = self.counter.place("alice", "BUY_LONG", "0.40", 10)
        path = f"/v1/order/{self.order_id}/cancel".encode()
        body = json.dumps({"marketSlug": GAME}).encode()
        self.request = Request("POST", path, b"", (), body)

    def signed(self, off_ns: int = 0) -> Request:
        """Return the cancel, stamped so much after now."""
        desk = self.counter.desk
        return AUTH.sign(self.request, desk.credential(), desk.clock.now_ns() + off_ns)

    def send(self, request: Request) -> tuple[int, Any]:
        """Return the status and the body of an answer."""
        response = self.counter.desk.answer(request)
        return response.status, msgspec.json.decode(response.body)

    def is_open(self) -> bool:
        """Return whether the order still works."""
        return self.counter.state(self.order_id) == "NEW"


@pytest.fixture
def sender() -> Sender:
    """Alice with an order."""
    return Sender()


def refused(text: str) -> tuple[int, Any]:
    """Return a 401."""
    return 401, {"code": 16, "message": text, "details": []}


@pytest.mark.parametrize("off_ns", [-29_900 * times.MS, 29_900 * times.MS, -30 * times.S])
def test_inside_the_window(sender: Sender, off_ns: int) -> None:
    """29.9 seconds off is accepted, early and late, and so is the window's edge."""
    assert (200, {}) == sender.send(sender.signed(off_ns))


@pytest.mark.parametrize("off_ns", [-30_001 * times.MS, 30_001 * times.MS])
def test_outside_the_window(sender: Sender, off_ns: int) -> None:
    """30.001 seconds off is refused, early and late, and changes nothing."""
    expected = refused("timestamp outside the allowed window")
    assert expected == sender.send(sender.signed(off_ns))
    assert sender.is_open()


def flips(data: bytes) -> list[bytes]:
    """Return every text that differs in one bit."""
    return [
        data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]
        for at in range(len(data))
        for bit in range(8)
    ]


def test_one_flipped_bit(sender: Sender) -> None:
    """Anywhere in key id, timestamp, signature, method or path: 401, and nothing changes."""
    signed = sender.signed()
    forged = [
        *(msgspec.structs.replace(signed, path=path) for path in flips(signed.path)),
        *(
            msgspec.structs.replace(signed, method=method.decode("latin-1"))
            for method in flips(signed.method.encode())
        ),
        *(
            msgspec.structs.replace(
                signed, headers=(*signed.headers[:at], (name, text), *signed.headers[at + 1 :])
            )
            for at, (name, value) in enumerate(signed.headers)
            for text in flips(value)
        ),
    ]
    assert len(forged) > 1000
    for request in forged:
        status, answer = sender.send(request)
        assert (401, 16) == (status, answer["code"])
    assert sender.is_open()
    assert (200, {}) == sender.send(signed)


def test_the_body_and_the_query_are_not_signed(sender: Sender) -> None:
    """That is the venue's protocol; a request can be sent again within the window, too."""
    other = b'{"marketSlug":"no-such-market"}'
    changed = msgspec.structs.replace(sender.signed(), body=other, query=b"a=b")

    assert sender.send(changed)[0] == 404
    assert (200, {}) == sender.send(sender.signed())
    assert sender.send(sender.signed())[0] == 400


@pytest.mark.parametrize("name", [b"x-pm-access-key", b"x-pm-timestamp", b"x-pm-signature"])
@pytest.mark.parametrize("value", [None, b""])
def test_missing_header(sender: Sender, name: bytes, value: bytes | None) -> None:
    """Each of the three is needed."""
    signed = sender.signed()
    rest = tuple(h for h in signed.headers if h[0] != name)
    headers = rest if value is None else (*rest, (name, value))
    request = msgspec.structs.replace(signed, headers=headers)

    assert refused("missing authentication headers") == sender.send(request)


@pytest.mark.parametrize("stamp", [b"x", b"1.8e12", b"-1", b"+1800000000000", b"9" * 17])
def test_stamp_that_is_none(sender: Sender, stamp: bytes) -> None:
    """Decimal digits, and no more of them than milliseconds can have."""
    headers = tuple(
        (name, stamp if name == b"x-pm-timestamp" else value)
        for name, value in sender.signed().headers
    )
    request = msgspec.structs.replace(sender.request, headers=headers)

    assert refused("invalid timestamp") == sender.send(request)


@pytest.mark.parametrize("signature", [b"x", b"AAAA", b"=", b"A" * 88, b"\xff"])
def test_signature_that_is_none(sender: Sender, signature: bytes) -> None:
    """Padded base64 of 64 bytes."""
    headers = (*sender.signed().headers[:2], (b"x-pm-signature", signature))
    request = msgspec.structs.replace(sender.request, headers=headers)

    assert refused("invalid signature") == sender.send(request)


def test_unknown_key(sender: Sender) -> None:
    """The one text that is known of the venue."""
    stranger = AUTH.credential(
        "alice", {"key_id": VECTORS["key_id"], "secret_key": VECTORS["secret_32"]}
    )
    now_ns = sender.counter.desk.clock.now_ns()
    request = AUTH.sign(sender.request, stranger, now_ns)

    assert refused("API key not found") == sender.send(request)


def test_the_key_of_another(sender: Sender) -> None:
    """A signature is good for its own key only."""
    bob, now_ns = sender.counter.desk.credential("bob"), sender.counter.desk.clock.now_ns()
    headers = (sender.signed().headers[0], *AUTH.sign(sender.request, bob, now_ns).headers[1:])
    request = msgspec.structs.replace(sender.request, headers=headers)

    assert refused("invalid signature") == sender.send(request)
    assert sender.is_open()


def test_prefix_of_a_path(sender: Sender) -> None:
    """The SDKs do not sign a prefix, and the server does not know one: a proxy takes it off."""
    signed = sender.signed()
    prefixed = msgspec.structs.replace(signed, path=b"/venue" + signed.path)

    assert refused("invalid signature") == sender.send(prefixed)
    assert (200, {}) == sender.send(signed)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/orders", 401, 16),
        ("/v1/order/x/y/z", 401, 16),
        ("/v1/portfolio/nothing", 401, 16),
        ("/v1/account", 401, 16),
        ("/v1/nowhere", 404, 5),
        ("/v1/markets/a/b/c", 404, 5),
        ("/orders", 404, 5),
        ("/", 404, 5),
    ],
)
def test_signature_comes_before_the_path(sender: Sender, path: str, status: int, code: int) -> None:
    """Unsigned, each path of the account's host is a 401, and other paths are a 404."""
    for body in (b"", b"{"):
        told, answer = sender.send(Request("POST", path.encode(), b"", (), body))
        assert (status, code) == (told, answer["code"])


def test_key_without_permission(sender: Sender) -> None:
    """403 with code 7, and nothing happens."""
    looker = sender.counter.desk.credential("alice", 1)
    status, answer = sender.counter.desk.send(sender.request, looker)

    assert (403, 7) == (status, answer["code"])
    assert sender.is_open()


def test_too_many_requests() -> None:
    """The edge answers in its own shape; the venue's limit is the default."""
    assert VENUES[NAME].settings().rate_limit_per_s == 20
    sender = Sender()
    sender.counter.limit(1)

    assert (200, {}) == sender.send(sender.signed())
    assert (429, {"status": 429, "message": "Too Many Requests"}) == sender.send(sender.signed())


def test_correlation_id_is_repeated(sender: Sender) -> None:
    """A correlation id that was sent comes back with answers and with refusals."""
    given = (b"poly-correlation-id", b"6f1d0f0e-0000-4000-8000-000000000000")
    for request in (sender.signed(), sender.request):
        response = sender.counter.desk.answer(request.with_headers(given))
        assert given in response.headers
    assert () == sender.counter.desk.answer(sender.request).headers


def test_published_key_is_all_an_sdk_needs() -> None:
    """The key has the field names of the official SDK."""
    fields = {"key_id": VECTORS["key_id"], "secret_key": VECTORS["secret_64"], "access": ["view"]}

    assert fields == AUTH.publish(AUTH.credential("alice", fields), ())
