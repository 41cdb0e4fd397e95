"""
What was captured of the live venue, and what its documents print, read by our client.

Source: vectors/captures.json; INTX REST reference, "Cancel order" (ids, enumerations), "Fills";
        intx-sdk-ts, apiSpec (keys of fills, `execution_exchange`, trading states).
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.venues.strange import Stranger, said

from countermand.venues import VENUES
from countermand.vocabulary.commands import CancelOrder
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.order import OrdStatus, OrdType, Side, Standing, TimeInForce
from countermand.vocabulary.queries import GetAccount, GetOrder, ListFills, ListOpenOrders
from countermand.vocabulary.reasons import CancelReason
from countermand.wire import numbers
from countermand.wire.errors import Malformed
from countermand.wire.operation import Operation

_HELD = json.loads((Path(__file__).parent / "vectors" / "captures.json").read_text())
SEEN: dict[str, Any] = {one["name"]: one["response"] for one in _HELD["captures"]}
BTC = SEEN["instrument"] | {"execution_exchange": "COINBASE_INTERNATIONAL_EXCHANGE"}
ETH = BTC | {
    "instrument_id": "149264164756389888", "symbol": "ETH-PERP", "quote_increment": "0.01",
    "base_asset_id": "118059611793145856", "base_asset_name": "ETH", "trading_state": "EXTERNAL",
}  # fmt: skip
# A kind of market that our client has no word for.
INDEX = BTC | {"symbol": "COIN50", "type": "INDEX"}
ASSETS = [
    {"asset_id": number, "asset_name": name, "status": "ACTIVE", "collateral_weight": 1}
    for number, name in (
        ("1", "USDC"), ("118059611751202816", "BTC"), ("118059611793145856", "ETH"),
    )
]  # fmt: skip
PLACED, CANCELED = SEEN["place"], SEEN["cancel"]
PORTFOLIO = SEEN["portfolio"]["portfolio_uuid"]

FILL = {
    "portfolio_id": "3mnk39ap-1-21", "portfolio_uuid": PORTFOLIO, "portfolio_name": "main",
    "fill_id": "1xbfy19y-1-184", "fill_uuid": "7c1fb0a5-9a4a-4b6d-8d36-ec2ad8b1d0f9",
    "exec_id": "41785201", "order_id": "2v2ckc1g-1-0", "symbol": "ETH-PERP",
    "instrument_id": "114jqqhr-0-0", "match_id": "374526712", "fill_price": "52500",
    "fill_qty": "0.01", "client_id": "1x59ctku-1-1", "client_order_id": "ABC123",
    "order_qty": "0.01", "limit_price": "52500", "total_filled": "0.01", "filled_vwap": "52500",
    "expire_time": "", "stop_price": "", "side": "BUY", "tif": "GTC", "stp_mode": "BOTH",
    "flags": "", "fee": "0.105", "fee_asset": "USDC", "order_status": "DONE",
    "event_time": "2024-02-14T03:25:14.123Z", "source": "CLIENT_ORDER", "execution_venue": "CLOB",
}  # fmt: skip


@pytest.fixture(scope="module")
def strange() -> Stranger:
    """Our client before the venue as it was seen."""
    return Stranger(
        VENUES["coinbase-intx"],
        {
            Operation.LIST_ASSETS: ASSETS,
            Operation.LIST_INSTRUMENTS: [BTC, ETH, INDEX],
            Operation.LIST_ACCOUNTS: [SEEN["portfolio"]],
        },
    )


def order(strange: Stranger, **changes: Any) -> Any:
    """Return what is read of a placed order with other fields; one that is None is left out."""
    given = {k: v for k, v in (PLACED | changes).items() if v is not None or k == "price"}
    return strange.ask(Operation.GET_ORDER, GetOrder(strange.account_id, OrderId(1)), given)


def test_names_are_learned(strange: Stranger) -> None:
    """The client learns the markets that it has words for, with the venue's own steps."""
    markets = strange.directory.instruments.values()
    steps = [(one.symbol, numbers.price_text(one, 1), numbers.qty_text(one, 1)) for one in markets]
    assert steps == [("BTC-PERP", "0.1", "0.0001"), ("ETH-PERP", "0.01", "0.0001")]
    assert [one.trading_state for one in markets] == [TradingState.TRADING, TradingState.HALTED]
    (account,) = strange.directory.accounts.values()
    assert (account.name, account.is_default) == ("main", True)


@pytest.mark.parametrize("order_id", ["43877033468085760", "2v2ckc1g-1-0"])
def test_id_is_sent_as_it_was_read(strange: Stranger, order_id: str) -> None:
    """Digits, as the page has them, and triplets, as they were captured."""
    query = strange.end.find(order_id, strange.context)
    report = strange.ask(Operation.GET_ORDER, query, PLACED | {"order_id": order_id})
    assert f"/orders/{order_id}" in said(strange.sent[-1])
    assert (report.order_id, strange.end.spell(report, strange.context)) == (
        query.order_id,
        order_id,
    )
    command = CancelOrder(strange.account_id, report.order_id)
    strange.ask(Operation.CANCEL_ORDER, command, CANCELED | {"order_id": order_id})
    assert f"/orders/{order_id}" in said(strange.sent[-1])
    assert f"portfolio={PORTFOLIO}" in said(strange.sent[-1])


@pytest.mark.parametrize("name", ["ABC123", "f346ca69-11b4-4e1b-ae47-85971290c771"])
def test_name_is_sent_as_it_is(strange: Stranger, name: str) -> None:
    """A market's name stands where an id could."""
    query = strange.end.find(name, strange.context)
    report = strange.ask(Operation.GET_ORDER, query, PLACED | {"client_order_id": name})

    assert (query.order_id, report.cl_ord_id) == (0, name)
    assert f"/orders/{name}" in said(strange.sent[-1])


def test_order_as_it_was_placed(strange: Stranger) -> None:
    """The answer to placing has no times."""
    report = order(strange)
    assert (report.ord_status, report.terms.side) == (OrdStatus.NEW, Side.SELL)
    assert (report.leaves_qty_lots, report.terms.price_ticks) == (100, 300_000)
    assert (report.submit_ns, report.transact_ns, report.terms.expire_ns) == (0, 0, 0)


def test_order_as_it_was_canceled(strange: Stranger) -> None:
    """The quantity that did not trade is told, and none is left to trade."""
    command = CancelOrder(strange.account_id, OrderId(1))
    report = strange.ask(Operation.CANCEL_ORDER, command, CANCELED)

    assert (report.ord_status, report.cancel_reason) == (
        OrdStatus.CANCELED,
        CancelReason.REQUESTED,
    )
    assert (report.leaves_qty_lots, report.cum_qty_lots) == (0, 0)


OPEN, PART, RESTS = OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED, Standing.RESTING
OVER, DONE = Standing.CLOSED, {"order_status": "DONE"}


@pytest.mark.parametrize(
    ("changes", "status", "standing"),
    [
        ({"event_type": "PENDING_NEW"}, OPEN, Standing.PENDING),
        ({"event_type": "PENDING_CANCEL"}, OPEN, RESTS),
        ({"event_type": "PENDING_REPLACE", "exec_qty": "0.005"}, PART, RESTS),
        ({"event_type": "STOP_TRIGGERED"}, OPEN, RESTS),
        ({"event_type": "NEVER_HEARD_OF"}, OPEN, RESTS),
        (DONE | {"event_type": "EXPIRED"}, OrdStatus.EXPIRED, OVER),
        (DONE | {"event_type": "REJECTED"}, OrdStatus.REJECTED, OVER),
        (DONE | {"event_type": "TRADE", "exec_qty": "0.01"}, OrdStatus.FILLED, OVER),
        # It is over, by no cancel that the venue tells of.
        (DONE | {"event_type": "NEVER_HEARD_OF"}, OrdStatus.EXPIRED, OVER),
        ({"order_status": "NEVER_HEARD_OF"}, OPEN, RESTS),
    ],
)  # fmt: skip
def test_states(
    strange: Stranger, changes: dict[str, Any], status: OrdStatus, standing: Standing
) -> None:
    """Every documented one, and words that no document has."""
    report = order(strange, **changes)
    assert (report.ord_status, report.standing) == (status, standing)


@pytest.mark.parametrize(
    ("changes", "ord_type"),
    [
        ({"type": "STOP_LIMIT", "stop_price": "2900"}, OrdType.LIMIT),
        ({"type": "STOP", "price": None, "stop_price": "2900"}, OrdType.MARKET),
        ({"type": "STOP", "price": None}, OrdType.MARKET),
        ({"type": "TAKE_PROFIT_STOP_LOSS", "stop_limit_price": "1"}, OrdType.LIMIT),
        ({"tif": None}, OrdType.LIMIT),
        ({"tif": "AT_THE_CLOSE"}, OrdType.LIMIT),
        ({"stp_mode": "NEWEST", "algo_strategy": "TWAP", "new_key": {"a": 1}}, OrdType.LIMIT),
        ({"price": 3000, "size": 0.01, "post_only": "false"}, OrdType.LIMIT),
    ],
)  # fmt: skip
def test_words_of_terms(strange: Stranger, changes: dict[str, Any], ord_type: OrdType) -> None:
    """A term that our client has no word for is read as the nearest."""
    terms = order(strange, **changes).terms
    assert (terms.ord_type, terms.time_in_force) == (ord_type, TimeInForce.GTC)


STOP = {"type": "STOP_LIMIT", "stop_price": "2900"}
BRACKET = STOP | {"type": "TAKE_PROFIT_STOP_LOSS", "stop_limit_price": "1"}


@pytest.mark.parametrize(
    ("changes", "is_met"),
    [
        (STOP, False),
        (STOP | {"event_type": "STOP_TRIGGERED"}, True),
        (STOP | {"event_type": "TRADE", "exec_qty": "0.005"}, True),
        (STOP | {"event_type": "REPLACED", "exec_qty": "0.005"}, True),
        (STOP | {"event_type": "PENDING_CANCEL"}, False),
        (BRACKET, False),
        (BRACKET | {"event_type": "STOP_TRIGGERED"}, True),
        # It may be the limit order that traded.
        (BRACKET | {"event_type": "TRADE", "exec_qty": "0.005"}, False),
    ],
)
def test_stop_that_woke(strange: Stranger, changes: dict[str, Any], is_met: bool) -> None:
    """Its last event says so, or that it traded."""
    assert is_met == order(strange, **changes).terms.trigger.is_met


@pytest.mark.parametrize(
    "missing", ["order_id", "portfolio_uuid", "side", "size", "exec_qty", "order_status"]
)
def test_nothing_is_made_up(strange: Stranger, missing: str) -> None:
    """An order without what says how it stands is not read."""
    with pytest.raises(Malformed):
        order(strange, **{missing: None})


def test_one_strange_order_does_not_hide_the_others(strange: Stranger) -> None:
    """A list is read whole."""
    page = {"pagination": {"result_limit": 100, "result_offset": 0, "more": None}}
    results = [PLACED, PLACED | {"type": "STOP", "event_type": "PENDING_NEW", "extra": None}]
    query = ListOpenOrders((strange.account_id,))
    told = strange.ask(Operation.LIST_ORDERS, query, page | {"results": results})

    assert [one.ord_status for one in told] == [OrdStatus.NEW, OrdStatus.NEW]


def test_holdings(strange: Stranger) -> None:
    """As captured: a mark between two ticks, a fraction finer than any step."""
    query = GetAccount(strange.account_id)
    (position,) = strange.ask(Operation.LIST_POSITIONS, query, [SEEN["position"]])
    (balance,) = strange.ask(Operation.LIST_BALANCES, query, [SEEN["balance"]])
    dollars = strange.directory.assets[balance.asset_id]

    assert (position.net_lots, position.mark_price_ticks) == (100, 275_112)
    assert numbers.minor_text(dollars, balance.total_minor) == "997.5"


def test_fill(strange: Stranger) -> None:
    """As captured: empty texts for missing values, and the venue's own ids."""
    page = {"pagination": {"result_limit": 100, "result_offset": 0}, "results": [FILL]}
    (fill,) = strange.ask(Operation.LIST_FILLS, ListFills((strange.account_id,)), page)
    fee = Decimal(numbers.minor_text(next(iter(strange.directory.assets.values())), fill.fee_minor))

    assert (fill.last_px_ticks, fill.last_qty_lots, fee) == (5_250_000, 100, Decimal("0.105"))
    assert strange.end.find("2v2ckc1g-1-0", strange.context).order_id == fill.order_id
