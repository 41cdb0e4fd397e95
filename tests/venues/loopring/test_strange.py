"""
What the venue's documents print, read by our client.

Source: DEX API v3, "Get order", "Get orders", "Get token info", "Get market info", "Query user
        information", "Get user exchange balances", "Get market depth", "Get user trades", "Get
        user's ApiKey", "Cancel order" (ids), samples in our own values where they have none.
"""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from tests.venues.desk import Desk
from tests.venues.strange import Stranger, said

from countermand.venues import VENUES
from countermand.vocabulary.commands import CancelOrder
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.order import OrdStatus, Side, Standing
from countermand.vocabulary.queries import (
    GetAccount,
    GetDepth,
    GetQuote,
    ListFills,
    ListOpenOrders,
)
from countermand.wire import codec, numbers
from countermand.wire.errors import Malformed
from countermand.wire.operation import Operation

HASH = "0x05a97490e92ded027f65c4bebf3bad63813f4ce8c7255335894566b2eee90206"
ETHER = 10**18
ETH: dict[str, Any] = {
    "type": "ETH", "tokenId": 0, "symbol": "ETH", "name": "Ethereum", "address": "0x" + "0" * 40,
    "decimals": 18, "precision": 7, "precisionForOrder": 3, "enabled": True,
    "orderAmounts": {
        "minimum": "5000000000000000", "maximum": "1000000000000000000000",
        "dust": "200000000000000",
    },
    "fastWithdrawLimit": "1", "gasAmounts": {"distribution": "85000", "deposit": "100000"},
}  # fmt: skip
LRC = ETH | {"tokenId": 1, "symbol": "LRC", "type": "ERC20", "luckyTokenAmounts": None}
USDT = ETH | {"tokenId": 3, "symbol": "USDT", "decimals": 6, "precision": 2}
MARKETS = [
    {
        "market": f"{base}-{quote}", "baseTokenId": base_id, "quoteTokenId": quote_id,
        "precisionForPrice": digits, "orderbookAggLevels": 5, "enabled": enabled,
        "status": 3, "createdAt": "1617967800000",
    }
    for base, base_id, quote, quote_id, digits, enabled in (
        ("LRC", 1, "ETH", 0, 6, True), ("ETH", 0, "USDT", 3, 3, False),
        # Its base is no token that is listed.
        ("XYZ", 99, "ETH", 0, 6, True),
    )
]  # fmt: skip
ACCOUNT = {
    "accountId": 10010, "owner": "0x" + "ab" * 20, "frozen": False,
    "publicKey": {"x": "0x1", "y": "0x2"}, "tags": "vip_1", "nonce": 0, "keyNonce": 0,
    "keySeed": "Sign this message to access Loopring Exchange",
}  # fmt: skip
ORDER: dict[str, Any] = {
    "hash": HASH, "clientOrderId": "200310143135081332", "side": "SELL", "market": "LRC-ETH",
    "price": "0.01987608",
    "volumes": {
        "baseAmount": "500000000000000000000", "quoteAmount": "9938040000000000000",
        "baseFilled": "0", "quoteFilled": "0", "fee": "0",
    },
    "validity": {"start": 1655106079, "end": 1657698077}, "orderType": "LIMIT_ORDER",
    "tradeChannel": "MIXED", "status": "processing",
    "storageInfo": {"accountId": 10010, "tokenId": 1, "storageId": 100},
}  # fmt: skip


@pytest.fixture(scope="module")
def strange() -> Stranger:
    """Return our client before the venue as its documents have it."""
    contract = {"chainId": 1, "exchangeAddress": "0x0BABA1Ad5bE3a5C0a66E7ac838a129Bf948f1eA4"}
    told: dict[Operation, Any] = {
        Operation.GET_STATUS: contract, Operation.LIST_ASSETS: [ETH, LRC, USDT],
        Operation.LIST_INSTRUMENTS: {"markets": MARKETS}, Operation.GET_ACCOUNT: ACCOUNT,
    }  # fmt: skip
    return Stranger(VENUES["loopring"], told)


def order(strange: Stranger, **changes: Any) -> Any:
    """Return what is read of an order with other fields, `volumes` among them one by one."""
    volumes = ORDER["volumes"] | changes.pop("volumes", {})
    query = strange.end.find(HASH, strange.context)
    return strange.ask(Operation.GET_ORDER, query, ORDER | {"volumes": volumes} | changes)


def test_names_are_learned(strange: Stranger) -> None:
    """Markets of tokens that are listed; what orders are signed for; the key's account."""
    assert [(one.symbol, one.trading_state) for one in strange.directory.instruments.values()] == [
        ("LRC-ETH", TradingState.TRADING), ("ETH-USDT", TradingState.HALTED),
    ]  # fmt: skip
    (account,) = strange.directory.accounts.values()
    assert (account.name, account.is_default) == ("10010", True)
    assert strange.settings.exchange_address == "0x0BABA1Ad5bE3a5C0a66E7ac838a129Bf948f1eA4"
    assert strange.settings.tokens["USDT"].decimals == 6
    assert strange.settings.markets["ETH-USDT"].precision_for_price == 3


@pytest.mark.parametrize("text", [HASH, "202003180000 00001010", "Sample"])
def test_order_is_called_as_people_call_it(strange: Stranger, text: str) -> None:
    """By its hash, or by its client's name, each in its place."""
    query = strange.end.find(text, strange.context)
    command = CancelOrder(
        strange.account_id, OrderId(0), query.cl_ord_id,
        secondary_cl_ord_id=query.secondary_cl_ord_id,
    )  # fmt: skip
    taken = {"hash": HASH, "clientOrderId": "Test", "status": "cancelling", "isIdempotent": "false"}
    told = strange.ask(Operation.CANCEL_ORDER, command, taken)

    place = "orderHash" if text == HASH else "clientOrderId"
    assert f"{place}={text}" in said(strange.sent[-1])
    assert told.cl_ord_ids == (HASH,)


def test_order_as_it_is_printed(strange: Stranger) -> None:
    """The price that its volumes imply, in steps finer than what is shown."""
    report = order(strange)
    market = strange.directory.instruments[report.instrument_id]
    assert strange.end.spell(report, strange.context) == HASH
    assert (numbers.price_text(market, report.terms.price_ticks), report.terms.side) == (
        "0.01987608", Side.SELL,
    )  # fmt: skip
    assert numbers.qty_text(market, report.terms.order_qty_lots) == "500"
    assert f"orderHash={HASH}" in said(strange.sent[-1])


@pytest.mark.parametrize(
    ("word", "filled", "status", "standing"),
    [
        ("processing", 0, OrdStatus.NEW, Standing.RESTING),
        ("processing", 200 * ETHER, OrdStatus.PARTIALLY_FILLED, Standing.RESTING),
        ("processed", 500 * ETHER, OrdStatus.FILLED, Standing.CLOSED),
        ("cancelling", 0, OrdStatus.NEW, Standing.RESTING),
        ("cancelled", 0, OrdStatus.CANCELED, Standing.CLOSED),
        ("expired", 0, OrdStatus.EXPIRED, Standing.CLOSED),
        ("failed", 0, OrdStatus.REJECTED, Standing.CLOSED),
        ("waiting", 0, OrdStatus.NEW, Standing.PENDING),
        ("never_heard_of", 0, OrdStatus.NEW, Standing.PENDING),
    ],
)
def test_states(
    strange: Stranger, word: str, filled: int, status: OrdStatus, standing: Standing
) -> None:
    """Every documented one, and a word that no document has."""
    report = order(strange, status=word, volumes={"baseFilled": str(filled)})
    assert (report.ord_status, report.standing) == (status, standing)


@pytest.mark.parametrize(
    "changes",
    [
        {"clientOrderId": None, "orderType": None, "tradeChannel": None},
        {"orderType": "CLASS_AMM", "extraOrderInfo": {"isTriggered": False, "stopPrice": "1"}},
        {"market": "AMM-LRC-ETH"},
        {"market": "COMBINE-LRC-ETH"},
        {"volumes": {"baseAmount": "5E+20"}},
        # Filled for more than it was for: at a better price.
        {"status": "processed", "volumes": {"baseFilled": "500000000000000000001"}},
        {"storageInfo": {"accountId": "10010", "tokenId": 1, "storageId": "100"}},
    ],
)
def test_order_in_another_shape(strange: Stranger, changes: dict[str, Any]) -> None:
    """Nulls, text for numbers, words and keys that no document has."""
    assert order(strange, **changes).terms.order_qty_lots == 500 * 10**9


@pytest.mark.parametrize(
    ("status", "filled", "triggered", "is_met"),
    [
        ("waiting", 0, False, False),
        ("waiting", 0, True, True),
        ("cancelling", 0, False, False),
        ("cancelling", ETHER, False, True),
        ("processing", 0, True, True),
        ("processing", 0, False, True),
        ("processing", 0, None, True),
    ],
)
def test_stop_that_stands_in_the_book_has_woken(
    strange: Stranger, status: str, filled: int, triggered: bool | None, is_met: bool
) -> None:
    """Its status says so too, where `isTriggered` is missing or late."""
    info = {"isTriggered": triggered, "stopPrice": "0.02", "stopSide": "GREAT_THAN_AND_EQUAL"}
    volumes = ORDER["volumes"] | {"baseFilled": str(filled)}
    told = order(strange, status=status, volumes=volumes, extraOrderInfo=info)

    assert is_met == told.terms.trigger.is_met


def test_order_for_less_than_is_counted(strange: Stranger) -> None:
    """It is listed all the same."""
    query = ListOpenOrders((strange.account_id,))
    dust = ORDER | {"volumes": ORDER["volumes"] | {"baseAmount": "7", "quoteAmount": "1"}}
    told = strange.ask(Operation.LIST_ORDERS, query, {"totalNum": 2, "orders": [dust, ORDER]})

    assert [one.terms.order_qty_lots for one in told.orders] == [0, 500 * 10**9]
    assert "status=processing,cancelling" in said(strange.sent[-1])


@pytest.mark.parametrize("missing", ["hash", "side", "status", "volumes", "market"])
def test_nothing_is_made_up(strange: Stranger, missing: str) -> None:
    """An order without what says how it stands is not read."""
    told = {name: value for name, value in ORDER.items() if name != missing}
    with pytest.raises(Malformed):
        strange.ask(Operation.GET_ORDER, strange.end.find(HASH, strange.context), told)


# A row of a trade as the sample has it, and as older pages have it.
ROW = [
    "1655106079000", "123", "BUY", "500000000000000000000", "3.5669E-4", "LRC-ETH",
    "500000000000000000",
]  # fmt: skip
LONG = [*ROW, "41", "7", "10010", "0", "100", HASH]


@pytest.mark.parametrize(("row", "name"), [([*ROW, "10010", "0", "100"], ""), (LONG, HASH)])
def test_trades(strange: Stranger, row: list[str], name: str) -> None:
    """A price may have an exponent, and a row may tell of its order."""
    query = ListFills((strange.account_id,))
    (fill,) = strange.ask(Operation.LIST_FILLS, query, {"totalNum": 1, "trades": [row]})
    market = strange.directory.instruments[fill.instrument_id]

    assert (fill.cl_ord_id, fill.terms.side) == (name, Side.BUY)
    assert numbers.price_text(market, fill.last_px_ticks) == "0.00035669"
    assert numbers.qty_text(market, fill.last_qty_lots) == "500"
    lrc = strange.directory.asset_by_symbol("LRC")
    assert lrc is not None
    assert numbers.minor_text(lrc, fill.fee_minor) == "0.5"


def test_trades_of_an_order(strange: Stranger) -> None:
    """They are the order's that was asked for."""
    query = ListFills((strange.account_id,), cl_ord_id=HASH)
    (fill,) = strange.ask(Operation.LIST_FILLS, query, {"totalNum": 1, "trades": [ROW]})

    assert (fill.cl_ord_id, f"orderHash={HASH}" in said(strange.sent[-1])) == (HASH, True)


def test_holdings_and_prices(strange: Stranger) -> None:
    """A token that is not listed, an NFT say, is passed over."""
    query = GetAccount(strange.account_id)
    balances = [
        {"accountId": 10010, "tokenId": number, "total": "99476758000000000", "locked": "0",
         "pending": {"withdraw": "0", "deposit": "0"}}
        for number in (0, 32_768)
    ]  # fmt: skip
    (held,) = strange.ask(Operation.LIST_BALANCES, query, balances)
    eth = strange.directory.assets[held.asset_id]
    assert (eth.symbol, numbers.minor_text(eth, held.total_minor)) == ("ETH", "0.099476758")
    market = next(iter(strange.directory.instruments))
    slots = [["0.002", "21000000000000000000", "33220000", "4"]]
    book = {"version": 147, "timestamp": 1584717910000, "market": "LRC-ETH", "bids": slots}
    depth = strange.ask(Operation.GET_DEPTH, GetDepth(market), book | {"asks": []})
    one = strange.directory.instruments[market]
    (bid,) = depth.bids
    assert (numbers.price_text(one, bid[0]), numbers.qty_text(one, bid[1])) == ("0.002", "21")
    row = [
        "LRC-ETH",
        "1584717910000",
        "0",
        "0",
        "0.1",
        "0.2",
        "0.1",
        "0.15",
        "1",
        "0.14",
        "",
        "",
        "",
    ]
    quote = strange.ask(Operation.GET_QUOTE, GetQuote(market), {"tickers": [row]})
    assert numbers.price_text(one, quote.last_px_ticks) == "0.15"
    assert (numbers.price_text(one, quote.bid_px_ticks), quote.ask_px_ticks) == ("0.14", 0)


def test_key_is_asked_for() -> None:
    """By a signature of the private key, which is all that is needed."""
    venue = VENUES["loopring"]
    assert venue.client is not None
    held = Desk(venue).credential()
    told = venue.auth.publish(held, ()) | {"apiKey": None, "base_url": "https://api3.loopring.io"}
    key = venue.auth.credential("me", venue.client.key_fields(told))
    steps = venue.client.log_in(key, Desk(venue).context())  # type: ignore[misc]
    step: Any = next(steps)
    request = venue.auth.sign(_request(venue, step), key, 0)
    assert dict(request.headers)[b"x-api-sig"].startswith(b"0x")
    with pytest.raises(StopIteration) as end:
        steps.send(venue.routes.of(Operation.GET_KEY).op.reply(api_key="H" * 64))

    assert end.value.value == replace(key, key="H" * 64)


def _request(venue: Any, step: Any) -> Any:
    return codec.encode_request(venue.routes.of(step.operation), step.message)


def test_time_is_told(strange: Stranger) -> None:
    """In milliseconds."""
    assert strange.end.tell_time is not None
    steps = strange.end.tell_time(strange.context)
    step = next(steps)
    with pytest.raises(StopIteration) as end:
        steps.send(strange._exchange(step, {"timestamp": 1584717910123}))

    assert end.value.value == 1_584_717_910_123_000_000
