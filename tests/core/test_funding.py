"""Funding: money that comes in and goes out, and markets that are paid out."""

import pytest
from tests.core.build import ALICE, BOB, BTC, COINS, MONEY, NOBODY, PERP, RAIN, SPOT, USDC, World

from countermand.vocabulary.commands import (
    DepositFunds,
    SettleInstrument,
    SetTradingState,
    WithdrawFunds,
)
from countermand.vocabulary.ids import CLEARING, EXTERNAL, AccountId, AssetId, InstrumentId
from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.queries import GetQuote


@pytest.mark.parametrize("kind", [DepositFunds, WithdrawFunds])
@pytest.mark.parametrize(
    ("account", "asset", "amount", "reason"),
    [
        (NOBODY, USDC, 5, "UNKNOWN_ACCOUNT"),
        (EXTERNAL, USDC, 5, "UNKNOWN_ACCOUNT"),
        (ALICE, USDC, 0, "INVALID_AMOUNT"),
        (ALICE, USDC, -5, "INVALID_AMOUNT"),
        (ALICE, AssetId(999), 5, "INVALID_AMOUNT"),
    ],
)
def test_movement_of_money_is_refused(
    world: World,
    kind: type[DepositFunds | WithdrawFunds],
    account: AccountId,
    asset: AssetId,
    amount: int,
    reason: str,
) -> None:
    """
    The account, the asset or the amount does not exist; the house's accounts are not for customers.
    """
    world.run(kind(account, asset, amount))

    assert world.story == [f"refused {reason}"]


def test_withdrawal_goes_outside(world: World) -> None:
    """The other side is the account that deposits come from."""
    world.withdraw(ALICE, 400)

    assert world.money(ALICE) == (MONEY - 400, 0)
    assert world.money(EXTERNAL) == (400 - 3 * MONEY, 0)


def test_asset_an_account_never_had_cannot_be_withdrawn() -> None:
    """There is nothing of it."""
    world = World(rain={})
    world.run(WithdrawFunds(CLEARING, USDC, 1))
    assert world.story == ["refused UNKNOWN_ACCOUNT"]
    world.withdraw(ALICE, COINS + 1, BTC)

    assert world.story == ["refused INSUFFICIENT_FUNDS"]


def test_only_orders_that_hold_the_asset_are_canceled(world: World) -> None:
    """A sell of coins is not touched when dollars go, newer as it may be."""
    world.buy(ALICE, 100, 100, "a1")
    world.sell(ALICE, 1, 120, "a2")
    world.withdraw(ALICE, 1)

    assert world.story == ["withdrawn 1", "canceled a1 UNFUNDED"]
    assert world.depth() == ((), ((120, 1),))


def test_no_more_orders_are_canceled_than_need_be(world: World) -> None:
    """The newest goes first, and once the rest is funded none does."""
    for name in ("a1", "a2", "a3"):
        world.buy(ALICE, 25, 100, name, instrument_id=SPOT)
    world.withdraw(ALICE, 40_000)

    assert world.story == ["withdrawn 40000", "canceled a3 UNFUNDED"]
    assert world.money(ALICE) == (60_000, 50_000)


def test_order_that_frees_nothing_is_left_alone(world: World) -> None:
    """The offer closes what is long, so only the bid needs money, older as it is."""
    world.trade(ALICE, BOB, 10, 100, instrument_id=PERP)
    world.buy(ALICE, 10, 90, "a1", instrument_id=PERP)
    world.sell(ALICE, 10, 110, "a2", instrument_id=PERP)
    world.withdraw(ALICE, MONEY - 1_000)

    assert world.story == [f"withdrawn {MONEY - 1_000}", "canceled a1 UNFUNDED"]
    assert world.money(ALICE) == (1_000, 1_000)


def test_both_sides_that_need_as_much_go_one_after_the_other(world: World) -> None:
    """Neither frees anything alone; the newest goes first, then the other frees all."""
    world.buy(ALICE, 11, 100, "a1", instrument_id=PERP)
    world.sell(ALICE, 10, 110, "a2", instrument_id=PERP)
    world.withdraw(ALICE, MONEY)

    cancels = ["canceled a2 UNFUNDED", "canceled a1 UNFUNDED"]
    assert world.story == [f"withdrawn {MONEY}", *cancels]


@pytest.mark.parametrize(
    ("market", "free"), [(PERP, MONEY - 10 * 100), (RAIN, MONEY + 10 * 1_000 - 10 * 1_000)]
)
def test_hold_of_a_position_alone_stays(market: InstrumentId, free: int) -> None:
    """Margin of a perpetual; the payout of a short outcome, whose price came in before."""
    world = World(rain={"payout_ticks": 101})
    world.trade(BOB, ALICE, 10, 100, instrument_id=market)
    free -= 100 if market == RAIN else 0
    world.withdraw(ALICE, free + 1)
    assert world.story == ["refused INSUFFICIENT_FUNDS"]

    world.withdraw(ALICE, free)
    assert world.story == [f"withdrawn {free}"]
    total, hold = world.money(ALICE)
    assert total == hold


@pytest.mark.parametrize(
    ("market", "price", "reason"),
    [
        (InstrumentId(999), 50, "UNKNOWN_INSTRUMENT"),
        (SPOT, 50, "MARKET_CLOSED"),
        (PERP, -1, "PRICE_OUTSIDE_BAND"),
        (RAIN, -1, "PRICE_OUTSIDE_BAND"),
        (RAIN, 101, "PRICE_OUTSIDE_BAND"),
    ],
)
def test_settlement_is_refused(market: InstrumentId, price: int, reason: str) -> None:
    """Only a market of positions is settled, a binary one from nothing to its payout."""
    world = World(rain={})
    world.settle(price, market)

    assert world.story == [f"refused {reason}"]


@pytest.mark.parametrize("price", [0, 37, 100])
def test_settlement_moves_money_between_both_sides_alone(price: int) -> None:
    """One side pays the other, and the house keeps no part."""
    world = World(rain={})
    world.trade(ALICE, BOB, 8, 60, instrument_id=RAIN)
    assert world.money(CLEARING) == (0, 0)
    world.settle(price)

    assert world.money(ALICE) == (MONEY - 8 * 600 + 8 * 10 * price, 0)
    assert world.money(BOB) == (MONEY + 8 * 600 - 8 * 10 * price, 0)
    assert world.money(CLEARING) == (0, 0)
    assert world.position(ALICE, RAIN).realized_minor == 8 * 10 * (price - 60)
    world.exchange.check_invariants()


@pytest.mark.parametrize("price", [0, 90, 100, 250])
def test_settlement_realizes_what_positions_gained(world: World, price: int) -> None:
    """Against their cost; the margin is free, and the market is over."""
    world.trade(ALICE, BOB, 8, 100, instrument_id=PERP)
    per_tick = world.exchange.query(GetQuote(PERP)).instrument.notional_minor
    gain = 8 * (price - 100) * per_tick
    before = {account: world.money(account)[0] for account in (ALICE, BOB)}
    world.settle(price, PERP)

    assert world.money(ALICE) == (before[ALICE] + gain, 0)
    assert world.money(BOB) == (before[BOB] - gain, 0)
    assert world.money(CLEARING) == (0, 0)
    assert world.position(ALICE, PERP).realized_minor == gain
    assert world.position(ALICE, PERP).net_lots == 0
    world.exchange.check_invariants()
    world.settle(price, PERP)
    assert world.story == ["refused MARKET_CLOSED"]


def test_settlement_reports_every_order_it_took() -> None:
    """As a mass cancel does, in ascending order of ids."""
    world = World(rain={})
    orders = [
        world.buy(ALICE, 1, 40, instrument_id=RAIN),
        world.sell(BOB, 1, 60, instrument_id=RAIN),
    ]
    world.run(SettleInstrument(RAIN, 100))

    assert [report.order_id for report in world.receipt.orders] == orders


def test_settled_market_is_over() -> None:
    """It says at what, is halted for ever, and is not settled again."""
    world = World(rain={})
    world.settle(0)
    quote = world.exchange.query(GetQuote(RAIN))
    assert quote.settled_px_ticks == 0
    assert quote.instrument.trading_state is TradingState.HALTED

    world.run(SetTradingState(RAIN, TradingState.TRADING))
    assert world.story == ["refused MARKET_CLOSED"]
    world.settle(100)
    assert world.story == ["refused MARKET_CLOSED"]


def test_position_holds_only_what_it_is_paid_in(world: World) -> None:
    """Coins are free to go, also when a short position holds dollars."""
    world.trade(BOB, ALICE, 10, 100, instrument_id=PERP)
    world.withdraw(ALICE, COINS, BTC)

    assert world.story == [f"withdrawn {COINS}"]
