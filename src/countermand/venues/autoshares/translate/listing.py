"""
Listing orders: filters, sorts and pages, as far as the exchange can do them left to it.

Source: ETNA manual, "List orders"; the swagger file, `/orders/consolidated`. Fields that can be
        filtered by beside `CreateDate`, `SecurityId` and `Status` are our proposal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from countermand.core.ids import AccountId, InstrumentId
from countermand.core.queries import ListOpenOrders, ListOrders
from countermand.core.reports import OrderPage, OrderReport
from countermand.venues.autoshares import filters, paging, settings, tables
from countermand.venues.autoshares.filters import Condition, Filter, Kind
from countermand.venues.autoshares.messages import orders
from countermand.venues.autoshares.messages.orders import ListConsolidated
from countermand.venues.autoshares.paging import Page, Wanted
from countermand.venues.autoshares.translate import dates, order_reports, resolve
from countermand.venues.autoshares.translate.orders import check_own
from countermand.wire.context import Context
from countermand.wire.errors import Malformed, NotExpressible

FIELDS: Mapping[str, Kind] = {
    "Id": Kind.NUMBER,
    "CreateDate": Kind.MOMENT,
    "Date": Kind.MOMENT,
    "TransactionDate": Kind.MOMENT,
    "ExpireDate": Kind.MOMENT,
    "SecurityId": Kind.NUMBER,
    "AccountId": Kind.NUMBER,
    "Status": Kind.NUMBER,
    "Symbol": Kind.TEXT,
    "ClientId": Kind.TEXT,
    "Side": Kind.TEXT,
    "Type": Kind.TEXT,
    "TimeInForce": Kind.TEXT,
    "Quantity": Kind.NUMBER,
    "Price": Kind.NUMBER,
    "ExecutedQuantity": Kind.NUMBER,
    "LeavesQuantity": Kind.NUMBER,
    "AveragePrice": Kind.NUMBER,
}

# What an open order can be shown as when nothing is pending, and what a filter may add to it.
_OPEN_CODES = frozenset({tables.STATUS_CODES["New"], tables.STATUS_CODES["PartiallyFilled"]})
_NEVER_CODES = frozenset(
    tables.STATUS_CODES[text]
    for text in ("PendingNew", "PendingCancel", "PendingReplace", "Suspended")
)
# What our client asks for: every open order, the last event first, as the exchange has them.
_OPEN = "Status in (0,1,10)"
_LAST_EVENT = "Date"


class Plan(Struct, frozen=True):
    """
    What is asked of the exchange, and what is left to do with its answer.

    Shape:  `rest` are the conditions it cannot look at; `sort` the field to sort by, empty where
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
    if any(_is_open(condition, ctx) for condition in conditions):
        native = sort == _LAST_EVENT and wanted.desc
        rest = tuple(c for c in conditions if not _is_met(c, ctx))
        query = ListOpenOrders(account_ids, _instruments(conditions))
        return Plan(query, rest, "" if native else sort)
    ascending = not wanted.desc
    if conditions or sort != "Id":
        return Plan(ListOrders(account_ids, ascending=ascending), conditions, sort)
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
        text = _query_filter(ctx)
    else:
        account_ids, text = (resolve.account(message.account_id, ctx),), message.filter
    wanted = Wanted(message.page_number, message.page_size, text, message.sort_field, message.desc)
    return plan(account_ids, wanted, ctx), wanted


def _query_filter(ctx: Context) -> str:
    # The one parameter of a query beside a body.
    raw = b"" if ctx.request is None else ctx.request.query
    for pair in raw.split(b"&"):
        name, _, text = pair.partition(b"=")
        if unquote_to_bytes(name) == filters.NAME.encode():
            try:
                return unquote_to_bytes(text.replace(b"+", b" ")).decode()
            except UnicodeDecodeError:
                raise Malformed("query is not valid UTF-8") from None
    return ""


def _page(
    result: OrderPage | tuple[OrderReport, ...], how: Plan, wanted: Wanted, ctx: Context
) -> tuple[list[OrderReport], int]:
    if isinstance(result, OrderPage) and not how.cut:
        return list(result.orders), result.total
    reports = list(result.orders if isinstance(result, OrderPage) else result)
    if how.rest or how.sort:
        records = [(_record(report, ctx), report) for report in reports]
        chosen = [pair for pair in records if filters.matches(how.rest, pair[0])]
        if how.sort:
            chosen.sort(key=lambda pair: pair[0]["Id"], reverse=wanted.desc)
            chosen.sort(key=_rank(how.sort), reverse=wanted.desc)
        reports = [report for _, report in chosen]
    return list(paging.cut(reports, wanted)), len(reports)


def _rank(field: str) -> Callable[[tuple[dict[str, Any], OrderReport]], tuple[bool, Any]]:
    return lambda pair: (pair[0][field] is not None, pair[0][field] or 0)


def _record(report: OrderReport, ctx: Context) -> dict[str, Any]:
    shown = order_reports.order_to_wire(report, ctx)
    return {
        "Id": shown.id,
        "CreateDate": report.submit_ns,
        "Date": report.transact_ns,
        "TransactionDate": report.transact_ns,
        "ExpireDate": dates.date_from_wire(shown.expire_date) or None,
        "SecurityId": shown.security_id,
        "AccountId": shown.account_id,
        "Status": tables.STATUS_CODES[shown.status],
        "Symbol": shown.symbol,
        "ClientId": shown.client_id,
        "Side": shown.side,
        "Type": shown.type,
        "TimeInForce": shown.time_in_force,
        "Quantity": shown.quantity,
        "Price": shown.price,
        "ExecutedQuantity": shown.executed_quantity,
        "LeavesQuantity": shown.leaves_quantity,
        "AveragePrice": shown.average_price,
    }


def _is_open(condition: Condition, ctx: Context) -> bool:
    # Whether only open orders can meet it; what is shown as pending may be closed already.
    if settings.of(ctx.settings).pending_ns or condition.field != "Status":
        return False
    return condition.op in ("=", "in") and (_OPEN_CODES | _NEVER_CODES).issuperset(condition.values)


def _is_met(condition: Condition, ctx: Context) -> bool:
    # Whether every open order of the instruments asked for meets it.
    if _only_instruments(condition) is not None:
        return True
    return _is_open(condition, ctx) and _OPEN_CODES.issubset(condition.values)


def _instruments(conditions: Filter) -> tuple[InstrumentId, ...] | None:
    sets = [chosen for c in conditions if (chosen := _only_instruments(c)) is not None]
    if not sets:
        return None
    return tuple(InstrumentId(number) for number in sorted(frozenset.intersection(*sets)))


def _only_instruments(condition: Condition) -> frozenset[int] | None:
    if condition.field != "SecurityId" or condition.op not in ("=", "in"):
        return None
    return frozenset(int(value) for value in condition.values if value == int(value))
