"""Orders of any account, at every venue."""

from __future__ import annotations

import pytest
from tests.control.operated import Act, operate, refused

from countermand.server.operated import Operated
from countermand.venues import VENUES
from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.order import OrderTerms, OrdType, Side, TimeInForce


async def placed(
    host: Operated,
    venue: str,
    owner: str,
    name: str,
    time_in_force: TimeInForce = TimeInForce.GTC,
    expire_ns: int = 0,
) -> str:
    """Let an owner place an order that rests, and return what the venue calls it."""
    at = host.venues[venue]
    account = next(iter(at.directory.accounts_of(owner)))
    on = next(one for one in at.directory.instruments.values() if one.trading_state == 1)
    ticks = max(1, on.reference_price_ticks // 2)
    # On a market of shares a lot is worth more.
    lots = 10 if on.is_equity else 100_000
    terms = OrderTerms(Side.BUY, OrdType.LIMIT, time_in_force, lots, ticks, expire_ns)
    order = NewOrder(account.account_id, on.instrument_id, name, terms)
    [receipt] = await host.exchange.submit([order])
    return at.venue.order_text(receipt.orders[0])


@pytest.mark.parametrize("venue", list(VENUES))
def test_an_order_is_found_and_canceled(venue: str) -> None:
    """The act takes the venue's id or the client's."""

    async def story(act: Act, host: Operated) -> None:
        text = await placed(host, venue, "alice", "mine")
        found = await act("order", order=text)
        listed = await act("orders", account="alice", which="open")
        named = await act("order", order="mine", account="alice")
        canceled = await act("cancel-order", order=text)
        late = await refused(act("cancel-order", order="mine"))

        assert found == named
        assert [found] == listed["orders"]
        assert ("canceled", "by-venue") == (canceled["ord_status"], canceled["reason"])
        assert (409, "too-late") == (late.status, late.code)
        closed = await act("orders", account="alice", which="closed")
        assert [canceled] == closed["orders"]

    operate(venue, story)


def test_two_accounts_may_call_an_order_alike() -> None:
    """The act then needs the account."""

    async def story(act: Act, host: Operated) -> None:
        for owner in ("alice", "bob"):
            await placed(host, "coinbase-intx", owner, "same")

        both = await refused(act("order", order="same"))
        assert (409, "ambiguous") == (both.status, both.code)
        assert "bob" in (await act("order", order="same", account="bob"))["account"]
        assert "unknown-order" == (await refused(act("order", order="none"))).code

    operate("coinbase-intx", story)


def test_all_orders_of_an_account_are_canceled() -> None:
    """Other accounts' orders stay open."""

    async def story(act: Act, host: Operated) -> None:
        for name in ("1st", "2nd"):
            await placed(host, "coinbase-intx", "alice", name)
        await placed(host, "coinbase-intx", "bob", "other")
        canceled = await act("cancel-all", account="alice")
        left = await act("orders", which="open", account="bob")
        everything = await act("cancel-all", side="buy")

        assert ["1st", "2nd"] == [one["cl_ord_id"] for one in canceled["orders"]]
        assert ["other"] == [one["cl_ord_id"] for one in left["orders"]]
        assert "other" in [one["cl_ord_id"] for one in everything["orders"]]
        assert {"buy"} == {one["side"] for one in everything["orders"]}

    operate("coinbase-intx", story)


def test_a_session_ends() -> None:
    """Its day orders expire, and no other; without one there is nothing to end."""

    async def story(act: Act, host: Operated) -> None:
        nothing = await refused(act("end-session"))
        end_ns = host.clock.now_ns() + 5 * 3_600 * 10**9
        await placed(host, "autoshares", "alice", "day", TimeInForce.DAY, end_ns)
        await placed(host, "autoshares", "alice", "later", TimeInForce.DAY, 2 * end_ns)
        await placed(host, "autoshares", "alice", "good", TimeInForce.GTC)
        ended = await act("end-session")
        left = await act("orders", account="alice", which="open")

        assert (409, "no-session") == (nothing.status, nothing.code)
        assert [("day", "expired")] == [(o["cl_ord_id"], o["ord_status"]) for o in ended["orders"]]
        assert {"later", "good"} == {one["cl_ord_id"] for one in left["orders"]}

    operate("autoshares", story)


def test_fills_are_listed() -> None:
    """Exactly, with their fee."""

    async def story(act: Act, _: Operated) -> None:
        await act("trade", symbol="BTC-PERP", price="60000", quantity="0.5")
        [fill] = (await act("fills", account="house-one"))["fills"]

        assert ("60000", "0.5", "USDC") == (fill["last_px"], fill["last_qty"], fill["fee_asset"])
        limit = await refused(act("fills", account="house-one", limit=1_000_000))
        assert (400, "invalid") == (limit.status, limit.code)

    operate("coinbase-intx", story)


def test_a_venue_takes_its_time() -> None:
    """The delay holds for clients' orders, and not for the operator's acts."""

    async def story(act: Act, host: Operated) -> None:
        told = await act("set-delays", new="1h 30m", cancel="1.5s")
        await act("freeze")
        await placed(host, "coinbase-intx", "alice", "slow")
        pending = await act("order", order="slow")
        made = await act("trade", symbol="BTC-PERP", price="60000", quantity="0.5")
        await act("advance", by="90m")
        taken = await act("order", order="slow")
        gone = await act("cancel-order", order="slow")
        wrong = await refused(act("set-delays", new="-1s"))
        long = await refused(act("set-delays", replace="400d"))

        assert ("90m", "1500ms", "0") == (told["new"], told["cancel"], told["replace"])
        assert ("pending", "resting") == (pending["standing"], taken["standing"])
        assert 1 == len(made["trades"])
        assert "canceled" == gone["ord_status"]
        assert ("invalid", "invalid") == (wrong.code, long.code)

    operate("coinbase-intx", story)
