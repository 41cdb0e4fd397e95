"""Modifying: new terms for an open order, which keeps its id."""

from decimal import Decimal

from countermand.venues.polymarket_us import tables
from countermand.venues.polymarket_us.messages import orders
from countermand.venues.polymarket_us.translate import money, resolve
from countermand.venues.polymarket_us.translate.orders import path_id, taken_to_wire
from countermand.vocabulary.commands import ReplaceOrder
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import ExecInst, TimeInForce
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reasons import CxlRejReason, CxlRejResponseTo, RejectReason
from countermand.vocabulary.reports import OrderReport, Receipt
from countermand.wire import numbers, times
from countermand.wire.context import Context
from countermand.wire.errors import (
    CancelRefused,
    InvalidField,
    MissingField,
    NotExpressible,
    OrderRefused,
)
from countermand.wire.http import Response

_REPLACE = CxlRejResponseTo.REPLACE

# An order was not found, or it is over; whatever else is refused leaves it as it was, silently.
_TOLD = (CxlRejReason.UNKNOWN_ORDER, CxlRejReason.TOO_LATE_TO_CANCEL)


def find_modified(message: orders.ModifyOrder, ctx: Context) -> GetOrder:
    """Return the question for the order. Raises MissingField for the slug, CancelRefused."""
    resolve.required_slug(message.market_slug)
    return GetOrder(resolve.account(ctx), resolve.order_id(message.order_id, _REPLACE))


def modify_from_wire(message: orders.ModifyOrder, ctx: Context) -> ReplaceOrder:
    """
    Return the replacement asked for; `ctx.found` is the order as it stands.

    A quantity that has been executed by the time it arrives leaves nothing to work, so that it is a
    cancel then.

    Raises: MissingField, InvalidField; CancelRefused for an unknown order.
    Source: Orders API reference, "Modify Order".
    """
    found: OrderReport | None = ctx.found
    instrument = resolve.market_of_order(message.market_slug, _REPLACE, ctx)
    if found is None or found.instrument_id != instrument.instrument_id:
        raise CancelRefused(CxlRejReason.UNKNOWN_ORDER, None, _REPLACE)
    price_ticks, qty_lots = _new_terms(message, instrument)
    time_in_force, expire_ns = _new_life(message, found, ctx)
    return ReplaceOrder(
        resolve.account(ctx),
        instrument.instrument_id,
        found.order_id,
        "",
        "",
        price_ticks,
        qty_lots,
        time_in_force=time_in_force,
        expire_ns=expire_ns,
        exec_inst=_new_exec_inst(message, found),
        cancel_if_executed=True,
    )


def modify_to_wire(command: ReplaceOrder, ctx: Context) -> orders.ModifyOrder:
    """Return the request for a replacement. Raises NotExpressible for what it has no room for."""
    resolve.check_own(command.account_id, ctx)
    if command.cl_ord_id or command.new_cl_ord_id:
        raise NotExpressible("a client order id")
    if command.text is not None or (command.exec_inst or 0) & ~ExecInst.POST_ONLY:
        raise NotExpressible("these terms of a replacement")
    if command.order_qty_lots and not command.cancel_if_executed:
        raise NotExpressible("a quantity that is refused when it has been executed")
    instrument = ctx.directory.instruments[command.instrument_id]
    price, size = command.price_ticks, command.order_qty_lots
    time_in_force, exec_inst = command.time_in_force, command.exec_inst
    return orders.ModifyOrder(
        order_id=path_id(command.order_id),
        market_slug=instrument.symbol,
        price=money.price_to_wire(instrument, price) if price else None,
        quantity=Decimal(numbers.qty_text(instrument, max(0, size))) if size else None,
        tif=None if time_in_force is None else tables.TIMES_IN_FORCE.to_wire(time_in_force),
        good_till_time=times.iso_ns(command.expire_ns) if command.expire_ns else None,
        participate_dont_initiate=None if exec_inst is None else bool(exec_inst),
    )


def modified_to_wire(receipt: Receipt, ctx: Context) -> orders.Empty | Response:
    """
    Return `{}`: a modification was taken. One whose terms are refused leaves the order as it was.

    Raises: CancelRefused for an order that is unknown or over; OrderRefused for who lacks funds.
    """
    try:
        return taken_to_wire(receipt, ctx)
    except CancelRefused as refused:
        if refused.reject_reason is RejectReason.INSUFFICIENT_FUNDS:
            raise OrderRefused(refused.reject_reason) from None
        if refused.cxl_rej_reason in _TOLD:
            raise
        return orders.Empty()


def _new_terms(message: orders.ModifyOrder, instrument: Instrument) -> tuple[int, int]:
    # 0 means "keep" to the exchange, so a zero that was sent becomes less than that: a price it
    # refuses, a quantity that leaves nothing to work.
    price_ticks = qty_lots = 0
    if message.price is not None:
        price = resolve.amount("price", message.price)
        price_ticks = resolve.price_ticks("price", price, instrument) or -1
    if message.quantity is not None:
        qty_lots = resolve.qty_lots("quantity", message.quantity, instrument)
        if qty_lots < 0:
            raise InvalidField("quantity", "invalid quantity: must not be negative")
        qty_lots = qty_lots or -1
    return price_ticks, qty_lots


def _new_life(
    message: orders.ModifyOrder, found: OrderReport, ctx: Context
) -> tuple[TimeInForce | None, int | None]:
    asked, until = message.tif, message.good_till_time
    time_in_force = None if asked is None else tables.TIMES_IN_FORCE.from_wire(asked)
    if (time_in_force or found.time_in_force) is not TimeInForce.GTD:
        if until:
            text = "invalid goodTillTime: applies to good-till-date orders only"
            raise InvalidField("goodTillTime", text)
        return time_in_force, None if time_in_force is None else 0
    if not until:
        if not found.expire_ns:
            raise MissingField("goodTillTime")
        return time_in_force, None
    expire_ns = resolve.instant("goodTillTime", until)
    if expire_ns <= ctx.now_ns:
        raise InvalidField("goodTillTime", "invalid goodTillTime: must be in the future")
    return time_in_force, expire_ns


def _new_exec_inst(message: orders.ModifyOrder, found: OrderReport) -> int | None:
    post_only = message.participate_dont_initiate
    if post_only is None:
        return None
    others = found.exec_inst & ~ExecInst.POST_ONLY
    return int(others | (ExecInst.POST_ONLY if post_only else ExecInst.NONE))
