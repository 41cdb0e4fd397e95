"""
Relinking: giving all the orders of a list other terms at once, or none of them.

It can be done while nothing has come of the list: none of its orders has traded, was woken or is
over. Each is checked as `replacing.py` checks one alone; what they would put on order and hold is
worked out of all of them together, so that of a pair the larger counts once. All have their terms
before one comes in anew, and then those that do come in one after the other.
"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from countermand.core import lists, replacing
from countermand.core.canceling import cancel_rejected
from countermand.core.decision import Decision
from countermand.core.exposure import Priced, affordable_together
from countermand.core.ledger import counted
from countermand.core.order import Order
from countermand.core.pending import postponed
from countermand.core.state import Account, Market, State
from countermand.vocabulary.commands import ReplaceList
from countermand.vocabulary.events import CancelRejected, Event, ListReplaced, OrderReplaced
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import OrderTerms, Pending, Side, Standing
from countermand.vocabulary.reasons import CxlRejReason, CxlRejResponseTo, RejectReason
from countermand.vocabulary.reports import OrderReport

_REPLACE, _HELD = CxlRejResponseTo.REPLACE, Standing.HELD
_WAITS_ALREADY, _TWICE = (Pending.CANCEL, Pending.REPLACE), CxlRejReason.ALREADY_PENDING


class _Leg(Struct, frozen=True, gc=False):
    """An order of a list, and what it is to be."""

    order: Order
    cl_ord_id: str
    terms: OrderTerms

    @property
    def is_changed(self) -> bool:
        """Whether it is to be anything else."""
        now = self.order.now
        return (self.cl_ord_id, self.terms) != (now.cl_ord_id, now.terms)


def replace_list(state: State, seq: int, ts_ns: int, command: ReplaceList) -> Decision:
    """Give the orders of a list new terms, or refuse for the one that is at fault."""
    orders = _found(state, command)
    if isinstance(orders, CancelRejected):
        return Decision([orders])
    if refused := _refuse_begun(command, orders):
        return Decision([refused])
    if delay_ns := replacing.delay_of(state, command):
        for order in orders:
            if order.now.pending in _WAITS_ALREADY:
                return Decision([_refusal(order, None, _TWICE)])
        pairs = zip(command.orders, orders, strict=True)
        named = tuple(replace(a, order_id=o.now.order_id, cl_ord_id="") for a, o in pairs)
        request = replace(command, orders=named, delay_ns=0)
        return postponed((seq, ts_ns), delay_ns, request, [order.now for order in orders])
    return _replaced(state, command, orders, ts_ns)


def _replaced(state: State, command: ReplaceList, orders: list[Order], ts_ns: int) -> Decision:
    account = state.accounts[command.account_id]
    market = state.markets[orders[0].now.instrument_id]
    legs = _legs(state, market, command, orders)
    if isinstance(legs, CancelRejected):
        return Decision([legs])
    if refused := _refuse_asked(account, market, legs, ts_ns):
        return Decision([refused])
    replaced = _pictures(market, legs, ts_ns)
    if refused := _refuse_exposure(state, account, market, legs, replaced):
        return Decision([refused])
    ids, link = tuple(order.now.order_id for order in orders), orders[0].now.terms.link
    assert link is not None, f"order {ids[0]} is of no list"
    events: list[Event] = [*replaced, ListReplaced(command.account_id, link.list_id, ids)]
    for order, made in zip(orders, replaced, strict=True):
        events += replacing.met_anew(market, order.now, made.order)
    return Decision(events, ids)


def _found(state: State, command: ReplaceList) -> list[Order] | CancelRejected:
    # The orders that are named, which must be those of one list, all of them and in its order.
    account, orders = state.accounts.get(command.account_id), list[Order]()
    for asked in command.orders:
        names = (asked.order_id, asked.cl_ord_id, asked.instrument_id)
        order = state.find_order(account, *names) if account else None
        if not isinstance(order, Order) or _is_over(state, order):
            return cancel_rejected(_REPLACE, order, (command.account_id, asked.cl_ord_id))
        orders.append(order)
    if not orders:
        return cancel_rejected(_REPLACE, None, (command.account_id, ""))
    link = orders[0].now.terms.link
    ids = [order.now.order_id for order in orders]
    if link is None or ids != [link.list_id + 1 + at for at in range(link.count)]:
        return _refusal(orders[0], RejectReason.INVALID_LIST)
    return orders


def _is_over(state: State, order: Order) -> bool:
    # Whether an order has ended, and all others of its list with it.
    link = order.now.terms.link
    legs = lists.legs(state, link) if link else [order]
    return not any(leg.now.is_open for leg in legs)


def _refuse_begun(command: ReplaceList, orders: list[Order]) -> CancelRejected | None:
    for order, asked in zip(orders, command.orders, strict=True):
        if _has_begun(order.now):
            named = (command.account_id, asked.cl_ord_id)
            return cancel_rejected(_REPLACE, order, named, RejectReason.LIST_UNDERWAY)
    return None


def _has_begun(now: OrderReport) -> bool:
    trigger = now.terms.trigger
    return not now.is_open or now.cum_qty_lots > 0 or bool(trigger and trigger.is_met)


def _legs(
    state: State, market: Market, command: ReplaceList, orders: list[Order]
) -> list[_Leg] | CancelRejected:
    legs: list[_Leg] = []
    for order, asked in zip(orders, command.orders, strict=True):
        terms = replacing.new_terms(state, market, order.now, asked)
        if terms is None:
            return _refusal(order, RejectReason.INVALID_TRIGGER)
        legs.append(_Leg(order, asked.new_cl_ord_id or order.now.cl_ord_id, terms))
    return legs


def _refuse_asked(
    account: Account, market: Market, legs: list[_Leg], ts_ns: int
) -> CancelRejected | None:
    # What does not depend on the book, on money or on a position.
    names: set[str] = set()
    for leg in legs:
        new = (leg.cl_ord_id, leg.terms)
        reason = replacing.refuse_asked(account, market, leg.order.now, new, ts_ns)
        if reason is None and leg.cl_ord_id in names:
            reason = RejectReason.DUPLICATE_CL_ORD_ID
        if reason is not None:
            return _refusal(leg.order, reason)
        if leg.cl_ord_id:
            names.add(leg.cl_ord_id)
    if not any(leg.is_changed for leg in legs):
        return _refusal(legs[0].order, RejectReason.NOTHING_TO_REPLACE)
    return None


def _pictures(market: Market, legs: list[_Leg], ts_ns: int) -> list[OrderReplaced]:
    # A second of a pair holds what it needs beyond the first as that is to be.
    made: dict[int, OrderReplaced] = {}
    for leg in legs:
        order = leg.order
        if order.now.standing is not _HELD:
            order = _sharing(market.instrument, order, made.get(lists.partner_id(order.now)))
        new = (leg.cl_ord_id, leg.terms)
        made[order.now.order_id] = replacing.as_replaced(market, order, new, ts_ns)
    return list(made.values())


def _sharing(instrument: Instrument, order: Order, other: OrderReplaced | None) -> Order:
    if other is None:
        return order
    share = lists.shared_with(instrument, order.now, other.order, order.fee_accrued)
    return replace(order, now=replace(order.now, shared=share))


def _refuse_exposure(
    state: State,
    account: Account,
    market: Market,
    legs: list[_Leg],
    replaced: list[OrderReplaced],
) -> CancelRejected | None:
    each = [
        (leg.order, made.order)
        for leg, made in zip(legs, replaced, strict=True)
        # What one that is held back needs is asked when it is let in.
        if leg.order.now.standing is not _HELD
    ]
    more = _more_lots(market.instrument, each)
    for order, after in each:
        terms = after.terms
        more_lots = more[terms.side]
        if reason := replacing.refuse_place(account, market, order.now, terms, more_lots):
            return _refusal(order, reason)
    wanted = [(_priced(after), order) for order, after in each]
    if not affordable_together(state, account, market, wanted):
        return _refusal(each[0][0], RejectReason.INSUFFICIENT_FUNDS)
    for order, after in each:
        if reason := replacing.refuse_meeting(account, market, order.now, after.terms):
            return _refusal(order, reason)
    return None


def _priced(now: OrderReport) -> Priced:
    terms = now.terms
    return Priced(terms.side, terms.price_ticks, now.leaves_qty_lots, shared=now.shared)


def _more_lots(
    instrument: Instrument, each: Sequence[tuple[Order, OrderReport]]
) -> dict[Side, int]:
    # How much more of each side is on order when all have their terms.
    more = dict.fromkeys(Side, 0)
    for order, after in each:
        before_lots, after_lots = counted(instrument, order.now)[0], counted(instrument, after)[0]
        more[after.terms.side] += after_lots - before_lots
    return more


def _refusal(
    order: Order, reason: RejectReason | None, why: CxlRejReason = CxlRejReason.OTHER
) -> CancelRejected:
    return cancel_rejected(_REPLACE, order, (order.now.account_id, ""), reason, why)
