"""
Combs: the teeth are multiples of one point, worked out once, so that k times it is a few sums.

Write k in digits of `width` bits. If every digit's multiples are at hand, for every place it may
stand at, k times the point is one addition per digit and no doubling. That is many multiples, so
two things make them fewer:

-   Digits go from -2^(width-1) to 2^(width-1) - 1 instead of from 0, and minus a point costs
    nothing. Adding `offset`, a half in every place, turns such digits into ordinary ones; a row of
    the comb is the other way round, and its entry u is u - 2^(width-1) times the row's point.
-   Only every `spacing`-th place has a row. Digits between use the row below: all digits at the
    top of their rows' spaces are added first, the sum is doubled `width` times, the next digits
    are added, and so on. That is `spacing` - 1 times `width` doublings, however long k is.
"""

from msgspec import Struct

from countermand.venues.loopring.crypto.babyjubjub import (
    PREPARED_ZERO,
    ZERO,
    Extended,
    Prepared,
    add_all,
    doubled,
    prepare,
)
from countermand.venues.loopring.crypto.field import mpz

# Multipliers are at most L, which has 251 bits; one more lets the uppermost digit be positive.
BITS = 252


class Comb(Struct, frozen=True, gc=False):
    """
    The multiples of one point.

    Shape: `rows[i][u]` is (u - 2^(width-1)) 2^(i width spacing) times it.
    """

    width: int
    spacing: int
    offset: int
    rows: tuple[tuple[Prepared, ...], ...]


def comb(point: Extended, width: int, spacing: int) -> Comb:
    """Work out the comb of a point."""
    half = 1 << (width - 1)
    count = -(-BITS // (width * spacing))
    points = [point]
    for _ in range(count - 1):
        points.append(doubled(points[-1], width * spacing))
    multiples = []
    for first, step in zip(points, prepare(points), strict=True):
        multiple = first
        multiples.append(multiple)
        for _ in range(half - 1):
            multiple = add_all(multiple, (step,))
            multiples.append(multiple)
    positive = prepare(multiples)
    rows = (_row(positive[at : at + half]) for at in range(0, len(positive), half))
    offset = mpz(sum(half << place for place in range(0, count * width * spacing, width)))
    return Comb(width, spacing, offset, tuple(rows))


def _row(positive: list[Prepared]) -> tuple[Prepared, ...]:
    negative = ((plus, minus, -dxy) for minus, plus, dxy in reversed(positive))
    return (*negative, PREPARED_ZERO, *positive[:-1])


def multiply(teeth: Comb, k: int) -> Extended:
    """Return k times the comb's point, for k from 0 to L."""
    width, spacing, rows = teeth.width, teeth.spacing, teeth.rows
    shifted, mask = k + teeth.offset, (1 << width) - 1
    digits = [(shifted >> at) & mask for at in range(0, len(rows) * spacing * width, width)]
    total = ZERO
    for place in reversed(range(spacing)):
        total = doubled(total, width if total is not ZERO else 0)
        spaced = digits[place::spacing]
        total = add_all(total, [row[u] for row, u in zip(rows, spaced, strict=True)])
    return total
