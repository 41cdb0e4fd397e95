"""Settling: what a command ends by the thousand is packed a part at a time, between other work."""

import asyncio

import pytest
from tests.core.build import ALICE
from tests.engine.desk import FOUNDING, engine_over, order

from countermand.engine import settling
from countermand.engine.memory import MemoryJournal
from countermand.engine.sequencer import Engine
from countermand.vocabulary.commands import MassCancel
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.queries import GetOrder, ListOrders

ORDERS = 20
CLOSED = ListOrders((ALICE,))


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pack three orders at once."""
    monkeypatch.setattr(settling, "PACKED_AT_ONCE", 3)


async def _canceled() -> Engine:
    # An engine that has just canceled many orders.
    engine = engine_over(MemoryJournal())
    await engine.start()
    await engine.submit_all(FOUNDING)
    await engine.submit_all([order(price=1 + at) for at in range(ORDERS)])
    await engine.submit(MassCancel(ALICE))
    return engine


def test_mass_cancel_is_packed_in_parts() -> None:
    """Each turn of the loop packs three orders, until none is left."""

    async def test() -> list[int]:
        engine = await _canceled()
        state, left = engine._exchange._state, []
        while state.orders:
            left.append(len(state.orders))
            await asyncio.sleep(0)
        await engine.stop()
        return left

    assert [17, 14, 11, 8, 5, 2] == asyncio.run(test())


def test_orders_that_wait_to_be_packed_are_told() -> None:
    """All of them as canceled, at once."""

    async def test() -> tuple[int, int]:
        engine = await _canceled()
        page = engine.view(CLOSED)
        told = [engine.view(GetOrder(ALICE, OrderId(now.order_id))) for now in page.orders]
        assert list(page.orders) == told
        await engine.stop()
        return page.total, len(page.orders)

    assert (ORDERS, ORDERS) == asyncio.run(test())


def test_a_snapshot_that_was_left_waits_for_no_packing() -> None:
    """Then the records are handed over to be synced, and no order is packed for it."""

    async def test() -> tuple[int, int]:
        engine = await _canceled()
        state = engine._exchange._state
        left = len(state.orders)
        engine.keeper.sync()
        told = (left, len(state.orders))
        await engine.stop()
        return told

    before, after = asyncio.run(test())
    assert 0 < before == after


def test_nothing_is_packed_after_a_stop() -> None:
    """The last snapshot is made on another thread, which has the state to itself."""

    async def test() -> tuple[int, int]:
        engine = await _canceled()
        await engine.stop()
        state = engine._exchange._state
        left = len(state.orders)
        for _ in range(ORDERS):
            await asyncio.sleep(0)
        return left, len(state.orders)

    before, after = asyncio.run(test())
    assert 0 < before == after
