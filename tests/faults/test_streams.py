"""Faults of streams: messages lost, doubled, late and swapped, as a client of ours hears them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest

from countermand import connect
from countermand.client.events import Filled, OrderUpdated, Snapshot
from countermand.faults.fault import FaultRefused
from countermand.testing import Account, ControlError, Exchange

VENUES = ["deltadefi", "autoshares", "loopring", "polymarket-us"]

# A market, what is bought of it at a price below every offer, and half of it.
BIDS = {
    "deltadefi": ("ADAUSDM", "100", "0.5", "50"),
    "autoshares": ("AAPL", "10", "150", "5"),
    "loopring": ("LRC-ETH", "1000", "0.0001", "500"),
    "polymarket-us": ("aec-nba-ny-sa-2026-06-05", "10", "0.30", "5"),
}
PAUSE_S = 0.5


async def heard(events: AsyncIterator[Any], silence_s: float = PAUSE_S) -> list[Any]:
    """Return what is told until nothing is for a while."""
    told: list[Any] = []
    waiting = asyncio.ensure_future(anext(events))
    while (await asyncio.wait([waiting], timeout=silence_s))[0]:
        told.append(waiting.result())
        waiting = asyncio.ensure_future(anext(events))
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
    return told


def live(venue: str, kind: str, count: int = 1, **more: Any) -> tuple[list[Any], dict[str, Any]]:
    """Return what a stream tells of an order that fills by half and is canceled, and its end."""

    async def go(exchange: Exchange, alice: Account) -> tuple[list[Any], dict[str, Any]]:
        symbol, quantity, price, half = BIDS[venue]
        async with await connect(venue, exchange.url(venue), alice.credentials) as client:
            events = client.events([symbol])
            assert isinstance(await anext(events), Snapshot)
            exchange.call("add-fault", kind=kind, venue=venue, count=count, **more)
            placed = await client.place(symbol, "buy", quantity, price)
            exchange.trade(symbol, price, half, side="sell")
            await client.cancel(placed.order_id, symbol)
            told = await heard(events, 2 * PAUSE_S)
            order = await client.order(placed.order_id)
            assert order is not None
            return told, {"cum_qty": order.cum_qty, "ord_status": order.ord_status}

    with Exchange(venue) as exchange:
        exchange.call("cancel-all", venue=venue)
        result = asyncio.run(go(exchange, exchange.account("alice")))
        [fault] = exchange.call("list-faults").faults
        assert (count, True) == (fault.struck, fault.is_over)
        return result


def last(told: list[Any]) -> dict[str, Any]:
    """Return how the order stands by what was told of it last."""
    order = [event for event in told if isinstance(event, OrderUpdated)][-1].order
    return {"cum_qty": order.cum_qty, "ord_status": order.ord_status}


@pytest.mark.parametrize("venue", VENUES)
@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("message-doubled", {"count": 10}),
        ("message-swapped", {}),
        ("message-delayed", {"delay_ms": 300.0}),
    ],
)
def test_doubled_late_and_swapped_messages_come_to_the_truth(
    venue: str, kind: str, more: dict[str, Any]
) -> None:
    """The order ends as the venue has it, and each lot that traded is told once."""
    counted = {name: value for name, value in more.items() if name != "count"}
    if "count" in more:
        told, truth = live_all(venue, kind)
    else:
        told, truth = live(venue, kind, **counted)

    assert truth == last(told)
    assert truth["cum_qty"] == sum(each.last_qty for each in told if isinstance(each, Filled))


def live_all(venue: str, kind: str) -> tuple[list[Any], dict[str, Any]]:
    """Run as `live` does, with every message struck."""
    with Exchange(venue) as exchange:
        exchange.call("cancel-all", venue=venue)
        alice, (symbol, quantity, price, half) = exchange.account("alice"), BIDS[venue]

        async def go() -> tuple[list[Any], dict[str, Any]]:
            async with await connect(venue, exchange.url(venue), alice.credentials) as client:
                events = client.events([symbol])
                await anext(events)
                exchange.call("add-fault", kind=kind, venue=venue)
                placed = await client.place(symbol, "buy", quantity, price)
                exchange.trade(symbol, price, half, side="sell")
                await client.cancel(placed.order_id, symbol)
                told = await heard(events)
                order = await client.order(placed.order_id)
                assert order is not None
                return told, {"cum_qty": order.cum_qty, "ord_status": order.ord_status}

        return asyncio.run(go())


@pytest.mark.parametrize("venue", VENUES)
def test_a_lost_message_is_not_told(venue: str) -> None:
    """The next message shows the order as it is then."""
    told, truth = live(venue, "message-lost")
    assert truth == last(told)
    assert "new" not in [e.order.ord_status for e in told if isinstance(e, OrderUpdated)]


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"kind": "message-lost", "operation": "cancel-order"}, "does not happen to cancel-order"),
        ({"kind": "message-delayed"}, "message-delayed needs delay_ms"),
        ({"kind": "message-lost", "account": "nobody"}, "has no account 'nobody'"),
    ],
)
def test_a_bad_fault_is_refused(fields: dict[str, Any], text: str) -> None:
    """The refusal is one line."""
    with (
        Exchange("polymarket-us") as exchange,
        pytest.raises((ControlError, FaultRefused), match=text),
    ):
        exchange.call("add-fault", **fields)
