"""Receipts: a refusal is raised, a yes is passed on."""

import pytest
from tests.core.orders import order

from countermand.vocabulary.events import (
    CancelRejected,
    InstructionRejected,
    MassCanceled,
    OrderRejected,
)
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.order import OrdStatus, Standing
from countermand.vocabulary.reasons import CxlRejReason, CxlRejResponseTo, RejectReason
from countermand.vocabulary.receipt import Receipt
from countermand.wire.errors import CancelRefused, OrderRefused
from countermand.wire.receipts import accepted

FUNDS = RejectReason.INSUFFICIENT_FUNDS
TOO_LATE = CxlRejReason.TOO_LATE_TO_CANCEL


@pytest.mark.parametrize(
    "event", [OrderRejected(AccountId(1), "a", FUNDS), InstructionRejected(FUNDS)]
)
def test_refused_order_or_instruction(event: OrderRejected | InstructionRejected) -> None:
    """The refusal has the event's reason."""
    with pytest.raises(OrderRefused) as caught:
        accepted(Receipt(1, 1, (event,), ()))
    assert caught.value.reason is FUNDS


def test_refused_cancel() -> None:
    """The state that refused it is kept."""
    filled = order(ord_status=OrdStatus.FILLED, standing=Standing.CLOSED).now
    event = CancelRejected(AccountId(1), CxlRejResponseTo.CANCEL, "a", TOO_LATE, filled)
    with pytest.raises(CancelRefused) as caught:
        accepted(Receipt(1, 1, (event,), ()))
    assert (caught.value.cxl_rej_reason, caught.value.ord_status) == (TOO_LATE, OrdStatus.FILLED)


def test_yes() -> None:
    """Anything else."""
    receipt = Receipt(1, 1, (MassCanceled(AccountId(1), 0),), ())

    assert accepted(receipt) is receipt
