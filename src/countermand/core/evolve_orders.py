"""Evolve, of orders: each is staged, accepted, moved, replaced, released, and ends."""

from countermand.core import ledger
from countermand.core.filing import (
    close_in_list,
    forget,
    leave,
    move,
    remember,
    stand,
    unname,
)
from countermand.core.order import Order, Staged
from countermand.core.standing import FOLLOW
from countermand.core.state import (
    CLOSED_ORDERS_PER_ACCOUNT_MAX,
    PRIORITY_BITS,
    RETIRED_CL_ORD_IDS_MAX,
    STAGED_PER_ACCOUNT_MAX,
    Account,
    State,
)
from countermand.core.timers import EXPIRY, SLICE
from countermand.vocabulary.events import (
    ListReplaced,
    OrderAccepted,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    OrderReleased,
    OrderReplaced,
    OrderRestated,
    OrderRested,
    OrderStaged,
    OrderTriggered,
)
from countermand.vocabulary.order import ExecInst, Side, Standing
from countermand.vocabulary.reports import OrderReport

# Enum members looked up once: these lines run on every order and every cancel.
_RESTING, _PENDING, _CLOSED = Standing.RESTING, Standing.PENDING, Standing.CLOSED
_BUY = Side.BUY
_TO_CLOSED = 1 << _CLOSED
_REDUCE_ONLY = int(ExecInst.REDUCE_ONLY)


def order_staged(state: State, event: OrderStaged) -> None:
    """Keep an order that is written down, and only so many of an account's."""
    staged = state.accounts[event.order.account_id].staged
    assert event.order.standing is Standing.STAGED, f"order {event.order.order_id} is not staged"
    said = (event.keep_rejected, event.needs_liquidity)
    staged[event.order.order_id] = Staged(event.order, *said)
    if len(staged) > STAGED_PER_ACCOUNT_MAX:
        del staged[next(iter(staged))]


def order_accepted(state: State, event: OrderAccepted) -> object:
    """Add an order: its hold, its names, its place in the book or beside it."""
    now = event.order
    account, market = state.accounts[now.account_id], state.markets[now.instrument_id]
    terms, order_id = now.terms, now.order_id
    assert now.leaves_qty_lots == terms.order_qty_lots > 0, f"order {order_id} came in as no order"
    assert order_id not in state.orders, f"order {order_id} was accepted before"
    if account.staged:
        account.staged.pop(order_id, None)
    order = state.orders[order_id] = account.open_orders[order_id] = Order(
        now, state.seq << PRIORITY_BITS
    )
    if now.cl_ord_id:
        account.cl_ord_ids[now.cl_ord_id] = order_id
    if terms.secondary_cl_ord_id:
        account.secondary_cl_ord_ids.add(terms.secondary_cl_ord_id, order_id)
    if terms.exec_inst & _REDUCE_ONLY:
        account.reducing[order_id] = order
    if terms.expire_ns:
        state.timers.add(terms.expire_ns, EXPIRY, order_id)
    ledger.hold(account, market.instrument, now)
    if now.standing is _RESTING:
        market.book.ladder(terms.side).add(order)
    else:
        stand(state, market, order)
    return market.waiting


def order_rejected(state: State, event: OrderRejected) -> None:
    """Remember a rejected order where that is asked for."""
    if event.order is None:
        return
    order_id, account = event.order.order_id, state.accounts[event.account_id]
    assert order_id not in state.orders, f"order {order_id} was rejected after it was taken"
    order = state.orders[order_id] = Order(event.order, state.seq << PRIORITY_BITS)
    account.staged.pop(order_id, None)
    remember(state, account, order, order_id)


def order_ended(state: State, event: OrderCanceled | OrderExpired) -> object:
    """Release what an order holds, take it from its place, and file it under what is over."""
    # In one function, because this is the most frequent thing that happens to an order.
    now = event.order
    order_id, terms = now.order_id, now.terms
    order, account = state.orders[order_id], state.accounts[now.account_id]
    before, market = order.now, state.markets[now.instrument_id]
    was = before.standing
    assert now.standing is _CLOSED, f"order {order_id} ended and is not closed"
    assert FOLLOW[was] & _TO_CLOSED, f"order {order_id} is {was.name} and ended again"
    assert now.hold_minor == 0, f"order {order_id} ended and holds something"
    assert now.leaves_qty_lots == 0, f"order {order_id} ended with something left"
    ledger.rehold(account, market.instrument, before, now)
    order.now = now
    if was is _RESTING:
        (market.book.bids if terms.side is _BUY else market.book.asks).remove(before)
    else:
        leave(state, market, before)
    del account.open_orders[order_id]
    if terms.exec_inst or terms.secondary_cl_ord_id:
        unname(account, now)
    if terms.expire_ns:
        state.timers.drop()
    state.ended.append(order)
    account.closed.append(now.cl_ord_id or order_id)
    if len(account.closed) > CLOSED_ORDERS_PER_ACCOUNT_MAX:
        forget(state, account)
    # Only the end of a list's order acts on others; any other end asks for nothing more.
    if (link := terms.link) is not None:
        close_in_list(state, account, order, link)
    return link


def order_changed(state: State, event: OrderRested | OrderRestated) -> object:
    """Make an order what it is now, in another place or of another size."""
    now = event.order
    order, account = state.orders[now.order_id], state.accounts[now.account_id]
    before, market = order.now, state.markets[now.instrument_id]
    assert now.standing is not _CLOSED, f"order {now.order_id} changed and is closed"
    ledger.rehold(account, market.instrument, before, now)
    move(market, order, before, now)
    if now.due_ns != before.due_ns:
        _reslice(state, before, now)
    return market.waiting


def _reslice(state: State, before: OrderReport, now: OrderReport) -> None:
    if before.due_ns:
        state.timers.drop()
    if now.due_ns:
        state.timers.add(now.due_ns, SLICE, now.order_id)


def order_replaced(state: State, event: OrderReplaced) -> None:
    """Give an order its other terms, its other name and, unless it keeps it, a new priority."""
    now = event.order
    order, account = state.orders[now.order_id], state.accounts[now.account_id]
    before, market = order.now, state.markets[now.instrument_id]
    assert not event.keeps_priority or now.terms.price_ticks == before.terms.price_ticks, (
        f"order {now.order_id} keeps its place at another price"
    )
    ledger.rehold(account, market.instrument, before, now)
    move(market, order, before, now)
    if not event.keeps_priority:
        order.priority = state.next_priority()
    if now.terms.exec_inst != before.terms.exec_inst:
        account.reducing.pop(now.order_id, None)
        if now.terms.exec_inst & _REDUCE_ONLY:
            account.reducing[now.order_id] = order
    if now.terms.expire_ns != before.terms.expire_ns:
        _move_expiry(state, before, now)
    if now.cl_ord_id != before.cl_ord_id:
        _rename(account, order, before.cl_ord_id)


def list_replaced(state: State, event: ListReplaced) -> None:
    """Let the orders of a list that come in anew do so, in their order."""
    for order_id in event.order_ids:
        if state.orders[order_id].now.standing is _PENDING:
            state.arriving.append(order_id)


def order_released(state: State, event: OrderReleased | OrderTriggered) -> None:
    """Let an order come in that was held by a link or by its trigger."""
    now = event.order
    order, account = state.orders[now.order_id], state.accounts[now.account_id]
    before, market = order.now, state.markets[now.instrument_id]
    ledger.rehold(account, market.instrument, before, now)
    move(market, order, before, now)
    order.priority = state.next_priority()
    _reslice(state, before, now)
    if now.standing is _PENDING:
        state.arriving.append(now.order_id)


def _move_expiry(state: State, before: OrderReport, now: OrderReport) -> None:
    if before.terms.expire_ns:
        state.timers.drop()
    if now.terms.expire_ns:
        state.timers.add(now.terms.expire_ns, EXPIRY, now.order_id)


def _rename(account: Account, order: Order, old: str) -> None:
    # A retired id stays taken, until the order has had so many after it.
    retired = (*order.retired_cl_ord_ids, old)
    for forgotten in retired[:-RETIRED_CL_ORD_IDS_MAX]:
        account.cl_ord_ids.drop(forgotten)
    order.retired_cl_ord_ids = retired[-RETIRED_CL_ORD_IDS_MAX:]
    account.cl_ord_ids[order.now.cl_ord_id] = order.now.order_id
