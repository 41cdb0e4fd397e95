"""
Credentials: users who log in, the tokens they get for it, and the standing tokens of a world.

A token is all that its holder needs, so a key is called by a digest of its token.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from msgspec import Struct

from countermand.venues.autoshares import ids
from countermand.vocabulary.reports import AccountReport
from countermand.wire import key_fields
from countermand.wire.credential import Credential, Principal


class Held(Struct, frozen=True):
    """
    The secrets of an owner, and the rights of a token.

    Shape:  a user has a `login`, a `password`, and as further factors a `verification_code` or a
            `pin`, which is None where none is asked for and empty where none was set; a token with
            `grants` False is one between two steps of a login.
    Units:  `expire_ns` since the Unix epoch, 0 when it does not.
    """

    app_key: str
    token: str = ""
    login: str = ""
    password: str = ""
    verification_code: str = ""
    pin: str | None = None
    grants: bool = True
    expire_ns: int = 0

    def ended(self, now_ns: int) -> bool:
        """Whether a token's life is over."""
        return bool(self.expire_ns) and self.expire_ns <= now_ns


class AutosharesCredential(Credential, frozen=True):
    """A user of the world, with or without a standing token, or a token that a login issued."""

    held: Held


class Bearer(Principal, frozen=True):
    """The holder of a token; one that `stands` is the world's and was issued by no login."""

    stands: bool


class Login(Principal, frozen=True):
    """
    A user who logs in: `step` and `reason` say what is missing yet, empty when nothing is.

    `ends` are the keys that a success ends: the ticket between the steps, and what has expired.
    """

    app_key: str
    step: str = ""
    reason: str = ""
    ends: tuple[str, ...] = ()


_TEXTS = ("app_key", "token", "login", "password", "verification_code")
_FIELDS = frozenset({*_TEXTS, "pin", "access", "grants", "expire_ns"})
_PUBLISHED = ("app_key", "login", "password", "verification_code", "pin", "token")
_TOKEN_BYTES = 64


def from_fields(owner: str, fields: Mapping[str, Any]) -> AutosharesCredential:
    """
    Make a credential from a world's key: `app_key`, `login` and `password`, or a `token`, or both.

    Shape:  optional are `verification_code`, `pin` and `access` (default: all); `grants` and
            `expire_ns` are those of tokens that a login issued.
    Raises: ValueError naming the field at fault.
    """
    key_fields.refuse_unknown(fields, _FIELDS)
    texts = {name: _text(fields, name) for name in _TEXTS}
    if not texts["app_key"]:
        raise ValueError("app_key: must be ASCII text")
    if not texts["token"] and not (texts["login"] and texts["password"]):
        raise ValueError("login: a key has a login and a password, or a token")
    access = key_fields.access(fields)
    pin = _text(fields, "pin") if "pin" in fields else None
    grants, expire_ns = fields.get("grants", True) is True, _instant(fields)
    held = Held(**texts, pin=pin, grants=grants, expire_ns=expire_ns)
    name = digest(held.token) if held.token else f"login:{held.login}"
    return AutosharesCredential(owner, name, access, held)


def publish(credential: AutosharesCredential, accounts: Sequence[AccountReport]) -> dict[str, Any]:
    """Return what a client needs to log in, or to do without, and the accounts it may name."""
    told = {name: getattr(credential.held, name) for name in _PUBLISHED}
    first = accounts[0].account_id if accounts else None
    return {name: text for name, text in told.items() if text} | {
        "access": [access.value for access in credential.access],
        "account_id": first,
        "user_id": None if first is None else ids.FIRST_USER + first,
        "accounts": {account.name: account.account_id for account in accounts},
    }


def fresh(owner: str, account: AccountReport | None, chance: bytes, now_ns: int) -> dict[str, Any]:
    """Return the fields of a new key; see `wire.venue.Auth.fresh`."""
    named = chance[_TOKEN_BYTES : _TOKEN_BYTES + 16].hex()
    return {
        "app_key": f"app-{named[:16]}",
        "login": f"user-{named[16:]}",
        "password": chance[_TOKEN_BYTES + 16 : _TOKEN_BYTES + 32].hex(),
        "token": token(chance),
    }


def digest(token: str) -> str:
    """Return what the key of a token is called."""
    return sha256(token.encode()).hexdigest()[:32]


def token(random_bytes: bytes) -> str:
    """Return a token that cannot be guessed, in base64."""
    return b64encode(random_bytes[:_TOKEN_BYTES]).decode()


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str) or not value.isascii() or not value.isprintable():
        raise ValueError(f"{name}: must be ASCII text")
    return value


def _instant(fields: Mapping[str, Any]) -> int:
    value = fields.get("expire_ns", 0)
    if not isinstance(value, int) or value < 0:
        raise ValueError("expire_ns: must be nanoseconds")
    return value
