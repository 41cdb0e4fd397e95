"""Receipts: what a dialect looks at first when a command comes back from the exchange."""

from msgspec import Struct

from countermand.vocabulary.events import CancelRejected, InstructionRejected, OrderRejected
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import OrderReport
from countermand.wire.errors import CancelRefused, OrderRefused

_REFUSALS = (OrderRejected, InstructionRejected)


class Acknowledged(Struct, frozen=True, gc=False):
    """
    The report of a request whose answer says only that it was taken.

    The orders' state is read from the orders. Where a venue names orders by their owners' names,
    the ids are `cl_ord_ids`.
    """

    order_ids: tuple[OrderId, ...]
    cl_ord_ids: tuple[str, ...] = ()


def accepted(receipt: Receipt) -> Receipt:
    """
    Return a receipt that says yes.

    Raises: OrderRefused or CancelRefused when the exchange refused the command.
    """
    no = receipt.events[0]
    if isinstance(no, _REFUSALS):
        raise OrderRefused(no.reason)
    if isinstance(no, CancelRejected):
        raise CancelRefused(no.cxl_rej_reason, no.ord_status, no.response_to, no.reject_reason)
    return receipt


def the_order(receipt: Receipt) -> OrderReport:
    """Return the one order a command was about. Raises as `accepted` does."""
    return accepted(receipt).orders[0]
