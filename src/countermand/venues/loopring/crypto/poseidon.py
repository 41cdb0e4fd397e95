"""
Poseidon: the hash that is cheap inside a proof, because it is nothing but arithmetic modulo P.

The state is t numbers. A round adds a constant to all of them, raises to the fifth power, and
multiplies by a matrix M. In a full round every element is raised, in a partial round only the
first; a few full rounds come before and after many partial ones. The digest is the first element
at the end.

    round i:    x <- x + C[i];    x[0] <- x[0]^5, or all of them;    x <- M x

What follows gives the same numbers for a fraction of the work. Three observations do it.

1.  A partial round leaves elements 1 .. t-1 to linear algebra, so a constant added to them may as
    well be added a round later, multiplied by M. Pushed on through all partial rounds, the
    constants end up in the first full round after them; a partial round adds one number to x[0].

2.  Then a partial round is a linear machine with a memory, x[1:], of n = t - 1 numbers: it is fed
    s = (x[0] + c)^5 and puts out the next x[0]. With M cut into its corner m, the rest v of its
    first row, the rest w of its first column, and the block A:

        x[0]' = m s + v x[1:]              x[1:]' = w s + A x[1:]

    In other coordinates of the memory, z = T x[1:], the same machine is a shift register, what
    engineers call a transposed direct-form filter:

        y = x[0]' = m s + z[1]             z[k]' = z[k+1] + a[k] y + b[k] s,     z[n+1] = 0

    a are the coefficients of A's recurrence (`matrix.recurrence`), the rows of T are r[1] = v and
    r[k+1] = r[k] A - a[k] v, and b[k] = r[k] w - a[k] m. Every round does the same with fewer
    products, nothing piles up, since after n rounds a number has left the register, and T itself
    disappears in the matrices of the full rounds around.

3.  Numbers side by side in one long integer, `SLOT` bits each, are all multiplied by s in a single
    product, and the register shifts as the integer does. So a round costs the same few operations
    for every t. A slot never overflows into the next one: it sums up fewer than 3 t products of
    two numbers below P, less than 2^513 for every t allowed here.

Source: Grassi, Khovratovich, Rechberger, Roy, Schofnegger, "Poseidon: A New Hash Function for
        Zero-Knowledge Proof Systems", for the hash and for 1; Loopring protocol 3.6, design
        document, and the venue's Python sample client, for the constants. 2 and 3 are our own.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from hashlib import blake2b
from itertools import islice
from operator import mul

from msgspec import Struct

from countermand.venues.loopring.crypto import matrix
from countermand.venues.loopring.crypto.field import P, inverse, mpz, pack, power, unpack

SLOT = 576
MASK = mpz((1 << SLOT) - 1)
FULL_ROUNDS = 6
WIDTHS = range(2, 17)

Row = tuple[int, ...]


class Poseidon(Struct, frozen=True, gc=False):
    """
    The hash of one width, prepared.

    Shape: `opening` and `closing` have a row of t constants for each full round. The matrices
           `mix` (M), `enter` (M, then into the register) and `leave` (out of the register) are
           given by their columns, each packed into one integer; `top` is the first row of M. Of
           the register, `feedback` has a[1] .. a[n] and `feed` m, b[1] .. b[n], packed.
    """

    opening: tuple[Row, ...]
    enter: Row
    partial: Row
    feedback: int
    feed: int
    leave: Row
    closing: tuple[Row, ...]
    mix: Row
    top: Row
    guard: int


class _Register(Struct, frozen=True, gc=False):
    """The second observation's machine, and the matrices into it and out of it."""

    enter: list[list[int]]
    feedback: list[int]
    feed: list[int]
    leave: list[list[int]]


def digest(prepared: Poseidon, inputs: Sequence[int]) -> int:
    """
    Return the hash of at most t integers; fewer are as good as filled up with zeros.

    Raises: ValueError when there are too many.
    """
    if len(inputs) > len(prepared.top):
        raise ValueError(f"{len(inputs)} numbers do not fit a width of {len(prepared.top)}")
    *opening, entering = prepared.opening
    state: Iterable[int] = [*map(mpz, inputs), *(0,) * (len(prepared.top) - len(inputs))]
    for constants in opening:
        state = _product(prepared.mix, _fifths(state, constants), prepared.guard)
    state = _through_partial_rounds(prepared, _fifths(state, entering))
    *closing, ending = prepared.closing
    for constants in closing:
        state = _product(prepared.mix, _fifths(state, constants), prepared.guard)
    return int(matrix.dot(prepared.top, _fifths(state, ending)))


def _through_partial_rounds(prepared: Poseidon, powers: Sequence[int]) -> list[int]:
    # The lowest slot is the round's x[0]; those above are the register, still without `feedback`.
    register = sum(map(mul, prepared.enter, powers))
    feedback, feed = prepared.feedback, prepared.feed
    for constant in prepared.partial:
        first = (register & MASK) % P
        fifth = power(first + constant, 5, P)
        register = (register >> SLOT) + feedback * first + feed * fifth
    first = (register & MASK) % P
    kept = unpack((register >> SLOT) + feedback * first, SLOT)
    rest = _product(prepared.leave, [number % P for number in kept], prepared.guard >> SLOT)
    return [first, *rest]


def _fifths(state: Iterable[int], constants: Row) -> list[int]:
    return [power(x + c, 5, P) for x, c in zip(state, constants, strict=False)]


def _product(packed_columns: Row, vector: Sequence[int], guard: int) -> list[int]:
    # `unpack` drops zeros from the end; the guard keeps them, and is itself dropped by the next
    # round, which has no constant for it. The numbers stay unreduced: raising them reduces them.
    return unpack(sum(map(mul, packed_columns, vector), guard), SLOT)


@cache
def poseidon(width: int, partial_rounds: int) -> Poseidon:
    """
    Prepare the hash of `width` elements; takes some milliseconds, once.

    Raises: ValueError for a width that is not one of `WIDTHS`.
    """
    if width not in WIDTHS:
        raise ValueError(f"a width must be from {WIDTHS[0]} to {WIDTHS[-1]}")
    mix, constants = mixing(width), round_constants(FULL_ROUNDS + partial_rounds)
    half = FULL_ROUNDS // 2
    register = _register(mix)
    partial, pushed = _pushed(mix, constants[half : half + partial_rounds])
    first, *others = ((constant,) * width for constant in constants[half + partial_rounds :])
    return Poseidon(
        opening=tuple((constant,) * width for constant in constants[:half]),
        enter=_packed_columns(matrix.product(register.enter, mix)),
        partial=tuple(partial),
        feedback=pack(register.feedback, SLOT),
        feed=pack(register.feed, SLOT),
        leave=_packed_columns(register.leave),
        closing=(tuple(map(sum, zip(first, pushed, strict=True))), *others),
        mix=_packed_columns(mix),
        top=tuple(mix[0]),
        guard=mpz(1) << SLOT * width,
    )


def _pushed(mix: matrix.Matrix, constants: Sequence[int]) -> tuple[list[int], list[int]]:
    # The first observation: what each partial round adds to x[0], and what is left for the end.
    firsts, pushed = [], [mpz(0)] * len(mix)
    for constant in constants:
        first, *rest = (constant + number for number in pushed)
        firsts.append(first % P)
        pushed = [matrix.dot(row[1:], rest) for row in mix]
    return firsts, pushed


def _register(mix: matrix.Matrix) -> _Register:
    # The second observation; `rows` are those of T.
    corner, *across = mix[0]
    down, block = [row[0] for row in mix[1:]], [row[1:] for row in mix[1:]]
    feedback, standing = matrix.recurrence(block), matrix.columns(block)
    rows = [across]
    for a in feedback[:-1]:
        moved = [matrix.dot(rows[-1], column) for column in standing]
        rows.append([(n - a * v) % P for n, v in zip(moved, across, strict=True)])
    pairs = list(zip(rows, feedback, strict=True))
    # What enters lacks `feedback`, which the first partial round is about to add.
    enter = [[mpz(1), *(mpz(0) for _ in across)], *([-a, *row] for row, a in pairs)]
    feed = [corner, *((matrix.dot(row, down) - a * corner) % P for row, a in pairs)]
    return _Register(enter, feedback, feed, matrix.inverted(rows))


def _packed_columns(rows: matrix.Matrix) -> Row:
    return tuple(pack(column, SLOT) for column in matrix.columns(rows))


def round_constants(count: int) -> list[int]:
    """Return C[0] .. C[count-1], the same for every width."""
    return [mpz(number) % P for number in islice(_chain(b"poseidon_constants"), count)]


def mixing(width: int) -> list[list[int]]:
    """Return M: 1 / (x[i] - y[j]) for numbers x and y that come from a hash, a Cauchy matrix."""
    numbers = [mpz(n) % P for n in islice(_chain(b"poseidon_matrix_0000"), 2 * width)]
    return [[inverse(x - y) for y in numbers[width:]] for x in numbers[:width]]


def _chain(word: bytes) -> Iterator[int]:
    # Each number is the hash of the one before, which is 256 bits long, not yet reduced.
    while True:
        word = blake2b(word, digest_size=32).digest()
        yield int.from_bytes(word, "little")
