"""
Authentication: four headers, one HMAC.

Shape:  CB-ACCESS-KEY, CB-ACCESS-PASSPHRASE, CB-ACCESS-TIMESTAMP (whole seconds since the Unix
        epoch) and CB-ACCESS-SIGN, the padded base64 of an HMAC-SHA256 keyed with the decoded
        secret.
Source: INTX REST reference, "Authentication" and "REST API authentication";
        tests/venues/coinbase_intx/vectors.

The query is not signed. That is the venue's protocol, not an oversight here.
"""

from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import unquote_to_bytes

from msgspec import Meta

from countermand.venues.coinbase_intx import ids
from countermand.venues.coinbase_intx.ids import Kind
from countermand.vocabulary.reports import AccountReport
from countermand.wire import crypto, key_fields, times
from countermand.wire.context import Settings
from countermand.wire.credential import Credential, Principal
from countermand.wire.errors import Unauthorized
from countermand.wire.http import Request
from countermand.wire.venue import Keys

KEY = b"cb-access-key"
PASSPHRASE = b"cb-access-passphrase"
TIMESTAMP = b"cb-access-timestamp"
SIGN = b"cb-access-sign"


class IntxSettings(Settings, frozen=True):
    """
    What a world may set about this venue.

    Units: requests per second of one key; a stamp may be `window_s` seconds old or early,
    inclusive. `accept_decimal_timestamps` and `accept_undecoded_secret` let clients in that do not
    follow the documents (npm coinbase-api, the TypeScript SDK); off, they are refused as on the
    venue.
    """

    rate_limit_per_s: Annotated[int, Meta(ge=0)] = 40
    window_s: Annotated[int, Meta(ge=1)] = 30
    accept_decimal_timestamps: bool = False
    accept_undecoded_secret: bool = False


class IntxCredential(Credential, frozen=True):
    """A key with its passphrase and its secret, as given (base64) and decoded."""

    passphrase: str
    secret_text: str
    secret: bytes


class IntxAuth:
    """How this venue proves who asks."""

    def credential(self, owner: str, fields: Mapping[str, Any]) -> IntxCredential:
        """
        Make a credential from `key`, `passphrase`, `secret` (base64) and `access` (default: all).

        Raises: ValueError naming the field at fault.
        """
        texts = ("key", "passphrase", "secret")
        key_fields.refuse_unknown(fields, (*texts, "access"))
        key, passphrase, secret_text = (key_fields.ascii_text(fields, name) for name in texts)
        try:
            secret = a2b_base64(secret_text, strict_mode=True)
        except Base64Error:
            raise ValueError("secret: must be base64") from None
        access = key_fields.access(fields)
        return IntxCredential(owner, key, access, passphrase, secret_text, secret)

    def publish(self, credential: Credential, accounts: Sequence[AccountReport]) -> dict[str, Any]:
        """
        Return what the venue's SDKs need, in the names of the official Python SDK, and the
        portfolios.
        """
        held = _own(credential)
        names = {account.name: ids.uuid(Kind.PORTFOLIO, account.account_id) for account in accounts}
        first = next((a for a in accounts if a.is_default), accounts[0] if accounts else None)
        return {
            "access_key": held.key,
            "passphrase": held.passphrase,
            "signing_key": held.secret_text,
            "access": [access.value for access in held.access],
            "portfolio_id": ids.triplet(Kind.PORTFOLIO, first.account_id) if first else None,
            "portfolio_uuid": ids.uuid(Kind.PORTFOLIO, first.account_id) if first else None,
            "portfolios": names,
        }

    def sign(self, request: Request, credential: Credential, now_ns: int) -> Request:
        """Return the request with its four headers, signed over the bytes it carries."""
        held, stamp = _own(credential), times.seconds_text(now_ns).encode()
        signature = crypto.hmac_sha256_base64(held.secret, canonical(request, stamp, request.path))
        return request.with_headers(
            (KEY, held.key.encode()),
            (PASSPHRASE, held.passphrase.encode()),
            (TIMESTAMP, stamp),
            (SIGN, signature),
        )

    def principal(self, credential: Credential) -> Principal:
        """Return who a proven key stands for."""
        return Principal(credential.owner, credential.key, credential.access)

    def verify(self, request: Request, keys: Keys, settings: Settings, now_ns: int) -> Principal:
        """
        Return who asks.

        Raises: Unauthorized for a missing header, an unknown key, a wrong passphrase, a stamp that
                is malformed or outside the window, and a wrong signature; in this order.
        """
        assert isinstance(settings, IntxSettings)  # noqa: S101  (the venue's own settings)
        headers = dict(reversed(request.headers))
        key, passphrase = _header(headers, KEY), _header(headers, PASSPHRASE)
        stamp, given = _header(headers, TIMESTAMP), _header(headers, SIGN)
        credential = keys.find(key.decode("latin-1"))
        if not isinstance(credential, IntxCredential):
            raise Unauthorized("invalid api key")
        crypto.check_equal(credential.passphrase.encode(), passphrase, "invalid passphrase")
        _check_stamp(stamp, settings, now_ns)
        _check_signature(request, credential, stamp, given, settings)
        return self.principal(credential)


def canonical(request: Request, stamp: bytes, path: bytes) -> bytes:
    """
    Return the bytes a client signs and a server checks.

    Shape:  stamp, METHOD, path with `/api/v1` and without the query, body; joined without
            separator. The body is the bytes sent, whatever the method; a DELETE may have one.
    Units:  `stamp`, whole seconds in digits, as in the header.
    Raises: nothing; every request has one canonical form.
    Source: INTX REST reference, "Authentication"; vectors/signing.json.
    """
    return b"%b%b%b%b" % (stamp, request.method.encode(), path, request.body)


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


def _check_signature(
    request: Request, credential: IntxCredential, stamp: bytes, given: bytes, settings: IntxSettings
) -> None:
    expected = crypto.hmac_sha256_base64(credential.secret, canonical(request, stamp, request.path))
    if crypto.is_equal(expected, given):
        return
    for secret, path in _further_readings(request, credential, settings):
        expected = crypto.hmac_sha256_base64(secret, canonical(request, stamp, path))
        if crypto.is_equal(expected, given):
            return
    raise Unauthorized("invalid signature")


def _further_readings(
    request: Request, credential: IntxCredential, settings: IntxSettings
) -> Iterator[tuple[bytes, bytes]]:
    # Which form of an escaped path is signed is not documented, so both are accepted.
    if b"%" in request.path:
        yield credential.secret, unquote_to_bytes(request.path)
    if settings.accept_undecoded_secret:
        yield credential.secret_text.encode(), request.path


def _own(credential: Credential) -> IntxCredential:
    assert isinstance(credential, IntxCredential)  # noqa: S101  (made by `IntxAuth.credential`)
    return credential


def _header(headers: Mapping[bytes, bytes], name: bytes) -> bytes:
    if not (value := headers.get(name, b"")):
        raise Unauthorized(f"missing {name.decode().upper()}")
    return value
