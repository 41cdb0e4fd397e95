"""An account's quota of open orders, at every venue: refused in its words, freed by a cancel."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.client.desks import market

from countermand import connect, connect_sync
from countermand.server import quotas
from countermand.testing import Exchange
from countermand.venues import VENUES
from countermand.vocabulary.commands import CancelOrder, NewOrder
from countermand.vocabulary.ids import AccountId, InstrumentId, OrderId
from countermand.vocabulary.order import OrderTerms, OrdType, Side, TimeInForce
from countermand.vocabulary.queries import GetAccount
from countermand.vocabulary.reports import AccountReport, AccountSummary
from countermand.wire.errors import OrderRefused
from countermand.world.new import Wanted, written

MOST = 3

# What a client says of an order that was refused; where it is remembered, as closed.
NO = {"Refused", "Closed"}


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    """An exchange whose accounts may have so many orders open."""
    file = Path(tmp_path_factory.mktemp("world"), "team.toml")
    wanted = Wanted(("ann", "ben"), random.Random(5).randbytes, 10**18, open_orders_max=MOST)
    file.write_text(written(VENUES.values(), wanted))
    with Exchange(world=file) as started:
        yield started


def seat(exchange: Exchange, venue: str, user: str) -> tuple[str, str, Any]:
    """Return what a client is made of."""
    issued = exchange.call("issue-key", venue=venue, owner=user)
    return venue, exchange.url(venue), issued.credentials


@pytest.mark.parametrize("venue", VENUES)
def test_one_too_many_is_refused(exchange: Exchange, venue: str) -> None:
    """Another account's are not counted; a cancel makes room, and so does a reset."""
    symbol, price, quantity = market(venue)
    low = price * 9 / 10
    with connect_sync(*seat(exchange, venue, "ann")) as ann:
        placed = [ann.place(symbol, "buy", quantity, low) for _ in range(MOST + 1)]
        with connect_sync(*seat(exchange, venue, "ben")) as ben:
            bens = ben.place(symbol, "buy", quantity, low)
        assert "Canceled" == ann.cancel(placed[0].order_id).name
        placed.append(ann.place(symbol, "buy", quantity, low))
        assert ann.place(symbol, "buy", quantity, low).name in NO
        exchange.call("reset-account", venue=venue, account="ann")
        placed.append(ann.place(symbol, "buy", quantity, low))

    assert placed.pop(MOST).name in NO
    assert ["Open"] * (MOST + 2) == [one.name for one in placed]
    assert "Open" == bens.name


@pytest.mark.parametrize("venue", VENUES)
def test_many_at_once_count_one_another(exchange: Exchange, venue: str) -> None:
    """Orders sent together do not slip through together."""
    symbol, price, quantity = market(venue)
    exchange.call("reset-account", venue=venue, account="ann")

    async def race() -> list[str]:
        async with connect(*seat(exchange, venue, "ann"), keep_limits=False) as ann:
            sent = [ann.place(symbol, "buy", quantity, price * 9 / 10) for _ in range(3 * MOST)]
            return [one.name for one in await asyncio.gather(*sent)]

    told = asyncio.run(race())
    has = exchange.call("account", venue=venue, account="ann")

    # Where orders of one slot take each other's place, fewer are open than were taken.
    assert 0 < has.open_orders <= MOST
    assert {"Open", *NO} >= set(told)


def test_a_batch_is_refused_whole() -> None:
    """The order too many takes its batch with it; a cancel passes."""
    account = AccountId(7)
    terms = OrderTerms(Side.BUY, OrdType.LIMIT, TimeInForce.GTC, 1, 1)
    batch = (NewOrder(account, InstrumentId(1), "", terms),) * 2
    report = AccountReport(account, "x", "ann", "main", is_default=True)

    def told(ask: Any, open_orders: int) -> Any:
        steps = quotas.open_orders(MOST)(ask)
        asked = next(steps)
        if isinstance(asked, GetAccount):
            asked = steps.send(AccountSummary(report, (), (), open_orders))
        return asked

    assert batch == told(batch, MOST - 2)
    with pytest.raises(OrderRefused):
        told(batch, MOST - 1)
    cancel = CancelOrder(account, OrderId(3))
    assert cancel == told(cancel, 0)
