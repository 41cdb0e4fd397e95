"""
EdDSA over Baby Jubjub, with Poseidon for the challenge: how Loopring's users sign.

A private key is a number k, its public key the point A = k B. To sign a number m:

    r = a secret number made from k and m;    R = r B
    t = poseidon(R.x, R.y, A.x, A.y, m);      S = r + k t

With A it can be seen that S B = R + t A, which is r B + t k B; without k no S is found. Multiples
of B repeat every L, so S and S + L say the same; the venue's own signers reduce modulo E = 8 L, and
most of their signatures have S above L. A signature therefore identifies nothing: from one, eight
can be written down.

Source: Loopring protocol 3.6, design document, "EdDSA"; the venue's Python sample client
        (`PoseidonEdDSA`) and npm SDK 3.9, byte for byte the same; tests/venues/loopring/vectors.
"""

import re
from functools import cache, lru_cache
from hashlib import sha512

from msgspec import Struct

from countermand.venues.loopring.crypto import babyjubjub
from countermand.venues.loopring.crypto.babyjubjub import BASE, E, L
from countermand.venues.loopring.crypto.comb import Comb, comb, multiply
from countermand.venues.loopring.crypto.field import P, mpz
from countermand.venues.loopring.crypto.poseidon import digest, poseidon

# How many keys' combs are kept, the least recently used going first; each is about 0.14 MB.
KEYS_MAX = 256

_TEXT = re.compile(r"0x([0-9a-fA-F]{64})([0-9a-fA-F]{64})([0-9a-fA-F]{64})")


class NoKey(ValueError):
    """Numbers that cannot be a key."""


class PublicKey(Struct, frozen=True, gc=False):
    """
    A point that can be a key. Raises NoKey when made of anything else.

    Of order L, that is: with a point of another order anyone could sign.
    """

    x: int
    y: int

    def __post_init__(self) -> None:
        if not babyjubjub.is_on_curve(self.x, self.y):
            raise NoKey("not a point of the curve")
        all_round = multiply(_comb_of_minus(self), L)
        if not babyjubjub.is_equal(all_round, 0, 1) or (self.x, self.y) == (0, 1):
            raise NoKey("not a point of the order that keys have")


class Signature(Struct, frozen=True, gc=False):
    """The point R and the number S as they were received; `is_valid` knows their limits."""

    r_x: int
    r_y: int
    s: int


def private_key(chance: bytes) -> int:
    """Return the private key of 40 random bytes or more, any of them as likely."""
    return 1 + int(int.from_bytes(chance, "big") % (L - 1))


def public_key(private_key: int) -> PublicKey:
    """Return the public key of a private one. Raises NoKey unless 0 < `private_key` < L."""
    if not 0 < private_key < L:
        raise NoKey("must be above zero and below the order of keys")
    return PublicKey(*babyjubjub.affine(multiply(_base_comb(), private_key)))


def sign(private_key: int, own: PublicKey, message: int) -> Signature:
    """
    Sign a number from 0 to 2^256 - 1 with a key and its public key; always alike.

    Source: r is SHA-512 of k and m, 32 bytes each and little endian as the digest itself.
    """
    secret = private_key.to_bytes(32, "little") + message.to_bytes(32, "little")
    r = mpz(int.from_bytes(sha512(secret).digest(), "little")) % L
    r_x, r_y = babyjubjub.affine(multiply(_base_comb(), r))
    s = (r + private_key * _challenge(r_x, r_y, own, message)) % E
    return Signature(r_x, r_y, int(s))


def is_valid(signer: PublicKey, message: int, signature: Signature) -> bool:
    """
    Return whether a signature of `message` is the key's own.

    R's coordinates must be below P and S below E; that R is a point of the curve follows, as the
    sum it must equal is one. There is no multiplication by the cofactor, as in the circuit.
    """
    r_x, r_y, s = signature.r_x, signature.r_y, signature.s
    if not (0 <= r_x < P and 0 <= r_y < P and 0 <= s < E):
        return False
    t = _challenge(r_x, r_y, signer, message)
    ours = multiply(_base_comb(), s % L)
    theirs = multiply(_comb_of_minus(signer), t % L)
    return babyjubjub.is_equal(babyjubjub.add(ours, theirs), r_x, r_y)


def signature_text(signature: Signature) -> str:
    """Return a signature as it is sent: `0x`, then R.x, R.y and S in 64 hexadecimal digits each."""
    return f"0x{signature.r_x:064x}{signature.r_y:064x}{signature.s:064x}"


def parse_signature(text: str) -> Signature:
    """Return the signature a text says. Raises ValueError when it says none."""
    if not (match := _TEXT.fullmatch(text)):
        raise ValueError("must be 0x and 192 hexadecimal digits")
    return Signature(*(int(number, 16) for number in match.groups()))


def make_tables() -> None:
    """Make what every check and every order's hash needs; it is kept."""
    _base_comb()
    poseidon(6, 52)
    poseidon(12, 53)


def _challenge(r_x: int, r_y: int, signer: PublicKey, message: int) -> int:
    return digest(poseidon(6, 52), (r_x, r_y, signer.x, signer.y, message))


@cache
def _base_comb() -> Comb:
    return comb(babyjubjub.extended(*BASE), width=8, spacing=1)


@lru_cache(maxsize=KEYS_MAX)
def _comb_of_minus(key: PublicKey) -> Comb:
    # Far smaller than the base's: a key may be checked once and never be seen again.
    return comb(babyjubjub.negated(babyjubjub.extended(key.x, key.y)), width=5, spacing=3)
