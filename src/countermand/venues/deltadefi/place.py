"""Placing an order that was built: the signature is checked, then the order is placed."""

from collections.abc import Generator
from typing import Any

from countermand.venues.deltadefi import fills, resolve
from countermand.venues.deltadefi.build import ask_build, refusal
from countermand.venues.deltadefi.cardano import transaction
from countermand.venues.deltadefi.credential import signing_key
from countermand.venues.deltadefi.errors import Code, Refused
from countermand.venues.deltadefi.messages import orders as m
from countermand.venues.deltadefi.settings import Ctx
from countermand.venues.deltadefi.show import read_order, show_order
from countermand.vocabulary.commands import NewOrder, SubmitOrder
from countermand.vocabulary.events import OrderRejected
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import OrderReport
from countermand.wire.conversation import Op, Serving, Step
from countermand.wire.credential import Credential
from countermand.wire.errors import OrderRefused
from countermand.wire.operation import Operation
from countermand.wire.receipts import the_order


def serve_place(message: m.SubmitOrder, ctx: Ctx) -> Serving[m.Order]:
    """
    Place an order that was built, which its signature proves to be wanted.

    An order that cannot be placed is refused before its signature is checked. One that the exchange
    refuses is kept, and has failed.

    Raises: OrderRefused for an order that is unknown (4200), submitted (4302) or too old (4300);
            Refused (4406), TransactionRefused.
    Source: API reference, "Submit Place Order".
    """
    account_id, order_id = resolve.account(ctx), resolve.order_id(message.order_id, ctx)
    built: OrderReport | None = yield GetOrder(account_id, order_id)
    if built is None:
        raise OrderRefused(RejectReason.UNKNOWN_ORDER)
    if not resolve.is_built(built):
        raise OrderRefused(RejectReason.ALREADY_SUBMITTED)
    if resolve.has_lapsed(built, ctx):
        raise OrderRefused(RejectReason.STAGING_EXPIRED)
    if (key_hash := ctx.principal.credential.operation_key_hash) is None:
        raise Refused(Code.NO_OPERATION_KEY)
    transaction.verify(message.signed_tx, message.order_id, bytes.fromhex(key_hash))
    receipt: Receipt = yield SubmitOrder(account_id, order_id)
    if isinstance(no := receipt.events[0], OrderRejected):
        instrument = ctx.directory.instruments[built.instrument_id]
        raise refusal(no.reason, instrument, built.terms.price_ticks, ctx)
    return show_order(the_order(receipt), fills.taken(receipt), ctx)


def place_flow(
    command: NewOrder, credential: Credential | None, ctx: Ctx
) -> Generator[Step, Any, OrderReport]:
    """
    Build an order, sign it, submit it; return its report.

    Raises: NotExpressible before anything is sent; TransactionRefused for a transaction that cannot
            be signed, when nothing was placed.
    """
    key = signing_key(credential)
    built = yield Step(Operation.STAGE_ORDER, ask_build(command, ctx), says=command)
    about = GetOrder(command.account_id, resolve.order_id(built.order_id, ctx))
    signed = m.SubmitOrder(built.order_id, transaction.sign(built.tx_hex, key))
    return read_order((yield Step(Operation.PLACE_ORDER, signed, about=about)), None, ctx)


PLACE = Op(m.SubmitOrder, m.Order, serve_place)
