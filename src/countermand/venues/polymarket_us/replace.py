"""Modifying: new terms for an open order, which keeps its id."""

from decimal import Decimal

from countermand.venues.polymarket_us import ids, resolve, tables
from countermand.venues.polymarket_us.amounts import price_or_none
from countermand.venues.polymarket_us.cancel import read_taken, taken
from countermand.venues.polymarket_us.messages import orders as m
from countermand.venues.polymarket_us.order_form import check_no_end, future_ns
from countermand.venues.polymarket_us.settings import Ctx
from countermand.vocabulary.commands import ReplaceOrder
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import ExecInst, ReplacePolicy, TimeInForce
from countermand.vocabulary.queries import GetOrder, ListOpenOrders
from countermand.vocabulary.reasons import CxlRejReason, CxlRejResponseTo, RejectReason
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import OrderReport
from countermand.wire import numbers, times
from countermand.wire.conversation import Op, Serving
from countermand.wire.errors import CancelRefused, MissingField, NotExpressible, OrderRefused
from countermand.wire.fields import invalid
from countermand.wire.http import Response

_REPLACE = CxlRejResponseTo.REPLACE

# An order was not found, or it is over; any other refusal leaves it as it was, silently.
_TOLD = (CxlRejReason.UNKNOWN_ORDER, CxlRejReason.TOO_LATE_TO_CANCEL)


def serve_replace(message: m.ModifyOrder, ctx: Ctx) -> Serving[m.Empty | Response]:
    """
    Replace the terms of an order; one whose terms are refused is left as it was.

    A quantity that has been executed by the time it arrives leaves nothing to work, so that it is a
    cancel then.

    Raises: MissingField, InvalidField; CancelRefused for an order that is unknown or over;
            OrderRefused for a lack of funds.
    Source: Orders API reference, "Modify Order".
    """
    market, order_id = resolve.order_in_market(message, _REPLACE, ctx)
    found: OrderReport | None = yield GetOrder(resolve.account(ctx), order_id)
    receipt: Receipt = yield _replacement(message, market, found, ctx)
    try:
        return taken(receipt, ctx)
    except CancelRefused as refused:
        if refused.reject_reason is RejectReason.INSUFFICIENT_FUNDS:
            raise OrderRefused(refused.reject_reason) from None
        if refused.cxl_rej_reason in _TOLD:
            raise
        return m.Empty()


def ask_replace(command: ReplaceOrder, ctx: Ctx) -> m.ModifyOrder:
    """Return the request for a replacement. Raises NotExpressible for a quantity that is strict."""
    if command.order_qty_lots and command.policy is not ReplacePolicy.CANCEL_EXECUTED:
        # The check by decoding does not see this: here a quantity always has this effect.
        raise NotExpressible("a quantity that is refused when it has been executed")
    instrument = ctx.directory.instruments[command.instrument_id]
    lots = command.order_qty_lots
    post_only = None if command.exec_inst is None else command.exec_inst & ExecInst.POST_ONLY
    return m.ModifyOrder(
        order_id=ids.order_text(command.order_id),
        market_slug=instrument.symbol,
        price=price_or_none(instrument, command.price_ticks),
        quantity=Decimal(numbers.qty_text(instrument, max(0, lots))) if lots else None,
        tif=tables.TIMES_IN_FORCE.to_wire_if(command.time_in_force),
        good_till_time=times.iso_ns(command.expire_ns) if command.expire_ns else None,
        participate_dont_initiate=None if post_only is None else bool(post_only),
    )


def serve_batch(message: m.ModifyOrders, ctx: Ctx) -> Serving[m.ModifiedIds]:
    """
    Replace the terms of the orders of a batch; the answer is the ids that were sent, known or not.

    Raises: MissingField, InvalidField when one is malformed.
    """
    markets = resolve.each(message.orders, lambda one: _market(one, ctx))
    known = tuple({one.instrument_id for one in markets if one is not None})
    found: tuple[OrderReport, ...] = yield ListOpenOrders((resolve.account(ctx),), known)
    by_id = {ids.order_text(order.order_id): order for order in found}

    def replacement(entry: tuple[m.ModifyOrder, Instrument | None]) -> ReplaceOrder:
        one, market = entry
        return _replacement(one, market, by_id.get(one.order_id), ctx)

    yield resolve.each(zip(message.orders, markets, strict=True), replacement)
    return m.ModifiedIds([one.order_id for one in message.orders])


REPLACE = Op(m.ModifyOrder, m.Empty, serve_replace, ask_replace, read_taken)
BATCH = Op(m.ModifyOrders, m.ModifiedIds, serve_batch)


def _market(message: m.ModifyOrder, ctx: Ctx) -> Instrument | None:
    return ctx.directory.instrument_by_symbol(resolve.required_slug(message.market_slug))


def _replacement(
    message: m.ModifyOrder, market: Instrument | None, found: OrderReport | None, ctx: Ctx
) -> ReplaceOrder:
    if market is None or found is None or found.instrument_id != market.instrument_id:
        raise CancelRefused(CxlRejReason.UNKNOWN_ORDER, None, _REPLACE)
    price_ticks, qty_lots = _new_terms(message, market)
    time_in_force, expire_ns = _new_life(message, found, ctx)
    return ReplaceOrder(
        resolve.account(ctx),
        market.instrument_id,
        found.order_id,
        "",
        "",
        price_ticks=price_ticks,
        order_qty_lots=qty_lots,
        time_in_force=time_in_force,
        expire_ns=expire_ns,
        exec_inst=_new_exec_inst(message, found),
        policy=ReplacePolicy.CANCEL_EXECUTED,
    )


def _new_terms(message: m.ModifyOrder, instrument: Instrument) -> tuple[int, int]:
    # 0 means "keep" to the exchange, and to the venue too where it is a quantity; a price of zero
    # becomes less than that, which the exchange refuses.
    price_ticks = qty_lots = 0
    if message.price is not None:
        price = resolve.amount("price", message.price)
        price_ticks = resolve.price_ticks("price", price, instrument) or -1
    if message.quantity:
        qty_lots = resolve.qty_lots("quantity", message.quantity, instrument)
        if qty_lots < 0:
            raise invalid("quantity", "must not be negative")
        qty_lots = qty_lots or -1
    return price_ticks, qty_lots


def _new_life(
    message: m.ModifyOrder, found: OrderReport, ctx: Ctx
) -> tuple[TimeInForce | None, int | None]:
    until = message.good_till_time
    asked = tables.TIMES_IN_FORCE.from_wire_if(message.tif)
    if (asked or found.terms.time_in_force) is not TimeInForce.GTD:
        check_no_end(until)
        return asked, None if asked is None else 0
    if until:
        return asked, future_ns(until, ctx)
    if not found.terms.expire_ns:
        raise MissingField("goodTillTime")
    return asked, None


def _new_exec_inst(message: m.ModifyOrder, found: OrderReport) -> int | None:
    post_only = message.participate_dont_initiate
    if post_only is None:
        return None
    others = found.terms.exec_inst & ~ExecInst.POST_ONLY
    return int(others | (ExecInst.POST_ONLY if post_only else ExecInst.NONE))
