"""Audit: a little of the state, looked at between entries."""

import pytest
from tests.core.build import ALICE, BOB, PERP, SPOT, World
from tests.core.orders import change

from countermand.core.exchange import Exchange
from countermand.vocabulary.ids import OrderId


@pytest.fixture
def world() -> World:
    """An exchange with orders of two accounts on two markets."""
    made = World()
    for price in range(80, 90):
        made.buy(ALICE, 1, price)
        made.buy(BOB, 1, price, instrument_id=PERP)
    return made


def spoil(exchange: Exchange, order_id: OrderId) -> None:
    """Let an order hold what it does not owe."""
    change(exchange._state.orders[order_id], hold_minor=1)


def test_sound_exchange_has_no_fault_and_is_not_changed(world: World) -> None:
    """Round after round."""
    before, auditor = world.exchange.digest(), world.exchange.auditor(3)

    assert {None} == {auditor.look() for _ in range(30)}
    assert before == world.exchange.digest()


@pytest.mark.parametrize("market", [SPOT, PERP])
def test_fault_is_found_within_a_round_and_names_its_market(world: World, market: int) -> None:
    """The faulty order is any of those that are open."""
    last = ALICE if market == SPOT else BOB
    accounts = world.exchange._state.accounts
    order_id = list(accounts[last].open_orders)[-1]
    spoil(world.exchange, order_id)
    auditor = world.exchange.auditor(4)
    found = [fault for _ in range(8) if (fault := auditor.look())]

    assert found
    assert {market} == {fault.instrument_id for fault in found}
    assert f"order {order_id} holds" in found[0].text


def test_orders_that_have_ended_are_passed_over(world: World) -> None:
    """An order that ended between two looks is no fault."""
    auditor = world.exchange.auditor(2)
    auditor.look()
    auditor.look()
    world.mass_cancel()

    assert {None} == {auditor.look() for _ in range(10)}
