"""Numbers are exact, bounded before they are integers, and round only where a name says so."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermand.vocabulary.ids import AssetId, InstrumentId
from countermand.vocabulary.instrument import Asset, Instrument, InstrumentKind
from countermand.wire import numbers
from countermand.wire.numbers import BetweenSteps, OutOfRange

# Ticks of 0.05, lots of 0.0002, quote kept to ten digits.
STEPPED = Instrument(
    InstrumentId(1), "v", "A-B", InstrumentKind.SPOT, AssetId(1), AssetId(2),
    tick_units=5, price_scale=2, lot_units=2, qty_scale=4, notional_minor=10 * 10**4, lot_minor=2,
)  # fmt: skip


@pytest.mark.parametrize(
    ("units", "scale", "text"),
    [
        (0, 0, "0"),
        (0, 8, "0"),
        (1, 0, "1"),
        (100, 0, "100"),
        (100, 2, "1"),
        (105, 2, "1.05"),
        (1050, 3, "1.05"),
        (-1, 9, "-0.000000001"),
        (-250, 1, "-25"),
        (10**30, 10, "1" + "0" * 20),
    ],
)
def test_integers_become_plain_text_and_come_back(units: int, scale: int, text: str) -> None:
    """No exponent, no trailing zero, no sign on zero."""
    assert numbers.unscaled(units, scale) == text
    assert numbers.scaled(Decimal(text), scale) == units


@given(st.integers(-(10**36), 10**36), st.integers(0, 30))
def test_text_is_exact(units: int, scale: int) -> None:
    """A number's text is read back as the same number."""
    text = numbers.unscaled(units, scale)

    assert "E" not in text
    assert numbers.scaled(Decimal(text), scale) == units


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("NaN", OutOfRange),
        ("sNaN", OutOfRange),
        ("Infinity", OutOfRange),
        ("-Infinity", OutOfRange),
        ("1e999999999", OutOfRange),
        ("9" * 50, OutOfRange),
        ("1e-999999999", BetweenSteps),
        ("0.001", BetweenSteps),
    ],
)
def test_malformed_amount_is_refused_at_once(text: str, kind: type[ValueError]) -> None:
    """No number can make the server count to a billion."""
    with pytest.raises(kind):
        numbers.scaled(Decimal(text), 2)
    with pytest.raises(kind):
        numbers.price_ticks(STEPPED, Decimal(text))


@pytest.mark.parametrize(
    "text", ["1.0", "1.000000000000000000000000000000000000000000000", "1e0", "10E-1"]
)
def test_spelling_of_a_number_does_not_matter(text: str) -> None:
    """Trailing zeros and exponents are the sender's business."""
    assert numbers.scaled(Decimal(text), 0) == 1


def test_prices_are_ticks_and_sizes_are_lots() -> None:
    """The steps are those of the instrument."""
    assert numbers.price_ticks(STEPPED, Decimal("1.05")) == 21
    assert numbers.price_text(STEPPED, 21) == "1.05"
    assert numbers.qty_lots(STEPPED, Decimal("0.001")) == 5
    assert numbers.qty_text(STEPPED, 5) == "0.001"


@pytest.mark.parametrize("text", ["1.01", "1.051", "0.01"])
def test_price_off_the_grid_is_refused_by_its_tick(text: str) -> None:
    """No price is rounded; the refusal names the step."""
    with pytest.raises(BetweenSteps, match=r"multiple of 0\.05"):
        numbers.price_ticks(STEPPED, Decimal(text))


def test_more_steps_than_a_journal_holds_are_refused() -> None:
    """A tick or a lot fits 64 bits."""
    with pytest.raises(OutOfRange, match="too large"):
        numbers.qty_lots(STEPPED, Decimal("1e19"))


def test_minor_units_of_an_asset() -> None:
    """An amount has at most the asset's digits."""
    asset = Asset(AssetId(1), "v", "B", 3)

    assert numbers.minor_text(asset, 1500) == "1.5"
    assert numbers.asset_minor(asset, Decimal("1.5")) == 1500
    with pytest.raises(BetweenSteps, match=r"multiple of 0\.001"):
        numbers.asset_minor(asset, Decimal("0.0001"))


def test_rates_are_parts_per_billion() -> None:
    """Rates are written as fractions."""
    assert numbers.rate_text(200_000) == "0.0002"
    assert numbers.rate_ppb(Decimal("-0.0001")) == -100_000


@pytest.mark.parametrize(
    ("numerator", "denominator", "quotient"),
    [(5, 2, 2), (7, 2, 4), (-5, 2, -2), (-7, 2, -4), (5, -2, -2), (7, 3, 2), (8, 3, 3), (0, 5, 0)],
)
def test_division_rounds_half_to_even(numerator: int, denominator: int, quotient: int) -> None:
    """For both signs of both numbers."""
    assert numbers.divide_half_even(numerator, denominator) == quotient


def test_average_of_nothing_is_zero() -> None:
    """An order that never traded has an average price of 0."""
    assert numbers.avg_px_text_half_even(STEPPED, 0, 0) == "0"
    assert numbers.fraction_text_half_even(1, 0) == "0"


def test_average_is_of_what_was_paid() -> None:
    """Two lots at 1.05 and one at 1.10 make 1.0666..., twelve digits beyond the tick's."""
    paid = STEPPED.notional_of(21, 2) + STEPPED.notional_of(22, 1)

    assert numbers.avg_px_text_half_even(STEPPED, paid, 3) == "1.06666666666667"


@given(
    st.lists(st.tuples(st.integers(1, 10**9), st.integers(1, 10**9)), min_size=1, max_size=8),
    st.sampled_from([1, -1]),
)
def test_notional_is_told_back_exactly_by_the_average(
    trades: list[tuple[int, int]], sign: int
) -> None:
    """Below a trillion lots an average price loses nothing."""
    lots = sign * sum(qty for _, qty in trades)
    paid = sign * sum(STEPPED.notional_of(price, qty) for price, qty in trades)
    average = numbers.avg_px_text_half_even(STEPPED, paid, lots)

    assert numbers.cum_notional_minor_nearest(STEPPED, Decimal(average), lots) == paid
