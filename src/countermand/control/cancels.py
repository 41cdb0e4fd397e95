"""Cancels: of one order or many, as a venue may, and the end of its day orders."""

from __future__ import annotations

from msgspec import Struct

from countermand.control import names, orders
from countermand.control.acts import act
from countermand.control.host import Host, Served
from countermand.control.names import Side
from countermand.control.orders import GetOne, Order
from countermand.control.row import PREFIX, Asked, ControlError, ControlRow
from countermand.vocabulary import order as vocabulary
from countermand.vocabulary.commands import CancelOrder, MassCancel
from countermand.vocabulary.events import CancelRejected
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.order import TimeInForce
from countermand.vocabulary.queries import GetOrder, ListOpenOrders
from countermand.vocabulary.reasons import CancelReason
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import OrderReport
from countermand.wire import times


class CancelMany(Asked, frozen=True):
    """Which orders; None means any of the venue."""

    venue: str
    account: str | None = None
    symbol: str | None = None
    side: Side | None = None


class EndSession(Asked, frozen=True):
    """The venue whose session ends."""

    venue: str


class Canceled(Struct, frozen=True):
    """The orders that were canceled, in ascending order of their numbers."""

    orders: tuple[Order, ...]


class Ended(Struct, frozen=True):
    """When the session ended, in RFC 3339, and the orders that ended with it."""

    time: str
    orders: tuple[Order, ...]


async def cancel_order(host: Host, asked: GetOne) -> Order:
    """Cancel an order, as the venue may do by itself, and return it."""
    at = names.served(host, asked.venue)
    now = orders.find(host, at, asked.order, asked.account)
    receipt = await act(
        host, CancelOrder(now.account_id, now.order_id, delay_ns=0, reason=CancelReason.BY_VENUE)
    )
    event = receipt.events[0]
    if isinstance(event, CancelRejected):
        status = "gone" if event.ord_status is None else event.ord_status.name.lower()
        raise ControlError(409, "too-late", f"the order is {status.replace('_', ' ')} already")
    return orders.shown(at, receipt.orders[0])


async def cancel_all(host: Host, asked: CancelMany) -> Canceled:
    """Cancel every open order that fits, in one entry, and return them."""
    at = names.served(host, asked.venue)
    on = orders.instruments_of(at, asked.symbol) or tuple(at.directory.instruments)
    side = None if asked.side is None else vocabulary.Side[asked.side.name]
    account_id = AccountId(0)
    if asked.account is not None:
        account_id = names.account(at, asked.account).account_id
    receipt: Receipt = await act(host, MassCancel(account_id, on, side, delay_ns=0))
    return Canceled(orders.all_shown(at, receipt.orders))


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
    found = (host.exchange.view(GetOrder(now.account_id, now.order_id)) for now in due)
    ended = [now for now in found if now is not None]
    return Ended(times.iso_ns(host.clock.now_ns()), orders.all_shown(at, ended))


def _open(host: Host, at: Served) -> tuple[OrderReport, ...]:
    found: tuple[OrderReport, ...] = host.exchange.view(
        ListOpenOrders(orders.accounts_of(at, None))
    )
    return found


_VENUE = f"{PREFIX}/venues/{{venue}}"

ROWS = (
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
)
