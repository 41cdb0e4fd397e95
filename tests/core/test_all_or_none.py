"""All or none: orders that wait for who fills them whole, and what others make of them."""

import itertools
from typing import Any

import pytest
from tests.core import dense
from tests.core.build import (
    ALICE,
    BOB,
    CAROL,
    MONEY,
    PERCENT,
    PERP,
    RAIN,
    SPOT,
    World,
)

from countermand.vocabulary.commands import ReplaceOrder
from countermand.vocabulary.events import OrderRested, Traded
from countermand.vocabulary.ids import AccountId, InstrumentId, OrderId
from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.order import Cash, ExecInst, OrdType, SelfTradePrevention, TimeInForce
from countermand.vocabulary.queries import GetQuote

WHOLE, PASSIVE, REDUCING = ExecInst.ALL_OR_NONE, ExecInst.POST_ONLY, ExecInst.REDUCE_ONLY
LEFT_OVER = OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT


def restyle(world: World, account: AccountId, order: OrderId, exec_inst: int) -> None:
    """Ask for an order to carry other instructions."""
    world.run(ReplaceOrder(account, InstrumentId(0), order, "", "", exec_inst=exec_inst))


def test_it_waits_until_it_is_filled_whole(world: World) -> None:
    """Twice too little comes to rest across from it; with the third bid there is enough."""
    world.sell(ALICE, 10, 100, "whole", exec_inst=int(WHOLE))
    world.buy(BOB, 4, 101, "b1")
    assert world.story == ["accepted b1 4 @ 101", "rested b1"]
    world.buy(BOB, 5, 100, "b2")
    assert world.story == ["accepted b2 5 @ 100", "rested b2"]
    world.buy(CAROL, 3, 100, "c1")

    assert world.story == [
        "accepted c1 3 @ 100",
        "rested c1",
        "traded b1 whole 4 @ 101",
        "traded b2 whole 5 @ 100",
        "traded c1 whole 1 @ 100",
    ]
    world.exchange.check_invariants()


def test_one_that_comes_in_trades_whole_or_rests(world: World) -> None:
    """It passes nothing by on its way in, but trades nothing where there is too little."""
    world.sell(BOB, 4, 100, "b1")
    world.buy(ALICE, 5, 100, "a1", exec_inst=int(WHOLE))
    assert world.story == ["accepted a1 5 @ 100", "rested a1"]
    world.buy(ALICE, 5, 100, "a2", exec_inst=int(WHOLE), time_in_force=TimeInForce.IOC)
    assert world.story == ["accepted a2 5 @ 100", "canceled a2 IOC_REMAINDER"]
    world.buy(ALICE, 4, 100, "a3", exec_inst=int(WHOLE))

    assert world.story == ["accepted a3 4 @ 100", "traded b1 a3 4 @ 100"]


def test_order_that_cannot_fill_it_passes_it_over(world: World) -> None:
    """It is the first in the queue, and the order behind it trades."""
    world.sell(ALICE, 10, 100, "whole", exec_inst=int(WHOLE))
    world.sell(BOB, 3, 100, "b1")
    world.buy(CAROL, 3, 100, "c1", time_in_force=TimeInForce.FOK)

    assert world.story == ["accepted c1 3 @ 100", "traded b1 c1 3 @ 100"]


def test_several_are_filled_one_after_the_other(world: World) -> None:
    """The best price first, then the longest there; who is too large does not bar the next."""
    for name, qty, price in (("w1", 6, 100), ("w2", 9, 99), ("w3", 5, 100), ("w4", 1, 102)):
        world.sell(ALICE, qty, price, name, exec_inst=int(WHOLE))
    world.buy(BOB, 5, 101, "b1", time_in_force=TimeInForce.GTC, exec_inst=int(PASSIVE))
    assert world.story == ["rejected b1 POST_ONLY_WOULD_CROSS"]
    world.buy(BOB, 4, 101, "b1")
    world.buy(BOB, 10, 101, "b2", stp=SelfTradePrevention.BOTH)

    assert world.story == [
        "accepted b2 10 @ 101",
        "traded w2 b2 9 @ 99",
        "rested b2",
        "traded b1 w3 4 @ 101",
        "traded b2 w3 1 @ 101",
    ]


def test_best_price_is_looked_at_first_and_then_who_is_longest_there(world: World) -> None:
    """Five lots make one of three whole."""
    for name, price in (("w1", 101), ("w2", 100), ("w3", 100)):
        world.sell(ALICE, 5, price, name, exec_inst=int(WHOLE))
    world.buy(BOB, 4, 101, "b1")
    world.buy(BOB, 1, 101, "b2")

    told = ["traded b1 w2 4 @ 101", "traded b2 w2 1 @ 101"]
    assert world.story == ["accepted b2 1 @ 101", "rested b2", *told]


def test_matches_of_one_entry_have_ids_of_their_own(world: World) -> None:
    """Also where what came in canceled its own on its way and traded behind that."""
    world.sell(ALICE, 8, 99, "whole", exec_inst=int(WHOLE))
    world.buy(BOB, 4, 99, "b0")
    world.sell(BOB, 2, 100, "b1")
    world.sell(CAROL, 2, 100, "c1")
    world.buy(BOB, 7, 100, "b2", stp=SelfTradePrevention.RESTING)
    ids = [event.match_id for event in world.events if isinstance(event, Traded)]

    assert world.story[1:] == [
        "canceled b1 SELF_TRADE_PREVENTION",
        "traded c1 b2 2 @ 100",
        "rested b2",
        "traded b2 whole 5 @ 100",
        "traded b0 whole 3 @ 99",
    ]
    assert ids == [(world.seq << 32) + index for index in (1, 2, 3)]


def test_it_is_filled_though_its_entry_cancels_others(world: World) -> None:
    """A reduce-only order loses its cover to the trade before, which bars nothing."""
    world.trade(BOB, CAROL, 3, 100, instrument_id=PERP)
    world.sell(BOB, 3, 105, "reduce", instrument_id=PERP, exec_inst=int(REDUCING))
    world.sell(ALICE, 8, 100, "whole", instrument_id=PERP, exec_inst=int(WHOLE))
    world.buy(CAROL, 4, 100, "c0", instrument_id=PERP)
    world.sell(BOB, 2, 101, "b1", instrument_id=PERP)
    world.buy(CAROL, 6, 101, "c1", instrument_id=PERP)

    assert world.story == [
        "accepted c1 6 @ 101",
        "traded b1 c1 2 @ 101",
        "rested c1",
        "canceled reduce REDUCE_ONLY",
        "traded c1 whole 4 @ 101",
        "traded c0 whole 4 @ 100",
    ]


def test_it_is_tried_when_it_becomes_smaller_in_its_place(world: World) -> None:
    """Four lots stand across from it, and four are what is left of it."""
    order = world.sell(ALICE, 10, 100, "whole", exec_inst=int(WHOLE))
    world.buy(BOB, 4, 100, "b1")
    world.replace(ALICE, order, qty=5)
    assert world.story == ["replaced whole 5 @ 100 keeps its place"]
    world.replace(ALICE, order, qty=4)

    assert world.story == [
        "replaced whole 4 @ 100 keeps its place",
        "traded b1 whole 4 @ 100",
    ]


def test_order_that_becomes_divisible_comes_in_anew(world: World) -> None:
    """It takes what there is; an order that now must trade whole steps back behind the others."""
    order = world.sell(ALICE, 10, 100, "whole", exec_inst=int(WHOLE))
    world.buy(BOB, 4, 100, "b1")
    restyle(world, ALICE, order, 0)
    replaced = "replaced whole 10 @ 100 loses its place"
    assert world.story == [replaced, "traded b1 whole 4 @ 100", "rested whole"]
    restyle(world, ALICE, order, int(WHOLE))

    assert world.story == [replaced, "rested whole"]
    assert world.depth() == ((), ())


def test_it_is_not_shown(world: World) -> None:
    """A quote and the depth say what can be traded in part, so they never cross."""
    world.sell(ALICE, 10, 90, "whole", exec_inst=int(WHOLE))
    world.sell(ALICE, 2, 105, exec_inst=int(WHOLE))
    world.sell(BOB, 3, 105)
    world.buy(BOB, 4, 100)
    quote = world.exchange.query(GetQuote(SPOT))

    assert world.depth() == (((100, 4),), ((105, 3),))
    assert (quote.bid_px_ticks, quote.bid_qty_lots) == (100, 4)
    assert (quote.ask_px_ticks, quote.ask_qty_lots) == (105, 3)
    world.exchange.check_invariants()


def test_bound_of_a_market_order_is_not_drawn_from_it() -> None:
    """One percent around 90 would reach nothing; where nothing else stands it is drawn from it."""
    world = World(spot={"market_band_ppb": PERCENT})
    world.sell(ALICE, 10, 90, "whole", exec_inst=int(WHOLE))
    world.buy(BOB, 2, 0, "b1")
    assert world.story == ["accepted b1 2 @ 90", "canceled b1 IOC_REMAINDER"]
    world.sell(ALICE, 3, 105, "a1")
    world.buy(BOB, 2, 0, "b2")

    assert world.story == ["accepted b2 2 @ 106", "traded a1 b2 2 @ 105"]


def test_it_is_no_liquidity_an_amount_of_money_is_sized_at(world: World) -> None:
    """It may be passed over, and then the money has to do for the dearer order behind."""
    world.sell(BOB, 3, 90, "whole", exec_inst=int(WHOLE))
    world.sell(BOB, 5, 110, "b1")
    world.buy(ALICE, 0, 0, "a1", cash=Cash(2_200))
    assert world.story == ["accepted a1 2 @ 110", "traded b1 a1 2 @ 110"]
    terms: dict[str, Any] = {"ord_type": LEFT_OVER, "time_in_force": TimeInForce.GTC}
    world.withdraw(ALICE, world.money(ALICE)[0] - 5_000)
    world.sell(BOB, 1, 120, "dear", exec_inst=int(WHOLE))
    world.buy(ALICE, 0, 0, "a2", cash=Cash(5_000), **terms)

    assert world.story[0] == "accepted a2 4 @ 120"
    world.exchange.check_invariants()


def test_rest_stands_at_the_best_price_that_is_shown(world: World) -> None:
    """The order at 90 could not be traded with; where nothing is shown it has to do."""
    world.sell(BOB, 9, 90, "whole", exec_inst=int(WHOLE))
    terms: dict[str, Any] = {"ord_type": LEFT_OVER, "time_in_force": TimeInForce.GTC}
    world.buy(ALICE, 2, 0, "a1", **terms)
    assert world.story[1:] == ["restated a1 2 @ 90", "rested a1"]
    world.sell(BOB, 2, 100, "b1")
    world.buy(ALICE, 3, 0, "a2", **terms)

    assert world.story[1:] == ["traded b1 a2 2 @ 100", "restated a2 3 @ 100", "rested a2"]


def test_rest_stands_within_its_bound(world: World) -> None:
    """The shown price is dearer than it may pay, so it stands at one that is not shown."""
    world.sell(BOB, 9, 90, "whole", exec_inst=int(WHOLE))
    world.sell(BOB, 9, 110, "b1")
    terms: dict[str, Any] = {"ord_type": LEFT_OVER, "time_in_force": TimeInForce.GTC}
    world.buy(ALICE, 2, 100, "a1", **terms)

    assert world.story[1:] == ["restated a1 2 @ 90", "rested a1"]
    world.buy(ALICE, 0, 100, "a2", cash=Cash(2_000), **terms)
    assert world.story[1:] == ["restated a2 2 @ 90", "rested a2"]


def test_post_only_order_passes_over_what_it_cannot_fill(world: World) -> None:
    """It would not trade, so it may stand there; if it would, it may not."""
    world.sell(BOB, 5, 100, "whole", exec_inst=int(WHOLE))
    order = world.buy(ALICE, 4, 100, "a1", exec_inst=int(PASSIVE))
    assert world.story == ["accepted a1 4 @ 100", "rested a1"]
    world.buy(ALICE, 5, 100, "a2", exec_inst=int(PASSIVE))
    assert world.story == ["rejected a2 POST_ONLY_WOULD_CROSS"]
    world.replace(ALICE, order, qty=3)

    assert world.story == ["replaced a1 3 @ 100 keeps its place"]


def test_post_only_one_never_comes_in(world: World) -> None:
    """It waits for who comes in and fills it."""
    world.sell(ALICE, 5, 100, "whole", exec_inst=int(WHOLE | PASSIVE))
    world.buy(BOB, 4, 100, "b1")
    world.buy(BOB, 1, 100, "b2")
    assert world.story == ["accepted b2 1 @ 100", "rested b2"]
    world.buy(BOB, 5, 100, "b3")

    assert world.story == ["accepted b3 5 @ 100", "traded whole b3 5 @ 100"]


def test_none_comes_in_while_a_market_is_post_only(world: World) -> None:
    """Becoming smaller keeps its place, and it goes on waiting there."""
    order = world.sell(ALICE, 5, 100, "whole", exec_inst=int(WHOLE))
    world.buy(BOB, 4, 100, "b1")
    world.set_state(TradingState.POST_ONLY)
    world.replace(ALICE, order, qty=4)
    assert world.story == ["replaced whole 4 @ 100 keeps its place"]
    world.set_state(TradingState.TRADING)
    world.buy(BOB, 1, 100, "b2")

    assert world.story[-1] == "traded b1 whole 4 @ 100"


def test_cancel_lets_nothing_trade(world: World) -> None:
    """Without the own order in front it could be filled, but nothing new has come to rest."""
    terms: dict[str, Any] = {"exec_inst": int(WHOLE), "stp": SelfTradePrevention.AGGRESSING}
    world.buy(ALICE, 1, 101, "a1")
    world.buy(BOB, 4, 100, "b1")
    world.sell(ALICE, 4, 100, "whole", **terms)
    assert world.story == ["accepted whole 4 @ 100", "rested whole"]
    world.cancel(ALICE, name="a1")
    assert world.story == ["canceled a1 REQUESTED"]
    world.buy(CAROL, 1, 99, "c1")
    assert world.story == ["accepted c1 1 @ 99", "rested c1"]
    world.buy(CAROL, 1, 100, "c2")

    assert world.story[-1] == "traded b1 whole 4 @ 100"


@pytest.mark.parametrize("extra", [0, 50])
def test_it_comes_in_only_where_it_can_pay_as_a_taker(extra: int) -> None:
    """It rests without money for a fee, as a maker pays none; five lots at 50 take 1% of 1250."""
    world = World(rain={"taker_fee_ppb": PERCENT})
    whole: dict[str, Any] = {"instrument_id": RAIN, "exec_inst": int(WHOLE)}
    world.buy(ALICE, 5, 50, "whole", **whole)
    world.withdraw(ALICE, MONEY - 2_500 - extra)
    world.sell(BOB, 4, 50, "b1", instrument_id=RAIN)
    world.sell(BOB, 1, 50, "b2", instrument_id=RAIN)
    traded = ["traded b1 whole 4 @ 50 fees 0 10", "traded b2 whole 1 @ 50 fees 0 2"]

    assert world.story[2:] == (traded if extra else [])


def test_own_order_that_is_passed_over_is_not_met(world: World) -> None:
    """Who refuses to meet their own is let in where they would not."""
    world.sell(ALICE, 5, 100, "whole", exec_inst=int(WHOLE))
    world.buy(ALICE, 4, 100, "a1", stp=SelfTradePrevention.REJECT)
    assert world.story == ["accepted a1 4 @ 100", "rested a1"]
    world.buy(ALICE, 5, 100, "a2", stp=SelfTradePrevention.REJECT)

    assert world.story == ["rejected a2 SELF_TRADE"]


def test_it_ends_as_others_do(world: World) -> None:
    """Its time runs out, and it is looked for no more."""
    gtd: dict[str, Any] = {"time_in_force": TimeInForce.GTD, "expire_ns": 500}
    world.sell(ALICE, 5, 100, "w1", exec_inst=int(WHOLE), **gtd)
    world.sell(ALICE, 5, 100, "w2", exec_inst=int(WHOLE))
    world.advance(500)
    world.cancel(ALICE, name="w2")
    world.buy(BOB, 9, 100, "b1")

    assert world.story == ["accepted b1 9 @ 100", "rested b1"]
    world.exchange.check_invariants()


def test_it_is_still_waited_for_after_a_restart(world: World) -> None:
    """Books and what waits in them are rebuilt."""
    world.sell(ALICE, 5, 100, "whole", exec_inst=int(WHOLE))
    world.buy(BOB, 4, 100, "b1")
    world.exchange = type(world.exchange).load(world.exchange.dump())
    assert world.depth() == (((100, 4),), ())
    world.buy(BOB, 1, 100, "b2")

    assert world.story[-2:] == ["traded b1 whole 4 @ 100", "traded b2 whole 1 @ 100"]
    world.exchange.check_invariants()


@pytest.mark.usefixtures("small_bounds")
def test_core_and_oracle_agree_where_many_trade_whole() -> None:
    """On each kind of market; and they do come in after others have come to rest."""
    came_in = 0
    for seed in range(1, 7):
        for events in dense.run(seed, 250):
            kinds = [type(event) for event in events]
            came_in += (OrderRested, Traded) in itertools.pairwise(kinds)

    assert came_in > 10
