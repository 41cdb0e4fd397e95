"""Checks: every refusal there is, alone and before every other that would also apply."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from tests.core.build import ALICE, BOB, CAROL, MONEY, NOBODY, PERCENT, PERP, SPOT, World

from countermand.core import checks
from countermand.vocabulary.events import CancelRejected, OrderAccepted, OrderRejected
from countermand.vocabulary.ids import InstrumentId
from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.order import Cash, ExecInst, OrdType, SelfTradePrevention, TimeInForce
from countermand.vocabulary.reasons import CxlRejReason, RejectReason

POST_ONLY, REDUCE_ONLY = int(ExecInst.POST_ONLY), int(ExecInst.REDUCE_ONLY)
R = RejectReason

RULES = {
    "order_qty_lots_min": 2,
    "order_qty_lots_max": 50,
    "price_band_ppb": 10 * PERCENT,
    "notional_minor_min": 2_000,
    "position_lots_max": 20,
}
MARKET = {"ord_type": OrdType.MARKET, "price": 0}
LEFT_OVER = OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT

Arrange = Callable[[World], object]


def nothing(world: World) -> None:
    """Leave the exchange as founded."""


def lock(world: World) -> None:
    """Bar the account from trading."""
    world.configure(ALICE, trading_locked=True)


def state(trading_state: TradingState) -> Arrange:
    """Put the market in a state."""
    return lambda world: world.set_state(trading_state, PERP)


def use_name(world: World) -> None:
    """Take the client id."""
    world.sell(ALICE, 1, 200, "used")


def offer(world: World) -> None:
    """Let someone sell what an order would meet."""
    world.sell(BOB, 2, 100, instrument_id=PERP)


def offer_own(world: World) -> None:
    """Let the account itself sell what its order would meet."""
    world.sell(ALICE, 2, 100, instrument_id=PERP)


def spend(world: World) -> None:
    """Leave nothing that could be held."""
    total, hold = world.money(ALICE)
    world.buy(ALICE, (total - hold) // 10, 1)


def crowd(world: World) -> None:
    """Allow no further open order; undone by the fixture."""
    setattr(checks, "OPEN_ORDERS_PER_ACCOUNT_MAX", 0)  # noqa: B010 - imported there, not its own


class Case(NamedTuple):
    """A refusal: how the exchange must be, and what of the order must be so."""

    reason: RejectReason
    arrange: Arrange
    terms: dict[str, Any]


# In order of precedence. The order that none of it applies to: buy 5 @ 100, limit, GTC.
NEW_ORDERS = [
    Case(R.UNKNOWN_ACCOUNT, nothing, {"account": NOBODY}),
    Case(R.UNKNOWN_INSTRUMENT, nothing, {"instrument_id": InstrumentId(999)}),
    Case(R.ACCOUNT_LOCKED, lock, {}),
    Case(R.MARKET_CLOSED, state(TradingState.HALTED), {}),
    Case(R.POST_ONLY_MARKET, state(TradingState.POST_ONLY), {"exec_inst": 0}),
    Case(R.LIMIT_ONLY_MARKET, state(TradingState.LIMIT_ONLY), {**MARKET, "time_in_force": "IOC"}),
    Case(R.DUPLICATE_CL_ORD_ID, use_name, {"name": "used"}),
    Case(R.INVALID_TIME_IN_FORCE, nothing, {**MARKET, "time_in_force": "GTC"}),
    Case(R.INVALID_EXEC_INST, nothing, {"exec_inst": POST_ONLY, "time_in_force": "IOC"}),
    Case(R.INVALID_EXPIRE_TIME, nothing, {"expire_ns": 1}),
    Case(R.INVALID_AMOUNT, nothing, {"cash": Cash(-1)}),
    Case(R.NO_LIQUIDITY, nothing, {"ord_type": LEFT_OVER}),
    Case(R.QTY_NOT_POSITIVE, nothing, {"qty": 0}),
    Case(R.QTY_BELOW_MIN, nothing, {"qty": 1}),
    Case(R.QTY_ABOVE_MAX, nothing, {"qty": 51}),
    Case(R.PRICE_NOT_POSITIVE, nothing, {"price": -5, "ord_type": OrdType.LIMIT}),
    Case(R.PRICE_OUTSIDE_BAND, nothing, {"price": 80}),
    Case(R.NOTIONAL_BELOW_MIN, nothing, {"price": 90, "qty": 2}),
    Case(R.NOT_REDUCING, nothing, {"exec_inst": REDUCE_ONLY}),
    Case(R.POST_ONLY_WOULD_CROSS, offer, {"exec_inst": POST_ONLY, "price": 100}),
    Case(R.POSITION_LIMIT, nothing, {"qty": 25}),
    Case(R.INSUFFICIENT_FUNDS, spend, {}),
    Case(R.TOO_MANY_OPEN_ORDERS, crowd, {}),
    Case(R.SELF_TRADE, offer_own, {"stp": SelfTradePrevention.REJECT}),
]

# Two that no single order can have: its market has one state, it has one time in force, and so on.
EXCLUSIVE = {
    (R.MARKET_CLOSED, R.POST_ONLY_MARKET),
    (R.MARKET_CLOSED, R.LIMIT_ONLY_MARKET),
    (R.POST_ONLY_MARKET, R.LIMIT_ONLY_MARKET),
    (R.POST_ONLY_MARKET, R.INVALID_EXEC_INST),
    (R.POST_ONLY_MARKET, R.POST_ONLY_WOULD_CROSS),
    (R.LIMIT_ONLY_MARKET, R.PRICE_NOT_POSITIVE),
    (R.INVALID_TIME_IN_FORCE, R.INVALID_EXEC_INST),
    (R.INVALID_TIME_IN_FORCE, R.PRICE_NOT_POSITIVE),
    (R.QTY_NOT_POSITIVE, R.QTY_ABOVE_MAX),
    (R.QTY_NOT_POSITIVE, R.POSITION_LIMIT),
    (R.QTY_BELOW_MIN, R.QTY_ABOVE_MAX),
    (R.QTY_BELOW_MIN, R.POSITION_LIMIT),
    (R.QTY_ABOVE_MAX, R.NOTIONAL_BELOW_MIN),
    (R.PRICE_OUTSIDE_BAND, R.POST_ONLY_WOULD_CROSS),
    (R.NOTIONAL_BELOW_MIN, R.POST_ONLY_WOULD_CROSS),
    (R.NOTIONAL_BELOW_MIN, R.POSITION_LIMIT),
    (R.INVALID_EXEC_INST, R.NO_LIQUIDITY),
    (R.INVALID_EXEC_INST, R.POST_ONLY_WOULD_CROSS),
    (R.NO_LIQUIDITY, R.POST_ONLY_WOULD_CROSS),
    (R.NO_LIQUIDITY, R.SELF_TRADE),
}

PAIRS = [
    (first, second)
    for index, first in enumerate(NEW_ORDERS)
    for second in NEW_ORDERS[index + 1 :]
    if (first.reason, second.reason) not in EXCLUSIVE
]


@pytest.fixture(autouse=True)
def bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put back the bound that `crowd` takes away."""
    monkeypatch.setattr(checks, "OPEN_ORDERS_PER_ACCOUNT_MAX", 100)


def place(*cases: Case) -> OrderRejected | OrderAccepted:
    """Arrange all the cases, the first last, and ask for an order that has the terms of all."""
    world = World(perp=RULES)
    terms: dict[str, Any] = {"account": ALICE, "qty": 5, "price": 100, "instrument_id": PERP}
    exec_inst = 0
    # Nothing can be arranged any more once the exchange is crowded.
    in_turn = [case for case in reversed(cases) if case.arrange is not crowd]
    for case in in_turn + [case for case in cases if case.arrange is crowd]:
        case.arrange(world)
        terms |= case.terms
        exec_inst |= case.terms.get("exec_inst", 0)
    terms["exec_inst"] = exec_inst
    if "time_in_force" in terms:
        terms["time_in_force"] = TimeInForce[terms["time_in_force"]]
    world.buy(**terms)
    first = world.events[0]
    assert isinstance(first, OrderRejected | OrderAccepted)
    return first


def test_order_with_nothing_wrong_is_accepted() -> None:
    """The order every case starts from is good, so each case refuses for its own reason."""
    assert isinstance(place(), OrderAccepted)


def test_cases_stand_in_order_of_precedence() -> None:
    """The ladder, the enum and this table read in parallel, and nothing of orders is left out."""
    listed = [case.reason for case in NEW_ORDERS]
    elsewhere = [
        R.ACCOUNT_KILLED,
        R.CONDITION_NOT_MET,
        R.NOTHING_TO_REPLACE,
        R.QTY_BELOW_EXECUTED,
        R.DUPLICATE_NAME,
    ]
    elsewhere += [R.UNKNOWN_ORDER, R.ALREADY_SUBMITTED, R.STAGING_EXPIRED, R.LIST_UNDERWAY]
    elsewhere += [R.INVALID_TRIGGER, R.TRIGGER_MET, R.INVALID_LIST, R.INVALID_SCHEDULE]
    elsewhere += [R.SHORT_NOT_ALLOWED, R.OPPOSITE_POSITION]
    elsewhere += [R.NOTHING_TO_CLOSE, R.CLOSES_BEYOND_POSITION, R.SLOT_NUMBER_USED]

    assert listed == [reason for reason in RejectReason if reason not in elsewhere]


@pytest.mark.parametrize("case", NEW_ORDERS, ids=lambda case: case.reason.name)
def test_order_is_refused(case: Case) -> None:
    """Each reason, by what alone brings it about."""
    refused = place(case)

    assert isinstance(refused, OrderRejected)
    assert refused.reason is case.reason


@pytest.mark.parametrize(("first", "second"), PAIRS, ids=lambda case: case.reason.name)
def test_first_refusal_takes_precedence(first: Case, second: Case) -> None:
    """Where two apply, the one listed first answers."""
    refused = place(first, second)

    assert isinstance(refused, OrderRejected)
    assert refused.reason is first.reason


# Replacements. The order that is replaced: buy 5 @ 99, of which 0 has traded unless `hit` says 3.


def hit(world: World) -> None:
    """Let 3 of the order's 5 trade."""
    world.sell(BOB, 3, 99, instrument_id=PERP)


def cover(world: World) -> None:
    """Let the order be one that covers a short position."""
    world.mass_cancel(ALICE)
    world.trade(CAROL, ALICE, 5, 100, instrument_id=PERP)
    world.buy(ALICE, 5, 99, "a2", instrument_id=PERP, exec_inst=REDUCE_ONLY)


def post(world: World) -> None:
    """Let the order be post-only, below an offer."""
    world.mass_cancel(ALICE)
    world.buy(ALICE, 5, 99, "a2", instrument_id=PERP, exec_inst=POST_ONLY)
    world.sell(BOB, 2, 100, instrument_id=PERP)


def refuse_own(world: World) -> None:
    """Let the order refuse to meet its account's own, which stands above it."""
    world.mass_cancel(ALICE)
    world.buy(ALICE, 5, 99, "a2", instrument_id=PERP, stp=SelfTradePrevention.REJECT)
    offer_own(world)


def refuse_crossing(world: World) -> None:
    """Let the market become post-only, with an offer above the order."""
    world.sell(BOB, 2, 100, instrument_id=PERP)
    world.set_state(TradingState.POST_ONLY, PERP)


REPLACEMENTS = [
    Case(R.ACCOUNT_LOCKED, lock, {"qty": 4}),
    Case(R.MARKET_CLOSED, state(TradingState.CANCEL_ONLY), {"qty": 4}),
    Case(R.DUPLICATE_CL_ORD_ID, use_name, {"new_name": "used"}),
    Case(R.QTY_NOT_POSITIVE, nothing, {"qty": -1}),
    Case(R.QTY_BELOW_MIN, nothing, {"qty": 1}),
    Case(R.QTY_ABOVE_MAX, nothing, {"qty": 51}),
    Case(R.PRICE_NOT_POSITIVE, nothing, {"price": -5}),
    Case(R.PRICE_OUTSIDE_BAND, nothing, {"price": 80}),
    Case(R.NOTIONAL_BELOW_MIN, nothing, {"price": 90, "qty": 2}),
    Case(R.NOTHING_TO_REPLACE, nothing, {}),
    Case(R.QTY_BELOW_EXECUTED, hit, {"qty": 3}),
    Case(R.NOT_REDUCING, cover, {"qty": 6}),
    Case(R.POST_ONLY_WOULD_CROSS, post, {"price": 100}),
    Case(R.POST_ONLY_WOULD_CROSS, refuse_crossing, {"price": 100}),
    Case(R.POSITION_LIMIT, nothing, {"qty": 21}),
    Case(R.INSUFFICIENT_FUNDS, lambda world: world.buy(ALICE, 99, 100), {"qty": 15}),
    Case(R.SELF_TRADE, refuse_own, {"price": 100}),
]

# Each says one more thing that is wrong than the case above it would need.
REPLACED_PAIRS = [
    ([lock, state(TradingState.HALTED)], {"qty": 4}, R.ACCOUNT_LOCKED),
    ([state(TradingState.HALTED), use_name], {"new_name": "used"}, R.MARKET_CLOSED),
    ([use_name], {"new_name": "used", "qty": -1}, R.DUPLICATE_CL_ORD_ID),
    ([], {"qty": -1, "price": -5}, R.QTY_NOT_POSITIVE),
    ([], {"qty": 1, "price": -5}, R.QTY_BELOW_MIN),
    ([], {"qty": 51, "price": -5}, R.QTY_ABOVE_MAX),
    ([], {"qty": 2, "price": -5}, R.PRICE_NOT_POSITIVE),
    ([], {"qty": 2, "price": 80}, R.PRICE_OUTSIDE_BAND),
    ([hit], {"qty": 2, "price": 90}, R.NOTIONAL_BELOW_MIN),
    ([cover, hit], {"qty": 3, "price": 99}, R.QTY_BELOW_EXECUTED),
    ([cover, offer], {"qty": 21, "price": 100}, R.NOT_REDUCING),
    ([post], {"qty": 21, "price": 100}, R.POST_ONLY_WOULD_CROSS),
    ([spend], {"qty": 21}, R.POSITION_LIMIT),
]


def replace(arrangements: list[Arrange], terms: dict[str, Any]) -> CancelRejected:
    """Place, arrange, replace, and return the refusal."""
    world = World(perp=RULES)
    world.buy(ALICE, 5, 99, "a1", instrument_id=PERP)
    for arrange in arrangements:
        arrange(world)
    order_id = next(i for i in reversed(world.names) if world.names[i] in ("a1", "a2"))
    world.replace(ALICE, order_id, **terms)
    refused = world.events[0]
    assert isinstance(refused, CancelRejected)
    return refused


@pytest.mark.parametrize("case", REPLACEMENTS, ids=lambda case: case.reason.name)
def test_replacement_is_refused(case: Case) -> None:
    """Each reason a replacement can have, by what alone brings it about."""
    refused = replace([case.arrange], case.terms)

    assert refused.reject_reason is case.reason


@pytest.mark.parametrize(("arrangements", "terms", "reason"), REPLACED_PAIRS)
def test_first_refusal_of_a_replacement_takes_precedence(
    arrangements: list[Arrange], terms: dict[str, Any], reason: RejectReason
) -> None:
    """Where two apply, the one listed first answers."""
    assert replace(arrangements, terms).reject_reason is reason


def test_refused_replacement_names_the_fix_reason() -> None:
    """FIX has a word for a duplicate, and one for all the rest."""
    duplicate = replace([use_name], {"new_name": "used"})
    other = replace([], {"qty": 51})

    assert duplicate.cxl_rej_reason is CxlRejReason.DUPLICATE_CL_ORD_ID
    assert other.cxl_rej_reason is CxlRejReason.OTHER


def test_smaller_order_is_let_through_without_money() -> None:
    """An order that needs no more money is not refused for want of it."""
    world = World()
    order = world.buy(ALICE, 99, 100)
    world.buy(ALICE, 1, 100)
    world.replace(ALICE, order, qty=98)

    assert world.story == [f"replaced {order} 98 @ 100 keeps its place"]


def test_account_that_may_only_reduce_is_refused_what_does_not(world: World) -> None:
    """The account's own setting makes every order reduce-only."""
    world.configure(ALICE, reduce_only=True)
    world.buy(ALICE, 1, 100, "a1", instrument_id=PERP)

    assert world.story == ["rejected a1 NOT_REDUCING"]


def test_no_band_means_any_price() -> None:
    """A band of 0 refuses nothing."""
    world = World(perp={"price_band_ppb": 0})
    world.buy(ALICE, 1, 10_000, "a1", instrument_id=PERP)

    assert world.story == ["accepted a1 1 @ 10000", "rested a1"]


def test_market_order_is_bound_by_the_worst_offer_without_a_band(world: World) -> None:
    """The order may take the whole book, and holds as much."""
    world.sell(BOB, 1, 100, "b1")
    world.sell(BOB, 1, 105, "b2")
    world.buy(ALICE, 1, name="a1")

    assert world.story == ["accepted a1 1 @ 105", "traded b1 a1 1 @ 100"]


def test_market_order_is_bound_by_the_band_around_the_best_offer() -> None:
    """Offers beyond the band are not taken."""
    world = World(spot={"market_band_ppb": 2 * PERCENT})
    world.sell(BOB, 1, 100, "b1")
    world.sell(BOB, 1, 103, "b2")
    world.buy(ALICE, 2, name="a1")

    assert world.story == [
        "accepted a1 2 @ 102",
        "traded b1 a1 1 @ 100",
        "canceled a1 IOC_REMAINDER",
    ]


def test_market_sell_is_bound_below_the_best_bid() -> None:
    """The band of a sell lies below, and never reaches zero."""
    world = World(spot={"market_band_ppb": 100 * PERCENT})
    world.buy(BOB, 1, 100, "b1")
    world.sell(ALICE, 2, name="a1")

    assert world.story[0] == "accepted a1 2 @ 1"


def test_market_sell_without_a_band_is_bound_by_the_worst_bid(world: World) -> None:
    """The order may take the whole book."""
    world.buy(BOB, 1, 100, "b1")
    world.buy(BOB, 1, 95, "b2")
    world.sell(ALICE, 1, name="a1")

    assert world.story == ["accepted a1 1 @ 95", "traded b1 a1 1 @ 100"]


def test_market_order_in_an_empty_book_ends_at_once(world: World) -> None:
    """The order is accepted, finds no match and is canceled; it holds no money."""
    world.buy(ALICE, 1, name="a1")

    assert world.story == ["accepted a1 1 @ 0", "canceled a1 IOC_REMAINDER"]
    assert world.money(ALICE) == (MONEY, 0)


def test_perpetual_sell_is_priced_at_the_best_bid_it_would_meet() -> None:
    """A sell far below the market owes margin for what it will really sell at."""
    world = World(perp={"initial_margin_ppb": 100 * PERCENT})
    world.buy(BOB, 20, 400, instrument_id=PERP)
    world.sell(ALICE, 50, 200, "a1", instrument_id=PERP)
    assert world.story == ["rejected a1 INSUFFICIENT_FUNDS"]

    world.sell(ALICE, 25, 200, "a2", instrument_id=PERP)
    assert world.story[0] == "accepted a2 25 @ 200"


def test_order_that_needs_no_more_margin_is_let_through_without_money() -> None:
    """A position can be closed without money left to pledge."""
    world = World(perp={"initial_margin_ppb": 100 * PERCENT, "taker_fee_ppb": PERCENT})
    world.trade(ALICE, BOB, 10, 100, instrument_id=PERP)
    spendable = MONEY - world.money(ALICE)[1] - 100
    world.buy(ALICE, spendable // 10, 1, instrument_id=SPOT)
    world.sell(ALICE, 10, 100, "a1", instrument_id=PERP)

    assert world.story[0] == "accepted a1 10 @ 100"


@pytest.mark.parametrize(
    ("time_in_force", "expire_ns", "is_taken"),
    [
        (TimeInForce.GTD, 0, False),
        (TimeInForce.GTD, 14, False),
        (TimeInForce.GTD, 15, True),
        (TimeInForce.GTC, 0, True),
        (TimeInForce.GTC, 15, True),
        (TimeInForce.IOC, 15, False),
        (TimeInForce.FOK, 15, False),
    ],
)
def test_expiry_lies_ahead_and_is_for_orders_that_rest(
    world: World, time_in_force: TimeInForce, expire_ns: int, *, is_taken: bool
) -> None:
    """The order comes in at 14 ns; good till date needs a date."""
    world.buy(ALICE, 1, 100, "a1", time_in_force=time_in_force, expire_ns=expire_ns)

    refused = ["rejected a1 INVALID_EXPIRE_TIME"]
    assert world.story == (["accepted a1 1 @ 100", "rested a1"] if is_taken else refused)
