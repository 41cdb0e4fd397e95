"""Many cancels at once, while others trade and requests are lost, end as the exchange has it."""

from __future__ import annotations

import asyncio
from collections import Counter
from decimal import Decimal
from random import Random

import pytest
from tests.client.desks import market
from tests.client.test_in_process import published

from countermand import connect
from countermand.client.asynchronous import Client
from countermand.client.http import Timeouts
from countermand.client.outcome import Canceled, Filled, NotSent, Open, Outcome, Refused, Unknown
from countermand.faults.kinds import Kind
from countermand.testing import Exchange
from countermand.wire.venue import Venue

AT_ONCE = 20
LOST = (
    Kind.LOST_BEFORE,
    Kind.LOST_AFTER,
    Kind.RESET_AFTER,
    Kind.BROKEN,
    Kind.TRUNCATED,
    Kind.ERROR_BEFORE,
    Kind.ERROR_AFTER,
    Kind.OVERLOADED,
    Kind.DUPLICATED,
)


class Crowd:
    """Alice's orders at one exchange, and others who trade with some of them."""

    def __init__(self, exchange: Exchange, venue: str, client: Client, seed: int) -> None:
        self.exchange, self.venue, self.client = exchange, venue, client
        self.random = Random(seed)
        self.seen: Counter[str] = Counter()

    async def races(self, count: int) -> None:
        """Race so many orders, some at once, and judge each when all is done."""
        for start in range(0, count, AT_ONCE):
            self.exchange.faults.clear()
            self._set_delays()
            many = min(AT_ONCE, count - start)
            orders = [await self._rested() for _ in range(many)]
            self._set_faults()
            trading = asyncio.create_task(self._trade(many))
            outcomes = await asyncio.gather(*[self._cancel(order) for order in orders])
            await trading
            await self._judge(outcomes)

    async def _rested(self) -> str:
        symbol, price, quantity = market(self.venue)
        outcome = await self.client.place(symbol, "buy", quantity * 2, price, timeout_s=30)
        assert isinstance(outcome, Open), outcome
        return outcome.order_id

    async def _cancel(self, order: str) -> Outcome:
        await asyncio.sleep(self.random.random() * 0.05)
        deadline_s = self.random.choice((0.3, 1, 5))
        return await self.client.cancel(order, timeout_s=deadline_s)

    async def _trade(self, times: int) -> None:
        symbol, price, quantity = market(self.venue)
        for _ in range(times // 2):
            await asyncio.sleep(self.random.random() * 0.02)
            await asyncio.to_thread(self._hit, symbol, price, quantity)

    def _hit(self, symbol: str, price: Decimal, quantity: Decimal) -> None:
        self.exchange.trade(symbol, price, quantity, side="sell", venue=self.venue)

    def _set_delays(self) -> None:
        taken = self.random.choice(("0", "0", "30ms", "150ms"))
        self.exchange.call("set-delays", venue=self.venue, cancel=taken)

    def _set_faults(self) -> None:
        chance = self.random.choice((0.0, 0.1, 0.3, 0.6))
        for operation in ("cancel-order", "get-order"):
            kind, seed = self.random.choice(LOST), self.random.randrange(1 << 30)
            if chance:
                fields = {"operation": operation, "probability": chance, "seed": seed}
                self.exchange.faults.add(kind.value, venue=self.venue, **fields)

    async def _judge(self, outcomes: list[Outcome]) -> None:
        self.exchange.faults.clear()
        # What is pending gets its time, and what is left is taken.
        await asyncio.sleep(0.2)
        symbol, price, quantity = market(self.venue)
        await asyncio.to_thread(self._hit, symbol, price, quantity * 4 * AT_ONCE)
        for outcome in outcomes:
            self._judge_one(outcome)
            self.seen[outcome.name] += 1

    def _judge_one(self, outcome: Outcome) -> None:
        truth = self.exchange.order(outcome.order_id, venue=self.venue)
        state, traded = str(truth.ord_status).lower(), Decimal(truth.cum_qty)
        if isinstance(outcome, Canceled | Filled):
            assert state == outcome.name.lower(), (outcome, truth)
            assert outcome.cum_qty in (traded, None), (outcome, truth)
        elif isinstance(outcome, Refused | NotSent):
            assert state == "filled", (outcome, truth)
        else:
            assert isinstance(outcome, Unknown), outcome
            assert not any(" canceled" in w.answer for w in outcome.evidence.witnesses), outcome
            assert not any(" filled" in w.answer for w in outcome.evidence.witnesses), outcome


def run(venue: str, count: int, seed: int = 7) -> Counter[str]:
    """Race so many orders at a venue."""

    async def main(exchange: Exchange) -> Counter[str]:
        async with connect(
            venue,
            "http://exchange.test",
            published(venue, "alice"),
            transport=exchange.transport(venue),
            keep_limits=False,
            timeouts=Timeouts(read_s=1),
        ) as client:
            crowd = Crowd(exchange, venue, client, seed)
            await crowd.races(count)
            return crowd.seen

    with Exchange(venue) as exchange:
        return asyncio.run(main(exchange))


def test_outcomes_are_true(venue: Venue) -> None:
    """A slice of them."""
    seen = run(venue.name, 40)
    assert seen["Canceled"] > 0
    assert seen["Filled"] > 0


@pytest.mark.soak
def test_outcomes_are_true_in_all_crowds(venue: Venue) -> None:
    """The soak runs every crowd."""
    print(venue.name, dict(sorted(run(venue.name, 2000).items())))  # noqa: T201  (a soak is read)
