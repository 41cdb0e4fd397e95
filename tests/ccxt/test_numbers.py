"""Numbers come to a market's grid as ccxt brings them there, and exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest
from ccxt.base.decimal_to_precision import ROUND, TICK_SIZE, TRUNCATE, decimal_to_precision
from hypothesis import given
from hypothesis import strategies as st

import countermand.ccxt as ours
from countermand.ccxt import numbers, times

STEPS = ("1", "0.1", "0.01", "0.005", "0.0001", "0.00000001", "0.25", "5", "10")


@given(
    value=st.decimals("0.000001", "1000000", allow_nan=False, places=9),
    step=st.sampled_from(STEPS),
)
def test_as_ccxt_does(value: Decimal, step: str) -> None:
    """Amounts are cut, prices rounded, halves away from zero."""
    for mode, made in ((TRUNCATE, numbers.lots), (ROUND, numbers.ticks)):
        theirs = decimal_to_precision(f"{value:f}", mode, float(step), TICK_SIZE)
        assert Decimal(theirs) == made(f"{value:f}", Decimal(step)), (mode, value, step)


@given(value=st.floats(0, 1e12, allow_nan=False), step=st.sampled_from(STEPS))
def test_on_the_grid_it_stays(value: float, step: str) -> None:
    """A value on the grid is left as it is, a float too."""
    for made in (numbers.lots, numbers.ticks):
        once = made(value, Decimal(step))
        assert once % Decimal(step) == 0
        assert made(once, Decimal(step)) == once


@pytest.mark.parametrize(
    ("number", "exact"), [(0.1, "0.1"), (1e-7, "0.0000001"), ("1.50", "1.5"), (3, "3")]
)
def test_written_out(number: object, exact: str) -> None:
    """A float by its shortest text, and no exponent."""
    assert exact == numbers.plain(numbers.exact(number))


@pytest.mark.parametrize("number", ["", "a", float("nan"), float("inf"), None, object()])
def test_not_a_number(number: object) -> None:
    """The error is InvalidOrder."""
    with pytest.raises(ours.InvalidOrder):
        numbers.exact(number)


@pytest.mark.parametrize(
    ("moment", "text"),
    [(0, "1970-01-01T00:00:00.000Z"), (1_795_983_091_007, "2026-11-29T20:11:31.007Z")],
)
def test_times(moment: int, text: str) -> None:
    """Milliseconds become ISO 8601 text, and the text milliseconds."""
    assert text == times.iso8601(moment)
    assert moment == times.parse8601(text)
    assert times.iso8601(None) is None
    assert times.parse8601("tomorrow") is None
    assert times.parse8601(None) is None
