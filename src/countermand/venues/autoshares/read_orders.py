"""
Reading orders: one, or a list with filters, sorts and pages, as far as the exchange can do them
left to it.

Source: ETNA manual, "Get order", "List orders"; the swagger file, `/orders/consolidated`. That the
        links of the latter name their page in the query, which then counts, is our proposal
        (README).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from countermand.venues.autoshares import (
    filters,
    ids,
    linked,
    order_filters,
    paging,
    resolve,
    show,
)
from countermand.venues.autoshares.errors import ORDER_NOT_FOUND
from countermand.venues.autoshares.filters import Filter
from countermand.venues.autoshares.messages import orders as m
from countermand.venues.autoshares.messages.shared import PAGE_SIZE_MAX, Page, Paged
from countermand.venues.autoshares.order_filters import COLUMNS, FIELDS
from countermand.venues.autoshares.settings import Ctx
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.queries import GetOrder, GetOrderList, ListOpenOrders, ListOrders
from countermand.vocabulary.reports import ListReport, OrderPage, OrderReport
from countermand.wire.conversation import Op, Serving, each
from countermand.wire.errors import InvalidField, Malformed, NotFound

# Our client's query: every open order, the last event first, as the exchange has them.
_OPEN = "Status in (0,1,6,10,14)"
_LAST_EVENT = "Date"


def find_order(message: m.OneOrder, ctx: Ctx) -> Serving[OrderReport]:
    """Ask for an order. Raises NotFound when there is none, else as `resolve.order` does."""
    found: OrderReport | None = yield GetOrder(
        *resolve.order(message.account_id, message.order_id, ctx)
    )
    if found is None:
        raise NotFound(ORDER_NOT_FOUND)
    return found


def serve_get(message: m.OneOrder, ctx: Ctx) -> Serving[m.Order]:
    """Return an order with its last fill, or a parent with its legs. Raises as `find_order`."""
    account_id, order_id = resolve.order(message.account_id, message.order_id, ctx)
    found: OrderReport | None = yield GetOrder(account_id, order_id)
    if found is None:
        listed: ListReport | None = yield GetOrderList(account_id, order_id)
        if listed is None:
            raise NotFound(ORDER_NOT_FOUND)
        return linked.show_parent(listed.orders, ctx)
    return (yield from show.with_last_fill(found, ctx))


def ask_get(query: GetOrder, ctx: Ctx) -> m.OneOrder:
    """Return the request for one order."""
    return m.OneOrder(str(query.account_id), str(query.order_id))


GET = Op(m.OneOrder, m.Order, serve_get, ask_get, linked.read_order)


def serve_list(message: m.ListOrders, ctx: Ctx) -> Serving[Page[m.Order]]:
    """Return a page of an account's orders. Raises for the account, and as `plan` does."""
    account_id = resolve.account(message.account_id, ctx)
    return (yield from _page((account_id,), message, ctx))


def ask_list(query: ListOpenOrders, ctx: Ctx) -> m.ListOrders:
    """Return the request for the first hundred open orders of an account."""
    only = query.instrument_ids
    among = "" if only is None else f" and SecurityId in ({','.join(map(str, only))})"
    return m.ListOrders(
        account_id=str(next(iter(query.account_ids), "")), page_size=PAGE_SIZE_MAX,
        filter=_OPEN + among, sort_field=_LAST_EVENT, desc=True,
    )  # fmt: skip


LIST = Op(m.ListOrders, Page[m.Order], serve_list, ask_list, each(show.read_order, "result"))


def serve_consolidated(message: m.ListConsolidated, ctx: Ctx) -> Serving[Page[m.Order]]:
    """Return a page of several accounts' orders. Raises for the accounts, and as `plan` does."""
    named = dict.fromkeys(message.account_ids)
    account_ids = tuple(resolve.owned(account_id, ctx) for account_id in named)
    asked = Paged(
        page_number=_number(message, ctx), page_size=message.page_size,
        filter=_parameter(filters.NAME, ctx) or "",
        sort_field=message.sort_field, desc=message.desc,
    )  # fmt: skip
    return (yield from _page(account_ids, asked, ctx))


CONSOLIDATED = Op(m.ListConsolidated, Page[m.Order], serve_consolidated)


class Plan(Struct, frozen=True):
    """
    The query to the exchange, and the work that is left to do with its answer.

    Shape:  `rest` are the conditions it is still held to; `sort` the field to sort by, empty where
            the answer is in order. Unless it `is_page`, the page is still to be cut out.
    """

    query: ListOrders | ListOpenOrders
    rest: Filter = ()
    sort: str = ""
    is_page: bool = False


def plan(account_ids: tuple[AccountId, ...], asked: Paged, ctx: Ctx) -> Plan:
    """Return how a list is made. Raises InvalidField for a bad filter or sort."""
    conditions = filters.parse(asked.filter, FIELDS)
    sort, ascending = paging.sort_field(asked, FIELDS), not asked.desc
    if any(order_filters.is_open(condition, ctx) for condition in conditions):
        native = sort == _LAST_EVENT and asked.desc
        rest = tuple(c for c in conditions if not order_filters.is_met(c, ctx))
        query = ListOpenOrders(account_ids, order_filters.instruments(conditions))
        return Plan(query, rest, "" if native else sort)
    if not conditions and sort == "Id":
        offset = asked.page_number * asked.size
        page = ListOrders(account_ids, offset=offset, limit=asked.size, ascending=ascending)
        return Plan(page, is_page=True)
    since_ns, until_ns = order_filters.span_ns(conditions)
    every = ListOrders(
        account_ids,
        order_filters.instruments_ever(conditions),
        ord_statuses=order_filters.statuses(conditions, ctx),
        since_ns=since_ns, until_ns=until_ns, limit=paging.LOOKED_AT_MAX,
    )  # fmt: skip
    # Those that were placed last come first, as the exchange has them.
    return Plan(every, conditions, "" if sort == "Id" and asked.desc else sort)


def _page(account_ids: tuple[AccountId, ...], asked: Paged, ctx: Ctx) -> Serving[Page[m.Order]]:
    how = plan(account_ids, asked, ctx)
    answer: Any = yield how.query
    reports = answer.orders if isinstance(answer, OrderPage) else answer
    if not how.is_page:
        chosen = _chosen(reports, how, asked, ctx)
        reports, total = paging.cut(chosen, asked), len(chosen)
    else:
        total = answer.total
    shown: list[m.Order] = []
    for report in reports:
        shown += [(yield from show.with_last_fill(report, ctx))]
    return paging.page(shown, total, asked, ctx)


def _chosen(
    reports: tuple[OrderReport, ...], how: Plan, asked: Paged, ctx: Ctx
) -> list[OrderReport]:
    chosen = paging.passing(reports, how.rest, COLUMNS, ctx) if how.rest else list(reports)
    if how.sort:
        chosen.sort(key=lambda report: report.order_id, reverse=asked.desc)
        chosen.sort(key=paging.rank(COLUMNS[how.sort], ctx), reverse=asked.desc)
    return chosen


def _number(message: m.ListConsolidated, ctx: Ctx) -> int:
    # The body asks for a page; the links beside a page name theirs in the query.
    if (text := _parameter("pageNumber", ctx)) is None:
        return message.page_number
    if (number := ids.int32(text)) is None or number < 0:
        raise InvalidField("pageNumber", "invalid pageNumber")
    return number


def _parameter(name: str, ctx: Ctx) -> str | None:
    # Of the query beside a body.
    for pair in ctx.request.query.split(b"&"):
        key, _, text = pair.partition(b"=")
        if unquote_to_bytes(key) == name.encode():
            try:
                return unquote_to_bytes(text.replace(b"+", b" ")).decode()
            except UnicodeDecodeError:
                raise Malformed("query is not valid UTF-8") from None
    return None
