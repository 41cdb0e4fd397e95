"""Evolve: what an event leaves behind in an order, a market and an account."""

from typing import get_args

import pytest
from tests.core.build import ALICE, BOB, PERCENT, PERP, SPOT, World

from countermand.core import evolve, evolve_orders
from countermand.vocabulary.events import Event
from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.order import ExecType, OrdStatus, SelfTradePrevention
from countermand.vocabulary.queries import GetAccount, GetOrder, GetQuote, ListFills
from countermand.vocabulary.reasons import CancelReason


def test_every_event_has_its_effect() -> None:
    """No event is forgotten, not even one without effect."""
    assert set(evolve.EVOLVERS) == set(get_args(Event))


def test_order_passes_through_its_states(world: World) -> None:
    """New, replaced, partly filled, filled: status, last happening and time each time."""
    order = world.sell(ALICE, 5, 100, "a1")
    submit_ns = world.exchange.ts_ns
    seen = []

    def look() -> None:
        report = world.report(ALICE, order)
        seen.append((report.ord_status, report.exec_type, report.leaves_qty_lots))
        assert report.transact_ns == world.exchange.ts_ns
        assert report.submit_ns == submit_ns

    look()
    world.replace(ALICE, order, qty=4)
    look()
    world.buy(BOB, 1, 100)
    look()
    world.buy(ALICE, 1, 100, stp=SelfTradePrevention.DECREMENT_AND_CANCEL)
    look()
    world.buy(BOB, 2, 100)
    look()

    assert seen == [
        (OrdStatus.NEW, ExecType.NEW, 5),
        (OrdStatus.NEW, ExecType.REPLACED, 4),
        (OrdStatus.PARTIALLY_FILLED, ExecType.TRADE, 3),
        (OrdStatus.PARTIALLY_FILLED, ExecType.RESTATED, 2),
        (OrdStatus.FILLED, ExecType.TRADE, 0),
    ]


def test_partly_filled_order_that_is_canceled_keeps_what_it_did(world: World) -> None:
    """Canceled means that nothing more will come."""
    order = world.sell(ALICE, 5, 100)
    world.buy(BOB, 2, 100)
    world.cancel(ALICE, order)
    report = world.report(ALICE, order)

    assert (report.ord_status, report.exec_type) == (OrdStatus.CANCELED, ExecType.CANCELED)
    assert report.cancel_reason is CancelReason.REQUESTED
    assert (report.terms.order_qty_lots, report.cum_qty_lots, report.leaves_qty_lots) == (5, 2, 0)
    assert report.cum_notional_minor == 2_000


def test_match_leaves_a_fill_with_each_side() -> None:
    """Each as its account sees it, with the order as it stood afterwards."""
    world = World(spot={"maker_fee_ppb": -PERCENT, "taker_fee_ppb": 2 * PERCENT})
    maker = world.sell(ALICE, 5, 100, "a1")
    taker = world.buy(BOB, 2, 101, "b1")
    (theirs,) = world.exchange.query(ListFills((ALICE,)))
    (ours,) = world.exchange.query(ListFills((BOB,)))

    assert (theirs.order_id, theirs.is_maker, theirs.fee_minor) == (maker, True, -20)
    assert (ours.order_id, ours.is_maker, ours.fee_minor) == (taker, False, 40)
    assert theirs.match_id == ours.match_id
    assert (theirs.terms.price_ticks, theirs.terms.order_qty_lots, theirs.cum_qty_lots) == (
        100,
        5,
        2,
    )
    assert (ours.terms.price_ticks, ours.terms.order_qty_lots, ours.cum_qty_lots) == (101, 2, 2)
    for fill in (theirs, ours):
        assert (fill.last_px_ticks, fill.last_qty_lots, fill.cum_notional_minor) == (100, 2, 2_000)
        assert fill.ts_ns == world.exchange.ts_ns


def test_fees_add_up_on_the_order() -> None:
    """Fill by fill."""
    world = World(spot={"taker_fee_ppb": PERCENT})
    world.sell(ALICE, 1, 100)
    world.sell(ALICE, 1, 110)
    order = world.buy(BOB, 2, 110)

    assert world.report(BOB, order).fee_minor == 10 + 11
    assert world.report(BOB, order).cum_notional_minor == 2_100


def test_market_remembers_its_last_trade_and_its_volume(world: World) -> None:
    """The mark is the reference price until something trades."""
    quote = world.exchange.query(GetQuote(SPOT))
    assert (quote.last_px_ticks, quote.mark_price_ticks) == (0, 100)

    world.trade(ALICE, BOB, 2, 101)
    world.trade(ALICE, BOB, 3, 99)
    quote = world.exchange.query(GetQuote(SPOT))
    assert (quote.last_px_ticks, quote.last_qty_lots, quote.mark_price_ticks) == (99, 3, 99)
    assert (quote.volume_lots, quote.volume_notional_minor) == (5, 2_020 + 2_970)
    assert quote.transact_ns == world.exchange.ts_ns


def test_settings_change_what_they_name(world: World) -> None:
    """And leave the rest."""
    world.set_state(TradingState.PAUSED)
    world.set_reference(120)
    instrument = world.exchange.query(GetQuote(SPOT)).instrument
    assert (instrument.trading_state, instrument.reference_price_ticks) == (
        TradingState.PAUSED,
        120,
    )

    world.configure(ALICE, name="al", trading_locked=True)
    world.configure(ALICE, reduce_only=True)
    account = world.exchange.query(GetAccount(ALICE)).account
    assert (account.name, account.trading_locked, account.reduce_only) == ("al", True, True)


def test_oldest_closed_orders_are_forgotten(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With their client ids, retired ones too, which then are free again."""
    monkeypatch.setattr(evolve_orders, "CLOSED_ORDERS_PER_ACCOUNT_MAX", 2)
    orders = [world.buy(ALICE, 1, 100, name) for name in ("a1", "a2", "a3")]
    world.replace(ALICE, orders[0], new_name="a4")
    for order in orders:
        world.cancel(ALICE, order)
    told = []
    for order in orders:
        world.cancel(ALICE, order)
        told += world.story
    assert told == [
        "cancel-refused - UNKNOWN_ORDER",
        "cancel-refused a2 TOO_LATE_TO_CANCEL CANCELED",
        "cancel-refused a3 TOO_LATE_TO_CANCEL CANCELED",
    ]
    on_record = [world.exchange.query(GetOrder(ALICE, order)) for order in orders]
    assert [report.order_id for report in on_record] == orders

    for name in ("a1", "a4"):
        world.buy(ALICE, 1, 100, name)
        assert world.story == [f"accepted {name} 1 @ 100", f"rested {name}"]
    world.buy(ALICE, 1, 100, "a2")
    assert world.story == ["rejected a2 DUPLICATE_CL_ORD_ID"]


def test_retired_names_are_remembered_up_to_a_bound(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often an order is renamed, it keeps so many of its names taken."""
    monkeypatch.setattr(evolve_orders, "RETIRED_CL_ORD_IDS_MAX", 2)
    order = world.buy(ALICE, 1, 100, "a1")
    for name in ("a2", "a3", "a4"):
        world.replace(ALICE, order, new_name=name)

    world.buy(ALICE, 1, 100, "a2")
    assert world.story == ["rejected a2 DUPLICATE_CL_ORD_ID"]
    world.buy(ALICE, 1, 100, "a1")
    assert world.story == ["accepted a1 1 @ 100", "rested a1"]


def test_account_that_may_only_reduce_cannot_grow_an_order(world: World) -> None:
    """Less is allowed, and more is not."""
    order = world.buy(ALICE, 5, 100, "a1", instrument_id=PERP)
    world.configure(ALICE, reduce_only=True)

    world.replace(ALICE, order, qty=6)
    assert world.report(ALICE, order).terms.order_qty_lots == 5
    world.replace(ALICE, order, qty=4)
    assert world.report(ALICE, order).terms.order_qty_lots == 4
