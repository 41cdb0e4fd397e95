"""Signing to the letter: every documented vector, step by step, and every way to fail."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from countermand.venues.coinbase_intx.auth import SIGN, TIMESTAMP, IntxAuth, canonical
from countermand.venues.coinbase_intx.credential import IntxCredential
from countermand.venues.coinbase_intx.settings import IntxSettings
from countermand.vocabulary.reports import AccountReport
from countermand.wire import crypto, times
from countermand.wire.credential import Credential
from countermand.wire.errors import Unauthorized
from countermand.wire.http import Request
from countermand.wire.operation import Access

HOLDING = json.loads((Path(__file__).parent / "vectors" / "signing.json").read_text())
VECTORS: list[dict[str, Any]] = HOLDING["vectors"]
NAMES = [vector["name"] for vector in VECTORS]
AUTH = IntxAuth()
STRICT = IntxSettings()


class OneKey:
    """A key ring with one key."""

    def __init__(self, credential: Credential) -> None:
        self.credential = credential

    def find(self, key: str) -> Credential | None:
        """Return it, if that is what it is called."""
        return self.credential if key == self.credential.key else None


def request_of(vector: dict[str, Any]) -> Request:
    """Return a vector's request as received."""
    it = vector["request"]
    headers = tuple((name.lower().encode(), text.encode()) for name, text in it["headers"].items())
    return Request(
        it["method"], it["path"].encode(), it["query"].encode(), headers, it["body"].encode()
    )


def credential_of(vector: dict[str, Any]) -> IntxCredential:
    """Return a vector's key."""
    headers = vector["request"]["headers"]
    return AUTH.credential(
        "alice",
        {
            "key": headers["CB-ACCESS-KEY"],
            "passphrase": headers["CB-ACCESS-PASSPHRASE"],
            "secret": vector["secret"],
        },
    )


def stamped_ns(vector: dict[str, Any]) -> int:
    """Return when a vector was signed."""
    return int(vector["request"]["headers"]["CB-ACCESS-TIMESTAMP"]) * times.S


def verify(request: Request, now_ns: int, settings: IntxSettings = STRICT) -> str:
    """Return whose request it is, for the key of the first vector."""
    return AUTH.verify(request, OneKey(credential_of(VECTORS[0])), settings, now_ns).owner


def signed(**changes: Any) -> Request:
    """Return a request signed by the key of the first vector, at its time."""
    terms = {"method": "DELETE", "path": b"/api/v1/orders/a%20b", "query": b"", "body": b""}
    request = Request(**{**terms, **changes})
    return AUTH.sign(request, credential_of(VECTORS[0]), stamped_ns(VECTORS[0]))


NOW_NS = stamped_ns(VECTORS[0])


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_string_to_sign(vector: dict[str, Any]) -> None:
    """Stamp, method, path and body; never the query."""
    request = request_of(vector)
    stamp = request.header(TIMESTAMP)
    assert stamp is not None

    assert vector["string_to_sign"].encode() == canonical(request, stamp, request.path)


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_signature(vector: dict[str, Any]) -> None:
    """Ours is the document's exactly when the document's is right."""
    bare = Request(*(getattr(request_of(vector), n) for n in ("method", "path", "query")))
    request = Request(bare.method, bare.path, bare.query, (), request_of(vector).body)
    ours = AUTH.sign(request, credential_of(vector), stamped_ns(vector)).header(SIGN)

    assert (vector["signature"].encode() == ours) is vector["accepted"]


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_verdict(vector: dict[str, Any]) -> None:
    """Whole requests, as received."""
    keys, now_ns = OneKey(credential_of(vector)), stamped_ns(vector)
    if vector["accepted"]:
        assert AUTH.verify(request_of(vector), keys, STRICT, now_ns).owner == "alice"
    else:
        with pytest.raises(Unauthorized, match="invalid signature"):
            AUTH.verify(request_of(vector), keys, STRICT, now_ns)


def test_websocket_vector_is_the_same_primitive() -> None:
    """The WebSocket's signature is the REST primitive over another text."""
    vector = HOLDING["websocket"]
    secret = AUTH.credential(
        "a", {"key": "k", "passphrase": "p", "secret": vector["secret"]}
    ).secret
    message = vector["string_to_sign"].encode()

    assert vector["signature"].encode() == crypto.hmac_sha256_base64(secret, message)


def test_undecoded_secret_is_accepted_only_when_switched_on() -> None:
    """The TypeScript SDK's habit."""
    vector = next(v for v in VECTORS if not v["accepted"])
    lenient = IntxSettings(accept_undecoded_secret=True)

    assert verify(request_of(vector), NOW_NS, lenient) == "alice"


def test_query_is_not_signed() -> None:
    """The venue's protocol; a replayed cancel-all may bear another side."""
    request = signed(query=b"side=BUY")
    altered = Request(request.method, request.path, b"side=SELL", request.headers)

    assert verify(altered, NOW_NS) == "alice"


def test_decoded_path_may_be_what_was_signed() -> None:
    """Which form is signed is not documented; the raw one is tried first."""
    decoded = signed(path=b"/api/v1/orders/a b")
    request = Request("DELETE", b"/api/v1/orders/a%20b", b"", decoded.headers)

    assert verify(signed(), NOW_NS) == "alice"
    assert verify(request, NOW_NS) == "alice"


@pytest.mark.parametrize("seconds", [-30, -1, 0, 30])
def test_window_is_inclusive(seconds: int) -> None:
    """A stamp half a minute old or early passes, at any fraction of a second."""
    assert verify(signed(), NOW_NS + seconds * times.S + 999_999_999) == "alice"


@pytest.mark.parametrize("seconds", [-31, 31])
def test_window_ends(seconds: int) -> None:
    """A second later it is too late; with a wider window it is not."""
    with pytest.raises(Unauthorized, match="timestamp expired"):
        verify(signed(), NOW_NS + seconds * times.S)
    assert verify(signed(), NOW_NS + seconds * times.S, IntxSettings(window_s=31)) == "alice"


@pytest.mark.parametrize(
    ("header", "value", "text"),
    [
        (b"cb-access-key", b"", "missing CB-ACCESS-KEY"),
        (b"cb-access-passphrase", b"", "missing CB-ACCESS-PASSPHRASE"),
        (b"cb-access-timestamp", b"", "missing CB-ACCESS-TIMESTAMP"),
        (b"cb-access-sign", b"", "missing CB-ACCESS-SIGN"),
        (b"cb-access-key", b"other", "invalid api key"),
        (b"cb-access-key", b"\xff\xfe", "invalid api key"),
        (b"cb-access-passphrase", b"other", "invalid passphrase"),
        (b"cb-access-passphrase", b"\xff", "invalid passphrase"),
        (b"cb-access-timestamp", b"now", "invalid timestamp"),
        (b"cb-access-timestamp", b"1700000000.5", "invalid timestamp"),
        (b"cb-access-timestamp", b"1600000000", "timestamp expired"),
        (b"cb-access-sign", b"AAAA", "invalid signature"),
        (b"cb-access-sign", b"\xff", "invalid signature"),
    ],
)
def test_refusals_say_what_is_wrong(header: bytes, value: bytes, text: str) -> None:
    """The text names the field at fault, and nothing of the right value."""
    request = signed()
    headers = tuple((n, value if n == header else v) for n, v in request.headers)
    with pytest.raises(Unauthorized, match=text):
        verify(Request(request.method, request.path, b"", headers), NOW_NS)


def test_decimal_stamps_are_accepted_only_when_switched_on() -> None:
    """The npm client's habit; the stamp is signed as sent."""
    lenient, stamp = IntxSettings(accept_decimal_timestamps=True), b"1700000000.463"
    request = Request("GET", b"/api/v1/portfolios")
    signature = crypto.hmac_sha256_base64(
        credential_of(VECTORS[0]).secret, canonical(request, stamp, request.path)
    )
    bare = request.with_headers(
        (b"cb-access-key", b"test-key"),
        (b"cb-access-passphrase", b"test-pass"),
        (TIMESTAMP, stamp),
        (SIGN, signature),
    )

    assert verify(bare, NOW_NS, lenient) == "alice"
    with pytest.raises(Unauthorized, match="invalid timestamp"):
        verify(bare, NOW_NS)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "key"),
        ({"key": "k"}, "passphrase"),
        ({"key": "k", "passphrase": "p"}, "secret"),
        ({"key": "k", "passphrase": "p", "secret": "not base64!"}, "secret"),
        ({"key": "k", "passphrase": "p", "secret": "eA==", "access": ["fly"]}, "access"),
        ({"key": "k", "passphrase": "p", "secret": "eA==", "access": 3}, "access"),
        ({"key": "k", "passphrase": "p", "secret": "eA==", "color": "red"}, "color"),
        ({"key": "ü", "passphrase": "p", "secret": "eA=="}, "key"),
    ],
)
def test_key_of_a_world_that_cannot_be(fields: dict[str, Any], text: str) -> None:
    """The field at fault is named."""
    with pytest.raises(ValueError, match=f"^{text}"):
        AUTH.credential("alice", fields)


def test_credentials_of_a_user() -> None:
    """The ready line has all that the venue's own SDK needs, and the portfolio."""
    credential = AUTH.credential(
        "a", {"key": "k", "passphrase": "p", "secret": "eA==", "access": ["view"]}
    )
    accounts = [
        AccountReport(7, "v", "a", "one", False),  # type: ignore[arg-type]
        AccountReport(8, "v", "a", "two", True),  # type: ignore[arg-type]
    ]
    told = AUTH.publish(credential, accounts)

    assert credential.access == (Access.VIEW,)
    assert (told["access_key"], told["passphrase"], told["signing_key"]) == ("k", "p", "eA==")
    assert (
        told["portfolio_uuid"]
        == told["portfolios"]["two"]
        == "00000000-0000-8002-8000-000000000008"
    )
    assert AUTH.publish(credential, [])["portfolio_uuid"] is None
