"""
Authentication: three headers, one Ed25519 signature.

Shape:  X-PM-Access-Key (a UUID), X-PM-Timestamp (Unix milliseconds) and X-PM-Signature, the padded
        base64 of the 64-byte signature over the stamp, the method and the path.
Source: Orders API reference, "Cancel Order", security schemes; Polymarket US documentation,
        "Authentication"; tests/venues/polymarket_us/vectors.

Neither the query nor the body is signed, and there is no nonce: a request can be sent again within
the window. That is the venue's protocol.
"""

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterator

from countermand.venues.polymarket_us import credential as credentials
from countermand.venues.polymarket_us.credential import PolymarketCredential
from countermand.venues.polymarket_us.settings import PolymarketSettings
from countermand.wire import crypto, times
from countermand.wire.credential import Keys, Principal
from countermand.wire.errors import Unauthorized
from countermand.wire.http import Request

KEY = b"x-pm-access-key"
TIMESTAMP = b"x-pm-timestamp"
SIGNATURE = b"x-pm-signature"

_STAMP_DIGITS_MAX = 16

_Keys = Keys[PolymarketCredential]


class PolymarketAuth:
    """How this venue proves the owner of a request's key."""

    credential = staticmethod(credentials.from_fields)
    publish = staticmethod(credentials.publish)
    fresh = staticmethod(credentials.fresh)

    def sign(self, request: Request, credential: PolymarketCredential, now_ns: int) -> Request:
        """Return the request with its three headers."""
        stamp = str(now_ns // times.MS).encode()
        signature = crypto.ed25519_sign(credential.seed, canonical(request, stamp))
        return request.with_headers(
            (KEY, credential.key.encode()),
            (TIMESTAMP, stamp),
            (SIGNATURE, b2a_base64(signature, newline=False)),
        )

    def principal(self, credential: PolymarketCredential) -> Principal:
        """Return the principal of a proven key."""
        return Principal(credential.owner, credential.key, credential.access)

    def verify(
        self, request: Request, keys: _Keys, settings: PolymarketSettings, now_ns: int
    ) -> Principal:
        """
        Return the principal of a request.

        Raises: Unauthorized for a missing header, an unknown key, a stamp that is malformed or
                outside the window, and a wrong signature; in this order.
        """
        headers = dict(reversed(request.headers))
        key, stamp, given = (headers.get(name, b"") for name in (KEY, TIMESTAMP, SIGNATURE))
        if not (key and stamp and given):
            raise Unauthorized("missing authentication headers")
        if (held := keys.find(key.decode("latin-1"))) is None:
            raise Unauthorized("API key not found")
        _check_stamp(stamp, settings, now_ns)
        signature, signed = _signature(given), canonical(request, stamp)
        crypto.ed25519_verify(held.public_key, signed, signature, "invalid signature")
        return self.principal(held)


def canonical(request: Request, stamp: bytes) -> bytes:
    """
    Return the bytes a client signs and a server checks.

    Shape:  stamp, METHOD, path with `/v1` and without the query; joined without separator.
    Units:  `stamp`, Unix milliseconds in digits, as in the header.
    Raises: nothing; every request has one canonical form.
    Source: Polymarket US documentation, "Authentication"; vectors/signing.json.
    """
    return b"%b%b%b" % (stamp, request.method.encode(), request.path)


def signed(request: Request, settings: PolymarketSettings) -> bytes:
    """Return the bytes that the signature of a request is over."""
    return canonical(request, request.header(TIMESTAMP) or b"")


def explain(request: Request, keys: _Keys, settings: PolymarketSettings, now_ns: int) -> str:
    """
    Return why a request is not proven: what must be signed, and what else the signature would fit.

    For worlds whose keys are published; the slips are those that clients of this venue make.
    """
    headers = dict(reversed(request.headers))
    missing = [name for name in (KEY, TIMESTAMP, SIGNATURE) if not headers.get(name)]
    if missing:
        return f"without {b', '.join(missing).decode()}"
    if (held := keys.find(headers[KEY].decode("latin-1"))) is None:
        return "no key is called what X-PM-Access-Key says"
    stamp = headers[TIMESTAMP]
    signed = f"X-PM-Signature must be over {canonical(request, stamp).decode('latin-1')!r}"
    try:
        signature = a2b_base64(headers[SIGNATURE], strict_mode=True)
    except Base64Error:
        return f"{signed}, in base64"
    for slip, message in _readings(request, stamp):
        if _fits(held, message, signature):
            return _late(stamp, now_ns) if not slip else f"{signed}; it is over that {slip}"
    return f"{signed}; what it is over cannot be told"


def _check_stamp(stamp: bytes, settings: PolymarketSettings, now_ns: int) -> None:
    if not stamp.isdigit() or len(stamp) > _STAMP_DIGITS_MAX:
        raise Unauthorized("invalid timestamp")
    # Stamps have no fraction, so the clock's is left out: the window's edges are whole steps.
    if abs(now_ns // times.MS - int(stamp)) > settings.window_s * times.S // times.MS:
        raise Unauthorized("timestamp outside the allowed window")


def _signature(given: bytes) -> bytes:
    try:
        signature = a2b_base64(given, strict_mode=True)
    except Base64Error:
        raise Unauthorized("invalid signature") from None
    # Base64 leaves four bits of 64 bytes unused; a signature that differs there alone was changed
    # on its way.
    if b2a_base64(signature, newline=False) != given:
        raise Unauthorized("invalid signature")
    return signature


def _readings(request: Request, stamp: bytes) -> Iterator[tuple[str, bytes]]:
    plain, method = canonical(request, stamp), request.method.encode()
    yield "", plain
    yield "with the query", plain + b"?" + request.query
    yield "with the body", plain + request.body
    yield "without /v1", plain.replace(b"/v1/", b"/", 1)
    yield "with the method in small letters", plain.replace(method, method.lower(), 1)


def _fits(held: PolymarketCredential, message: bytes, signature: bytes) -> bool:
    try:
        crypto.ed25519_verify(held.public_key, message, signature, "")
    except Unauthorized:
        return False
    return True


def _late(stamp: bytes, now_ns: int) -> str:
    if not stamp.isdigit():
        return "X-PM-Timestamp is no whole number of milliseconds"
    apart_ms = now_ns // times.MS - int(stamp)
    return f"X-PM-Timestamp is {apart_ms} milliseconds behind this clock"
