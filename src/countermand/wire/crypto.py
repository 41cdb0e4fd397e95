"""Signature primitives. A check that must not be ignored raises; comparison takes constant time."""

from binascii import b2a_base64
from functools import lru_cache
from hmac import compare_digest

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from nacl.bindings import crypto_sign, crypto_sign_BYTES, crypto_sign_open, crypto_sign_seed_keypair
from nacl.exceptions import BadSignatureError

from countermand.wire.errors import Unauthorized

# Keys that are kept prepared; the least recently used one goes first.
PREPARED_MAX = 4096


def hmac_sha256_base64(secret: bytes, message: bytes) -> bytes:
    """Return the HMAC-SHA256 of `message`, in standard padded base64."""
    mac = _prepared(secret).copy()
    mac.update(message)
    return b2a_base64(mac.finalize(), newline=False)


@lru_cache(maxsize=PREPARED_MAX)
def _prepared(secret: bytes) -> HMAC:
    # With the key hashed in, which is half of what a short message costs. Copying one of the
    # standard library's costs as much as all of this does.
    return HMAC(secret, SHA256())


def is_equal(expected: bytes, given: bytes) -> bool:
    """Compare two secrets in constant time; for where several may be right."""
    return compare_digest(expected, given)


def check_equal(expected: bytes, given: bytes, text: str) -> None:
    """Compare two secrets in constant time. Raises Unauthorized with `text` when they differ."""
    if not compare_digest(expected, given):
        raise Unauthorized(text)


def ed25519_public_key(seed: bytes) -> bytes:
    """Return the public key of a 32-byte seed."""
    return crypto_sign_seed_keypair(seed)[0]


def ed25519_sign(seed: bytes, message: bytes) -> bytes:
    """Return the 64-byte Ed25519 signature (RFC 8032) of `message` by a 32-byte seed."""
    secret = crypto_sign_seed_keypair(seed)[1]
    return crypto_sign(message, secret)[:crypto_sign_BYTES]


def ed25519_verify(public_key: bytes, message: bytes, signature: bytes, text: str) -> None:
    """
    Check an Ed25519 signature; pure, and the interpreter's lock is released while it is checked.

    Raises: Unauthorized with `text` when it is not that key's signature of `message`.
    """
    if len(signature) != crypto_sign_BYTES:
        raise Unauthorized(text)
    try:
        crypto_sign_open(signature + message, public_key)
    except BadSignatureError:
        raise Unauthorized(text) from None
