"""Submitting a built order: the signature is checked, then the order is placed."""

from collections.abc import Generator
from typing import Any

from msgspec import Struct

from countermand.venues.deltadefi import ids, tables, transaction
from countermand.venues.deltadefi.credential import signing_key
from countermand.venues.deltadefi.errors import Refused, order_refused
from countermand.venues.deltadefi.messages import orders
from countermand.venues.deltadefi.translate import resolve
from countermand.venues.deltadefi.translate.building import build_to_wire
from countermand.venues.deltadefi.translate.order_reports import (
    has_lapsed,
    order_from_wire,
    order_to_wire,
)
from countermand.venues.deltadefi.translate.records import records_of_receipt
from countermand.vocabulary.commands import NewOrder, SubmitOrder
from countermand.vocabulary.events import OrderRejected
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.queries import GetOrder, Query
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import OrderReport
from countermand.wire.context import Context
from countermand.wire.conversation import Step
from countermand.wire.credential import Credential
from countermand.wire.errors import OrderRefused
from countermand.wire.operation import Operation
from countermand.wire.receipts import the_order


class Signed(Struct, frozen=True):
    """A built order, signed for by whoever holds the operation key."""

    order_id: OrderId
    signed_tx: str


def find_built(message: orders.SubmitOrder, ctx: Context) -> Query:
    """Return the question for the order, as it was built or as it was submitted before."""
    return GetOrder(resolve.account(ctx), resolve.order_id(message.order_id))


def submit_from_wire(message: orders.SubmitOrder, ctx: Context) -> SubmitOrder:
    """
    Return the order to place, which its signature proves to be wanted.

    An order that cannot be placed is refused before its signature is looked at, so that nothing
    which leaves here is without one.

    Raises: OrderRefused for an order that is unknown (4200), submitted (4302) or too old (4300);
            Refused (4406), TransactionRefused.
    Source: API reference, "Submit Place Order".
    """
    built: OrderReport | None = ctx.found
    if built is None:
        raise OrderRefused(RejectReason.UNKNOWN_ORDER)
    if not built.due_ns:
        raise OrderRefused(RejectReason.ALREADY_SUBMITTED)
    if has_lapsed(built, ctx):
        raise OrderRefused(RejectReason.STAGING_EXPIRED)
    held = resolve.credential(ctx)
    if held is None or held.operation_key_hash is None:
        raise Refused(tables.NO_OPERATION_KEY)
    key_hash = bytes.fromhex(held.operation_key_hash)
    transaction.verify(message.signed_tx, message.order_id, key_hash)
    return SubmitOrder(resolve.account(ctx), resolve.order_id(message.order_id))


def submit_to_wire(signed: Signed, ctx: Context) -> orders.SubmitOrder:
    """Return the request that places a signed order."""
    return orders.SubmitOrder(ids.order_text(signed.order_id), signed.signed_tx)


def submitted_to_wire(receipt: Receipt, ctx: Context) -> orders.Order:
    """
    Return the order as it stands, with what it traded at once.

    Raises: Refused, OrderRefused; the order is then there, and has failed.
    """
    no = receipt.events[0]
    if isinstance(no, OrderRejected) and no.order is not None:
        instrument = ctx.directory.instruments[no.order.instrument_id]
        base, quote = resolve.assets(instrument, ctx)
        raise order_refused(no.reason, instrument, base, quote, no.order.terms.price_ticks)
    report = the_order(receipt)
    return order_to_wire(report, records_of_receipt(receipt, report, ctx), ctx)


def submitted_from_wire(message: orders.Order, ctx: Context) -> OrderReport:
    """Return the report of a placed order."""
    return order_from_wire(message, ctx)


def place_flow(
    command: NewOrder, credential: Credential | None, ctx: Context
) -> Generator[Step, Any, OrderReport]:
    """
    Build an order, sign it, submit it; return its report.

    Raises: NotExpressible before anything is sent; TransactionRefused for a transaction that cannot
            be signed, when nothing was placed.
    """
    key = signing_key(credential)
    built = yield Step(Operation.STAGE_ORDER, build_to_wire(command, ctx))
    signed = Signed(resolve.order_id(built.order_id), transaction.sign(built.tx_hex, key))
    message = submit_to_wire(signed, ctx)
    reply = yield Step(Operation.PLACE_ORDER, message)
    return submitted_from_wire(reply, ctx)
