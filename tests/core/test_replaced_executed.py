"""Replacements whose quantity has been executed by the time they arrive."""

import pytest
from tests.core.build import ALICE, BOB, CAROL, World

from countermand.vocabulary.commands import ReplaceOrder
from countermand.vocabulary.events import CancelRejected, OrderCanceled
from countermand.vocabulary.ids import InstrumentId, OrderId
from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.order import OrdStatus, ReplacePolicy
from countermand.vocabulary.reasons import (
    CancelReason,
    CxlRejReason,
    CxlRejResponseTo,
    RejectReason,
)
from countermand.vocabulary.reports import ClosedOrder

REFUSE, CANCEL = ReplacePolicy.REFUSE_EXECUTED, ReplacePolicy.CANCEL_EXECUTED


def replace(world: World, order_id: OrderId, qty: int, *, cancels: bool = True) -> None:
    """Ask for another quantity of an order of alice's."""
    world.run(
        ReplaceOrder(
            ALICE, InstrumentId(0), order_id, "", "", 0, qty, policy=CANCEL if cancels else REFUSE
        )
    )  # fmt: skip


def executed(world: World) -> OrderId:
    """Return an order of alice's, of ten of which four were executed."""
    order_id = world.buy(ALICE, 10, 100)
    world.sell(BOB, 4, 100)
    return order_id


@pytest.mark.parametrize("qty", [4, 3, 1, -1])
def test_quantity_that_was_executed_ends_the_order(world: World, qty: int) -> None:
    """As a cancel that was asked for: what traded stays traded, and nothing is held."""
    order_id = executed(world)
    replace(world, order_id, qty)

    report = world.report(ALICE, order_id)
    assert (OrderCanceled(report),) == world.events
    assert CancelReason.REQUESTED is report.cancel_reason
    assert (OrdStatus.CANCELED, 4, 0) == (
        report.ord_status, report.cum_qty_lots, report.leaves_qty_lots,
    )  # fmt: skip
    assert 0 == world.money(ALICE)[1]


@pytest.mark.parametrize("state", [TradingState.HALTED, TradingState.CANCEL_ONLY])
def test_it_is_taken_wherever_a_cancel_is(world: World, state: TradingState) -> None:
    """In a market that takes no replacements too."""
    order_id = executed(world)
    world.set_state(state)
    replace(world, order_id, 4)

    assert OrdStatus.CANCELED is world.report(ALICE, order_id).ord_status


@pytest.mark.parametrize("qty", [5, 0])
def test_any_other_quantity_is_a_replacement(world: World, qty: int) -> None:
    """One more than was executed, or what it was."""
    order_id = executed(world)
    replace(world, order_id, qty)

    assert OrdStatus.PARTIALLY_FILLED is world.report(ALICE, order_id).ord_status
    assert (qty or 10) - 4 == world.report(ALICE, order_id).leaves_qty_lots


def test_filled_order_is_too_late(world: World) -> None:
    """It is over already, and stays filled."""
    order_id = executed(world)
    world.sell(CAROL, 6, 100)
    replace(world, order_id, 4)

    reason = CxlRejReason.TOO_LATE_TO_CANCEL
    filled = world.report(ALICE, order_id)
    assert OrdStatus.FILLED is filled.ord_status
    ids = (filled.order_id, ALICE, filled.instrument_id)
    closed = ClosedOrder(*ids, OrdStatus.FILLED, CancelReason.NONE)
    late = CancelRejected(ALICE, CxlRejResponseTo.REPLACE, "", reason, closed=closed)
    assert (late,) == world.events


def test_without_asking_for_it_the_order_stays(world: World) -> None:
    """And the replacement is refused."""
    order_id = executed(world)
    replace(world, order_id, 4, cancels=False)

    event = world.events[0]
    assert isinstance(event, CancelRejected)
    assert RejectReason.QTY_BELOW_EXECUTED is event.reject_reason
    assert OrdStatus.PARTIALLY_FILLED is world.report(ALICE, order_id).ord_status
