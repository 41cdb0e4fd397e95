"""Conditional: what sleeps until a price wakes it."""

from typing import Any

import pytest
from tests.core.build import ALICE, BOB, BTC, CAROL, COINS, MONEY, PERCENT, PERP, USDC, World

from countermand.core.exchange import Exchange
from countermand.vocabulary.commands import DepositFunds, ReplaceOrder
from countermand.vocabulary.events import OrderRejected, OrderTriggered, Traded
from countermand.vocabulary.ids import InstrumentId, OrderId
from countermand.vocabulary.instrument import TradingState, TriggerBasis
from countermand.vocabulary.order import (
    Cash,
    ExecInst,
    ExecType,
    OrdStatus,
    OrdType,
    Standing,
    TimeInForce,
    Trigger,
    TriggerDirection,
)
from countermand.vocabulary.queries import ListOpenOrders
from countermand.vocabulary.reasons import CancelReason, RejectReason

UP, DOWN = TriggerDirection.UP, TriggerDirection.DOWN
GTC = TimeInForce.GTC


def trade(world: World, price: int) -> None:
    """Let the market trade one lot at a price, between two who have nothing else there."""
    world.trade(CAROL, BOB, 1, price)


def restart(world: World) -> None:
    """Go on from a dump."""
    world.exchange = Exchange.load(world.exchange.dump())


def test_stop_sleeps_and_holds(world: World) -> None:
    """It is open, in no book, and a cancel frees what it holds to the last unit."""
    order_id = world.buy(ALICE, 5, 110, trigger=Trigger(105, UP))
    assert Standing.ARMED is world.report(ALICE, order_id).standing
    assert (MONEY, 5_500) == world.money(ALICE)
    assert ((), ()) == world.depth()
    restart(world)
    world.cancel(ALICE, order_id)

    assert (MONEY, 0) == world.money(ALICE)


def test_order_that_woke_says_so_for_ever(world: World) -> None:
    """Open, after a restart, and when it is canceled without a trade."""
    asleep, order_id = (world.sell(ALICE, 1, 97, trigger=Trigger(px, DOWN)) for px in (90, 95))
    trade(world, 95)
    assert Trigger(95, DOWN, is_met=True) == world.report(ALICE, order_id).terms.trigger
    restart(world)
    for each in (asleep, order_id):
        world.cancel(ALICE, each)

    ended = [world.report(ALICE, each).terms.trigger for each in (asleep, order_id)]
    assert [Trigger(90, DOWN), Trigger(95, DOWN, is_met=True)] == ended


@pytest.mark.parametrize(
    ("trigger", "asleep", "awake"),
    [
        (Trigger(105, UP), (104, 90), (105, 106)),
        (Trigger(95, DOWN), (96, 110), (95, 94)),
    ],
)
def test_trigger_is_met_at_its_price_and_beyond(
    trigger: Trigger, asleep: tuple[int, ...], awake: tuple[int, ...]
) -> None:
    """Upward or downward, and after a restart in between."""
    for price in (*asleep, *awake):
        world = World()
        order_id = world.buy(ALICE, 1, 80, trigger=trigger)
        restart(world)
        trade(world, price)
        met = Standing.RESTING is world.report(ALICE, order_id).standing
        assert met is (price in awake)


def test_a_bid_or_an_offer_wakes_nothing(world: World) -> None:
    """Only a trade does."""
    order_id = world.sell(ALICE, 1, 80, trigger=Trigger(95, DOWN))
    world.buy(BOB, 1, 95)
    world.sell(BOB, 1, 96)

    assert Standing.ARMED is world.report(ALICE, order_id).standing


def test_all_that_a_price_wakes_are_awake_before_the_first_comes_in(world: World) -> None:
    """In the order of their triggers, then of their ids; and each comes in by itself."""
    world.buy(ALICE, 1, 80, "late", trigger=Trigger(104, UP))
    world.buy(ALICE, 1, 81, "b", trigger=Trigger(103, UP))
    world.buy(ALICE, 1, 82, "c", trigger=Trigger(103, UP))
    trade(world, 105)

    told = [line for line in world.story if line.startswith(("triggered", "rested"))]
    assert [
        "triggered b", "triggered c", "triggered late", "rested b", "rested c", "rested late",
    ] == told  # fmt: skip


def test_a_thousand_stops_wake_one_another(world: World) -> None:
    """Each trades at the price that wakes the next, in one entry."""
    count = 1_200
    world.run(DepositFunds(ALICE, USDC, 10**9), DepositFunds(BOB, BTC, 10**9))
    for price in range(100, 100 + count):
        world.sell(BOB, 1, price)
        world.buy(ALICE, 1, 0, trigger=Trigger(price, UP), time_in_force=GTC)
    world.buy(CAROL, 1, 100)

    assert count == sum(isinstance(event, Traded) for event in world.events)
    assert () == world.exchange.query(ListOpenOrders((ALICE, BOB)))
    world.exchange.check_invariants()


def test_stop_at_the_market_comes_in_at_the_market_as_it_is_by_then(world: World) -> None:
    """It never rests, however long it was to wait; and holds at its trigger until it wakes."""
    order_id = world.buy(ALICE, 3, 0, "stop", trigger=Trigger(105, UP), time_in_force=GTC)
    assert (MONEY, 3_150) == world.money(ALICE)
    world.sell(CAROL, 2, 109, "c")
    trade(world, 105)

    assert ["restated stop 3 @ 109", "traded c stop 2 @ 109", "canceled stop IOC_REMAINDER"] == (
        world.story[-3:]
    )
    assert OrdStatus.CANCELED is world.report(ALICE, order_id).ord_status
    assert (MONEY - 2_180, 0) == world.money(ALICE)


@pytest.mark.parametrize(
    ("offer", "reason"), [(0, RejectReason.NO_LIQUIDITY), (400, RejectReason.INSUFFICIENT_FUNDS)]
)
def test_stop_at_the_market_that_cannot_come_in_ends(
    world: World, offer: int, reason: RejectReason
) -> None:
    """With no order there, or where it is dearer than its account can pay."""
    order_id = world.buy(ALICE, 90, 0, trigger=Trigger(105, UP), time_in_force=GTC)
    if offer:
        world.sell(CAROL, 1, offer)
    trade(world, 105)
    now = world.report(ALICE, order_id)

    assert (CancelReason.NOT_LET_IN, reason) == (now.cancel_reason, now.reject_reason)
    assert (MONEY, 0) == world.money(ALICE)


@pytest.mark.parametrize("refuses", [False, True])
def test_trigger_that_is_met_when_it_comes_never_sleeps_silently(refuses: bool) -> None:
    """The order wakes at once, or is refused where the market says so."""
    world = World(spot={"refuses_met_trigger": refuses})
    trade(world, 100)
    world.sell(ALICE, 1, 100, "stop", trigger=Trigger(100, DOWN))

    if refuses:
        assert ["rejected stop TRIGGER_MET"] == world.story
    else:
        assert ["triggered stop", "rested stop"] == world.story[2:]


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ({"trigger": Trigger(0, UP)}, RejectReason.INVALID_TRIGGER),
        ({"trigger": Trigger(105, UP, is_met=True)}, RejectReason.INVALID_TRIGGER),
        ({"trigger": Trigger(-1, UP)}, RejectReason.INVALID_TRIGGER),
        ({"trigger": Trigger(0, DOWN, 3)}, RejectReason.INVALID_TRIGGER),
        ({"trigger": Trigger(0, UP, 3, PERCENT)}, RejectReason.INVALID_TRIGGER),
        ({"trigger": Trigger(0, UP, 0, 100 * PERCENT)}, RejectReason.INVALID_TRIGGER),
        ({"trigger": Trigger(0, UP, 3, limit_offset_ticks=1)}, RejectReason.INVALID_TRIGGER),
        ({"trigger": Trigger(105, UP), "ord_type": OrdType.MARKET}, RejectReason.INVALID_TRIGGER),
        (
            {"trigger": Trigger(105, UP), "ord_type": OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT},
            RejectReason.INVALID_TRIGGER,
        ),
        (
            {"trigger": Trigger(105, UP), "ord_type": OrdType.MARKET, "cash": Cash(9), "qty": 0},
            RejectReason.INVALID_AMOUNT,
        ),
    ],
)
def test_trigger_that_cannot_be_is_refused(
    world: World, terms: dict[str, Any], reason: RejectReason
) -> None:
    """Before anything is held."""
    world.buy(ALICE, **({"qty": 1, "price": 100} | terms))
    (event,) = world.events

    assert isinstance(event, OrderRejected)
    assert reason is event.reason


def test_trailing_stop_needs_a_price_to_start_from() -> None:
    """The last trade's, else the reference; without either it is refused."""
    trail = Trigger(0, DOWN, 3)
    world = World(spot={"reference_price_ticks": 0})
    world.sell(ALICE, 1, 0, "a", trigger=trail, time_in_force=GTC)
    assert ["rejected a INVALID_TRIGGER"] == world.story
    world = World()
    order_id = world.sell(ALICE, 1, 0, trigger=trail, time_in_force=GTC)
    trigger = world.report(ALICE, order_id).terms.trigger

    assert trigger
    assert 97 == trigger.price_ticks


def test_trailing_stops_follow_and_never_go_back(world: World) -> None:
    """By an amount and by a part of the price; a limit follows its trigger."""
    reports = {}
    for name, trigger, price in (
        ("ticks", Trigger(0, DOWN, 3), 0),
        ("part", Trigger(0, DOWN, 0, 5 * PERCENT), 0),
        ("limit", Trigger(0, DOWN, 3, limit_offset_ticks=2), 0),
    ):
        ord_type = OrdType.LIMIT if name == "limit" else OrdType.MARKET
        more = {"trigger": trigger, "time_in_force": GTC, "ord_type": ord_type}
        reports[name] = world.sell(ALICE, 1, price, name, **more)
    trade(world, 110)
    restart(world)
    trade(world, 108)
    at = {}
    for name, order_id in reports.items():
        terms = world.report(ALICE, order_id).terms
        assert terms.trigger
        at[name] = (terms.trigger.price_ticks, terms.price_ticks)

    assert {"ticks": (107, 107), "part": (105, 105), "limit": (107, 105)} == at


def test_reference_price_wakes_where_the_market_looks_at_it() -> None:
    """And trades do not; what is closed wakes nothing until it opens."""
    world = World(spot={"trigger_basis": TriggerBasis.REFERENCE})
    order_id = world.sell(ALICE, 1, 80, trigger=Trigger(95, DOWN))
    trade(world, 90)
    assert Standing.ARMED is world.report(ALICE, order_id).standing
    world.set_state(TradingState.HALTED)
    world.set_reference(95)
    assert Standing.ARMED is world.report(ALICE, order_id).standing
    world.set_state(TradingState.TRADING)

    assert any(isinstance(event, OrderTriggered) for event in world.events)
    assert Standing.RESTING is world.report(ALICE, order_id).standing


def test_trade_and_reference_of_another_market_wake_nothing(world: World) -> None:
    """A trigger is of its own market."""
    order_id = world.sell(ALICE, 1, 80, trigger=Trigger(95, DOWN))
    world.trade(CAROL, BOB, 1, 90, instrument_id=PERP)

    assert Standing.ARMED is world.report(ALICE, order_id).standing


def test_quantity_of_a_sleeper_changes_alone(world: World) -> None:
    """Its trigger stays, it goes on sleeping, and holds what it needs now."""
    order_id = world.buy(ALICE, 4, 110, "a", trigger=Trigger(105, UP))
    for qty in (2, 6):
        world.replace(ALICE, order_id, qty=qty)
        now = world.report(ALICE, order_id)
        assert (Standing.ARMED, Trigger(105, UP)) == (now.standing, now.terms.trigger)
        assert (MONEY, qty * 1_100) == world.money(ALICE)


def test_sleeper_gets_another_trigger(world: World) -> None:
    """One that is met already wakes it; one it cannot have is refused."""
    trade(world, 100)
    order_id = world.buy(ALICE, 1, 0, "a", trigger=Trigger(105, UP), time_in_force=GTC)
    replace_trigger(world, order_id, Trigger(103, UP))
    assert (MONEY, 1_030) == world.money(ALICE)
    replace_trigger(world, order_id, Trigger(103, DOWN, 1))
    assert world.story[0].endswith("INVALID_TRIGGER")
    world.replace(ALICE, order_id, price=99)
    assert world.story[0].endswith("INVALID_TRIGGER")
    replace_trigger(world, order_id, Trigger(100, UP))

    assert "triggered a" == world.story[1]


def test_only_a_sleeper_gets_a_trigger(world: World) -> None:
    """What rests is where it wants to be."""
    order_id = world.buy(ALICE, 1, 90, "a")
    replace_trigger(world, order_id, Trigger(105, UP))

    assert ["replace-refused a OTHER NEW INVALID_TRIGGER"] == world.story


def replace_trigger(world: World, order_id: OrderId, trigger: Trigger) -> None:
    """Ask for another trigger."""
    world.run(ReplaceOrder(ALICE, InstrumentId(0), order_id, "", "", trigger=trigger))


def test_sleeper_expires_once(world: World) -> None:
    """It fires or expires, and not both."""
    gtd = {"time_in_force": TimeInForce.GTD, "expire_ns": 5_000}
    expired = world.buy(ALICE, 1, 110, trigger=Trigger(105, UP), **gtd)
    fired = world.buy(ALICE, 1, 110, trigger=Trigger(101, UP), **gtd)
    trade(world, 101)
    world.advance(5_000)
    trade(world, 106)

    assert [OrdStatus.EXPIRED, OrdStatus.EXPIRED] == [
        world.report(ALICE, order_id).ord_status for order_id in (expired, fired)
    ]
    assert (MONEY, 0) == world.money(ALICE)


def test_sleeper_that_may_only_reduce_ends_with_its_cover(world: World) -> None:
    """As one that rests does."""
    world.trade(ALICE, BOB, 5, 100, instrument_id=PERP)
    stop = {"trigger": Trigger(90, DOWN), "exec_inst": int(ExecInst.REDUCE_ONLY)}
    order_id = world.sell(ALICE, 5, 80, instrument_id=PERP, **stop)
    world.trade(BOB, ALICE, 1, 100, instrument_id=PERP)

    assert CancelReason.REDUCE_ONLY is world.report(ALICE, order_id).cancel_reason


def test_pending_stop_goes_to_sleep_when_it_is_due(world: World) -> None:
    """Or wakes at once, where the market has come to it meanwhile."""
    asleep = world.sell(ALICE, 1, 80, "a", trigger=Trigger(90, DOWN), delay_ns=100)
    awake = world.sell(ALICE, 1, 80, "b", trigger=Trigger(95, DOWN), delay_ns=100)
    trade(world, 95)
    world.advance(1_000)

    assert [
        "TimeAdvanced", "released a until 90", "released b until 95", "triggered b", "rested b",
    ] == world.story  # fmt: skip
    assert Standing.ARMED is world.report(ALICE, asleep).standing
    assert ExecType.TRIGGERED is world.report(ALICE, awake).exec_type
    assert (COINS, 200) == world.money(ALICE, BTC)


def test_market_ends_and_so_do_its_sleepers() -> None:
    """A settled market leaves nothing."""
    world = World(rain={})
    rain = InstrumentId(14)
    order_id = world.buy(ALICE, 1, 60, instrument_id=rain, trigger=Trigger(60, UP))
    world.settle(100)

    assert CancelReason.MARKET_SETTLED is world.report(ALICE, order_id).cancel_reason
