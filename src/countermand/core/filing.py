"""
Filing: where an order stands and under what it is found. Only `evolve` and a loaded image file one.
"""

from countermand.core import lists
from countermand.core.order import Order
from countermand.core.standing import FOLLOW
from countermand.core.state import (
    CLOSED_ORDERS_PER_ACCOUNT_MAX,
    Account,
    Market,
    OtherNames,
    State,
)
from countermand.core.timers import ACCEPTANCE, SLICE
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import ExecInst, Link, OrdStatus, Side, Standing
from countermand.vocabulary.reports import OrderReport

_RESTING, _WAITING, _CLOSED = Standing.RESTING, Standing.WAITING, Standing.CLOSED
_PENDING, _ARMED = Standing.PENDING, Standing.ARMED
_BUY = Side.BUY
_REDUCE_ONLY = int(ExecInst.REDUCE_ONLY)


def index_order(account: Account, order: Order) -> None:
    """Enter an open order in its account's derived indexes."""
    now = order.now
    assert now.is_open, f"order {now.order_id} is closed and filed among the open ones"
    for cl_ord_id in (now.cl_ord_id, *order.retired_cl_ord_ids):
        if cl_ord_id:
            account.cl_ord_ids[cl_ord_id] = now.order_id
    account.open_orders[now.order_id] = order
    if now.terms.secondary_cl_ord_id:
        account.secondary_cl_ord_ids.add(now.terms.secondary_cl_ord_id, now.order_id)
    if now.terms.exec_inst & _REDUCE_ONLY:
        account.reducing[now.order_id] = order


def stand(state: State, market: Market, order: Order) -> None:
    """Let an order stand where it is said to, and watch for when time wakes it."""
    now = order.now
    if now.standing is _RESTING:
        market.book.ladder(now.terms.side).add(order)
    elif now.standing is _WAITING:
        market.waiting[now.order_id] = order
    elif now.standing is _ARMED:
        market.armed.add(order)
    if now.due_ns:
        kind = SLICE if now.standing is _ARMED else ACCEPTANCE
        state.timers.add(now.due_ns, kind, now.order_id)


def leave(state: State, market: Market, before: OrderReport) -> None:
    """Let an order stand no more where it stood beside the book."""
    if before.standing is _WAITING:
        del market.waiting[before.order_id]
    elif before.standing is _ARMED:
        market.armed.remove(before)
    if before.due_ns:
        state.timers.drop()


def move(market: Market, order: Order, before: OrderReport, now: OrderReport) -> None:
    """Let an order stand where it stands now, and no more where it stood."""
    was, standing, left = before.standing, now.standing, now.leaves_qty_lots
    assert FOLLOW[was] >> standing & 1, (
        f"order {now.order_id} is {was.name} and cannot be {standing.name} next"
    )
    assert (left == 0) is (standing is _CLOSED), (
        f"order {now.order_id} is {standing.name} with {left} left"
    )
    assert now.cum_qty_lots >= before.cum_qty_lots, f"order {now.order_id} lost a fill"
    order.now = now
    if was is _RESTING:
        ladder = market.book.bids if now.terms.side is _BUY else market.book.asks
        if standing is _RESTING:
            ladder.shrink(before, before.leaves_qty_lots - left)
        else:
            ladder.remove(before)
    elif standing is _RESTING:
        market.book.ladder(now.terms.side).add(order)
    elif was is not _PENDING or (standing is not _CLOSED and standing is not _PENDING):
        _move_beside(market, order, before, now)


def _move_beside(market: Market, order: Order, before: OrderReport, now: OrderReport) -> None:
    # Between the places that are not the book.
    was, standing = before.standing, now.standing
    if was is _ARMED:
        market.armed.remove(before)
    elif was is _WAITING and standing is not _WAITING:
        del market.waiting[now.order_id]
    if standing is _ARMED:
        market.armed.add(order)
    elif standing is _WAITING:
        market.waiting[now.order_id] = order


def close(state: State, account: Account, order: Order) -> None:
    """File an order that is over under what is over; `pack` makes it small later."""
    now, terms = order.now, order.now.terms
    assert now.hold_minor == 0, f"order {now.order_id} ended and holds something"
    del account.open_orders[now.order_id]
    if terms.exec_inst or terms.secondary_cl_ord_id:
        unname(account, now)
    if terms.expire_ns:
        state.timers.drop()
    remember(state, account, order, now.cl_ord_id or now.order_id)
    if terms.link is not None:
        close_in_list(state, account, order, terms.link)


def remember(state: State, account: Account, order: Order, found_by: OrderId | str) -> None:
    """Let an order that is over be found until too many of its account have ended after it."""
    state.ended.append(order)
    account.closed.append(found_by)
    if len(account.closed) > CLOSED_ORDERS_PER_ACCOUNT_MAX:
        forget(state, account)


def unname(account: Account, now: OrderReport) -> None:
    """Take an order that is over out of the indexes that few orders are in."""
    if now.terms.exec_inst & _REDUCE_ONLY:
        del account.reducing[now.order_id]
    if now.terms.secondary_cl_ord_id:
        account.secondary_cl_ord_ids.close(now.terms.secondary_cl_ord_id, now.order_id)


def close_in_list(state: State, account: Account, order: Order, link: Link) -> None:
    """File an order of a list that is over: it is whole too until all others of its list are."""
    _pack(state, account, order)
    legs = lists.legs(state, link)
    if all(leg.now.standing is _CLOSED for leg in legs):
        for leg in legs:
            del state.orders[leg.now.order_id]


def pack(state: State, most: int | None = None) -> None:
    """Keep of orders that are recorded only what decisions need, which changes none."""
    unpacked = state.unpacked
    for _ in range(len(unpacked) if most is None else min(most, len(unpacked))):
        order = unpacked.popleft()
        # Those of lists are packed already, and one may have been forgotten.
        order_id = order.now.order_id
        if order.now.terms.link is None and order_id in state.orders:
            del state.orders[order_id]
            _pack(state, state.accounts[order.now.account_id], order)


def _pack(state: State, account: Account, order: Order) -> None:
    now = order.now
    facts = (now.account_id, now.instrument_id, now.ord_status, now.cancel_reason)
    state.closed.add(now.order_id, facts)
    if others := _other_names(order):
        account.other_names[now.order_id] = others


def _other_names(order: Order) -> OtherNames | None:
    # An order that was refused is found by none of its names.
    secondary, retired = order.now.terms.secondary_cl_ord_id, order.retired_cl_ord_ids
    if not (secondary or retired) or order.now.ord_status is OrdStatus.REJECTED:
        return None
    return OtherNames(secondary, retired)


def forget(state: State, account: Account) -> None:
    """
    Forget the order that closed first; it was findable until so many had closed after it.
    """
    found_by = account.closed.popleft()
    order_id = account.cl_ord_ids[found_by] if isinstance(found_by, str) else found_by
    if order_id in state.closed:
        state.closed.forget(order_id)
        others = account.other_names.pop(order_id, None)
    else:
        others = _other_names(state.orders.pop(order_id))
    if isinstance(found_by, str):
        account.cl_ord_ids.drop(found_by)
    if others is None:
        return
    for name in others.retired_cl_ord_ids:
        account.cl_ord_ids.drop(name)
    if others.secondary_cl_ord_id:
        account.secondary_cl_ord_ids.forget(others.secondary_cl_ord_id, order_id)
