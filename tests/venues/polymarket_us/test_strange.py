"""
What the venue's documents print and clients report of it, read by our client.

Source: Orders, Portfolio and Markets API schemas and their examples; states and ids as clients
        report them.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.venues.strange import Stranger, said

from countermand.venues import VENUES
from countermand.vocabulary.commands import CancelOrder, MassCancel, NewOrder
from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.order import (
    OrderTerms,
    OrdStatus,
    OrdType,
    SelfTradePrevention,
    Side,
    Standing,
    TimeInForce,
)
from countermand.vocabulary.queries import GetAccount, GetDepth, GetQuote, ListOpenOrders
from countermand.wire import numbers
from countermand.wire.errors import Malformed, Unlearned
from countermand.wire.operation import Operation

GAME = "aec-nba-ny-sa-2026-06-05"
OTHER = "aec-nba-bos-lal-2026-06-07"
CENTS = {"value": "0.55", "currency": "USD"}
MARKET: dict[str, Any] = {
    "id": "7909", "slug": GAME, "question": "NY vs SA", "active": True, "closed": False,
    "archived": False, "hidden": False, "category": "sports", "marketType": "moneyline",
    "startDate": "2026-06-01T00:00:00Z", "endDate": "2026-06-06T00:00:00Z",
    "orderPriceMinTickSize": 0.01, "minimumTradeQty": 0.01, "feeCoefficient": 0.0695,
    "bestBid": 0.54, "bestAsk": 0.56, "outcomes": '["NY","SA"]',
    "outcomePrices": '["0.45","0.55"]',
    "marketSides": [
        {"id": "1", "description": "SA", "price": "0.45", "long": False},
        {"id": "2", "description": "NY", "price": "0.55", "long": True},
    ],
}  # fmt: skip
ORDER: dict[str, Any] = {
    "id": "C60JWBG0WKDK", "marketSlug": GAME, "side": "ORDER_SIDE_BUY", "type": "ORDER_TYPE_LIMIT",
    "price": CENTS, "quantity": 100, "cumQuantity": 40, "leavesQuantity": 60,
    "tif": "TIME_IN_FORCE_GOOD_TILL_CANCEL", "goodTillTime": None,
    "intent": "ORDER_INTENT_BUY_LONG",
    "marketMetadata": {"slug": GAME, "title": "NY vs SA", "outcome": "NY", "team": None},
    "state": "ORDER_STATE_PARTIALLY_FILLED",
    "commissionNotionalTotalCollected": {"value": "0.0000", "currency": "USD"},
    "commissionsBasisPoints": "0", "avgPx": CENTS, "cashOrderQty": None,
    "insertTime": "2026-06-05T18:00:00.123456789Z", "createTime": "2026-06-05T18:00:00.120000000Z",
    "outcomeSide": "OUTCOME_SIDE_YES", "action": "ORDER_ACTION_BUY",
}  # fmt: skip


@pytest.fixture
def strange() -> Stranger:
    """Return our client before the venue as its documents have it."""
    closed = MARKET | {"id": "7910", "slug": "over", "closed": True}
    unreadable = {"id": "7911", "slug": "sparse"}
    told = {Operation.LIST_INSTRUMENTS: {"markets": [MARKET, closed, unreadable]}}
    return Stranger(VENUES["polymarket-us"], told)


def order(strange: Stranger, **changes: Any) -> Any:
    """Return what is read of an order with other fields; one that is None is null."""
    query = strange.end.find(ORDER["id"], strange.context)
    return strange.ask(Operation.GET_ORDER, query, {"order": ORDER | changes})


def test_names_are_learned(strange: Stranger) -> None:
    """The client learns markets with steps; the long outcome is the one that trades."""
    told = [(one.symbol, one.trading_state) for one in strange.directory.instruments.values()]
    assert told == [(GAME, TradingState.TRADING), ("over", TradingState.HALTED)]
    market = strange.directory.instrument_by_symbol(GAME)
    assert market is not None
    assert (numbers.price_text(market, 1), numbers.qty_text(market, 1)) == ("0.01", "0.01")
    assert (market.payout_ticks, market.taker_fee_ppb) == (100, 69_500_000)


@pytest.mark.parametrize("order_id", ["C60JWBG0WKDK", "CPZBEBJ5YXPK", "order-123"])
def test_id_is_sent_as_it_was_read(strange: Stranger, order_id: str) -> None:
    """Live ones, and those that documents print."""
    market = next(iter(strange.directory.instruments))
    query = strange.end.find(order_id, strange.context)
    report = strange.ask(Operation.GET_ORDER, query, {"order": ORDER | {"id": order_id}})
    assert f"/v1/order/{order_id}" in said(strange.sent[-1])
    assert strange.end.spell(report, strange.context) == order_id
    command = CancelOrder(strange.account_id, report.order_id, instrument_id=market)
    assert strange.ask(Operation.CANCEL_ORDER, command, {}).order_ids == (report.order_id,)
    assert f"/v1/order/{order_id}/cancel" in said(strange.sent[-1])
    told = strange.ask(
        Operation.MASS_CANCEL, MassCancel(strange.account_id), {"canceledOrderIds": [order_id]}
    )
    assert told.order_ids == (report.order_id,)


def test_id_of_a_new_order(strange: Stranger) -> None:
    """The id is the one to read and cancel with."""
    market = next(iter(strange.directory.instruments))
    terms = OrderTerms(
        Side.BUY, OrdType.LIMIT, TimeInForce.GTC, 100, 55, stp=SelfTradePrevention.REJECT
    )
    command = NewOrder(strange.account_id, market, "", terms, True, True)
    told = strange.ask(Operation.PLACE_ORDER, command, {"id": "C60JWBG0WKDK", "executions": None})

    assert told.order_ids == (strange.end.find("C60JWBG0WKDK", strange.context).order_id,)


def test_order_as_it_is_printed(strange: Stranger) -> None:
    """Each number of the document is read."""
    report = order(strange)
    assert (report.ord_status, report.standing) == (OrdStatus.PARTIALLY_FILLED, Standing.RESTING)
    assert (report.cum_qty_lots, report.leaves_qty_lots) == (4000, 6000)
    market = next(iter(strange.directory.instruments.values()))
    assert report.cum_notional_minor == market.notional_of(55, 4000)
    assert report.transact_ns % 10**9 == 123_456_789


@pytest.mark.parametrize(
    ("state", "status", "standing"),
    [
        ("NEW", OrdStatus.NEW, Standing.RESTING),
        ("PENDING_NEW", OrdStatus.PARTIALLY_FILLED, Standing.PENDING),
        ("PENDING_RISK", OrdStatus.PARTIALLY_FILLED, Standing.PENDING),
        ("PENDING_REPLACE", OrdStatus.PARTIALLY_FILLED, Standing.RESTING),
        ("PENDING_CANCEL", OrdStatus.PARTIALLY_FILLED, Standing.RESTING),
        # It must not be taken for dead.
        ("REPLACED", OrdStatus.PARTIALLY_FILLED, Standing.RESTING),
        ("FILLED", OrdStatus.FILLED, Standing.CLOSED),
        ("CANCELED", OrdStatus.CANCELED, Standing.CLOSED),
        ("REJECTED", OrdStatus.REJECTED, Standing.CLOSED),
        ("EXPIRED", OrdStatus.EXPIRED, Standing.CLOSED),
        ("NEVER_HEARD_OF", OrdStatus.PARTIALLY_FILLED, Standing.PENDING),
    ],
)
def test_states(strange: Stranger, state: str, status: OrdStatus, standing: Standing) -> None:
    """Every documented one, and a word that no document has."""
    report = order(strange, state=f"ORDER_STATE_{state}")
    assert (report.ord_status, report.standing) == (status, standing)


@pytest.mark.parametrize(
    "changes",
    [
        {"avgPx": None, "cumQuantity": 0, "leavesQuantity": 100},
        {"commissionNotionalTotalCollected": None},
        {"createTime": None},
        {"quantity": "100", "manualOrderIndicator": "MANUAL_ORDER_INDICATOR_ROBOT", "newKey": {}},
        {"marketMetadata": None, "outcomeSide": None, "action": None},
        {"avgPx": {"value": "0.333333333333333333333", "currency": "USD"}},
    ],
)
def test_order_in_another_shape(strange: Stranger, changes: dict[str, Any]) -> None:
    """Nulls, text for numbers, words and keys that no document has."""
    assert order(strange, **changes).terms.order_qty_lots == 10_000


@pytest.mark.parametrize("missing", ["id", "state", "cumQuantity", "intent", "marketSlug"])
def test_nothing_is_made_up(strange: Stranger, missing: str) -> None:
    """An order without what says how it stands is not read."""
    with pytest.raises(Malformed):
        order(strange, **{missing: None})


def test_market_that_is_not_among_the_first(strange: Stranger) -> None:
    """The market is learned by its slug; an unknown one is not."""
    told = {"orders": [ORDER | {"marketSlug": OTHER}]}
    listed = strange.ask(
        Operation.LIST_ORDERS, ListOpenOrders((strange.account_id,)), told,
        GET_INSTRUMENT={"market": MARKET | {"id": "8001", "slug": OTHER}},
    )  # fmt: skip
    known = strange.directory.instrument_by_symbol(OTHER)
    assert known is not None
    assert [one.instrument_id for one in listed] == [known.instrument_id]
    with pytest.raises(Unlearned, match="order names what is not known here"):
        strange.ask(
            Operation.LIST_ORDERS, ListOpenOrders((strange.account_id,)),
            {"orders": [ORDER | {"marketSlug": "elsewhere"}]}, GET_INSTRUMENT={"market": MARKET},
        )  # fmt: skip


def test_no_open_orders(strange: Stranger) -> None:
    """Both forms of an empty answer are read."""
    query = ListOpenOrders((strange.account_id,))
    assert strange.ask(Operation.LIST_ORDERS, query, {}) == ()
    assert strange.ask(Operation.LIST_ORDERS, query, {"orders": []}) == ()


def test_prices(strange: Stranger) -> None:
    """An empty side, and fields that are left out."""
    market = next(iter(strange.directory.instruments))
    bbo = {
        "marketSlug": GAME, "bestBid": {"value": "0.54", "currency": "USD"}, "bestAsk": None,
        "bidDepth": 1, "askDepth": 0, "lastTradePx": CENTS, "sharesTraded": "150000",
        "openInterest": "500000", "state": "MARKET_STATE_OPEN",
    }  # fmt: skip
    quote = strange.ask(Operation.GET_QUOTE, GetQuote(market), {"marketData": bbo})
    assert (quote.bid_px_ticks, quote.ask_px_ticks, quote.last_px_ticks) == (54, 0, 55)
    book = {
        "marketSlug": GAME, "bids": [{"px": {"value": "0.54", "currency": "USD"}, "qty": "120"}],
        "offers": [{"px": {"value": "0.56", "currency": "USD"}, "qty": "80.5"}],
        "state": "MARKET_STATE_OPEN", "stats": {"lastTradePx": CENTS, "sharesTraded": "150000"},
        "transactTime": "2026-06-05T18:00:00Z",
    }  # fmt: skip
    depth = strange.ask(Operation.GET_DEPTH, GetDepth(market), {"marketData": book})
    assert (depth.bids, depth.asks) == (((54, 12_000),), ((56, 8050),))


def test_holdings(strange: Stranger) -> None:
    """The portfolio's examples, with fees left out."""
    query = GetAccount(strange.account_id)
    balances = {
        "balances": [
            {
                "currentBalance": 1000.0, "currency": "USD", "lastUpdated": "2026-06-05T18:00:00Z",
                "buyingPower": 945.0, "openOrders": 55.0, "marginRequirement": 0,
                "balanceReservation": None, "pendingWithdrawals": [{"id": "1", "name": "x"}],
            }
        ]
    }  # fmt: skip
    (dollars,) = strange.ask(Operation.LIST_BALANCES, query, balances)
    assert (dollars.total_minor, dollars.hold_minor) == (1000 * 10**10, 55 * 10**10)
    position = {
        "netPosition": "40", "netPositionDecimal": "40.0000", "qtyBought": "40",
        "qtyBoughtDecimal": "40.0000", "qtySold": "0", "qtySoldDecimal": "0.0000",
        "cost": {"value": "22.00", "currency": "USD"},
        "realized": {"value": "0.00", "currency": "USD"},
        "cashValue": {"value": "0.00", "currency": "USD"}, "expired": False,
        "updateTime": "2026-06-05T18:00:01Z", "marketMetadata": {"slug": GAME},
    }  # fmt: skip
    page = {"positions": {GAME: position}, "nextCursor": "", "eof": True}
    (held,) = strange.ask(Operation.LIST_POSITIONS, query, page)
    assert (held.net_lots, held.mark_price_ticks, held.fee_minor) == (4000, 55, 0)
