"""The credential: a key with its passphrase and its secret."""

from base64 import b64encode
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Mapping, Sequence
from typing import Any

from countermand.venues.coinbase_intx import ids
from countermand.vocabulary.reports import AccountReport
from countermand.wire import asks, key_fields
from countermand.wire.credential import Credential


class IntxCredential(Credential, frozen=True):
    """A key with its passphrase and its secret, as given (base64) and decoded."""

    passphrase: str
    secret_text: str
    secret: bytes


def from_fields(owner: str, fields: Mapping[str, Any]) -> IntxCredential:
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


def publish(credential: IntxCredential, accounts: Sequence[AccountReport]) -> dict[str, Any]:
    """
    Return what the venue's SDKs need, in the names of the official Python SDK, and the portfolios.
    """
    names = {account.name: ids.PORTFOLIO.uuid(account.account_id) for account in accounts}
    first = asks.default_of(accounts)
    return {
        "access_key": credential.key,
        "passphrase": credential.passphrase,
        "signing_key": credential.secret_text,
        "access": [access.value for access in credential.access],
        "portfolio_id": ids.PORTFOLIO.triplet(first.account_id) if first else None,
        "portfolio_uuid": ids.PORTFOLIO.uuid(first.account_id) if first else None,
        "portfolios": names,
    }


def fresh(owner: str, account: AccountReport | None, chance: bytes, now_ns: int) -> dict[str, Any]:
    """Return the fields of a new key; see `wire.venue.Auth.fresh`."""
    key, passphrase = chance[:16].hex(), chance[16:32].hex()
    return {"key": key, "passphrase": passphrase, "secret": b64encode(chance[32:64]).decode()}
