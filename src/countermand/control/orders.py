"""Orders: those of any account, found by what their venue or their client calls them."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from countermand.control import names
from countermand.control.host import Host, Served
from countermand.control.names import Side
from countermand.control.row import PREFIX, Asked, ControlError, ControlRow
from countermand.vocabulary import order as vocabulary
from countermand.vocabulary.ids import AccountId, InstrumentId, OrderId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.queries import GetOrder, ListOpenOrders, ListOrders
from countermand.vocabulary.reasons import CancelReason
from countermand.vocabulary.reports import OrderPage, OrderReport
from countermand.wire import numbers, times

# The number of orders or fills that are shown at once.
SHOWN_MAX = 1000


class Which(StrEnum):
    """Which orders: those that can still trade, those that are over, or both."""

    OPEN = "open"
    CLOSED = "closed"
    ALL = "all"


class ListThem(Asked, frozen=True):
    """Whose orders, where, and how many after how many. None means any."""

    venue: str
    account: str | None = None
    symbol: str | None = None
    side: Side | None = None
    which: Which = Which.ALL
    limit: int = 100
    offset: int = 0


class GetOne(Asked, frozen=True):
    """
    Which order: what its venue calls it, or its client. `account` is needed where two accounts
    call one alike.
    """

    venue: str
    order: str
    account: str | None = None


class Order(Struct, frozen=True):
    """
    An order, in FIX's words. `order` is what its venue calls it.

    Units: decimal text; times in RFC 3339, None where there is none; `price` None for a market
    order without a bound.
    """

    order: str
    order_id: int
    account: str
    symbol: str | None
    cl_ord_id: str
    side: Side
    ord_type: str
    time_in_force: str
    price: str | None
    order_qty: str | None
    cum_qty: str | None
    leaves_qty: str | None
    avg_px: str | None
    standing: str
    ord_status: str
    exec_type: str
    reason: str | None
    submit_time: str
    transact_time: str
    expire_time: str | None


class Orders(Struct, frozen=True):
    """Some orders, the newest first, and how many there are in all."""

    total: int
    orders: tuple[Order, ...]


async def list_orders(host: Host, asked: ListThem) -> Orders:
    """Return orders of a venue."""
    at = names.served(host, asked.venue)
    accounts, on = accounts_of(at, asked.account), instruments_of(at, asked.symbol)
    side = None if asked.side is None else vocabulary.Side[asked.side.name]
    limit, offset = page(asked.limit, asked.offset)
    if asked.which is Which.OPEN:
        found = host.exchange.view(ListOpenOrders(accounts, on, side))
        newest = sorted(found, key=lambda now: -now.order_id)
        return Orders(len(newest), all_shown(at, newest[offset : offset + limit]))
    over = tuple(one for one in vocabulary.OrdStatus if not one.standing.is_open)
    statuses = None if asked.which is Which.ALL else over
    query = ListOrders(accounts, on, side, statuses, offset=offset, limit=limit)
    found_page: OrderPage = host.exchange.view(query)
    return Orders(found_page.total, all_shown(at, found_page.orders))


async def get_order(host: Host, asked: GetOne) -> Order:
    """Return an order."""
    at = names.served(host, asked.venue)
    return shown(at, find(host, at, asked.order, asked.account))


def find(host: Host, at: Served, text: str, account: str | None = None) -> OrderReport:
    """
    Return the order that a text names: its venue's id, or else its client's name for it.

    Raises: ControlError when there is none, or there are several and no `account` is given.
    """
    order_id = at.venue.parse_order(text)
    owners = accounts_of(at, account)
    found = _found(host, owners, order_id, "") if order_id else []
    found = found or _found(host, owners, None, text)
    if len(found) > 1:
        text = f"several accounts call an order {names.echoed(text)}: say which account"
        raise ControlError(409, "ambiguous", text)
    if not found:
        raise ControlError(404, "unknown-order", f"no order is called {names.echoed(text)}")
    return found[0]


def shown(at: Served, now: OrderReport) -> Order:
    """Return an order as an operator sees it."""
    terms, on = now.terms, at.directory.instruments.get(now.instrument_id)
    return Order(
        order=at.venue.order_text(now),
        order_id=now.order_id,
        account=names.account_text(at.directory.accounts[now.account_id]),
        symbol=None if on is None else on.symbol,
        cl_ord_id=now.cl_ord_id,
        side=Side[terms.side.name],
        ord_type=word(terms.ord_type.name),
        time_in_force=word(terms.time_in_force.name),
        price=numbers.price_text(on, terms.price_ticks) if on and terms.price_ticks else None,
        order_qty=_qty(on, terms.order_qty_lots),
        cum_qty=_qty(on, now.cum_qty_lots),
        leaves_qty=_qty(on, now.leaves_qty_lots),
        avg_px=_avg_px(on, now),
        standing=word(now.standing.name),
        ord_status=word(now.ord_status.name),
        exec_type=word(now.exec_type.name),
        reason=_reason(now),
        submit_time=times.iso_ns(now.submit_ns),
        transact_time=times.iso_ns(now.transact_ns),
        expire_time=times.iso_ns(terms.expire_ns) if terms.expire_ns else None,
    )


def _found(
    host: Host, owners: tuple[AccountId, ...], order_id: OrderId | None, name: str
) -> list[OrderReport]:
    queries = (GetOrder(owner, order_id or OrderId(0), name, name) for owner in owners)
    return [now for query in queries if (now := host.exchange.view(query)) is not None]


def all_shown(at: Served, found: list[OrderReport] | tuple[OrderReport, ...]) -> tuple[Order, ...]:
    """Return orders as an operator sees them."""
    return tuple(shown(at, now) for now in found)


def accounts_of(at: Served, account: str | None) -> tuple[AccountId, ...]:
    """Return the account that is named, or all. Raises ControlError."""
    if account is None:
        return tuple(at.directory.accounts)
    return (names.account(at, account).account_id,)


def instruments_of(at: Served, symbol: str | None) -> tuple[InstrumentId, ...] | None:
    """Return the instrument that is named, or None for any. Raises ControlError."""
    return None if symbol is None else (names.instrument(at, symbol).instrument_id,)


def page(limit: int, offset: int) -> tuple[int, int]:
    """Return how many to show after how many. Raises ControlError."""
    if not 0 <= limit <= SHOWN_MAX:
        raise names.invalid("limit", f"is not between 0 and {SHOWN_MAX}")
    if offset < 0:
        raise names.invalid("offset", "is below zero")
    return limit, offset


def _qty(on: Instrument | None, lots: int) -> str | None:
    return None if on is None else numbers.qty_text(on, lots)


def _avg_px(on: Instrument | None, now: OrderReport) -> str | None:
    if on is None or not now.cum_qty_lots:
        return None
    return numbers.avg_px_text_half_even(on, now.cum_notional_minor, now.cum_qty_lots)


def _reason(now: OrderReport) -> str | None:
    if now.reject_reason is not None:
        return word(now.reject_reason.name)
    return None if now.cancel_reason is CancelReason.NONE else word(now.cancel_reason.name)


def word(name: str) -> str:
    """Return a word of the vocabulary as an operator reads it."""
    return name.lower().replace("_", "-")


_VENUE = f"{PREFIX}/venues/{{venue}}"

ROWS = (
    ControlRow(
        name="orders",
        method="GET",
        path=f"{_VENUE}/orders",
        message=ListThem,
        reply=Orders,
        run=list_orders,
        summary="List orders of any account",
    ),
    ControlRow(
        name="order",
        method="GET",
        path=f"{_VENUE}/orders/{{order}}",
        message=GetOne,
        reply=Order,
        run=get_order,
        summary="Show an order",
    ),
)
