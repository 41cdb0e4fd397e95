"""Signature primitives."""

import pytest

from countermand.wire import crypto
from countermand.wire.errors import Unauthorized


def test_hmac_is_the_rfc_s() -> None:
    """RFC 4231, test case 2, in base64."""
    expected = bytes.fromhex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    signature = crypto.hmac_sha256_base64(b"Jefe", b"what do ya want for nothing?")

    assert signature == b"W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="
    assert len(expected) == 32


def test_comparison_that_fails_raises() -> None:
    """An unchecked result cannot be taken for a success."""
    crypto.check_equal(b"a", b"a", "never")
    assert crypto.is_equal(b"a", b"a")
    assert not crypto.is_equal(b"a", b"b")
    with pytest.raises(Unauthorized, match="wrong"):
        crypto.check_equal(b"a", b"b", "wrong")


# RFC 8032, section 7.1, test 2: seed, public key, message, signature.
SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_ed25519_is_the_rfc_s() -> None:
    """RFC 8032, section 7.1, test 2."""
    assert crypto.ed25519_public_key(SEED) == PUBLIC
    assert crypto.ed25519_sign(SEED, b"\x72") == SIGNATURE
    crypto.ed25519_verify(PUBLIC, b"\x72", SIGNATURE, "never")


@pytest.mark.parametrize(
    ("message", "signature"),
    [
        (b"\x73", SIGNATURE),
        (b"", SIGNATURE),
        (b"\x72", SIGNATURE[:-1]),
        (b"\x72", SIGNATURE + b"\x00"),
        (b"", SIGNATURE + b"\x72"),
        (b"\x72", bytes(64)),
        (b"\x72", b""),
    ],
)
def test_ed25519_that_fails_raises(message: bytes, signature: bytes) -> None:
    """Another message, and what is no signature at all."""
    with pytest.raises(Unauthorized, match="wrong"):
        crypto.ed25519_verify(PUBLIC, message, signature, "wrong")
