"""
Tickers, candles, prices and fees: paths that clients call.

Source: DEX API v3, "Ticker", "Get candlestick data"; npm SDK 3.9.22 and hummingbot for which
        places of a row they read. What no source says is our proposal, and the README lists it.
"""

from __future__ import annotations

import pytest
from tests.venues.loopring.floor import ACCOUNTS, E18, Floor, refusal

ALICE = f"accountId={ACCOUNTS['alice']}"
HOUR_S = 3600
# 2027-01-15T08:00:00Z, where the clock of a floor begins.
START_MS = 1_800_000_000_000


@pytest.fixture
def floor() -> Floor:
    """A floor on which 100 LRC traded at 0.03, 0.04 and 0.02 ETH, an hour after each other."""
    made = Floor()
    for slot, price in enumerate((3, 4, 2)):
        made.sell(100 * E18, price * E18, storageId=2 * slot)
        made.buy(100 * E18, price * E18, "bob", storageId=2 * slot)
        made.wait(HOUR_S)
    return made


@pytest.mark.parametrize("path", ["/ticker", "/mix/ticker"])
def test_ticker(floor: Floor, path: str) -> None:
    """Thirteen texts: the last 24 hours, and the best prices that stand."""
    floor.sell(100 * E18, 5 * E18, storageId=20)
    told = floor.told(path, "market=LRC-ETH,ETH-USDT")["tickers"]
    now_ms = str(START_MS + 3 * HOUR_S * 1000)

    assert ["LRC-ETH", now_ms, str(300 * E18), str(9 * E18)] == told[0][:4]
    assert ["0.03", "0.04", "0.02", "0.02", "3", "0", "0.05", "0", "0"] == told[0][4:]
    assert ["ETH-USDT", now_ms, "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0"] == told[1]


def test_ticker_of_a_day_without_a_trade(floor: Floor) -> None:
    """The market stands where it was left."""
    floor.wait(25 * HOUR_S)
    (row,) = floor.told("/mix/ticker", "market=COMBINE-LRC-ETH")["tickers"]

    assert ["COMBINE-LRC-ETH", "0", "0", "0.02", "0.02", "0"] == [row[0], *row[2:5], *row[7:9]]


@pytest.mark.parametrize("path", ["/candlestick", "/mix/candlestick"])
def test_candles(floor: Floor, path: str) -> None:
    """The newest first: beginning, count, open, close, high, low, size, volume."""
    query = "market=LRC-ETH&interval="
    hours = floor.told(path, query + "1hr")["candlesticks"]
    day = floor.told(path, query + "1d")["candlesticks"]
    some = floor.told(path, f"{query}1hr&start={START_MS + 1}&limit=1")["candlesticks"]

    assert [START_MS + hour * HOUR_S * 1000 for hour in (2, 1, 0)] == [int(row[0]) for row in hours]
    assert ["1", "0.04", "0.04", "0.04", "0.04", str(100 * E18), str(4 * E18)] == hours[1][1:]
    assert [["3", "0.03", "0.02", "0.04", "0.02", str(300 * E18), str(9 * E18)]] == [
        row[1:] for row in day
    ]
    assert some == hours[:1]


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        ("/ticker", "", 100001),
        ("/ticker", "market=LRC-BTC", 108000),
        ("/candlestick", "market=LRC-ETH", 100001),
        ("/candlestick", "market=LRC-ETH&interval=3hr", 100001),
        ("/candlestick", "interval=1hr", 100001),
        ("/price", "legal=CNY", 100001),
        ("/user/feeRates", f"{ALICE}&markets=LRC-BTC", 108000),
    ],
)
def test_what_there_is_none_of(floor: Floor, path: str, query: str, code: int) -> None:
    """A market, an interval and a money are refused by name."""
    assert (400, code) == refusal(floor.ask(path, query))


def test_prices(floor: Floor) -> None:
    """A USDT is a dollar; what is quoted in it is worth its mark."""
    told = {one["symbol"]: one["price"] for one in floor.told("/price", "legal=USD")["prices"]}

    assert {"USDT": "1", "ETH": "2000", "LRC": "0.4"} == told


def test_fees(floor: Floor) -> None:
    """Rates by market in hundredths of a percent; requests other than orders cost nothing."""
    rates = floor.told("/user/feeRates", f"{ALICE}&markets=LRC-ETH,ETH-USDT")

    assert [
        {"symbol": name, "makerRate": 10, "takerRate": 20} for name in ("LRC-ETH", "ETH-USDT")
    ] == rates
    assert 3 == len(floor.told("/user/feeRates", ALICE))
    nothing = {"gasPrice": "0", "fees": []}
    assert nothing == floor.told("/exchange/feeInfo")
    assert nothing == floor.told("/user/offchainFee", f"{ALICE}&requestType=5")
