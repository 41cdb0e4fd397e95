"""Stopping: dead man's switches, killed accounts, lost connections, and what they spare."""

from typing import Any

import pytest
from tests.core.build import ALICE, BOB, MONEY, NOBODY, PERP, World, new_order

from countermand.core.exchange import Exchange
from countermand.vocabulary.commands import (
    CancelOnDisconnect,
    CancelOrder,
    MassCancel,
    NewOrderList,
    SetDeadMan,
    SetKill,
)
from countermand.vocabulary.events import (
    CancelRejected,
    DeadManFired,
    DeadManSet,
    InstructionRejected,
    KillSet,
    MassCanceled,
    OrderCanceled,
)
from countermand.vocabulary.ids import FEES, AccountId, OrderId
from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.order import (
    CancelOnly,
    Contingency,
    OrdStatus,
    Side,
    Standing,
    Trigger,
    TriggerDirection,
)
from countermand.vocabulary.queries import GetAccount
from countermand.vocabulary.reasons import CancelReason, CxlRejReason, RejectReason

STOP = Trigger(90, TriggerDirection.DOWN)
TIMEOUT_NS = 1_000


def restart(world: World) -> None:
    """Go on from a dump."""
    world.exchange = Exchange.load(world.exchange.dump())


def reasons(world: World) -> set[CancelReason]:
    """Return why the last command's orders ended."""
    return {e.order.cancel_reason for e in world.events if isinstance(e, OrderCanceled)}


@pytest.mark.parametrize("state", TradingState)
def test_switch_goes_off_once_in_any_state_of_the_market(world: World, state: TradingState) -> None:
    """It cancels what is open, and what comes later is left alone."""
    world.buy(ALICE, 1, 90)
    world.buy(BOB, 1, 90)
    world.run(SetDeadMan(ALICE, TIMEOUT_NS))
    due_ns = world.exchange.next_due_ns()
    world.set_state(state)
    restart(world)
    world.advance(due_ns - 1)
    assert 1 == len(world.events)
    world.advance(due_ns)
    kinds = [type(event) for event in world.events[1:]]

    assert [DeadManFired, OrderCanceled, MassCanceled] == kinds
    assert {CancelReason.DEAD_MAN} == reasons(world)
    assert 0 == world.exchange.next_due_ns()
    assert (MONEY, 0) == world.money(ALICE)
    assert (MONEY, 900) == world.money(BOB)


def test_switch_is_refreshed_and_disarmed(world: World) -> None:
    """Each time it has the whole time again; without a time it is off."""
    order_id = world.buy(ALICE, 1, 90)
    world.run(SetDeadMan(ALICE, TIMEOUT_NS))
    first_ns = world.exchange.next_due_ns()
    world.run(SetDeadMan(ALICE, TIMEOUT_NS))
    assert (DeadManSet(ALICE, first_ns + 1, spares_protective=False),) == world.events
    account = world.exchange.query(GetAccount(ALICE)).account
    assert first_ns + 1 == account.dead_man_ns
    world.run(SetDeadMan(ALICE, 0))
    world.advance(first_ns + 10)

    assert Standing.RESTING is world.report(ALICE, order_id).standing
    world.run(SetDeadMan(ALICE, -1))
    assert (InstructionRejected(RejectReason.INVALID_AMOUNT, ALICE),) == world.events


def test_killed_account_places_nothing_and_stays_so(world: World) -> None:
    """After a restart too, until it is let go on; cancels are taken all the while."""
    order_id = world.buy(ALICE, 1, 90, "a1")
    world.run(SetKill(ALICE, is_killed=True))
    assert [KillSet, OrderCanceled, MassCanceled] == [type(event) for event in world.events]
    assert {CancelReason.KILLED} == reasons(world)
    restart(world)
    world.buy(ALICE, 1, 90, "a2")
    assert ["rejected a2 ACCOUNT_KILLED"] == world.story
    world.cancel(ALICE, order_id)
    assert isinstance(world.events[0], CancelRejected)
    assert world.exchange.query(GetAccount(ALICE)).account.is_killed
    world.run(SetKill(ALICE, is_killed=False))
    world.buy(ALICE, 1, 90, "a3")

    assert "rested a3" == world.story[-1]


def test_killed_account_keeps_what_protects_and_cannot_replace_it(world: World) -> None:
    """A stop that is spared still fires."""
    stop = world.sell(ALICE, 1, 80, "stop", trigger=STOP)
    world.run(SetKill(ALICE, is_killed=True, spares_protective=True))
    assert Standing.ARMED is world.report(ALICE, stop).standing
    world.replace(ALICE, stop, price=70)
    assert ["replace-refused stop OTHER NEW ACCOUNT_KILLED"] == world.story
    world.trade(BOB, BOB, 1, 90)

    assert Standing.RESTING is world.report(ALICE, stop).standing


@pytest.mark.parametrize(
    ("side", "qty", "terms", "is_spared"),
    [
        (Side.SELL, 5, {"trigger": STOP}, True),
        (Side.SELL, 6, {"trigger": STOP}, False),
        (Side.BUY, 1, {"trigger": STOP}, False),
        (Side.SELL, 5, {}, False),
    ],
)
def test_only_what_can_but_take_a_loss_short_is_spared(
    world: World, side: Side, qty: int, terms: dict[str, Any], is_spared: bool
) -> None:
    """It sleeps, and reduces a position by no more than there is."""
    world.trade(ALICE, BOB, 5, 100, instrument_id=PERP)
    order_id = world.order(
        ALICE, side, qty, 120 if side is Side.SELL else 80, instrument_id=PERP, **terms
    )
    world.run(CancelOnDisconnect(ALICE, spares_protective=True))

    assert is_spared is world.report(ALICE, order_id).is_open
    world.run(CancelOnDisconnect(ALICE))
    assert not world.report(ALICE, order_id).is_open
    assert world.report(ALICE, order_id).cancel_reason is CancelReason.DISCONNECTED


@pytest.mark.parametrize("account", [NOBODY, FEES, AccountId(0)])
@pytest.mark.parametrize("kind", [CancelOnDisconnect, SetDeadMan, SetKill])
def test_account_that_is_no_customers_is_refused(
    world: World, account: AccountId, kind: type[Any]
) -> None:
    """An account there is not, and the house's own."""
    more = {SetDeadMan: (5,), SetKill: (True,)}.get(kind, ())
    world.run(kind(account, *more))

    assert (InstructionRejected(RejectReason.UNKNOWN_ACCOUNT, account),) == world.events


@pytest.mark.parametrize("only", [CancelOnly.NEW, CancelOnly.PARTIALLY_FILLED])
@pytest.mark.parametrize("has_traded", [False, True])
def test_cancel_only_if(world: World, only: CancelOnly, has_traded: bool) -> None:
    """It says which state refused it, and why; asked when it is applied."""
    order_id = world.buy(ALICE, 5, 90)
    world.run(CancelOrder(ALICE, order_id, only=CancelOnly.NEW, delay_ns=100))
    if has_traded:
        world.sell(BOB, 1, 90)
        world.advance(world.exchange.ts_ns + 200)
        assert isinstance(world.events[-1], CancelRejected)
    world.run(CancelOrder(ALICE, order_id, only=only, delay_ns=0))
    (event,) = world.events

    if has_traded is (only is CancelOnly.PARTIALLY_FILLED):
        assert isinstance(event, OrderCanceled)
    else:
        assert isinstance(event, CancelRejected)
        assert (CxlRejReason.OTHER, RejectReason.CONDITION_NOT_MET) == (
            event.cxl_rej_reason,
            event.reject_reason,
        )
        status = OrdStatus.PARTIALLY_FILLED if has_traded else OrdStatus.NEW
        assert status is event.ord_status


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        ({"price_ticks_min": 91}, ["b", "c"]),
        ({"price_ticks_max": 91}, ["a", "b"]),
        ({"price_ticks_min": 91, "price_ticks_max": 91}, ["b"]),
        ({"price_ticks_min": 95}, []),
    ],
)
def test_mass_cancel_by_price(world: World, which: dict[str, int], expected: list[str]) -> None:
    """Both ends are included."""
    for name, price in (("a", 90), ("b", 91), ("c", 92)):
        world.buy(ALICE, 1, price, name)
    world.run(MassCancel(ALICE, **which))

    assert [f"canceled {name} MASS_CANCEL" for name in expected] == world.story[:-1]


def test_mass_cancel_by_list(world: World) -> None:
    """What is linked goes as one, and nothing else."""
    other = world.buy(ALICE, 1, 80)
    number = world.exchange.number + 1
    pair = tuple(new_order(ALICE, Side.BUY, 1, price) for price in (90, 91))
    world.run(NewOrderList(ALICE, pair, Contingency.OCO))
    world.run(MassCancel(ALICE, list_id=number))

    assert [OrderId(number + 1), OrderId(number + 2)] == [o.order_id for o in world.receipt.orders]
    assert Standing.RESTING is world.report(ALICE, other).standing
