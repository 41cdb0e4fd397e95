"""One account gets its founded balances back at every venue; no other account is touched."""

from __future__ import annotations

from typing import Any

import pytest
from tests.control.operated import Act, operate, refused

from countermand.control import names
from countermand.server.operated import Operated
from countermand.venues import VENUES
from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import OrderTerms, OrdType, Side, TimeInForce

ALL = pytest.mark.parametrize("venue", list(VENUES))


def money(detail: Any) -> dict[str, str]:
    """Return what an account has of each asset, without what it has nothing of."""
    return {one["asset"]: one["total"] for one in detail["balances"] if float(one["total"])}


class Trader:
    """A user's orders, as its venue would make them."""

    def __init__(self, host: Operated, venue: str, owner: str) -> None:
        self.host, at = host, host.venues[venue]
        self.account = names.account(at, owner)
        markets = list(at.directory.instruments.values())
        self.on: Instrument = next((one for one in markets if one.has_positions), markets[0])

    async def place(self, side: Side, tenths: int, lots: int) -> None:
        """Place a limit order at so many tenths of the reference price."""
        await self.place_at(side, self.on.reference_price_ticks * tenths // 10, lots)

    async def place_at(self, side: Side, ticks: int, lots: int) -> None:
        """Place a limit order at a price."""
        terms = OrderTerms(side, OrdType.LIMIT, TimeInForce.GTC, lots, ticks)
        new = NewOrder(self.account.account_id, self.on.instrument_id, "", terms)
        await self.host.exchange.submit([new])


def lots_of(on: Instrument) -> int:
    """Return a quantity no less than any market's least, which every account can pay for."""
    return 2 * max(500, on.order_qty_lots_min)


@ALL
@pytest.mark.parametrize("side", list(Side))
def test_an_account_gets_its_beginning_back(venue: str, side: Side) -> None:
    """A long and a short account, with profit or loss; the others' orders stand as they stood."""

    async def story(act: Act, host: Operated) -> None:
        began = await act("account", account="alice")
        alice = Trader(host, venue, "alice")
        lots = lots_of(alice.on)
        await alice.place(side, 12 if side is Side.BUY else 8, lots)
        await alice.place(Side.BUY, 5, lots)
        await act("credit", account="alice", asset=began["balances"][0]["asset"], amount="77")
        traded = await act("account", account="alice")
        others = await everybodys(act)
        reset = await act("reset-account", account="alice")

        assert traded["open_orders"]
        assert (await act("fills", account="alice"))["fills"]
        assert alice.on.has_positions == any(float(one["net_qty"]) for one in traded["positions"])
        assert money(began) == money(reset)
        assert 0 == reset["open_orders"]
        assert all(float(one["net_qty"]) == 0 for one in reset["positions"])
        assert all(float(one["hold"]) == 0 for one in reset["balances"])
        assert others == await everybodys(act)

    operate(venue, story)


async def everybodys(act: Act) -> Any:
    """Return the open orders of all but alice and the house."""
    told = await act("orders", which="open", limit=1000)
    mine = ("alice", "house")
    return [one for one in told["orders"] if not one["account"].startswith(mine)]


@ALL
def test_a_spread_without_a_price_inside(venue: str) -> None:
    """The order at the best price trades first, and the house gives the rest."""

    async def story(act: Act, host: Operated) -> None:
        alice, bob = (Trader(host, venue, owner) for owner in ("alice", "bob"))
        on, lots = alice.on, lots_of(alice.on)
        await alice.place(Side.BUY, 12, lots)
        ask = names.price(on, (await act("instrument", symbol=on.symbol))["ask"])
        await bob.place_at(Side.BUY, ask - 1, lots // 2)
        reset = await act("reset-account", account="alice")
        bobs = (await act("fills", account="bob"))["fills"]

        assert all(float(one["net_qty"]) == 0 for one in reset["positions"])
        assert on.has_positions == (len(bobs) == 1)

    operate(venue, story)


def test_an_account_that_no_world_gave_anything() -> None:
    """Is given what the operator says, which may be nothing of an asset."""

    async def story(act: Act, _: Operated) -> None:
        await act("open-account", owner="eve", funds={"USDC": "5", "BTC": "1"})
        unsaid = await refused(act("reset-account", account="eve"))
        unknown = await refused(act("reset-account", account="eve", funds={"DOGE": "1"}))
        reset = await act("reset-account", account="eve", funds={"USDC": "9"})

        assert (409, "not-founded") == (unsaid.status, unsaid.code)
        assert (404, "unknown-asset") == (unknown.status, unknown.code)
        assert {"USDC": "9"} == money(reset)

    operate("coinbase-intx", story)


def test_a_halted_market_keeps_a_position() -> None:
    """The refusal says why, and the account is as it was."""

    async def story(act: Act, host: Operated) -> None:
        alice = Trader(host, "coinbase-intx", "alice")
        await alice.place(Side.BUY, 12, 1000)
        await act("halt", symbol=alice.on.symbol)
        before = money(await act("account", account="alice"))
        error = await refused(act("reset-account", account="alice"))

        assert (409, "market-closed") == (error.status, error.code)
        assert before == money(await act("account", account="alice"))

    operate("coinbase-intx", story)
