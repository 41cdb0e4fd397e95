"""Keys: the API key and the operation key, shown and changed."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from countermand.venues.deltadefi import credential as credentials
from countermand.venues.deltadefi import ids, resolve
from countermand.venues.deltadefi.credential import DeltaDefiCredential
from countermand.venues.deltadefi.errors import Code, Refused
from countermand.venues.deltadefi.messages import accounts as m
from countermand.venues.deltadefi.presentation import time_text
from countermand.venues.deltadefi.settings import NAME, Ctx
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.reports import AccountReport
from countermand.wire.conversation import IssueKey, Nothing, Op, Serving, always, reply
from countermand.wire.fields import invalid
from countermand.wire.reading import known

_API_KEY_BYTES = 16


def show_operation_key(message: Nothing, ctx: Ctx) -> m.OperationKey:
    """Return the operation key, encrypted. Raises Refused (4406) when there is none."""
    resolve.account(ctx)
    return m.OperationKey(*_operation_key(ctx.principal.credential))


def show_spot_account(message: Nothing, ctx: Ctx) -> m.SpotAccount:
    """Return the account with its operation key. Raises Refused (4406) when there is none."""
    return _spot_account(ctx.principal.credential, ctx)


def read_spot_account(message: m.SpotAccount, asked: Any, ctx: Ctx) -> AccountReport:
    """Return the one account of a key, called by its id."""
    number = known("account", ctx.read_id(ids.ACCOUNT_ID, message.account_id))
    owner, name = ctx.principal.owner, message.account_id
    return AccountReport(AccountId(number), NAME, owner, name, is_default=True)


def serve_create(message: m.CreateSpotAccount, ctx: Ctx) -> Serving[m.SpotAccount]:
    """
    Change to another operation key; the API key stays.

    Raises: InvalidField for what is no key or no hash, and for a key that is a script, whose
            signatures cannot be checked by a hash of one key.
    Source: API reference, "Create Spot Account".
    """
    if message.is_script_operation_key:
        raise invalid("is_script_operation_key", "a script cannot sign here")
    encrypted = _checked("encrypted_operation_key", message, credentials.encrypted_key)
    key_hash = _checked("operation_key_hash", message, credentials.operation_key_hash)
    return _spot_account((yield _changed(message, encrypted, key_hash, ctx)), ctx)


def serve_update(message: m.UpdateSpotAccount, ctx: Ctx) -> Serving[m.SpotAccount]:
    """
    Change to another passcode: the same operation key, or that of the hash given, encrypted anew.

    Raises: InvalidField; Refused (4406) when there is no operation key yet.
    Source: API reference, "Update Spot Account".
    """
    encrypted = _checked("encrypted_operation_key", message, credentials.encrypted_key)
    _, key_hash = _operation_key(ctx.principal.credential)
    if message.operation_key_hash is not None:
        key_hash = _checked("operation_key_hash", message, credentials.operation_key_hash)
    held: DeltaDefiCredential = yield _changed(message, encrypted, key_hash, ctx)
    return replace(_spot_account(held, ctx), updated_at=time_text(ctx.now_ns))


def show_api_key(message: Nothing, ctx: Ctx) -> m.ApiKey:
    """Return the key that was shown."""
    resolve.account(ctx)
    return _api_key(ctx.principal.credential)


def serve_new_api_key(message: Nothing, ctx: Ctx) -> Serving[m.ApiKey]:
    """
    Change to a new API key; the one that was shown ends, its operation key stays.

    Source: API reference, "Create New API Key".
    """

    def make(random: bytes, replaced: DeltaDefiCredential) -> dict[str, Any]:
        api_key, created_at = random[:_API_KEY_BYTES].hex(), time_text(ctx.now_ns)
        return credentials.to_fields(replace(replaced, key=api_key, created_at=created_at))

    return _api_key((yield _change(make, ctx)))


def _api_key(held: DeltaDefiCredential) -> m.ApiKey:
    return m.ApiKey(held.key, held.created_at)


def _operation_key(held: DeltaDefiCredential) -> tuple[str, str]:
    encrypted, key_hash = held.encrypted_operation_key, held.operation_key_hash
    if encrypted is None or key_hash is None:
        raise Refused(Code.NO_OPERATION_KEY)
    return encrypted, key_hash


def _spot_account(held: DeltaDefiCredential, ctx: Ctx) -> m.SpotAccount:
    account_id = ids.ACCOUNT.uuid(resolve.account(ctx))
    encrypted, key_hash = _operation_key(held)
    return m.SpotAccount(account_id, encrypted, key_hash, held.created_at, updated_at=UNSET)


def _checked(name: str, message: Any, read: Callable[[Mapping[str, Any]], str]) -> str:
    try:
        return read({name: getattr(message, name)})
    except ValueError as error:
        raise invalid(name, str(error)) from None


def _changed(
    message: m.CreateSpotAccount | m.UpdateSpotAccount, encrypted: str, key_hash: str, ctx: Ctx
) -> IssueKey:
    if message.user_id == "":
        raise invalid("user_id", "must not be empty")

    def make(_: bytes, replaced: DeltaDefiCredential) -> dict[str, Any]:
        # The passcode of the changed key is not told.
        key = {"encrypted_operation_key": encrypted, "operation_key_hash": key_hash}
        return credentials.to_fields(replace(replaced, **key, passcode=None))

    return _change(make, ctx)


def _change(make: Callable[[bytes, DeltaDefiCredential], dict[str, Any]], ctx: Ctx) -> IssueKey:
    old = ctx.principal
    return IssueKey(old.owner, make, replaces=old.key, ended=Code.UNAUTHORIZED.text)


OPERATION_KEY = Op(Nothing, m.OperationKey, reply(show_operation_key))
SPOT_ACCOUNT = Op(
    Nothing, m.SpotAccount, reply(show_spot_account), always(Nothing()), read_spot_account
)
CREATE = Op(m.CreateSpotAccount, m.SpotAccount, serve_create)
UPDATE = Op(m.UpdateSpotAccount, m.SpotAccount, serve_update)
API_KEY = Op(Nothing, m.ApiKey, reply(show_api_key))
NEW_API_KEY = Op(Nothing, m.ApiKey, serve_new_api_key)
