"""Order: its words, and what can be read off its terms."""

import pytest

from countermand.vocabulary.order import (
    Cash,
    OrderTerms,
    OrdStatus,
    OrdType,
    Side,
    Standing,
    TimeInForce,
)


def test_sides_oppose_each_other() -> None:
    """Each trades against the other."""
    assert [side.opposite for side in (Side.BUY, Side.SELL)] == [Side.SELL, Side.BUY]


@pytest.mark.parametrize("standing", Standing)
def test_order_is_open_from_when_it_is_taken_to_its_end(standing: Standing) -> None:
    """Wherever it stands in between."""
    assert standing.is_open is (standing not in (Standing.STAGED, Standing.CLOSED))


@pytest.mark.parametrize("status", OrdStatus)
def test_status_tells_whether_an_order_is_open(status: OrdStatus) -> None:
    """New and partially filled orders are, all others are over."""
    assert status.standing.is_open is (status in (OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED))


@pytest.mark.parametrize("time_in_force", TimeInForce)
def test_immediate_times_in_force(time_in_force: TimeInForce) -> None:
    """The times in force that never rest are IOC and FOK."""
    terms = OrderTerms(Side.BUY, OrdType.LIMIT, time_in_force, 5, 100)
    assert terms.is_immediate is (time_in_force in (TimeInForce.IOC, TimeInForce.FOK))


def test_cash_of_an_order_by_quantity_is_nothing() -> None:
    """A cash order's is its amount, for YES and for NO."""
    terms = OrderTerms(Side.BUY, OrdType.MARKET, TimeInForce.IOC, 5)
    assert 0 == terms.cash_minor
    paid = OrderTerms(Side.BUY, OrdType.MARKET, TimeInForce.IOC, 0, cash=Cash(700))
    assert 700 == paid.cash_minor
