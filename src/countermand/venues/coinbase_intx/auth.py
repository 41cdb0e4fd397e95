"""
Authentication: four headers, one HMAC.

Shape:  CB-ACCESS-KEY, CB-ACCESS-PASSPHRASE, CB-ACCESS-TIMESTAMP (whole seconds since the Unix
        epoch) and CB-ACCESS-SIGN, the padded base64 of an HMAC-SHA256 keyed with the decoded
        secret.
Source: INTX REST reference, "Authentication" and "REST API authentication";
        tests/venues/coinbase_intx/vectors.

The query is not signed. That is the venue's protocol, not an oversight here.
"""

from binascii import a2b_base64, hexlify
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from msgspec.structs import replace

from countermand.venues.coinbase_intx import credential as credentials
from countermand.venues.coinbase_intx.credential import IntxCredential
from countermand.venues.coinbase_intx.messages.streams import Asked
from countermand.venues.coinbase_intx.settings import IntxSettings
from countermand.wire import crypto, times
from countermand.wire.credential import Keys, Principal
from countermand.wire.errors import Unauthorized
from countermand.wire.http import Request

KEY = b"cb-access-key"
PASSPHRASE = b"cb-access-passphrase"
TIMESTAMP = b"cb-access-timestamp"
SIGN = b"cb-access-sign"
# The market data feed, as its signature names it.
FEED = b"CBINTLMD"

PROOF = (KEY, PASSPHRASE, TIMESTAMP, SIGN)


class IntxAuth:
    """How this venue proves the owner of a request's key."""

    credential = staticmethod(credentials.from_fields)
    publish = staticmethod(credentials.publish)
    fresh = staticmethod(credentials.fresh)

    def sign(self, request: Request, credential: IntxCredential, now_ns: int) -> Request:
        """Return the request with its four headers, signed over the bytes it carries."""
        stamp = times.seconds_text(now_ns).encode()
        message = canonical(request, stamp, request.path)
        return request.with_headers(
            (KEY, credential.key.encode()),
            (PASSPHRASE, credential.passphrase.encode()),
            (TIMESTAMP, stamp),
            (SIGN, crypto.hmac_sha256_base64(credential.secret, message)),
        )

    def principal(self, credential: IntxCredential) -> Principal:
        """Return the principal of a proven key."""
        return Principal(credential.owner, credential.key, credential.access)

    def verify(
        self, request: Request, keys: Keys[IntxCredential], settings: IntxSettings, now_ns: int
    ) -> Principal:
        """
        Return the principal of a request.

        Raises: Unauthorized for a missing header, an unknown key, a wrong passphrase, a stamp that
                is malformed or outside the window, and a wrong signature; in this order.
        """
        headers = dict(reversed(request.headers))
        key, passphrase, stamp, given = proof = [headers.get(name, b"") for name in PROOF]
        if b"" in proof:
            raise Unauthorized(f"missing {PROOF[proof.index(b'')].decode().upper()}")
        if (held := keys.find(key.decode("latin-1"))) is None:
            raise Unauthorized("invalid api key")
        crypto.check_equal(held.passphrase.encode(), passphrase, "invalid passphrase")
        _check_stamp(stamp, settings, now_ns)
        for secret, path in _readings(request, held, settings):
            expected = crypto.hmac_sha256_base64(secret, canonical(request, stamp, path))
            if crypto.is_equal(expected, given):
                return self.principal(held)
        raise Unauthorized("invalid signature")


def canonical(request: Request, stamp: bytes, path: bytes) -> bytes:
    """
    Return the bytes a client signs and a server checks.

    Shape:  stamp, METHOD, path with `/api/v1` and without the query, body; joined without
            separator. The body is the bytes sent, for every method; a DELETE may have one.
    Units:  `stamp`, whole seconds in digits, as in the header.
    Raises: nothing; every request has one canonical form.
    Source: INTX REST reference, "Authentication"; vectors/signing.json.
    """
    return b"%b%b%b%b" % (stamp, request.method.encode(), path, request.body)


def verify_stream(
    asked: Asked, keys: Keys[IntxCredential], settings: IntxSettings, now_ns: int
) -> None:
    """
    See that a subscription's signature is its key's.

    Raises: Unauthorized.
    Source: INTX WebSocket documentation, "Authentication"; vectors/signing.json, case of the feed.
    """
    held = keys.find(asked.key)
    if held is None:
        raise Unauthorized("invalid api key")
    crypto.check_equal(held.passphrase.encode(), asked.passphrase.encode(), "invalid passphrase")
    stamp = asked.time.encode()
    _check_stamp(stamp, settings, now_ns)
    expected = crypto.hmac_sha256_base64(held.secret, canonical_stream(held, stamp))
    crypto.check_equal(expected, asked.signature.encode(), "invalid signature")


def canonical_stream(held: IntxCredential, stamp: bytes) -> bytes:
    """Return the bytes a subscription is signed over: stamp, key, the feed's name, passphrase."""
    return b"%b%b%b%b" % (stamp, held.key.encode(), FEED, held.passphrase.encode())


def signed(request: Request, settings: IntxSettings) -> bytes:
    """Return the bytes that the signature of a request is over."""
    return canonical(request, request.header(TIMESTAMP) or b"", request.path)


def _check_stamp(stamp: bytes, settings: IntxSettings, now_ns: int) -> None:
    decimals = settings.accept_decimal_timestamps
    try:
        stamp_ns = times.parse_decimal_seconds(stamp) if decimals else times.parse_seconds(stamp)
    except ValueError:
        raise Unauthorized("invalid timestamp") from None
    # Stamps have no fraction, so the clock's is left out: the window's edges are whole seconds.
    apart = abs(now_ns // times.S - stamp_ns // times.S)
    if apart > settings.window_s:
        raise Unauthorized("timestamp expired")


def _readings(
    request: Request, held: IntxCredential, settings: IntxSettings
) -> Iterator[tuple[bytes, bytes]]:
    yield held.secret, request.path
    # Which form of an escaped path is signed is not documented, so both are accepted.
    if b"%" in request.path:
        yield held.secret, unquote_to_bytes(request.path)
    if settings.accept_undecoded_secret:
        yield held.secret_text.encode(), request.path


def explain(
    request: Request, keys: Keys[IntxCredential], settings: IntxSettings, now_ns: int
) -> str:
    """
    Return why a request is not proven: what must be signed, and what else the signature would fit.

    For worlds whose keys are published; the slips are those that clients of this venue make.
    """
    headers = dict(reversed(request.headers))
    missing = [name for name in PROOF if not headers.get(name)]
    if missing:
        return f"without {b', '.join(missing).decode().upper()}"
    held = keys.find(headers[KEY].decode("latin-1"))
    if held is None:
        return "no key is called what CB-ACCESS-KEY says"
    if held.passphrase.encode() != headers[PASSPHRASE]:
        return "CB-ACCESS-PASSPHRASE is not that key's"
    stamp, given = headers[TIMESTAMP], headers[SIGN]
    message = canonical(request, stamp, request.path).decode("latin-1")
    signed = f"CB-ACCESS-SIGN must be over {message!r}"
    for slip, secret, other in _slips(request, held, stamp):
        signature = crypto.hmac_sha256_base64(secret, other)
        if given == signature:
            return _late(stamp, now_ns) if not slip else f"{signed}; it is over that {slip}"
        if given.lower() == hexlify(a2b_base64(signature)):
            return f"{signed}, in base64; it is in hexadecimal"
    return f"{signed}; what it is over cannot be told"


def _slips(
    request: Request, held: IntxCredential, stamp: bytes
) -> Iterator[tuple[str, bytes, bytes]]:
    secret, path = held.secret, request.path
    yield "", secret, canonical(request, stamp, path)
    yield "with the secret not decoded", held.secret_text.encode(), canonical(request, stamp, path)
    yield "with the query", secret, canonical(request, stamp, path + b"?" + request.query)
    yield "without /api/v1", secret, canonical(request, stamp, path.removeprefix(b"/api/v1"))
    yield "without the body", secret, canonical(replace(request, body=b""), stamp, path)
    small = replace(request, method=request.method.lower())
    yield "with the method in small letters", secret, canonical(small, stamp, path)


def _late(stamp: bytes, now_ns: int) -> str:
    try:
        apart_s = (now_ns - times.parse_decimal_seconds(stamp)) // times.S
    except ValueError:
        return "CB-ACCESS-TIMESTAMP is no number of seconds"
    return f"CB-ACCESS-TIMESTAMP is {apart_s} seconds behind this clock, in whole seconds"
