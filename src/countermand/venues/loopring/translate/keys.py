"""API keys: telling an account's, and giving it another for the same signing key."""

from typing import Any

from countermand.venues.loopring.auth import AuthCode, Unproven
from countermand.venues.loopring.credential import LoopringCredential, own
from countermand.venues.loopring.messages import user
from countermand.venues.loopring.translate import resolve
from countermand.wire.context import Context
from countermand.wire.conversation import IssueKey
from countermand.wire.credential import Credential
from countermand.wire.errors import MissingField

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_KEY_LENGTH = 64


def get_from_wire(message: user.GetApiKey, ctx: Context) -> tuple[()]:
    """Return nothing to do: who asks has been found by the account, and is told its key."""
    return ()


def get_to_wire(result: Any, ctx: Context) -> user.ApiKey:
    """Return the key of who asks."""
    return user.ApiKey(api_key=resolve.held(ctx).key)


def rotate_from_wire(message: user.RotateApiKey, ctx: Context) -> IssueKey:
    """
    Return the change of keys that is asked for.

    Raises: MissingField, InvalidField; Unproven for another account than the key's.
    Source: DEX API v3, "Update user's ApiKey".
    """
    held = resolve.held(ctx)
    if message.account_id is None:
        raise MissingField("accountId")
    if resolve.number("accountId", str(message.account_id)) != held.account_id:
        raise Unproven(AuthCode.OTHER_ACCOUNT, "invalid account id")
    return IssueKey(held.owner, lambda chance, _: _fields(held, chance), replaces=held.key)


def rotated_to_wire(credential: Credential, ctx: Context) -> user.ApiKey:
    """Return the new key."""
    return user.ApiKey(api_key=own(credential).key)


def _fields(held: LoopringCredential, chance: bytes) -> dict[str, Any]:
    # One number of all random bytes, in letters and digits: far more chance than the key has room.
    number, letters = int.from_bytes(chance, "big"), []
    for _ in range(_KEY_LENGTH):
        number, at = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[at])
    fields: dict[str, Any] = {
        "key": "".join(letters),
        "account_id": held.account_id,
        "access": [access.value for access in held.access],
    }
    if held.private_key:
        return fields | {"private_key": f"0x{held.private_key:x}"}
    point = held.public_key
    return fields | {"public_key_x": f"0x{point.x:064x}", "public_key_y": f"0x{point.y:064x}"}
