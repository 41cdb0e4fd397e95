"""The credential: an API key, the account it opens, and the EdDSA key that account signs with."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from countermand.venues.loopring.crypto import eddsa
from countermand.venues.loopring.crypto.eddsa import PublicKey
from countermand.venues.loopring.order_hash import HashedTerms
from countermand.vocabulary.reports import AccountReport
from countermand.wire import key_fields
from countermand.wire.credential import Credential, Principal

_FIELDS = frozenset(
    {"key", "account_id", "private_key", "public_key_x", "public_key_y", "base_url", "access"}
)
_KEY = re.compile(r"[0-9A-Za-z]+")
_HEX = re.compile(r"(?:0x)?[0-9a-fA-F]{1,64}")
_BASE_URL = re.compile(r"(?:https?://\S+)?")
_ACCOUNT_BITS = 32
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_KEY_LENGTH = 64


class LoopringCredential(Credential, frozen=True):
    """
    A key of one account; `private_key` is 0 where only the public one is known.

    `base_url` is what our client signs requests for, as it has it configured; without one, the
    host it sends them to.
    """

    account_id: int
    public_key: PublicKey
    private_key: int = 0
    base_url: str = ""


class LoopringPrincipal(Principal, frozen=True, gc=False):
    """Who asks: their key, and the order they signed where the request is one."""

    held: LoopringCredential
    order: HashedTerms | None = None


def from_fields(owner: str, fields: Mapping[str, Any]) -> LoopringCredential:
    """
    Make a credential from a world's `keys` table.

    Shape:  `key`, `account_id`, either `private_key` or `public_key_x` and `public_key_y` in
            hexadecimal digits, `base_url` (default: none) and `access` (default: all).
    Raises: ValueError naming the field at fault.
    """
    key_fields.refuse_unknown(fields, _FIELDS)
    key = _text(fields, "key", _KEY, "letters and digits")
    account_id = fields.get("account_id")
    if type(account_id) is not int or not 0 <= account_id < 1 << _ACCOUNT_BITS:
        raise ValueError(f"account_id: must be an integer of {_ACCOUNT_BITS} bits")
    base_url = _text(fields, "base_url", _BASE_URL, "a URL") if "base_url" in fields else ""
    access = key_fields.access(fields)
    return LoopringCredential(owner, key, access, account_id, *_key_pair(fields), base_url)


def to_fields(held: LoopringCredential, key: str) -> dict[str, Any]:
    """Return the fields of a `keys` table that makes another API key of the same account."""
    fields = {"key": key, "account_id": held.account_id, "access": [a.value for a in held.access]}
    if held.private_key:
        return fields | {"private_key": f"0x{held.private_key:x}"}
    point = held.public_key
    return fields | {"public_key_x": f"0x{point.x:064x}", "public_key_y": f"0x{point.y:064x}"}


def publish(held: LoopringCredential, accounts: Sequence[AccountReport]) -> dict[str, Any]:
    """
    Return what the venue's SDKs need to act as this key.

    Source: the names are those of the account the venue's web page exports, "Export Account".
    """
    return {
        "accountId": held.account_id,
        "apiKey": held.key,
        "publicX": f"0x{held.public_key.x:064x}",
        "publicY": f"0x{held.public_key.y:064x}",
        "privateKey": f"0x{held.private_key:x}" if held.private_key else None,
        "access": [access.value for access in held.access],
    }


def fresh(owner: str, account: AccountReport | None, chance: bytes, now_ns: int) -> dict[str, Any]:
    """
    Return the fields of a new key; see `wire.venue.Auth.fresh`.

    Raises: ValueError where the account is not called by a number, as accounts are here.
    """
    if account is None or not is_account_name(account.name):
        raise ValueError("account_id: the account is called by its number here, such as 10013")
    return {
        "key": key_text(chance[:64]),
        "account_id": int(account.name),
        "private_key": f"0x{eddsa.private_key(chance[64:]):x}",
    }


def is_account_name(name: str) -> bool:
    """Return whether an account may be called so: by its number."""
    return _NUMBER.fullmatch(name) is not None


def key_text(chance: bytes) -> str:
    """Return an API key of 64 random bytes."""
    # One number of all of them, in letters and digits: far more chance than the key has room.
    number, base = int.from_bytes(chance, "big"), len(_ALPHABET)
    return "".join(_ALPHABET[number // base**place % base] for place in range(_KEY_LENGTH))


def _key_pair(fields: Mapping[str, Any]) -> tuple[PublicKey, int]:
    private = "private_key" in fields
    if private and ("public_key_x" in fields or "public_key_y" in fields):
        raise ValueError("private_key: the public key follows from it, so give only one of them")
    try:
        if private:
            private_key = _hexadecimal(fields, "private_key")
            return eddsa.public_key(private_key), private_key
        x, y = _hexadecimal(fields, "public_key_x"), _hexadecimal(fields, "public_key_y")
        return PublicKey(x, y), 0
    except eddsa.NoKey as error:
        raise ValueError(f"{'private_key' if private else 'public_key_x'}: {error}") from None


def _hexadecimal(fields: Mapping[str, Any], name: str) -> int:
    return int(_text(fields, name, _HEX, "hexadecimal digits"), 16)


def _text(fields: Mapping[str, Any], name: str, shape: re.Pattern[str], what: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise ValueError(f"{name}: must be {what}")
    return value
