"""
Within: what faults do inside a conversation, between what it asks and what it is told.

    conversation ─ask─► act ─ask─► ... the exchange
                 ◄told─     ◄told─

An act is a generator that is given an ask, may ask other things instead, and returns what the
conversation is told. Only reads are shown old news; what decides anything sees what is.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any

from msgspec.structs import replace

from countermand.engine.lagging import Lagging
from countermand.vocabulary.commands import (
    CancelOrder,
    Command,
    MassCancel,
    NewOrder,
    RecordRejected,
    ReplaceList,
    ReplaceOrder,
    SubmitOrder,
)
from countermand.vocabulary.events import CancelRejected, Event, OrderRejected
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.queries import GetOrder, ListOpenOrders, Query
from countermand.vocabulary.reasons import CxlRejReason, CxlRejResponseTo, RejectReason
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import OrderPage, OrderReport
from countermand.wire import times
from countermand.wire.conversation import Ask, Serving

Told = Generator[Ask, Any, Any]
Act = Callable[[Any], Told]

# The commands that the exchange may apply later than it takes them.
_TAKE_TIME = (NewOrder, SubmitOrder, ReplaceOrder, ReplaceList, CancelOrder, MassCancel)

# Whether a fault is about an order; None is an order that is not known.
IsAbout = Callable[[OrderReport | None], bool]


def acted(steps: Serving[Any], act: Act) -> Serving[Any]:
    """Run a conversation with an act between it and what it asks."""
    move: Callable[[Any], Any] = steps.send
    value: Any = None
    try:
        while True:
            ask = move(value)
            try:
                move, value = steps.send, (yield from act(ask))
            except Exception as error:  # noqa: BLE001 - it is the conversation's to deal with
                move, value = steps.throw, error
    except StopIteration as end:
        return end.value


def stale(lagging: Lagging) -> Act:
    """Answer queries as of a while ago."""

    def act(ask: Any) -> Told:
        return lagging.view(ask) if isinstance(ask, Query) else (yield ask)

    return act


def unseen(until_ns: int, is_about: IsAbout) -> Act:
    """Leave out the orders that were taken later than `until_ns`."""

    def is_hidden(order: OrderReport) -> bool:
        return order.submit_ns > until_ns and is_about(order)

    def act(ask: Any) -> Told:
        told = yield ask
        if isinstance(told, OrderReport):
            return None if is_hidden(told) else told
        if isinstance(told, OrderPage):
            kept = tuple(order for order in told.orders if not is_hidden(order))
            return OrderPage(told.total - len(told.orders) + len(kept), kept)
        if isinstance(ask, ListOpenOrders):
            return tuple(order for order in told if not is_hidden(order))
        return told

    return act


def pending(delay_s: Callable[[], float]) -> Act:
    """Have orders, cancels and replacements taken now and applied later, as the exchange does."""

    def act(ask: Any) -> Told:
        delay_ns = int(delay_s() * times.S)
        if isinstance(ask, tuple):
            return (yield tuple(_delayed(command, delay_ns) for command in ask))
        return (yield _delayed(ask, delay_ns))

    return act


def _delayed(ask: Any, delay_ns: int) -> Any:
    return replace(ask, delay_ns=delay_ns) if isinstance(ask, _TAKE_TIME) else ask


def item_failed(now_ns: int, is_about: IsAbout, strikes: Callable[[], bool]) -> Act:
    """Refuse one command of a batch, or leave one order of a mass cancel as it is."""

    def act(ask: Any) -> Told:
        if isinstance(ask, MassCancel) and ask.account_id:
            return (yield from _without_one(ask, is_about, strikes))
        if not isinstance(ask, tuple) or not ask:
            return (yield ask)
        named = yield from _named(ask)
        for at, order in enumerate(named):
            if is_about(order) and strikes():
                return (yield from _but_one(ask, at, order, now_ns))
        return (yield ask)

    return act


def _named(commands: Sequence[Command]) -> Generator[Ask, Any, list[OrderReport | None]]:
    found = []
    for command in commands:
        order = None
        if isinstance(command, CancelOrder | ReplaceOrder):
            secondary = getattr(command, "secondary_cl_ord_id", "")
            names = (command.order_id, command.cl_ord_id, secondary)
            order = yield GetOrder(command.account_id, *names)
        found.append(order)
    return found


def _but_one(
    commands: tuple[Command, ...], at: int, order: OrderReport | None, now_ns: int
) -> Told:
    command, before, after = commands[at], commands[:at], commands[at + 1 :]
    if isinstance(command, NewOrder) and command.keep_rejected:
        # Its venue remembers orders that are refused.
        terms, reason = command.terms, RejectReason.MARKET_CLOSED
        kept = RecordRejected(command.account_id, terms, reason, command.instrument_id)
        return (yield (*before, kept, *after))
    others: tuple[Receipt, ...] = yield (*before, *after)
    refused = Receipt(0, now_ns, (_refusal(command, order),), ())
    return (*others[:at], refused, *others[at:])


def _refusal(command: Any, order: OrderReport | None) -> Event:
    if isinstance(command, CancelOrder | ReplaceOrder):
        is_cancel = isinstance(command, CancelOrder)
        to = CxlRejResponseTo.CANCEL if is_cancel else CxlRejResponseTo.REPLACE
        named = (command.account_id, to, command.cl_ord_id)
        return CancelRejected(*named, CxlRejReason.OTHER, order)
    account_id = AccountId(getattr(command, "account_id", 0))
    cl_ord_id = getattr(command, "cl_ord_id", "")
    return OrderRejected(account_id, cl_ord_id, RejectReason.MARKET_CLOSED)


def _without_one(ask: MassCancel, is_about: IsAbout, strikes: Callable[[], bool]) -> Told:
    query = ListOpenOrders((ask.account_id,), ask.instrument_ids, ask.side)
    open_ones: Sequence[OrderReport] = yield query
    ascending = sorted(open_ones, key=lambda order: order.order_id)
    spared = next(filter(is_about, ascending), None)
    if spared is None or not strikes():
        return (yield ask)
    others = tuple(order.order_id for order in ascending if order is not spared)
    return (yield replace(ask, order_ids=others))
