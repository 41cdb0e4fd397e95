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
    """So that nobody can forget to look at it."""
    crypto.check_equal(b"a", b"a", "never")
    assert crypto.is_equal(b"a", b"a")
    assert not crypto.is_equal(b"a", b"b")
    with pytest.raises(Unauthorized, match="wrong"):
        crypto.check_equal(b"a", b"b", "wrong")
