"""
Market data: the config, prices, depth and candles.

Source: API reference, the page of each call; Python SDK 1.1.1, `responses`; TypeScript SDK 1.1.3,
        `types`; the rest is our proposal (README).
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.venues.deltadefi.booth import ADA, NIGHT, USDM_UNIT, Booth, limit

from countermand.vocabulary.instrument import TradingState


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
