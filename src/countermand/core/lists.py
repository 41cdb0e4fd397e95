"""
Lists: which orders are linked, and what each may come to by what the others have done.

Nothing is kept of a list: an order's own terms say which it is of (`Link`), and its legs have the
numbers after the list's. A leg that is long over and forgotten counts as one that ended.
"""

from countermand.core.ledger import counted, order_hold
from countermand.core.order import Order
from countermand.core.state import State
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import Contingency, Link, Standing
from countermand.vocabulary.reports import OrderReport, Shared

_NONE, _OUO = Contingency.NONE, Contingency.OUO
_HELD, _CLOSED = Standing.HELD, Standing.CLOSED

# What an order does that another one holds back: it asks for nothing.
NOTHING_HELD = Shared(0, 0, 0)


def legs(state: State, link: Link) -> list[Order]:
    """Return the orders of a list that are known, in their order."""
    each = (state.orders.get(OrderId(link.list_id + 1 + at)) for at in range(link.count))
    return [order for order in each if order is not None]


def parent(state: State, link: Link) -> Order | None:
    """Return the order that lets a child in, if it is known."""
    return state.orders.get(OrderId(link.list_id + 1)) if link.is_child else None


def partner_id(now: OrderReport) -> OrderId:
    """Return the other order of a pair that act on each other, 0 for what has none."""
    link = now.terms.link
    if link is None or link.contingency is _NONE:
        return OrderId(0)
    pair = (OrderId(link.list_id + link.count - 1), OrderId(link.list_id + link.count))
    return pair[0] if now.order_id == pair[1] else pair[1]


def partner(state: State, now: OrderReport) -> Order | None:
    """Return the other order of a pair, if there is one and it is known."""
    return state.orders.get(partner_id(now))


def is_ended(state: State, now: OrderReport) -> bool:
    """Whether what its partner did ends an order."""
    if not partner_id(now):
        return False
    other = partner(state, now)
    if now.terms.link and now.terms.link.contingency is _OUO:
        return other is None or other.now.standing is _CLOSED
    if now.cum_qty_lots:
        return False
    return other is None or other.now.standing is _CLOSED or other.now.cum_qty_lots > 0


def may_grow(state: State, now: OrderReport) -> bool:
    """Whether its parent may still let more of a child in."""
    first = parent(state, now.terms.link) if now.terms.link else None
    return first is not None and first.now.standing is not _CLOSED


def due_lots(state: State, now: OrderReport) -> int:
    """Return how large an order shall be by what the others have done."""
    link = now.terms.link
    assert link is not None, f"order {now.order_id} is of no list"
    lots = link.order_qty_lots
    if link.is_child:
        first = parent(state, link)
        known = first.now.cum_qty_lots if first else 0
        if first is None and now.standing is not _HELD:
            # It was let in as far as it ever will be.
            return now.terms.order_qty_lots
        lots = min(lots, known)
    if link.contingency is _OUO and (other := partner(state, now)):
        lots -= other.now.cum_qty_lots
    return lots


def shared(state: State, instrument: Instrument, now: OrderReport) -> Shared | None:
    """
    Return what the other one of a pair holds already that this one would, None where it holds all.
    """
    other = partner(state, now)
    return None if other is None else shared_with(instrument, now, other.now, other.fee_accrued)


def shared_with(
    instrument: Instrument, now: OrderReport, there: OrderReport, accrued: int
) -> Shared | None:
    """
    Return what `there`, the other one of a pair, holds that this one would, as both are given.

    The larger of the two is held once: the first leg holds what it needs, and the second what it
    needs beyond that. Only one side of a market is shared; a buy and a sell hold each their own.

    Units: `accrued` as in `Order`.
    """
    if there.order_id > now.order_id or not there.is_open or there.standing is _HELD:
        return None
    if there.terms.side is not now.terms.side:
        return None
    lots, minor = counted(instrument, there)
    needed = (there.terms.side, there.terms.price_ticks, there.leaves_qty_lots)
    return Shared(lots, minor, order_hold(instrument, *needed, accrued, there.fee_minor))
