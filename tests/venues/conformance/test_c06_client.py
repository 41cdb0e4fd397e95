"""C06: our client against our server, in process, over the venue's own bytes."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from tests.venues.conformance.asking import skip_lacking
from tests.venues.conformance.losses import losses
from tests.venues.conformance.trader import Trader, core_view

from countermand.vocabulary.commands import AdvanceTime, CancelOrder, MassCancel, SetDelays
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import OrdStatus, Side
from countermand.vocabulary.queries import (
    GetAccount,
    GetQuote,
    GetReferenceData,
    ListFills,
    ListQuotes,
)
from countermand.vocabulary.reasons import CxlRejReason
from countermand.vocabulary.reports import AccountSummary
from countermand.wire.errors import CancelRefused, Forbidden, NotExpressible, Unauthorized
from countermand.wire.operation import Access, Operation

LATER_NS = 10**9


def test_order_is_placed_read_and_canceled(alice: Trader) -> None:
    """Each answer tells what the exchange knows."""
    placed = alice.place("one", Side.BUY, 1000)
    assert (placed.ord_status, placed.terms.order_qty_lots) == (OrdStatus.NEW, 1000)
    read = alice.read(placed.order_id)
    assert (read.ord_status, read.terms.order_qty_lots) == (OrdStatus.NEW, 1000)
    check_canceled(alice, placed)


def check_canceled(alice: Trader, order: Any) -> None:
    """Cancel an order, and see that the answer says so and why."""
    canceled = alice.cancel(order)
    known = core_view(alice, order.order_id)
    assert (canceled.ord_status, canceled.cancel_reason) == (
        OrdStatus.CANCELED,
        known.cancel_reason,
    )


def test_open_order_is_listed_until_it_is_canceled(alice: Trader) -> None:
    """The list shows it as it is read."""
    skip_lacking(alice.desk, Operation.LIST_ORDERS)
    placed = alice.place("one", Side.BUY, 1000)
    assert (alice.read(placed.order_id),) == alice.listed()

    alice.cancel(placed)
    assert alice.listed() == ()


def test_order_is_replaced_by_less_and_canceled(alice: Trader) -> None:
    """The order keeps one identity in every list and read."""
    skip_lacking(alice.desk, Operation.REPLACE_ORDER)
    placed = alice.place("one", Side.BUY, 1000)
    command = alice.replacement(placed.order_id, 700)
    replaced = alice.tell(Operation.REPLACE_ORDER, command)
    assert (replaced.cl_ord_id, replaced.terms.order_qty_lots) == (command.new_cl_ord_id, 700)
    assert alice.read(placed.order_id).terms.order_qty_lots == 700
    if Operation.LIST_ORDERS not in losses(alice.desk).lacks:
        assert (alice.read(placed.order_id),) == alice.listed()
    check_canceled(alice, placed)


def test_pending_orders_are_shown_as_open(alice: Trader) -> None:
    """A new order and one with a pending cancel are open."""
    alice.desk.engine.enter(SetDelays(alice.desk.venue.name, new_ns=LATER_NS, cancel_ns=LATER_NS))
    placed = alice.place("one", Side.BUY, 1000)
    assert alice.read(placed.order_id).is_open
    alice.desk.clock.ns += 2 * LATER_NS
    alice.desk.engine.enter(AdvanceTime())
    alice.cancel(placed)
    assert alice.read(placed.order_id).is_open

    alice.desk.clock.ns += 2 * LATER_NS
    alice.desk.engine.enter(AdvanceTime())
    assert alice.read(placed.order_id).ord_status is OrdStatus.CANCELED


def test_fill_wins_over_a_cancel(alice: Trader, bob: Trader) -> None:
    """A cancel that came too late says what it was too late for."""
    placed = alice.place("one", Side.BUY, 1000)
    assert bob.place("hit", Side.SELL, 1000).ord_status is OrdStatus.FILLED

    late = CancelRefused(CxlRejReason.TOO_LATE_TO_CANCEL, OrdStatus.FILLED)
    with pytest.raises(CancelRefused) as caught:
        alice.cancel(placed)
    expected = alice.desk.venue.refusals.loses(late)
    assert isinstance(expected, CancelRefused)
    assert (expected.cxl_rej_reason, expected.ord_status) == (
        caught.value.cxl_rej_reason,
        caught.value.ord_status,
    )
    assert alice.read(placed.order_id).ord_status is OrdStatus.FILLED


def traded(alice: Trader, bob: Trader) -> Any:
    """Return an order of hers that was filled by his."""
    placed = alice.place("one", Side.BUY, 1000)
    bob.place("hit", Side.SELL, 1000)
    return placed


def account(trader: Trader) -> AccountSummary:
    """Return an account as the exchange itself has it."""
    summary = trader.desk.engine.exchange.query(GetAccount(trader.account_id))
    assert isinstance(summary, AccountSummary)
    return summary


def test_fills_after_a_trade(alice: Trader, bob: Trader) -> None:
    """Each fill names its order."""
    skip_lacking(alice.desk, Operation.LIST_FILLS)
    placed = traded(alice, bob)
    fills = alice.ask(Operation.LIST_FILLS, ListFills((alice.account_id,)))

    untold = losses(alice.desk).untold.get(Operation.LIST_FILLS, frozenset())
    known = {"order_id": placed.order_id, "last_qty_lots": 1000, "is_maker": True}
    told = {name: value for name, value in known.items() if name not in untold}
    assert [{name: getattr(f, name) for name in told} for f in fills] == [told]


def test_position_after_a_trade(alice: Trader, bob: Trader) -> None:
    """The position has the quantity and the cost."""
    skip_lacking(alice.desk, Operation.LIST_POSITIONS)
    traded(alice, bob)
    positions = alice.ask(Operation.LIST_POSITIONS, GetAccount(alice.account_id))

    assert [(p.net_lots, p.cost_minor) for p in positions] == [
        (p.net_lots, p.cost_minor) for p in account(alice).positions
    ]


def test_balances_after_a_trade(alice: Trader, bob: Trader) -> None:
    """The balances are exact to the last unit; some venues tell when they changed."""
    skip_lacking(alice.desk, Operation.LIST_BALANCES)
    traded(alice, bob)
    balances = alice.ask(Operation.LIST_BALANCES, GetAccount(alice.account_id))

    assert [replace(one, transact_ns=0) for one in balances] == [
        replace(one, transact_ns=0) for one in account(alice).balances
    ]


def test_partly_filled_order_is_canceled_for_the_rest(alice: Trader, bob: Trader) -> None:
    """The traded quantity stays traded."""
    placed = alice.place("one", Side.BUY, 2000)
    bob.place("hit", Side.SELL, 800)
    if losses(alice.desk).has_client_ids:
        by_name = CancelOrder(alice.account_id, OrderId(0), "one")
        canceled = alice.tell(Operation.CANCEL_ORDER, by_name)
    else:
        canceled = alice.cancel(placed)
    known = core_view(alice, placed.order_id)

    assert canceled.ord_status is OrdStatus.CANCELED
    assert (canceled.cum_qty_lots, canceled.cum_notional_minor, canceled.fee_minor) == (
        known.cum_qty_lots,
        known.cum_notional_minor,
        known.fee_minor,
    )


def test_mass_cancel_takes_the_orders_that_match(alice: Trader) -> None:
    """No other order is canceled."""
    skip_lacking(alice.desk, Operation.MASS_CANCEL)
    buys = [alice.place(f"b{n}", Side.BUY, 1000).order_id for n in range(3)]
    others = [i for i in alice.desk.directory.instruments if i != alice.market.instrument_id]
    elsewhere = MassCancel(alice.account_id, tuple(others[:1]))
    assert alice.cancel_many(elsewhere) == ()

    here = MassCancel(alice.account_id, (alice.market.instrument_id,))
    taken = alice.tell(Operation.MASS_CANCEL, here)
    assert [order.order_id for order in taken] == buys
    assert {order.ord_status for order in taken} == {OrdStatus.CANCELED}


def test_mass_cancel_of_a_side_takes_that_side(alice: Trader) -> None:
    """A venue without words for a side is sent nothing."""
    skip_lacking(alice.desk, Operation.MASS_CANCEL)
    buys = [alice.place(f"b{n}", Side.BUY, 1000).order_id for n in range(3)]
    try:
        taken = alice.tell(
            Operation.MASS_CANCEL, MassCancel(alice.account_id, None, Side.SELL)
        ) + alice.tell(Operation.MASS_CANCEL, MassCancel(alice.account_id, None, Side.BUY))
    except NotExpressible:
        assert {core_view(alice, order_id).is_open for order_id in buys} == {True}
    else:
        assert [order.order_id for order in taken] == buys


def test_order_of_another_is_unknown(alice: Trader, bob: Trader) -> None:
    """Another account's order cannot be read or canceled by its id."""
    placed = alice.place("one", Side.BUY, 1000)
    with pytest.raises(CancelRefused) as caught:
        bob.cancel(placed)
    expected = alice.desk.venue.refusals.loses(CancelRefused(CxlRejReason.UNKNOWN_ORDER, None))
    assert isinstance(expected, CancelRefused)
    assert caught.value.cxl_rej_reason is expected.cxl_rej_reason
    as_hers = CancelOrder(
        alice.account_id, placed.order_id, instrument_id=alice.market.instrument_id
    )
    for command in (as_hers, replace(as_hers, instrument_id=0)):
        with pytest.raises((Forbidden, NotExpressible)):
            bob.ask(Operation.CANCEL_ORDER, command)
    assert core_view(alice, placed.order_id).is_open


def test_accounts_are_told(alice: Trader) -> None:
    """The client learns the accounts by the names that it sends back."""
    skip_lacking(alice.desk, Operation.LIST_ACCOUNTS)
    accounts = alice.ask(Operation.LIST_ACCOUNTS, GetReferenceData(alice.desk.venue.name))

    assert accounts == tuple(alice.desk.accounts())


def test_markets_are_told(alice: Trader) -> None:
    """The client learns all it needs to trade."""
    skip_lacking(alice.desk, Operation.LIST_INSTRUMENTS)
    known = alice.desk.directory.instruments.values()
    told = alice.ask(Operation.LIST_INSTRUMENTS, ListQuotes(alice.desk.venue.name))

    assert [(i.instrument_id, i.symbol, i.notional_minor, i.lot_minor) for i in known] == [
        (i.instrument_id, i.symbol, i.notional_minor, i.lot_minor)
        for i in (quote.instrument for quote in told)
    ]


def test_mark_is_told(alice: Trader) -> None:
    """Before the first trade the mark is the reference price."""
    skip_lacking(alice.desk, Operation.GET_QUOTE)
    if "mark_price_ticks" in losses(alice.desk).untold.get(Operation.GET_QUOTE, ()):
        pytest.skip(f"{alice.desk.venue.name} declares that a quote does not tell the mark")
    quote = alice.ask(Operation.GET_QUOTE, GetQuote(alice.market.instrument_id))

    assert quote.mark_price_ticks == alice.market.reference_price_ticks


def test_key_that_may_only_look(alice: Trader) -> None:
    """Sees, and does not act."""
    looker = Trader(alice.desk, "alice", 1)
    name = alice.desk.venue.name
    may_trade = Access.TRADE in looker.credential.access
    assert not may_trade, f'{name}: demo.toml gives the second key of alice access = ["view"]'
    placed = alice.place("one", Side.BUY, 1000)

    assert looker.read(placed.order_id)
    with pytest.raises(type(alice.desk.venue.refusals.loses(Forbidden("may only look")))):
        looker.cancel(placed)
    assert core_view(alice, placed.order_id).is_open


def test_unproven_is_refused(alice: Trader) -> None:
    """A key of another world opens nothing."""
    placed = alice.place("one", Side.BUY, 1000)
    alice.credential = losses(alice.desk).stranger(alice.credential)
    with pytest.raises(Unauthorized):
        alice.read(placed.order_id)
