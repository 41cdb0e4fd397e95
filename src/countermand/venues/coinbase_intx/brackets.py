"""
Brackets, TAKE_PROFIT_STOP_LOSS: one order of the venue's, a pair of the exchange's.

The first leg takes the profit and has the venue's order id and the client's; the second is a
stop-limit order. As soon as one trades the other ends. What is shown is the leg that acts, with the
prices of both. It is modified as a whole, until one has traded or the stop is triggered.

Source: INTX FIX reference, "TP/SL orders"; specification file, `stop_limit_price`.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from countermand.venues.coinbase_intx import ids, legs, tables
from countermand.venues.coinbase_intx.messages import orders as m
from countermand.venues.coinbase_intx.settings import Ctx
from countermand.venues.coinbase_intx.show import show_order
from countermand.vocabulary.commands import (
    CancelOrder,
    NewOrder,
    NewOrderList,
    ReplaceList,
    ReplaceOrder,
)
from countermand.vocabulary.events import ListRejected
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import (
    Contingency,
    OrderTerms,
    OrdStatus,
)
from countermand.vocabulary.queries import GetOrder, GetOrderList, ListOpenOrders
from countermand.vocabulary.reasons import CancelReason, CxlRejReason, CxlRejResponseTo
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import ListReport, OrderReport
from countermand.wire.conversation import Serving
from countermand.wire.errors import (
    CancelRefused,
    InvalidField,
    OrderRefused,
)
from countermand.wire.receipts import the_order


def serve_place(form: m.PlaceOrder, first: NewOrder, ctx: Ctx) -> Serving[m.Order]:
    """
    Place both legs, of which `first` is the one that takes the profit.

    Raises: as `both`; OrderRefused.
    """
    pair = yield from both(form, first, ctx)
    receipt: Receipt = yield NewOrderList(first.account_id, pair, Contingency.OCO)
    if isinstance(refused := receipt.events[0], ListRejected):
        raise OrderRefused(refused.reason)
    return (yield from shown(receipt.orders[0], ctx))


def both(form: m.PlaceOrder, first: NewOrder, ctx: Ctx) -> Serving[tuple[NewOrder, NewOrder]]:
    """
    Return the legs that a form asks for, of which `first` is the one that takes the profit.

    Raises: MissingField, InvalidField, for what a bracket must not be, and for a second one.
    """
    second = legs.of_form(form, first, ctx.directory.instruments[first.instrument_id])
    side = first.terms.side
    there = yield ListOpenOrders((first.account_id,), (first.instrument_id,), side)
    if any(order.terms.link for order in there):
        raise InvalidField("type", f"only one {tables.BRACKET} order of a side is allowed")
    return first, second


def serve_replace(
    form: m.ModifyOrder, asked: ReplaceOrder, found: OrderReport, ctx: Ctx
) -> Serving[m.Order]:
    """
    Modify both legs, the first of them as `asked`, or neither.

    Raises: InvalidField, for prices that do not go together; CancelRefused.
    """
    pair = yield from _legs(found)
    if not acting(*pair).is_open:
        raise _too_late(acting(*pair))
    instrument = ctx.directory.instruments[found.instrument_id]
    changes = legs.of_change(form, asked, pair, instrument)
    receipt: Receipt = yield ReplaceList(asked.account_id, changes)
    try:
        order = the_order(receipt)
    except CancelRefused as refused:
        acts = acting(*(yield from _legs(found)))
        raise (refused if acts.is_open else _too_late(acts)) from None
    return (yield from shown(order, ctx))


def _too_late(acts: OrderReport) -> CancelRefused:
    why, to = CxlRejReason.TOO_LATE_TO_CANCEL, CxlRejResponseTo.REPLACE
    return CancelRefused(why, acts.ord_status, to)


def serve_cancel_other(asked: CancelOrder, refused: CancelRefused, ctx: Ctx) -> Serving[m.Order]:
    """Cancel the leg that acts, where the other one is over. Raises CancelRefused."""
    found: OrderReport | None = yield GetOrder(asked.account_id, asked.order_id, asked.cl_ord_id)
    if found is None or found.terms.link is None:
        raise refused
    first, second = yield from _legs(found)
    acts = acting(first, second)
    if not acts.is_open:
        raise CancelRefused(
            refused.cxl_rej_reason, acts.ord_status, refused.response_to, refused.reject_reason
        )
    receipt: Receipt = yield CancelOrder(asked.account_id, acts.order_id, "")
    return (yield from shown(the_order(receipt), ctx))


def shown(order: OrderReport, ctx: Ctx) -> Serving[m.Order]:
    """Return an order as the venue shows it, with the other leg of its bracket."""
    if order.terms.link is None:
        return show_order(order, ctx)
    first, second = yield from _legs(order)
    return _whole(first, second, ctx)


def shown_each(orders: Iterable[OrderReport], ctx: Ctx) -> Serving[list[m.Order]]:
    """Return orders as the venue shows them, a bracket once."""
    told: list[m.Order] = []
    seen: set[int] = set()
    for order in orders:
        link = order.terms.link
        if link is None or link.list_id not in seen:
            told.append((yield from shown(order, ctx)))
        if link is not None:
            seen.add(link.list_id)
    return told


def acting(first: OrderReport, second: OrderReport) -> OrderReport:
    """Return the leg that says how its bracket stands."""
    trigger = second.terms.trigger
    if second.cum_qty_lots or (second.is_open and trigger and trigger.is_met):
        return second
    if first.is_open or first.cum_qty_lots:
        return first
    if second.is_open or _ended_by_other(first):
        return second
    return first


def shown_id(order_id: OrderId, terms: OrderTerms) -> OrderId:
    """Return the id that an order is shown by: of a leg, the first leg's."""
    return order_id if terms.link is None else OrderId(terms.link.list_id + 1)


def traded_leg(order: OrderReport) -> Serving[OrderId]:
    """Return the leg that a bracket trades by, or an order that is no leg itself."""
    if order.terms.link is None:
        return order.order_id
    first, second = yield from _legs(order)
    return acting(first, second).order_id


def _ended_by_other(leg: OrderReport) -> bool:
    return leg.ord_status is OrdStatus.CANCELED and leg.cancel_reason is CancelReason.LINKED


def _legs(order: OrderReport) -> Serving[tuple[OrderReport, OrderReport]]:
    assert order.terms.link is not None  # noqa: S101  (the caller has looked)
    found: ListReport | None = yield GetOrderList(order.account_id, order.terms.link.list_id)
    # A leg that is forgotten is over, and the other one says how.
    orders = found.orders if found else (order,)
    return orders[0], orders[-1]


def _whole(first: OrderReport, second: OrderReport, ctx: Ctx) -> m.Order:
    limit, stop = show_order(first, ctx), show_order(second, ctx)
    order_id = shown_id(first.order_id, first.terms)
    return replace(
        limit if acting(first, second) is first else stop,
        order_id=ids.ORDER.triplet(order_id),
        order_uuid=ids.ORDER.uuid(order_id),
        client_order_id=legs.shown_name(second.cl_ord_id, second.terms) or first.cl_ord_id,
        type=tables.BRACKET,
        price=limit.price,
        stop_price=stop.stop_price,
        stop_limit_price=stop.price,
    )
