"""An open stream is evidence of what became of an order, and no more than that."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.client.test_watching import SILENT, Floor, until

from countermand import connect
from countermand.client.audit import audit, lines
from countermand.client.events import OrderUpdated, Snapshot
from countermand.client.outcome import Canceled, Filled, Unknown
from countermand.testing import Exchange
from countermand.wire.venue import Venue

READS = ("get-order", "list-orders")


@pytest.fixture
def floor(venue: Venue) -> Any:
    """An exchange with empty books of one venue, which streams orders."""
    if venue.name in SILENT:
        pytest.skip(f"{venue.name} streams nothing of orders")
    with Exchange(venue.name) as exchange:
        floor = Floor(exchange, venue.name)
        exchange.call("cancel-all", venue=venue.name)
        yield floor


def fault(floor: Floor, kind: str, *operations: str) -> None:
    """Let something go wrong with every request of some operations."""
    for operation in operations:
        floor.exchange.call("add-fault", kind=kind, venue=floor.venue, operation=operation)


async def heard(
    floor: Floor,
    meanwhile: Callable[[Any, str, asyncio.Queue[Any]], Awaitable[Any]],
    *,
    is_heard: bool,
    **options: Any,
) -> Any:
    """Return what `meanwhile` came to, with an order that rests, the stream open or not."""
    async with await connect(
        floor.venue, floor.base_url, floor.alice.credentials, **options
    ) as client:
        events = client.events([floor.symbol])
        await until(events, Snapshot)
        placed = await client.place(floor.symbol, "buy", floor.qty, floor.price)
        await until(events, OrderUpdated, ord_status="new")
        told: asyncio.Queue[Any] = asyncio.Queue()
        hearing = asyncio.ensure_future(_hear(events, told)) if is_heard else None
        try:
            return await meanwhile(client, placed.order_id, told)
        finally:
            if hearing is not None:
                hearing.cancel()


async def _hear(events: Any, told: asyncio.Queue[Any]) -> None:
    async for event in events:
        told.put_nowait(event)


@pytest.mark.parametrize("is_heard", [True, False], ids=["heard", "not-heard"])
def test_cancel_whose_answer_and_reads_are_lost(
    floor: Floor, is_heard: bool, tmp_path: Any
) -> None:
    """The stream proves it where it is heard; nothing does where it is not."""
    ledger = tmp_path / "ledger.sqlite"

    async def cancel(client: Any, order_id: str, _: Any) -> Any:
        fault(floor, "lost-after", "cancel-order")
        fault(floor, "lost-before", *READS)
        return await client.cancel(order_id, floor.symbol, timeout_s=20 if is_heard else 1)

    outcome = asyncio.run(heard(floor, cancel, is_heard=is_heard, ledger=ledger))
    if not is_heard:
        assert isinstance(outcome, Unknown), outcome
        return
    assert isinstance(outcome, Canceled), outcome
    assert outcome.cum_qty == 0
    assert outcome.evidence.proof is not None
    assert (outcome.evidence.proof.said, outcome.evidence.proof.answer) == ("stream", "canceled")
    (intent,) = [one for one in audit(ledger).intents if "cancel" in one.records[0].body.values()]
    assert any("stream  ->  canceled" in line for line in lines(intent))


def test_fill_that_was_heard_needs_no_read(floor: Floor) -> None:
    """A full fill is final, so the client does not read the order again."""

    async def cancel(client: Any, order_id: str, told: asyncio.Queue[Any]) -> Any:
        floor.trade("1")
        while (await told.get()).order.ord_status != "filled":
            pass
        fault(floor, "lost-before", *READS)
        return await client.cancel(order_id, floor.symbol, timeout_s=20)

    outcome = asyncio.run(heard(floor, cancel, is_heard=True))
    assert isinstance(outcome, Filled), outcome
