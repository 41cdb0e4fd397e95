"""Ledger: what is held, what is paid, and what closing a position realizes."""

import pytest
from tests.core.build import (
    ALICE,
    BOB,
    BTC,
    COINS,
    MONEY,
    PERCENT,
    PERP,
    USDC,
    World,
    instrument,
    perpetual,
)

from countermand.core import ledger
from countermand.core.state import Position
from countermand.vocabulary.ids import CLEARING, EXTERNAL, FEES
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import Side

FEES_1_2 = {"maker_fee_ppb": PERCENT, "taker_fee_ppb": 2 * PERCENT}


@pytest.mark.parametrize(
    ("rules", "side", "expected"),
    [
        (instrument(), Side.BUY, 5_000),
        (instrument(**FEES_1_2), Side.BUY, 5_100),
        (instrument(taker_fee_ppb=1), Side.BUY, 5_001),
        (instrument(maker_fee_ppb=-PERCENT), Side.BUY, 5_000),
        (instrument(**FEES_1_2), Side.SELL, 500),
        (perpetual(), Side.BUY, 0),
        (perpetual(**FEES_1_2), Side.BUY, 100),
        (perpetual(**FEES_1_2), Side.SELL, 100),
    ],
)
def test_order_holds_what_it_may_come_to_owe(rules: Instrument, side: Side, expected: int) -> None:
    """5 lots at 100: the notional and the dearest fee, the quantity, or the fee alone."""
    assert ledger.order_hold(rules, side, 100, 5) == expected


@pytest.mark.parametrize(
    ("kind", "side", "expected"),
    [
        ("spot", Side.BUY, USDC),
        ("spot", Side.SELL, BTC),
        ("perp", Side.BUY, USDC),
        ("perp", Side.SELL, USDC),
    ],
)
def test_only_a_spot_sell_holds_the_base_asset(kind: str, side: Side, expected: int) -> None:
    """Everything else is owed in the quote asset."""
    rules = instrument() if kind == "spot" else perpetual()

    assert ledger.hold_asset(rules, side) == expected


@pytest.mark.parametrize(
    ("cost", "buys", "sells", "expected"),
    [
        (0, 0, 0, 0),
        (1_000, 0, 0, 100),
        (-1_000, 0, 0, 100),
        (0, 1_000, 0, 100),
        (0, 1_000, 3_000, 300),
        (1_000, 500, 0, 150),
        (1_000, 0, 500, 100),
        (1_000, 0, 2_500, 150),
        (-1_000, 500, 500, 150),
        (1, 0, 0, 1),
    ],
)
def test_margin_covers_the_worse_of_both_sides(
    cost: int, buys: int, sells: int, expected: int
) -> None:
    """Either all buys trade or all sells do; what reduces the position asks for nothing."""
    position = Position(
        net_lots=cost,
        cost_minor=cost,
        open_buy_lots=buys,
        open_buy_minor=buys,
        open_sell_lots=sells,
        open_sell_minor=sells,
    )

    assert ledger.margin(perpetual(), position) == expected


@pytest.mark.parametrize(
    ("net_lots", "side", "lots", "expected"),
    [
        (60, Side.SELL, 60, 600),
        (60, Side.SELL, 61, 1_230),
        (-60, Side.BUY, 60, 600),
        (-60, Side.BUY, 61, 1_230),
    ],
)
def test_margin_never_bars_the_way_out(net_lots: int, side: Side, lots: int, expected: int) -> None:
    """However dear, an order the position covers asks for nothing; one lot more may flip it."""
    position = Position(net_lots=net_lots, cost_minor=100 * net_lots)

    assert ledger.margin(perpetual(), position, side, lots, 300 * lots) == expected


def test_spot_match_swaps_both_assets_and_pays_both_fees() -> None:
    """Every posting has two sides, and the house has the fees."""
    world = World(spot={"maker_fee_ppb": -PERCENT, "taker_fee_ppb": 2 * PERCENT})
    world.sell(ALICE, 5, 100)
    world.buy(BOB, 5, 100)

    assert world.money(ALICE) == (MONEY + 5_000 + 50, 0)
    assert world.money(BOB) == (MONEY - 5_000 - 100, 0)
    assert world.money(ALICE, BTC) == (COINS - 500, 0)
    assert world.money(BOB, BTC) == (COINS + 500, 0)
    assert world.money(FEES) == (50, 0)
    assert world.money(EXTERNAL) == (-3 * MONEY, 0)


def test_partial_fill_frees_its_part_of_the_hold() -> None:
    """What is held is what the rest may come to owe, and a better price is not owed at all."""
    world = World(spot={"taker_fee_ppb": PERCENT})
    world.sell(ALICE, 2, 90)
    world.buy(BOB, 5, 100)

    assert world.money(BOB) == (MONEY - 1_800 - 18, 3_000 + 30)


def test_cancel_frees_the_hold_to_the_last_unit() -> None:
    """Even where fee reserves were rounded up."""
    world = World(spot={"taker_fee_ppb": 333_333})
    order = world.buy(ALICE, 7, 101)
    assert world.money(ALICE) == (MONEY, 7_070 + 3)

    world.cancel(ALICE, order)
    assert world.money(ALICE) == (MONEY, 0)


def test_perpetual_order_holds_margin_and_fee() -> None:
    """Ten percent of the notional, and the dearest fee on all of it."""
    world = World(perp=FEES_1_2)
    world.buy(ALICE, 5, 100, instrument_id=PERP)

    assert world.money(ALICE) == (MONEY, 500 + 100)
    assert world.position(ALICE).margin_minor == 500


def test_orders_of_both_sides_share_one_margin(world: World) -> None:
    """The larger side is held, not the sum."""
    world.buy(ALICE, 5, 90, instrument_id=PERP)
    world.sell(ALICE, 5, 110, instrument_id=PERP)

    assert world.money(ALICE) == (MONEY, 550)


# Positions: net lots, cost, realized, after the trades of alice against bob, (lots, price) each.
TRADES = [
    ("opened", [(5, 100)], (5, 5_000, 0)),
    ("added to", [(5, 100), (5, 120)], (10, 11_000, 0)),
    ("closed with a gain", [(5, 100), (-5, 120)], (0, 0, 1_000)),
    ("closed with a loss", [(5, 100), (-5, 90)], (0, 0, -500)),
    ("reduced", [(10, 100), (-4, 110)], (6, 6_000, 400)),
    ("flipped", [(5, 100), (-8, 110)], (-3, -3_300, 500)),
    ("short and covered", [(-5, 100), (5, 90)], (0, 0, 500)),
    ("short, covered at a loss and flipped", [(-5, 100), (7, 120)], (2, 2_400, -1_000)),
    ("of uneven cost", [(2, 100), (1, 101), (-1, 100)], (2, 2_007, -3)),
]


@pytest.mark.parametrize(("story", "trades", "expected"), TRADES, ids=[row[0] for row in TRADES])
def test_position_is(
    world: World, story: str, trades: list[tuple[int, int]], expected: tuple[int, int, int]
) -> None:
    """What closes takes its share of the cost, rounded toward zero; clearing has the other side."""
    for lots, price in trades:
        buyer, seller = (ALICE, BOB) if lots > 0 else (BOB, ALICE)
        world.trade(buyer, seller, abs(lots), price, instrument_id=PERP)
    alice, bob = world.position(ALICE), world.position(BOB)

    assert (alice.net_lots, alice.cost_minor, alice.realized_minor) == expected
    assert (bob.net_lots, bob.cost_minor, bob.realized_minor) == tuple(-n for n in expected)
    assert world.money(ALICE)[0] == MONEY + expected[2]
    assert world.money(CLEARING)[0] == 0
    world.exchange.check_invariants()


def test_loss_beyond_the_money_there_was_is_owed() -> None:
    """A perpetual account can be overdrawn, and every asset still sums to zero."""
    world = World(perp={"initial_margin_ppb": PERCENT})
    world.trade(ALICE, BOB, 5_000, 100, instrument_id=PERP)
    world.trade(BOB, ALICE, 5_000, 70, instrument_id=PERP)

    assert world.money(ALICE)[0] == MONEY - 1_500_000
    world.exchange.check_invariants()
