"""Keys: the API key and the operation key, shown and changed."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from countermand.venues.deltadefi import credential as credentials
from countermand.venues.deltadefi import ids, tables
from countermand.venues.deltadefi.credential import DeltaDefiCredential
from countermand.venues.deltadefi.errors import Refused
from countermand.venues.deltadefi.ids import Kind
from countermand.venues.deltadefi.messages import accounts
from countermand.venues.deltadefi.translate import resolve
from countermand.vocabulary.queries import GetAccount
from countermand.vocabulary.reports import AccountSummary
from countermand.wire.context import Context
from countermand.wire.conversation import IssueKey
from countermand.wire.credential import Credential
from countermand.wire.errors import InvalidField, Unauthorized

_API_KEY_BYTES = 16


def account_from_wire(message: accounts.Nothing, ctx: Context) -> GetAccount:
    """Return the question for the key's account."""
    return GetAccount(resolve.account(ctx))


def operation_key_to_wire(summary: AccountSummary, ctx: Context) -> accounts.OperationKey:
    """Return the operation key, encrypted. Raises Refused (4406) when there is none."""
    return accounts.OperationKey(*_operation_key(_shown(ctx)))


def spot_account_to_wire(summary: AccountSummary, ctx: Context) -> accounts.SpotAccount:
    """Return the account with its operation key. Raises Refused (4406) when there is none."""
    return _spot_account(_shown(ctx), ctx)


def create_from_wire(message: accounts.CreateSpotAccount, ctx: Context) -> IssueKey:
    """
    Return the change to another operation key; the API key stays.

    Raises: InvalidField for what is no key or no hash, and for a key that is a script, whose
            signatures cannot be checked by a hash of one key.
    Source: API reference, "Create Spot Account".
    """
    if message.is_script_operation_key:
        name = "is_script_operation_key"
        raise InvalidField(name, f"invalid {name}: a script cannot sign here")
    encrypted = _checked("encrypted_operation_key", message, credentials.encrypted_key)
    key_hash = _checked("operation_key_hash", message, credentials.operation_key_hash)
    return _changed(message.user_id, encrypted, key_hash, ctx)


def update_from_wire(message: accounts.UpdateSpotAccount, ctx: Context) -> IssueKey:
    """
    Return the change to another passcode: the same operation key, encrypted anew.

    Raises: InvalidField; Refused (4406) when there is no operation key yet.
    Source: API reference, "Update Spot Account".
    """
    encrypted = _checked("encrypted_operation_key", message, credentials.encrypted_key)
    return _changed(message.user_id, encrypted, _operation_key(_shown(ctx))[1], ctx)


def created_to_wire(credential: DeltaDefiCredential, ctx: Context) -> accounts.SpotAccount:
    """Return the account with its new operation key."""
    return _spot_account(credential, ctx)


def updated_to_wire(credential: DeltaDefiCredential, ctx: Context) -> accounts.SpotAccount:
    """Return the account with its operation key as it is encrypted now."""
    shown = _spot_account(credential, ctx)
    return replace(shown, updated_at=resolve.time_text(ctx.now_ns))


def api_key_to_wire(summary: AccountSummary, ctx: Context) -> accounts.ApiKey:
    """Return the key that was shown."""
    return key_to_wire(_shown(ctx), ctx)


def new_key_from_wire(message: accounts.Nothing, ctx: Context) -> IssueKey:
    """
    Return the change to a new API key; the one that was shown ends, its operation key stays.

    Source: API reference, "Create New API Key".
    """
    old, created_at = _shown(ctx), resolve.time_text(ctx.now_ns)

    def make(random: bytes, replaced: Credential | None) -> dict[str, Any]:
        api_key = random[:_API_KEY_BYTES].hex()
        new = replace(credentials.own(replaced), key=api_key, created_at=created_at)
        return credentials.to_fields(new)

    return IssueKey(old.owner, make, replaces=old.key, ended=tables.UNAUTHORIZED)


def key_to_wire(credential: DeltaDefiCredential, ctx: Context) -> accounts.ApiKey:
    """Return an API key."""
    return accounts.ApiKey(credential.key, credential.created_at)


def _shown(ctx: Context) -> DeltaDefiCredential:
    if (held := resolve.credential(ctx)) is None:
        raise Unauthorized(tables.UNAUTHORIZED)
    return held


def _operation_key(held: DeltaDefiCredential) -> tuple[str, str]:
    encrypted, key_hash = held.encrypted_operation_key, held.operation_key_hash
    if encrypted is None or key_hash is None:
        raise Refused(tables.NO_OPERATION_KEY)
    return encrypted, key_hash


def _spot_account(held: DeltaDefiCredential, ctx: Context) -> accounts.SpotAccount:
    encrypted, key_hash = _operation_key(held)
    account_id = ids.uuid(Kind.ACCOUNT, resolve.account(ctx))
    return accounts.SpotAccount(account_id, encrypted, key_hash, held.created_at, updated_at=UNSET)


def _checked(name: str, message: Any, read: Callable[[Mapping[str, Any]], str]) -> str:
    try:
        return read({name: getattr(message, name)})
    except ValueError as error:
        raise InvalidField(name, f"invalid {name}: {error}") from None


def _changed(user_id: str, encrypted: str, key_hash: str, ctx: Context) -> IssueKey:
    if not user_id:
        raise InvalidField("user_id", "invalid user_id: must not be empty")
    old = _shown(ctx)

    def make(_: bytes, replaced: Credential | None) -> dict[str, Any]:
        # Whoever changes a key's passcode does not tell it.
        new = replace(
            credentials.own(replaced),
            encrypted_operation_key=encrypted,
            operation_key_hash=key_hash,
            passcode=None,
        )
        return credentials.to_fields(new)

    return IssueKey(old.owner, make, replaces=old.key, ended=tables.UNAUTHORIZED)
