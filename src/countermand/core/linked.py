"""
Linked: orders of one list, that act on each other.

    OCO     either trades, or ends, and the other ends
    OUO     as much as one trades the other loses; either ends, and the other ends
    a first that lets the others in: they are held back, hold nothing, and come in as far as the
    first has traded. One that has traded all it was let in for is held back again, while the first
    may trade more. What the first leaves at its end, they are: with nothing traded, nothing.

A list is taken whole or not at all, and as a whole before its first order comes in. What one order
does acts on the others in the same entry, each once, in the order of their ids. A pair that acts on
each other holds the larger once, see `lists.shared`.
"""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from countermand.core import arriving, lists, pictures
from countermand.core.admitting import admit
from countermand.core.decision import Decision, Reaction
from countermand.core.order import Order
from countermand.core.pictures import canceled
from countermand.core.state import State
from countermand.vocabulary.commands import NewOrder, NewOrderList
from countermand.vocabulary.events import (
    Event,
    ListAccepted,
    ListRejected,
    NumbersPassed,
    OrderAccepted,
    OrderCanceled,
    OrderExpired,
    OrderReleased,
    OrderReplaced,
    OrderRestated,
    Traded,
)
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import Contingency, Link, OrderTerms, OrdType, Standing
from countermand.vocabulary.reasons import CancelReason, RejectReason
from countermand.vocabulary.reports import OrderReport

_HELD, _CLOSED = Standing.HELD, Standing.CLOSED
_IN_PLACE = (Standing.ARMED, Standing.PENDING)

# How many children one order can let in.
LEGS_MAX = 10

PAIR = 2


def new_order_list(state: State, seq: int, ts_ns: int, command: NewOrderList) -> Decision:
    """Take linked orders, or refuse them all; the list is number `seq`, its legs those after it."""
    orders = command.orders
    if not _is_sound(command):
        return Decision([ListRejected(command.account_id, 0, RejectReason.INVALID_LIST)])
    taken: list[OrderReport] = []
    names: dict[str, None] = {}
    for at, order in enumerate(orders):
        link = _link(command, seq, at)
        admitted = admit(state, ts_ns, order, is_child=link.is_child)
        if not isinstance(admitted, RejectReason) and order.cl_ord_id in names:
            admitted = RejectReason.DUPLICATE_CL_ORD_ID
        if isinstance(admitted, RejectReason):
            return Decision([ListRejected(command.account_id, at, admitted)])
        if order.cl_ord_id:
            names[order.cl_ord_id] = None
        terms = admitted.terms
        sized = replace(link, order_qty_lots=terms.order_qty_lots)
        held = replace(terms, link=sized)
        taken.append(_held_back(OrderId(seq + 1 + at), order, held, ts_ns))
    ids = tuple(now.order_id for now in taken)
    accepted = [OrderAccepted(now) for now in taken]
    listed = ListAccepted(command.account_id, seq, ids, command.contingency)
    return Decision([NumbersPassed(len(taken)), *accepted, listed], ids)


def _is_sound(command: NewOrderList) -> bool:
    orders, pairs = command.orders, command.contingency is not Contingency.NONE
    children = len(orders) - command.first_lets_in
    counts = children == PAIR if pairs else command.first_lets_in and 1 <= children <= LEGS_MAX
    one_market = len({(o.account_id, o.instrument_id) for o in orders}) == 1
    mine = one_market and orders[0].account_id == command.account_id
    plain = not any(o.terms.slot or o.terms.link or o.terms.schedule for o in orders)
    let_in = [o.terms for o in orders[1:]] if command.first_lets_in else []
    unpriced = not any(t.ord_type is not OrdType.LIMIT and t.price_ticks for t in let_in)
    return counts and mine and plain and unpriced and not any(t.cash for t in let_in)


def _link(command: NewOrderList, seq: int, at: int) -> Link:
    is_child = command.first_lets_in and at > 0
    pairs = not command.first_lets_in or is_child
    contingency = command.contingency if pairs else Contingency.NONE
    return Link(seq, len(command.orders), contingency, is_child)


def _held_back(order_id: OrderId, order: NewOrder, terms: OrderTerms, ts_ns: int) -> OrderReport:
    return OrderReport(
        order_id,
        order.account_id,
        order.instrument_id,
        order.cl_ord_id,
        terms,
        _HELD,
        leaves_qty_lots=terms.order_qty_lots,
        submit_ns=ts_ns,
        transact_ns=ts_ns,
        shared=lists.NOTHING_HELD,
    )


def on_listed(state: State, event: ListAccepted) -> Iterator[list[Event]]:
    """Let those of a new list in that no other holds back."""
    for order_id in event.order_ids:
        order = state.orders.get(order_id)
        if order and order.now.standing is _HELD and not _is_child(order.now):
            yield arriving.let_go(state, order)


def on_traded(state: State, event: Traded) -> Iterable[list[Event]]:
    """Let a trade act on the lists of both its orders."""
    maker, taker = event.maker.terms.link, event.taker.terms.link
    if maker is None and taker is None:
        return ()
    return _act(state, [link for link in (maker, taker) if link])


def on_changed(
    state: State,
    event: OrderCanceled | OrderExpired | OrderReplaced | OrderRestated | OrderReleased,
) -> Iterable[list[Event]]:
    """Let what has become of an order act on the others of its list."""
    link = event.order.terms.link
    return _act(state, [link]) if link else ()


def _act(state: State, links: list[Link]) -> Iterator[list[Event]]:
    for link in links:
        for order in lists.legs(state, link):
            if events := _adjusted(state, order):
                yield events


def _is_child(now: OrderReport) -> bool:
    return bool(now.terms.link and now.terms.link.is_child)


def _adjusted(state: State, order: Order) -> list[Event]:
    # What an order must be by what the others have done; nothing if it is so already.
    now = order.now
    link, ts_ns = now.terms.link, state.ts_ns
    if now.standing is _CLOSED or link is None:
        return []
    if lists.is_ended(state, now):
        return [OrderCanceled(canceled(now, ts_ns, CancelReason.LINKED))]
    if not link.is_child and (now.standing is _HELD or link.contingency is Contingency.NONE):
        return []
    lots = now.terms.order_qty_lots
    if link.is_child or link.contingency is Contingency.OUO:
        lots = lists.due_lots(state, now)
    if lots <= now.cum_qty_lots:
        return _exhausted(state, order)
    if now.standing is _HELD or (lots > now.terms.order_qty_lots and _moves(now)):
        return arriving.let_go(state, order, lots)
    return _resized(state, order, lots)


def _moves(now: OrderReport) -> bool:
    # What is in the book goes behind the others with more quantity; what is not has no place.
    return now.standing not in _IN_PLACE


def _exhausted(state: State, order: Order) -> list[Event]:
    # It is as large as it may be, and waits for more or ends.
    now = order.now
    if not lists.may_grow(state, now):
        return [OrderCanceled(canceled(now, state.ts_ns, CancelReason.LINKED))]
    if now.standing is _HELD:
        return []
    return [OrderRestated(pictures.held_back(now, state.ts_ns))]


def _resized(state: State, order: Order, lots: int) -> list[Event]:
    now, instrument = order.now, state.markets[order.now.instrument_id].instrument
    share = lists.shared(state, instrument, now)
    if lots == now.terms.order_qty_lots and share == now.shared:
        return []
    terms = now.terms
    if lots != terms.order_qty_lots:
        terms = replace(terms, order_qty_lots=lots)
    told = replace(now, shared=share)
    made = pictures.restated(told, instrument, terms, order.fee_accrued, state.ts_ns)
    return [OrderRestated(made)]


REACTIONS: dict[type, Reaction] = {
    ListAccepted: on_listed,
    Traded: on_traded,
    OrderReplaced: on_changed,
    OrderRestated: on_changed,
    OrderReleased: on_changed,
}

# Of these only what happens to an order of a list brings something about.
LISTED_REACTIONS: dict[type, Reaction] = {OrderCanceled: on_changed, OrderExpired: on_changed}
