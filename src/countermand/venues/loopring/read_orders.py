"""Reading orders: one by its hash, or some of an account's."""

from collections.abc import Generator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from msgspec.structs import replace

from countermand.venues.loopring import resolve, tables
from countermand.venues.loopring.annotations import ANNOTATIONS
from countermand.venues.loopring.errors import Absent, Code, Coded
from countermand.venues.loopring.messages import orders as m
from countermand.venues.loopring.parameters import chosen_words, given, optional_number
from countermand.venues.loopring.settings import Ctx
from countermand.venues.loopring.show import read_order, show_order, status_word
from countermand.venues.loopring.tables import SIDES, STATUSES
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.queries import GetOrder, ListOpenOrders, ListOrders
from countermand.vocabulary.reports import OrderPage, OrderReport
from countermand.wire import times
from countermand.wire.conversation import Op, Serving, Step
from countermand.wire.credential import Credential
from countermand.wire.fields import invalid
from countermand.wire.flows import paged
from countermand.wire.operation import Operation

LIMIT_MAX = 50

# Orders that a filter looks at which the exchange does not know, the newest: more would keep all
# other requests waiting.
LOOKED_AT_MAX = 5_000

# Types, channels, extra types, and words that are let through; the exchange does not know them, or
# not apart.
_Wanted = tuple[Sequence[str], Sequence[str], Sequence[str], AbstractSet[str]]
_EVERY = (
    tables.ORDER_TYPES,
    tables.TRADE_CHANNELS,
    tables.EXTRA_ORDER_TYPES,
    frozenset[str]().union(*tables.TOLD_APART),
)


def serve_get(message: m.GetOrder, ctx: Ctx) -> Serving[m.Order]:
    """
    Show one order. Raises Coded without a hash, and for what is none; Absent.

    Source: DEX API v3, "Get order".
    """
    account_id = resolve.own_account(message.account_id, ctx).account_id
    if (text := given(message.order_hash)) is None:
        raise Coded(Code.NO_HASH, "order hash is empty")
    found: OrderReport | None = yield GetOrder(account_id, OrderId(0), resolve.order_hash(text))
    if found is None:
        raise Absent(Code.NO_SUCH_ORDER, "order does not exist")
    return show_order(found, ctx)


def ask_get(query: GetOrder, ctx: Ctx) -> m.GetOrder:
    """Return the request for one order."""
    account_id = resolve.account_text(query.account_id, ctx)
    return m.GetOrder(account_id=account_id, order_hash=query.cl_ord_id)


def serve_list(message: m.ListOrders, ctx: Ctx) -> Serving[m.OrderList]:
    """
    Show a page of an account's orders, the newest first, and how many there are.

    Raises: InvalidField, Coded. Source: DEX API v3, "Get orders".
    """
    query, wanted = _query(message, ctx), _wanted(message)
    if wanted == _EVERY:
        page: OrderPage = yield query
    else:
        # The page is cut once the orders are looked at.
        page = yield replace(query, offset=0, limit=LOOKED_AT_MAX)
        chosen = tuple(report for report in page.orders if _matches(report, wanted))
        end = query.offset + (query.limit or 0)
        page = OrderPage(len(chosen), chosen[query.offset : end])
    return m.OrderList(total_num=page.total, orders=[show_order(one, ctx) for one in page.orders])


def ask_list(query: ListOrders, ctx: Ctx) -> m.ListOrders:
    """Return the request for an account's orders, for the first page where all are wanted."""
    instruments = query.instrument_ids or ()
    known = [ctx.directory.instruments[one].symbol for one in instruments]
    since_ns, until_ns, statuses = query.since_ns, query.until_ns, query.ord_statuses
    return m.ListOrders(
        account_id=resolve.account_text(query.account_ids[0], ctx),
        market=known[0] if len(known) == 1 else None,
        start=None if since_ns is None else str(since_ns // times.MS),
        end=None if until_ns is None else str(until_ns // times.MS),
        side=SIDES.to_wire_if(query.side),
        status=None if statuses is None else _status_words(statuses),
        limit=str(LIMIT_MAX if query.limit is None else query.limit),
        offset=str(query.offset),
    )


def read_list(reply: m.OrderList, message: m.ListOrders, ctx: Ctx) -> OrderPage:
    """Return the orders in a page. Raises as `read_order` does."""
    orders = tuple([read_order(one, message, ctx) for one in reply.orders])
    return OrderPage(reply.total_num, orders)


GET = Op(m.GetOrder, m.Order, serve_get, ask_get, read_order)
LIST = Op(m.ListOrders, m.OrderList, serve_list, ask_list, read_list)


def _wanted(message: m.ListOrders) -> _Wanted:
    types, channels, extras, _ = _EVERY
    chosen = set(chosen_words("status", message.status, tuple(STATUSES)))
    # A group that the query chooses none of, or all, has none to keep back.
    words = frozenset[str]().union(*(group & chosen or group for group in tables.TOLD_APART))
    return (
        chosen_words("orderTypes", message.order_types, types) or types,
        chosen_words("tradeChannels", message.trade_channels, channels) or channels,
        chosen_words("extraOrderTypes", message.extra_order_types, extras) or extras,
        words,
    )


def _matches(report: OrderReport, wanted: _Wanted) -> bool:
    noted = ANNOTATIONS.read(report.terms.text)
    extra = tables.STOP_LIMIT if report.terms.trigger else tables.TRADITIONAL_ORDER
    types, channels, extras, words = wanted
    word = status_word(report)
    return (
        noted.order_type in types
        and noted.trade_channel in channels
        and extra in extras
        and (word in words or word not in _EVERY[-1])
    )


def _query(message: m.ListOrders, ctx: Ctx) -> ListOrders:
    account_id = resolve.own_account(message.account_id, ctx).account_id
    instrument_ids = resolve.instrument_filter(message.market, ctx)
    side, statuses = given(message.side), given(message.status)
    since_ms = optional_number("start", message.start, 0)
    until_ms = optional_number("end", message.end, 0)
    limit = optional_number("limit", message.limit, LIMIT_MAX)
    if limit > LIMIT_MAX:
        raise invalid("limit", f"must be at most {LIMIT_MAX}")
    offset = optional_number("offset", message.offset, 0)
    return ListOrders(
        (account_id,),
        instrument_ids,
        None if side is None else SIDES.from_wire(side.upper()),
        None if statuses is None else _statuses(statuses),
        since_ms * times.MS or None,
        until_ms * times.MS + times.MS - 1 if until_ms else None,
        offset=offset,
        limit=limit,
    )


def _statuses(text: str) -> tuple[OrdStatus, ...]:
    chosen = chosen_words("status", text, tuple(STATUSES))
    found = dict.fromkeys(status for word in chosen for status in STATUSES[word])
    # What has failed was rejected here, or taken and then not let in.
    return tuple(found | ({OrdStatus.CANCELED: None} if tables.FAILED in chosen else {}))


def _status_words(statuses: tuple[OrdStatus, ...]) -> str:
    return ",".join(word for word, of in STATUSES.items() if set(of) <= set(statuses))


def as_list(query: ListOpenOrders | ListOrders) -> ListOrders:
    """Return the query for open orders as one of all orders, which is what this venue lists."""
    if isinstance(query, ListOrders):
        return query
    return ListOrders(
        query.account_ids,
        query.instrument_ids,
        query.side,
        (OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED),
        until_ns=query.until_ns,
        offset=query.offset,
        limit=query.limit,
    )


def follow(asked: m.ListOrders, page: m.OrderList) -> m.ListOrders | None:
    """Return the request for what follows a page, None where it was the last."""
    offset = int(asked.offset or 0) + len(page.orders)
    if len(page.orders) < int(asked.limit or 0) or offset >= page.total_num:
        return None
    return replace(asked, offset=str(offset))


_OF_ALL = paged(Operation.LIST_ORDERS, LIST, follow)


def list_flow(
    asked: ListOpenOrders | ListOrders, credential: Credential | None, ctx: Ctx
) -> Generator[Step, Any, OrderPage]:
    """Return an account's orders to the last of them, or a page. Raises as `read_order` does."""
    told: OrderPage = yield from _OF_ALL(as_list(asked), credential, ctx)
    return told
