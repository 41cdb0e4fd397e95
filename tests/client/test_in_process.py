"""With pending cancels and orders, in process, an outcome says what happened to the order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import httpx
import pytest
from tests.client.desks import SELLS_SHORT, market
from tests.venues.desk import Desk

from countermand import connect
from countermand.client.asynchronous import Client
from countermand.client.http import Timeouts
from countermand.client.outcome import (
    Canceled,
    Closed,
    Filled,
    NotFound,
    NotSent,
    Open,
    Refused,
    Replaced,
    Unknown,
)
from countermand.faults.kinds import Kind
from countermand.testing import ControlError, Exchange
from countermand.venues import VENUES
from countermand.wire.operation import Capability

# Where a new API key is one more to the same pair of keys, which the exchange does not give out.
ONE_PAIR = ("loopring",)

Scenario = Callable[["Floor"], Awaitable[None]]


class Floor:
    """Alice and Bob at one venue of an exchange in this process."""

    def __init__(self, exchange: Exchange, venue: str, alice: Client, bob: Client) -> None:
        self.exchange, self.venue, self.alice, self.bob = exchange, venue, alice, bob

    async def rested(self, times: int = 1) -> str:
        """Place an order of Alice's that stands best in the book."""
        symbol, price, quantity = market(self.venue)
        outcome = await self.alice.place(symbol, "buy", quantity * times, price)
        assert isinstance(outcome, Open), outcome
        return outcome.order_id

    async def hit(self, after_s: float = 0) -> None:
        """Let Bob sell to what stands best, in a while."""
        await asyncio.sleep(after_s)
        symbol, price, quantity = market(self.venue)
        shorts: Any = {"position_effect": "open"} if self.venue in SELLS_SHORT else {}
        outcome = await self.bob.place(symbol, "sell", quantity, price, **shorts)
        assert isinstance(outcome, Filled), outcome

    def delays(self, **more: str) -> None:
        """Say how long the venue takes."""
        self.exchange.call("set-delays", venue=self.venue, **more)

    def fault(self, kind: Kind, operation: str, **more: Any) -> None:
        """Let something go wrong."""
        self.exchange.faults.add(kind, venue=self.venue, operation=operation, **more)

    def truth(self, order: str) -> str:
        """Return how the exchange says that an order stands."""
        return str(self.exchange.order(order, venue=self.venue).ord_status).lower()


@pytest.fixture(params=VENUES, scope="module")
def exchange(request: pytest.FixtureRequest) -> Iterator[tuple[str, Exchange]]:
    """An exchange of one venue."""
    with Exchange(request.param) as running:
        yield request.param, running


@pytest.fixture
def play(exchange: tuple[str, Exchange]) -> Callable[[Scenario], None]:
    """Play a scenario; the exchange is at once and without faults before and after."""

    async def main(scenario: Scenario) -> None:
        async with floor(exchange[1], exchange[0]) as here:
            await scenario(here)

    return lambda scenario: asyncio.run(main(scenario))


@asynccontextmanager
async def floor(running: Exchange, venue: str) -> AsyncIterator[Floor]:
    """Yield a floor whose clients reach the exchange without a socket."""
    clients = [
        connect(
            venue,
            "http://exchange.test",
            published(venue, user),
            transport=running.transport(venue),
            keep_limits=False,
            timeouts=Timeouts(read_s=0.5),
        )
        for user in ("alice", "bob")
    ]
    async with clients[0] as alice, clients[1] as bob:
        try:
            yield Floor(running, venue, alice, bob)
        finally:
            running.faults.clear()
            running.call("set-delays", venue=venue)
            await alice.cancel_all()


@cache
def published(venue: str, user: str) -> dict[str, Any]:
    """Return what the venue's SDK is given to act as a user of the demo world."""
    desk = Desk(VENUES[venue])
    return desk.venue.auth.publish(desk.credential(user), desk.accounts(user))


def test_pending_cancel_is_waited_for(play: Callable[[Scenario], None]) -> None:
    """An order that is being canceled is not canceled yet."""

    async def scenario(floor: Floor) -> None:
        order = await floor.rested()
        floor.delays(cancel="200ms")
        outcome = await floor.alice.cancel(order)
        assert isinstance(outcome, Canceled), outcome
        assert floor.truth(order) == "canceled"

    play(scenario)


def test_fill_while_the_cancel_is_pending_wins(play: Callable[[Scenario], None]) -> None:
    """The cancel was accepted and came too late; the outcome is Filled."""

    async def scenario(floor: Floor) -> None:
        order = await floor.rested()
        floor.delays(cancel="400ms")
        outcome, _ = await asyncio.gather(floor.alice.cancel(order), floor.hit(0.1))
        assert isinstance(outcome, Filled), outcome
        assert floor.truth(order) == "filled"

    play(scenario)


def test_partial_fill_while_the_cancel_is_pending_is_told(play: Callable[[Scenario], None]) -> None:
    """The outcome has the quantity that traded while the cancel was pending."""

    async def scenario(floor: Floor) -> None:
        order = await floor.rested(times=2)
        floor.delays(cancel="400ms")
        outcome, _ = await asyncio.gather(floor.alice.cancel(order), floor.hit(0.1))
        assert isinstance(outcome, Canceled), outcome
        assert outcome.cum_qty == market(floor.venue)[2]

    play(scenario)


def test_deadline_before_a_pending_cancel_is_unknown(play: Callable[[Scenario], None]) -> None:
    """While the cancel is pending its result is open, so the outcome is Unknown."""

    async def scenario(floor: Floor) -> None:
        order = await floor.rested()
        floor.delays(cancel="1s")
        outcome = await floor.alice.cancel(order, timeout_s=0.2)
        assert isinstance(outcome, Unknown), outcome
        assert isinstance(await floor.alice.cancel(order), Canceled)

    play(scenario)


def test_pending_order_is_canceled(play: Callable[[Scenario], None]) -> None:
    """An order that was accepted and is not in the book yet can be canceled."""

    async def scenario(floor: Floor) -> None:
        symbol, price, quantity = market(floor.venue)
        floor.delays(new="300ms")
        placed = await floor.alice.place(symbol, "buy", quantity, price)
        assert isinstance(placed, Open), placed
        outcome = await floor.alice.cancel(placed.order_id)
        assert isinstance(outcome, Canceled), outcome
        assert floor.truth(placed.order_id) == "canceled"

    play(scenario)


def test_pending_replacement_is_waited_for(play: Callable[[Scenario], None]) -> None:
    """An order that still shows its old quantity is not replaced yet."""

    async def scenario(floor: Floor) -> None:
        if Capability.REPLACE not in VENUES[floor.venue].capabilities:
            pytest.skip(f"{floor.venue} cannot replace")
        order = await floor.rested(times=2)
        floor.delays(replace="200ms")
        quantity = market(floor.venue)[2]
        outcome = await floor.alice.replace(order, order_qty=quantity)
        assert isinstance(outcome, Replaced), outcome
        assert outcome.leaves_qty == quantity

    play(scenario)


def test_all_pending_cancels_are_waited_for(play: Callable[[Scenario], None]) -> None:
    """A sweep goes on until no order is open, with an outcome for each."""

    async def scenario(floor: Floor) -> None:
        orders = {await floor.rested() for _ in range(3)}
        floor.delays(cancel="200ms")
        swept = await floor.alice.cancel_all()
        assert swept.is_empty, swept
        assert {one.order_id for one in swept.outcomes} == orders
        assert {type(one) for one in swept.outcomes} == {Canceled}

    play(scenario)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind.value.split("-")[-1] != "failed"])
def test_canceled_is_proven(play: Callable[[Scenario], None], kind: Kind) -> None:
    """The outcome is proven although the first cancel or the first read is lost."""
    more: dict[str, Any] = {}
    if kind in (Kind.DELAYED_BEFORE, Kind.DELAYED_AFTER):
        more = {"delay_ms": 700}
    elif kind in (Kind.STALE, Kind.UNSEEN):
        more = {"lag_ms": 100}
    elif kind is Kind.CLOCK_SKEW:
        more = {"skew_ms": 3_600_000}
    elif kind is Kind.RATE_LIMITED:
        more = {"retry_after_s": 0}
    operation = "get-order" if kind in (Kind.STALE, Kind.UNSEEN) else "cancel-order"

    async def scenario(floor: Floor) -> None:
        order = await floor.rested()
        try:
            floor.fault(kind, operation, count=1, **more)
        except ControlError as error:
            pytest.skip(str(error))
        outcome = await floor.alice.cancel(order)
        # A clock that is wrong for one request cannot be learned of, and nothing was done by it.
        wrong = Refused if kind is Kind.CLOCK_SKEW else Canceled
        assert isinstance(outcome, Canceled | wrong), outcome
        assert floor.truth(order) == ("canceled" if isinstance(outcome, Canceled) else "new")

    play(scenario)


def test_order_that_is_rejected_says_why(play: Callable[[Scenario], None]) -> None:
    """The reason is told, of a refusal at once and of an order that was never open."""

    async def scenario(floor: Floor) -> None:
        symbol, price, quantity = market(floor.venue)
        floor.exchange.halt(symbol, venue=floor.venue)
        outcome = await floor.alice.place(symbol, "buy", quantity, price)
        floor.exchange.resume(symbol, venue=floor.venue)
        assert isinstance(outcome, Refused | Closed), outcome
        assert outcome.text

    play(scenario)


def test_order_of_another_is_not_found(play: Callable[[Scenario], None]) -> None:
    """The other account's order is untouched."""

    async def scenario(floor: Floor) -> None:
        order = await floor.rested()
        visible_s = VENUES[floor.venue].proofs.visible_ns // 10**9
        outcome = await floor.bob.cancel(order, market(floor.venue)[0], timeout_s=1)
        assert isinstance(outcome, Unknown if visible_s else NotFound), outcome
        assert floor.truth(order) == "new"

    play(scenario)


def test_key_that_was_revoked_is_refused(play: Callable[[Scenario], None]) -> None:
    """Nothing was done, and the order is still open."""

    async def scenario(floor: Floor) -> None:
        if floor.venue in ONE_PAIR:
            pytest.skip(f"an account of {floor.venue} has one pair of keys")
        order = await floor.rested()
        other = floor.exchange.account("alice", venue=floor.venue)
        client = connect(
            floor.venue,
            "http://exchange.test",
            other.credentials,
            transport=floor.exchange.transport(floor.venue),
        )
        async with client as second:
            keys = floor.exchange.call("keys", venue=floor.venue).keys
            floor.exchange.call("revoke-key", venue=floor.venue, key=keys[-1].key)
            outcome = await second.cancel(order, market(floor.venue)[0], timeout_s=1)
        assert isinstance(outcome, Refused), outcome
        assert floor.truth(order) == "new"

    play(scenario)


def test_transport_that_never_sends_is_not_sent(play: Callable[[Scenario], None]) -> None:
    """No byte left."""

    async def scenario(floor: Floor) -> None:
        order = await floor.rested()
        floor.alice._transport = Nowhere()
        outcome = await floor.alice.cancel(order, timeout_s=0.2)
        floor.alice._transport = floor.bob._transport
        assert isinstance(outcome, NotSent), outcome
        assert floor.truth(order) == "new"

    play(scenario)


class Nowhere:
    """A transport without a way."""

    async def send(self, request: Any, *, is_public: bool = False) -> Any:
        """Fail before a byte has left."""
        raise httpx.ConnectError("no way")

    async def close(self) -> None:
        """Close nothing: this transport has no connection."""
