"""
Legs: the two orders that a bracket is, from a form, and back.

The first takes the profit and has the client id; the second is a stop with a limit, whose fills
are shown under that client id too.

Source: INTX FIX reference, "TP/SL orders"; specification file, `stop_limit_price`.
"""

from msgspec.structs import replace

from countermand.venues.coinbase_intx import resolve, stops, tables
from countermand.venues.coinbase_intx.messages import orders as m
from countermand.vocabulary.commands import NewOrder, NewOrderList, ReplaceOrder
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import (
    Contingency,
    ExecInst,
    OrderTerms,
    OrdType,
    Side,
    TimeInForce,
)
from countermand.vocabulary.reasons import CxlRejResponseTo, RejectReason
from countermand.vocabulary.reports import OrderReport
from countermand.wire.errors import CancelRefused, InvalidField, MissingField, NotExpressible

_RESTS = (TimeInForce.GTC, TimeInForce.GTD)


def of_form(form: m.PlaceOrder, first: NewOrder, instrument: Instrument) -> NewOrder:
    """
    Return the second leg that a form asks for beside the first.

    Raises: MissingField, InvalidField, for what a bracket must not be.
    """
    terms, (stop_price, limit) = first.terms, _prices(form, first.terms, instrument)
    stop = replace(
        terms,
        price_ticks=limit,
        trigger=stops.stop(terms.side, stop_price),
        secondary_cl_ord_id=first.cl_ord_id,
    )
    return replace(first, cl_ord_id="", terms=stop)


def _prices(form: m.PlaceOrder, terms: OrderTerms, instrument: Instrument) -> tuple[int, int]:
    if terms.time_in_force not in _RESTS:
        raise InvalidField("tif", f"{tables.BRACKET} orders must be GTC or GTT")
    if terms.exec_inst & ExecInst.POST_ONLY:
        raise InvalidField("post_only", f"post_only does not apply to {tables.BRACKET} orders")
    if form.stop_price is None:
        raise MissingField("stop_price")
    if form.stop_limit_price is None:
        raise MissingField("stop_limit_price")
    stop = resolve.price_ticks(form.stop_price, instrument, "stop_price")
    limit = resolve.price_ticks(form.stop_limit_price, instrument, "stop_limit_price")
    _check_order(terms.side, terms.price_ticks, stop, limit)
    return stop, limit


def _check_order(side: Side, price: int, stop: int, limit: int) -> None:
    falling = (price, stop, limit)
    high, middle, low = falling if side is Side.SELL else reversed(falling)
    if not high > middle > low:
        raise InvalidField("stop_price", "price, stop_price, stop_limit_price are out of order")


def of_change(
    form: m.ModifyOrder,
    asked: ReplaceOrder,
    pair: tuple[OrderReport, OrderReport],
    instrument: Instrument,
) -> tuple[ReplaceOrder, ReplaceOrder]:
    """
    Return what both legs are to be, of which the first is as `asked`.

    The second is told of the new client id in its text.

    Raises: InvalidField, for prices that do not go together; CancelRefused, for one that is 0.
    """
    first, second = (order.terms for order in pair)
    limit, stop = second.price_ticks, second.trigger
    if form.stop_limit_price is not None:
        limit = resolve.price_ticks(form.stop_limit_price, instrument, "stop_limit_price")
    if form.stop_price is not None:
        price_ticks = resolve.price_ticks(form.stop_price, instrument, "stop_price")
        stop = stops.stop(second.side, price_ticks)
    # 0 means "keep" to the exchange, so a zero that was sent must not get there.
    if limit <= 0:
        reason = RejectReason.PRICE_NOT_POSITIVE
        raise CancelRefused.for_terms(CxlRejResponseTo.REPLACE, reason, pair[0].ord_status)
    # Of a bracket that is named by its second leg, it was not looked at yet.
    if asked.new_cl_ord_id == pair[0].cl_ord_id:
        reason = RejectReason.DUPLICATE_CL_ORD_ID
        raise CancelRefused.for_terms(CxlRejResponseTo.REPLACE, reason, pair[0].ord_status)
    price, stop_price = asked.price_ticks or first.price_ticks, stop.price_ticks if stop else 0
    _check_order(first.side, price, stop_price, limit)
    if asked.order_id not in (0, pair[0].order_id):
        # The bracket was named by its second leg.
        asked = replace(asked, order_id=pair[0].order_id, cl_ord_id="")
    changed = replace(
        asked,
        order_id=pair[1].order_id,
        cl_ord_id="",
        new_cl_ord_id="",
        price_ticks=limit,
        trigger=stop if form.stop_price is not None else None,
        text=asked.new_cl_ord_id,
    )
    return asked, changed


def shown_name(cl_ord_id: str, terms: OrderTerms) -> str:
    """Return the client id that an order is shown by: of a bracket's stop, the bracket's."""
    if terms.link is None:
        return cl_ord_id
    return cl_ord_id or terms.text or terms.secondary_cl_ord_id


def asked_legs(command: NewOrderList) -> tuple[NewOrder, NewOrder]:
    """Return the legs of a list that a bracket can be. Raises NotExpressible for any other."""
    first, second = command.orders[0], command.orders[-1]
    limit, stop = first.terms, second.terms
    is_pair = command.contingency is Contingency.OCO and not command.first_lets_in
    limits = limit.ord_type is OrdType.LIMIT and stop.ord_type is OrdType.LIMIT
    if not is_pair or not limits or limit.trigger is not None or stop.trigger is None:
        text = "a limit order that takes the profit, and beside it a stop with a limit"
        raise NotExpressible(f"{tables.BRACKET} is {text}")
    return first, second
