"""
Extended Ed25519 keys: a tree of keys from one root, and signing without a seed.

Shape:  a key is kL (the scalar), kR (what nonces are made from) and a chain code, 32 bytes each.
        Children from 2**31 on are hardened.
Source: Khovratovich and Law, "BIP32-Ed25519: Hierarchical Deterministic Keys over a Non-linear
        Keyspace", section V; CIP-3, "Icarus", for the root from entropy; RFC 8032, section 5.1.6,
        for the signature; tests/venues/deltadefi/vectors.

Such a signature is verified as plain Ed25519.
"""

from collections.abc import Iterable
from hashlib import pbkdf2_hmac, sha512
from hmac import digest

from msgspec import Struct
from nacl.bindings import (
    crypto_core_ed25519_scalar_add,
    crypto_core_ed25519_scalar_mul,
    crypto_core_ed25519_scalar_reduce,
    crypto_scalarmult_ed25519_base_noclamp,
)

HARDENED = 1 << 31
_PART = 32
_SIZE = 3 * _PART
# Of a root's scalar the highest three bits are 010, and the lowest three are 000.
_HIGHEST_BIT = 0b0100_0000


class ExtendedKey(Struct, frozen=True):
    """A private key that has children. Never printed."""

    scalar: bytes
    nonce: bytes
    chain_code: bytes

    def __repr__(self) -> str:
        return "ExtendedKey(...)"


def from_bytes(raw: bytes) -> ExtendedKey:
    """
    Return the key of 96 bytes: kL, kR, chain code.

    Raises: ValueError for another length, and for a kL whose fixed bits are not as they must be.
    """
    if len(raw) != _SIZE:
        raise ValueError(f"must be {_SIZE} bytes long")
    if raw[0] & 0b0000_0111 or raw[31] & 0b1110_0000 != _HIGHEST_BIT:
        raise ValueError("is not a BIP32-Ed25519 root key")
    return ExtendedKey(raw[:_PART], raw[_PART : 2 * _PART], raw[2 * _PART :])


def to_bytes(key: ExtendedKey) -> bytes:
    """Return the key as 96 bytes: kL, kR, chain code."""
    return key.scalar + key.nonce + key.chain_code


def from_entropy(entropy: bytes) -> ExtendedKey:
    """
    Return the root key that wallets make from a recovery phrase's entropy, without a password.

    Source: CIP-3, "Icarus".
    """
    raw = bytearray(pbkdf2_hmac("sha512", b"", entropy, 4096, _SIZE))
    raw[0] &= 0b1111_1000
    raw[31] = raw[31] & 0b0001_1111 | _HIGHEST_BIT
    return from_bytes(bytes(raw))


def derive(key: ExtendedKey, path: Iterable[int]) -> ExtendedKey:
    """Return the key at `path` below `key`; a number from `HARDENED` on is a hardened step."""
    for index in path:
        key = _child(key, index)
    return key


def public_key(key: ExtendedKey) -> bytes:
    """Return the 32 bytes that verify what `key` signs."""
    return crypto_scalarmult_ed25519_base_noclamp(key.scalar)


def sign(key: ExtendedKey, message: bytes) -> bytes:
    """Return the 64 bytes of an Ed25519 signature, always the same for the same message."""
    shown = public_key(key)
    nonce = crypto_core_ed25519_scalar_reduce(sha512(key.nonce + message).digest())
    commitment = crypto_scalarmult_ed25519_base_noclamp(nonce)
    challenge = crypto_core_ed25519_scalar_reduce(sha512(commitment + shown + message).digest())
    product = crypto_core_ed25519_scalar_mul(challenge, key.scalar)
    return commitment + crypto_core_ed25519_scalar_add(nonce, product)


def _child(key: ExtendedKey, index: int) -> ExtendedKey:
    if index >= HARDENED:
        shown, tags = key.scalar + key.nonce, (b"\x00", b"\x01")
    else:
        shown, tags = public_key(key), (b"\x02", b"\x03")
    shown += index.to_bytes(4, "little")
    z = digest(key.chain_code, tags[0] + shown, "sha512")
    chain_code = digest(key.chain_code, tags[1] + shown, "sha512")[_PART:]
    scalar = _number(key.scalar) + 8 * _number(z[:28])
    nonce = (_number(key.nonce) + _number(z[_PART:])) % (1 << 256)
    return ExtendedKey(
        scalar.to_bytes(_PART, "little"), nonce.to_bytes(_PART, "little"), chain_code
    )


def _number(raw: bytes) -> int:
    return int.from_bytes(raw, "little")
