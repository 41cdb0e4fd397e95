"""
Generation: one life of the exchange, from its founding to its last answer: an engine over a
journal, keys and pipelines. A server has one at a time, behind the same listeners.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import partial
from random import Random
from typing import Any

from msgspec import Struct

from countermand import world as worlds
from countermand.app import founding
from countermand.engine.clock import ClientClock, ExchangeClock
from countermand.engine.ports import Kept
from countermand.engine.sequencer import Engine
from countermand.server.credentials import KeyRing
from countermand.server.pipeline import Pipeline
from countermand.venues import VENUES
from countermand.world import World

# Draws so many random bytes.
Draw = Callable[[int], bytes]


class Clocks(Struct, frozen=True):
    """The exchange's clock, and the one that clients' stamps and rates go by."""

    exchange: ExchangeClock
    client: ClientClock


class Generation:
    """
    A life of the exchange. Made, it has looked at everything and changed nothing; then `begin`.

    `records` are what its journal keeps beside entries, `start` makes its engine, `discard`
    lets go of the journal where there never was one. Pipelines are made when first asked for.
    Raises: WorldError.
    """

    engine: Engine

    def __init__(
        self,
        world: World,
        records: list[worlds.Record],
        clocks: Clocks,
        start: Callable[[], Awaitable[Engine]],
        draw: Draw = secrets.token_bytes,
        discard: Callable[[], None] = lambda: None,
    ) -> None:
        self.world, self.records = world, records
        self._clocks, self._start, self._draw, self._discard = clocks, start, draw, discard
        self.settings = {name: worlds.settings(VENUES[name], world[name]) for name in world}
        self.keys = {name: self._key_ring(name, records) for name in world}
        self.pipelines = Lazily(world, self._pipeline)

    async def begin(self) -> None:
        """Recover the exchange, or found it. Raises: WorldError, JournalError."""
        self.engine = await self._start()

    def introduce(self, name: str, base_url: str) -> dict[str, Any]:
        """
        Return a venue's part of the ready line: its URL, its accounts with their keys, its markets.
        """
        directory, keys = self.pipelines[name].directory, self.keys[name]
        accounts: dict[str, Any] = {}
        # One key of each user is the one to begin with: the first that may do everything, if any
        # may.
        for credential in sorted(keys, key=lambda held: -len(held.access)):
            owned = list(directory.accounts_of(credential.owner))
            published = VENUES[name].auth.publish(credential, owned)
            accounts.setdefault(credential.owner, published)
        accounts = {owner: accounts[owner] for owner in dict.fromkeys(held.owner for held in keys)}
        markets = [instrument.symbol for instrument in directory.instruments.values()]
        return {"base_url": base_url, "accounts": accounts, "markets": markets}

    def founded(self, venue: str, owner: str, name: str) -> Mapping[str, str] | None:
        """Return the money that the world gives an account, by asset; None for one it has not."""
        for user in self.world[venue].users:
            for account in user.accounts:
                if (user.name, account.name) == (owner, name):
                    return account.balances
        return None

    def made(self) -> list[Pipeline]:
        """Return the pipelines that were asked for."""
        return list(self.pipelines.made.values())

    def stop_waiting(self) -> None:
        """Answer requests that wait for an order to close, now and from now on."""
        for pipeline in self.made():
            pipeline.stop_waiting()

    async def end(self) -> None:
        """Answer what is queued, flush, leave a snapshot, close the journal. Idempotent."""
        for pipeline in self.made():
            pipeline.close()
        if hasattr(self, "engine"):
            await self.engine.stop()
        else:
            self._discard()

    def _pipeline(self, name: str) -> Pipeline:
        venue, settings, clocks = VENUES[name], self.settings[name], self._clocks
        if venue.prepare is not None:
            venue.prepare()
        return Pipeline(
            venue, self.engine, self.keys[name], clocks.exchange, settings, clocks.client
        )

    def _key_ring(self, name: str, records: list[worlds.Record]) -> KeyRing:
        record = f"keys/{name}"
        changes = [value for kept_name, value in records if kept_name == record]
        keep = partial(self._keep, record)
        return founding.key_ring(VENUES[name], self.world[name], changes, keep, self._draw)

    async def _keep(self, name: str, change: bytes) -> None:
        # There are requests, and so changes of keys, only while there is an engine.
        await self.engine.keep([Kept(name, change)])


def drawn_from(seed: int | None) -> Draw:
    """Return what draws random bytes: the same ones again for a seed, else the system's."""
    return secrets.token_bytes if seed is None else Random(seed).randbytes  # noqa: S311  (no secret)


class Lazily(Mapping[str, Pipeline]):
    """Pipelines by venue, each made when it is first asked for."""

    def __init__(self, names: Mapping[str, object], make: Callable[[str], Pipeline]) -> None:
        self._names, self._make = names, make
        self.made: dict[str, Pipeline] = {}

    def __getitem__(self, name: str) -> Pipeline:
        if name not in self.made:
            if name not in self._names:
                raise KeyError(name)
            self.made[name] = self._make(name)
        return self.made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
