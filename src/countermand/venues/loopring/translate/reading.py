"""Reading orders: one by its hash, or some of an account's."""

from msgspec.structs import replace

from countermand.venues.loopring.codes import Code, Coded
from countermand.venues.loopring.messages import orders
from countermand.venues.loopring.tables import (
    ORDER_TYPES,
    SIDES,
    STATUSES,
    STOP_LIMIT,
    TRADE_CHANNELS,
    TRADITIONAL_ORDER,
)
from countermand.venues.loopring.translate import resolve
from countermand.venues.loopring.translate.order_reports import order_from_wire, order_to_wire
from countermand.venues.loopring.translate.remarks import parse_remarks
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.queries import GetOrder, ListOrders
from countermand.vocabulary.reports import OrderPage, OrderReport
from countermand.wire import times
from countermand.wire.context import Context
from countermand.wire.errors import InvalidField, NotExpressible

LIMIT_MAX = 50


def get_from_wire(message: orders.GetOrder, ctx: Context) -> GetOrder:
    """
    Return the question for one order. Raises Coded without a hash, and for what is none.

    Source: DEX API v3, "Get order".
    """
    account = resolve.own_account(message.account_id, ctx)
    if (text := resolve.given(message.order_hash)) is None:
        raise Coded(Code.NO_HASH, "order hash is empty")
    return GetOrder(account.account_id, OrderId(0), resolve.order_hash(text))


def get_to_wire(query: GetOrder, ctx: Context) -> orders.GetOrder:
    """Return the request for one order. Raises NotExpressible for one named but by its hash."""
    own = resolve.check_own(query.account_id, ctx)
    if query.order_id or query.secondary_cl_ord_id or not query.cl_ord_id:
        raise NotExpressible("an order named by anything but its hash")
    return orders.GetOrder(account_id=own, order_hash=query.cl_ord_id)


def list_from_wire(message: orders.ListOrders, ctx: Context) -> ListOrders:
    """
    Return the question for an account's orders; an empty filter is none.

    Raises: InvalidField, Coded. Source: DEX API v3, "Get orders".
    """
    account = resolve.own_account(message.account_id, ctx)
    pair = resolve.optional_market(message.market, ctx)
    side, statuses = resolve.given(message.side), resolve.given(message.status)
    since_ms = resolve.optional_number("start", message.start, 0)
    until_ms = resolve.optional_number("end", message.end, 0)
    offset, limit = _page(message)
    query = ListOrders(
        (account.account_id,),
        None if pair is None else (pair.instrument.instrument_id,),
        None if side is None else SIDES.from_wire(side.upper()),
        None if statuses is None else _statuses(statuses),
        since_ms * times.MS if since_ms else None,
        until_ms * times.MS + times.MS - 1 if until_ms else None,
        offset,
        limit,
    )
    # The exchange does not know these, so their page is cut once they are looked at.
    return replace(query, offset=0, limit=None) if any(_wanted(message)) else query


def list_to_wire(query: ListOrders, ctx: Context) -> orders.ListOrders:
    """Return the request for an account's orders. Raises NotExpressible for other filters."""
    if len(query.account_ids) != 1 or query.ascending:
        raise NotExpressible("orders of several accounts, or the oldest first")
    limit = LIMIT_MAX if query.limit is None else query.limit
    if query.limit is None or not 0 < limit <= LIMIT_MAX:
        raise NotExpressible(f"a page but of 1 to {LIMIT_MAX} orders")
    instruments = query.instrument_ids
    if instruments is not None and len(instruments) != 1:
        raise NotExpressible("a choice of several markets")
    side, since_ns, until_ns = query.side, query.since_ns, query.until_ns
    if not (_is_start(since_ns) and _is_end(until_ns)):
        raise NotExpressible("times that are no whole milliseconds")
    known = ctx.directory.instruments
    return orders.ListOrders(
        account_id=resolve.check_own(query.account_ids[0], ctx),
        market=None if instruments is None else known[instruments[0]].symbol,
        start=None if since_ns is None else str(since_ns // times.MS),
        end=None if until_ns is None else str(until_ns // times.MS),
        side=None if side is None else SIDES.to_wire(side),
        status=None if query.ord_statuses is None else _status_words(query.ord_statuses),
        limit=str(limit),
        offset=str(query.offset),
    )


def list_reply_to_wire(page: OrderPage, ctx: Context) -> orders.OrderList:
    """Return the page that was asked for, and how many orders there are."""
    asked = ctx.message
    if not any(wanted := _wanted(asked)):
        return _order_list(page.total, page.orders, ctx)
    chosen = [report for report in page.orders if _matches(report, *wanted)]
    offset, limit = _page(asked)
    return _order_list(len(chosen), tuple(chosen[offset : offset + limit]), ctx)


def list_reply_from_wire(message: orders.OrderList, ctx: Context) -> OrderPage:
    """Return the orders in a page. Raises as `order_from_wire` does."""
    return OrderPage(message.total_num, tuple(order_from_wire(one, ctx) for one in message.orders))


def _order_list(total: int, page: tuple[OrderReport, ...], ctx: Context) -> orders.OrderList:
    return orders.OrderList(total_num=total, orders=[order_to_wire(one, ctx) for one in page])


def _page(message: orders.ListOrders) -> tuple[int, int]:
    limit = resolve.optional_number("limit", message.limit, LIMIT_MAX)
    if limit > LIMIT_MAX:
        raise InvalidField("limit", f"invalid limit: must be at most {LIMIT_MAX}")
    return resolve.optional_number("offset", message.offset, 0), limit


def _statuses(text: str) -> tuple[OrdStatus, ...]:
    chosen = resolve.chosen_words("status", text, tuple(STATUSES))
    return tuple(status for word in chosen for status in STATUSES[word])


def _status_words(statuses: tuple[OrdStatus, ...]) -> str:
    words = [word for word, of in STATUSES.items() if of and set(of) <= set(statuses)]
    if tuple(status for word in words for status in STATUSES[word]) != statuses:
        raise NotExpressible("orders by these states")
    return ",".join(words)


def _is_start(since_ns: int | None) -> bool:
    # A 0 on the wire is no time.
    return since_ns is None or (since_ns >= times.MS and since_ns % times.MS == 0)


def _is_end(until_ns: int | None) -> bool:
    return until_ns is None or (until_ns >= times.MS and until_ns % times.MS == times.MS - 1)


def _wanted(message: orders.ListOrders) -> tuple[list[str], list[str], list[str]]:
    kinds = (TRADITIONAL_ORDER, STOP_LIMIT)
    return (
        resolve.chosen_words("orderTypes", message.order_types, ORDER_TYPES),
        resolve.chosen_words("tradeChannels", message.trade_channels, TRADE_CHANNELS),
        resolve.chosen_words("extraOrderTypes", message.extra_order_types, kinds),
    )


def _matches(report: OrderReport, types: list[str], channels: list[str], kinds: list[str]) -> bool:
    remarks = parse_remarks(report.terms.text)
    return (
        (not types or remarks.order_type in types)
        and (not channels or remarks.trade_channel in channels)
        and (not kinds or TRADITIONAL_ORDER in kinds)
    )
