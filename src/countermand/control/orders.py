"""Orders: those of any account, found by what their venue or their client calls them."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from countermand.control import names
from countermand.control.acts import act
from countermand.control.host import Host, Served
from countermand.control.names import Side
from countermand.control.row import PREFIX, Asked, ControlError, ControlRow
from countermand.vocabulary import order as vocabulary
from countermand.vocabulary.commands import CancelOrder, MassCancel
from countermand.vocabulary.events import CancelRejected
from countermand.vocabulary.ids import AccountId, InstrumentId, OrderId
from countermand.vocabulary.instrument import FeeBasis, Instrument
from countermand.vocabulary.order import TimeInForce
from countermand.vocabulary.queries import GetOrder, ListFills, ListOpenOrders, ListOrders
from countermand.vocabulary.reasons import CancelReason
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import Fill, OrderPage, OrderReport
from countermand.wire import numbers, times

# So many orders or fills are shown at once.
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


class CancelMany(Asked, frozen=True):
    """Which orders; None means any of the venue."""

    venue: str
    account: str | None = None
    symbol: str | None = None
    side: Side | None = None


class EndSession(Asked, frozen=True):
    """Of which venue."""

    venue: str


class ListTheirFills(Asked, frozen=True):
    """Whose fills, and how many after how many."""

    venue: str
    account: str
    symbol: str | None = None
    limit: int = 100
    offset: int = 0


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


class Canceled(Struct, frozen=True):
    """The orders that were canceled, in ascending order of their numbers."""

    orders: tuple[Order, ...]


class Ended(Struct, frozen=True):
    """When the session ended, in RFC 3339, and the orders that ended with it."""

    time: str
    orders: tuple[Order, ...]


class Filled(Struct, frozen=True):
    """One side of a match, as its account sees it. Units: decimal text; `time` in RFC 3339."""

    order_id: int
    cl_ord_id: str
    symbol: str
    side: Side
    last_px: str
    last_qty: str
    fee: str
    fee_asset: str
    is_maker: bool
    time: str


class Fills(Struct, frozen=True):
    """Fills of an account, the newest first."""

    fills: tuple[Filled, ...]


async def list_orders(host: Host, asked: ListThem) -> Orders:
    """Return orders of a venue."""
    at = names.served(host, asked.venue)
    accounts, on = _accounts(at, asked.account), _instruments(at, asked.symbol)
    side = None if asked.side is None else vocabulary.Side[asked.side.name]
    limit, offset = _page(asked.limit, asked.offset)
    if asked.which is Which.OPEN:
        found = host.exchange.view(ListOpenOrders(accounts, on, side))
        newest = sorted(found, key=lambda now: -now.order_id)
        return Orders(len(newest), _all(at, newest[offset : offset + limit]))
    over = tuple(one for one in vocabulary.OrdStatus if not one.standing.is_open)
    statuses = None if asked.which is Which.ALL else over
    query = ListOrders(accounts, on, side, statuses, offset=offset, limit=limit)
    page: OrderPage = host.exchange.view(query)
    return Orders(page.total, _all(at, page.orders))


async def get_order(host: Host, asked: GetOne) -> Order:
    """Return an order."""
    at = names.served(host, asked.venue)
    return shown(at, find(host, at, asked.order, asked.account))


async def cancel_order(host: Host, asked: GetOne) -> Order:
    """Cancel an order, as the venue may do by itself, and return it."""
    at = names.served(host, asked.venue)
    now = find(host, at, asked.order, asked.account)
    receipt = await act(host, CancelOrder(now.account_id, now.order_id, delay_ns=0))
    event = receipt.events[0]
    if isinstance(event, CancelRejected):
        status = "gone" if event.ord_status is None else event.ord_status.name.lower()
        raise ControlError(409, "too-late", f"the order is {status.replace('_', ' ')} already")
    return shown(at, receipt.orders[0])


async def cancel_all(host: Host, asked: CancelMany) -> Canceled:
    """Cancel every open order that fits, in one entry for each account."""
    at = names.served(host, asked.venue)
    on = _instruments(at, asked.symbol) or tuple(at.directory.instruments)
    side = None if asked.side is None else vocabulary.Side[asked.side.name]
    account_id = AccountId(0)
    if asked.account is not None:
        account_id = names.account(at, asked.account).account_id
    receipt: Receipt = await act(host, MassCancel(account_id, on, side, delay_ns=0))
    return Canceled(_all(at, receipt.orders))


async def list_fills(host: Host, asked: ListTheirFills) -> Fills:
    """Return fills of an account."""
    at = names.served(host, asked.venue)
    accounts, on = _accounts(at, asked.account), _instruments(at, asked.symbol)
    limit, offset = _page(asked.limit, asked.offset)
    query = ListFills(accounts, instrument_ids=on, limit=limit, offset=offset)
    found: tuple[Fill, ...] = host.exchange.view(query)
    return Fills(tuple(_filled(at, one) for one in found))


async def end_session(host: Host, asked: EndSession) -> Ended:
    """
    Move the exchange's clock on to when the venue's day orders end, and return those that did.

    It is the clock of every venue. Where day orders end at several times, it is the first.
    """
    at = names.served(host, asked.venue)
    of_day = [now for now in _open(host, at) if now.terms.time_in_force is TimeInForce.DAY]
    ends = sorted(now.terms.expire_ns for now in of_day if now.terms.expire_ns)
    if not ends:
        text = f"no open order of {asked.venue} ends with its session"
        raise ControlError(409, "no-session", text)
    await host.clock.set(max(ends[0], host.clock.now_ns()))
    due = [now for now in of_day if 0 < now.terms.expire_ns <= ends[0]]
    ended = [host.exchange.view(GetOrder(now.account_id, now.order_id)) for now in due]
    return Ended(times.iso_ns(host.clock.now_ns()), _all(at, ended))


def find(host: Host, at: Served, text: str, account: str | None = None) -> OrderReport:
    """
    Return the order that a text names: its venue's id, or else its client's name for it.

    Raises: ControlError when there is none, or there are several and no `account` is given.
    """
    order_id = at.venue.parse_order(text)
    owners = _accounts(at, account)
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
        ord_type=_word(terms.ord_type.name),
        time_in_force=_word(terms.time_in_force.name),
        price=numbers.price_text(on, terms.price_ticks) if on and terms.price_ticks else None,
        order_qty=_qty(on, terms.order_qty_lots),
        cum_qty=_qty(on, now.cum_qty_lots),
        leaves_qty=_qty(on, now.leaves_qty_lots),
        avg_px=_avg_px(on, now),
        standing=_word(now.standing.name),
        ord_status=_word(now.ord_status.name),
        exec_type=_word(now.exec_type.name),
        reason=_reason(now),
        submit_time=times.iso_ns(now.submit_ns),
        transact_time=times.iso_ns(now.transact_ns),
        expire_time=times.iso_ns(terms.expire_ns) if terms.expire_ns else None,
    )


def _open(host: Host, at: Served) -> tuple[OrderReport, ...]:
    found: tuple[OrderReport, ...] = host.exchange.view(ListOpenOrders(_accounts(at, None)))
    return found


def _found(
    host: Host, owners: tuple[AccountId, ...], order_id: OrderId | None, name: str
) -> list[OrderReport]:
    queries = (GetOrder(owner, order_id or OrderId(0), name, name) for owner in owners)
    return [now for query in queries if (now := host.exchange.view(query)) is not None]


def _all(at: Served, found: list[OrderReport] | tuple[OrderReport, ...]) -> tuple[Order, ...]:
    return tuple(shown(at, now) for now in found)


def _accounts(at: Served, account: str | None) -> tuple[AccountId, ...]:
    if account is None:
        return tuple(at.directory.accounts)
    return (names.account(at, account).account_id,)


def _instruments(at: Served, symbol: str | None) -> tuple[InstrumentId, ...] | None:
    return None if symbol is None else (names.instrument(at, symbol).instrument_id,)


def _page(limit: int, offset: int) -> tuple[int, int]:
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
        return _word(now.reject_reason.name)
    return None if now.cancel_reason is CancelReason.NONE else _word(now.cancel_reason.name)


def _filled(at: Served, fill: Fill) -> Filled:
    on = at.directory.instruments[fill.instrument_id]
    # As the core charges it: what is received, where that is the basis, else money.
    is_base = on.fee_basis is FeeBasis.RECEIVED and fill.terms.side is vocabulary.Side.BUY
    of = at.directory.assets[on.base_asset_id if is_base else on.quote_asset_id]
    return Filled(
        fill.order_id,
        fill.cl_ord_id,
        on.symbol,
        Side[fill.terms.side.name],
        numbers.price_text(on, fill.last_px_ticks),
        numbers.qty_text(on, fill.last_qty_lots),
        numbers.minor_text(of, fill.fee_minor),
        of.symbol,
        fill.is_maker,
        times.iso_ns(fill.ts_ns),
    )


def _word(name: str) -> str:
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
    ControlRow(
        name="cancel-order",
        method="POST",
        path=f"{_VENUE}/orders/{{order}}/cancel",
        message=GetOne,
        reply=Order,
        run=cancel_order,
        summary="Cancel an order of any account, as the venue may",
    ),
    ControlRow(
        name="cancel-all",
        method="POST",
        path=f"{_VENUE}/cancel-all",
        message=CancelMany,
        reply=Canceled,
        run=cancel_all,
        summary="Cancel the open orders of a venue, an account or a market",
    ),
    ControlRow(
        name="end-session",
        method="POST",
        path=f"{_VENUE}/end-session",
        message=EndSession,
        reply=Ended,
        run=end_session,
        summary="Move the clock on to the end of a venue's day orders",
    ),
    ControlRow(
        name="fills",
        method="GET",
        path=f"{_VENUE}/accounts/{{account}}/fills",
        message=ListTheirFills,
        reply=Fills,
        run=list_fills,
        summary="List the fills of an account",
    ),
)
