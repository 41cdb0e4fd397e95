"""
Why a request is not proven: what must be signed, and what else the signature would fit.

For worlds whose keys are published; the reasons are the slips that clients of this venue make.
"""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Iterator

from countermand.venues.polymarket_us.auth import (
    KEY,
    SIGNATURE,
    TIMESTAMP,
    PolymarketCredential,
    canonical,
)
from countermand.wire import crypto, times
from countermand.wire.context import Settings
from countermand.wire.errors import Unauthorized
from countermand.wire.http import Request
from countermand.wire.venue import Keys


def explain(request: Request, keys: Keys, settings: Settings, now_ns: int) -> str:
    """Return why the request is not proven, as far as can be told."""
    headers = dict(reversed(request.headers))
    missing = [name for name in (KEY, TIMESTAMP, SIGNATURE) if not headers.get(name)]
    if missing:
        return f"without {b', '.join(missing).decode()}"
    held = keys.find(headers[KEY].decode("latin-1"))
    if not isinstance(held, PolymarketCredential):
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


def _readings(request: Request, stamp: bytes) -> Iterator[tuple[str, bytes]]:
    plain = canonical(request, stamp)
    yield "", plain
    yield "with the query", plain + b"?" + request.query
    yield "with the body", plain + request.body
    yield "without /v1", plain.replace(b"/v1/", b"/", 1)
    method = request.method.encode()
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
