"""
Credentials: an API key and the operation key that goes with it.

The server keeps the operation key as its owner encrypted it, with the hash of its public half. The
passcode opens it for signing; the server need not know it.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from countermand.venues.deltadefi import ids
from countermand.venues.deltadefi.cardano import extended_key, operation_key
from countermand.venues.deltadefi.cardano.extended_key import ExtendedKey
from countermand.vocabulary.reports import AccountReport
from countermand.wire import asks, key_fields, times
from countermand.wire.credential import Credential, Principal
from countermand.wire.errors import NotExpressible

_KEY_LENGTH_MAX = 128
_HASH_DIGITS = 56


class DeltaDefiCredential(Credential, frozen=True):
    """
    An API key, when it was made, and its operation key, if it has one.

    Units: `created_at` in RFC 3339 text; the hash 28 bytes in hexadecimal. `passcode` is there only
           where it is published or ours.
    """

    created_at: str
    encrypted_operation_key: str | None = None
    operation_key_hash: str | None = None
    passcode: str | None = None

    def __repr__(self) -> str:
        # The key alone cancels.
        return f"{type(self).__name__}(owner={self.owner!r}, ...)"


class DeltaDefiPrincipal(Principal, frozen=True):
    """A request's principal, with the key that was shown."""

    credential: DeltaDefiCredential


def from_fields(owner: str, fields: Mapping[str, Any]) -> DeltaDefiCredential:
    """
    Make a credential from a `keys` table of a world.

    Shape:  `api_key`, `created_at`, `access` (default: all); `encrypted_operation_key` with
            `operation_key_hash`, or neither; `passcode` where it shall be published.
    Raises: ValueError naming the field at fault.
    """
    key_fields.refuse_unknown(fields, {"api_key", "access", "created_at", *_OPTIONAL})
    api_key = key_fields.ascii_text(fields, "api_key")
    created_at = key_fields.ascii_text(fields, "created_at")
    if not api_key.replace("_", "").isalnum() or len(api_key) > _KEY_LENGTH_MAX:
        raise ValueError("api_key: must be letters, digits and underscores")
    try:
        times.parse_iso(created_at)
    except ValueError:
        raise ValueError("created_at: must be a time") from None
    access = key_fields.access(fields)
    given = {name: read(fields) for name, read in _OPTIONAL.items() if name in fields}
    if ("encrypted_operation_key" in given) is not ("operation_key_hash" in given):
        raise ValueError("encrypted_operation_key: goes together with operation_key_hash")
    return DeltaDefiCredential(owner, api_key, access, created_at, **given)


def to_fields(credential: DeltaDefiCredential) -> dict[str, Any]:
    """Return a credential as a `keys` table has it: the inverse of `from_fields`."""
    fields: dict[str, Any] = {
        "api_key": credential.key,
        "access": [access.value for access in credential.access],
        "created_at": credential.created_at,
    }
    given = {name: getattr(credential, name) for name in _OPTIONAL}
    return fields | {name: value for name, value in given.items() if value is not None}


def publish(credential: DeltaDefiCredential, accounts: Sequence[AccountReport]) -> dict[str, Any]:
    """Return what the venue's SDKs need, and the account's id as answers have it."""
    told = to_fields(credential)
    if (default := asks.default_of(accounts)) is not None:
        told["account_id"] = ids.ACCOUNT.uuid(default.account_id)
    return told


def fresh(owner: str, account: AccountReport | None, chance: bytes, now_ns: int) -> dict[str, Any]:
    """Return the fields of a new key; see `wire.venue.Auth.fresh`."""
    # The root's key is encrypted under the passcode, which is slow by design.
    root = extended_key.from_entropy(chance[:32])
    passcode, salt, iv = chance[32:48].hex(), chance[48:64], chance[64:76]
    public = extended_key.public_key(operation_key.operation_key(root))
    sealed = operation_key.encrypt(operation_key.root_text(root), passcode, salt, iv)
    return {
        "api_key": chance[76:92].hex(),
        "created_at": times.iso_ns(now_ns),
        "encrypted_operation_key": sealed,
        "operation_key_hash": operation_key.key_hash(public).hex(),
        "passcode": passcode,
    }


def encrypted_key(fields: Mapping[str, Any]) -> str:
    """Return an encrypted operation key that has the right form. Raises ValueError."""
    text = key_fields.ascii_text(fields, "encrypted_operation_key")
    operation_key.check_sealed(text)
    return text


def operation_key_hash(fields: Mapping[str, Any]) -> str:
    """Return the hash of an operation key. Raises ValueError."""
    text = key_fields.ascii_text(fields, "operation_key_hash").lower()
    if len(text) != _HASH_DIGITS or set(text) - set("0123456789abcdef"):
        raise ValueError("operation_key_hash: must be 28 bytes in hexadecimal")
    return text


_OPTIONAL: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "encrypted_operation_key": encrypted_key,
    "operation_key_hash": operation_key_hash,
    "passcode": partial(key_fields.ascii_text, name="passcode"),
}


def signing_key(credential: Credential | None) -> ExtendedKey:
    """
    Return the key that signs orders.

    Raises: NotExpressible without an operation key, its passcode, or the right one.
    """
    if not isinstance(credential, DeltaDefiCredential):
        raise NotExpressible("an order without a key of this venue")
    encrypted, passcode = credential.encrypted_operation_key, credential.passcode
    if encrypted is None or passcode is None:
        raise NotExpressible("an order without an operation key and its passcode")
    try:
        return _opened(encrypted, passcode)
    except ValueError as error:
        raise NotExpressible(f"an order without its operation key: {error}") from None


# A passcode is slow to try by design, and a client signs many orders with one key.
@lru_cache(maxsize=64)
def _opened(encrypted: str, passcode: str) -> ExtendedKey:
    root = operation_key.root_key(operation_key.decrypt(encrypted, passcode))
    return operation_key.operation_key(root)
