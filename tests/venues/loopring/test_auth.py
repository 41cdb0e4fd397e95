"""Who asks: every published request as it is received, and every way not to be believed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.venues.loopring.published import PRIVATE_KEYS, PUBLIC_KEYS, VECTORS, request_of

from countermand.venues.loopring.auth import KEY, SIGNATURE, LoopringAuth
from countermand.venues.loopring.credential import LoopringCredential
from countermand.venues.loopring.crypto import eddsa
from countermand.venues.loopring.errors import Code, Unproven
from countermand.venues.loopring.settings import LoopringSettings
from countermand.wire.credential import Credential
from countermand.wire.errors import InvalidField, Malformed
from countermand.wire.http import Request

AUTH = LoopringAuth()
SETTINGS = LoopringSettings()
ROWS: list[dict[str, Any]] = VECTORS["requests"]
NAMED = {row["name"]: row for row in ROWS}
ORDERS = [row for row in VECTORS["orders"] if row["name"] != "go-test-vector"]
NOW_NS = 1_800_000_000 * 10**9

API_KEY = "HlkcGxbqBeaF76j4rvPaOasyfPwnkQ6B6DQ6THZWbvrAGxzEdulXQvOKLrRWZLnN"


class Ring:
    """A key ring of some keys."""

    def __init__(self, *held: Credential) -> None:
        self.held = held

    def find(self, key: str) -> Credential | None:
        """Return the one that is called so."""
        return next((one for one in self.held if one.key == key), None)

    def __iter__(self) -> Iterator[Credential]:
        return iter(self.held)


def credential_of(name: str, account_id: int = 10010, **fields: Any) -> LoopringCredential:
    """Return an API key of the account that signs with one of the published keys."""
    terms = {"key": API_KEY, "account_id": account_id, "private_key": hex(PRIVATE_KEYS[name])}
    return AUTH.credential("alice", terms | fields)


def account_of(row: dict[str, Any]) -> int:
    """Return the account a row is about."""
    account_id: int = (row.get("params") or row.get("body") or row.get("order"))["accountId"]
    return account_id


def received(row: dict[str, Any], **headers: str) -> Request:
    """Return a row's request with its headers, sent to the host of its base URL."""
    texts = {"x_api_key": API_KEY, "x_api_sig": row["signature"]} | headers
    return request_of(row, urlsplit(row["baseUrl"]).netloc.encode()).with_headers(
        *((name.replace("_", "-").encode(), text.encode()) for name, text in texts.items())
    )


def verify(request: Request, *held: Credential, settings: LoopringSettings = SETTINGS) -> str:
    """Return whose request it is."""
    return AUTH.verify(request, Ring(*held), settings, NOW_NS).owner


def refused(code: Code, request: Request, *held: Credential) -> str:
    """Return the text of a refusal that bears this code."""
    with pytest.raises(Unproven) as caught:
        verify(request, *held)
    assert code is caught.value.code
    return caught.value.text


CANCEL = NAMED["cancel-by-hash"]
HOLDER = credential_of("vec1")


@pytest.mark.parametrize("row", ROWS, ids=NAMED)
def test_published_requests(row: dict[str, Any]) -> None:
    """Whatever client signed them, and however it encodes."""
    held = credential_of(row["key"], account_of(row))

    assert verify(received(row), held) == "alice"


@pytest.mark.parametrize("row", ROWS, ids=NAMED)
def test_published_requests_of_others(row: dict[str, Any]) -> None:
    """Signed by somebody else, they prove nothing."""
    held = credential_of("withdraw-test", account_of(row))

    assert refused(Code.WRONG_SIGNATURE, received(row), held)


@pytest.mark.parametrize("row", ROWS, ids=NAMED)
def test_signing_is_published(row: dict[str, Any]) -> None:
    """Ours is the signature of the documents, where a row is encoded as they have it."""
    held = credential_of(row["key"], base_url=row["baseUrl"])
    signed = AUTH.sign(request_of(row), held, NOW_NS)
    others = {"cancel-odd-id-npm-sdk", "cancel-odd-id-single-encoded"}

    assert (row["signature"].encode() == signed.header(SIGNATURE)) is (row["name"] not in others)
    assert signed.header(KEY) == API_KEY.encode()


@pytest.mark.parametrize("row", ORDERS, ids=lambda row: row["name"])
def test_published_orders(row: dict[str, Any]) -> None:
    """An order carries its signature in its body; ours is the published one."""
    held = credential_of(row["key"], account_of(row))
    request = Request("POST", b"/api/v3/order", b"", (), json.dumps(row["order"]).encode())
    signed = AUTH.sign(request, held, NOW_NS)

    assert row["order"] | {"eddsaSignature": row["signature"]} == json.loads(signed.body)
    assert signed.header(SIGNATURE) is None
    assert verify(signed, held) == "alice"


def order(**changes: Any) -> Request:
    """Return a published order as it is submitted, but for some fields."""
    row = next(row for row in ORDERS if row["name"] == "sell-lrc-eth")
    body = row["order"] | {"eddsaSignature": row["signature"]} | changes
    return Request(
        "POST", b"/api/v3/order", b"", ((KEY, API_KEY.encode()),), json.dumps(body).encode()
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"storageId": 102},
        {"maxFeeBips": 64},
        {"fillAmountBOrS": True},
        {"validUntil": 1900000001},
        {"taker": "0x506d67A6f22927a2DAa20a9510EA73D5E66Baf18"},
        {"sellToken": {"tokenId": 1, "volume": "500000000000000000001"}},
    ],
)
def test_an_altered_order_is_refused(changes: dict[str, Any]) -> None:
    """In anything its hash covers; the text says which hash the order has."""
    assert verify(order(clientOrderId="anything"), HOLDER) == "alice"
    assert "order's hash 0x" in refused(Code.WRONG_SIGNATURE, order(**changes), HOLDER)


def test_an_order_says_how_it_is_wrong() -> None:
    """Before its signature is looked at, whose it is and what it is."""
    assert refused(Code.UNSIGNED_ORDER, order(eddsaSignature=""), HOLDER)
    assert refused(Code.UNSIGNED_ORDER, order(eddsaSignature=7), HOLDER)
    assert refused(Code.WRONG_SIGNATURE, order(eddsaSignature="0x12"), HOLDER)
    assert refused(Code.WRONG_SIGNATURE, order(eddsaSignature="0x" + 192 * "\u0663"), HOLDER)
    assert refused(Code.OTHER_ACCOUNT, order(accountId=10011), HOLDER)
    with pytest.raises(InvalidField, match="validUntil"):
        verify(order(validUntil="soon"), HOLDER)
    with pytest.raises(Malformed, match="body"):
        verify(Request("POST", b"/api/v3/order", b"", order().headers, b"{"), HOLDER)


def test_the_order_of_refusals() -> None:
    """No key, unknown key, another account, no signature, a wrong one."""
    request = request_of(CANCEL, b"api3.loopring.io")
    keyed = request.with_headers((KEY, API_KEY.encode()))
    other = credential_of("vec1", 10011)

    assert "missing X-API-KEY" == refused(Code.NO_KEY, request, HOLDER)
    assert refused(Code.NO_KEY, request.with_headers((KEY, b"")), HOLDER)
    assert "invalid api key" == refused(Code.UNKNOWN_KEY, keyed)
    assert refused(Code.UNKNOWN_KEY, request.with_headers((KEY, b"\xff")), HOLDER)
    assert "invalid account id" == refused(Code.OTHER_ACCOUNT, keyed, other)
    assert "missing X-API-SIG" == refused(Code.NO_SIGNATURE, keyed, HOLDER)
    for text in (b"0x12", b"\xff", b"0x" + b"f" * 192, b"0x" + b"0" * 192):
        signed = keyed.with_headers((SIGNATURE, text))
        assert "invalid signature" in refused(Code.WRONG_SIGNATURE, signed, HOLDER)


def test_a_wrong_signature_is_told_what_was_wanted() -> None:
    """Nobody can find the difference otherwise; there is no secret in it."""
    row = NAMED["cancel-both"]
    request = received(row, x_api_sig=CANCEL["signature"])
    settings = LoopringSettings(public_base_url=row["baseUrl"])
    with pytest.raises(Unproven, match="it must be over ") as caught:
        verify(request, HOLDER, settings=settings)

    assert caught.value.text.endswith(row["signatureBase"])


@pytest.mark.parametrize(
    ("method", "path", "query", "body"),
    [
        ("POST", b"/api/v3/order", CANCEL["params"]["orderHash"].encode(), b""),
        ("DELETE", b"/api/v3/orders", None, b""),
        ("DELETE", b"/api/v3/order", b"accountId=10010", b""),
        ("DELETE", b"/api/v3/order", b"accountId=10010&orderHash=0x06", b""),
        ("DELETE", b"/api/v3/order", b"extra=1", b""),
        ("PUT", b"/api/v3/order", None, b"x"),
    ],
)
def test_an_altered_request_is_refused(
    method: str, path: bytes, query: bytes | None, body: bytes
) -> None:
    """Method, path, parameters."""
    it = received(CANCEL)
    asked = it.query if query is None else query
    if query == b"extra=1":
        asked = it.query + b"&extra=1"
    with pytest.raises((Unproven, Malformed)):
        verify(Request(method, path, asked, it.headers, body), HOLDER)


def test_an_altered_body_is_refused() -> None:
    """Where the body is what is signed."""
    row = NAMED["update-apikey"]
    it, held = received(row), credential_of(row["key"])

    assert verify(it, held) == "alice"
    for body in (b'{"accountId":10010,"x":1}', b'{"accountId":10010}x', it.body + it.body):
        forged = Request(it.method, it.path, it.query, it.headers, body)
        assert refused(Code.WRONG_SIGNATURE, forged, held)


def test_a_signature_is_for_where_it_was_sent() -> None:
    """By Host, in either scheme, or for the base URL the world says clients have."""
    row = NAMED["cancel-local-base"]
    there = Request(*(getattr(received(row), name) for name in ("method", "path", "query")))
    elsewhere = there.with_headers(
        (b"host", b"localhost:8104"),
        (KEY, API_KEY.encode()),
        (SIGNATURE, row["signature"].encode()),
    )

    assert verify(received(row), HOLDER) == "alice"
    assert refused(Code.WRONG_SIGNATURE, elsewhere, HOLDER)
    for public in ("http://127.0.0.1:18931", "http://127.0.0.1:18931/"):
        settings = LoopringSettings(public_base_url=public)
        assert verify(elsewhere, HOLDER, settings=settings) == "alice"


def test_a_signature_may_be_for_a_base_that_ends_in_a_slash() -> None:
    """The npm SDK signs two slashes then, and sends one."""
    held = credential_of("vec1", base_url="https://api3.loopring.io/")
    signed = AUTH.sign(request_of(CANCEL, b"api3.loopring.io"), held, NOW_NS)

    assert signed.header(SIGNATURE) != CANCEL["signature"].encode()
    assert verify(signed, HOLDER) == "alice"


def test_every_parameter_twice_is_once() -> None:
    """The sample client's habit."""
    it = received(CANCEL)
    doubled = Request(it.method, it.path, it.query + b"&" + it.query, it.headers)

    assert verify(doubled, HOLDER) == "alice"


def test_looking_takes_a_key_only() -> None:
    """Others' balances too; but one's own orders are nobody else's to see."""
    keyed = ((KEY, API_KEY.encode()),)

    for path in (b"/api/v3/storageId", b"/api/v3/user/balances", b"//api/v3/user/trades"):
        request = Request("GET", path, b"accountId=7")
        assert keyed == AUTH.sign(request, HOLDER, NOW_NS).headers
        assert verify(request.with_headers(*keyed), HOLDER) == "alice"
    for path in (b"/api/v3/order", b"/api/v3/orders", b"//api/v3/order"):
        assert verify(Request("GET", path, b"accountId=10010", keyed), HOLDER) == "alice"
        assert verify(Request("GET", path, b"accountId=x", keyed), HOLDER) == "alice"
        assert verify(Request("GET", path, b"", keyed), HOLDER) == "alice"
        assert refused(Code.OTHER_ACCOUNT, Request("GET", path, b"accountId=7", keyed), HOLDER)


def test_two_accounts_in_one_request_are_refused() -> None:
    """Whichever of them would be read."""
    keyed = ((KEY, API_KEY.encode()),)
    for query in (b"accountId=10010&accountId=7", b"accountId=7&accountId=10010"):
        assert refused(Code.OTHER_ACCOUNT, Request("GET", b"/api/v3/orders", query, keyed), HOLDER)


def test_account_zero_is_an_account() -> None:
    """Ids start somewhere."""
    held, keyed = credential_of("vec1", 0), ((KEY, API_KEY.encode()),)

    assert verify(Request("GET", b"/api/v3/orders", b"accountId=0", keyed), held) == "alice"
    assert refused(
        Code.OTHER_ACCOUNT, Request("GET", b"/api/v3/orders", b"accountId=1", keyed), held
    )


def test_the_api_key_is_asked_for_without_one() -> None:
    """By the account's signature; a key that is sent along, stale or empty, is not looked at."""
    row = NAMED["published-go-test"]
    held, other = credential_of("0x1234", 12345), credential_of("vec2", 10010, key="other")

    for key in (API_KEY, "stale", ""):
        request = received(row, x_api_key=key)
        assert verify(request, other, held) == "alice"
        assert refused(Code.OTHER_ACCOUNT, request, other) == "invalid account id"
    unsigned = request_of(row, b"api3.loopring.io")
    assert refused(Code.NO_SIGNATURE, unsigned, held)
    nobody = Request("GET", unsigned.path, b"", unsigned.headers)
    assert refused(Code.OTHER_ACCOUNT, nobody, held)


def test_in_process_there_is_no_host() -> None:
    """Both ends take the same one for granted."""
    signed = AUTH.sign(Request("DELETE", b"/api/v3/order", b"accountId=10010"), HOLDER, NOW_NS)

    assert verify(signed, HOLDER) == "alice"


def test_nothing_is_signed_without_the_private_key() -> None:
    """A server need not know it; whoever signs does."""
    key = PUBLIC_KEYS["vec1"]
    fields = {"key": API_KEY, "account_id": 10010}
    public = AUTH.credential(
        "alice", fields | {"public_key_x": hex(key.x), "public_key_y": f"{key.y:064x}"}
    )

    assert verify(received(CANCEL), public) == "alice"
    assert AUTH.publish(public, [])["privateKey"] is None
    with pytest.raises(ValueError, match="private_key"):
        AUTH.sign(request_of(CANCEL), public, NOW_NS)


X, Y = hex(PUBLIC_KEYS["vec1"].x), hex(PUBLIC_KEYS["vec1"].y)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"key": None}, "key"),
        ({"key": "with blank"}, "key"),
        ({"account_id": None}, "account_id"),
        ({"account_id": "7"}, "account_id"),
        ({"account_id": 2**32}, "account_id"),
        ({"account_id": True}, "account_id"),
        ({"private_key": "0"}, "private_key"),
        ({"private_key": 5}, "private_key"),
        ({"private_key": "0x_5"}, "private_key"),
        ({"private_key": f"{eddsa.L:x}"}, "private_key"),
        ({"private_key": "5", "public_key_x": X}, "private_key"),
        ({"private_key": ..., "public_key_x": X}, "public_key_y"),
        ({"private_key": ..., "public_key_y": Y}, "public_key_x"),
        ({"private_key": ..., "public_key_x": Y, "public_key_y": X}, "public_key_x"),
        ({"private_key": ...}, "public_key_x"),
        ({"access": ["fly"]}, "access"),
        ({"access": 3}, "access"),
        ({"base_url": "api3.loopring.io"}, "base_url"),
        ({"color": "red"}, "color"),
    ],
)
def test_key_of_a_world_that_cannot_be(fields: dict[str, Any], text: str) -> None:
    """The field at fault is named."""
    terms = {"key": "k", "account_id": 7, "private_key": "0x5"} | fields
    with pytest.raises(ValueError, match=f"^{text}:"):
        AUTH.credential("alice", {name: it for name, it in terms.items() if it is not ...})


def test_what_a_user_is_told() -> None:
    """All of what the venue's own page exports, with a published key pair."""
    row = next(row for row in VECTORS["keys"] if row["name"] == "vec2")

    assert AUTH.publish(credential_of("vec2"), []) == {
        "accountId": 10010,
        "apiKey": API_KEY,
        "publicX": row["publicKeyX"],
        "publicY": row["publicKeyY"],
        "privateKey": row["privateKey"],
        "access": ["view", "trade"],
    }
