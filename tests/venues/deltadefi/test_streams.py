"""
The streams: one connection each, with its first message, the later ones, and the right to open it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.venues.deltadefi.booth import ADA, Booth, limit
from tests.venues.ear import Ear, Refused

KEY = "alice-demo-key"


def account_of(booth: Booth, owner: str = "alice") -> str:
    """Return the path of a user's account stream."""
    return f"/accounts/stream?api_key={booth.desk.credential(owner).key}"


def listening(act: Callable[[Booth], Awaitable[None]]) -> None:
    """Run a test within a loop."""

    async def go() -> None:
        await act(Booth())

    asyncio.run(go())


def test_the_account_is_told_its_balances_and_what_happens_to_its_orders() -> None:
    """Each time with the order as REST has it, and the balances that moved."""

    async def act(booth: Booth) -> None:
        ear = await Ear.open(booth.desk, account_of(booth), owner=None)
        [first] = await ear.heard()
        order_id = booth.place(limit("buy", "100", "0.5"))["id"]
        placed = await ear.heard()
        booth.post(f"/order/{order_id}/cancel")
        canceled = await ear.heard()

        assert ("Account", "balance") == (first["type"], first["sub_type"])
        assert booth.get("/accounts/balance") == canceled[-1]["balance"] == first["balance"]
        assert ["order_info", "balance"] == [each["sub_type"] for each in placed]
        assert (order_id, "open") == (placed[0]["order"]["id"], placed[0]["order"]["status"])
        assert "cancelled" == canceled[0]["order"]["status"]
        assert booth.get(f"/accounts/order/{order_id}") == canceled[0]["order"]

    listening(act)


def test_a_fill_is_told_to_both_sides_alone() -> None:
    """Each side is told its own order, with its execution records so far."""

    async def act(booth: Booth) -> None:
        ears = [
            await Ear.open(booth.desk, account_of(booth, who), owner=None)
            for who in ("alice", "bob")
        ]
        for ear in ears:
            await ear.heard()
        booth.place(limit("buy", "100", "0.5"))
        booth.place(limit("sell", "40", "0.5"), owner="bob")
        alices, bobs = [
            [each["order"] for each in await ear.heard() if each["sub_type"] == "order_info"]
            for ear in ears
        ]

        assert [("open", "0"), ("open", "40")] == [
            (each["status"], each["executed_base_qty"]) for each in alices
        ]
        assert ["open", "closed"] == [each["status"] for each in bobs]
        assert [0, 1] == [len(each["order_execution_records"]) for each in bobs]

    listening(act)


@pytest.mark.parametrize(
    "target", ["/market/depth/ADAUSDM", f"/market/ws/depth/ADAUSDM?api_key={KEY}"]
)
def test_the_depth_is_told_whole_at_once_and_on_change(target: str) -> None:
    """The message has its time in milliseconds, and numbers."""

    async def act(booth: Booth) -> None:
        ear = await Ear.open(booth.desk, target, owner=None)
        booth.place(limit("buy", "100", "0.5"))
        first, then = await ear.heard()

        assert {"timestamp", "bids", "asks"} == set(first)
        assert booth.desk.clock.now_ns() // 1_000_000 == then["timestamp"]
        assert [{"price": 0.5, "quantity": 100}] == then["bids"]

    listening(act)


def trade(booth: Booth, price: str = "0.5") -> None:
    """Let alice and bob trade."""
    booth.place(limit("buy", "10", price))
    booth.place(limit("sell", "10", price), owner="bob")


def test_the_price_is_told_at_once_and_when_it_moves() -> None:
    """No message is sent while the price stays."""

    async def act(booth: Booth) -> None:
        ear = await Ear.open(booth.desk, f"/market/market-price/{ADA}", owner=None)
        for price in ("0.5", "0.5", "0.51"):
            trade(booth, price)
        assert [0, 0.5, 0.51] == [each["price"] for each in await ear.heard()]

    listening(act)


@pytest.mark.parametrize("path", ["recent-trades", "recent-trade", "ws/recent-trade"])
def test_trades_are_told_newest_first_and_then_as_they_come(path: str) -> None:
    """Every item has an order's id, which the Rust SDK needs."""

    async def act(booth: Booth) -> None:
        trade(booth, "0.5")
        trade(booth, "0.51")
        ear = await Ear.open(booth.desk, f"/market/{path}/{ADA}?limit=1", owner=None)
        trade(booth, "0.52")
        first, then = await ear.heard()

        assert [[0.51], [0.52]] == [[each["price"] for each in told] for told in (first, then)]
        assert {"order_id", "timestamp", "symbol", "side", "price", "amount"} == set(then[0])
        assert ("sell", 10) == (then[0]["side"], then[0]["amount"])

    listening(act)


def test_candles_begin_with_earlier_trades() -> None:
    """After that the forming candle comes with each trade."""

    async def act(booth: Booth) -> None:
        trade(booth, "0.5")
        ear = await Ear.open(booth.desk, f"/market/ws/graph/{ADA}/5m", owner=None)
        trade(booth, "0.52")
        first, then = await ear.heard()

        assert (0.5, 10) == (first["c"], first["v"])
        assert (0.5, 0.52, 20) == (then["o"], then["c"], then["v"])

    listening(act)


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/accounts/stream", 401),
        ("/accounts/stream?api_key=none", 401),
        ("/ws", 401),
        ("/market/depth/NONE", 400),
        (f"/market/ws/graph/{ADA}/7m", 400),
        (f"/market/recent-trades/{ADA}?limit=many", 422),
    ],
)
def test_bad_stream_is_refused_before_the_upgrade(target: str, status: int) -> None:
    """The refusal is in the venue's own envelope."""

    async def act(booth: Booth) -> None:
        with pytest.raises(Refused) as refused:
            await Ear.open(booth.desk, target, owner=None)
        assert status == refused.value.response.status
        assert b'"error"' in refused.value.response.body

    listening(act)


def test_a_key_in_the_query_opens_streams_and_nothing_else() -> None:
    """A request of another kind has a header."""

    async def act(booth: Booth) -> None:
        key = booth.desk.credential().key
        status, _ = booth.ask("GET", f"/accounts/balance?api_key={key}", owner=None)
        assert 401 == status

    listening(act)


@pytest.mark.parametrize("message", ["ping", b"ping"])
def test_a_text_ping_is_answered_and_anything_else_is_not(message: Any) -> None:
    """Hummingbot's."""

    async def act(booth: Booth) -> None:
        ear = await Ear.open(booth.desk, f"/ws?api_key={booth.desk.credential().key}", owner=None)
        ear.session.receive("what?")
        ear.session.receive(message)
        assert ["pong"] == ear.messages

    listening(act)
