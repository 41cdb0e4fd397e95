"""C02 and C03: what is signed is verified, and one flipped bit anywhere in it is not."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.venues.conformance.losses import Losses, losses
from tests.venues.desk import START_NS, Desk

from countermand.wire.errors import Unauthorized
from countermand.wire.http import Request

PATHS = st.from_regex(rb"/api/[a-z0-9/%-]{0,40}", fullmatch=True)
METHODS = st.sampled_from(["GET", "POST", "PUT", "DELETE"])


def verify(desk: Desk, request: Request, now_ns: int = START_NS) -> str:
    """Return whose request it is."""
    return desk.venue.auth.verify(request, desk.keys, desk.settings, now_ns).owner


def proven(desk: Desk, request: Request, now_ns: int = START_NS) -> str:
    """Return whose request it is, of one that is signed."""
    try:
        return verify(desk, request, now_ns)
    except Unauthorized as error:
        why = error.text
    pytest.fail(f"{desk.venue.name}: verify refuses what sign made ({why}); see auth.py")


def check_refused(desk: Desk, request: Request, what: str) -> None:
    """Assert that the request is not proven."""
    try:
        owner = verify(desk, request)
    except Unauthorized:
        return
    pytest.fail(f"{desk.venue.name}: verify takes {what} for {owner}'s; see auth.py")


@given(METHODS, PATHS, st.binary(max_size=200), st.integers(0, 4 * 10**18))
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_c02_signed_is_verified(
    desk: Desk, method: str, path: bytes, body: bytes, now_ns: int
) -> None:
    """A signature verifies at any time, over any bytes, for every key of the world."""
    for credential in desk.keys:
        request = Request(method, path, b"a=b", (), body)
        signed = desk.venue.auth.sign(request, credential, now_ns)

        assert credential.owner == proven(desk, signed, now_ns)


def flips(data: bytes) -> list[bytes]:
    """Return every text that differs in one bit."""
    return [
        data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]
        for at in range(len(data))
        for bit in range(8)
    ]


def flipped(request: Request, signed: Request, declared: Losses) -> list[Request]:
    """Return the signed request with one bit flipped, everywhere the signature reaches."""
    unsigned = declared.unsigned
    method, path, query, headers, body = (
        signed.method, signed.path, signed.query, signed.headers, signed.body,
    )  # fmt: skip
    own = len(request.headers)
    return [
        *(
            Request(m.decode("latin-1"), path, query, headers, body)
            for m in flips(method.encode())
            if "method" not in unsigned
        ),
        *(Request(method, p, query, headers, body) for p in flips(path) if "path" not in unsigned),
        *(Request(method, path, query, headers, b) for b in flips(body) if "body" not in unsigned),
        *(
            Request(method, path, query, (*headers[:at], (name, text), *headers[at + 1 :]), body)
            for at, (name, value) in enumerate(headers)
            if at >= own
            for text in flips(value)
            if not _is_same(name, text, value, declared)
        ),
    ]


def _is_same(name: bytes, text: bytes, value: bytes, declared: Losses) -> bool:
    if name in declared.schemes:
        # Of the two words only the first is read in any case.
        own, credentials = value.split(b" ", 1)
        return text.lower().startswith(own.lower()) and text.endswith(b" " + credentials)
    return name in declared.caseless and text.lower() == value.lower()


def differing(signed: Request, forged: Request) -> str:
    """Return which part of a request was flipped."""
    parts = ("method", "path", "headers", "body")
    return next(part for part in parts if getattr(signed, part) != getattr(forged, part))


def test_c03_one_flipped_bit_fails(desk: Desk) -> None:
    """A flipped bit in the method, the path, the body or a signing header fails."""
    request = Request("POST", b"/api/v1/orders", b"", ((b"accept", b"*/*"),), b'{"side":"BUY"}')
    signed = desk.venue.auth.sign(request, desk.credential(), START_NS)

    assert proven(desk, signed) == "alice"
    for forged in flipped(request, signed, losses(desk)):
        check_refused(desk, forged, f"one flipped bit ({differing(signed, forged)})")


def test_unsigned_is_refused(desk: Desk) -> None:
    """A request without a signature is refused."""
    check_refused(desk, Request("GET", b"/"), "an unsigned request")


def test_key_is_not_printed_with_its_secrets(desk: Desk) -> None:
    """A credential in a log gives nothing away."""
    for credential in desk.keys:
        text = repr(credential)

        # Where the key itself proves who asks it is a secret too.
        assert credential.key in text or credential.owner in text
        for name in set(credential.__struct_fields__) - {"owner", "key", "access"}:
            value = str(getattr(credential, name))
            assert not value or value not in text
