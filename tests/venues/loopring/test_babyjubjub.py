"""The curve and its combs: the same points as the textbook's, zero and small orders included."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.venues.loopring import textbook
from tests.venues.loopring.published import VECTORS

from countermand.venues.loopring.crypto import babyjubjub as curve
from countermand.venues.loopring.crypto.comb import comb, multiply
from countermand.venues.loopring.crypto.field import P

# Of order 8, 4, 2 and 1: the points that no key may be and that formulas like to trip over.
EIGHTH = (
    4342719913949491028786768530115087822524712248835451589697801404893164183326,
    4826523245007015323400664741523384119579596407052839571721035538011798951543,
)
SMALL = [textbook.times(k, EIGHTH) for k in (1, 2, 4, 8)]
BASE = curve.extended(*curve.BASE)

POINTS = st.builds(
    lambda k, small: textbook.add(textbook.times(k, textbook.BASE), small),
    st.integers(0, 1_000),
    st.sampled_from(SMALL),
)
MULTIPLIERS = st.one_of(
    st.integers(0, textbook.L),
    st.integers(0, 3),
    st.integers(textbook.L - 3, textbook.L),
    st.integers(0, 250).map(lambda n: 1 << n),
)


def test_published_parameters() -> None:
    """EIP-2494, and the subgroup signatures are made of."""
    said = VECTORS["parameters"]

    assert int(said["fieldPrime_p"]) == P
    assert int(said["suborder_L"]) == curve.L
    assert int(said["curveOrder"]) == curve.E
    assert (int(said["baseX"]), int(said["baseY"])) == curve.BASE
    assert (said["a"], said["d"]) == (curve.A, curve.D)


def test_the_scale_makes_a_minus_one() -> None:
    """Its square is -a; were d then a square, there would be points without a sum."""
    assert -curve.A % P == curve.SCALE**2 % P
    assert textbook.square_root(int(curve.SCALED_D)) is None


@given(POINTS, POINTS)
@settings(deadline=None, max_examples=60)
def test_sums_are_the_textbook(left: tuple[int, int], right: tuple[int, int]) -> None:
    """Of any two points, one point twice and opposite ones included, in both ways of adding."""
    expected = textbook.add(left, right)
    one, other = curve.extended(*left), curve.extended(*right)

    assert expected == curve.affine(curve.add(one, other))
    assert expected == curve.affine(curve.add_all(one, curve.prepare([other])))
    assert textbook.add(left, left) == curve.affine(curve.add(one, one))
    assert textbook.times(4, left) == curve.affine(curve.doubled(one, 2))
    assert (0, 1) == curve.affine(curve.add(one, curve.negated(one)))


@pytest.mark.parametrize("small", SMALL)
def test_small_points_add_up(small: tuple[int, int]) -> None:
    """Zero, and what becomes zero when doubled a few times, where other formulas fail."""
    point = curve.extended(*small)

    assert curve.is_on_curve(*small)
    assert textbook.add(small, small) == curve.affine(curve.add(point, point))
    assert (0, 1) == curve.affine(curve.doubled(point, 3))


@pytest.mark.parametrize(("width", "spacing"), [(8, 1), (5, 3), (4, 2), (2, 5), (7, 4), (3, 1)])
def test_combs_of_every_shape(width: int, spacing: int) -> None:
    """All multiply alike, from nothing to the order itself."""
    teeth = comb(BASE, width, spacing)
    for k in (0, 1, 2, 3**150, textbook.L // 2, textbook.L - 1, textbook.L):
        expected = textbook.times(k, textbook.BASE)

        assert expected == curve.affine(multiply(teeth, k))


@given(MULTIPLIERS, POINTS)
@settings(deadline=None, max_examples=15)
def test_multiples_are_the_textbook(k: int, point: tuple[int, int]) -> None:
    """Of any point, whatever its order."""
    teeth = comb(curve.extended(*point), 5, 3)

    assert textbook.times(k, point) == curve.affine(multiply(teeth, k))


def test_equality_is_of_points() -> None:
    """Whatever their scale, and not of one coordinate."""
    twice = curve.doubled(BASE)
    x, y = textbook.add(textbook.BASE, textbook.BASE)

    assert curve.is_equal(twice, x, y)
    assert not curve.is_equal(twice, P - x, y)
    assert not curve.is_equal(twice, x, P - y)


@pytest.mark.parametrize(
    ("x", "y"),
    [(1, 2), (0, 0), (int(P), 1), (0, int(P) + 1), (-1, 1), textbook.BASE[::-1]],
)
def test_not_of_the_curve(x: int, y: int) -> None:
    """The equation fails, or a coordinate is written another way."""
    assert not curve.is_on_curve(x, y)
