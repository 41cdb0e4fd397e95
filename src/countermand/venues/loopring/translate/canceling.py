"""Canceling: one order, by hash or by the client's id, or several."""

from countermand.venues.loopring.errors import told
from countermand.venues.loopring.messages import orders
from countermand.venues.loopring.order_hash import hash_text, parse_hash
from countermand.venues.loopring.tables import CANCELLED
from countermand.venues.loopring.translate import resolve
from countermand.venues.loopring.translate.order_reports import is_cut_short
from countermand.vocabulary.commands import CancelOrder
from countermand.vocabulary.events import CancelRejected
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reasons import CxlRejReason
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import OrderReport
from countermand.wire.context import Context
from countermand.wire.errors import (
    CancelRefused,
    InvalidField,
    Malformed,
    NotExpressible,
    WireError,
)
from countermand.wire.receipts import Acknowledged, the_order

# The venue's own page cancels all orders it lists in one request, and it lists so many.
BATCH_MAX = 50


def find_canceled(message: orders.CancelOrder, ctx: Context) -> GetOrder | tuple[()]:
    """Return the question whose id the hash's order has, where both are given."""
    hashed, named = resolve.given(message.order_hash), resolve.given(message.client_order_id)
    if hashed is None or named is None:
        return ()
    account = resolve.own_account(message.account_id, ctx)
    return GetOrder(account.account_id, OrderId(0), resolve.order_hash(hashed))


def cancel_from_wire(message: orders.CancelOrder, ctx: Context) -> CancelOrder:
    """
    Return the cancel asked for; where hash and id are given they must be one order's.

    Raises: Malformed for neither, for that would be all orders or none; Coded for what is no hash;
            CancelRefused for two orders.
    Source: DEX API v3, "Cancel order".
    """
    account = resolve.own_account(message.account_id, ctx)
    hashed, named = resolve.given(message.order_hash), resolve.given(message.client_order_id)
    if hashed is None:
        # Some client may have called its order "null" and mean it.
        if not (name := message.client_order_id):
            raise Malformed("either orderHash or clientOrderId is required")
        return _by_name(account.account_id, name)
    if named is not None and not (
        isinstance(ctx.found, OrderReport) and ctx.found.terms.secondary_cl_ord_id == named
    ):
        raise CancelRefused(CxlRejReason.UNKNOWN_ORDER, None)
    return _by_hash(account.account_id, hashed)


def cancel_to_wire(command: CancelOrder, ctx: Context) -> orders.CancelOrder:
    """
    Return the request for a cancel; a client id that is no hash is the venue's clientOrderId.

    Raises: NotExpressible for one by order id, or bound to a market.
    """
    own = resolve.check_own(command.account_id, ctx)
    if command.order_id or command.instrument_id:
        raise NotExpressible("a cancel but by hash or by the client's id")
    hashed, named = command.cl_ord_id, command.secondary_cl_ord_id
    if bool(hashed) is bool(named):
        raise NotExpressible("a cancel by neither hash nor id, or by both in turn")
    if hashed and _is_hash(hashed):
        return orders.CancelOrder(account_id=own, order_hash=hashed)
    return orders.CancelOrder(account_id=own, client_order_id=hashed or named)


def canceled_to_wire(receipt: Receipt, ctx: Context) -> orders.Submitted:
    """Return the order as canceled. Raises CancelRefused."""
    order = _canceled(receipt, ctx)
    return orders.Submitted(
        hash=order.cl_ord_id,
        client_order_id=order.terms.secondary_cl_ord_id,
        status=CANCELLED,
        is_idempotent=False,
    )


def canceled_from_wire(message: orders.Submitted, ctx: Context) -> Acknowledged:
    """Return the hash of the order whose cancel was taken; it is final once the order says so."""
    return Acknowledged((), (message.hash,))


def batch_by_hash_from_wire(message: orders.CancelByHash, ctx: Context) -> tuple[CancelOrder, ...]:
    """Return the cancels of a batch. Raises InvalidField for none or too many; Coded."""
    account = resolve.own_account(message.account_id, ctx)
    return tuple(_by_hash(account.account_id, text) for text in _listed(message))


def batch_by_name_from_wire(
    message: orders.CancelByClientOrderId, ctx: Context
) -> tuple[CancelOrder, ...]:
    """Return the cancels of a batch. Raises InvalidField for none or too many."""
    account = resolve.own_account(message.account_id, ctx)
    return tuple(_by_name(account.account_id, text) for text in _listed(message))


def batch_to_wire(receipts: tuple[Receipt, ...], ctx: Context) -> list[orders.BatchItem]:
    """Return what became of each cancel, in the order they were asked for."""
    named = zip(_listed(ctx.message), receipts, strict=True)
    return [_item(text, receipt, ctx) for text, receipt in named]


def _canceled(receipt: Receipt, ctx: Context) -> OrderReport:
    # What was cut short is shown as canceled, so that is what it says here too.
    no = receipt.events[0]
    if (
        isinstance(no, CancelRejected)
        and no.order is not None
        and no.ord_status is OrdStatus.FILLED
        and is_cut_short(no.order, ctx)
    ):
        raise CancelRefused(no.cxl_rej_reason, OrdStatus.CANCELED, no.response_to)
    return the_order(receipt)


def _item(text: str, receipt: Receipt, ctx: Context) -> orders.BatchItem:
    try:
        _canceled(receipt, ctx)
    except WireError as error:
        code, message = told(error)
        why = orders.BatchError(code=code, message=message)
        return orders.BatchItem(id=text, result=False, error=why)
    return orders.BatchItem(id=text, result=True)


def _listed(message: orders.CancelByHash | orders.CancelByClientOrderId) -> list[str]:
    if isinstance(message, orders.CancelByHash):
        name, given = "orderHash", message.order_hash
    else:
        name, given = "clientOrderId", message.client_order_id
    listed = [text for text in (given or "").split(",") if text]
    if not 0 < len(listed) <= BATCH_MAX:
        raise InvalidField(name, f"invalid {name}: must be 1 to {BATCH_MAX}, comma separated")
    return listed


def _by_hash(account_id: AccountId, text: str) -> CancelOrder:
    return CancelOrder(account_id, OrderId(0), resolve.order_hash(text))


def _by_name(account_id: AccountId, name: str) -> CancelOrder:
    return CancelOrder(account_id, OrderId(0), secondary_cl_ord_id=name)


def _is_hash(text: str) -> bool:
    try:
        return hash_text(parse_hash(text)) == text
    except ValueError:
        return False
