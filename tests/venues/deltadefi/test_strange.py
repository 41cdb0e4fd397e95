"""
What the venue's documents print, read by our client.

Source: API reference, "Get Market Config", "Get Order", "Get Open Orders", "Get Trades", "Get
        Account Balance", "Get Spot Account" (samples, in our own values where they have none);
        Python SDK 1.1.1 (words of states), samples of account streams.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.venues.strange import Stranger, said

from countermand.venues import VENUES
from countermand.venues.deltadefi.errors import Code, Refused
from countermand.vocabulary.commands import CancelOrder, MassCancel
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
from countermand.wire.http import Response
from countermand.wire.operation import Operation

USDM = "c48cbb3d5e57ed56e276bc45f99ab39abe94e6cd7ac39fb402da47ad.0014df105553444d"
ADA = {"symbol": "ADA", "unit": "lovelace", "decimals": 6, "max_qty_dp": 2}
PAIR = {
    "symbol": "ADAUSDM", "base_token": ADA, "price_max_dp": 4, "min_order_size": 5,
    "quote_token": {"symbol": "USDM", "unit": USDM, "decimals": 6, "max_qty_dp": 2},
}  # fmt: skip
NIGHT = PAIR | {
    "symbol": "NIGHTUSDM", "price_max_dp": 5, "base_token": ADA | {"symbol": "NIGHT", "unit": "06"},
}  # fmt: skip
ACCOUNT = {
    "account_id": "550e8400-e29b-41d4-a716-446655440001", "account_type": "spot",
    "encrypted_operation_key": "{}", "operation_key_hash": "ab" * 28,
    "created_at": "2026-01-01T00:00:00Z",
}  # fmt: skip
ID = "0b0e7d52-7c0a-4b0e-9f0f-1f6d5a1c9a01"
ORDER: dict[str, Any] = {
    "id": ID, "account_id": ACCOUNT["account_id"], "active_order_utxo_id": "ab#0",
    "status": "open", "symbol": "ADAUSDM", "base_qty": "100", "quote_qty": "93", "side": "buy",
    "price": "0.93", "type": "limit", "locked_base_qty": "0", "locked_quote_qty": "93",
    "executed_base_qty": "0", "executed_quote_qty": "0", "ob_open_order_base_qty": "100",
    "commission_unit": "ADA", "commission": "0", "commission_rate_bp": 10, "executed_price": "0",
    "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
    "order_execution_records": [],
}  # fmt: skip
FILL = {
    "id": "6ab595a2-c76e-4d46-90c7-8f072cbcc478", "order_id": ID,
    "account_id": ACCOUNT["account_id"], "execution_price": "0.93", "filled_base_qty": "100",
    "filled_quote_qty": "93", "commission_unit": "ADA", "commission": "0.1", "role": "taker",
    "counter_party_order_id": "331ba963-dcd6-4215-b1a0-c6f1253f4838",
    "created_at": "2026-01-01T00:00:01.123456Z",
}  # fmt: skip


def learned(**changes: Any) -> Stranger:
    """Return our client before the venue as its documents have it."""
    told: dict[Operation, Any] = {
        Operation.LIST_INSTRUMENTS: {"trading_pairs": [PAIR, NIGHT], "assets": []},
        Operation.GET_ACCOUNT: ACCOUNT,
    }
    return Stranger(VENUES["deltadefi"], told | changes)


@pytest.fixture(scope="module")
def strange() -> Stranger:
    """Return our client before the venue as its documents have it."""
    return learned()


def order(strange: Stranger, **changes: Any) -> Any:
    """Return what is read of an order with other fields; one that is None is null."""
    query = strange.end.find(ID, strange.context)
    return strange.ask(Operation.GET_ORDER, query, ORDER | changes)


def test_names_are_learned(strange: Stranger) -> None:
    """The steps are those of the market config."""
    assert [
        (one.symbol, numbers.price_text(one, 1), numbers.qty_text(one, 1))
        for one in strange.directory.instruments.values()
    ] == [("ADAUSDM", "0.0001", "0.01"), ("NIGHTUSDM", "0.00001", "0.01")]
    assert [one.symbol for one in strange.directory.assets.values()] == ["ADA", "USDM", "NIGHT"]
    (account,) = strange.directory.accounts.values()
    assert (account.name, account.is_default) == (ACCOUNT["account_id"], True)


@pytest.mark.parametrize("order_id", [ID, "550e8400-e29b-41d4-a716-446655440000"])
def test_id_is_sent_as_it_was_read(strange: Stranger, order_id: str) -> None:
    """A UUID that is no rendering of a number of ours."""
    query = strange.end.find(order_id, strange.context)
    report = strange.ask(Operation.GET_ORDER, query, ORDER | {"id": order_id})
    assert f"/accounts/order/{order_id}" in said(strange.sent[-1])
    assert strange.end.spell(report, strange.context) == order_id
    command = CancelOrder(strange.account_id, report.order_id)
    told = strange.ask(Operation.CANCEL_ORDER, command, {"order_id": order_id})
    assert f"/order/{order_id}/cancel" in said(strange.sent[-1])
    assert told.order_ids == (report.order_id,)


def test_ids_of_a_cancel_of_all(strange: Stranger) -> None:
    """Each is that of an order that was read before."""
    market = next(iter(strange.directory.instruments))
    command = MassCancel(strange.account_id, (market,))
    told = strange.ask(Operation.MASS_CANCEL, command, {"symbol": "ADAUSDM", "order_ids": [ID]})

    assert told.order_ids == (strange.end.find(ID, strange.context).order_id,)


@pytest.mark.parametrize(
    ("changes", "status", "standing"),
    [
        ({}, OrdStatus.NEW, Standing.RESTING),
        ({"executed_base_qty": "40"}, OrdStatus.PARTIALLY_FILLED, Standing.RESTING),
        ({"status": "building"}, OrdStatus.NEW, Standing.STAGED),
        ({"status": "processing"}, OrdStatus.NEW, Standing.PENDING),
        ({"status": "closed", "executed_base_qty": "100"}, OrdStatus.FILLED, Standing.CLOSED),
        ({"status": "cancelled"}, OrdStatus.CANCELED, Standing.CLOSED),
        ({"status": "failed"}, OrdStatus.REJECTED, Standing.CLOSED),
        ({"status": "fully_filled"}, OrdStatus.FILLED, Standing.CLOSED),
        ({"status": "partially_filled"}, OrdStatus.PARTIALLY_FILLED, Standing.RESTING),
        ({"status": "partially_cancelled"}, OrdStatus.CANCELED, Standing.CLOSED),
        ({"status": "never_heard_of"}, OrdStatus.NEW, Standing.PENDING),
    ],
)
def test_states(
    strange: Stranger, changes: dict[str, Any], status: OrdStatus, standing: Standing
) -> None:
    """Those of today and of former years; any other is of an order not known to be over."""
    report = order(strange, **changes)
    assert (report.ord_status, report.standing) == (status, standing)


@pytest.mark.parametrize(
    "changes",
    [
        {"slippage_bp": None, "market_order_limit_price": None, "order_execution_records": None},
        {"ob_open_order_base_qty": None, "status": "closed"},
        {"base_qty": 100, "price": 0.93, "commission": 0, "new_key": [1]},
        {"commission": "0.100000000000000001"},
        {"type": "market", "price": "0", "quote_qty": ""},
    ],
)
def test_order_in_another_shape(strange: Stranger, changes: dict[str, Any]) -> None:
    """Nulls, numbers for text, more digits than anything is counted in."""
    assert order(strange, **changes).terms.order_qty_lots == 10_000


@pytest.mark.parametrize("missing", ["id", "account_id", "status", "executed_base_qty", "side"])
def test_nothing_is_made_up(strange: Stranger, missing: str) -> None:
    """An order without what says how it stands is not read."""
    with pytest.raises(Malformed):
        order(strange, **{missing: None})


def test_open_orders(strange: Stranger) -> None:
    """A page, and the page after it."""
    query = ListOpenOrders((strange.account_id,))
    page = {"data": [ORDER, ORDER | {"status": "processing"}], "total_count": 2, "total_page": 1}
    assert len(strange.ask(Operation.LIST_ORDERS, query, page)) == 2
    assert (
        strange.ask(Operation.LIST_ORDERS, query, {"data": [], "total_count": 0, "total_page": 0})
        == ()
    )


@pytest.mark.parametrize(
    ("unit", "side"), [("ADA", Side.BUY), ("lovelace", Side.BUY), ("USDM", Side.SELL)]
)
def test_fills(strange: Stranger, unit: str, side: Side) -> None:
    """The fills of a market; a fill's side is read from the asset of its commission."""
    market = next(iter(strange.directory.instruments.values()))
    query = ListFills((strange.account_id,), instrument_ids=(market.instrument_id,))
    page = {"data": [FILL | {"commission_unit": unit}], "total_count": 1, "total_page": 1}
    (fill,) = strange.ask(Operation.LIST_FILLS, query, page)

    assert (fill.terms.side, fill.last_px_ticks, fill.last_qty_lots) == (side, 9300, 10_000)
    assert fill.order_id == strange.end.find(ID, strange.context).order_id
    assert "symbol=ADAUSDM" in said(strange.sent[-1])


def test_fills_of_an_order(strange: Stranger) -> None:
    """The fills come with the order."""
    query = ListFills((strange.account_id,), strange.end.find(ID, strange.context).order_id)
    told = ORDER | {"status": "closed", "order_execution_records": [FILL]}
    (fill,) = strange.ask(Operation.LIST_FILLS, query, None, GET_ORDER=told)

    assert (fill.last_qty_lots, fill.is_maker) == (10_000, False)


def test_holdings_and_prices(strange: Stranger) -> None:
    """Names in small letters and an empty unit, as samples have them; numbers as floats."""
    query = GetAccount(strange.account_id)
    told = [
        {"asset": "ada", "asset_unit": "", "free": "1383.52097", "locked": "0"},
        {"asset": "USDM", "asset_unit": USDM, "free": 7.5, "locked": 93},
    ]
    ada, usdm = strange.ask(Operation.LIST_BALANCES, query, told)
    assert (ada.total_minor, usdm.hold_minor) == (1383520970 * 10**12, 93 * 10**18)
    market = next(iter(strange.directory.instruments))
    quote = strange.ask(Operation.GET_QUOTE, GetQuote(market), {"price": 0.75})
    depth = strange.ask(
        Operation.GET_DEPTH, GetDepth(market),
        {"timestamp": 1755747950587, "bids": [{"price": 0.195, "quantity": 30}], "asks": []},
    )  # fmt: skip
    assert (quote.last_px_ticks, depth.bids) == (7500, ((1950, 3000),))


def test_key_without_an_operation_key() -> None:
    """The key may read and cancel, and has one account."""
    venue = VENUES["deltadefi"]
    assert venue.client is not None
    seen = learned()
    steps = venue.client.learn(seen.credential, seen.context)
    next(steps)
    row = venue.routes.of(Operation.LIST_INSTRUMENTS)
    body = b'{"trading_pairs":[],"assets":[]}'
    steps.send(codec.decode_reply(row, Response(200, body)))
    with pytest.raises(StopIteration) as end:
        steps.throw(Refused(Code.NO_OPERATION_KEY))

    assert [one.is_default for one in end.value.value.data.accounts] == [True]
