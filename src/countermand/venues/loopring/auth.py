"""
Authentication: an API key to look, a signature of the account's own EdDSA key to act.

Shape:  X-API-KEY names the key, X-API-SIG signs the request (`base_string`), and an order carries
        `eddsaSignature`, over its hash (`order_hash`), in its body. Which of them a request needs:

            GET apiKey                      X-API-SIG, by whose account the query names
            GET, any other                  X-API-KEY
            POST order                      X-API-KEY, and the order's own signature
            anything else                   X-API-KEY and X-API-SIG

Source: DEX API v3, "Request signing" and "Special API request signatures"; the venue's Python
        sample client and npm SDK; tests/venues/loopring/vectors.

Nothing in a signed request says when it was made, so one may be repeated; that is the venue's
protocol. Replacing the API key (POST apiKey) ends it, but for a signed GET apiKey, which needs no
key and tells whoever repeats it the new one.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from countermand.venues.loopring import base_string, credential
from countermand.venues.loopring.about import ShownSettings
from countermand.venues.loopring.base_string import ORDER_PATH
from countermand.venues.loopring.credential import LoopringCredential
from countermand.venues.loopring.crypto import eddsa
from countermand.venues.loopring.crypto.eddsa import Signature
from countermand.venues.loopring.order_hash import (
    hash_text,
    order_hash,
    parse_order,
    read_terms,
)
from countermand.vocabulary.reports import AccountReport
from countermand.wire.context import Settings
from countermand.wire.credential import Credential, Principal
from countermand.wire.errors import InvalidField, MissingField, Unauthorized
from countermand.wire.http import Request
from countermand.wire.venue import Keys

KEY = b"x-api-key"
SIGNATURE = b"x-api-sig"
HOST = b"host"

KEY_PATH = b"/api/v3/apiKey"
_CANCELS = frozenset({ORDER_PATH, b"/api/v3/orders/byHash", b"/api/v3/orders/byClientOrderId"})
_OWN_ORDERS = frozenset({ORDER_PATH, b"/api/v3/orders"})

# What a request in process is sent to, which has no Host.
NO_HOST = b"localhost"

# A text about a signature repeats this much of what should have been signed.
_SHOWN_MAX = 500


class AuthCode(IntEnum):
    """The venue's numbers for what is missing or wrong."""

    NO_KEY = 104001
    UNKNOWN_KEY = 104002
    OTHER_ACCOUNT = 104003
    NO_SIGNATURE = 104004
    WRONG_SIGNATURE = 104005
    UNSIGNED_ORDER = 102010


class Unproven(Unauthorized):
    """Who asks is not proven, for the reason `code` says."""

    def __init__(self, code: AuthCode, text: str) -> None:
        super().__init__(text)
        self.code = code


class LoopringPrincipal(Principal, frozen=True, gc=False):
    """Who asks, with the account key: a new API key is made for the same one."""

    held: LoopringCredential


class LoopringSettings(ShownSettings, frozen=True):
    """
    What a world may set about this venue.

    Requests may be signed for `public_base_url` (scheme, host and port as clients have them
    configured) and for the host they were sent to. Set it where a proxy changes that host, or for
    clients that sign for the venue's own.
    """

    rate_limit_per_s: Annotated[int, Meta(ge=0)] = 5
    public_base_url: Annotated[str, Meta(pattern="^(https?://.+)?$")] = ""


class LoopringAuth:
    """How this venue proves who asks."""

    def credential(self, owner: str, fields: Mapping[str, Any]) -> LoopringCredential:
        """Make a credential; see `read`."""
        return credential.read(owner, fields)

    def publish(self, held: Credential, accounts: Sequence[AccountReport]) -> dict[str, Any]:
        """Return what the venue's SDKs need; see `published`."""
        return credential.published(credential.own(held))

    def sign(self, request: Request, signer: Credential, now_ns: int) -> Request:
        """
        Return the request with its key, and signed as its kind asks for.

        Raises: ValueError when the private key is needed and not known; Malformed, MissingField or
                InvalidField for an order that cannot be hashed.
        """
        held, path = credential.own(signer), base_string.collapsed(request.path)
        keyed = request.with_headers((KEY, held.key.encode()))
        if request.method == "GET" and path != KEY_PATH:
            return keyed
        if (request.method, path) == ("POST", ORDER_PATH):
            return _signed_order(keyed, held)
        base_url = held.base_url or next(_base_urls(request, ""))
        message = base_string.message(base_string.documented(request, base_url))
        return keyed.with_headers((SIGNATURE, _sign(held, message).encode()))

    def principal(self, credential: Credential) -> LoopringPrincipal:
        """Return who a proven key stands for."""
        held = _own(credential)
        return LoopringPrincipal(held.owner, held.key, held.access, held)

    def verify(self, request: Request, keys: Keys, settings: Settings, now_ns: int) -> Principal:
        """
        Return who asks.

        Raises: Unproven for a missing key, an unknown one, another's account, a missing signature
                and a wrong one, in this order; Malformed, MissingField or InvalidField for an
                order that cannot be hashed.
        """
        assert isinstance(settings, LoopringSettings)  # noqa: S101  (the venue's own settings)
        path = base_string.collapsed(request.path)
        if (request.method, path) == ("GET", KEY_PATH):
            held = _by_account(request, keys)
            _check_request(request, held, settings)
        elif (request.method, path) == ("POST", ORDER_PATH):
            held = _by_key(request, keys)
            _check_order(request, held)
        else:
            held = _by_key(request, keys)
            if request.method != "GET" or path in _OWN_ORDERS:
                _check_account(
                    request, held, must_name=request.method == "DELETE" and path in _CANCELS
                )
            if request.method != "GET":
                _check_request(request, held, settings)
        return self.principal(held)


def _by_key(request: Request, keys: Keys) -> LoopringCredential:
    if not (key := request.header(KEY)):
        raise Unproven(AuthCode.NO_KEY, "missing X-API-KEY")
    held = keys.find(key.decode("latin-1"))
    if not isinstance(held, LoopringCredential):
        raise Unproven(AuthCode.UNKNOWN_KEY, "invalid api key")
    return held


def _by_account(request: Request, keys: Keys) -> LoopringCredential:
    # Whoever asks for the API key has none to show, or an old one, which is not looked at.
    named = _account_ids(request)
    own = [
        held
        for held in keys
        if isinstance(held, LoopringCredential) and named == {b"%d" % held.account_id}
    ]
    if own:
        # Of several it is the one that may do most.
        return max(own, key=lambda held: len(held.access))
    raise Unproven(AuthCode.OTHER_ACCOUNT, "invalid account id")


def _account_ids(request: Request) -> set[bytes]:
    return {value for name, value in base_string.parameters(request.query) if name == b"accountId"}


def _check_account(request: Request, held: LoopringCredential, *, must_name: bool) -> None:
    # Where it need not be named here it is refused, by its name, when the request is decoded.
    ids = _account_ids(request)
    if must_name and not ids - {b""}:
        raise MissingField("accountId")
    if must_name and not all(named.isdigit() for named in ids):
        raise InvalidField("accountId", "invalid accountId: must be a number")
    for named in ids:
        if named.isdigit() and (named.lstrip(b"0") or b"0") != b"%d" % held.account_id:
            raise Unproven(AuthCode.OTHER_ACCOUNT, "invalid account id")


def _check_request(request: Request, held: LoopringCredential, settings: LoopringSettings) -> None:
    signature = _signature(request.header(SIGNATURE))
    base_urls = list(_base_urls(request, settings.public_base_url))
    for reading in base_string.readings(request, base_urls):
        if eddsa.is_valid(held.public_key, base_string.message(reading), signature):
            return
    # It holds no secret, and a client that signed something else has no other way to find out what.
    wanted = base_string.documented(request, base_urls[0])[:_SHOWN_MAX].decode()
    raise Unproven(AuthCode.WRONG_SIGNATURE, f"invalid signature, it must be over {wanted}")


def _base_urls(request: Request, public_base_url: str) -> Iterator[str]:
    # Whether a proxy has taken TLS off is not to be seen from here, so both schemes are accepted.
    if public_base_url:
        # Who signs for a base with a slash at its end is understood either way (`readings`).
        yield public_base_url.rstrip("/")
    host = (request.header(HOST) or NO_HOST).decode("latin-1")
    yield f"http://{host}"
    yield f"https://{host}"


def _signature(given: bytes | None) -> Signature:
    if not given:
        raise Unproven(AuthCode.NO_SIGNATURE, "missing X-API-SIG")
    try:
        return eddsa.parse_signature(given.decode("latin-1"))
    except ValueError as error:
        raise Unproven(AuthCode.WRONG_SIGNATURE, f"invalid signature: {error}") from None


def _check_order(request: Request, held: LoopringCredential) -> None:
    order = parse_order(request.body)
    terms = read_terms(order)
    if terms.account_id != held.account_id:
        raise Unproven(AuthCode.OTHER_ACCOUNT, "invalid account id")
    if not (given := order.get("eddsaSignature")) or not isinstance(given, str):
        raise Unproven(AuthCode.UNSIGNED_ORDER, "missing eddsaSignature")
    hashed = order_hash(terms)
    if not eddsa.is_valid(held.public_key, hashed, _signature(given.encode())):
        text = f"invalid signature, it must be over the order's hash {hash_text(hashed)}"
        raise Unproven(AuthCode.WRONG_SIGNATURE, text)


def _signed_order(request: Request, held: LoopringCredential) -> Request:
    order = parse_order(request.body)
    signature = _sign(held, order_hash(read_terms(order)))
    body = msgspec.json.encode(order | {"eddsaSignature": signature})
    return Request(request.method, request.path, request.query, request.headers, body)


def _sign(held: LoopringCredential, message: int) -> str:
    if not held.private_key:
        raise ValueError("private_key: not known, so nothing can be signed")
    return eddsa.signature_text(eddsa.sign(held.private_key, held.public_key, message))


def _own(credential: Credential) -> LoopringCredential:
    assert isinstance(credential, LoopringCredential)  # noqa: S101  (made by this venue)
    return credential
