"""Markets at every venue: listing, states, prices, trades and quotes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.control.operated import Act, operate, refused

from countermand import world as worlds
from countermand.server.operated import Operated
from countermand.venues import VENUES

ALL = pytest.mark.parametrize("venue", list(VENUES))


async def tradable(act: Act) -> dict[str, Any]:
    """Return a market that stands open."""
    listed = (await act("instruments"))["instruments"]
    return next(one for one in listed if one["settlement"] is None)


@ALL
def test_a_market_is_halted_and_resumed(venue: str) -> None:
    """Between the two no trade is possible."""

    async def story(act: Act, _: Operated) -> None:
        market = await tradable(act)
        symbol, price = market["symbol"], market["reference_price"]
        halted = await act("halt", symbol=symbol)
        closed = await refused(act("trade", symbol=symbol, price=price, quantity="100"))
        paused = await act("set-trading-state", symbol=symbol, trading_state="cancel-only")
        resumed = await act("resume", symbol=symbol)

        assert "halted" == halted["trading_state"]
        assert (409, "market-closed") == (closed.status, closed.code)
        assert "cancel-only" == paused["trading_state"]
        assert market == resumed

    operate(venue, story)


@ALL
def test_a_trade_is_made_at_a_price(venue: str) -> None:
    """
    The price becomes the last price and the mark, each time, and touches no order in the spread.
    """

    async def story(act: Act, _: Operated) -> None:
        market = await tradable(act)
        symbol, price = market["symbol"], market["reference_price"]
        for _ in range(3):
            made = await act("trade", symbol=symbol, price=price, quantity="100")
            parties = {one[role] for one in made["trades"] for role in ("maker", "taker")}
            assert {"house-one", "house-two"} == {party.split("/")[0] for party in parties}
        after = await act("instrument", symbol=symbol)
        tape = (await act("trades", symbol=symbol))["trades"]

        assert (price, price) == (after["last_price"], after["mark_price"])
        assert ["100"] * 3 == [one["quantity"] for one in tape[:3]]
        assert (market["bid"], market["ask"]) == (after["bid"], after["ask"])

    operate(venue, story)


@ALL
def test_a_trade_beyond_the_spread_takes_what_stands_before_it(venue: str) -> None:
    """First the better prices, whole; then the quantity at the price."""

    async def story(act: Act, _: Operated) -> None:
        market = await tradable(act)
        symbol, ask = market["symbol"], market["ask"]
        sold = await refused(act("trade", symbol=symbol, price=ask, quantity="100", side="sell"))
        made = await act("trade", symbol=symbol, price=ask, quantity="100")
        after = await act("instrument", symbol=symbol)

        assert "buy" == made["side"]
        assert ask == after["last_price"]
        assert "maker" == made["trades"][0]["maker"].split("/")[0]
        assert (409, "would-cross") == (sold.status, sold.code)

    operate(venue, story)


@ALL
def test_the_house_stands_with_a_quote(venue: str) -> None:
    """A new one takes the old one's place, an empty one leaves."""

    async def story(act: Act, _: Operated) -> None:
        market = await tradable(act)
        symbol, tick = market["symbol"], Decimal(market["tick_size"])
        bid = f"{Decimal(market['bid']) + tick:f}"
        wanted = {"bid": bid, "bid_quantity": "100"}
        first = await act("quote", symbol=symbol, **wanted)
        again = await act("quote", symbol=symbol, **wanted)
        crossing = {"bid": market["ask"], "bid_quantity": "100"}
        refusal = await refused(act("quote", symbol=symbol, **crossing))
        gone = await act("quote", symbol=symbol)

        assert (bid, "100") == (first["bid"], first["bid_quantity"])
        assert first == again
        assert "post-only-would-cross" == refusal.code
        assert market == gone
        assert "invalid" == (await refused(act("quote", symbol=symbol, bid=bid))).code

    operate(venue, story)


@ALL
def test_a_market_is_listed_as_a_world_has_it(venue: str) -> None:
    """The fields are those of a world file; the market trades, and cannot be listed twice."""

    async def story(act: Act, _: Operated) -> None:
        spec = worlds.demo([VENUES[venue]])[venue].instruments[0]
        fields = {name: getattr(spec, name) for name in spec.__struct_fields__}
        fields |= {"symbol": "NEW-ONE", "settlement": None}
        listed = await act("list-instrument", **fields)
        made = await act("trade", symbol="NEW-ONE", price=spec.reference_price, quantity="100")
        twice = await refused(act("list-instrument", **fields))
        wrong = await refused(act("list-instrument", **fields | {"tick_size": "0." + "9" * 90}))

        assert spec.reference_price == listed["reference_price"]
        assert 1 == len(made["trades"])
        assert (409, "duplicate-name") == (twice.status, twice.code)
        assert (400, "invalid") == (wrong.status, wrong.code)

    operate(venue, story)


def test_a_binary_market_is_settled() -> None:
    """Orders are canceled, and nothing more is taken."""

    async def story(act: Act, _: Operated) -> None:
        symbol = (await tradable(act))["symbol"]
        settled = await act("settle", symbol=symbol, price="1")
        again = await refused(act("settle", symbol=symbol, price="1"))

        assert ("1", "halted", None) == (
            settled["settlement"], settled["trading_state"], settled["bid"],
        )  # fmt: skip
        assert (409, "market-closed") == (again.status, again.code)

    operate("polymarket-us", story)


def test_a_perpetual_is_settled() -> None:
    """Profit and loss are paid, and the market is over."""

    async def story(act: Act, _: Operated) -> None:
        market = {"symbol": "BTC-PERP", "price": "60000"}
        await act("trade", **market, quantity="1")
        [before] = (await act("account", account="house-one"))["balances"]
        settled = await act("settle", symbol="BTC-PERP", price="60100")
        after = await act("account", account="house-one")

        assert ("60100", "halted") == (settled["settlement"], settled["trading_state"])
        assert "0" == after["balances"][0]["hold"]
        assert {"100", "-100"} == {after["positions"][0]["realized"]} | {
            (await act("account", account="house-two"))["positions"][0]["realized"]
        }
        moved = Decimal(after["balances"][0]["total"]) - Decimal(before["total"])
        assert after["positions"][0]["realized"] == f"{moved.normalize():f}"

    operate("coinbase-intx", story)


def test_a_reference_price_moves() -> None:
    """The mark follows it until a trade."""

    async def story(act: Act, _: Operated) -> None:
        market = (await tradable(act))["symbol"]
        moved = await act("set-price", symbol=market, price="61000.5")

        assert ("61000.5", "61000.5") == (moved["reference_price"], moved["mark_price"])
        off = await refused(act("set-price", symbol=market, price="61000.55"))
        assert (400, "off-grid") == (off.status, off.code)
        zero = await refused(act("set-price", symbol=market, price="0"))
        assert (409, "price-not-positive") == (zero.status, zero.code)

    operate("coinbase-intx", story)


def test_an_asset_is_added_once() -> None:
    """A second asset alike is refused. A book is shown with as many levels as asked for."""

    async def story(act: Act, _: Operated) -> None:
        added = await act("add-asset", symbol="DOGE", scale=8)
        symbol = (await tradable(act))["symbol"]
        book = await act("book", symbol=symbol, levels=1)

        assert added in (await act("assets"))["assets"]
        assert "duplicate-name" == (await refused(act("add-asset", **added_as(added)))).code
        assert [1, 1] == [len(book["bids"]), len(book["asks"])]

    operate("coinbase-intx", story)


def added_as(asset: dict[str, Any]) -> dict[str, Any]:
    """Return what was asked for an asset."""
    return {"symbol": asset["asset"], "scale": asset["scale"]}
