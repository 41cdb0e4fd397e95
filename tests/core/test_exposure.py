"""Exposure: what an order needs before it is taken."""

import pytest
from tests.core.build import (
    ALICE,
    BOB,
    CAROL,
    MONEY,
    PERCENT,
    PERP,
    RAIN,
    SHARES,
    SPOT,
    USDC,
    World,
    perpetual,
)

from countermand.core import exposure
from countermand.vocabulary.commands import DepositFunds, ListInstrument, OpenAccount
from countermand.vocabulary.ids import AccountId, InstrumentId
from countermand.vocabulary.instrument import FeeBasis
from countermand.vocabulary.order import Cash, ExecInst, OrdType, Side, TimeInForce
from countermand.vocabulary.queries import GetAccount
from countermand.vocabulary.reports import AccountSummary


def needs(
    world: World,
    side: Side,
    qty: int,
    price: int,
    market: InstrumentId = RAIN,
    account: AccountId = ALICE,
    cash: int = 0,
) -> int:
    """Return what an order needs beyond what is held already."""
    state = world.exchange._state
    where = (state.accounts[account], state.markets[market])
    priced = exposure.Priced(side, price, qty, Cash(cash) if cash else None)
    return exposure.required_minor(*where, priced)


@pytest.mark.parametrize(
    ("net", "side", "qty", "expected"),
    [
        (0, Side.BUY, 10, 4_000),  # the price
        (0, Side.SELL, 10, 6_000),  # the payout, less the price it brings
        (10, Side.SELL, 10, 0),  # what it has
        (10, Side.SELL, 15, 0),  # short of five, but fifteen prices come in
        (10, Side.SELL, 30, 8_000),
        (-10, Side.BUY, 10, 0),  # the payout held is more than the price
        (-10, Side.BUY, 30, 2_000),
    ],
)
def test_binary_order_needs_what_the_worst_side_grows_by(
    net: int, side: Side, qty: int, expected: int
) -> None:
    """At 40 of 100, from a position of nothing, ten long or ten short."""
    world = World(rain={})
    if net:
        buyer, seller = (ALICE, BOB) if net > 0 else (BOB, ALICE)
        world.trade(buyer, seller, abs(net), 50, instrument_id=RAIN)

    assert needs(world, side, qty, 40) == expected


def test_other_side_may_hold_enough_already_but_not_the_fee() -> None:
    """Ten bids at 50 and ten offers at 60 cannot both cost: the second needs its fee alone."""
    world = World(rain={"taker_fee_ppb": PERCENT})
    world.buy(ALICE, 10, 50, instrument_id=RAIN)

    assert needs(world, Side.SELL, 10, 60) == 24 + 2


def test_order_that_can_only_close_needs_no_fee() -> None:
    """The way out is never barred."""
    world = World(rain={"taker_fee_ppb": PERCENT})
    world.trade(ALICE, BOB, 10, 50, instrument_id=RAIN)

    assert needs(world, Side.SELL, 10, 60) == 0
    assert needs(world, Side.SELL, 11, 60) == 26 + 2


def test_order_that_closes_what_another_closes_already_needs_its_fee() -> None:
    """Ten are offered, so ten more could only make alice short, and she has nothing for the fee."""
    world = World(rain={"taker_fee_ppb": PERCENT, "maker_fee_ppb": PERCENT})
    world.trade(ALICE, BOB, 10, 50, instrument_id=RAIN)
    world.sell(ALICE, 10, 50, "a1", instrument_id=RAIN)
    world.withdraw(ALICE, MONEY - 5_000 - 25 - 27)
    world.sell(ALICE, 10, 50, "a2", instrument_id=RAIN)

    assert world.story == ["rejected a2 INSUFFICIENT_FUNDS"]


def test_closing_leaves_no_negative_balance() -> None:
    """A fee step of 300 is cut to the fill's proceeds, for a long and for a short position."""
    world = World(rain={"maker_fee_ppb": 100 * PERCENT, "fee_step_minor": 300})
    world.trade(ALICE, BOB, 10, 50, instrument_id=RAIN)
    world.withdraw(ALICE, MONEY - 10 * 500)
    world.withdraw(BOB, MONEY + 10 * 500 - 2_400 - 10 * 1_000)
    world.sell(ALICE, 10, 5, "a1", instrument_id=RAIN)
    fees = []
    for qty in (4, 4, 2):
        world.buy(CAROL, qty, 5, instrument_id=RAIN)
        fees.append(200 if "200" in world.story[1] else 100 if "100" in world.story[1] else 0)
        world.exchange.check_invariants()

    # 190 is a step, of which the fill brings 200; 380 in all is one still; 95 is none.
    assert fees == [200, 100, 0]
    assert world.money(ALICE) == (200, 0)
    world.buy(BOB, 10, 95, "b1", instrument_id=RAIN)
    world.sell(CAROL, 10, 95, instrument_id=RAIN)
    world.exchange.check_invariants()
    # 475 is two steps, of which the fill frees 500.
    assert world.money(BOB) == (0, 0)


def test_replacement_that_holds_no_more_still_needs_its_fee() -> None:
    """Offers hold 30000 at any bid, and the price it now trades at has a fee."""
    world = World(rain={"taker_fee_ppb": 10 * PERCENT})
    order = world.buy(ALICE, 10, 40, "a1", instrument_id=RAIN)
    world.sell(ALICE, 100, 70, instrument_id=RAIN)
    world.sell(BOB, 10, 50, instrument_id=RAIN)
    world.withdraw(ALICE, MONEY - 30_000)
    world.replace(ALICE, order, price=50)

    assert world.story == ["replace-refused a1 OTHER NEW INSUFFICIENT_FUNDS"]


@pytest.mark.parametrize(
    ("market", "side", "expected"),
    [
        (SPOT, Side.BUY, 5_000 + 50),
        (SPOT, Side.SELL, 500),
        (RAIN, Side.BUY, 5_000 + 50),
        (PERP, Side.BUY, 500 + 50),
    ],
)
def test_buy_for_cash_needs_the_cash_and_its_fee(
    market: InstrumentId, side: Side, expected: int
) -> None:
    """At any size it comes to; a sell needs the lots it sells."""
    fee = {"taker_fee_ppb": PERCENT}
    world = World(spot=fee, perp=fee, rain=fee)

    assert needs(world, side, 5, 90, market, cash=5_000) == expected


@pytest.mark.parametrize(
    ("rules", "expected"),
    [({"fee_step_minor": 7}, 5_000 + 50 + 7), ({"fee_basis": FeeBasis.RECEIVED}, 5_000)],
)
def test_fee_on_cash_is_rounded_or_not_on_top_at_all(rules: dict[str, int], expected: int) -> None:
    """A sum that is rounded may come to a step more; what is received pays for itself."""
    world = World(spot={"taker_fee_ppb": PERCENT} | rules)

    assert needs(world, Side.BUY, 5, 90, SPOT, cash=5_000) == expected


def test_sell_for_cash_is_not_held_to_bring_all_of_it() -> None:
    """One lot at 30 brings 300 of the 590 asked for, so 700 are needed and 410 are not enough."""
    world = World(rain={})
    world.buy(BOB, 10, 30, instrument_id=RAIN)
    world.withdraw(ALICE, MONEY - 410)
    world.sell(ALICE, 0, 0, "a1", instrument_id=RAIN, cash=Cash(590))

    assert world.story == ["rejected a1 INSUFFICIENT_FUNDS"]


def test_account_never_has_less_than_it_holds_on_a_fully_paid_market() -> None:
    """A stepped fee is taken out of its reserve: a fill leaves no less available than there was."""
    world = World(spot={"maker_fee_ppb": PERCENT, "fee_step_minor": 100})
    world.withdraw(ALICE, MONEY - 8_200)
    world.buy(ALICE, 8, 100, "a1")
    assert world.money(ALICE) == (8_200, 8_200)
    world.sell(BOB, 6, 100)
    world.exchange.check_invariants()
    world.sell(CAROL, 2, 100)
    world.exchange.check_invariants()

    assert world.money(ALICE) == (100, 0)


def test_filled_order_holds_nothing_where_fees_are_rounded() -> None:
    """What was reserved for rounding is free once there is nothing left to round."""
    world = World(spot={"maker_fee_ppb": PERCENT, "taker_fee_ppb": PERCENT, "fee_step_minor": 10})
    world.trade(ALICE, BOB, 5, 100)
    world.exchange.check_invariants()

    assert world.money(ALICE) == (MONEY - 5_000 - 50, 0)


def test_band_without_a_reference_bars_no_price_below_the_payout() -> None:
    """An outcome cannot be dearer than what it pays."""
    world = World(rain={"price_band_ppb": 10 * PERCENT})
    world.buy(ALICE, 1, 99, "a1", instrument_id=RAIN)
    assert world.story == ["accepted a1 1 @ 99", "rested a1"]

    world.buy(ALICE, 1, 100, "a2", instrument_id=RAIN)
    assert world.story == ["rejected a2 PRICE_OUTSIDE_BAND"]


def test_order_that_takes_cannot_be_post_only(world: World) -> None:
    """What wants the best opposite price is not kept from trading with it."""
    world.sell(BOB, 1, 100)
    left_over = OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT
    terms = {"ord_type": left_over, "time_in_force": TimeInForce.GTC}
    world.buy(ALICE, 1, 0, "a1", exec_inst=int(ExecInst.POST_ONLY), **terms)

    assert world.story == ["rejected a1 INVALID_EXEC_INST"]


def test_fee_taken_from_what_a_sale_brings_is_never_more() -> None:
    """A step of 1500 on a fill of 1000 takes that, as nothing else is held."""
    world = World(spot={"maker_fee_ppb": 100 * PERCENT, "fee_step_minor": 1_500})
    world.withdraw(ALICE, MONEY)
    world.sell(ALICE, 2, 100, "a1")
    world.buy(CAROL, 1, 100, "c1")
    assert world.story[1:] == ["traded a1 c1 1 @ 100 fees 1000 0"]
    world.buy(CAROL, 1, 100, "c2")
    assert world.story[1:] == ["traded a1 c2 1 @ 100 fees 500 0"]

    assert world.money(ALICE) == (500, 0)
    world.exchange.check_invariants()


# What alice, long 50 at 100 with a margin of 5000, can pledge of her 100,000 at a mark.
MARKS = [
    ("as it was bought", 100, 95_000),
    ("a loss of 20,000", 60, 75_000),
    ("a profit opens nothing", 140, 95_000),
]


@pytest.mark.parametrize(("_says", "mark", "free"), MARKS)
def test_loss_at_the_mark_is_not_there_to_be_pledged(_says: str, mark: int, free: int) -> None:
    """Nor to be withdrawn; an order that can only close is taken all the same."""
    world = World()
    world.trade(ALICE, BOB, 50, 100, instrument_id=PERP)
    world.trade(CAROL, BOB, 1, mark, instrument_id=PERP)
    lots = free // (10 * 10 // 10)
    for asked, taken in ((lots + 1, False), (lots, True)):
        world.buy(ALICE, asked, 10, f"a{asked}", instrument_id=PERP)
        assert world.story[0].startswith("accepted" if taken else "rejected")
        world.cancel(ALICE, name=f"a{asked}")
    for asked in (free + 1, free):
        world.withdraw(ALICE, asked)
        assert (world.story == ["refused INSUFFICIENT_FUNDS"]) is (asked > free)

    world.sell(ALICE, 50, 500, "close", instrument_id=PERP)
    assert world.story[0].startswith("accepted")
    world.exchange.check_invariants()


def test_profit_counts_against_loss_in_the_same_asset() -> None:
    """Long and short of the same mark: the loss of one is the profit of the other."""
    world = World()
    world.run(ListInstrument(perpetual(symbol="ETH-PERP")))
    other = InstrumentId(world.exchange.seq)
    world.trade(ALICE, BOB, 50, 100, instrument_id=PERP)
    world.trade(BOB, ALICE, 50, 100, instrument_id=other)
    for market in (PERP, other):
        world.trade(CAROL, BOB, 1, 60, instrument_id=market)
    summary: AccountSummary = world.exchange.query(GetAccount(ALICE))

    assert [(0, MONEY - 10_000)] == [
        (one.loss_minor, one.available_minor) for one in summary.balances if one.asset_id == USDC
    ]


@pytest.mark.parametrize(("account", "loss"), [(CAROL, 20_000), (ALICE, 0)])
def test_shares_that_are_paid_for_can_lose_no_more(account: AccountId, loss: int) -> None:
    """All that they cost is held, unless the account may borrow, as carol's may."""
    world = World(shares={})
    world.run(OpenAccount("acme", "owner", "dave", may_borrow=True))
    dave = AccountId(world.seq)
    world.run(DepositFunds(dave, USDC, MONEY))
    world.trade(account, dave, 50, 100, instrument_id=SHARES)
    world.trade(BOB, dave, 1, 60, instrument_id=SHARES)
    summary: AccountSummary = world.exchange.query(GetAccount(account))

    assert [loss] == [one.loss_minor for one in summary.balances if one.asset_id == USDC]
