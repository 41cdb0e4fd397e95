"""
Reading: orders by their filters, storage ids, balances, depth, trades, accounts, names.

Vectors: DEX API v3, the page of each endpoint; what no page says is our proposal (README).
"""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from tests.venues.desk import Desk
from tests.venues.loopring.floor import E18, ETH, LRC, USDT, Floor, refusal

from countermand.venues.loopring import read_orders
from countermand.venues.loopring.presentation import Owner
from countermand.venues.loopring.settings import LoopringSettings
from countermand.vocabulary.queries import ListOrders
from countermand.wire import times
from countermand.wire.http import Request

ALICE = "accountId=10010"
SLOTS = 16_384


@pytest.fixture
def floor() -> Floor:
    """A floor with nothing on it."""
    return Floor()


def lived(floor: Floor) -> dict[str, str]:
    """Let orders of every kind happen, a second apart, and return their hashes."""
    hashes: dict[str, str] = {}
    hashes["filled"] = floor.sell(100 * E18, 3 * E18, storageId=0)
    floor.buy(100 * E18, 3 * E18, "bob")
    floor.wait(1)
    hashes["cancelled"] = floor.sell(200 * E18, 6 * E18, storageId=2)
    floor.cancel(hashes["cancelled"])
    floor.wait(1)
    hashes["partial"] = floor.sell(300 * E18, 9 * E18, storageId=4)
    floor.buy(100 * E18, 3 * E18, "bob", storageId=2)
    floor.wait(1)
    hashes["buy"] = floor.buy(400 * E18, E18, storageId=6, orderType="MAKER_ONLY")
    floor.wait(1)
    usdt = floor.form((LRC, 500 * E18), (USDT, 500 * 10**6), storageId=8, tradeChannel="ORDER_BOOK")
    hashes["usdt"] = floor.taken(usdt)
    return hashes


def listed(floor: Floor, query: str) -> tuple[int, list[str]]:
    """Return how many orders there are, and the hashes of those on the page."""
    told = floor.told("/orders", f"{ALICE}&{query}")
    return told["totalNum"], [order["hash"] for order in told["orders"]]


def test_filter_of_our_own_looks_at_the_last_orders(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many, the newest of those that the exchange's own filters let through."""
    monkeypatch.setattr(read_orders, "LOOKED_AT_MAX", 2)
    hashes = lived(floor)

    assert (2, [hashes["usdt"], hashes["buy"]]) == listed(floor, "tradeChannels=ORDER_BOOK,MIXED")
    assert (1, [hashes["cancelled"]]) == listed(floor, "status=cancelled")
    assert 5 == listed(floor, "")[0]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["usdt", "buy", "partial", "cancelled", "filled"]),
        ("status=&market=&side=", ["usdt", "buy", "partial", "cancelled", "filled"]),
        ("market=None", ["usdt", "buy", "partial", "cancelled", "filled"]),
        ("market=LRC-USDT", ["usdt"]),
        ("side=BUY", ["buy"]),
        ("status=processing", ["usdt", "buy", "partial"]),
        ("status=processed,cancelled", ["cancelled", "filled"]),
        ("status=expired", []),
        ("status=waiting", []),
        ("orderTypes=MAKER_ONLY", ["buy"]),
        ("orderTypes=AMM", []),
        ("tradeChannels=ORDER_BOOK", ["usdt"]),
        ("extraOrderTypes=TRADITIONAL_ORDER&side=BUY", ["buy"]),
        ("extraOrderTypes=STOP_LIMIT", []),
        ("start=1800000003000", ["usdt", "buy"]),
        ("end=1800000000999", ["filled"]),
        ("start=1800000001000&end=1800000002000", ["partial", "cancelled"]),
    ],
)
def test_orders_by_filters(floor: Floor, query: str, expected: list[str]) -> None:
    """The newest first; a filter that says nothing is none."""
    hashes = lived(floor)

    assert (len(expected), [hashes[name] for name in expected]) == listed(floor, query)


@pytest.mark.parametrize("more", ["", "&tradeChannels=MIXED,ORDER_BOOK"])
def test_orders_by_pages(floor: Floor, more: str) -> None:
    """The number told is of all of them."""
    hashes = lived(floor)
    middle = [hashes["buy"], hashes["partial"]]

    assert (5, middle) == listed(floor, "offset=1&limit=2" + more)


@pytest.mark.parametrize(
    "query",
    ["limit=51", "limit=x", "offset=-1", "side=HOLD", "status=open", "orderTypes=FOK", "start=now"],
)
def test_filters_nobody_has(floor: Floor, query: str) -> None:
    """Are named, and not passed over."""
    status, body = floor.ask("/orders", f"{ALICE}&{query}")

    assert (400, 100001) == refusal((status, body))
    assert query.partition("=")[0] in body["resultInfo"]["message"]
    assert (400, 108000) == refusal(floor.ask("/orders", f"{ALICE}&market=LRC-BTC"))


def test_one_order(floor: Floor) -> None:
    """By either spelling of its hash; without one, and when there is none."""
    hashed = floor.sell(100 * E18, 3 * E18)

    assert hashed == floor.told("/order", f"{ALICE}&orderHash={int(hashed, 16)}")["hash"]
    assert (400, 107002) == refusal(floor.ask("/order", ALICE))
    assert (400, 107002) == refusal(floor.ask("/order", f"{ALICE}&orderHash="))
    assert (400, 102119) == refusal(floor.ask("/order", f"{ALICE}&orderHash=0x12"))
    assert (400, 107003) == refusal(floor.ask("/order", f"{ALICE}&orderHash=0x{7:064x}"))
    assert (400, 104003) == refusal(floor.ask("/order", f"{ALICE}&orderHash={hashed}", "bob"))
    assert (400, 107003) == refusal(
        floor.ask("/order", f"accountId=10011&orderHash={hashed}", "bob")
    )


def storage_id(floor: Floor, query: str) -> tuple[int, int]:
    """Return the two ids that are told."""
    told = floor.told("/storageId", f"{ALICE}&{query}")
    return told["orderId"], told["offchainId"]


def test_storage_ids(floor: Floor) -> None:
    """The smallest that can be used, and the one after all that were; nothing is reserved."""
    assert (0, 1) == storage_id(floor, "sellTokenId=1") == storage_id(floor, "sellTokenId=1")
    floor.sell(100 * E18, 3 * E18, storageId=0)
    floor.sell(100 * E18, 3 * E18, storageId=100)

    assert (2, 3) == storage_id(floor, "sellTokenId=1&maxNext=false")
    assert (102, 103) == storage_id(floor, "sellTokenId=1&maxNext=true")
    assert (102, 103) == storage_id(floor, "sellTokenId=1&maxNext=1")
    assert (0, 1) == storage_id(floor, "sellTokenId=0&maxNext=0")
    floor.sell(100 * E18, 3 * E18, storageId=102)


def test_storage_ids_of_slots_that_were_taken_over(floor: Floor) -> None:
    """An id below one used in its slot is no more than one that was used."""
    floor.sell(100 * E18, 3 * E18, storageId=SLOTS)

    assert (2, 3) == storage_id(floor, "sellTokenId=1")
    assert (SLOTS + 2, SLOTS + 3) == storage_id(floor, "sellTokenId=1&maxNext=true")


def test_the_last_storage_id_of_all(floor: Floor) -> None:
    """After it there is none above all others, but there are others left."""
    floor.sell(100 * E18, 3 * E18, storageId=2**32 - 2)

    assert (400, 102028) == refusal(floor.ask("/storageId", f"{ALICE}&sellTokenId=1&maxNext=true"))
    assert (0, 1) == storage_id(floor, "sellTokenId=1")


@pytest.mark.parametrize(
    ("query", "code"),
    [("", 100001), ("&sellTokenId=9", 102002), ("&sellTokenId=1&maxNext=maybe", 100001)],
)
def test_storage_ids_of_nothing(floor: Floor, query: str, code: int) -> None:
    """A token has to be named."""
    assert (400, code) == refusal(floor.ask("/storageId", ALICE + query))


def test_balances(floor: Floor) -> None:
    """Of all tokens or of some; any key may look at anybody's."""
    floor.sell(100 * E18, 3 * E18)

    expected = {
        "accountId": 10010,
        "tokenId": LRC,
        "total": str(10**8 * E18),
        "locked": str(100 * E18),
        "pending": {"withdraw": "0", "deposit": "0"},
    }
    assert [expected] == floor.told("/user/balances", f"{ALICE}&tokens=1")
    assert [expected] == floor.told("/user/balances", f"{ALICE}&tokens=1", "bob")
    everything = floor.told("/user/balances", ALICE)
    assert [ETH, LRC, USDT] == [one["tokenId"] for one in everything]
    assert (400, 104003) == refusal(floor.ask("/user/balances", "accountId=7"))
    assert (400, 100001) == refusal(floor.ask("/user/balances"))


def test_an_ask_is_shown_at_the_next_higher_price(floor: Floor) -> None:
    """Whoever bids what is shown meets it: 0.012345671 is 0.01234568 at eight digits."""
    floor.sell(100 * E18, 1_234_567_100_000_000_000)

    asks = floor.told("/depth", "market=LRC-ETH")["asks"]
    assert ["0.01234568"] == [slot[0] for slot in asks]


def test_too_many_requests(floor: Floor) -> None:
    """Are told by the status, which is all that documents say of them."""
    limited = Floor(Desk(floor.desk.venue, LoopringSettings(rate_limit_per_s=1)))
    limited.balance(LRC)

    assert 429 == limited.ask("/user/balances", ALICE)[0]


def test_no_more_is_locked_than_is_told(floor: Floor) -> None:
    """What is free is exact in the token's digits: nothing of 0.999999999998 and 0.994 units."""
    floor.taken(floor.form((LRC, 3 * 10**9), (USDT, 1), "bob"), "bob")
    bought = floor.form((USDT, 2), (LRC, 3 * 10**9), fillAmountBOrS=True)
    floor.taken(bought)
    assert (10**14 - 2, 0) == floor.balance(USDT)

    rest = floor.form((USDT, 10**14 - 1), (LRC, 7 * E18), storageId=2, fillAmountBOrS=True)
    floor.taken(rest)
    assert (10**14 - 2, 10**14 - 2) == floor.balance(USDT)


def test_depth(floor: Floor) -> None:
    """The best first; a level is a digit coarser, bids floored and asks the next higher."""
    floor.buy(100 * E18, 1_234_567_890_000_000_000)
    floor.buy(100 * E18, 1_234_567_810_000_000_000, storageId=2)
    floor.sell(100 * E18, 5 * E18, "bob")
    floor.wait(1)

    told = floor.told("/depth", "market=LRC-ETH&level=0&limit=50")
    assert told == {
        "version": 1800000001000,
        "timestamp": 1800000001000,
        "market": "LRC-ETH",
        "bids": [["0.01234567", str(200 * E18), "2469135700000000000", "2"]],
        "asks": [["0.05", str(100 * E18), str(5 * E18), "1"]],
    }
    coarse = floor.told("/mix/depth", "market=LRC-ETH&level=4")
    assert ("0.0123", "0.05") == (coarse["bids"][0][0], coarse["asks"][0][0])
    assert coarse["bids"] == floor.told("/depth", "market=LRC-ETH&level=1000")["bids"]
    assert [] == floor.told("/depth", "market=LRC-ETH&limit=0")["bids"]


def test_depth_of_nothing(floor: Floor) -> None:
    """The documented numbers."""
    assert (400, 108000) == refusal(floor.ask("/depth", "market=LRC-BTC"))
    assert (400, 100001) == refusal(floor.ask("/depth"))
    assert (400, 108001) == refusal(floor.ask("/depth", "market=LRC-ETH&level=fine"))


def test_trades(floor: Floor) -> None:
    """A row each: everybody's ends at a fee that is nobody's business, one's own says all."""
    floor.sell(100 * E18, 3 * E18, storageId=20)
    floor.buy(100 * E18, 4 * E18, "bob")
    told = floor.told("/trade", "market=LRC-ETH&limit=20&fillTypes=dex")

    assert 1 == told["totalNum"]
    time_ms, match_id = told["trades"][0][:2]
    assert "1800000000000" == time_ms
    row = [time_ms, match_id, "BUY", str(100 * E18), "0.03", "LRC-ETH", "0"]
    assert [row] == told["trades"]
    own = [time_ms, match_id, "SELL", str(100 * E18), "0.03", "LRC-ETH", str(3 * 10**15)]
    own += ["10010", str(LRC), "20"]
    assert {"totalNum": 1, "trades": [own]} == floor.told("/user/trades", ALICE)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", 2),
        ("&market=LRC-ETH", 2),
        ("&market=ETH-USDT", 0),
        ("&fillTypes=amm", 0),
        ("&fillTypes=dex,amm", 2),
        ("&orderHash={hashed}", 1),
        ("&fromId=1", 0),
        ("&limit=1", 2),
    ],
)
def test_own_trades_by_filters(floor: Floor, query: str, expected: int) -> None:
    """The number told is of all that match."""
    hashed = floor.sell(100 * E18, 3 * E18)
    floor.sell(100 * E18, 3 * E18, storageId=2)
    floor.buy(200 * E18, 6 * E18, "bob")

    asked = ALICE + query.format(hashed=hashed)
    assert expected == floor.told("/user/trades", asked)["totalNum"]


def test_accounts(floor: Floor) -> None:
    """By id, by owner, or by both of one account."""
    known = Owner("0x" + "a" * 40, "0x1", "0x2", "vip_1")
    floor.desk.pipeline.settings = replace(floor.desk.settings, owners={"10010": known})  # type: ignore[call-arg]  # the venue's own
    told = floor.told("/account", ALICE)

    assert (10010, "0x" + "a" * 40, {"x": "0x1", "y": "0x2"}, "vip_1", False) == (
        told["accountId"],
        told["owner"],
        told["publicKey"],
        told["tags"],
        told["frozen"],
    )
    assert told == floor.told("/account", f"owner=0x{'A' * 40}")
    assert told == floor.told("/account", f"{ALICE}&owner=0x{'a' * 40}")
    for query in ("accountId=7", f"owner=0x{'b' * 40}", f"accountId=10011&owner=0x{'a' * 40}"):
        expected = {"resultInfo": {"code": 101002, "message": "account not found"}}
        assert (400, expected) == floor.ask("/account", query)
    assert (400, 100001) == refusal(floor.ask("/account"))
    assert {"x": "", "y": ""} == floor.told("/account", "accountId=10011")["publicKey"]


def test_names(floor: Floor) -> None:
    """What clients need before they can do anything."""
    tokens = floor.told("/exchange/tokens")
    markets = floor.told("/exchange/markets")["markets"]

    assert [("ETH", 0, 18), ("LRC", 1, 18), ("USDT", 3, 6)] == [
        (one["symbol"], one["tokenId"], one["decimals"]) for one in tokens
    ]
    assert ["LRC-ETH", "ETH-USDT", "LRC-USDT"] == [one["market"] for one in markets]
    assert {2} == {one["status"] for one in floor.told("/mix/markets")["markets"]}
    assert {"pools": []} == floor.told("/amm/pools")
    assert {"timestamp": 1_800_000_000_000} == floor.told("/timestamp")
    assert 1 == floor.told("/exchange/info")["chainId"]


def test_rates(floor: Floor) -> None:
    """In hundredths of a percent, by the token an order buys."""
    amounts = floor.told("/user/orderUserRateAmount", f"{ALICE}&market=LRC-ETH")["amounts"]
    assert [("LRC", 10, 20), ("ETH", 10, 20)] == [
        (a["tokenSymbol"], a["userOrderInfo"]["makerRate"], a["userOrderInfo"]["takerRate"])
        for a in amounts
    ]
    fee = floor.told("/user/orderFee", f"{ALICE}&market=LRC-ETH&tokenB=LRC&amountB=5")["feeRate"]
    assert {"symbol": "LRC", "makerRate": 10, "takerRate": 20} == fee
    wrong = floor.ask("/user/orderFee", f"{ALICE}&market=LRC-ETH&tokenB=USDT")
    assert (400, 114001) == refusal(wrong)


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/api/v3/nothing", 404), ("PUT", "/api/v3/order", 405)]
)
def test_paths_nobody_has(floor: Floor, method: str, path: str, status: int) -> None:
    """Are no refusal of the venue's own, but look like one."""
    response = floor.desk.answer(Request(method, path.encode()))

    assert status == response.status
    assert response.body.startswith(b'{"resultInfo":{"code":100000,')


def test_a_parameter_twice_is_one_only_if_it_says_the_same(floor: Floor) -> None:
    """Two account ids are nobody's."""
    assert 200 == floor.ask("/user/balances", f"{ALICE}&{ALICE}")[0]
    assert 400 == floor.ask("/user/balances", f"{ALICE}&accountId=10011")[0]


def test_a_new_key_is_the_account_s(floor: Floor) -> None:
    """GET apiKey tells the one that may trade, also after it was replaced."""
    request = Request("POST", b"/api/v3/apiKey", b"", (), b'{"accountId":10010}')
    made = floor.desk.send(request)[1]["apiKey"]
    (held,) = [one for one in floor.desk.keys if one.key == made]

    asked = Request("GET", b"/api/v3/apiKey", ALICE.encode())
    assert (200, {"apiKey": made}) == floor.desk.send(asked, held)
    other = Request("POST", b"/api/v3/apiKey", b"", (), b'{"accountId":10011}')
    assert (400, 104003) == refusal(floor.desk.send(other, held))
    missing = Request("POST", b"/api/v3/apiKey", b"", (), b"{}")
    assert (400, 100001) == refusal(floor.desk.send(missing, held))


def test_orders_are_found_by_who_placed_them_alone(floor: Floor) -> None:
    """Bob's list is bob's."""
    floor.sell(100 * E18, 3 * E18)

    assert {"totalNum": 0, "orders": []} == floor.told("/orders", "accountId=10011", "bob")
    assert (400, 104003) == refusal(floor.ask("/orders", ALICE, "bob"))
    account_id = floor.desk.accounts()[0].account_id
    assert 1 == floor.desk.engine.exchange.query(ListOrders((account_id,))).total


def told_times(floor: Floor, hashed: str) -> Any:
    """Return when an order began and ends, in seconds."""
    return floor.order(hashed)["validity"]


def test_times_of_an_order_are_seconds(floor: Floor) -> None:
    """Its start is when it was submitted."""
    floor.wait(90)
    hashed = floor.sell(100 * E18, 3 * E18)

    start = floor.desk.clock.now_ns() // times.S
    assert {"start": start, "end": 1_900_000_000} == told_times(floor, hashed)
