"""Canceling: one order, many orders, and orders whose time is up."""

import pytest
from tests.core.build import ALICE, BOB, CAROL, NOBODY, PERP, SPOT, World

from countermand.vocabulary.commands import CancelOrder
from countermand.vocabulary.events import CancelRejected
from countermand.vocabulary.ids import InstrumentId
from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.order import OrdStatus, Side, TimeInForce
from countermand.vocabulary.reasons import CancelReason, CxlRejReason, CxlRejResponseTo

UNKNOWN = "cancel-refused {} UNKNOWN_ORDER"


def test_order_is_canceled_by_its_id(world: World) -> None:
    """The order is gone, and says why."""
    order = world.buy(ALICE, 5, 100, "a1")
    world.cancel(ALICE, order)

    assert world.story == ["canceled a1 REQUESTED"]
    report = world.report(ALICE, order)
    assert (report.ord_status, report.cancel_reason) == (OrdStatus.CANCELED, CancelReason.REQUESTED)
    assert (report.leaves_qty_lots, report.terms.order_qty_lots) == (0, 5)


def test_order_is_canceled_by_its_client_id(world: World) -> None:
    """Its owner may not know the exchange's id yet."""
    world.buy(ALICE, 5, 100, "a1")
    world.cancel(ALICE, name="a1")

    assert world.story == ["canceled a1 REQUESTED"]


def test_id_is_tried_before_the_client_id(world: World) -> None:
    """Given both, the id says which."""
    first = world.buy(ALICE, 5, 100, "a1")
    world.buy(ALICE, 5, 100, "a2")
    world.cancel(ALICE, first, "a2")

    assert world.story == ["canceled a1 REQUESTED"]


def test_client_id_helps_where_the_id_is_nothing_of_ours(world: World) -> None:
    """An id that is unknown, or another account's, does not hide the client id."""
    theirs = world.buy(BOB, 5, 100, "b1")
    world.buy(ALICE, 5, 100, "a1")
    world.cancel(ALICE, theirs, "a1")
    assert world.story == ["canceled a1 REQUESTED"]

    world.buy(ALICE, 5, 100, "a2")
    world.cancel(ALICE, 999, "a2")
    assert world.story == ["canceled a2 REQUESTED"]


def test_order_that_never_was_is_unknown(world: World) -> None:
    """A cancel without any id names no order."""
    world.buy(ALICE, 5, 100)
    for order_id, name in ((0, ""), (999, ""), (0, "a9"), (999, "a9")):
        world.cancel(ALICE, order_id, name)
        assert world.story == [UNKNOWN.format(name or "-")]


def test_order_of_another_account_is_unknown(world: World) -> None:
    """The refusal does not tell that the order exists."""
    order = world.buy(ALICE, 5, 100, "a1")
    world.cancel(BOB, order, "a1")

    assert world.events == (
        CancelRejected(BOB, CxlRejResponseTo.CANCEL, "a1", CxlRejReason.UNKNOWN_ORDER, None),
    )


def test_account_that_never_was_has_no_orders(world: World) -> None:
    """Its cancel is refused like any other of an unknown order."""
    order = world.buy(ALICE, 5, 100)
    world.cancel(NOBODY, order)

    assert world.story == [UNKNOWN.format("-")]


@pytest.mark.parametrize(
    ("market", "expected"),
    [(SPOT, "canceled a1 REQUESTED"), (PERP, UNKNOWN.format("a1"))],
)
def test_order_of_another_instrument_is_unknown(
    world: World, market: InstrumentId, expected: str
) -> None:
    """Where an instrument is named, the order must be of it."""
    order = world.buy(ALICE, 5, 100, "a1")
    world.run(CancelOrder(ALICE, order, "a1", market))

    assert world.story == [expected]


def test_retired_client_id_names_nothing(world: World) -> None:
    """After a rename only the new name cancels."""
    order = world.buy(ALICE, 5, 100, "a1")
    world.replace(ALICE, order, new_name="a2")
    world.cancel(ALICE, name="a1")
    assert world.story == [UNKNOWN.format("a1")]

    world.cancel(ALICE, name="a2")
    assert world.story == ["canceled a1 REQUESTED"]


def test_late_cancel_names_the_state_that_refused_it(world: World) -> None:
    """Filled, canceled and expired orders each say so."""
    filled = world.sell(ALICE, 1, 100, "a1")
    world.buy(BOB, 1, 100)
    canceled = world.sell(ALICE, 1, 100, "a2")
    world.cancel(ALICE, canceled)
    gtd = TimeInForce.GTD
    expired = world.sell(ALICE, 1, 100, "a3", time_in_force=gtd, expire_ns=1_000)
    world.advance(1_000)

    for order, status in ((filled, "FILLED"), (canceled, "CANCELED"), (expired, "EXPIRED")):
        world.cancel(ALICE, order)
        assert world.story == [f"cancel-refused {world.names[order]} TOO_LATE_TO_CANCEL {status}"]


@pytest.mark.parametrize("state", TradingState)
def test_cancel_is_accepted_in_every_state(world: World, state: TradingState) -> None:
    """Each trading state of the market accepts a cancel."""
    order = world.buy(ALICE, 5, 100, "a1")
    world.set_state(state)
    world.cancel(ALICE, order)

    assert world.story == ["canceled a1 REQUESTED"]


def test_locked_account_may_cancel(world: World) -> None:
    """Not being allowed to trade is one more reason to cancel."""
    order = world.buy(ALICE, 5, 100, "a1")
    world.configure(ALICE, trading_locked=True)
    world.cancel(ALICE, order)

    assert world.story == ["canceled a1 REQUESTED"]


@pytest.fixture
def busy(world: World) -> World:
    """Return an exchange with six open orders; a2 came in anew after all others."""
    world.buy(ALICE, 1, 90, "a1")
    world.buy(BOB, 1, 90, "b1", instrument_id=PERP)
    second = world.sell(ALICE, 1, 110, "a2")
    world.sell(BOB, 1, 110, "b2")
    world.sell(ALICE, 1, 110, "a3", instrument_id=PERP)
    world.buy(CAROL, 1, 80, "c1")
    world.replace(ALICE, second, price=111)
    return world


@pytest.mark.parametrize(
    ("account", "which", "expected"),
    [
        (ALICE, {}, ["a1", "a2", "a3"]),
        (0, {}, ["a1", "b1", "a2", "b2", "a3", "c1"]),
        (0, {"side": Side.BUY}, ["a1", "b1", "c1"]),
        (ALICE, {"side": Side.SELL}, ["a2", "a3"]),
        (0, {"instrument_ids": (PERP,)}, ["b1", "a3"]),
        (ALICE, {"instrument_ids": (SPOT, PERP), "side": Side.BUY}, ["a1"]),
        (ALICE, {"instrument_ids": ()}, []),
        (ALICE, {"instrument_ids": (InstrumentId(999),)}, []),
        (NOBODY, {}, []),
    ],
)
def test_mass_cancel_is_in_order_of_id(
    busy: World, account: int, which: dict[str, object], expected: list[str]
) -> None:
    """Ascending order id, also after replacements; then the number of orders."""
    busy.mass_cancel(account, **which)

    assert busy.story == [
        *[f"canceled {name} MASS_CANCEL" for name in expected],
        f"mass-canceled {len(expected)}",
    ]
    assert [busy.names[report.order_id] for report in busy.receipt.orders] == expected


def test_time_ends_what_is_due_soonest_first(world: World) -> None:
    """By time, then by id; an order that is not due stays."""
    for name, expire_ns in (("a1", 3_000), ("a2", 2_000), ("a3", 2_000), ("a4", 3_001)):
        gtd = TimeInForce.GTD
        world.buy(ALICE, 1, 100, name, time_in_force=gtd, expire_ns=expire_ns)
    assert world.exchange.next_due_ns() == 2_000
    world.advance(3_000)

    assert world.story == ["TimeAdvanced", "expired a2", "expired a3", "expired a1"]
    assert world.exchange.next_due_ns() == 3_001
    assert world.depth() == (((100, 1),), ())


def test_expired_order_says_so_and_holds_nothing(world: World) -> None:
    """An expiry is an end like a cancel."""
    before = world.money(ALICE)
    gtd = TimeInForce.GTD
    order = world.buy(ALICE, 1, 100, time_in_force=gtd, expire_ns=1_000)
    world.advance(1_000)
    report = world.report(ALICE, order)

    assert (report.ord_status, report.cancel_reason) == (OrdStatus.EXPIRED, CancelReason.EXPIRED)
    assert world.money(ALICE) == before


@pytest.mark.parametrize("delay_ns", [None, 0, 1_000])
def test_a_cancel_says_why(world: World, delay_ns: int | None) -> None:
    """Its owner's request, or its venue by itself; also when it is applied later."""
    order = world.buy(ALICE, 5, 100, "a1")
    why = CancelReason.BY_VENUE
    world.run(CancelOrder(ALICE, order, delay_ns=delay_ns, reason=why))
    if delay_ns:
        world.advance(world.exchange.ts_ns + delay_ns)

    assert (OrdStatus.CANCELED, why) == (
        world.report(ALICE, order).ord_status, world.report(ALICE, order).cancel_reason,
    )  # fmt: skip
