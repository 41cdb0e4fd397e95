"""
Credentials: the keys a venue's users have, found by their public part.

They live beside the journal, never in it. A world gives the first ones; those issued and revoked
while serving are kept in a file of the venue's own, whole and durable before anybody is told.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from countermand import durable
from countermand.wire.conversation import RANDOM_BYTES, IssueKey, RevokeKeys
from countermand.wire.credential import Credential
from countermand.wire.errors import Unauthorized
from countermand.wire.venue import Auth


class Issued(Struct, frozen=True):
    """A key as its venue's `Auth.credential` takes it."""

    owner: str
    fields: dict[str, Any]


class Changes(Struct, frozen=True):
    """How the keys differ from those of the world: what was added, and what has ended."""

    issued: dict[str, Issued] = {}
    revoked: tuple[str, ...] = ()


class KeyRing:
    """
    The keys of one venue. Without a `path` changes are forgotten with the process.

    Raises: ValueError when two keys share a public part, or for a file that holds no changes.
    """

    def __init__(
        self, auth: Auth[Any, Any], credentials: Iterable[Credential], path: Path | None = None
    ) -> None:
        self._auth, self._path = auth, path
        self._founded: dict[str, Credential] = {}
        self._changing = asyncio.Lock()
        for credential in credentials:
            if credential.key in self._founded:
                raise ValueError(f"two keys are called {credential.key!r}")
            self._founded[credential.key] = credential
        self._changes = _read(path)
        self._by_key = self._valid(self._changes)

    def find(self, key: str) -> Credential | None:
        """Return the credential of `key`, or None."""
        return self._by_key.get(key)

    def __iter__(self) -> Iterator[Credential]:
        return iter(self._by_key.values())

    async def change(self, asked: IssueKey | RevokeKeys) -> Credential | None:
        """Make a change durable, then true; return the new key, if it was about one."""
        # Whoever asked may go away; a change that is on its way to the disk must become true.
        return await asyncio.shield(self._change(asked))

    async def _change(self, asked: IssueKey | RevokeKeys) -> Credential | None:
        async with self._changing:
            if isinstance(asked, RevokeKeys):
                await self._become(*self._without(asked.keys))
                return None
            replaced = self._by_key.get(asked.replaces)
            if asked.replaces and replaced is None:
                raise Unauthorized(asked.ended)
            fields = asked.make(secrets.token_bytes(RANDOM_BYTES), replaced)
            credential: Credential = self._auth.credential(asked.owner, fields)
            # A key that keeps its name is changed where it stands.
            gone = {*asked.revokes, asked.replaces} - {credential.key}
            left, by_key = self._without(gone)
            issued = left.issued | {credential.key: Issued(asked.owner, fields)}
            changes = Changes(issued, left.revoked)
            await self._become(changes, by_key | {credential.key: credential})
            return credential

    def _without(self, keys: Iterable[str]) -> tuple[Changes, dict[str, Credential]]:
        gone, old = set(keys), self._changes
        issued = {key: issue for key, issue in old.issued.items() if key not in gone}
        founded = {*old.revoked, *(gone & self._founded.keys())}
        by_key = {key: held for key, held in self._by_key.items() if key not in gone}
        return Changes(issued, tuple(sorted(founded))), by_key

    async def _become(self, changes: Changes, by_key: dict[str, Credential]) -> None:
        if self._path is not None:
            data = msgspec.json.encode(changes)
            await asyncio.to_thread(durable.replace_file, self._path, data, 0o600)
        self._changes, self._by_key = changes, by_key

    def _valid(self, changes: Changes) -> dict[str, Credential]:
        ended = set(changes.revoked)
        valid = {key: known for key, known in self._founded.items() if key not in ended}
        for key, issue in changes.issued.items():
            valid[key] = self._auth.credential(issue.owner, issue.fields)
        return valid


def _read(path: Path | None) -> Changes:
    if path is None or not path.exists():
        return Changes()
    try:
        return msgspec.json.decode(path.read_bytes(), type=Changes)
    except (OSError, msgspec.DecodeError) as error:
        raise ValueError(f"{path}: {error}") from None
