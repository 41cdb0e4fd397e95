"""
Baby Jubjub: the curve a x^2 + y^2 = 1 + d x^2 y^2 over the field, and the addition of its points.

Points form a group of E = 8 L elements, with (0, 1) for zero and (-x, y) for minus (x, y). `BASE`
generates the L of them that signatures are made of; L is prime.

The sum of two points is a fraction, and dividing is dear. So a sum is kept as four numbers
(X, Y, Z, T), meaning x = X / Z, y = Y / Z and x y = T / Z, and never divided until someone wants
to see it. Formulas for these are shortest when a is -1, which a change of scale brings about:
X / Z is x times `SCALE`, whose square is -a, and d becomes -d / a. As a and -1 are squares and d is
not, the formulas hold for every two points, equal, opposite or zero.

Source: EIP-2494 for the curve; Hisil, Wong, Carter, Dawson, "Twisted Edwards Curves Revisited",
        sections 3.1 to 3.3, for the formulas.
"""

from collections.abc import Iterable, Sequence

from countermand.venues.loopring.crypto.field import P, inverse, inverses, mpz

A = mpz(168700)
D = mpz(168696)
L = mpz(2736030358979909402780800718157159386076813972158567259200215660948447373041)
E = 8 * L

# Either root of -A would do.
SCALE = mpz(6360561867910373094066688120553762416144456282423235903351243436111059670888)
UNSCALE = inverse(SCALE)
SCALED_D = -D * inverse(A) % P
HALF = inverse(mpz(2))

# A point as it is published, (x, y); one being computed with, (X, Y, Z, T); and one prepared to be
# added many times, ((y - x) / 2, (y + x) / 2, d x y) of the scaled x.
Affine = tuple[int, int]
Extended = tuple[int, int, int, int]
Prepared = tuple[int, int, int]

BASE: Affine = (
    mpz(16540640123574156134436876038791482806971768689494387082833631921987005038935),
    mpz(20819045374670962167435360035096875258406992893633759881276124905556507972311),
)
ZERO: Extended = (mpz(0), mpz(1), mpz(1), mpz(0))
PREPARED_ZERO: Prepared = (HALF, HALF, mpz(0))


def is_on_curve(x: int, y: int) -> bool:
    """Return whether (x, y) is a point, its coordinates reduced."""
    if not (0 <= x < P and 0 <= y < P):
        return False
    xx, yy = mpz(x) * x, mpz(y) * y
    return (A * xx + yy - 1 - D * xx * yy) % P == 0


def extended(x: int, y: int) -> Extended:
    """Return a point as four numbers."""
    scaled = x * SCALE % P
    return scaled, mpz(y), mpz(1), scaled * y % P


def affine(point: Extended) -> Affine:
    """Return a point as it is published."""
    x, y, z, _ = point
    over = inverse(z)
    return int(x * over * UNSCALE % P), int(y * over % P)


def is_equal(point: Extended, x: int, y: int) -> bool:
    """Return whether a point is (x, y), by multiplying out instead of dividing."""
    own_x, own_y, z, _ = point
    return (own_x - x * SCALE * z) % P == 0 and (own_y - y * z) % P == 0


def negated(point: Extended) -> Extended:
    """Return minus a point."""
    x, y, z, t = point
    return -x, y, z, -t


def add(left: Extended, right: Extended) -> Extended:
    """Return the sum of two points."""
    x1, y1, z1, t1 = left
    x2, y2, z2, t2 = right
    a = (y1 - x1) * (y2 - x2) % P
    b = (y1 + x1) * (y2 + x2) % P
    c = 2 * t1 * t2 * SCALED_D % P
    d = 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def doubled(point: Extended, times: int = 1) -> Extended:
    """Return twice a point, or twice that, `times` over."""
    x, y, z, t = point
    for _ in range(times):
        xx, yy, sum_squared = x * x % P, y * y % P, (x + y) * (x + y)
        h, g = xx + yy, xx - yy
        e, f = h - sum_squared, 2 * z * z + g
        x, y, z, t = e * f % P, g * h % P, f * g % P, e * h % P
    return x, y, z, t


def add_all(start: Extended, points: Iterable[Prepared]) -> Extended:
    """
    Return `start` and all of `points` added up.

    This is where signatures spend most of their time. Prepared points have Z = 1, and being halved
    they halve all of e, f, g and h, which are the sum's numbers all the same, in another scale.
    """
    x, y, z, t = start
    for half_minus, half_plus, dxy in points:
        a = (y - x) * half_minus % P
        b = (y + x) * half_plus % P
        c = t * dxy % P
        e, f, g, h = b - a, z - c, z + c, b + a
        x, y, z, t = e * f % P, g * h % P, f * g % P, e * h % P
    return x, y, z, t


def prepare(points: Sequence[Extended]) -> list[Prepared]:
    """Prepare points for `add_all`, all with a single division."""
    found = []
    quarter_d = 4 * SCALED_D
    for (x, y, _, _), over in zip(points, inverses([2 * z for _, _, z, _ in points]), strict=True):
        half_x, half_y = x * over % P, y * over % P
        found.append((half_y - half_x, half_y + half_x, half_x * half_y % P * quarter_d % P))
    return found
