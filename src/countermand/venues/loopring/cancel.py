"""Canceling: one order, by hash or by the client's id, or several."""

from countermand.venues.loopring import resolve
from countermand.venues.loopring.errors import REFUSALS
from countermand.venues.loopring.messages import orders as m
from countermand.venues.loopring.parameters import given
from countermand.venues.loopring.settings import Ctx
from countermand.venues.loopring.show import read_taken, show_order, show_taken
from countermand.venues.loopring.tables import CANCELLED, CANCELLING, FAILED
from countermand.vocabulary.commands import CancelOrder
from countermand.vocabulary.events import CancelRejected
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reasons import CxlRejReason
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import OrderReport
from countermand.wire.conversation import Op, Serving
from countermand.wire.errors import CancelRefused, Malformed, WireError
from countermand.wire.fields import invalid
from countermand.wire.receipts import the_order

# The venue's own page cancels all orders it lists in one request, and it lists so many.
BATCH_MAX = 50
_NO_ID = OrderId(0)


def serve_cancel(message: m.CancelOrder, ctx: Ctx) -> Serving[m.Submitted]:
    """
    Cancel an order; where hash and client id are given they must be one order's.

    Raises: Malformed for neither; Coded for an invalid hash;
            CancelRefused, also for two orders.
    Source: DEX API v3, "Cancel order".
    """
    account_id = resolve.own_account(message.account_id, ctx).account_id
    if (text := given(message.order_hash)) is None:
        # Some client may have called its order "null" and mean it.
        if not (name := message.client_order_id):
            raise Malformed("either orderHash or clientOrderId is required")
        command = CancelOrder(account_id, _NO_ID, secondary_cl_ord_id=name)
    else:
        hashed = resolve.order_hash(text)
        if (named := given(message.client_order_id)) is not None:
            found: OrderReport | None = yield GetOrder(account_id, _NO_ID, hashed)
            if found is None or found.terms.secondary_cl_ord_id != named:
                raise CancelRefused(CxlRejReason.UNKNOWN_ORDER)
        command = CancelOrder(account_id, _NO_ID, hashed)
    receipt: Receipt = yield command
    order = yield from _canceled(receipt, ctx)
    return show_taken(order, CANCELLING if order.is_open else CANCELLED)


def ask_cancel(command: CancelOrder, ctx: Ctx) -> m.CancelOrder:
    """Return the request for a cancel; a client id that is no hash is the venue's clientOrderId."""
    account_id = resolve.account_text(command.account_id, ctx)
    hashed, named = command.cl_ord_id, command.secondary_cl_ord_id
    if hashed and resolve.is_hash(hashed):
        return m.CancelOrder(account_id=account_id, order_hash=hashed)
    return m.CancelOrder(account_id=account_id, client_order_id=hashed or named)


def serve_by_hash(message: m.CancelByHash, ctx: Ctx) -> Serving[list[m.BatchItem]]:
    """
    Cancel several orders by hash, and tell of each in the order they were asked for.

    Raises: InvalidField for none or too many; Coded for what is not a hash.
    """
    account_id = resolve.own_account(message.account_id, ctx).account_id
    texts = _listed("orderHash", message.order_hash)
    commands = [CancelOrder(account_id, _NO_ID, resolve.order_hash(text)) for text in texts]
    receipts: tuple[Receipt, ...] = yield tuple(commands)
    return (yield from _items(texts, receipts, ctx))


def serve_by_name(message: m.CancelByClientOrderId, ctx: Ctx) -> Serving[list[m.BatchItem]]:
    """Cancel several orders by the client's ids. Raises and tells as `serve_by_hash` does."""
    account_id = resolve.own_account(message.account_id, ctx).account_id
    names = _listed("clientOrderId", message.client_order_id)
    commands = [CancelOrder(account_id, _NO_ID, secondary_cl_ord_id=name) for name in names]
    receipts: tuple[Receipt, ...] = yield tuple(commands)
    return (yield from _items(names, receipts, ctx))


CANCEL = Op(m.CancelOrder, m.Submitted, serve_cancel, ask_cancel, read_taken)
BY_HASH = Op(m.CancelByHash, list[m.BatchItem], serve_by_hash)
BY_NAME = Op(m.CancelByClientOrderId, list[m.BatchItem], serve_by_name)


def _canceled(receipt: Receipt, ctx: Ctx) -> Serving[OrderReport]:
    no = receipt.events[0]
    if isinstance(no, CancelRejected) and no.closed:
        closed: OrderReport | None = yield GetOrder(no.account_id, no.closed.order_id)
        if closed and (shown := _shown_otherwise(closed, ctx)):
            raise CancelRefused(no.cxl_rej_reason, shown, no.response_to)
    return the_order(receipt)


def _shown_otherwise(order: OrderReport, ctx: Ctx) -> OrdStatus | None:
    # The exchange calls an order filled that ended before its amount did, and is shown as canceled;
    # and canceled what it did not let in, which has failed.
    word = "" if order.is_open else show_order(order, ctx).status
    if word == FAILED:
        return OrdStatus.REJECTED
    is_filled = order.ord_status is OrdStatus.FILLED
    return OrdStatus.CANCELED if is_filled and word == CANCELLED else None


def _items(texts: list[str], receipts: tuple[Receipt, ...], ctx: Ctx) -> Serving[list[m.BatchItem]]:
    items = []
    for text, receipt in zip(texts, receipts, strict=True):
        items.append((yield from _item(text, receipt, ctx)))
    return items


def _item(text: str, receipt: Receipt, ctx: Ctx) -> Serving[m.BatchItem]:
    try:
        yield from _canceled(receipt, ctx)
    except WireError as error:
        said = REFUSALS.said(error)
        why = m.BatchError(code=int(said.code), message=said.text)
        return m.BatchItem(id=text, result=False, error=why)
    return m.BatchItem(id=text, result=True)


def _listed(name: str, given_text: str | None) -> list[str]:
    listed = [text for text in (given_text or "").split(",") if text]
    if not 0 < len(listed) <= BATCH_MAX:
        raise invalid(name, f"must be 1 to {BATCH_MAX}, comma separated")
    return listed
