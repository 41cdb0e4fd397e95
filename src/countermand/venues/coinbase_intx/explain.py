"""
Why a request is not proven: what must be signed, and what else the signature would fit.

For worlds whose keys are published; the reasons are the slips that clients of this venue make.
"""

from __future__ import annotations

from binascii import a2b_base64, hexlify
from collections.abc import Iterator

from msgspec.structs import replace

from countermand.venues.coinbase_intx.auth import KEY, PASSPHRASE, SIGN, TIMESTAMP, canonical
from countermand.venues.coinbase_intx.credential import IntxCredential
from countermand.venues.coinbase_intx.settings import IntxSettings
from countermand.wire import crypto, times
from countermand.wire.http import Request
from countermand.wire.venue import Keys


def explain(
    request: Request, keys: Keys[IntxCredential], settings: IntxSettings, now_ns: int
) -> str:
    """Return why the request is not proven, as far as can be told."""
    headers = dict(reversed(request.headers))
    missing = [name for name in (KEY, PASSPHRASE, TIMESTAMP, SIGN) if not headers.get(name)]
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
    for slip, secret, other in _readings(request, held, stamp):
        signature = crypto.hmac_sha256_base64(secret, other)
        if given == signature:
            return _late(stamp, now_ns) if not slip else f"{signed}; it is over that {slip}"
        if given.lower() == hexlify(a2b_base64(signature)):
            return f"{signed}, in base64; it is in hexadecimal"
    return f"{signed}; what it is over cannot be told"


def _readings(
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
