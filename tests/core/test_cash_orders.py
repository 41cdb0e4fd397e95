"""Orders for cash on a binary market, where the cash may be that of the other outcome."""

import pytest
from tests.core.build import ALICE, BOB, CAROL, MONEY, PERCENT, RAIN, SPOT, World, new_order

from countermand.core import exposure
from countermand.vocabulary.events import OrderRejected
from countermand.vocabulary.ids import AccountId, InstrumentId
from countermand.vocabulary.order import Cash, OrdType, Outcome, Side, TimeInForce
from countermand.vocabulary.queries import PreviewOrder
from countermand.vocabulary.reasons import RejectReason


@pytest.fixture
def rain() -> World:
    """Return an exchange where a lot of the binary market pays 100 ticks of 10."""
    return World(rain={})


def money_of(cash: int, *, at_complement: bool) -> Cash:
    """Return an amount of the other outcome's money, or of its own."""
    return Cash(cash, Outcome.NO if at_complement else Outcome.YES)


def spend(world: World, side: Side, cash: int, *, at_complement: bool = True) -> int:
    """Let alice trade for an amount of cash; return how much she traded."""
    order_id = world.order(
        ALICE, side, 0, 0, instrument_id=RAIN, cash=money_of(cash, at_complement=at_complement)
    )
    return world.report(ALICE, order_id).cum_qty_lots


def test_bought_outright(rain: World) -> None:
    """7000 buy 23 at 30, which cost 6900."""
    rain.sell(BOB, 50, 30, instrument_id=RAIN)

    assert 23 == spend(rain, Side.BUY, 7_000, at_complement=False)
    assert (MONEY - 6_900, 0) == rain.money(ALICE)


def test_sold_outright(rain: World) -> None:
    """Of 50 held, 7000 are brought by 23 at 30."""
    rain.trade(ALICE, BOB, 50, 50, instrument_id=RAIN)
    rain.buy(CAROL, 50, 30, instrument_id=RAIN)

    assert 23 == spend(rain, Side.SELL, 7_000, at_complement=False)
    assert (MONEY - 25_000 + 6_900, 0) == rain.money(ALICE)


def test_complement_bought(rain: World) -> None:
    """At a bid of 30 the other outcome costs 70: 7000 buy ten; 3000 come in, 10000 are held."""
    rain.buy(BOB, 50, 30, instrument_id=RAIN)

    assert 10 == spend(rain, Side.SELL, 7_000)
    assert (MONEY + 3_000, 10_000) == rain.money(ALICE)


def test_complement_sold(rain: World) -> None:
    """Twenty were bought for 50 each; at an offer of 30 ten of them bring 7000."""
    rain.trade(BOB, ALICE, 20, 50, instrument_id=RAIN)
    rain.sell(CAROL, 50, 30, instrument_id=RAIN)

    assert 10 == spend(rain, Side.BUY, 7_000)
    assert (MONEY + 10_000 - 3_000, 10_000) == rain.money(ALICE)


@pytest.mark.parametrize(("cash", "expected"), [(2_099, 2), (2_100, 3), (3_699, 4), (3_700, 5)])
def test_complement_is_bought_level_after_level(rain: World, cash: int, expected: int) -> None:
    """Three for 70, the highest bid first, and then some for 80."""
    rain.buy(BOB, 3, 30, instrument_id=RAIN)
    rain.buy(BOB, 50, 20, instrument_id=RAIN)

    assert expected == spend(rain, Side.SELL, cash)


@pytest.mark.parametrize(("cash", "expected"), [(2_100, 3), (2_699, 3), (2_700, 4)])
def test_complement_is_sold_level_after_level(rain: World, cash: int, expected: int) -> None:
    """Three for 70, the lowest offer first, and then some for 60."""
    rain.sell(BOB, 3, 30, instrument_id=RAIN)
    rain.sell(BOB, 50, 40, instrument_id=RAIN)

    assert expected == spend(rain, Side.BUY, cash)


@pytest.mark.parametrize(("left", "traded"), [(7_000, 10), (6_999, 0)])
def test_complement_needs_its_cash_alone(rain: World, left: int, traded: int) -> None:
    """However low the worst bid is, at which as many would cost 9900."""
    rain.buy(BOB, 50, 30, instrument_id=RAIN)
    rain.buy(BOB, 50, 1, instrument_id=RAIN)
    rain.withdraw(ALICE, MONEY - left)
    rain.order(ALICE, Side.SELL, 0, 0, instrument_id=RAIN, cash=Cash(7_000, Outcome.NO))

    if traded:
        assert (3_000 + 7_000, 10_000) == rain.money(ALICE)
    else:
        refused = OrderRejected(ALICE, "", RejectReason.INSUFFICIENT_FUNDS, None)
        assert (refused,) == rain.events


def needs(world: World, side: Side, *, at_complement: bool, account: AccountId = ALICE) -> int:
    """Return what ten lots at 30 for 7000 in cash need."""
    state = world.exchange._state
    where = (state.accounts[account], state.markets[RAIN])
    cash = money_of(7_000, at_complement=at_complement)
    return exposure.required_minor(*where, exposure.Priced(side, 30, 10, cash))


def test_buyer_needs_the_cash_and_a_fee_on_it() -> None:
    """A buyer of either outcome; one percent of 7000 is 70."""
    world = World(rain={"taker_fee_ppb": PERCENT})

    assert 7_070 == needs(world, Side.BUY, at_complement=False)
    assert 7_070 == needs(world, Side.SELL, at_complement=True)


def test_seller_needs_as_much_as_for_an_order_by_quantity(rain: World) -> None:
    """A seller of either outcome who has none of it opens the other, for 70 and for 30."""
    assert 7_000 == needs(rain, Side.SELL, at_complement=False)
    assert 3_000 == needs(rain, Side.BUY, at_complement=True)


def test_complement_closes_what_is_held(rain: World) -> None:
    """Who has ten of the outcome sells them, and needs nothing."""
    rain.trade(ALICE, BOB, 10, 50, instrument_id=RAIN)

    assert 0 == needs(rain, Side.SELL, at_complement=True)


def test_preview(rain: World) -> None:
    """Says what would be bought and needed."""
    rain.buy(BOB, 50, 30, instrument_id=RAIN)
    cash = Cash(7_000, Outcome.NO)
    order = new_order(ALICE, Side.SELL, 0, 0, instrument_id=RAIN, cash=cash)
    report = rain.exchange.query(PreviewOrder(order, 0))

    assert (None, 10, 7_000) == (report.reason, report.fill_qty_lots, report.required_minor)


@pytest.mark.parametrize(
    ("market", "more"),
    [
        (SPOT, {}),
        (RAIN, {"cash": Cash(0, Outcome.NO), "order_qty_lots": 5}),
        (
            RAIN,
            {
                "ord_type": OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT,
                "time_in_force": TimeInForce.GTC,
            },
        ),
    ],
)
def test_complement_of_nothing(rain: World, market: InstrumentId, more: dict[str, object]) -> None:
    """Only cash, of a market order, on a market with two outcomes can be the other outcome's."""
    rain.buy(BOB, 5, 30, instrument_id=market)
    terms: dict[str, object] = {"instrument_id": market, "cash": Cash(7_000, Outcome.NO)} | more
    qty = terms.pop("order_qty_lots", 0)
    assert isinstance(qty, int)
    rain.order(ALICE, Side.SELL, qty, 0, **terms)

    assert (OrderRejected(ALICE, "", RejectReason.INVALID_AMOUNT, None),) == rain.events
