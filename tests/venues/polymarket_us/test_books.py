"""
Books, best prices and settlements, as anyone can read them.

Vectors: examples of the Markets API reference; where a number is not in one, it is worked out
beside the assertion.
"""

from __future__ import annotations

import pytest
from tests.venues.polymarket_us.floor import CHAMPION, FED, GAME, Floor, dollars, slugs

from countermand.vocabulary.instrument import TradingState


def test_book_of_the_documents(quoted: Floor) -> None:
    """Best first, prices as Amounts, quantities as text; one contract has traded."""
    data = quoted.get(f"/v1/markets/{GAME}/book")[1]["marketData"]
    stats = data.pop("stats")
    assert data.pop("transactTime").startswith("2027-01-15T08:00:00")

    assert {
        "marketSlug": GAME, "bids": [{"px": dollars("0.54"), "qty": "120"}],
        "offers": [{"px": dollars("0.56"), "qty": "80.5"}], "state": "MARKET_STATE_OPEN",
    } == data  # fmt: skip
    assert {
        "openPx": dollars("0.55"), "highPx": dollars("0.55"), "lowPx": dollars("0.55"),
        "lastTradePx": dollars("0.55"), "lastTradeQty": "1", "currentPx": dollars("0.55"),
        "settlementPx": None, "sharesTraded": "1", "notionalTraded": dollars("0.55"),
        "openInterest": "1",
        # Nothing closes, and nothing is called before it opens.
        "closePx": None, "indicativeOpenPx": None, "tradingReferencePx": None,
    } == stats  # fmt: skip


def test_book_tells_where_trading_began_and_how_far_it_went(floor: Floor) -> None:
    """The first price, the highest and the lowest, with aggressors on both sides."""
    for price in ("0.50", "0.61", "0.42", "0.55"):
        floor.sell("bob", "1", price)
        floor.buy("alice", "1", price)
    stats = floor.get(f"/v1/markets/{GAME}/book")[1]["marketData"]["stats"]

    assert [dollars(price) for price in ("0.50", "0.61", "0.42", "0.55")] == [
        stats[name] for name in ("openPx", "highPx", "lowPx", "lastTradePx")
    ]


def test_levels_are_summed_and_best_first(floor: Floor) -> None:
    """Two orders at one price are one level; a NO order rests on the YES side it is."""
    for qty, price in (("1", "0.40"), ("0.25", "0.42"), ("2.5", "0.42")):
        floor.buy("alice", qty, price)
    for qty, price in (("1", "0.60"), ("0.01", "0.50")):
        floor.sell("bob", qty, price)
    data = floor.get(f"/v1/markets/{GAME}/book")[1]["marketData"]

    assert [("0.42", "2.75"), ("0.40", "1")] == [(x["px"]["value"], x["qty"]) for x in data["bids"]]
    assert [("0.50", "0.01"), ("0.60", "1")] == [
        (x["px"]["value"], x["qty"]) for x in data["offers"]
    ]


def test_book_of_a_market_that_never_traded(floor: Floor) -> None:
    """Both sides are empty lists, unknown prices are null, counts are 0."""
    data = floor.get(f"/v1/markets/{CHAMPION}/book")[1]["marketData"]

    assert ([], [], None) == (data["bids"], data["offers"], data["transactTime"])
    assert {
        "openPx": None, "highPx": None, "lowPx": None, "closePx": None,
        "indicativeOpenPx": None, "tradingReferencePx": None,
        "lastTradePx": None, "lastTradeQty": "0", "currentPx": dollars("0.25"),
        "settlementPx": None, "sharesTraded": "0", "notionalTraded": dollars("0.00"),
        "openInterest": "0",
    } == data["stats"]  # fmt: skip


def test_bbo_of_the_documents(floor: Floor) -> None:
    """An empty side is null, its depth 0; NO costs what YES is not bid."""
    floor.sell("bob", "1", "0.55")
    floor.buy("alice", "1", "0.55")
    floor.buy("alice", "120", "0.54")
    floor.buy("alice", "7", "0.54")

    assert {
        "marketSlug": GAME, "bestBid": dollars("0.54"), "bestAsk": None, "bidDepth": 1,
        "askDepth": 0, "lastTradePx": dollars("0.55"), "currentPx": dollars("0.55"),
        "settlementPx": None, "sharesTraded": "1", "openInterest": "1", "longQuote": None,
        "shortQuote": dollars("0.46"), "state": "MARKET_STATE_OPEN", "bidShares": "127",
        "askShares": "0",
    } == floor.get(f"/v1/markets/{GAME}/bbo")[1]["marketData"]  # fmt: skip


def test_bbo_counts_levels(quoted: Floor) -> None:
    """Levels, not orders and not contracts."""
    quoted.buy("alice", "5", "0.30")
    quoted.buy("alice", "5", "0.31")
    data = quoted.get(f"/v1/markets/{GAME}/bbo")[1]["marketData"]

    assert (3, 1, "120", "80.5") == (
        data["bidDepth"], data["askDepth"], data["bidShares"], data["askShares"],
    )  # fmt: skip
    assert (dollars("0.56"), dollars("0.46")) == (data["longQuote"], data["shortQuote"])


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (TradingState.TRADING, "MARKET_STATE_OPEN"),
        (TradingState.LIMIT_ONLY, "MARKET_STATE_OPEN"),
        (TradingState.POST_ONLY, "MARKET_STATE_PREOPEN"),
        (TradingState.CANCEL_ONLY, "MARKET_STATE_SUSPENDED"),
        (TradingState.PAUSED, "MARKET_STATE_SUSPENDED"),
        (TradingState.HALTED, "MARKET_STATE_HALTED"),
    ],
)
def test_states(floor: Floor, state: TradingState, expected: str) -> None:
    """
    Book and BBO have the venue's word for each state, and in none of them is the market closed.
    """
    floor.become(state)
    targets = [f"/v1/markets/{GAME}/{view}" for view in ("book", "bbo")]
    seen = {floor.get(target)[1]["marketData"]["state"] for target in targets}
    market = floor.get(f"/v1/market/slug/{GAME}")[1]["market"]

    assert {expected} == seen
    assert (True, False) == (market["active"], market["closed"])


def test_settlement_that_is_not_there_yet(quoted: Floor) -> None:
    """404, naming the market."""
    assert (
        404,
        {"code": 5, "message": f"Settlement not found for market {GAME}", "details": []},
    ) == quoted.get(f"/v1/markets/{GAME}/settlement")


@pytest.mark.parametrize(("price", "number"), [("1", b"1"), ("0", b"0"), ("0.5", b"0.5")])
def test_settlement(quoted: Floor, price: str, number: bytes) -> None:
    """The settlement is the worth of YES, with either source asked for."""
    quoted.settle(price)
    expected = b'{"slug":"%b","settlement":%b}' % (GAME.encode(), number)

    assert (200, expected) == quoted.raw(f"/v1/markets/{GAME}/settlement")
    assert (200, expected) == quoted.raw(f"/v1/markets/{GAME}/settlement?fromEp3=true")


def test_settled_market(quoted: Floor) -> None:
    """The market is closed, its book is empty, and its outcomes have their final worth."""
    quoted.settle("1")
    market = quoted.get(f"/v1/market/slug/{GAME}")[1]["market"]
    bbo = quoted.get(f"/v1/markets/{GAME}/bbo")[1]["marketData"]

    assert (False, True, "EXPIRED") == (market["active"], market["closed"], market["ep3Status"])
    assert '["1.00","0.00"]' == market["outcomePrices"]
    assert ("MARKET_STATE_EXPIRED", dollars("1.00"), None, None) == (
        bbo["state"], bbo["settlementPx"], bbo["bestBid"], bbo["bestAsk"],
    )  # fmt: skip
    assert [GAME] == slugs(quoted, "closed=true")
    assert [CHAMPION, FED] == slugs(quoted, "active=true")


def test_market_settled_at_nothing(quoted: Floor) -> None:
    """A price of 0 is a price."""
    quoted.settle("0")
    bbo = quoted.get(f"/v1/markets/{GAME}/bbo")[1]["marketData"]
    market = quoted.get(f"/v1/market/slug/{GAME}")[1]["market"]

    assert dollars("0.00") == bbo["settlementPx"]
    assert '["0.00","1.00"]' == market["outcomePrices"]
