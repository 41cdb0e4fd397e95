"""
Filing: where an order stands and under what it is found. Only `evolve` and a loaded image file one.
"""

from countermand.core.order import Order
from countermand.core.standing import FOLLOW
from countermand.core.state import CLOSED_ORDERS_PER_ACCOUNT_MAX, Account, Market, State
from countermand.core.timers import ACCEPTANCE, SLICE
from countermand.vocabulary.order import ExecInst, OrdStatus, Side, Standing
from countermand.vocabulary.reports import OrderReport

_RESTING, _WAITING, _CLOSED = Standing.RESTING, Standing.WAITING, Standing.CLOSED
_PENDING, _ARMED = Standing.PENDING, Standing.ARMED
_BUY = Side.BUY
_REDUCE_ONLY = int(ExecInst.REDUCE_ONLY)


def index_order(account: Account, order: Order) -> None:
    """Enter an order in its account's derived indexes. Rejected orders are not indexed."""
    now = order.now
    if now.ord_status is OrdStatus.REJECTED:
        return
    for cl_ord_id in (now.cl_ord_id, *order.retired_cl_ord_ids):
        if cl_ord_id:
            account.cl_ord_ids[cl_ord_id] = now.order_id
    if now.is_open:
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


def retire(state: State, account: Account, now: OrderReport) -> None:
    """File an order that was filled under what is over."""
    assert now.hold_minor == 0, f"order {now.order_id} ended and holds something"
    del account.open_orders[now.order_id]
    if now.terms.exec_inst or now.terms.secondary_cl_ord_id:
        unname(account, now)
    if now.terms.expire_ns:
        state.timers.drop()
    if now.due_ns:
        state.timers.drop()
    account.closed.append(now.order_id)
    if len(account.closed) > CLOSED_ORDERS_PER_ACCOUNT_MAX:
        forget(state, account)


def unname(account: Account, now: OrderReport) -> None:
    """Take an order that is over out of the indexes that few orders are in."""
    if now.terms.exec_inst & _REDUCE_ONLY:
        del account.reducing[now.order_id]
    if now.terms.secondary_cl_ord_id:
        account.secondary_cl_ord_ids.close(now.terms.secondary_cl_ord_id, now.order_id)


def forget(state: State, account: Account) -> None:
    """
    Forget the order that closed first; it was findable until so many had closed after it.
    """
    order = state.orders.pop(account.closed.popleft())
    forgotten = order.now
    if forgotten.ord_status is OrdStatus.REJECTED:
        return
    for cl_ord_id in (forgotten.cl_ord_id, *order.retired_cl_ord_ids):
        account.cl_ord_ids.pop(cl_ord_id, None)
    secondary = forgotten.terms.secondary_cl_ord_id
    if secondary:
        account.secondary_cl_ord_ids.forget(secondary, forgotten.order_id)
