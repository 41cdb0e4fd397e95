"""Signature primitives. A check that must not be ignored raises; comparison takes constant time."""

from binascii import b2a_base64
from hmac import compare_digest, digest

from countermand.wire.errors import Unauthorized


def hmac_sha256_base64(secret: bytes, message: bytes) -> bytes:
    """Return the HMAC-SHA256 of `message`, in standard padded base64."""
    return b2a_base64(digest(secret, message, "sha256"), newline=False)


def is_equal(expected: bytes, given: bytes) -> bool:
    """Compare two secrets in constant time; for where several may be right."""
    return compare_digest(expected, given)


def check_equal(expected: bytes, given: bytes, text: str) -> None:
    """Compare two secrets in constant time. Raises Unauthorized with `text` when they differ."""
    if not compare_digest(expected, given):
        raise Unauthorized(text)
