"""Units: the only arithmetic on money, each with its rounding."""

from fractions import Fraction
from math import ceil, trunc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermand.vocabulary.units import PPB, ceil_ppb, truncate_ppb, truncate_share

amounts = st.integers(-(10**30), 10**30)
rates = st.integers(-PPB, PPB)


@pytest.mark.parametrize(
    ("amount", "rate_ppb", "expected"),
    [(0, PPB, 0), (1, 1, 1), (999, PPB // 10, 100), (1000, PPB // 10, 100), (1001, PPB // 10, 101)],
)
def test_holds_are_rounded_up(amount: int, rate_ppb: int, expected: int) -> None:
    """A hold is never less than what may be owed."""
    assert ceil_ppb(amount, rate_ppb) == expected


@pytest.mark.parametrize(
    ("amount", "rate_ppb", "expected"),
    [(999, PPB // 10, 99), (-999, PPB // 10, -99), (999, -PPB // 10, -99), (9, PPB // 10, 0)],
)
def test_fee_is_rounded_toward_zero(amount: int, rate_ppb: int, expected: int) -> None:
    """A fee and a rebate both lose their fraction."""
    assert truncate_ppb(amount, rate_ppb) == expected


@pytest.mark.parametrize(
    ("amount", "part", "whole", "expected"),
    [(10, 1, 3, 3), (-10, 1, 3, -3), (10, 3, 3, 10), (0, 1, 3, 0)],
)
def test_share_is_rounded_toward_zero(amount: int, part: int, whole: int, expected: int) -> None:
    """The remainder stays with the caller."""
    assert truncate_share(amount, part, whole) == expected


@given(amounts, rates)
def test_rates_agree_with_fractions(amount: int, rate_ppb: int) -> None:
    """Integers round as exact fractions do."""
    exact = Fraction(amount * rate_ppb, PPB)

    assert ceil_ppb(amount, rate_ppb) == ceil(exact)
    assert truncate_ppb(amount, rate_ppb) == trunc(exact)


@given(st.lists(st.integers(0, 10**12), min_size=1), st.integers(0, PPB))
def test_fees_of_fills_never_exceed_the_reserve_of_the_whole(
    notionals: list[int], rate_ppb: int
) -> None:
    """However an order is cut up, what was held for its fees is enough."""
    charged = sum(truncate_ppb(notional, rate_ppb) for notional in notionals)

    assert charged <= ceil_ppb(sum(notionals), rate_ppb)
