"""What a new order is answered, also when it is sent a second time."""

from countermand.venues.loopring.messages.orders import Submitted
from countermand.venues.loopring.tables import PROCESSING
from countermand.vocabulary.events import OrderRejected
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import OrderReport
from countermand.wire import times
from countermand.wire.context import Context
from countermand.wire.receipts import Acknowledged, the_order

# So long an order may be sent again as if it had not arrived; nobody knows how long it is there.
IDEMPOTENT_NS = 5 * times.S


def repeated(receipt: Receipt, ctx: Context) -> GetOrder | tuple[()]:
    """Return the question for the order that was there already, if one was."""
    no = receipt.events[0]
    if isinstance(no, OrderRejected) and no.reason is RejectReason.DUPLICATE_CL_ORD_ID:
        return GetOrder(no.account_id, OrderId(0), no.cl_ord_id)
    return ()


def submitted_to_wire(receipt: Receipt, ctx: Context) -> Submitted:
    """
    Return that the order is processing, even when it is done: clients take anything else for a
    failure.

    One that is sent again while nothing has happened to it is answered as it was the first time.
    Raises: OrderRefused.
    """
    if isinstance(found := ctx.found, OrderReport) and _is_as_it_was(found, ctx.now_ns):
        return _submitted(found, is_idempotent=True)
    return _submitted(the_order(receipt), is_idempotent=False)


def submitted_from_wire(message: Submitted, ctx: Context) -> Acknowledged:
    """Return the hash of an order that was taken; what became of it, only the order can tell."""
    return Acknowledged((), (message.hash,))


def _is_as_it_was(order: OrderReport, now_ns: int) -> bool:
    return order.ord_status is OrdStatus.NEW and now_ns - order.submit_ns <= IDEMPOTENT_NS


def _submitted(order: OrderReport, *, is_idempotent: bool) -> Submitted:
    return Submitted(
        hash=order.cl_ord_id,
        client_order_id=order.terms.secondary_cl_ord_id,
        status=PROCESSING,
        is_idempotent=is_idempotent,
    )
