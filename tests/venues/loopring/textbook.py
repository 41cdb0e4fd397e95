"""
The textbook: Loopring's signatures as they are defined, line by line, and as slow as that is.

Points are pairs, a sum of two takes two inversions, an inversion is a power, and every round of the
hash multiplies by the whole matrix. It imports nothing of ours, so that it cannot share a mistake.
Source: EIP-2494; Loopring protocol 3.6, design document; the venue's Python sample client.
"""

from __future__ import annotations

import hashlib
from functools import cache

P = 21888242871839275222246405745257275088548364400416034343698204186575808495617
E = 21888242871839275222246405745257275088614511777268538073601725287587578984328
L = E // 8
A, D = 168700, 168696
BASE = (
    16540640123574156134436876038791482806971768689494387082833631921987005038935,
    20819045374670962167435360035096875258406992893633759881276124905556507972311,
)

Point = tuple[int, int]


def inverse(n: int) -> int:
    """Return 1 / n, by Fermat, as the sample client does."""
    return pow(n, P - 2, P)


def add(left: Point, right: Point) -> Point:
    """Return the sum of two points."""
    (x1, y1), (x2, y2) = left, right
    dxy = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + y1 * x2) * inverse(1 + dxy)
    y = (y1 * y2 - A * x1 * x2) * inverse(1 - dxy)
    return x % P, y % P


def times(k: int, point: Point) -> Point:
    """Return k times a point, doubling and adding."""
    total = (0, 1)
    while k:
        if k & 1:
            total = add(total, point)
        point = add(point, point)
        k >>= 1
    return total


def is_on_curve(point: Point) -> bool:
    """Return whether the equation holds."""
    x, y = point
    return (A * x * x + y * y - 1 - D * x * x * y * y) % P == 0


def from_y(y: int) -> Point | None:
    """Return a point of the curve with this y, if there is one."""
    square = (y * y - 1) * inverse(D * y * y - A) % P
    x = square_root(square)
    return None if x is None else (x, y)


def square_root(n: int) -> int | None:
    """Return a root of n, if it is a square (Cipolla)."""
    if n == 0 or pow(n, (P - 1) // 2, P) != 1:
        return 0 if n == 0 else None
    a = next(a for a in range(1, P) if pow(a * a - n, (P - 1) // 2, P) == P - 1)
    w, power = (a * a - n) % P, (P + 1) // 2
    (r0, r1), (s0, s1) = (1, 0), (a, 1)
    while power:
        if power & 1:
            r0, r1 = (r0 * s0 + r1 * s1 * w) % P, (r0 * s1 + r1 * s0) % P
        s0, s1 = (s0 * s0 + s1 * s1 * w) % P, 2 * s0 * s1 % P
        power >>= 1
    return r0


def chain(word: bytes, count: int) -> list[int]:
    """Return so many numbers, each the hash of the one before."""
    numbers = []
    for _ in range(count):
        word = hashlib.blake2b(word, digest_size=32).digest()
        numbers.append(int.from_bytes(word, "little") % P)
    return numbers


@cache
def constants(rounds: int) -> list[int]:
    """Return what each round adds."""
    return chain(b"poseidon_constants", rounds)


@cache
def matrix(t: int) -> list[list[int]]:
    """Return what each round multiplies by."""
    numbers = chain(b"poseidon_matrix_0000", 2 * t)
    return [[inverse(numbers[i] - numbers[t + j]) for j in range(t)] for i in range(t)]


def poseidon(inputs: list[int], t: int, full: int, partial: int) -> int:
    """Return the hash."""
    state = inputs + [0] * (t - len(inputs))
    rows = matrix(t)
    for at, constant in enumerate(constants(full + partial)):
        state = [x + constant for x in state]
        if full // 2 <= at < full // 2 + partial:
            state[0] = pow(state[0], 5, P)
        else:
            state = [pow(x, 5, P) for x in state]
        state = [sum(m * x for m, x in zip(row, state, strict=True)) % P for row in rows]
    return state[0]


def public_key(k: int) -> Point:
    """Return the public key of k."""
    return times(k, BASE)


def nonce(k: int, message: int) -> int:
    """Return the number a signature hides."""
    secret = k.to_bytes(32, "little") + message.to_bytes(32, "little")
    return int.from_bytes(hashlib.sha512(secret).digest(), "little") % L


def challenge(r: Point, key: Point, message: int) -> int:
    """Return the number a signature answers."""
    return poseidon([*r, *key, message], 6, 6, 52)


def sign(k: int, message: int) -> tuple[int, int, int]:
    """Return R.x, R.y and S."""
    secret = nonce(k, message)
    r = times(secret, BASE)
    return *r, (secret + k * challenge(r, public_key(k), message)) % E


def is_valid(key: Point, message: int, signature: tuple[int, int, int]) -> bool:
    """Return whether S B = R + t A, all numbers in range."""
    x, y, s = signature
    if not (x < P and y < P and s < E and is_on_curve((x, y))):
        return False
    return times(s, BASE) == add((x, y), times(challenge((x, y), key, message), key))
