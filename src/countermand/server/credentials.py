"""
Credentials: the keys a venue's users have, found by their public part.

A world gives the first ones. Those issued and revoked while serving are kept as changes, each
durable before it is answered; the keys there are come of all changes, in order.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

import msgspec
from msgspec import Struct

from countermand.wire.conversation import RANDOM_BYTES, IssueKey, RevokeKeys
from countermand.wire.credential import Credential
from countermand.wire.errors import Unauthorized
from countermand.wire.venue import Auth

# Makes a change durable; returns once it is.
Keep = Callable[[bytes], Awaitable[None]]


class Issued(Struct, frozen=True):
    """A key as its venue's `Auth.credential` takes it."""

    owner: str
    fields: dict[str, Any]


class Change(Struct, frozen=True):
    """The result of one change: the keys that were added, and those that ended."""

    issued: dict[str, Issued] = {}
    revoked: tuple[str, ...] = ()


class KeyRing:
    """
    The keys of one venue: the world's `credentials`, then `changes` in order. Without `keep` new
    changes are forgotten with the process. `draw` gives random bytes.

    Raises: ValueError when two keys share a public part, or for what is no change.
    """

    def __init__(
        self,
        auth: Auth[Any, Any],
        credentials: Iterable[Credential],
        changes: Iterable[bytes] = (),
        keep: Keep | None = None,
        draw: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._auth, self._keep, self.draw = auth, keep, draw
        self._by_key: dict[str, Credential] = {}
        self._changing = asyncio.Lock()
        for credential in credentials:
            if credential.key in self._by_key:
                raise ValueError(f"two keys are called {credential.key!r}")
            self._by_key[credential.key] = credential
        for encoded in changes:
            self._apply(_decode(encoded))

    def find(self, key: str) -> Credential | None:
        """Return the credential of `key`, or None."""
        return self._by_key.get(key)

    def __iter__(self) -> Iterator[Credential]:
        return iter(self._by_key.values())

    async def change(self, asked: IssueKey | RevokeKeys) -> Credential | None:
        """Make a change durable, then true; return the new key, if it was about one."""
        # The client may go away; a change that is on its way to the disk must become true.
        return await asyncio.shield(self._change(asked))

    async def _change(self, asked: IssueKey | RevokeKeys) -> Credential | None:
        async with self._changing:
            if isinstance(asked, RevokeKeys):
                await self._make_true(Change({}, self._known(asked.keys)))
                return None
            replaced = self._by_key.get(asked.replaces)
            if asked.replaces and replaced is None:
                raise Unauthorized(asked.ended)
            fields = asked.make(self.draw(RANDOM_BYTES), replaced)
            key = self._auth.credential(asked.owner, fields).key
            # A key that keeps its name is changed where it stands.
            gone = {*asked.revokes, asked.replaces} - {key}
            await self._make_true(Change({key: Issued(asked.owner, fields)}, self._known(gone)))
            return self._by_key[key]

    def _known(self, keys: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(set(keys) & self._by_key.keys()))

    async def _make_true(self, change: Change) -> None:
        if change == Change():
            return
        if self._keep is not None:
            await self._keep(msgspec.json.encode(change))
        self._apply(change)

    def _apply(self, change: Change) -> None:
        for key in change.revoked:
            self._by_key.pop(key, None)
        for key, issue in change.issued.items():
            self._by_key[key] = self._auth.credential(issue.owner, issue.fields)


def _decode(encoded: bytes) -> Change:
    try:
        return msgspec.json.decode(encoded, type=Change)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"a change of keys makes no sense: {error}") from None
