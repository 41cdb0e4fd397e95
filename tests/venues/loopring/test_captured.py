"""
Requests as clients send them, over a real socket: headers, query forms and bodies byte for byte.

Vectors: captured from the npm SDK 3.9.22 (`@loopring-web/loopring-sdk`) and the venue's Python
sample client (`hello_loopring`) against an echo server; what LoopringAPI and hummingbot send is
read off their code. Signatures are made by the textbook, not by the code that is tested.
"""

from __future__ import annotations

import hashlib
import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from tests.served import Served
from tests.venues.loopring import textbook

EXCHANGE = "0x0BABA1Ad5bE3a5C0a66E7ac838a129Bf948f1eA4"
ZERO = "0x" + "0" * 40
UNKNOWN = "0x05a97490e92ded027f65c4bebf3bad63813f4ce8c7255335894566b2eee90206"
P = 21888242871839275222246405745257275088548364400416034343698204186575808495617

NPM = {
    "Accept": "application/json, text/plain, */*",
    "Content-Type": "application/json",
    "feeVersion": "v2",
    "pf": "web",
}


def hex_signature(key: int, message: int) -> str:
    """Return the textbook's signature of a number, as clients send it."""
    return "0x" + "".join(f"{number:064x}" for number in textbook.sign(key, message))


class Client:
    """Somebody at a socket, with the textbook for a signer."""

    def __init__(self, venue: dict[str, Any], owner: str) -> None:
        parts = urlsplit(venue["base_url"])
        self.base_url = venue["base_url"]
        self.address = (parts.hostname, parts.port)
        account = venue["accounts"][owner]
        self.account_id, self.api_key = account["accountId"], account["apiKey"]
        self.private_key = int(account["privateKey"], 16)

    def send(
        self, method: str, target: str, headers: dict[str, str], body: str | None = None
    ) -> tuple[int, Any]:
        """Send a request as it stands, and return the answer."""
        connection = http.client.HTTPConnection(*self.address, timeout=20)
        try:
            connection.request(method, target, body, headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def signature(self, method: str, path: str, asked: str, base_url: str = "") -> str:
        """Sign a request; `asked` is encoded already."""
        url = quote((base_url or self.base_url) + path, safe="")
        digest = hashlib.sha256(f"{method}&{url}&{asked}".encode()).digest()
        return hex_signature(self.private_key, int.from_bytes(digest, "big") % P)

    def signed_order(self, order: dict[str, Any]) -> dict[str, Any]:
        """Return an order with its signature."""
        inputs = [
            int(order["exchange"], 16), order["storageId"], order["accountId"],
            int(order["sellToken"]["tokenId"]), int(order["buyToken"]["tokenId"]),
            int(order["sellToken"]["volume"]), int(order["buyToken"]["volume"]),
            order["validUntil"], order["maxFeeBips"], int(order["fillAmountBOrS"]), 0,
        ]  # fmt: skip
        hashed = textbook.poseidon(inputs, 12, 6, 53)
        return order | {"eddsaSignature": hex_signature(self.private_key, hashed)}


@pytest.fixture(scope="module")
def venue() -> Iterator[dict[str, Any]]:
    """The venue of a served demo world."""
    with Served(None, "--venue", "loopring") as served:
        yield served.venue("loopring")


@pytest.fixture(scope="module")
def alice(venue: dict[str, Any]) -> Client:
    """Alice at her client."""
    return Client(venue, "alice")


def order(client: Client, storage_id: int, **more: Any) -> dict[str, Any]:
    """Return the npm SDK's order body, its keys sorted as it sorts them."""
    body = {
        "accountId": client.account_id,
        "allOrNone": False,
        "buyToken": {"tokenId": 0, "volume": "30000000000000000000"},
        "clientOrderId": f"npm-{storage_id}",
        "exchange": EXCHANGE,
        "fillAmountBOrS": False,
        "maxFeeBips": 63,
        "orderType": "LIMIT_ORDER",
        "poolAddress": "",
        "sellToken": {"tokenId": 1, "volume": "1000000000000000000000"},
        "storageId": storage_id,
        "taker": ZERO,
        "tradeChannel": "MIXED",
        "validUntil": 1900000000,
    }
    return dict(sorted((client.signed_order(body | more)).items()))


def placed(client: Client, storage_id: int, **more: Any) -> dict[str, Any]:
    """Submit an order as the npm SDK does, and return the answer."""
    body = order(client, storage_id, **more)
    headers = NPM | {"X-API-KEY": client.api_key, "X-API-SIG": body["eddsaSignature"]}
    text = json.dumps(body, separators=(",", ":"))
    status, answer = client.send("POST", "/api/v3/order", headers, text)
    assert status == 200, answer
    return dict(answer)


def test_npm_order_with_the_order_s_signature_as_header(alice: Client) -> None:
    """It signs the order once and sends that twice."""
    answer = placed(alice, 100)

    assert ("processing", "npm-100", False) == (
        answer["status"],
        answer["clientOrderId"],
        answer["isIdempotent"],
    )


@pytest.mark.parametrize(
    "target",
    [
        "/api/v3/storageId?accountId=10010&maxNext=true&sellTokenId=1",
        "/api/v3/user/balances?accountId=10010&tokens=0%2C1",
        "/api/v3/user/trades?accountId=10010&limit=20&market=LRC-ETH",
        (
            "/api/v3/orders?accountId=10010&limit=20&market=LRC-ETH&offset=0"
            "&status=processing%2Ccancelled"
        ),
        "/api/v3/orders?accountId=10010&limit=20&market=LRC-ETH&offset=0&status=",
    ],
)
def test_npm_reads_with_a_key(alice: Client, target: str) -> None:
    """Names sorted, values form-encoded, what is not set left empty."""
    assert 200 == alice.send("GET", target, NPM | {"X-API-KEY": alice.api_key})[0]


@pytest.mark.parametrize(
    "target",
    [
        "/api/v3/account?owner=0xa11ce00000000000000000000000000000010010",
        "/api/v3/depth?level=0&limit=50&market=LRC-ETH",
        "/api/v3/mix/depth?level=0&limit=50&market=LRC-ETH",
        "/api/v3/trade?limit=20&market=LRC-ETH",
        "/api/v3/timestamp",
        "/api/v3/exchange/info",
        "/api/v3/exchange/tokens",
        "/api/v3/exchange/markets",
        "/api/v3/mix/markets",
        "/api/v3/amm/pools",
    ],
)
def test_npm_reads_without_a_key(alice: Client, target: str) -> None:
    """Nobody need be known for these."""
    assert 200 == alice.send("GET", target, NPM)[0]


def test_npm_api_key(alice: Client) -> None:
    """By signature alone."""
    signature = alice.signature("GET", "/api/v3/apiKey", "accountId%3D10010")
    answer = alice.send("GET", "/api/v3/apiKey?accountId=10010", NPM | {"X-API-SIG": signature})

    assert (200, {"apiKey": alice.api_key}) == answer


def npm_delete(client: Client, path: str, query: str, asked: str) -> tuple[int, Any]:
    """Cancel as the npm SDK does."""
    signature = client.signature("DELETE", path, asked)
    headers = NPM | {"X-API-KEY": client.api_key, "X-API-SIG": signature}
    return client.send("DELETE", f"{path}?{query}", headers)


def test_npm_cancels_by_hash_by_id_by_both(alice: Client) -> None:
    """Each is taken; parameters are in the query and signed sorted."""
    for storage_id, form in ((200, "hash"), (202, "id"), (204, "both")):
        hashed = placed(alice, storage_id)["hash"]
        pairs = [("accountId", "10010")]
        pairs += [("clientOrderId", f"npm-{storage_id}")] if form in ("id", "both") else []
        pairs += [("orderHash", hashed)] if form in ("hash", "both") else []
        query = "&".join(f"{name}={value}" for name, value in pairs)

        status, answer = npm_delete(alice, "/api/v3/order", query, quote(query, safe=""))
        assert (200, hashed, "cancelled") == (status, answer["hash"], answer["status"])


def test_npm_cancel_by_neither(alice: Client) -> None:
    """The SDK does not stop it; we do, with a body it can read."""
    answer = npm_delete(alice, "/api/v3/order", "accountId=10010", "accountId%3D10010")

    assert (400, 100001) == (answer[0], answer[1]["resultInfo"]["code"])


def test_npm_batch_cancel(alice: Client) -> None:
    """The comma is `%2C` in the URL and `%252C` in what is signed."""
    hashed = placed(alice, 300)["hash"]
    query = f"accountId=10010&orderHash={hashed}%2C{UNKNOWN}"
    asked = f"accountId%3D10010%26orderHash%3D{hashed}%252C{UNKNOWN}"

    status, items = npm_delete(alice, "/api/v3/orders/byHash", query, asked)
    assert (200, [True, False]) == (status, [item["result"] for item in items])
    assert 102117 == items[1]["error"]["code"]


def test_npm_base_url_with_a_slash_at_its_end(alice: Client) -> None:
    """It signs two slashes and sends one."""
    hashed = placed(alice, 302)["hash"]
    query = f"accountId=10010&orderHash={hashed}"
    signature = alice.signature(
        "DELETE", "/api/v3/order", quote(query, safe=""), alice.base_url + "/"
    )
    headers = NPM | {"X-API-KEY": alice.api_key, "X-API-SIG": signature}

    assert 200 == alice.send("DELETE", f"/api/v3/order?{query}", headers)[0]


def test_sample_client_sends_each_parameter_twice(alice: Client) -> None:
    """And signs it once; there is a Content-Length of nothing."""
    placed(alice, 304)
    query = "accountId=10010&clientOrderId=npm-304"
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "X-API-KEY": alice.api_key,
        "X-API-SIG": alice.signature("DELETE", "/api/v3/order", quote(query, safe="")),
        "Content-Length": "0",
    }

    status, answer = alice.send("DELETE", f"/api/v3/order?{query}&{query}", headers)
    assert (200, "npm-304") == (status, answer["clientOrderId"])


def test_sample_client_asks_for_its_key_with_a_stale_one(alice: Client) -> None:
    """Which is not looked at."""
    query = "accountId=10010"
    signature = alice.signature("GET", "/api/v3/apiKey", quote(query, safe=""))
    headers = {"X-API-KEY": "stale", "X-API-SIG": signature}

    assert (200, {"apiKey": alice.api_key}) == alice.send(
        "GET", f"/api/v3/apiKey?{query}&{query}", headers
    )


def test_sample_client_order_with_a_decimal_hash(alice: Client) -> None:
    """It is one field more, and says nothing that is not known."""
    body = order(alice, 306) | {"hash": "1234567890"}
    headers = {"X-API-KEY": alice.api_key}

    status, answer = alice.send("POST", "/api/v3/order", headers, json.dumps(body))
    assert (200, "processing") == (status, answer["status"])


def test_loopring_api_sends_amounts_as_numbers(alice: Client) -> None:
    """Integers far above 2^64, and validSince; a raw comma and the word None in queries."""
    body = order(
        alice,
        308,
        sellToken={"tokenId": 1, "volume": 1000000000000000000001},
        buyToken={"tokenId": 0, "volume": 30000000000000000003},
    ) | {"validSince": 1600000000}
    headers = {"X-API-KEY": alice.api_key}
    status, answer = alice.send("POST", "/api/v3/order", headers, json.dumps(body))
    assert status == 200, answer

    path = f"/api/v3/order?accountId=10010&orderHash={answer['hash']}"
    told = alice.send("GET", path, headers)[1]["volumes"]
    assert ("1000000000000000000001", "30000000000000000003") == (
        told["baseAmount"],
        told["quoteAmount"],
    )
    for target in (
        "user/balances?accountId=10010&tokens=0,1",
        "orders?accountId=10010&market=None",
    ):
        assert 200 == alice.send("GET", f"/api/v3/{target}", headers)[0]


def test_hummingbot_spells_ids_and_flags_as_text(alice: Client) -> None:
    """Two slashes in the path, an id of its own form, and the depth of a level there is none of."""
    named = "buy-LRC-USDT-1624587831446294"
    body = order(
        alice,
        310,
        allOrNone="false",
        fillAmountBOrS=True,
        maxFeeBips=50,
        orderType="MAKER_ONLY",
        clientOrderId=named,
        sellToken={"tokenId": "0", "volume": "1000000000000000000"},
        buyToken={"tokenId": "1", "volume": "1000000000000000000000"},
    )
    headers = {"X-API-KEY": alice.api_key}
    text = json.dumps(body | {"fillAmountBOrS": "true"})
    status, answer = alice.send("POST", "//api/v3/order", headers, text)
    assert (200, "processing") == (status, answer.get("status"))

    assert 200 == alice.send("GET", "/api/v3/depth?market=LRC-ETH&level=1000", {})[0]
    asked = quote(f"accountId=10010&clientOrderId={named}", safe="")
    signature = alice.signature("DELETE", "/api/v3/order", asked)
    status, answer = alice.send(
        "DELETE",
        f"//api/v3/order?accountId=10010&clientOrderId={named}",
        headers | {"X-API-SIG": signature},
    )
    assert (200, named) == (status, answer["clientOrderId"])


def test_key_is_replaced(venue: dict[str, Any]) -> None:
    """POST apiKey, signed over its body: the old key ends, the new one acts. Bob's, and last."""
    bob = Client(venue, "bob")
    body = json.dumps({"accountId": bob.account_id}, separators=(",", ":"))
    signature = bob.signature("POST", "/api/v3/apiKey", quote(body, safe=""))
    headers = NPM | {"X-API-KEY": bob.api_key, "X-API-SIG": signature}

    status, answer = bob.send("POST", "/api/v3/apiKey", headers, body)
    assert (200, 64) == (status, len(answer["apiKey"]))
    target = f"/api/v3/storageId?accountId={bob.account_id}&sellTokenId=1"
    status, old = bob.send("GET", target, {"X-API-KEY": bob.api_key})
    assert (400, 104002) == (status, old["resultInfo"]["code"])
    assert 200 == bob.send("GET", target, {"X-API-KEY": answer["apiKey"]})[0]
