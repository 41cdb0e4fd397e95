"""C09: what a venue declares that its answers prove is what they prove."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.venues.conformance.asking import skip_lacking
from tests.venues.conformance.losses import losses
from tests.venues.conformance.trader import Trader, core_view
from tests.venues.desk import Desk

from countermand.vocabulary.commands import MassCancel
from countermand.vocabulary.order import OrdStatus, Side
from countermand.vocabulary.reasons import CxlRejReason
from countermand.wire.errors import CancelRefused, WireError
from countermand.wire.operation import Operation
from countermand.wire.proof import Proof
from countermand.wire.receipts import Acknowledged

SEE = "see proof.py"
LATE, UNKNOWN = CxlRejReason.TOO_LATE_TO_CANCEL, CxlRejReason.UNKNOWN_ORDER


def place(alice: Trader) -> Any:
    """Place an order."""
    return alice.place("one", Side.BUY, 1000)


def replace(alice: Trader) -> Any:
    """Replace an order."""
    command = alice.replacement(place(alice).order_id, 700)
    return alice.tell(Operation.REPLACE_ORDER, command)


def cancel(alice: Trader) -> Any:
    """Cancel an order."""
    return alice.cancel(place(alice))


def cancel_all(alice: Trader) -> Any:
    """Cancel all orders of a market."""
    place(alice)
    here = MassCancel(alice.account_id, (alice.market.instrument_id,))
    return alice.tell(Operation.MASS_CANCEL, here)[0]


COMMANDS: dict[Operation, Callable[[Trader], Any]] = {
    Operation.PLACE_ORDER: place,
    Operation.REPLACE_ORDER: replace,
    Operation.CANCEL_ORDER: cancel,
    Operation.MASS_CANCEL: cancel_all,
}


@pytest.mark.parametrize("operation", COMMANDS)
def test_success_proves_what_is_declared(alice: Trader, operation: Operation) -> None:
    """An answer that only says a command was taken proves no more; any other shows the order."""
    skip_lacking(alice.desk, operation)
    order_id = COMMANDS[operation](alice).order_id
    name, declared = alice.desk.venue.name, alice.desk.venue.proofs.of(operation)
    answered = alice.answered

    is_taken = isinstance(answered, Acknowledged)
    assert is_taken is (declared is Proof.TAKEN), f"{name}: {operation.value} is {declared}; {SEE}"
    if not is_taken:
        told = answered[0] if operation is Operation.MASS_CANCEL else answered
        assert state(core_view(alice, order_id)) == state(told), f"{name}: {SEE}"


def state(order: Any) -> tuple[Any, ...]:
    """Return what became of an order."""
    return order.ord_status, order.leaves_qty_lots, order.cum_qty_lots, order.cum_notional_minor


def test_nothing_is_declared_of_what_is_lacking(desk: Desk) -> None:
    """A success of an operation that our client cannot ask for proves nothing."""
    assert not losses(desk).lacks & desk.venue.proofs.success.keys()


def late(desk: Desk, status: OrdStatus) -> WireError:
    """Return how the refusal of a cancel is read that came too late for an order in this state."""
    refusals = desk.venue.refusals
    return refusals.interpret(refusals.render(CancelRefused(LATE, status)))


def test_refused_cancel_names_the_state_where_declared(desk: Desk) -> None:
    """Filled and canceled are told apart, or only the order tells."""
    states = (OrdStatus.FILLED, OrdStatus.CANCELED)
    told = [getattr(late(desk, status), "ord_status", None) for status in states]

    expected = list(states) if desk.venue.proofs.names_state else [None, None]
    assert expected == told, f"{desk.venue.name}: names_state; {SEE}"


@pytest.mark.parametrize("status", [OrdStatus.FILLED, OrdStatus.CANCELED, OrdStatus.EXPIRED])
def test_unknown_order_is_no_known_one(desk: Desk, status: OrdStatus) -> None:
    """Where "no such order" proves absence, no existing order is refused with it."""
    told = getattr(late(desk, status), "cxl_rej_reason", None)

    is_mistaken = told is UNKNOWN and desk.venue.proofs.unknown_is_absent
    assert not is_mistaken, f"{desk.venue.name}: unknown_is_absent; {SEE}"


def test_final_refusal_is_told_from_others(desk: Desk) -> None:
    """A refusal that is the same for every reason says nothing that is final."""
    told = getattr(late(desk, OrdStatus.FILLED), "cxl_rej_reason", None)

    assert (told is LATE) is desk.venue.proofs.refusal_is_final, f"{desk.venue.name}: {SEE}"
