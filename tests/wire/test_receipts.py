"""Receipts: a refusal is raised, a yes is passed on."""

import pytest

from countermand.vocabulary.events import (
    CancelRejected,
    InstructionRejected,
    MassCanceled,
    OrderRejected,
)
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.reasons import CxlRejReason, CxlRejResponseTo, RejectReason
from countermand.vocabulary.reports import Receipt
from countermand.wire.errors import CancelRefused, OrderRefused
from countermand.wire.receipts import accepted

FUNDS = RejectReason.INSUFFICIENT_FUNDS
TOO_LATE = CxlRejReason.TOO_LATE_TO_CANCEL


@pytest.mark.parametrize(
    "event", [OrderRejected(AccountId(1), "a", FUNDS), InstructionRejected(FUNDS)]
)
def test_refused_order_or_instruction(event: OrderRejected | InstructionRejected) -> None:
    """Its reason is kept."""
    with pytest.raises(OrderRefused) as caught:
        accepted(Receipt(1, 1, (event,), ()))
    assert caught.value.reason is FUNDS


def test_refused_cancel() -> None:
    """The state that refused it is kept."""
    event = CancelRejected(CxlRejResponseTo.CANCEL, OrderId(1), "a", TOO_LATE, OrdStatus.FILLED)
    with pytest.raises(CancelRefused) as caught:
        accepted(Receipt(1, 1, (event,), ()))
    assert (caught.value.cxl_rej_reason, caught.value.ord_status) == (TOO_LATE, OrdStatus.FILLED)


def test_yes() -> None:
    """Anything else."""
    receipt = Receipt(1, 1, (MassCanceled(0),), ())

    assert accepted(receipt) is receipt
