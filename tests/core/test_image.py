"""Image: the whole state as bytes, and back."""

import msgspec
import pytest
from tests.core.build import ALICE, BOB, BTC, CAROL, PERP, RAIN, World

from countermand.core.exchange import Exchange
from countermand.vocabulary.commands import DepositFunds
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import ExecInst, OrdStatus, TimeInForce
from countermand.vocabulary.queries import GetOrder, GetQuote, ListTrades


@pytest.fixture
def lived(world: World) -> World:
    """Return an exchange in which a little of everything has happened."""
    first = world.sell(ALICE, 5, 100, "a1")
    world.sell(BOB, 5, 100, "b1")
    world.replace(ALICE, first, qty=6, new_name="a2")
    world.buy(CAROL, 2, 100, "c1")
    world.trade(ALICE, BOB, 5, 100, instrument_id=PERP)
    reduce_only = int(ExecInst.REDUCE_ONLY)
    world.sell(ALICE, 5, 120, "a3", instrument_id=PERP, exec_inst=reduce_only)
    world.buy(BOB, 1, 90, "b2", time_in_force=TimeInForce.GTD, expire_ns=5_000)
    world.cancel(CAROL, world.buy(CAROL, 1, 90, "c2"))
    return world


def test_loaded_exchange_is_the_one_that_was_dumped(lived: World) -> None:
    """Bytes to state to the same bytes."""
    data = lived.exchange.dump()
    loaded = Exchange.load(data)

    assert loaded.dump() == data
    assert loaded.digest() == lived.exchange.digest()
    assert (loaded.seq, loaded.ts_ns) == (lived.exchange.seq, lived.exchange.ts_ns)
    loaded.check_invariants()


def test_what_is_derived_is_rebuilt(lived: World) -> None:
    """Queues in order of priority, timers, client ids with retired ones, reduce-only orders."""
    lived.exchange = Exchange.load(lived.exchange.dump())

    assert lived.exchange.next_due_ns() == 5_000
    lived.buy(CAROL, 4, 100, "c3")
    assert lived.story[1:] == ["traded b1 c3 3 @ 100", "traded a1 c3 1 @ 100"]
    lived.buy(ALICE, 1, 80, "a1")
    assert lived.story == ["rejected a1 DUPLICATE_CL_ORD_ID"]
    lived.buy(BOB, 1, 110, "b9", instrument_id=PERP)
    lived.sell(ALICE, 1, 110, "a9", instrument_id=PERP)
    assert lived.story[1:] == ["traded b9 a9 1 @ 110", "canceled a3 REDUCE_ONLY"]


def test_what_has_only_been_is_kept_too() -> None:
    """Names of closed orders, refused orders, the tape, what a market was settled at."""
    world = World(rain={})
    world.trade(ALICE, BOB, 5, 60, instrument_id=RAIN)
    first = world.buy(ALICE, 1, 40, instrument_id=RAIN, secondary_cl_ord_id="x")
    world.cancel(ALICE, world.buy(ALICE, 1, 40, instrument_id=RAIN, secondary_cl_ord_id="x"))
    world.cancel(ALICE, first)
    refused = world.buy(ALICE, 0, 40, "no", secondary_cl_ord_id="x", keep_rejected=True)
    world.settle(100)
    loaded = Exchange.load(world.exchange.dump(), world.exchange.history)
    world.exchange.settle()

    assert loaded.digest() == world.exchange.digest()
    assert loaded.query(GetQuote(RAIN)).settled_px_ticks == 100
    assert loaded.query(ListTrades(RAIN)) == world.exchange.query(ListTrades(RAIN)) != ()
    zero = OrderId(0)
    assert loaded.query(GetOrder(ALICE, zero, secondary_cl_ord_id="x")).order_id == first
    assert loaded.query(GetOrder(ALICE, refused)).ord_status is OrdStatus.REJECTED
    assert loaded.query(GetOrder(ALICE, zero, "no")) is None


def test_order_that_was_named_by_a_replacement_keeps_its_names(world: World) -> None:
    """The name it had first was none, and stays none."""
    order = world.buy(ALICE, 1, 100)
    world.replace(ALICE, order, new_name="a1")
    world.replace(ALICE, order, new_name="a2")
    world.cancel(ALICE, order)
    loaded = Exchange.load(world.exchange.dump())

    loaded.check_invariants()
    assert loaded.digest() == world.exchange.digest()


def test_amounts_have_no_size(world: World) -> None:
    """An asset kept to eighteen digits outgrows 64 bits with ten units of it."""
    world.run(DepositFunds(ALICE, BTC, 10**30))
    world.sell(ALICE, 10**24, 100)

    assert Exchange.load(world.exchange.dump()).digest() == world.exchange.digest()


def test_any_difference_changes_the_digest(world: World) -> None:
    """Equal digests mean equal states."""
    before = world.exchange.digest()
    world.buy(ALICE, 1, 100)

    assert world.exchange.digest() != before


def test_dumping_changes_nothing(lived: World) -> None:
    """A snapshot can be taken at any time."""
    assert lived.exchange.dump() == lived.exchange.dump()


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x93\x01\x02\x03"])
def test_other_bytes_are_no_image(data: bytes) -> None:
    """They are refused, not guessed at."""
    with pytest.raises(msgspec.DecodeError):
        Exchange.load(data)
