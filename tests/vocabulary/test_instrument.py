"""Instrument: the rules of a market that can be read off it alone."""

import pytest
from tests.core.build import PERCENT, instrument, perpetual

from countermand.vocabulary.instrument import TradingState


def test_notional_is_price_times_quantity_exactly() -> None:
    """In the quote asset's minor units, for any quantity."""
    assert instrument(notional_minor=10).notional_of(100, 5) == 5_000
    assert instrument(notional_minor=3).notional_of(10**15, 10**15) == 3 * 10**30


def test_only_a_perpetual_is_one() -> None:
    """A spot market swaps two assets."""
    assert perpetual().is_perpetual
    assert not instrument().is_perpetual


@pytest.mark.parametrize(
    ("maker", "taker", "expected"), [(1, 2, 2), (3, 2, 3), (-1, 2, 2), (-1, -2, 0), (0, 0, 0)]
)
def test_the_dearest_fee_is_reserved(maker: int, taker: int, expected: int) -> None:
    """An order may come to be maker or taker; a rebate reserves nothing."""
    rules = instrument(maker_fee_ppb=maker, taker_fee_ppb=taker)

    assert rules.fee_reserve_ppb == expected


@pytest.mark.parametrize(
    ("reference", "band", "expected"),
    [
        (100, 0, (1, 0)),
        (100, 10 * PERCENT, (90, 110)),
        (105, 10 * PERCENT, (95, 115)),
        (100, 100 * PERCENT, (1, 200)),
        (100, 300 * PERCENT, (1, 400)),
    ],
)
def test_band_lies_evenly_around_the_reference(
    reference: int, band: int, expected: tuple[int, int]
) -> None:
    """
    The width is rounded down, the lower end is at least one tick; without a band there is no limit.
    """
    rules = instrument(reference_price_ticks=reference, price_band_ppb=band)

    assert (rules.limit_down_ticks, rules.limit_up_ticks) == expected


def test_orders_enter_in_three_states() -> None:
    """The other three states accept cancels only."""
    assert [state for state in TradingState if state.matches] == [
        TradingState.TRADING,
        TradingState.POST_ONLY,
        TradingState.LIMIT_ONLY,
    ]
