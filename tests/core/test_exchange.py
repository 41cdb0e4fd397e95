"""Exchange: the one door."""

import pytest
from tests.core.build import ALICE, BOB, USDC, World

from countermand.core.exchange import Exchange
from countermand.vocabulary.commands import AdvanceTime, DepositFunds, Entry
from countermand.vocabulary.order import TimeInForce


def test_nothing_has_happened_before_the_first_entry() -> None:
    """Number and time are 0, and nothing is due."""
    exchange = Exchange()

    assert (exchange.seq, exchange.ts_ns, exchange.next_due_ns()) == (0, 0, 0)
    exchange.check_invariants()


@pytest.mark.parametrize(("seq", "ts_ns"), [(13, 100), (15, 100), (14, 13), (14, 12)])
def test_entry_out_of_turn_is_a_bug(world: World, seq: int, ts_ns: int) -> None:
    """The next number and a later time, or nothing happens."""
    assert (world.exchange.seq, world.exchange.ts_ns) == (13, 13)
    before = world.exchange.digest()

    with pytest.raises(AssertionError):
        world.exchange.apply(Entry(seq, ts_ns, AdvanceTime()))
    assert world.exchange.digest() == before


def test_unknown_command_is_a_bug(world: World) -> None:
    """The state is as before."""
    before = world.exchange.digest()

    with pytest.raises(KeyError):
        world.exchange.apply(Entry(14, 14, "sell everything"))  # type: ignore[arg-type]
    assert world.exchange.digest() == before


def test_receipt_tells_of_the_order_and_not_of_those_it_met(world: World) -> None:
    """The new, replaced or canceled order as it stands afterwards."""
    world.sell(ALICE, 1, 100, "a1")
    taker = world.buy(BOB, 3, 100, "b1")
    assert [(o.order_id, o.cum_qty_lots) for o in world.receipt.orders] == [(taker, 1)]

    world.replace(BOB, taker, qty=2)
    assert [(o.order_id, o.terms.order_qty_lots) for o in world.receipt.orders] == [(taker, 2)]

    world.cancel(BOB, taker)
    assert [(o.order_id, o.is_open) for o in world.receipt.orders] == [(taker, False)]


def test_receipt_carries_the_entry_and_all_events(world: World) -> None:
    """Its reader knows the entry's number and time, and what followed."""
    world.run(DepositFunds(ALICE, USDC, 1), at_ns=77)

    assert (world.receipt.seq, world.receipt.ts_ns) == (14, 77)
    assert len(world.receipt.events) == 1


def test_receipt_of_a_refusal_tells_of_no_order(world: World) -> None:
    """The refused order does not exist, or did not change."""
    world.buy(ALICE, 0, 100)
    assert world.receipt.orders == ()

    world.cancel(ALICE, 999)
    assert world.receipt.orders == ()


def test_expiry_has_no_waiting_command(world: World) -> None:
    """The receipt of the advance of time names no order."""
    world.buy(ALICE, 1, 100, time_in_force=TimeInForce.GTD, expire_ns=1_000)
    world.advance(1_000)

    assert world.receipt.orders == ()
