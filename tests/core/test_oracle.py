"""
The core against the oracle: same commands, same events, same money, same books, step by step.

A failure in a plain run prints its seed; `COUNTERMAND_SEED=n` runs that seed once more.
"""

import os
import random
from typing import Any

import pytest
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.core.conftest import CLOSED_MAX, OPEN_MAX
from tests.core.oracle import Oracle
from tests.core.traffic import Traffic, founding
from tests.core.twin import Twin

from countermand.core import canceling, commands, decide, events, evolve, ledger, matching, placing
from countermand.core.events import (
    CancelRejected,
    Event,
    OrderCanceled,
    OrderRejected,
    OrderReplaced,
)
from countermand.core.order import Order
from countermand.core.reasons import CancelReason, RejectReason

SEEDS = [1, 2, 3]
FRESH_SEED = int(os.environ.get("COUNTERMAND_SEED", random.SystemRandom().randrange(10**9)))


pytestmark = pytest.mark.usefixtures("small_bounds")


class Comparison(RuleBasedStateMachine):
    """Hypothesis chooses markets and commands; core and oracle must never differ."""

    @initialize(data=st.data())
    def found(self, data: st.DataObject) -> None:
        """Open the markets and the accounts."""
        self.draw = data.draw
        self.twin = Twin(Oracle(OPEN_MAX, CLOSED_MAX))
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


def run(seed: int, count: int) -> list[Event]:
    """Run random traffic through core and oracle and return all that happened."""
    pick = random.Random(seed).choice
    twin, traffic = Twin(Oracle(OPEN_MAX, CLOSED_MAX)), Traffic(pick)
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


@pytest.mark.parametrize("seed", [*SEEDS, FRESH_SEED])
def test_core_and_oracle_agree_over_a_long_run(seed: int) -> None:
    """Thousands of commands, and not one difference."""
    happened = run(seed, 20_000)

    assert len(happened) > 20_000


def test_the_traffic_reaches_every_answer_there_is() -> None:
    """Agreement says something only of what was tried, and everything is tried."""
    happened = [event for seed in SEEDS for event in run(seed, 4_000)]
    refusals = {event.reason for event in happened if isinstance(event, OrderRejected)}
    ends = {event.reason for event in happened if isinstance(event, OrderCanceled)}
    faults = {event.reject_reason for event in happened if isinstance(event, CancelRejected)}

    not_of_orders = {
        RejectReason.NOTHING_TO_REPLACE,
        RejectReason.QTY_BELOW_EXECUTED,
        RejectReason.DUPLICATE_NAME,
        RejectReason.INVALID_AMOUNT,
    }
    assert refusals == set(RejectReason) - not_of_orders
    assert ends == set(CancelReason) - {CancelReason.NONE, CancelReason.EXPIRED}
    assert {None, RejectReason.NOTHING_TO_REPLACE, RejectReason.QTY_BELOW_EXECUTED} <= faults
    assert {type(event) for event in happened} >= set(evolve._EVOLVERS)


# The canary: cores broken on purpose. The comparison must notice every one.


def _fee_off_by_one(amount: int, rate_ppb: int) -> int:
    return amount * rate_ppb // 1_000_000_000 + 1


def _priority_lost(state: Any, event: Any) -> None:
    evolve_replaced(state, event)
    order = state.orders[event.order_id]
    ladder = state.markets[order.instrument_id].book.ladder(order.side)
    if event.keeps_priority:
        ladder.discard(order)
        ladder.add(order)


def _hold_left_over(account: Any, instrument: Any, order: Order) -> None:
    freed = order.hold_minor
    lift(account, instrument, order)
    if freed and order.cum_qty_lots:
        asset = ledger.hold_asset(instrument, order.side)
        account.balance(asset).hold_minor += 1


def _always_covered(*_: Any) -> bool:
    return False


def _descending(state: Any, seq: int, ts_ns: int, command: Any) -> list[Event]:
    *canceled, report = mass_cancel(state, seq, ts_ns, command)
    return [*reversed(canceled), report]


evolve_replaced = evolve._EVOLVERS[OrderReplaced]
lift = ledger.lift
mass_cancel = canceling.mass_cancel

FAULTS: dict[str, tuple[Any, str, Any]] = {
    "a fee is off by one": (placing, "truncate_ppb", _fee_off_by_one),
    "a smaller quantity costs the place": (evolve._EVOLVERS, "OrderReplaced", _priority_lost),
    "a hold is not freed to the last unit": (ledger, "lift", _hold_left_over),
    "a reduce-only order trades uncovered": (matching, "_uncovered", _always_covered),
    "a mass cancel starts at the wrong end": ("decide", "MassCancel", _descending),
    "margin is free": (ledger, "margin", lambda *_: 0),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_canary_a_broken_core_does_not_pass(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What finds no planted fault would find no other."""
    _plant(monkeypatch, *FAULTS[fault])

    with pytest.raises(AssertionError):
        _run_all()


def _run_all() -> None:
    for seed in SEEDS:
        run(seed, 20_000)


def _plant(monkeypatch: pytest.MonkeyPatch, where: Any, name: str, fault: Any) -> None:
    if where == "decide":
        monkeypatch.setitem(decide._DECIDERS, getattr(commands, name), fault)
    elif isinstance(where, dict):
        monkeypatch.setitem(where, getattr(events, name), fault)
    else:
        monkeypatch.setattr(where, name, fault)
