"""
Recorded: the views for which a state is not enough: what is over is in the history.

An order is shown as the state has it as long as it has it, and from then on as it was recorded.
"""

from collections.abc import Callable
from heapq import merge
from itertools import islice
from typing import Any

from countermand.core.history import History, is_asked_for, placed
from countermand.core.order import Order
from countermand.core.state import Account, State
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.queries import (
    CountFills,
    GetOrder,
    GetOrderList,
    ListFills,
    ListOpenOrders,
    ListOrders,
)
from countermand.vocabulary.reports import Fill, ListReport, OrderPage, OrderReport


def accounts_of(state: State, account_ids: tuple[AccountId, ...]) -> list[Account]:
    """Return those of the accounts that there are."""
    return [state.accounts[a] for a in account_ids if a in state.accounts]


def span(query: ListOpenOrders | ListOrders | ListFills) -> tuple[int, int | None]:
    """Return the first and the end of a query's page, as a slice has them."""
    start, limit = max(0, query.offset), query.limit
    return start, None if limit is None else start + max(0, limit)


def _get_order(state: State, history: History, query: GetOrder) -> OrderReport | None:
    account = state.accounts.get(query.account_id)
    if account is None:
        return None
    names = (query.order_id, query.cl_ord_id)
    found = state.find_order(account, *names, secondary_cl_ord_id=query.secondary_cl_ord_id)
    if isinstance(found, Order):
        return found.now
    if found is not None:
        return history.order(found.order_id)
    if staged := account.staged.get(query.order_id):
        return staged.now
    # The state forgets what closed long ago, the history does not.
    known = history.order(query.order_id) if query.order_id else None
    return known if known and known.account_id == query.account_id else None


def _get_order_list(state: State, history: History, query: GetOrderList) -> ListReport | None:
    first = _leg(state, history, query.list_id + 1)
    known = first or _leg(state, history, query.list_id + 2)
    link = known.terms.link if known else None
    if known is None or link is None or known.account_id != query.account_id:
        return None
    if link.list_id != query.list_id:
        return None
    each = [_leg(state, history, link.list_id + 1 + at) for at in range(link.count)]
    return ListReport(query.list_id, tuple(leg for leg in each if leg))


def _leg(state: State, history: History, number: int) -> OrderReport | None:
    order = state.orders.get(OrderId(number))
    return order.now if order else history.order(OrderId(number))


def _list_orders(state: State, history: History, query: ListOrders) -> OrderPage:
    open_ones = [
        order.now
        for account in accounts_of(state, query.account_ids)
        for order in account.open_orders.values()
        if is_asked_for(order.now, query)
    ]
    is_descending = not query.ascending
    open_ones.sort(key=placed, reverse=is_descending)
    start, end = span(query)
    # Before a page there are no fewer closed ones than this, and they need not be read.
    passed = max(0, start - len(open_ones))
    each = merge(open_ones, history.orders(query, passed), key=placed, reverse=is_descending)
    page = tuple(islice(each, start - passed, None if end is None else end - passed))
    return OrderPage(len(open_ones) + history.count(query), page)


def _list_fills(state: State, history: History, query: ListFills) -> tuple[Fill, ...]:
    return tuple(islice(history.fills(query), *span(query)))


def _count_fills(state: State, history: History, query: CountFills) -> int:
    return history.count_fills(query.of)


RECORDED_VIEWS: dict[type, Callable[[State, History, Any], Any]] = {
    GetOrder: _get_order,
    GetOrderList: _get_order_list,
    ListOrders: _list_orders,
    ListFills: _list_fills,
    CountFills: _count_fills,
}
