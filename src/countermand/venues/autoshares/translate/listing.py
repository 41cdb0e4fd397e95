"""
Listing orders: filters, sorts and pages, as far as the exchange can do them left to it.

Source: ETNA manual, "List orders"; the swagger file, `/orders/consolidated`. That the links of the
        latter name their page in the query, which then counts, is our proposal (README).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from countermand.venues.autoshares import filters, ids, paging
from countermand.venues.autoshares.filters import Filter
from countermand.venues.autoshares.messages import orders
from countermand.venues.autoshares.messages.orders import ListConsolidated
from countermand.venues.autoshares.paging import Page, Wanted
from countermand.venues.autoshares.translate import (
    narrowing,
    order_columns,
    order_reports,
    resolve,
)
from countermand.venues.autoshares.translate.order_columns import FIELDS, Columns
from countermand.venues.autoshares.translate.orders import check_own
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.queries import ListOpenOrders, ListOrders
from countermand.vocabulary.reports import OrderPage, OrderReport
from countermand.wire.context import Context
from countermand.wire.errors import InvalidField, Malformed, NotExpressible

# What our client asks for: every open order, the last event first, as the exchange has them.
_OPEN = "Status in (0,1,10)"
_LAST_EVENT = "Date"


class Plan(Struct, frozen=True):
    """
    What is asked of the exchange, and what is left to do with its answer.

    Shape:  `rest` are the conditions it is still held to; `sort` the field to sort by, empty where
            the answer is in order; `cut` whether the page is still to be cut out.
    """

    query: ListOrders | ListOpenOrders
    rest: Filter = ()
    sort: str = ""
    cut: bool = True


def plan(account_ids: tuple[AccountId, ...], wanted: Wanted, ctx: Context) -> Plan:
    """Return how a list is made. Raises InvalidField for a bad filter or sort."""
    conditions = filters.parse(wanted.filter, FIELDS)
    sort = paging.sort_field(wanted, FIELDS)
    if any(narrowing.is_open(condition, ctx) for condition in conditions):
        native = sort == _LAST_EVENT and wanted.desc
        rest = tuple(c for c in conditions if not narrowing.is_met(c, ctx))
        query = ListOpenOrders(account_ids, narrowing.instruments(conditions))
        return Plan(query, rest, "" if native else sort)
    ascending = not wanted.desc
    if conditions or sort != "Id":
        since_ns, until_ns = narrowing.span_ns(conditions)
        every = ListOrders(
            account_ids,
            narrowing.instruments_ever(conditions),
            ord_statuses=narrowing.statuses(conditions, ctx),
            since_ns=since_ns,
            until_ns=until_ns,
            ascending=ascending,
        )
        return Plan(every, conditions, "" if sort == "Id" else sort)
    size = paging.size_of(wanted)
    offset = wanted.number * size
    page = ListOrders(account_ids, offset=offset, limit=size, ascending=ascending)
    return Plan(page, cut=False)


def list_from_wire(message: orders.ListOrders, ctx: Context) -> ListOrders | ListOpenOrders:
    """Return the question for a list of orders. Raises for the account, and as `plan` does."""
    return _planned(message, ctx)[0].query


def list_to_wire(query: ListOpenOrders, ctx: Context) -> orders.ListOrders:
    """Return the request for the first hundred open orders. Raises NotExpressible."""
    if query != ListOpenOrders(query.account_ids, query.instrument_ids):
        raise NotExpressible("a filter of open orders but by security")
    if len(query.account_ids) != 1:
        raise NotExpressible("one account")
    check_own(query.account_ids[0], ctx)
    only = query.instrument_ids
    if only == ():
        raise NotExpressible("orders in no market")
    among = "" if only is None else f" and SecurityId in ({','.join(map(str, only))})"
    return orders.ListOrders(
        account_id=str(query.account_ids[0]),
        page_size=paging.PAGE_SIZE_MAX,
        filter=_OPEN + among,
        sort_field=_LAST_EVENT,
        desc=True,
    )


def find_last_fills(result: OrderPage | tuple[OrderReport, ...], ctx: Context) -> tuple[Any, ...]:
    """Return the questions for the last fills of the orders that will be on the page."""
    how, wanted = _planned(ctx.message, ctx)
    return order_reports.find_last_fills(tuple(_page(result, how, wanted, ctx)[0]), ctx)


def list_to_wire_reply(
    result: OrderPage | tuple[OrderReport, ...], ctx: Context
) -> Page[orders.Order]:
    """Return the page that was asked for, with its links."""
    how, wanted = _planned(ctx.message, ctx)
    reports, total = _page(result, how, wanted, ctx)
    last = order_reports.last_fills(ctx)
    shown = [
        order_reports.order_to_wire(report, ctx, last=last.get(report.order_id))
        for report in reports
    ]
    return paging.page(shown, total, wanted, ctx)


def list_from_wire_reply(message: Page[orders.Order], ctx: Context) -> tuple[OrderReport, ...]:
    """Return the reports on a page. Raises as `order_from_wire` does."""
    return tuple(order_reports.order_from_wire(order, ctx) for order in message.result)


def _planned(message: orders.ListOrders | ListConsolidated, ctx: Context) -> tuple[Plan, Wanted]:
    if isinstance(message, ListConsolidated):
        named = dict.fromkeys(message.account_ids)
        account_ids = tuple(resolve.owned(account_id, ctx) for account_id in named)
        number, text = _number(message, ctx), _parameter(filters.NAME, ctx) or ""
    else:
        account_ids = (resolve.account(message.account_id, ctx),)
        number, text = message.page_number, message.filter
    wanted = Wanted(number, message.page_size, text, message.sort_field, message.desc)
    return plan(account_ids, wanted, ctx), wanted


def _number(message: ListConsolidated, ctx: Context) -> int:
    # The body asks for a page; the links beside a page name theirs in the query.
    if (text := _parameter("pageNumber", ctx)) is None:
        return message.page_number
    if (number := ids.int32(text)) is None or number < 0:
        raise InvalidField("pageNumber", "invalid pageNumber")
    return number


def _parameter(name: str, ctx: Context) -> str | None:
    # Of the query beside a body.
    raw = b"" if ctx.request is None else ctx.request.query
    for pair in raw.split(b"&"):
        key, _, text = pair.partition(b"=")
        if unquote_to_bytes(key) == name.encode():
            try:
                return unquote_to_bytes(text.replace(b"+", b" ")).decode()
            except UnicodeDecodeError:
                raise Malformed("query is not valid UTF-8") from None
    return None


def _page(
    result: OrderPage | tuple[OrderReport, ...], how: Plan, wanted: Wanted, ctx: Context
) -> tuple[list[OrderReport], int]:
    if isinstance(result, OrderPage) and not how.cut:
        return list(result.orders), result.total
    reports = list(result.orders if isinstance(result, OrderPage) else result)
    if how.rest or how.sort:
        reports = _chosen(reports, how, wanted, order_columns.columns(ctx))
    return list(paging.cut(reports, wanted)), len(reports)


def _chosen(
    reports: list[OrderReport], how: Plan, wanted: Wanted, columns: Columns
) -> list[OrderReport]:
    # Only what the filter and the sort name is worked out.
    used = {one.field: columns[one.field].value for one in how.rest}
    meets = filters.matcher(how.rest)
    chosen = [
        report for report in reports if meets({name: value(report) for name, value in used.items()})
    ]
    if how.sort:
        rank = columns[how.sort].value
        chosen.sort(key=lambda report: report.order_id, reverse=wanted.desc)
        chosen.sort(key=lambda report: _rank(rank(report)), reverse=wanted.desc)
    return chosen


def _rank(value: Any) -> tuple[bool, Any]:
    # What has no value comes first.
    return value is not None, value or 0
