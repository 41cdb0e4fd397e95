"""The credential: a key's id, and the Ed25519 seed it signs with."""

import re
from base64 import b64encode
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Mapping, Sequence
from typing import Any

from countermand.vocabulary.reports import AccountReport
from countermand.wire import crypto, key_fields
from countermand.wire.credential import Credential

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SEED_BYTES = 32
_PORTAL_BYTES = 64


class PolymarketCredential(Credential, frozen=True):
    """A key with its secret as given (base64), its seed, and the public half of it."""

    secret_text: str
    seed: bytes
    public_key: bytes


def from_fields(owner: str, fields: Mapping[str, Any]) -> PolymarketCredential:
    """
    Make a credential from `key_id`, `secret_key` and `access` (default: all).

    Shape:  the secret is base64 of the 32-byte seed, or of 64 bytes that begin with it, as the
            venue's portal issues them; the second half is not looked at.
    Raises: ValueError naming the field at fault.
    """
    key_fields.refuse_unknown(fields, ("key_id", "secret_key", "access"))
    key_id = key_fields.ascii_text(fields, "key_id")
    if not _UUID.fullmatch(key_id):
        raise ValueError("key_id: must be a UUID in lower case")
    secret_text = key_fields.ascii_text(fields, "secret_key")
    try:
        secret = a2b_base64(secret_text, strict_mode=True)
    except Base64Error:
        raise ValueError("secret_key: must be base64") from None
    if len(secret) not in (_SEED_BYTES, _PORTAL_BYTES):
        raise ValueError("secret_key: must be 32 or 64 bytes")
    access, seed = key_fields.access(fields), secret[:_SEED_BYTES]
    public_key = crypto.ed25519_public_key(seed)
    return PolymarketCredential(owner, key_id, access, secret_text, seed, public_key)


def publish(credential: PolymarketCredential, accounts: Sequence[AccountReport]) -> dict[str, Any]:
    """Return what the venue's SDKs need, in the names of the official Python SDK."""
    access = [one.value for one in credential.access]
    return {"key_id": credential.key, "secret_key": credential.secret_text, "access": access}


def fresh(owner: str, account: AccountReport | None, chance: bytes, now_ns: int) -> dict[str, Any]:
    """Return the fields of a new key; see `wire.venue.Auth.fresh`."""
    key_id, seed = chance[:16].hex(), chance[16 : 16 + _SEED_BYTES]
    # Version 4 and its variant, as the portal's are.
    cut = (key_id[:8], key_id[8:12], f"4{key_id[13:16]}", f"8{key_id[17:20]}", key_id[20:])
    return {"key_id": "-".join(cut), "secret_key": b64encode(seed).decode()}
