"""
What is shown, and the keys: to the documents' shapes.

Source: API reference, the page of each call; Python SDK 1.1.1, `responses`; TypeScript SDK 1.1.3,
        `types`; the rest is our proposal (README).
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from tests.venues.deltadefi.booth import ADA, INVALID, NIGHT, Booth, limit

from countermand.venues.deltadefi import read_orders
from countermand.venues.deltadefi.cardano import operation_key
from countermand.vocabulary.instrument import TradingState
from countermand.wire.http import Request, Response
from countermand.wire.operation import Access

VECTORS = json.loads((Path(__file__).parent / "vectors" / "cardano.json").read_text())
CASES = VECTORS["encrypted_operation_key"]["cases"]
USDM_UNIT = "c48cbb3d5e57ed56e276bc45f99ab39abe94e6cd7ac39fb402da47ad0014df105553444d"


# --- lists


def test_open_orders_in_pages(booth: Booth) -> None:
    """Ten a page unless said otherwise, the newest first, and how many there are in all."""
    ids = [booth.place(limit("buy", "10", f"0.9{n:02d}"))["id"] for n in range(12)]
    booth.place(limit("buy", "1000", "0.04") | {"symbol": NIGHT})
    booth.place(limit("buy", "10", "0.9"), "bob")

    first = booth.get("/accounts/open-orders?symbol=ADAUSDM")
    assert (12, 2, 10) == (first["total_count"], first["total_page"], len(first["data"]))
    assert ids[:1:-1] == [it["id"] for it in first["data"]]
    second = booth.get("/accounts/open-orders?symbol=ADAUSDM&limit=5&page=3")
    assert (12, 3, ids[1::-1]) == (
        second["total_count"],
        second["total_page"],
        [it["id"] for it in second["data"]],
    )
    assert [] == booth.get("/accounts/open-orders?symbol=ADAUSDM&limit=5&page=4")["data"]


@pytest.mark.parametrize("what", ["open-orders", "trade-orders", "trades"])
def test_list_without_a_symbol_is_of_all(booth: Booth, what: str) -> None:
    """As the Rust SDK asks; the orders are those of the lists by symbol, with their fills."""
    for symbol, price in ((ADA, "0.93"), (NIGHT, "0.04")):
        booth.place(limit("buy", "1000", price) | {"symbol": symbol})
        booth.place(limit("sell", "1000", price) | {"symbol": symbol}, "bob")
        booth.place(limit("buy", "1000", price) | {"symbol": symbol})
    every = booth.get(f"/accounts/{what}")
    one_by_one = [
        one
        for symbol in (NIGHT, ADA)
        for one in booth.get(f"/accounts/{what}?symbol={symbol}")["data"]
    ]

    assert 2 == every["total_count"] == len(one_by_one)
    assert one_by_one == every["data"]


@pytest.mark.parametrize("what", ["open-orders", "trade-orders", "trades"])
def test_list_of_nothing(booth: Booth, what: str) -> None:
    """No page at all."""
    nothing = {"data": [], "total_count": 0, "total_page": 0}

    assert nothing == booth.get(f"/accounts/{what}?symbol=ADAUSDM")


@pytest.mark.parametrize("what", ["open-orders", "trade-orders", "trades"])
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("symbol=", (400, 4106, "Invalid trading pair symbol")),
        ("symbol=ADA", (400, 4106, "Invalid trading pair symbol")),
        ("symbol=ADAUSDM&page=0", (422, 4000, INVALID + "invalid page")),
        ("symbol=ADAUSDM&page=1001", (422, 4000, INVALID + "invalid page")),
        ("symbol=ADAUSDM&limit=251", (422, 4000, INVALID + "invalid limit")),
        ("symbol=ADAUSDM&limit=x", (422, 4000, INVALID + "invalid limit")),
    ],
)
def test_list_that_cannot_be_understood(
    booth: Booth, what: str, query: str, expected: tuple[int, int, str]
) -> None:
    """Pages from 1 to 1000, of 1 to 250."""
    status, answer = booth.ask("GET", f"/accounts/{what}?{query}")

    assert expected == (status, answer["code"], answer["error"])


def test_trade_orders_are_those_that_are_over(booth: Booth) -> None:
    """Filled, canceled and failed ones, the newest first, with their fills."""
    filled = booth.place(limit("buy", "10", "0.93"))
    booth.place(limit("sell", "10", "0.93"), "bob")
    canceled = booth.place(limit("buy", "10", "0.92"))
    booth.cancel(canceled["id"])
    booth.place(limit("buy", "10", "0.91"))
    page = booth.get("/accounts/trade-orders?symbol=ADAUSDM")

    assert [(canceled["id"], "cancelled", 0), (filled["id"], "closed", 1)] == [
        (it["id"], it["status"], len(it["order_execution_records"])) for it in page["data"]
    ]
    assert (2, 1) == (page["total_count"], page["total_page"])
    last = booth.get("/accounts/trade-orders?symbol=ADAUSDM&limit=1&page=2")
    assert [filled["id"]] == [it["id"] for it in last["data"]]
    assert booth.shown(filled["id"]) == last["data"][0]


def test_open_order_with_fills_is_listed_with_them(booth: Booth) -> None:
    """The list has the order as a single read shows it."""
    order = booth.place(limit("buy", "100", "0.93"))
    booth.place(limit("sell", "10", "0.93"), "bob")
    booth.place(limit("sell", "20", "0.93"), "bob")
    (listed,) = booth.get("/accounts/open-orders?symbol=ADAUSDM")["data"]

    assert booth.shown(order["id"]) == listed
    assert ["10", "20"] == [it["filled_base_qty"] for it in listed["order_execution_records"]]


def test_answer_has_so_many_records(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest of them; the sums are of all, and the trades tell each."""
    monkeypatch.setattr(read_orders, "RECORDS_MAX", 3)
    old = booth.place(limit("buy", "20", "0.94"))
    new = booth.place(limit("buy", "100", "0.93"))
    for quantity in ("10", "10", "11", "12", "13", "14"):
        booth.place(limit("sell", quantity, "0.93"), "bob")

    def sold(page: list[dict[str, Any]]) -> dict[str, list[str]]:
        return {
            it["id"]: [r["filled_base_qty"] for r in it["order_execution_records"]] for it in page
        }

    shown = booth.shown(new["id"])
    assert ("50", {new["id"]: ["12", "13", "14"]}) == (shown["executed_base_qty"], sold([shown]))
    assert [shown] == booth.get("/accounts/open-orders?symbol=ADAUSDM")["data"]
    over = "/accounts/trade-orders?symbol=ADAUSDM"
    assert {old["id"]: ["10", "10"]} == sold(booth.get(over)["data"])
    booth.cancel(new["id"])
    assert {new["id"]: ["12", "13", "14"], old["id"]: []} == sold(booth.get(over)["data"])
    assert 6 == booth.get("/accounts/trades?symbol=ADAUSDM")["total_count"]


def test_trades(booth: Booth) -> None:
    """One record for each fill of the symbol, the newest first."""
    booth.place(limit("sell", "10", "0.93"), "bob")
    booth.place(limit("sell", "20", "0.94"), "bob")
    order = booth.place(limit("buy", "30", "0.94"))
    booth.place(limit("sell", "1000", "0.05") | {"symbol": NIGHT}, "bob")
    booth.place(limit("buy", "1000", "0.05") | {"symbol": NIGHT})
    page = booth.get("/accounts/trades?symbol=ADAUSDM&limit=1")

    assert (2, 2) == (page["total_count"], page["total_page"])
    assert [order["order_execution_records"][1]] == page["data"]
    assert 1 == booth.get("/accounts/trades?symbol=NIGHTUSDM")["total_count"]


@pytest.mark.parametrize("order_id", ["x", "0b0e7d52-7c0a-4b0e-9f0f-1f6d5a1c9a01"])
def test_order_that_is_not_there(booth: Booth, order_id: str) -> None:
    """404 with 4200, by either path; without an id the router answers."""
    unknown = (404, {"error": "Order not found", "code": 4200})

    assert unknown == booth.ask("GET", f"/accounts/order/{order_id}")
    assert unknown == booth.ask("GET", f"/account/order?id={order_id}")
    assert b"404 page not found" == booth.raw("GET", "/accounts/order/").body
    assert 422 == booth.ask("GET", "/account/order")[0]


def test_order_of_another_is_not_there(booth: Booth) -> None:
    """Another user's built order is not there either."""
    order = booth.place(limit("buy", "10", "0.93"))
    built = booth.build(limit("buy", "10", "0.93"))

    for order_id in (order["id"], built["order_id"]):
        assert 404 == booth.ask("GET", f"/accounts/order/{order_id}", owner="bob")[0]


# --- accounts and keys


def test_balances(booth: Booth) -> None:
    """Each balance has its on-chain unit; the part that open orders hold is locked."""
    booth.place(limit("buy", "100", "0.93"))
    booth.place(limit("sell", "200.5", "0.95"))

    assert [
        {"asset": "ADA", "asset_unit": "lovelace", "free": "9999799.5", "locked": "200.5"},
        {"asset": "USDM", "asset_unit": USDM_UNIT, "free": "9999907", "locked": "93"},
    ] == booth.get("/accounts/balance")[:2]


def test_operation_key_opens_with_the_passcode(booth: Booth) -> None:
    """A string of JSON; its plaintext is the root key, and the hash is its operation key's."""
    served = booth.get("/accounts/operation-key")
    passcode = booth.desk.venue.auth.publish(booth.desk.credential(), [])["passcode"]
    text = operation_key.decrypt(served["encrypted_operation_key"], passcode)
    key = operation_key.operation_key(operation_key.root_key(text))

    assert {"iv", "salt", "ciphertext"} == json.loads(served["encrypted_operation_key"]).keys()
    assert text.startswith("xprv1")
    shown = operation_key.key_hash(operation_key.extended_key.public_key(key)).hex()
    assert shown == served["operation_key_hash"]


def test_spot_account(booth: Booth) -> None:
    """The account with its operation key; orders name the same account."""
    account = booth.get("/accounts/spot-account")
    order = booth.place(limit("buy", "100", "0.93"))

    key = booth.get("/accounts/operation-key")
    assert key.keys() | {"account_id", "account_type", "created_at"} == account.keys()
    assert key == {name: account[name] for name in key}
    assert (order["account_id"], "spot", "2026-01-01T00:00:00Z") == (
        account["account_id"],
        account["account_type"],
        account["created_at"],
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_operation_key_is_replaced(booth: Booth, case: dict[str, str]) -> None:
    """Any of the four documented forms is taken, and read back as it was sent."""
    body = {
        "user_id": "u",
        "encrypted_operation_key": case["encrypted_operation_key"],
        "operation_key_hash": VECTORS["key"]["operation_key_hash_hex"],
        "is_script_operation_key": False,
    }
    status, account = booth.post("/accounts/spot-account", body)

    assert 200 == status
    assert account == booth.get("/accounts/spot-account")
    served = booth.get("/accounts/operation-key")["encrypted_operation_key"]
    passcode = VECTORS["encrypted_operation_key"]["passcode"]
    assert VECTORS["key"]["root_key_bech32"] == operation_key.decrypt(served, passcode)


# What the clients send of the four fields: the reference's, the Rust SDK's, and with nulls.
BODIES: dict[str, dict[str, Any]] = {
    "documented": {"user_id": "u", "is_script_operation_key": False},
    "rust": {},
    "nulls": {"user_id": None, "is_script_operation_key": None},
}


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
@pytest.mark.parametrize("more", BODIES)
def test_key_names_the_user(booth: Booth, method: str, more: str) -> None:
    """A change needs no `user_id`; with a hash it is to the key of that hash."""
    key = {
        "encrypted_operation_key": CASES[0]["encrypted_operation_key"],
        "operation_key_hash": VECTORS["key"]["operation_key_hash_hex"],
    }
    status, account = booth.ask(method, "/accounts/spot-account", key | BODIES[more])

    assert (200, key) == (status, {name: account.get(name) for name in key})
    assert key == booth.get("/accounts/operation-key")


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_passcode_is_changed(booth: Booth, method: str) -> None:
    """The Python SDK patches, TypeScript puts; the key and its hash stay."""
    old = booth.get("/accounts/operation-key")
    passcode = booth.desk.venue.auth.publish(booth.desk.credential(), [])["passcode"]
    text = operation_key.decrypt(old["encrypted_operation_key"], passcode)
    new = operation_key.encrypt(text, "another", bytes(16), bytes(12))
    body = {"user_id": "u", "encrypted_operation_key": new}
    status, account = booth.ask(method, "/accounts/spot-account", body)

    assert (200, "2027-01-15T08:00:00Z") == (status, account["updated_at"])
    served = {"encrypted_operation_key": new, "operation_key_hash": old["operation_key_hash"]}
    assert served == booth.get("/accounts/operation-key")
    keys = [booth.desk.venue.auth.publish(it, []) for it in booth.desk.keys if it.owner == "alice"]
    assert all("passcode" not in told for told in keys)


@pytest.mark.parametrize(
    ("changes", "status", "more"),
    [
        ({"user_id": ""}, 422, "invalid user_id: must not be empty"),
        ({"is_script_operation_key": True}, 422, "invalid is_script_operation_key: a script"),
        ({"operation_key_hash": "35c7"}, 422, "invalid operation_key_hash: "),
        ({"encrypted_operation_key": "xprv1"}, 422, "invalid encrypted_operation_key: "),
        ({"encrypted_operation_key": '{"iv":"","ciphertext":""}'}, 422, "invalid encrypted_oper"),
    ],
)
def test_malformed_operation_key(
    booth: Booth, changes: dict[str, Any], status: int, more: str
) -> None:
    """The key is refused, and the old one stays."""
    old = booth.get("/accounts/operation-key")
    body = {
        "user_id": "u",
        "encrypted_operation_key": CASES[0]["encrypted_operation_key"],
        "operation_key_hash": VECTORS["key"]["operation_key_hash_hex"],
        "is_script_operation_key": False,
    }
    given, answer = booth.post("/accounts/spot-account", body | changes)

    assert (status, 4000) == (given, answer["code"])
    assert answer["error"].startswith(INVALID + more)
    assert old == booth.get("/accounts/operation-key")


def test_new_api_key_ends_the_old_one(booth: Booth) -> None:
    """The old key ends at once; the new one has its account and its operation key."""
    old = booth.desk.credential()
    shown = booth.get("/accounts/api-key")
    assert {"api_key": old.key, "created_at": "2026-01-01T00:00:00Z"} == shown
    order = booth.place(limit("buy", "10", "0.93"))
    new = booth.get("/accounts/new-api-key")

    assert (32, "2027-01-15T08:00:00Z") == (len(new["api_key"]), new["created_at"])
    assert set(new["api_key"]) <= set("0123456789abcdef")
    request = Request("GET", b"/accounts/api-key")
    assert 401 == booth.desk.send(request, old)[0]
    held = booth.desk.keys.find(new["api_key"])
    assert held is not None
    assert (200, new) == booth.desk.send(request, held)
    cancel = Request("POST", f"/order/{order['id']}/cancel".encode())
    assert (200, {"order_id": order["id"]}) == booth.desk.send(cancel, held)


def both_at_once(booth: Booth, *asked: Request) -> list[tuple[int, Any]]:
    """Return the answers to what alice asks with one key before either is answered."""
    key = booth.desk.credential()
    signed = [booth.desk.venue.auth.sign(it, key, booth.desk.clock.now_ns()) for it in asked]

    async def answers() -> list[Response]:
        return await asyncio.gather(*[booth.desk.pipeline.handle(it) for it in signed])

    return [(it.status, json.loads(it.body)) for it in asyncio.run(answers())]


NEW_KEY = Request("GET", b"/accounts/new-api-key")
REPLACED = {
    "user_id": "u",
    "encrypted_operation_key": CASES[0]["encrypted_operation_key"],
    "operation_key_hash": VECTORS["key"]["operation_key_hash_hex"],
}
REPLACE_KEY = Request("POST", b"/accounts/spot-account", b"", (), json.dumps(REPLACED).encode())
PASSCODE = Request("PATCH", b"/accounts/spot-account", b"", (), REPLACE_KEY.body)


@pytest.mark.parametrize("late", [NEW_KEY, REPLACE_KEY, PASSCODE], ids=["new", "post", "patch"])
def test_ended_key_makes_no_key(booth: Booth, late: Request) -> None:
    """A change that was asked with an ended key is refused, and one key stays."""
    old = booth.desk.credential()
    issued, refused = both_at_once(booth, NEW_KEY, late)

    assert 200 == issued[0]
    assert (401, {"error": "Unauthorized access", "code": 4010}) == refused
    assert booth.desk.keys.find(old.key) is None
    assert [issued[1]["api_key"]] == [
        it.key for it in booth.desk.keys if it.owner == "alice" and Access.TRADE in it.access
    ]


def test_new_api_key_has_the_operation_key_of_its_moment(booth: Booth) -> None:
    """An operation key that was replaced just before stays replaced."""
    replaced, issued = both_at_once(booth, REPLACE_KEY, NEW_KEY)

    assert (200, 200) == (replaced[0], issued[0])
    held = booth.desk.keys.find(issued[1]["api_key"])
    assert held is not None
    shown = booth.desk.send(Request("GET", b"/accounts/operation-key"), held)[1]
    assert REPLACED["operation_key_hash"] == shown["operation_key_hash"]


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/accounts/new-api-key"), ("PATCH", "/accounts/spot-account")]
)
def test_key_that_may_only_look_changes_none(booth: Booth, method: str, path: str) -> None:
    """A read-only key cannot replace itself either."""
    body = b'{"user_id":"u","encrypted_operation_key":"{}"}'
    request = Request(method, path.encode(), b"", (), body)

    assert 403 == booth.desk.send(request, booth.desk.credential("alice", 1))[0]


def test_funds_do_not_move(booth: Booth) -> None:
    """Records are empty, as a list or in pages, and nothing can be deposited."""
    page = {"data": [], "total_count": 0, "total_page": 0}

    assert {"max_deposit": "0"} == booth.get("/accounts/max-deposit")
    for what in ("deposit", "withdrawal", "transferal"):
        assert [] == booth.get(f"/accounts/{what}-records")
        assert page == booth.get(f"/accounts/{what}-records?page=1&limit=10")
    assert [] == booth.get("/accounts/transferal-records?status=pending")
    status, answer = booth.ask("GET", "/accounts/transferal-records?status=done")
    assert (400, 4404) == (status, answer["code"])
    assert (404, {"error": "Transaction not found", "code": 4402}) == booth.ask(
        "GET", "/accounts/transferal-records/00ff"
    )
    for path in ("/accounts/deposit/build", "/accounts/withdrawal/submit", "/app/mock-usdx"):
        assert b"404 page not found" == booth.raw("POST", path, b"{}").body
    assert b"404 page not found" == booth.raw("GET", "/accounts/order-records?status=open").body


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/balance",
        "/accounts/operation-key",
        "/accounts/spot-account",
        "/accounts/api-key",
        "/accounts/new-api-key",
        "/accounts/open-orders?symbol=ADAUSDM",
        "/accounts/order/x",
        "/app/hydra-cycle",
    ],
)
def test_private_reads_need_a_key(booth: Booth, path: str) -> None:
    """Each private read without a key is 401 with code 4010."""
    unauthorized = (401, {"error": "Unauthorized access", "code": 4010})

    assert unauthorized == booth.ask("GET", path, owner=None)


# --- markets


def test_market_config(booth: Booth) -> None:
    """Both pairs and the three assets, without a key."""
    ada = {"symbol": "ADA", "unit": "lovelace", "decimals": 6, "max_qty_dp": 2}
    usdm = {"symbol": "USDM", "unit": USDM_UNIT, "decimals": 6, "max_qty_dp": 2}
    config = booth.get("/app/market-config", None)

    assert {
        "symbol": ADA, "base_token": ada, "quote_token": usdm, "price_max_dp": 4,
    } == config["trading_pairs"][0]  # fmt: skip
    assert [ada | {"trading_pairs": [ADA]}, usdm | {"trading_pairs": [ADA, NIGHT]}] == config[
        "assets"
    ][:2]
    assert (NIGHT, 5) == (
        config["trading_pairs"][1]["symbol"],
        config["trading_pairs"][1]["price_max_dp"],
    )


def test_market_price(booth: Booth) -> None:
    """The last trade's, a JSON number written exactly; 0 before any; of all where none is named."""
    assert (
        b'{"price":0}' == booth.raw("GET", "/market/market-price?symbol=ADAUSDM", owner=None).body
    )
    booth.place(limit("sell", "10", "0.9301"), "bob")
    booth.place(limit("buy", "10", "0.9301"))

    for path in ("?symbol=ADAUSDM", "/ADAUSDM"):
        answer = booth.raw("GET", f"/market/market-price{path}", owner=None)
        assert b'{"price":0.9301}' == answer.body
    every = booth.get("/market/market-price", None)
    assert [{"symbol": ADA, "price": 0.9301}, {"symbol": NIGHT, "price": 0}] == every
    assert 422 == booth.ask("GET", "/market/market-price?symbol=", owner=None)[0]
    assert 4106 == booth.ask("GET", "/market/market-price/x", owner=None)[1]["code"]


def test_depth(booth: Booth) -> None:
    """Best first, as it was shown until 2025; fifty levels a side."""
    for n in range(60):
        booth.place(limit("buy", "10.5", f"0.9{n:02d}"))
    booth.place(limit("sell", "20", "0.97"), "bob")

    for path in ("/market/depth", "/markets/depth"):
        depth = booth.get(f"{path}?symbol=ADAUSDM", None)
        assert [{"price": 0.97, "quantity": 20}] == depth["asks"]
        assert (50, {"price": 0.959, "quantity": 10.5}) == (len(depth["bids"]), depth["bids"][0])


def candles(booth: Booth, query: str, path: str = "graph") -> tuple[int, Any]:
    """Return what is answered for candles of everything that was traded."""
    return booth.ask("GET", f"/market/{path}/{ADA}?{query}", owner=None)


def trade(booth: Booth, price: str, quantity: str = "10") -> None:
    """Let a trade happen."""
    booth.place(limit("sell", quantity, price), "bob")
    booth.place(limit("buy", quantity, price))


def test_candles(booth: Booth) -> None:
    """Open, high, low, close and volume of each span that saw a trade."""
    # The desk's clock stands at 2027-01-15T08:00:00Z, a Friday.
    start = 1_800_000_000
    for price in ("0.93", "0.95", "0.92"):
        trade(booth, price)
    booth.wait(3 * 300)
    trade(booth, "0.94", "20.5")
    wanted = [
        {"t": start, "s": ADA, "o": 0.93, "h": 0.95, "l": 0.92, "c": 0.92, "v": 30},
        {"t": start + 900, "s": ADA, "o": 0.94, "h": 0.94, "l": 0.94, "c": 0.94, "v": 20.5},
    ]
    everything = f"start={start - 10**7}&end={start + 10**7}"

    assert (200, wanted) == candles(booth, f"interval=5m&{everything}")
    assert (200, wanted) == candles(booth, f"interval=15m&{everything}", "aggregate")
    assert (200, wanted[::-1]) == candles(booth, f"interval=5m&{everything}&order_by=desc")
    assert (200, wanted[1:]) == candles(booth, f"interval=5m&start={start + 1}&end={start + 900}")
    assert (200, []) == candles(booth, f"interval=5m&start={start + 901}&end={start + 10**7}")


@pytest.mark.parametrize(
    ("interval", "start"),
    [
        ("5m", 1_800_000_000),
        ("30m", 1_800_000_000),
        ("1h", 1_800_000_000),
        ("1d", 1_799_971_200),
        ("1w", 1_799_625_600),
        ("1M", 1_798_761_600),
    ],
)
def test_spans_of_candles(booth: Booth, interval: str, start: int) -> None:
    """Days, weeks from Monday and months from their first, all in UTC."""
    trade(booth, "0.93")
    status, answer = candles(booth, f"interval={interval}&start=0&end=1900000000")

    assert (200, [start]) == (status, [it["t"] for it in answer])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("interval=2m&start=1&end=2", (400, 4405)),
        ("interval=1m&start=1&end=2", (400, 4405)),
        ("interval=5m&start=2&end=1", (422, 4000)),
        ("interval=5m&start=x&end=1", (422, 4000)),
        ("interval=5m&start=1", (422, 4000)),
        ("start=1&end=2", (422, 4000)),
        ("interval=5m&start=1&end=2&order_by=up", (422, 4000)),
    ],
)
def test_candles_that_cannot_be_understood(
    booth: Booth, query: str, expected: tuple[int, int]
) -> None:
    """A bad interval has a code of its own."""
    status, answer = candles(booth, query)

    assert expected == (status, answer["code"])


def test_terms_cycle_and_lock(booth: Booth) -> None:
    """The settings' terms, and whether any market takes orders."""
    assert "practice exchange" in booth.get("/app/terms-and-conditions", None)["value"]
    assert {"start": "2027-01-15T08:00:00Z", "end": "2027-01-15T08:30:00Z"} == booth.get(
        "/app/hydra-cycle"
    )
    assert {"is_locked": False} == booth.get("/health/trading-lock-status", None)
    booth.become(TradingState.HALTED)
    assert {"is_locked": False} == booth.get("/health/trading-lock-status", None)
    booth.become(TradingState.PAUSED, NIGHT)
    assert {"is_locked": True} == booth.get("/health/trading-lock-status", None)
