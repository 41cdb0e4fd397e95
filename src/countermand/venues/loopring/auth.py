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
key: one that is repeated is told the new key.
"""

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from countermand.venues.loopring import base_string, order_hash
from countermand.venues.loopring import credential as credentials
from countermand.venues.loopring.base_string import KEY_PATH, ORDER_PATH
from countermand.venues.loopring.credential import LoopringCredential, LoopringPrincipal
from countermand.venues.loopring.crypto import eddsa
from countermand.venues.loopring.crypto.eddsa import Signature
from countermand.venues.loopring.errors import Code, Unproven
from countermand.venues.loopring.order_hash import HashedTerms
from countermand.venues.loopring.settings import LoopringSettings
from countermand.wire.credential import Keys
from countermand.wire.errors import InvalidField, MissingField
from countermand.wire.http import Request

_Keys = Keys[LoopringCredential]

KEY = b"x-api-key"
SIGNATURE = b"x-api-sig"
HOST = b"host"

_CANCELS = frozenset({ORDER_PATH, b"/api/v3/orders/byHash", b"/api/v3/orders/byClientOrderId"})
_OWN_ORDERS = frozenset({ORDER_PATH, b"/api/v3/orders"})

# What a request in process is sent to, which has no Host.
NO_HOST = b"localhost"

# A text about a signature repeats this much of what should have been signed.
_SHOWN_MAX = 500


class LoopringAuth:
    """How this venue proves who asks."""

    credential = staticmethod(credentials.from_fields)
    publish = staticmethod(credentials.publish)
    fresh = staticmethod(credentials.fresh)

    def sign(self, request: Request, credential: LoopringCredential, now_ns: int) -> Request:
        """
        Return the request with its key, and signed as its kind asks for.

        Raises: ValueError when the private key is needed and not known; Malformed, MissingField or
                InvalidField for an order that cannot be hashed.
        """
        path = base_string.collapsed(request.path)
        keyed = request.with_headers((KEY, credential.key.encode()))
        if request.method == "GET" and path != KEY_PATH:
            return keyed
        if (request.method, path) == ("POST", ORDER_PATH):
            return _signed_order(keyed, credential)
        base_url = credential.base_url or next(_base_urls(request, ""))
        message = base_string.message(base_string.documented(request, base_url))
        return keyed.with_headers((SIGNATURE, _sign(credential, message).encode()))

    def principal(self, credential: LoopringCredential) -> LoopringPrincipal:
        """Return who a proven key stands for."""
        return LoopringPrincipal(credential.owner, credential.key, credential.access, credential)

    def verify(
        self, request: Request, keys: _Keys, settings: LoopringSettings, now_ns: int
    ) -> LoopringPrincipal:
        """
        Return who asks, and the order they signed.

        Raises: Unproven for a missing key, an unknown one, another's account, a missing signature
                and a wrong one, in this order; Malformed, MissingField or InvalidField for an
                order that cannot be hashed.
        """
        path = base_string.collapsed(request.path)
        if (request.method, path) == ("GET", KEY_PATH):
            return self.principal(_by_account(request, keys, settings))
        held = _by_key(request, keys)
        if (request.method, path) == ("POST", ORDER_PATH):
            return replace(self.principal(held), order=_checked_order(request, held))
        if request.method != "GET" or path in _OWN_ORDERS:
            _check_account(request, held, must_name=request.method == "DELETE" and path in _CANCELS)
        if request.method != "GET":
            _check_request(request, held, settings)
        return self.principal(held)


def signed(request: Request, settings: LoopringSettings) -> bytes:
    """
    Return what the signature of a request is over: its base string, or of an order the hash; empty
    where the key is enough.

    Raises: as `LoopringAuth.verify` for an order that cannot be hashed.
    """
    path = base_string.collapsed(request.path)
    if (request.method, path) == ("POST", ORDER_PATH):
        terms = order_hash.read_terms(order_hash.parse_order(request.body))
        return order_hash.hash_text(order_hash.order_hash(terms)).encode()
    if request.method == "GET" and path != KEY_PATH:
        return b""
    return base_string.documented(request, next(_base_urls(request, settings.public_base_url)))


def _by_key(request: Request, keys: _Keys) -> LoopringCredential:
    if not (key := request.header(KEY)):
        raise Unproven(Code.NO_KEY, "missing X-API-KEY")
    if (held := keys.find(key.decode("latin-1"))) is None:
        raise Unproven(Code.UNKNOWN_KEY, "invalid api key")
    return held


def _by_account(request: Request, keys: _Keys, settings: LoopringSettings) -> LoopringCredential:
    # A client that asks for its API key has none to send, or an old one, which is not looked at. An
    # account may have keys of several signing keys: it is told that of the one that has signed.
    named = _account_ids(request)
    own = [held for held in keys if named == {b"%d" % held.account_id}]
    if not own:
        raise Unproven(Code.OTHER_ACCOUNT, "invalid account id")
    # Of several keys it is the one that may do most.
    own.sort(key=lambda held: -len(held.access))
    signers = {held.public_key: held for held in reversed(own)}
    for held in signers.values():
        if _has_signed(request, held, settings):
            return held
    raise _wrong_signature(request, settings)


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
            raise Unproven(Code.OTHER_ACCOUNT, "invalid account id")


def _check_request(request: Request, held: LoopringCredential, settings: LoopringSettings) -> None:
    if not _has_signed(request, held, settings):
        raise _wrong_signature(request, settings)


def _has_signed(request: Request, held: LoopringCredential, settings: LoopringSettings) -> bool:
    signature = _signature(request.header(SIGNATURE))
    base_urls = _base_urls(request, settings.public_base_url)
    return any(
        eddsa.is_valid(held.public_key, base_string.message(reading), signature)
        for reading in base_string.readings(request, list(base_urls))
    )


def _wrong_signature(request: Request, settings: LoopringSettings) -> Unproven:
    # It holds no secret, and a client that signed something else has no other way to find out what.
    base_url = next(_base_urls(request, settings.public_base_url))
    wanted = base_string.documented(request, base_url)[:_SHOWN_MAX].decode()
    return Unproven(Code.WRONG_SIGNATURE, f"invalid signature, it must be over {wanted}")


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
        raise Unproven(Code.NO_SIGNATURE, "missing X-API-SIG")
    try:
        return eddsa.parse_signature(given.decode("latin-1"))
    except ValueError as error:
        raise Unproven(Code.WRONG_SIGNATURE, f"invalid signature: {error}") from None


def _checked_order(request: Request, held: LoopringCredential) -> HashedTerms:
    order = order_hash.parse_order(request.body)
    terms = order_hash.read_terms(order)
    if terms.account_id != held.account_id:
        raise Unproven(Code.OTHER_ACCOUNT, "invalid account id")
    given = order.eddsa_signature
    if not given or not isinstance(given, str):
        raise Unproven(Code.UNSIGNED_ORDER, "missing eddsaSignature")
    hashed = order_hash.order_hash(terms)
    if not eddsa.is_valid(held.public_key, hashed, _signature(given.encode())):
        text = f"invalid signature, it must be over the order's hash {order_hash.hash_text(hashed)}"
        raise Unproven(Code.WRONG_SIGNATURE, text)
    return terms


def _signed_order(request: Request, held: LoopringCredential) -> Request:
    terms = order_hash.read_terms(order_hash.parse_order(request.body))
    signature = _sign(held, order_hash.order_hash(terms))
    signed = msgspec.json.decode(request.body) | {"eddsaSignature": signature}
    return replace(request, body=msgspec.json.encode(signed))


def _sign(held: LoopringCredential, message: int) -> str:
    if not held.private_key:
        raise ValueError("private_key: not known, so nothing can be signed")
    return eddsa.signature_text(eddsa.sign(held.private_key, held.public_key, message))
