"""Linear algebra over the field: a matrix is a list of rows, and all of it is small and dense."""

from collections.abc import Sequence
from operator import mul

from countermand.venues.loopring.crypto.field import P, inverse, mpz

Vector = Sequence[int]
Matrix = Sequence[Vector]


def dot(left: Vector, right: Vector) -> int:
    """Return the product of two vectors."""
    total: int = sum(map(mul, left, right))
    return total % P


def columns(matrix: Matrix) -> list[list[int]]:
    """Return the columns of a matrix, which are the rows of its transpose."""
    return [list(column) for column in zip(*matrix, strict=True)]


def product(left: Matrix, right: Matrix) -> list[list[int]]:
    """Return the matrix that does `right` first and then `left`."""
    standing = columns(right)
    return [[dot(row, column) for column in standing] for row in left]


def inverted(matrix: Matrix) -> list[list[int]]:
    """
    Return the inverse, by eliminating one column after the other beside a unit matrix.

    Raises: ValueError when there is none.
    """
    size = len(matrix)
    rows = [
        [*map(mpz, row), *(mpz(at == other) for other in range(size))]
        for at, row in enumerate(matrix)
    ]
    for at in range(size):
        pivot = next((other for other in range(at, size) if rows[other][at]), None)
        if pivot is None:
            raise ValueError("a matrix without an inverse")
        rows[at], rows[pivot] = rows[pivot], rows[at]
        scale = inverse(rows[at][at])
        rows[at] = [number * scale % P for number in rows[at]]
        for other in range(size):
            if other != at and (factor := rows[other][at]):
                pairs = zip(rows[other], rows[at], strict=True)
                rows[other] = [(number - factor * own) % P for number, own in pairs]
    return [row[size:] for row in rows]


def recurrence(matrix: Matrix) -> list[int]:
    """
    Return a[1] .. a[n] with A^n = a[1] A^(n-1) + a[2] A^(n-2) + .. + a[n].

    Every n x n matrix A satisfies such a rule (Cayley and Hamilton), so what A does again and
    again can be said by its last n results. The numbers are those of the characteristic
    polynomial, found by Faddeev and LeVerrier's steps: a[k] = trace(B) / k, then B = A (B - a[k]).
    """
    size = len(matrix)
    found = []
    held = [list(row) for row in matrix]
    for step in range(1, size + 1):
        found.append(sum(held[at][at] for at in range(size)) * inverse(mpz(step)) % P)
        for at in range(size):
            held[at][at] -= found[-1]
        held = product(matrix, held)
    return found
