"""Auditing: a market that breaks its own rules accepts only cancels, by a journaled command."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace
from tests.core.build import ALICE, SPOT
from tests.engine.desk import FOUNDING, engine_over, order

from countermand.engine.intake import Limits
from countermand.engine.memory import MemoryJournal
from countermand.vocabulary.commands import CancelOrder, SetTradingState
from countermand.vocabulary.events import OrderCanceled, OrderRejected
from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.reasons import RejectReason


@pytest.mark.parametrize(("audit_orders", "is_found"), [(0, False), (8, True)])
def test_market_of_a_fault_accepts_only_cancels(audit_orders: int, is_found: bool) -> None:
    """Where the audit is on; it is said once, and a replay of the journal does the same."""

    async def test() -> tuple[Any, Any]:
        journal = MemoryJournal()
        engine = engine_over(journal, limits=Limits(audit_orders=audit_orders))
        await engine.start()
        await engine.submit_all(FOUNDING)
        placed = (await engine.submit(order())).orders[0]
        state = engine._exchange._state
        kept = state.orders[placed.order_id]
        kept.now = replace(
            kept.now, submit_ns=kept.now.submit_ns, hold_minor=kept.now.hold_minor + 1
        )
        for _ in range(3):
            await engine.submit(order(price=1))
            await asyncio.sleep(0)
        refused = (await engine.submit(order())).events[0]
        kept.now = replace(kept.now, hold_minor=kept.now.hold_minor - 1)
        canceled = (await engine.submit(CancelOrder(ALICE, placed.order_id))).events[0]
        asked = [e.command for e in journal.read(1) if isinstance(e.command, SetTradingState)]
        await engine.stop()
        assert isinstance(canceled, OrderCanceled)
        return refused, asked

    refused, asked = asyncio.run(test())
    stopped = [SetTradingState(SPOT, TradingState.CANCEL_ONLY)] if is_found else []
    assert stopped == asked
    closed = isinstance(refused, OrderRejected) and refused.reason is RejectReason.MARKET_CLOSED
    assert closed is is_found
