"""
Each venue's published market order trades on the demo world as it starts.

Source: Autoshares API, "Place order" (smallest and comprehensive market order) and "SDKs"
        (JavaScript), and goetna's defaults (`GoodTillCancel`, `ALL`); DeltaDeFi API reference,
        "Build Place Order", and its Python SDK; Coinbase INTX documents, "Trading" (market order);
        Loopring npm SDK, a swap; Polymarket US API reference, "Create order". Names of markets are
        those of the demo world.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.venues.desk import Desk

from countermand.venues import VENUES
from countermand.venues.deltadefi.cardano import transaction
from countermand.venues.deltadefi.credential import signing_key
from countermand.vocabulary.queries import ListFills
from countermand.wire.http import Request

_APPLE = {"Symbol": "AAPL", "Type": "Market", "Side": "Buy"}
_GAME = "aec-nba-ny-sa-2026-06-05"
_CASH = {"value": "100.00", "currency": "USD"}
_SWAP = {
    "exchange": "0x0BABA1Ad5bE3a5C0a66E7ac838a129Bf948f1eA4", "accountId": 10010, "storageId": 0,
    "sellToken": {"tokenId": 1, "volume": str(1000 * 10**18)},
    "buyToken": {"tokenId": 0, "volume": str(19 * 10**18)},
    "allOrNone": False, "fillAmountBOrS": False, "validUntil": 1_900_000_000, "maxFeeBips": 63,
    "orderType": "AMM", "tradeChannel": "MIXED",
}  # fmt: skip

# A venue, where its market order goes, and what is sent.
SAMPLES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "deltadefi": (
        "deltadefi", "/order/build",
        {
            "symbol": "ADAUSDM", "side": "sell", "type": "market", "quote_quantity": "93",
            "max_slippage_basis_point": "100",
        },
    ),
    "deltadefi unbound": (
        "deltadefi", "/order/build",
        {"symbol": "ADAUSDM", "side": "buy", "type": "market", "base_quantity": "100"},
    ),
    "autoshares smallest": (
        "autoshares", "/v1.0/accounts/{}/orders", _APPLE | {"Quantity": 100},
    ),
    "autoshares comprehensive": (
        "autoshares", "/v1.0/accounts/{}/orders",
        _APPLE | {
            "ExpireDate": "2019-03-24T10:07:59.181Z", "ExecInst": "AllOrNone",
            "TimeInforce": "GoodTillCancel", "Quantity": 445, "Exchange": "XNAS",
            "ExtendedHours": "PRE",
            "ExecutionInstructions": {"PerTradeCommission": "1", "PerContractCommission": "1"},
        },
    ),
    "autoshares goetna": (
        "autoshares", "/v1.0/accounts/{}/orders",
        _APPLE | {"Quantity": 10, "TimeInforce": "GoodTillCancel", "ExtendedHours": "ALL"},
    ),
    "coinbase-intx": (
        "coinbase-intx", "/api/v1/orders",
        {
            "client_order_id": "5aa8a0f9-6a94-4eb2-a5a5-1d4c1ff8a7d1", "instrument": "ETH-PERP",
            "side": "SELL", "size": "1.5", "type": "MARKET", "tif": "IOC",
        },
    ),
    "loopring": ("loopring", "/api/v3/order", _SWAP),
    "polymarket-us": (
        "polymarket-us", "/v1/orders",
        {
            "marketSlug": _GAME, "intent": "ORDER_INTENT_BUY_LONG", "type": "ORDER_TYPE_MARKET",
            "cashOrderQty": _CASH,
        },
    ),
    "polymarket-us good till canceled": (
        "polymarket-us", "/v1/orders",
        {
            "marketSlug": _GAME, "intent": "ORDER_INTENT_BUY_LONG", "type": "ORDER_TYPE_MARKET",
            "quantity": 10, "tif": "TIME_IN_FORCE_GOOD_TILL_CANCEL",
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAMPLES)
def test_published_market_order_trades(name: str) -> None:
    """As the first order at the venue it is filled at once."""
    venue, path, body = SAMPLES[name]
    desk = Desk(VENUES[venue], quoted=True)
    account_id = desk.accounts()[0].account_id
    status, answer = _posted(desk, path.format(account_id), body)
    if venue == "deltadefi":
        signed = transaction.sign(answer["tx_hex"], signing_key(desk.credential()))
        submitted = {"order_id": answer["order_id"], "signed_tx": signed}
        status, answer = _posted(desk, "/order/submit", submitted)
    fills = desk.engine.exchange.query(ListFills((account_id,)))

    assert 200 == status, answer
    assert 1 == len(fills), answer


def test_every_venue_has_a_sample() -> None:
    """There is a published market order for each venue."""
    assert set(VENUES) == {venue for venue, _, _ in SAMPLES.values()}


def _posted(desk: Desk, path: str, body: dict[str, Any]) -> tuple[int, Any]:
    return desk.send(Request("POST", path.encode(), b"", (), msgspec.json.encode(body)))
