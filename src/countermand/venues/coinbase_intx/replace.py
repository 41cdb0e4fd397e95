"""Replacing an order: prices and size, always with a new client id."""

from decimal import Decimal

from countermand.venues.coinbase_intx import brackets, ids, resolve, stops
from countermand.venues.coinbase_intx.messages import orders as m
from countermand.venues.coinbase_intx.place import checked_cl_ord_id
from countermand.venues.coinbase_intx.settings import Ctx
from countermand.venues.coinbase_intx.show import read_order, show_order
from countermand.vocabulary.commands import ReplaceOrder
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import OrderTerms, OrdType
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reasons import CxlRejReason, CxlRejResponseTo, RejectReason
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import OrderReport
from countermand.wire import numbers
from countermand.wire.conversation import Op, Serving
from countermand.wire.errors import CancelRefused, InvalidField
from countermand.wire.receipts import the_order

_REPLACE = CxlRejResponseTo.REPLACE


def serve_replace(message: m.ModifyOrder, ctx: Ctx) -> Serving[m.Order]:
    """
    Replace an order that is read first, for its instrument.

    Raises: CancelRefused for an unknown order and for terms that cannot be a replacement's,
            InvalidField; for the portfolio as `serve_cancel`.
    Source: INTX REST reference, "Modify open order".
    """
    account_id, order_id = resolve.portfolio(message.portfolio, ctx), ids.parse_order(message.id)
    checked_cl_ord_id(message.client_order_id)
    found: OrderReport | None = yield GetOrder(account_id, order_id, message.id)
    if found is None:
        raise CancelRefused(CxlRejReason.UNKNOWN_ORDER, None, _REPLACE)
    asked = _asked(message, found, ctx)
    if found.terms.link is not None:
        return (yield from brackets.serve_replace(message, asked, found, ctx))
    receipt: Receipt = yield asked
    return show_order(the_order(receipt), ctx)


def _asked(message: m.ModifyOrder, found: OrderReport, ctx: Ctx) -> ReplaceOrder:
    # Of a bracket, what its limit order is to be.
    instrument, terms = ctx.directory.instruments[found.instrument_id], found.terms
    trigger = stops.of_change(message, terms, instrument) if terms.link is None else None
    price = _price_ticks(message, terms, instrument)
    size = None if message.size is None else resolve.size_lots(message.size, instrument)
    if found.is_open and (reason := _refuse_terms(message, price, size, found)):
        raise CancelRefused.for_terms(_REPLACE, reason, found.ord_status)
    return ReplaceOrder(
        found.account_id,
        found.instrument_id,
        ids.parse_order(message.id),
        message.id,
        message.client_order_id,
        price or 0,
        order_qty_lots=size or 0,
        trigger=trigger,
    )


def ask_replace(command: ReplaceOrder, ctx: Ctx) -> m.ModifyOrder:
    """Return the request for a replacement; of a bracket, the limit of its stop stays."""
    instrument = ctx.directory.instruments[command.instrument_id]
    price, size = command.price_ticks, command.order_qty_lots
    return m.ModifyOrder(
        id=ids.order_text(command.order_id, command.cl_ord_id),
        client_order_id=command.new_cl_ord_id,
        portfolio=ids.portfolio_text(command.account_id),
        price=Decimal(numbers.price_text(instrument, price)) if price else None,
        stop_price=stops.changed_price(instrument, command.trigger),
        size=Decimal(numbers.qty_text(instrument, size)) if size else None,
    )


def _price_ticks(form: m.ModifyOrder, terms: OrderTerms, instrument: Instrument) -> int | None:
    if form.price is None:
        return None
    if terms.trigger and terms.ord_type is OrdType.MARKET:
        raise InvalidField("price", "price does not apply to STOP orders")
    return resolve.price_ticks(form.price, instrument)


def _refuse_terms(
    form: m.ModifyOrder, price: int | None, size: int | None, found: OrderReport
) -> RejectReason | None:
    # 0 means "keep" to the exchange, so a zero that was sent must not get there.
    if form.client_order_id == found.cl_ord_id:
        return RejectReason.DUPLICATE_CL_ORD_ID
    if size is not None and size <= 0:
        return RejectReason.QTY_NOT_POSITIVE
    if price is not None and price <= 0:
        return RejectReason.PRICE_NOT_POSITIVE
    asked = (form.size, form.price, form.stop_price, form.stop_limit_price)
    if all(one is None for one in asked):
        return RejectReason.NOTHING_TO_REPLACE
    return None


REPLACE = Op(m.ModifyOrder, m.Order, serve_replace, ask_replace, read_order)
