"""C07: what a venue streams of a book, folded, is the book."""

from __future__ import annotations

import asyncio
import random
from decimal import Decimal
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest
from tests.venues.desk import Desk

from countermand.vocabulary.commands import CancelOrder, NewOrder
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import OrderTerms, OrdType, Side, TimeInForce
from countermand.vocabulary.queries import GetDepth
from countermand.wire import numbers
from countermand.wire.operation import Capability
from countermand.wire.venue import Venue

STEPS = 60

# The code of an end that is the server's own fault.
INTERNAL_ERROR = 1011


def streamed(venue: Venue) -> ModuleType:
    """Return `streamed.py` of the venue's tests: how it streams a book, and how many levels."""
    if Capability.STREAMS not in venue.capabilities:
        pytest.skip(f"{venue.name} has no streams")
    return import_module(f"tests.venues.{venue.package.rpartition('.')[2]}.streamed")


class Market:
    """A market of the demo world on which two users place and cancel as chance has it."""

    def __init__(self, venue: Venue, seed: int) -> None:
        self.desk, self._chance = Desk(venue), random.Random(seed)
        self.one: Instrument = next(iter(self.desk.directory.instruments.values()))
        self._open: list[tuple[Any, Any]] = []

    def act(self) -> None:
        """Place an order, or cancel one."""
        chance, one, enter = self._chance, self.one, self.desk.engine.enter
        if self._open and chance.random() < 0.3:
            account_id, order_id = self._open.pop(chance.randrange(len(self._open)))
            enter(CancelOrder(account_id, order_id))
            return
        account_id = self.desk.accounts(chance.choice(["alice", "bob"]))[0].account_id
        near = max(3, one.reference_price_ticks // 200)
        ticks = one.reference_price_ticks + chance.randint(-near, near)
        least = one.notional_minor_min // (one.notional_minor * ticks) + one.order_qty_lots_min
        lots = least * chance.randint(2, 9)
        terms = OrderTerms(
            chance.choice(list(Side)), OrdType.LIMIT, TimeInForce.GTC, lots, price_ticks=ticks
        )
        receipt = enter(NewOrder(account_id, one.instrument_id, "", terms))
        self._open += [(account_id, order.order_id) for order in receipt.orders if order.is_open]

    def levels(self, levels_max: int) -> tuple[list[tuple[Decimal, Decimal]], ...]:
        """Return the book as the exchange has it, in decimals."""
        depth = self.desk.engine.view(GetDepth(self.one.instrument_id, levels_max))
        return tuple(
            [
                (
                    Decimal(numbers.price_text(self.one, ticks)),
                    Decimal(numbers.qty_text(self.one, lots)),
                )
                for ticks, lots in side
            ]
            for side in (depth.bids, depth.asks)
        )


@pytest.mark.parametrize("seed", range(3))
def test_c07_a_stream_of_a_book_folds_to_the_book(venue: Venue, seed: int) -> None:
    """Opened in the middle of things, and read as a client reads it."""
    how = streamed(venue)

    async def go() -> None:
        market = Market(venue, seed)
        for _ in range(STEPS):
            market.act()
        ear = await how.open_book(market.desk, market.one.symbol)
        frames = await ear.heard()
        for step in range(STEPS):
            market.act()
            if step % 5 == 0:
                frames += await ear.heard()
        market.desk.pipeline.hub.flush()
        frames += await ear.heard()
        folded = how.fold(frames)

        assert any(folded), "nothing rests: the test shows nothing"
        # A venue that brings prices together says what its book is.
        shown = getattr(how, "levels", None)
        one = market.one.symbol
        book = shown(market.desk, one) if shown else market.levels(how.LEVELS_MAX)
        assert list(book) == list(folded)

    asyncio.run(go())


def test_c07_every_venue_streams_or_says_it_does_not(venue: Venue) -> None:
    """The capability is the rows'."""
    upgrades = [row for row in venue.routes.rows if row.is_upgrade]
    assert bool(upgrades) is (Capability.STREAMS in venue.capabilities)


@pytest.mark.parametrize(
    "around", [('{"x":', "}"), ('{"op":', "}"), ("", ""), ('{"topics":[', "]}")]
)
def test_c07_a_message_without_bottom_is_no_failure(venue: Venue, around: tuple[str, str]) -> None:
    """Endless nesting is handled as any unreadable message, and the server goes on."""
    how = streamed(venue)
    deep = "[" * 30_000 + "]" * 30_000

    async def go() -> None:
        market = Market(venue, 0)
        ear = await how.open_book(market.desk, market.one.symbol)
        ear.send(deep.join(around))
        assert (ear.closed or (0, ""))[0] != INTERNAL_ERROR

    asyncio.run(go())
