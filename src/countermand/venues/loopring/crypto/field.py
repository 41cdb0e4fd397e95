"""
The field: integers modulo the prime P, on gmpy2's integers, which are twice as fast as Python's.

P is the order of the pairing-friendly curve BN254, on which the rollup's proofs are made; the
numbers of such a proof are the integers modulo P, so the protocol's hashes and signatures are made
of nothing else. `mpz` makes a fast integer of a plain one. From there on arithmetic stays fast by
itself, and sums and products are reduced where the code says `% P`, not before.

Source: Loopring protocol 3.6, design document, "SNARK_SCALAR_FIELD".
"""

from collections.abc import Callable, Sequence
from itertools import accumulate

import gmpy2  # type: ignore[import-untyped]  # it publishes no types; its integers act as int

mpz: Callable[[int], int] = gmpy2.mpz
_invert: Callable[[int, int], int] = gmpy2.invert
power: Callable[[int, int, int], int] = gmpy2.powmod
pack: Callable[[list[int], int], int] = gmpy2.pack
unpack: Callable[[int, int], list[int]] = gmpy2.unpack

P = mpz(21888242871839275222246405745257275088548364400416034343698204186575808495617)


def inverse(number: int) -> int:
    """Return 1 / `number` modulo P. Raises ZeroDivisionError when there is none."""
    return _invert(number, P)


def inverses(numbers: Sequence[int]) -> list[int]:
    """
    Return 1 / n for every n, at the price of a single inversion and three products each.

    Divide one by the product of all. Walking back, that product without its last factor gives the
    last inverse, and the last factor taken out of the quotient leaves the same question, shorter.
    """
    products = list(accumulate(numbers, lambda product, n: product * n % P, initial=mpz(1)))
    rest = inverse(products[-1])
    found = []
    for number, before in zip(reversed(numbers), reversed(products[:-1]), strict=True):
        found.append(rest * before % P)
        rest = rest * number % P
    return found[::-1]
