"""
Authentication: three headers, one Ed25519 signature.

Shape:  X-PM-Access-Key (a UUID), X-PM-Timestamp (Unix milliseconds) and X-PM-Signature, the padded
        base64 of the 64-byte signature over the stamp, the method and the path.
Source: Orders API reference, "Cancel Order", security schemes; Polymarket US documentation,
        "Authentication"; tests/venues/polymarket_us/vectors.

Neither the query nor the body is signed, and there is no nonce: a request can be sent again within
the window. That is the venue's protocol, not an oversight here.
"""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from msgspec import Meta

from countermand.venues.polymarket_us.about import MarketSettings
from countermand.vocabulary.reports import AccountReport
from countermand.wire import crypto, key_fields, times
from countermand.wire.context import Settings
from countermand.wire.credential import Credential, Principal
from countermand.wire.errors import Unauthorized
from countermand.wire.http import Request
from countermand.wire.venue import Keys

KEY = b"x-pm-access-key"
TIMESTAMP = b"x-pm-timestamp"
SIGNATURE = b"x-pm-signature"

# "Up to 10 seconds", says the documentation; a server that is told to stop waits no longer either.
BLOCK_S_MAX = 10

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SEED_BYTES = 32
_PORTAL_BYTES = 64
_STAMP_DIGITS_MAX = 16


class PolymarketSettings(MarketSettings, frozen=True):
    """
    What a world may set about this venue.

    `closed_cancel_answer` is how a cancel or modify of a closed order is refused, which is not
    documented: 400 with code 9, the 404 of an unknown order, a 409, or the silence of a 200.

    Units: requests per second of one key; a stamp may be `window_s` seconds old or early,
    inclusive; a synchronous order is waited for `block_s_max` seconds at most.
    """

    rate_limit_per_s: Annotated[int, Meta(ge=0)] = 20
    window_s: Annotated[int, Meta(ge=1)] = 30
    block_s_max: Annotated[int, Meta(ge=0, le=BLOCK_S_MAX)] = BLOCK_S_MAX
    closed_cancel_answer: Literal["precondition", "not-found", "conflict", "silence"] = (
        "precondition"
    )


class PolymarketCredential(Credential, frozen=True):
    """A key with its secret as given (base64), its seed, and the public half of it."""

    secret_text: str
    seed: bytes
    public_key: bytes


class PolymarketAuth:
    """How this venue proves who asks."""

    def credential(self, owner: str, fields: Mapping[str, Any]) -> PolymarketCredential:
        """
        Make a credential from `key_id`, `secret_key` and `access` (default: all).

        Shape:  the secret is base64 of the 32-byte seed, or of 64 bytes that begin with it, as the
                venue's portal issues them; the second half is not looked at.
        Raises: ValueError naming the field at fault.
        """
        key_fields.refuse_unknown(fields, ("key_id", "secret_key", "access"))
        key_id, secret_text = _key_id(fields), key_fields.ascii_text(fields, "secret_key")
        try:
            secret = a2b_base64(secret_text, strict_mode=True)
        except Base64Error:
            raise ValueError("secret_key: must be base64") from None
        if len(secret) not in (_SEED_BYTES, _PORTAL_BYTES):
            raise ValueError("secret_key: must be 32 or 64 bytes")
        access, seed = key_fields.access(fields), secret[:_SEED_BYTES]
        public_key = crypto.ed25519_public_key(seed)
        return PolymarketCredential(owner, key_id, access, secret_text, seed, public_key)

    def publish(self, credential: Credential, accounts: Sequence[AccountReport]) -> dict[str, Any]:
        """Return what the venue's SDKs need, in the names of the official Python SDK."""
        held = _own(credential)
        return {
            "key_id": held.key,
            "secret_key": held.secret_text,
            "access": [access.value for access in held.access],
        }

    def sign(self, request: Request, credential: Credential, now_ns: int) -> Request:
        """Return the request with its three headers."""
        held, stamp = _own(credential), str(now_ns // times.MS).encode()
        signature = crypto.ed25519_sign(held.seed, canonical(request, stamp))
        return request.with_headers(
            (KEY, held.key.encode()),
            (TIMESTAMP, stamp),
            (SIGNATURE, b2a_base64(signature, newline=False)),
        )

    def principal(self, credential: Credential) -> Principal:
        """Return who a proven key stands for."""
        return Principal(credential.owner, credential.key, credential.access)

    def verify(self, request: Request, keys: Keys, settings: Settings, now_ns: int) -> Principal:
        """
        Return who asks.

        Raises: Unauthorized for a missing header, an unknown key, a stamp that is malformed or
                outside the window, and a wrong signature; in this order.
        """
        assert isinstance(settings, PolymarketSettings)  # noqa: S101  (the venue's own settings)
        headers = dict(reversed(request.headers))
        key, stamp, given = (headers.get(name, b"") for name in (KEY, TIMESTAMP, SIGNATURE))
        if not (key and stamp and given):
            raise Unauthorized("missing authentication headers")
        credential = keys.find(key.decode("latin-1"))
        if not isinstance(credential, PolymarketCredential):
            raise Unauthorized("API key not found")
        _check_stamp(stamp, settings, now_ns)
        signature = _signature(given)
        message = canonical(request, stamp)
        crypto.ed25519_verify(credential.public_key, message, signature, "invalid signature")
        return self.principal(credential)


def canonical(request: Request, stamp: bytes) -> bytes:
    """
    Return the bytes a client signs and a server checks.

    Shape:  stamp, METHOD, path with `/v1` and without the query; joined without separator.
    Units:  `stamp`, Unix milliseconds in digits, as in the header.
    Raises: nothing; every request has one canonical form.
    Source: Polymarket US documentation, "Authentication"; vectors/signing.json.
    """
    return b"%b%b%b" % (stamp, request.method.encode(), request.path)


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
    # Base64 leaves four bits of 64 bytes unused; what differs there alone is not what was sent.
    if b2a_base64(signature, newline=False) != given:
        raise Unauthorized("invalid signature")
    return signature


def _own(credential: Credential) -> PolymarketCredential:
    assert isinstance(credential, PolymarketCredential)  # noqa: S101  (made by this class)
    return credential


def _key_id(fields: Mapping[str, Any]) -> str:
    text = key_fields.ascii_text(fields, "key_id")
    if not _UUID.fullmatch(text):
        raise ValueError("key_id: must be a UUID in lower case")
    return text
