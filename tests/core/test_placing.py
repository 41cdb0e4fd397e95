"""Placing: what a new order or a replacement brings about, event for event."""

import pytest
from tests.core.build import ALICE, BOB, CAROL, NOBODY, PERCENT, PERP, SPOT, World

from countermand.vocabulary.events import OrderAccepted, Traded
from countermand.vocabulary.ids import EXTERNAL, AccountId, InstrumentId, OrderId, match_id
from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.order import (
    ExecInst,
    ExecType,
    OrderTerms,
    OrdStatus,
    OrdType,
    SelfTradePrevention,
    Side,
    Standing,
    TimeInForce,
)
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reasons import CxlRejReason, RejectReason
from countermand.vocabulary.reports import OrderReport

DECREMENT = SelfTradePrevention.DECREMENT_AND_CANCEL
IOC, FOK = TimeInForce.IOC, TimeInForce.FOK
REDUCE_ONLY = int(ExecInst.REDUCE_ONLY)


def test_accepted_order_is_stated_in_full(world: World) -> None:
    """The event repeats every term, and the id is the entry's number."""
    order = world.buy(ALICE, 5, 100, "a1", stp=DECREMENT, exec_inst=1, expire_ns=9_000)

    limit, gtc = OrdType.LIMIT, TimeInForce.GTC
    terms = OrderTerms(Side.BUY, limit, gtc, 5, 100, 9_000, exec_inst=1, stp=DECREMENT)
    now = OrderReport(
        order,
        ALICE,
        SPOT,
        "a1",
        terms,
        Standing.RESTING,
        leaves_qty_lots=5,
        hold_minor=5_000,
        submit_ns=world.exchange.ts_ns,
        transact_ns=world.exchange.ts_ns,
    )
    assert world.events == (OrderAccepted(now),)
    assert world.report(ALICE, order) == now


def test_match_is_stated_in_full() -> None:
    """At the resting order's price, with both fees and an id made of the entry and the index."""
    world = World(spot={"maker_fee_ppb": -PERCENT, "taker_fee_ppb": 2 * PERCENT})
    maker = world.sell(ALICE, 2, 100)
    taker = world.buy(BOB, 2, 101)

    orders = (world.report(ALICE, maker), world.report(BOB, taker))
    assert world.events[1:] == (Traded(match_id(taker, 0), *orders, 100, 2, -20, 40),)
    assert [order.fee_minor for order in orders] == [-20, 40]


def test_incoming_order_sweeps_and_rests(world: World) -> None:
    """Best price first, then time; what is left stands in the book."""
    world.sell(ALICE, 2, 101, "a1")
    world.sell(BOB, 2, 100, "b1")
    world.sell(ALICE, 2, 100, "a2")
    world.buy(CAROL, 9, 101, "c1")

    assert world.story == [
        "accepted c1 9 @ 101",
        "traded b1 c1 2 @ 100",
        "traded a2 c1 2 @ 100",
        "traded a1 c1 2 @ 101",
        "rested c1",
    ]
    assert world.depth() == (((101, 3),), ())


def test_ioc_never_rests(world: World) -> None:
    """What does not trade at once is canceled."""
    world.sell(ALICE, 2, 100, "a1")
    world.buy(BOB, 3, 100, "b1", time_in_force=IOC)

    assert world.story == [
        "accepted b1 3 @ 100",
        "traded a1 b1 2 @ 100",
        "canceled b1 IOC_REMAINDER",
    ]


@pytest.mark.parametrize(
    ("qty", "end"), [(2, "traded a1 b1 2 @ 100"), (3, "canceled b1 FOK_NOT_FILLED")]
)
def test_fok_trades_whole_or_not_at_all(world: World, qty: int, end: str) -> None:
    """When it cannot be filled, no order changes."""
    world.sell(ALICE, 2, 100, "a1")
    world.buy(BOB, qty, 100, "b1", time_in_force=FOK)

    assert world.story == [f"accepted b1 {qty} @ 100", end]


def test_fok_without_a_match_is_canceled(world: World) -> None:
    """The book is empty, or too far away."""
    world.buy(BOB, 1, 100, "b1", time_in_force=FOK)

    assert world.story == ["accepted b1 1 @ 100", "canceled b1 FOK_NOT_FILLED"]


def test_fok_killed_pulls_none_of_its_own_orders(world: World) -> None:
    """Self-trade prevention happens only if the order does."""
    world.sell(ALICE, 2, 100, "a1")
    stp = SelfTradePrevention.RESTING
    world.buy(ALICE, 3, 100, "a2", time_in_force=FOK, stp=stp)

    assert world.story == ["accepted a2 3 @ 100", "canceled a2 FOK_NOT_FILLED"]
    assert world.depth() == ((), ((100, 2),))


def test_fok_decremented_is_not_filled(world: World) -> None:
    """Quantity that self-trade prevention would take is quantity that would not trade."""
    world.sell(ALICE, 1, 100, "a1")
    world.sell(BOB, 3, 100, "b1")
    world.buy(ALICE, 3, 100, "a2", time_in_force=FOK, stp=DECREMENT)

    assert world.story == ["accepted a2 3 @ 100", "canceled a2 FOK_NOT_FILLED"]


def test_order_decremented_and_then_filled_is_filled(world: World) -> None:
    """Quantity lost to self-trade prevention is gone before what is left of it trades."""
    world.sell(ALICE, 2, 100, "a1")
    world.sell(BOB, 3, 101, "b1")
    taker = world.buy(ALICE, 5, 101, "a2", stp=DECREMENT)

    assert world.story == [
        "accepted a2 5 @ 101",
        "canceled a1 SELF_TRADE_PREVENTION",
        "restated a2 3",
        "traded b1 a2 3 @ 101",
    ]
    assert world.report(ALICE, taker).ord_status is OrdStatus.FILLED
    world.exchange.check_invariants()


def test_order_decremented_twice_loses_both(world: World) -> None:
    """Each restatement says what the quantity is from then on."""
    world.sell(ALICE, 2, 100, "a1")
    world.sell(ALICE, 1, 100, "a2")
    world.buy(ALICE, 9, 100, "a3", stp=DECREMENT)

    assert world.story == [
        "accepted a3 9 @ 100",
        "canceled a1 SELF_TRADE_PREVENTION",
        "restated a3 7",
        "canceled a2 SELF_TRADE_PREVENTION",
        "restated a3 6",
        "rested a3",
    ]


def test_partly_filled_resting_order_is_decremented(world: World) -> None:
    """Its quantity still counts what has traded."""
    maker = world.sell(ALICE, 9, 100, "a1")
    world.buy(BOB, 4, 100)
    world.buy(ALICE, 2, 100, "a2", stp=DECREMENT)

    assert world.story == [
        "accepted a2 2 @ 100",
        "restated a1 7",
        "canceled a2 SELF_TRADE_PREVENTION",
    ]
    report = world.report(ALICE, maker)
    assert (report.terms.order_qty_lots, report.cum_qty_lots, report.leaves_qty_lots) == (7, 4, 3)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"qty": 4}, "4 @ 100 keeps its place"),
        ({"new_name": "z"}, "5 @ 100 keeps its place now z"),
        ({"qty": 6}, "6 @ 100 loses its place"),
        ({"price": 99}, "5 @ 99 loses its place"),
        ({"price": 99, "qty": 4}, "4 @ 99 loses its place"),
        ({"price": 100, "qty": 4}, "4 @ 100 keeps its place"),
    ],
)
def test_only_less_at_the_same_price_keeps_the_place(
    world: World, terms: dict[str, int], expected: str
) -> None:
    """Anything else goes to the back of the queue."""
    order = world.buy(ALICE, 5, 100, "a1")
    world.replace(ALICE, order, **terms)  # type: ignore[arg-type]

    assert world.story[0] == f"replaced a1 {expected}"


def test_place_kept_is_a_place_in_the_queue(world: World) -> None:
    """The smaller order still trades first."""
    first = world.sell(ALICE, 5, 100, "a1")
    world.sell(BOB, 5, 100, "b1")
    world.replace(ALICE, first, qty=3)
    world.buy(CAROL, 4, 100, "c1")

    assert world.story[1:] == ["traded a1 c1 3 @ 100", "traded b1 c1 1 @ 100"]


def test_place_lost_is_a_place_at_the_back(world: World) -> None:
    """The larger order trades last, though its id is the lower."""
    first = world.sell(ALICE, 5, 100, "a1")
    world.sell(BOB, 5, 100, "b1")
    world.replace(ALICE, first, qty=6)
    world.buy(CAROL, 6, 100, "c1")

    assert world.story[1:] == ["traded b1 c1 5 @ 100", "traded a1 c1 1 @ 100"]


def test_replaced_order_that_now_crosses_trades(world: World) -> None:
    """It comes in anew, and is the taker."""
    world.sell(BOB, 2, 101, "b1")
    order = world.buy(ALICE, 5, 100, "a1")
    world.replace(ALICE, order, price=101)

    assert world.story == [
        "replaced a1 5 @ 101 loses its place",
        "traded b1 a1 2 @ 101",
        "rested a1",
    ]


def test_replacement_counts_what_has_been_executed(world: World) -> None:
    """A quantity of 8 with 3 done leaves 5."""
    order = world.buy(ALICE, 5, 100, "a1")
    world.sell(BOB, 3, 100)
    world.replace(ALICE, order, qty=8)

    assert world.depth() == (((100, 5),), ())
    assert world.money(ALICE) == (100_000 - 3_000, 5_000)


def test_replacement_of_what_is_not_there_is_refused(world: World) -> None:
    """Unknown, another's, or closed already."""
    order = world.buy(ALICE, 5, 100, "a1")
    world.replace(BOB, order, qty=4)
    assert world.story == ["replace-refused - UNKNOWN_ORDER"]
    world.replace(ALICE, name="a9", qty=4)
    assert world.story == ["replace-refused a9 UNKNOWN_ORDER"]

    world.cancel(ALICE, order)
    world.replace(ALICE, order, qty=4)
    assert world.story == [f"replace-refused a1 {CxlRejReason.TOO_LATE_TO_CANCEL.name} CANCELED"]


def test_new_name_frees_no_old_one(world: World) -> None:
    """A retired client id still counts as used."""
    order = world.buy(ALICE, 5, 100, "a1")
    world.replace(ALICE, order, new_name="a2")
    world.buy(ALICE, 5, 100, "a1")

    assert world.story == ["rejected a1 DUPLICATE_CL_ORD_ID"]


def test_name_of_a_refused_order_is_still_free(world: World) -> None:
    """A refused order never existed."""
    world.buy(ALICE, 0, 100, "a1")
    world.buy(ALICE, 5, 100, "a1")

    assert world.story == ["accepted a1 5 @ 100", "rested a1"]


def test_orders_without_a_name_are_no_duplicates(world: World) -> None:
    """An empty client id names nothing."""
    world.buy(ALICE, 1, 100)
    world.buy(ALICE, 1, 100)

    assert world.depth() == (((100, 2),), ())


def test_post_only_market_lets_a_replacement_move_away(world: World) -> None:
    """Only a replacement that would trade is refused there."""
    order = world.buy(ALICE, 5, 100, "a1")
    world.set_state(TradingState.POST_ONLY)
    world.replace(ALICE, order, price=99)

    assert world.story == ["replaced a1 5 @ 99 loses its place", "rested a1"]


def test_reduce_only_order_that_lost_its_cover_goes(world: World) -> None:
    """A position that shrank takes along the orders that would now turn it around."""
    world.trade(ALICE, BOB, 5, 100, instrument_id=PERP)
    world.sell(ALICE, 5, 110, "a1", instrument_id=PERP, exec_inst=REDUCE_ONLY)
    world.sell(ALICE, 2, 110, "a2", instrument_id=PERP, exec_inst=REDUCE_ONLY)
    world.buy(BOB, 3, 100, "b1", instrument_id=PERP)
    world.sell(ALICE, 3, 100, "a3", instrument_id=PERP)

    assert world.story == [
        "accepted a3 3 @ 100",
        "traded b1 a3 3 @ 100",
        "canceled a1 REDUCE_ONLY",
    ]


def test_reduce_only_order_is_pulled_before_it_would_overshoot(world: World) -> None:
    """Two orders that reduce one position: the second no longer trades."""
    world.trade(ALICE, BOB, 5, 100, instrument_id=PERP)
    world.sell(ALICE, 3, 110, "a1", instrument_id=PERP, exec_inst=REDUCE_ONLY)
    world.sell(ALICE, 3, 110, "a2", instrument_id=PERP, exec_inst=REDUCE_ONLY)
    world.buy(BOB, 6, 110, "b1", instrument_id=PERP)

    assert world.story == [
        "accepted b1 6 @ 110",
        "traded a1 b1 3 @ 110",
        "canceled a2 REDUCE_ONLY",
        "rested b1",
    ]
    assert world.position(ALICE).net_lots == 2


def test_match_index_counts_what_the_order_met(world: World) -> None:
    """Matches of one entry have distinct ids in order, also where an order was pulled between."""
    world.sell(BOB, 1, 100)
    world.sell(ALICE, 1, 100)
    world.sell(BOB, 1, 100)
    taker = world.buy(ALICE, 3, 100, stp=SelfTradePrevention.RESTING)
    matches = [event.match_id for event in world.events if isinstance(event, Traded)]

    assert matches == [match_id(taker, 0), match_id(taker, 2)]
    assert OrderId(world.seq) == taker


def test_refused_order_is_kept_where_that_is_asked_for(world: World) -> None:
    """With the terms it was asked for, its reason, and nothing held."""
    order = world.buy(ALICE, 5, 100_000, "a1", keep_rejected=True, text="note")
    report = world.report(ALICE, order)

    assert world.story == ["rejected a1 INSUFFICIENT_FUNDS"]
    assert world.receipt.orders == (report,)
    assert (report.ord_status, report.exec_type) == (OrdStatus.REJECTED, ExecType.REJECTED)
    assert report.reject_reason is RejectReason.INSUFFICIENT_FUNDS
    assert (report.terms.order_qty_lots, report.leaves_qty_lots, report.terms.text) == (
        5,
        0,
        "note",
    )
    assert world.money(ALICE) == (100_000, 0)
    world.buy(ALICE, 5, 100, "a1")
    assert world.story == ["accepted a1 5 @ 100", "rested a1"]


@pytest.mark.parametrize("account", [EXTERNAL, NOBODY])
def test_order_of_no_account_is_not_kept(world: World, account: AccountId) -> None:
    """No account exists to keep it for, or the account is the house's."""
    order = world.buy(account, 5, 100, keep_rejected=True)

    assert world.exchange.query(GetOrder(account, order)) is None
    assert world.receipt.orders == ()


def test_order_on_no_market_is_kept(world: World) -> None:
    """With any terms."""
    order = world.buy(ALICE, 5, 100, keep_rejected=True, instrument_id=InstrumentId(0))

    assert world.report(ALICE, order).reject_reason is RejectReason.UNKNOWN_INSTRUMENT


def test_order_that_refuses_its_own_is_refused_whole(world: World) -> None:
    """Also where others stand before it, as long as it would get there."""
    world.sell(BOB, 2, 100, "b1")
    world.sell(ALICE, 2, 100, "a1")
    stp = SelfTradePrevention.REJECT
    world.buy(ALICE, 3, 100, "a2", stp=stp)
    assert world.story == ["rejected a2 SELF_TRADE"]

    world.buy(ALICE, 2, 100, "a3", stp=stp)
    assert world.story == ["accepted a3 2 @ 100", "traded b1 a3 2 @ 100"]


def test_order_that_refuses_its_own_is_stopped_where_that_was_not_foreseen(world: World) -> None:
    """An order before it was pulled, so it got further than it was checked for."""
    world.trade(BOB, CAROL, 5, 100, instrument_id=PERP)
    for name in ("b1", "b2"):
        reduce_only = int(ExecInst.REDUCE_ONLY)
        world.sell(BOB, 4, 100, name, instrument_id=PERP, exec_inst=reduce_only)
    world.sell(ALICE, 2, 100, "a1", instrument_id=PERP)
    world.buy(ALICE, 6, 100, "a2", instrument_id=PERP, stp=SelfTradePrevention.REJECT)

    assert world.story == [
        "accepted a2 6 @ 100",
        "traded b1 a2 4 @ 100",
        "canceled b2 REDUCE_ONLY",
        "canceled a2 SELF_TRADE_PREVENTION",
    ]


@pytest.mark.parametrize("expire_ns", [0, 5_000])
def test_day_order_ends_with_its_session_if_it_has_one(world: World, expire_ns: int) -> None:
    """It may be told when that is."""
    day = TimeInForce.DAY
    order = world.buy(ALICE, 1, 100, "a1", time_in_force=day, expire_ns=expire_ns)
    assert world.exchange.next_due_ns() == expire_ns

    world.advance(6_000)
    assert world.report(ALICE, order).is_open == (expire_ns == 0)


@pytest.mark.parametrize("time_in_force", [IOC, FOK])
def test_order_whose_rest_shall_stand_is_not_immediate(
    world: World, time_in_force: TimeInForce
) -> None:
    """What is left over would have nowhere to stand."""
    world.sell(BOB, 1, 100)
    left_over = OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT
    world.buy(ALICE, 1, 0, "a1", ord_type=left_over, time_in_force=time_in_force)

    assert world.story == ["rejected a1 INVALID_TIME_IN_FORCE"]


@pytest.mark.parametrize("tif", [TimeInForce.IOC, TimeInForce.FOK])
@pytest.mark.parametrize(
    ("needs", "story"),
    [
        (True, ["rejected a1 NO_LIQUIDITY"]),
        (False, ["accepted a1 5 @ 0", "canceled a1 {}"]),
    ],
)
def test_market_order_on_an_empty_book(
    world: World, tif: TimeInForce, needs: bool, story: list[str]
) -> None:
    """Is taken and canceled, or refused where that is asked for."""
    world.buy(ALICE, 5, 0, "a1", time_in_force=tif, needs_liquidity=needs)
    why = {TimeInForce.IOC: "IOC_REMAINDER", TimeInForce.FOK: "FOK_NOT_FILLED"}[tif]

    assert [line.format(why) for line in story] == world.story


@pytest.mark.parametrize("price", [0, 100])
def test_order_that_needs_liquidity_and_finds_it(world: World, price: int) -> None:
    """A market order with a match is accepted, and so is a limit order without one."""
    if not price:
        world.sell(BOB, 5, 100, "b1")
    world.buy(ALICE, 5, price, "a1", needs_liquidity=True)

    assert world.story[0] == "accepted a1 5 @ 100"
