"""Fees: each basis, each rounding, and that what is reserved is enough for what is charged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.core.build import BTC, PERCENT, USDC, binary, instrument, perpetual

from countermand.core import fees
from countermand.vocabulary.instrument import FeeBasis, Instrument
from countermand.vocabulary.order import Side
from countermand.vocabulary.units import PPB

RECEIVED = instrument(fee_basis=FeeBasis.RECEIVED)
VARIANCE = binary(fee_basis=FeeBasis.VARIANCE)


@pytest.mark.parametrize(
    ("rules", "side", "expected"),
    [
        (instrument(), Side.BUY, USDC),
        (instrument(), Side.SELL, USDC),
        (RECEIVED, Side.BUY, BTC),
        (RECEIVED, Side.SELL, USDC),
        (VARIANCE, Side.BUY, USDC),
    ],
)
def test_fee_is_taken_in(rules: Instrument, side: Side, expected: int) -> None:
    """Only what is received can be base."""
    assert fees.asset(rules, side) == expected


@pytest.mark.parametrize(
    ("rules", "side", "expected"),
    [
        (instrument(), Side.BUY, 80),  # 2% of 5 x 80 x 10
        (RECEIVED, Side.BUY, 10),  # 2% of 5 lots of 100
        (RECEIVED, Side.SELL, 80),
        (VARIANCE, Side.BUY, 16),  # 2% of 5 x 1000 x 0.8 x 0.2
        (VARIANCE, Side.SELL, 16),
    ],
)
def test_fee_of_a_fill(rules: Instrument, side: Side, expected: int) -> None:
    """Five lots at 80, at two percent, of what each basis says."""
    assert fees.fee_minor(rules, side, 2 * PERCENT, 80, 5, 0, 0) == expected


@pytest.mark.parametrize(
    ("rate", "expected"), [(PPB // 3, 266), (-PPB // 3, -266), (PPB, 800), (0, 0)]
)
def test_fee_without_a_step_is_cut(rate: int, expected: int) -> None:
    """A third of 800, toward zero, also for a rebate and for a basis that needs a fraction."""
    assert fees.fee_minor(instrument(), Side.BUY, rate, 80, 1, 0, 0) == expected
    assert fees.fee_minor(VARIANCE, Side.BUY, rate, 80, 5, 0, 0) == expected


@pytest.mark.parametrize(
    ("rules", "side", "step", "expected"),
    [
        (perpetual(), Side.SELL, 1_000, 1_000),  # what it costs, whatever closing brings
        (instrument(), Side.BUY, 1_000, 1_000),
        (instrument(), Side.SELL, 1_000, 800),  # what it brings
        (RECEIVED, Side.BUY, 150, 100),
        (VARIANCE, Side.BUY, 300, 200),  # what is left of the payout
        (VARIANCE, Side.SELL, 300, 200),
    ],
)
def test_step_is_cut_to_what_a_fill_brings(
    rules: Instrument, side: Side, step: int, expected: int
) -> None:
    """One lot at 80, all of it a fee, which is rounded up to a step."""
    stepped = replace(rules, fee_step_minor=step)

    assert fees.fee_minor(stepped, side, PPB, 80, 1, 0, 0) == expected


# Fills of one order in steps of 10: the quantity at a price of 100 and one percent, and the fee.
FILLS = [
    ("a fill below half a step is free, however many there are", PERCENT, [(4, 0)] * 4),
    ("a half is rounded to even", PERCENT, [(5, 0), (15, 20), (25, 20)]),
    ("what is rounded up is no more than the sum is", PERCENT, [(6, 10), (6, 0), (6, 10)]),
    ("a fee is reduced and never raised", PERCENT, [(14, 10), (14, 10), (14, 10)]),
    ("a rebate is each fill's own", -PERCENT, [(6, -10), (6, -10), (6, -10)]),
    ("a rebate below half a step is none", -PERCENT, [(4, 0)] * 4),
]


@pytest.mark.parametrize(("_says", "rate", "fills"), FILLS)
def test_fees_of_an_order_with_several_fills(
    _says: str, rate: int, fills: list[tuple[int, int]]
) -> None:
    """Each fill is rounded half to even; the fees together are at most their exact sum, rounded."""
    rules = instrument(fee_step_minor=10, notional_minor=1)
    accrued = charged = 0
    actual = []
    for qty, _ in fills:
        fee = fees.fee_minor(rules, Side.BUY, rate, 100, qty, accrued, charged)
        accrued += fees.accrual(rules, Side.BUY, rate, 100, qty)
        charged += fee
        actual.append((qty, fee))

    assert actual == fills


def test_rebates_leave_the_fees_of_the_same_order_alone() -> None:
    """An order that rested and then takes is charged for what it takes, and keeps its rebates."""
    rules = instrument(fee_step_minor=10, notional_minor=1)
    accrued = charged = 0
    actual = []
    for rate, qty in ((PERCENT, 4), (-PERCENT, 6), (-PERCENT, 6), (PERCENT, 4), (PERCENT, 7)):
        fee = fees.fee_minor(rules, Side.BUY, rate, 100, qty, accrued, charged)
        accrued += fees.accrual(rules, Side.BUY, rate, 100, qty)
        charged += fee
        actual.append(fee)

    assert actual == [0, -10, -10, 0, 10]


@pytest.mark.parametrize(
    ("rules", "rate", "expected"),
    [
        (instrument(), PERCENT, 40),
        (instrument(), 1, 1),
        (instrument(), 0, 0),
        (instrument(), -PERCENT, 0),
        (RECEIVED, PERCENT, 0),
        (VARIANCE, 2 * PERCENT, 16 + 2),
        (instrument(fee_step_minor=10), PERCENT, 40 + 20),
    ],
)
def test_reserve_of_an_order(rules: Instrument, rate: int, expected: int) -> None:
    """Five lots at 80: rounded up, or with a step for the rounding and one for a better price."""
    assert fees.reserve_minor(rules, Side.BUY, rate, 80, 5) == expected


@given(
    st.sampled_from([FeeBasis.NOTIONAL, FeeBasis.VARIANCE]),
    st.sampled_from([0, 1, 7, 10, 500]),
    st.integers(0, PPB),
    st.integers(1, 99),
    st.lists(st.integers(1, 9), min_size=1, max_size=8),
)
def test_no_fill_is_charged_beyond_the_reserve(
    basis: FeeBasis, step: int, rate: int, price: int, fills: list[int]
) -> None:
    """What is charged and what is still reserved never come to more than was reserved before."""
    rules = binary(fee_basis=basis, fee_step_minor=step)
    left, accrued, charged = sum(fills), 0, 0
    reserved = fees.reserve_minor(rules, Side.BUY, rate, price, left)
    for qty in fills:
        fee = fees.fee_minor(rules, Side.BUY, rate, price, qty, accrued, charged)
        if step:
            accrued += fees.accrual(rules, Side.BUY, rate, price, qty)
        left, charged = left - qty, charged + fee
        after = fees.reserve_minor(rules, Side.BUY, rate, price, left, accrued, charged)
        assert fee + after <= reserved
        reserved = after
