"""
The core against the oracle: same commands, same events, same money, same books, step by step.

A failure in a plain run prints its seed; `COUNTERMAND_SEED=n` runs that seed once more.
"""

import itertools
import os
import random
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.core import dense
from tests.core.conftest import CLOSED_MAX, OPEN_MAX, STAGED_MAX, TRADES_MAX
from tests.core.oracle import Oracle
from tests.core.traffic import KINDS, OF_LISTS, Traffic, founding
from tests.core.twin import Twin

from countermand.core import (
    all_or_none,
    canceling,
    checks,
    decide,
    evolve,
    exposure,
    fees,
    funding,
    ledger,
    linked,
    lists,
    matching,
    placing,
    reactions,
    relinking,
    scheduled,
    sizing,
    slots,
    triggers,
)
from countermand.core.aliases import Aliases
from countermand.core.decision import Decision
from countermand.vocabulary import commands, events
from countermand.vocabulary.events import (
    CancelRejected,
    Event,
    InstructionRejected,
    ListRejected,
    ListReplaced,
    OrderAccepted,
    OrderCanceled,
    OrderRejected,
    OrderReplaced,
    OrderRestated,
    OrderRested,
    Traded,
)
from countermand.vocabulary.order import (
    Contingency,
    OrdType,
    Pending,
    PositionEffect,
    Schedule,
    SelfTradePrevention,
    Side,
    Standing,
    TriggerDirection,
)
from countermand.vocabulary.reasons import CancelReason, CxlRejReason, RejectReason
from countermand.vocabulary.reports import OrderReport

SEEDS = [1, 2, 3]
STAGING = {
    RejectReason.UNKNOWN_ORDER,
    RejectReason.ALREADY_SUBMITTED,
    RejectReason.STAGING_EXPIRED,
}
# Processes that share a run name the same tests: the run's name is theirs in common.
_RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", "") or str(random.SystemRandom().random())
FRESH_SEED = int(os.environ.get("COUNTERMAND_SEED", random.Random(_RUN).randrange(10**9)))


pytestmark = pytest.mark.usefixtures("small_bounds")


class Comparison(RuleBasedStateMachine):
    """Hypothesis chooses markets and commands; core and oracle must never differ."""

    @initialize(data=st.data())
    def found(self, data: st.DataObject) -> None:
        """Open the markets and the accounts."""
        self.draw = data.draw
        self.twin = Twin(Oracle(OPEN_MAX, CLOSED_MAX, TRADES_MAX, STAGED_MAX))
        self.traffic = Traffic(self.pick)
        for command in founding(self.pick):
            self.twin.apply(command)

    def pick(self, options: Any) -> Any:
        """Let hypothesis choose one."""
        return self.draw(st.sampled_from(list(options)))

    @rule(data=st.data())
    def command(self, data: st.DataObject) -> None:
        """Ask both for the same."""
        self.draw = data.draw
        command = self.traffic.command(self.twin.seq + 1, self.twin.ts_ns + 1)
        note(repr(command))
        self.traffic.learn(self.twin.apply(command).events)

    @invariant()
    def agrees(self) -> None:
        """Compare all there is."""
        if hasattr(self, "twin"):
            self.twin.compare()
            self.twin.exchange.check_invariants()


TestComparison = Comparison.TestCase


def run(seed: int, count: int, kinds: Sequence[str] = KINDS) -> list[Event]:
    """Run random traffic through core and oracle and return all that happened."""
    pick = random.Random(seed).choice
    twin = Twin(Oracle(OPEN_MAX, CLOSED_MAX, TRADES_MAX, STAGED_MAX))
    traffic = Traffic(pick, kinds)
    for command in founding(pick):
        twin.apply(command)
    happened: list[Event] = []
    for index in range(count):
        command = traffic.command(twin.seq + 1, twin.ts_ns + 1)
        try:
            receipt = twin.apply(command)
            if index % 10 == 0:
                twin.compare()
            if index % 100 == 0:
                twin.exchange.check_invariants()
        except Exception as error:
            error.add_note(f"seed {seed}, entry {twin.seq}: {command}")
            raise
        traffic.learn(receipt.events)
        happened += receipt.events
    twin.compare()
    return happened


@pytest.mark.parametrize("seed", [FRESH_SEED])
@pytest.mark.parametrize("count", [2_000, pytest.param(30_000, marks=pytest.mark.soak)])
def test_core_and_oracle_agree_over_a_long_run(seed: int, count: int) -> None:
    """Thousands of commands, and not one difference."""
    happened = run(seed, count)

    assert len(happened) > count


@pytest.mark.parametrize("seed", [FRESH_SEED])
@pytest.mark.parametrize("count", [1_000, pytest.param(20_000, marks=pytest.mark.soak)])
def test_core_and_oracle_agree_where_lists_are_replaced(seed: int, count: int) -> None:
    """Over and over, as a whole, and mostly something comes of it."""
    happened = run(seed, count, OF_LISTS)

    replaced = sum(isinstance(event, ListReplaced) for event in happened)
    refused = [e for e in happened if isinstance(e, CancelRejected)]
    assert replaced > count // 50
    assert len(refused) > count // 50


@pytest.fixture(scope="module")
def happened(small_bounds: None) -> list[Event]:
    """Return what some long runs bring about."""
    plain = [event for seed in (*SEEDS, 4, 5, 6) for event in run(seed, 5_500)]
    return plain + [event for seed in SEEDS for event in run(seed, 1_500, OF_LISTS)]


def test_the_traffic_reaches_every_answer_there_is(happened: list[Event]) -> None:
    """Agreement says something only of what was tried, and everything is tried."""
    refusals = {event.reason for event in happened if isinstance(event, OrderRejected)}
    ends = {e.order.cancel_reason for e in happened if isinstance(e, OrderCanceled)}
    faults = {event.reject_reason for event in happened if isinstance(event, CancelRejected)}

    told = {event.reason for event in happened if isinstance(event, InstructionRejected)}

    not_of_orders = {
        RejectReason.NOTHING_TO_REPLACE,
        RejectReason.QTY_BELOW_EXECUTED,
        RejectReason.DUPLICATE_NAME,
        RejectReason.INVALID_LIST,
        RejectReason.CONDITION_NOT_MET,
        RejectReason.LIST_UNDERWAY,
        *STAGING,
    }
    listed = {event.reason for event in happened if isinstance(event, ListRejected)}
    assert RejectReason.INVALID_LIST in listed
    assert refusals == set(RejectReason) - not_of_orders
    assert told == {
        RejectReason.UNKNOWN_ACCOUNT,
        RejectReason.UNKNOWN_INSTRUMENT,
        RejectReason.MARKET_CLOSED,
        RejectReason.PRICE_NOT_POSITIVE,
        RejectReason.PRICE_OUTSIDE_BAND,
        RejectReason.INSUFFICIENT_FUNDS,
        RejectReason.DUPLICATE_NAME,
        RejectReason.INVALID_AMOUNT,
        *STAGING,
    }
    assert ends == set(CancelReason) - {CancelReason.NONE, CancelReason.EXPIRED}
    replacing = {RejectReason.NOTHING_TO_REPLACE, RejectReason.QTY_BELOW_EXECUTED}
    replacing |= {RejectReason.CONDITION_NOT_MET, RejectReason.LIST_UNDERWAY}
    replacing.add(RejectReason.INVALID_LIST)
    assert {None, RejectReason.SELF_TRADE, *replacing} <= faults
    assert {type(event) for event in happened} >= set(evolve.EVOLVERS)


def test_the_traffic_reaches_every_way_to_place(happened: list[Event]) -> None:
    """Orders for cash of both sides, what rests at the best price, what is kept though refused."""
    accepted = [event.order for event in happened if isinstance(event, OrderAccepted)]
    left_over = OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT
    restated = {
        e.order.terms.ord_type is left_over for e in happened if isinstance(e, OrderRestated)
    }
    kept = {e.order is not None for e in happened if isinstance(e, OrderRejected)}

    assert {event.terms.side for event in accepted if event.terms.cash_minor} == set(Side)
    assert {event.terms.ord_type for event in accepted} == set(OrdType)
    assert {event.terms.stp for event in accepted} == set(SelfTradePrevention)
    assert restated == kept == {True, False}
    assert {event.terms.position_effect for event in accepted} == set(PositionEffect)


def test_the_traffic_reaches_every_kind_of_list_and_trigger(happened: list[Event]) -> None:
    """Alone and let in by another, held back and let in, asleep and awake, and pending."""
    orders = [now for event in happened for now in event.orders]
    links = {(o.terms.link.contingency, o.terms.link.is_child) for o in orders if o.terms.link}
    triggers = [o.terms.trigger for o in orders if o.terms.trigger]
    held = [type(e) for e in happened for o in e.orders if o.standing is Standing.HELD]
    why = {event.cxl_rej_reason for event in happened if isinstance(event, CancelRejected)}

    assert {(c, child) for c in Contingency for child in (False, True)} == links
    assert {(t.direction, t.is_trailing) for t in triggers} == {
        (direction, trails) for direction in TriggerDirection for trails in (False, True)
    }
    assert {OrderAccepted, Traded} <= set(held)
    assert any(o.terms.schedule and o.cum_qty_lots for o in orders)
    assert {order.pending for order in orders} == set(Pending)
    assert {order.standing for order in orders} == set(Standing)
    assert set(CxlRejReason) == why


def test_the_traffic_lets_resting_orders_come_in(happened: list[Event]) -> None:
    """What trades whole or not at all does so after another order has come to rest."""
    pairs = itertools.pairwise(happened)
    assert any(_rests(one) and type(then) is Traded for one, then in pairs)


def _rests(event: Event) -> bool:
    at_once = isinstance(event, OrderAccepted) and event.order.standing is Standing.RESTING
    return at_once or isinstance(event, OrderRested)


# The canary: cores broken on purpose. The comparison must notice every one.


def _fee_off_by_one(amount: int, rate_ppb: int) -> int:
    return amount * rate_ppb // 1_000_000_000 + 1


def _priority_lost(state: Any, event: Any) -> None:
    evolve_replaced(state, event)
    order = state.orders[event.order.order_id]
    ladder = state.markets[order.now.instrument_id].book.ladder(order.now.terms.side)
    if event.keeps_priority and order.now.standing is Standing.RESTING:
        ladder.remove(order.now)
        ladder.add(order)


def _hold_left_over(account: Any, instrument: Any, before: OrderReport, now: OrderReport) -> None:
    rehold(account, instrument, before, now)
    if before.hold_minor and now.cum_qty_lots and not now.hold_minor:
        asset = ledger.hold_asset(instrument, now.terms.side)
        account.balance(asset).hold_minor += 1


def _always_covered(*_: Any) -> bool:
    return True


def _descending(state: Any, seq: int, ts_ns: int, command: Any) -> Decision:
    *canceled, report = mass_cancel(state, seq, ts_ns, command).events
    return Decision([*reversed(canceled), report])


def _a_step_too_much(numerator: int, denominator: int) -> int:
    return half_even(numerator, denominator) + 1


def _halves_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def _sells_forgotten(instrument: Any, position: Any, *more: Any, **rate: Any) -> int:
    # Of a binary position only what stands and what the buys would leave.
    if instrument.is_binary:
        net, buys = position.net_lots, position.open_buy_lots
        short = instrument.payout_minor * max(0, -net - buys)
        return max(instrument.payout_minor * max(0, -net), position.open_buy_minor + short)
    return margin(instrument, position, *more, **rate)


def _spends_a_lot_too_much(market: Any, account_id: Any, terms: Any) -> int:
    return order_qty_lots(market, account_id, terms) + bool(terms.cash)


def _oldest_first(aliases: Aliases, name: str) -> Any:
    return next(iter(aliases._open.get(name, ())), aliases._closed.get(name))


def _unfunded_left(state: Any, event: Any) -> Iterator[list[Event]]:
    yield from itertools.islice(unfunded(state, event), 1)


def _shorts_go_free(state: Any, account: Any, instrument: Any, price_ticks: int) -> None:
    if account.net_lots(instrument.instrument_id) > 0:
        settle_position(state, account, instrument, price_ticks)


def _tried_once(state: Any, event: Any) -> Iterator[list[Event]]:
    # Only where what came to rest met nothing first.
    if isinstance(event, OrderAccepted):
        yield from on_standing(state, event)


def _lent(account: Any, instrument: Any) -> int:
    return int(instrument.initial_margin_ppb)


def _unlinked(state: Any, event: Any) -> Iterator[list[Event]]:
    for reaction in on_trade:
        if reaction is not linked.on_traded:
            yield from reaction(state, event)


def _all_of_it(state: Any, now: OrderReport) -> int:
    return now.terms.link.order_qty_lots if now.terms.link else 0


def _last_of_all(slices: int, interval_ns: int) -> Any:
    return Schedule(0, interval_ns)


def _beyond(trigger: Any, price_ticks: int) -> bool:
    away = 1 if trigger.direction is TriggerDirection.UP else -1
    return is_met(trigger, price_ticks - away)


def _goes_back(prices: Any, terms: Any, price_ticks: int) -> Any:
    behind = triggers._behind(terms.trigger, price_ticks)
    return triggers.moved(prices, terms, behind) if behind > 0 else None


is_met, on_trade = triggers.is_met, reactions.FREQUENT_REACTIONS[Traded]
on_standing = all_or_none.on_standing
half_even, settle_position = fees.half_even, ledger.settle_position
margin, order_qty_lots, unfunded = ledger.margin, sizing.order_qty_lots, funding.unfunded
evolve_replaced = evolve.EVOLVERS[OrderReplaced]
rehold = ledger.rehold
mass_cancel = canceling.mass_cancel

NO_MORE = dict.fromkeys(Side, 0)

FAULTS: dict[str, tuple[Any, str, Any]] = {
    "a fee is off by one": (fees, "truncate_ppb", _fee_off_by_one),
    "a rounded fee is off by a step": (fees, "half_even", _a_step_too_much),
    "a rounded fee rounds halves up": (fees, "half_even", _halves_up),
    "the worst side is forgotten": (ledger, "margin", _sells_forgotten),
    "cash is overspent": (sizing, "order_qty_lots", _spends_a_lot_too_much),
    "an alias is its oldest bearer": (Aliases, "find", _oldest_first),
    "an unfunded order is left over": ("reactions", "FundsWithdrawn", _unfunded_left),
    "a settlement lets shorts go free": (ledger, "settle_position", _shorts_go_free),
    "what is left over rests at its bound": (placing, "left_over_px_ticks", lambda *_: 0),
    "a smaller quantity costs the place": (evolve.EVOLVERS, "OrderReplaced", _priority_lost),
    "a hold is not freed to the last unit": (ledger, "rehold", _hold_left_over),
    "a reduce-only order trades uncovered": (matching, "_is_covered", _always_covered),
    "a mass cancel starts at the wrong end": ("decide", "MassCancel", _descending),
    "what waits is tried but once": ("reactions", "OrderRested", _tried_once),
    "who may not borrow is lent": (ledger, "margin_rate_ppb", _lent),
    "what is sold already may be sold again": (checks, "refuse_effect", lambda *_: None),
    "a list forgets its other order": ("reactions", "Traded", _unlinked),
    "a pair holds twice": (lists, "shared", lambda *_: None),
    "a pair holds twice when it is replaced": (relinking, "_sharing", lambda _, order, __: order),
    "a list is replaced for nothing": (relinking, "affordable_together", lambda *_: True),
    "a list is replaced beyond a limit": (relinking, "_more_lots", lambda *_: NO_MORE),
    "a list in part over is replaced": (relinking, "_has_begun", lambda *_: False),
    "what is let in is all of it": (lists, "due_lots", _all_of_it),
    "a trigger is met one too late": (triggers, "is_met", _beyond),
    "a trail goes back": (triggers, "trailed", _goes_back),
    "what protects goes with the rest": (canceling, "is_protective", lambda *_: False),
    "a slice is all that is left": (scheduled, "Schedule", _last_of_all),
    "a slot is not given up": (slots, "_occupant", lambda *_: None),
    "a loss at the mark may be pledged": (exposure, "loss_minor", lambda *_: 0),
    "margin is free": (ledger, "margin", lambda *_, **__: 0),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_canary_a_broken_core_does_not_pass(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What finds no planted fault would find no other."""
    _plant(monkeypatch, *FAULTS[fault])

    with pytest.raises(AssertionError):
        _run_all()


def _run_all() -> None:
    for seed in range(1, 21):
        dense.run(seed, 250)
    for seed in SEEDS:
        run(seed, 1_500, OF_LISTS)
        run(seed, 10_000)


def _plant(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, fault: Any) -> None:
    if where == "reactions":
        monkeypatch.setitem(reactions.REACTIONS, getattr(events, name), (fault,))
    elif where == "decide":
        monkeypatch.setitem(decide.DECIDERS, getattr(commands, name), fault)
    elif isinstance(where, dict):
        monkeypatch.setitem(where, getattr(events, name), fault)
    else:
        monkeypatch.setattr(where, name, fault)
