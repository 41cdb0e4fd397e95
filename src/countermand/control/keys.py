"""Keys: which there are, issuing them and ending them. They are as durable as orders."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import Any

from msgspec import Struct

from countermand.control import names
from countermand.control.host import Host, Served
from countermand.control.row import PREFIX, Asked, ControlError, ControlRow
from countermand.vocabulary.reports import AccountReport
from countermand.wire import asks
from countermand.wire.conversation import IssueKey, RevokeKeys
from countermand.wire.credential import Credential
from countermand.wire.venue import FRESH_BYTES


class Allowed(StrEnum):
    """The rights of a key: to look, and to place and cancel."""

    VIEW = "view"
    TRADE = "trade"


class ListKeys(Asked, frozen=True):
    """The venue whose keys are listed."""

    venue: str


class Issue(Asked, frozen=True):
    """
    A key for an owner of accounts: a new one of random secrets, or that of `fields`.

    Shape: `fields` are those of a key in a world of this venue; `access` is what it allows, all
    by default.
    """

    venue: str
    owner: str
    access: tuple[Allowed, ...] = (Allowed.VIEW, Allowed.TRADE)
    fields: dict[str, Any] | None = None


class Revoke(Asked, frozen=True):
    """Which key to end, by its public part."""

    venue: str
    key: str


class Key(Struct, frozen=True):
    """A key by its public part, whose it is, and what it allows."""

    key: str
    owner: str
    access: tuple[str, ...]


class Keys(Struct, frozen=True):
    """The keys of a venue."""

    keys: tuple[Key, ...]


class Issued(Key, frozen=True):
    """A new key; `credentials` is everything that the venue's own SDK needs to use it."""

    credentials: dict[str, Any]


class Revoked(Struct, frozen=True):
    """The key that ended."""

    key: str


async def list_keys(host: Host, asked: ListKeys) -> Keys:
    """Return the venue's keys, without their secrets."""
    at = names.served(host, asked.venue)
    return Keys(tuple(_shown(held) for held in at.keys))


async def issue_key(host: Host, asked: Issue) -> Issued:
    """Issue a key and return it with its secrets, which are told this once."""
    at = names.served(host, asked.venue)
    owned = tuple(at.directory.accounts_of(asked.owner))
    if not owned:
        owners = {known.owner: None for known in at.directory.accounts.values()}
        raise names.unknown("owner", asked.owner, owners)
    if not asked.access:
        raise names.invalid("access", "a key that allows nothing is none")
    account = asks.default_of(owned)
    fields = asked.fields
    if fields is None:
        fields = await _fresh(at, asked.owner, account, host.clock.now_ns())
    fields = {**fields, "access": [one.value for one in asked.access]}
    made = _credential(at, asked.owner, fields)
    if at.keys.find(made.key) is not None:
        raise ControlError(409, "key-taken", "there is a key of that public part")
    issued: Credential = await at.keys.change(IssueKey(asked.owner, lambda *_: fields))
    told = at.venue.auth.publish(issued, owned)
    key = _shown(issued)
    return Issued(key.key, key.owner, key.access, told)


async def revoke_key(host: Host, asked: Revoke) -> Revoked:
    """End a key."""
    at = names.served(host, asked.venue)
    if at.keys.find(asked.key) is None:
        raise ControlError(404, "unknown-key", "no key has that public part")
    await at.keys.change(RevokeKeys((asked.key,)))
    return Revoked(asked.key)


def _shown(held: Credential) -> Key:
    return Key(held.key, held.owner, tuple(one.value for one in held.access))


async def _fresh(
    at: Served, owner: str, account: AccountReport | None, now_ns: int
) -> dict[str, Any]:
    chance = at.keys.draw(FRESH_BYTES)
    try:
        # A venue may encrypt the new key, which is slow by design.
        return await asyncio.to_thread(at.venue.auth.fresh, owner, account, chance, now_ns)
    except ValueError as error:
        raise ControlError(409, "no-key", str(error)) from None


def _credential(at: Served, owner: str, fields: dict[str, Any]) -> Credential:
    try:
        made: Credential = at.venue.auth.credential(owner, fields)
    except ValueError as error:
        raise names.invalid("fields", str(error)) from None
    return made


_KEYS = f"{PREFIX}/venues/{{venue}}/keys"

ROWS = (
    ControlRow(
        name="keys",
        method="GET",
        path=_KEYS,
        message=ListKeys,
        reply=Keys,
        run=list_keys,
        summary="List the keys of a venue, without their secrets",
    ),
    ControlRow(
        name="issue-key",
        method="POST",
        path=_KEYS,
        message=Issue,
        reply=Issued,
        run=issue_key,
        summary="Issue a key, and tell everything its SDK needs",
    ),
    ControlRow(
        name="revoke-key",
        method="DELETE",
        path=f"{_KEYS}/{{key}}",
        message=Revoke,
        reply=Revoked,
        run=revoke_key,
        summary="End a key",
    ),
)
