"""Linear algebra in the small."""

from __future__ import annotations

import pytest

from countermand.venues.loopring.crypto import matrix
from countermand.venues.loopring.crypto.field import P, inverse, inverses

# Eigenvalues 2, 3 and 5, so that its polynomial is (x - 2)(x - 3)(x - 5).
ROWS = [[2, 7, 1], [0, 3, 4], [0, 0, 5]]


def test_recurrence_is_the_characteristic_polynomial() -> None:
    """x^3 = 10 x^2 - 31 x + 30."""
    assert [10, -31 % P, 30] == matrix.recurrence(ROWS)


def test_inverse_undoes() -> None:
    """From either side."""
    unit = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]

    assert unit == matrix.product(ROWS, matrix.inverted(ROWS))
    assert unit == matrix.product(matrix.inverted(ROWS), ROWS)


def test_inverse_finds_its_pivot() -> None:
    """A zero in the corner is no obstacle."""
    assert [[0, 1], [1, 0]] == matrix.inverted([[0, 1], [1, 0]])


def test_singular_has_no_inverse() -> None:
    """Its rows say the same twice."""
    with pytest.raises(ValueError, match="without an inverse"):
        matrix.inverted([[1, 2], [2, 4]])


def test_many_inverses_are_each_its_own() -> None:
    """One division for all of them."""
    numbers = [3, 1, int(P) - 1, 2**200]

    assert [inverse(n) for n in numbers] == inverses(numbers)
    assert [1, 1, 1, 1] == [n * i % P for n, i in zip(numbers, inverses(numbers), strict=True)]


def test_zero_has_no_inverse() -> None:
    """Neither alone nor among others."""
    with pytest.raises(ZeroDivisionError):
        inverse(0)
    with pytest.raises(ZeroDivisionError):
        inverses([3, 0, 5])
