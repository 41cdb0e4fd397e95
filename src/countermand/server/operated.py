"""
Operated: the running server as the operator's rows see it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from countermand.control.host import Batch, Clock, Condition, Generations, Open
from countermand.control.row import ControlError
from countermand.engine.sequencer import Engine, IntakeStopped, QueueFull, Undecided
from countermand.server.credentials import KeyRing
from countermand.server.faults import Faults
from countermand.server.pipeline import Pipeline
from countermand.server.site import Site
from countermand.vocabulary.queries import Query
from countermand.vocabulary.receipt import Receipt
from countermand.wire.context import Settings
from countermand.wire.conversation import KeyChange
from countermand.wire.credential import Credential
from countermand.wire.directory import Directory
from countermand.wire.venue import Venue

# The money that a world gives to an account of a venue, its owner and its name; None for others.
Founded = Callable[[str, str, str], Mapping[str, str] | None]


class Operated:
    """
    The running server as rows act on it: the exchange and its lives, its clock, its venues'
    pipelines, their faults and their sites.
    """

    def __init__(
        self,
        clock: Clock,
        generations: Generations,
        faults: Faults,
        base_urls: Mapping[str, str],
        sites: Mapping[str, Site],
    ) -> None:
        self.clock, self.generations = clock, generations
        self.faults, self.requests = faults, faults.requests
        self._urls, self.connections = base_urls, Connections(sites)

    def serve(self, engine: Engine, pipelines: Mapping[str, Pipeline], founded: Founded) -> None:
        """Be about another engine, its pipelines and its world from now on."""
        self.exchange = OperatedExchange(engine)
        self.venues = OperatedVenues(pipelines, self._urls, founded)


class OperatedExchange:
    """An engine whose refusals are an operator's."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def submit(self, commands: Batch) -> tuple[Receipt, ...]:
        """Return the receipts of commands that are one group. Raises ControlError."""
        try:
            receipts = await self._engine.submit_all(commands)
        except (QueueFull, IntakeStopped) as stopped:
            raise _refusal(stopped) from None
        return receipts

    def view(self, query: Query) -> Any:
        """Return the answer to a query. Raises ControlError."""
        try:
            return self._engine.view(query)
        except IntakeStopped as stopped:
            raise _refusal(stopped) from None

    def condition(self) -> Condition:
        """Return how the exchange is."""
        found = self._engine.health()
        return Condition(
            found.taking_commands,
            found.reason,
            found.advice,
            found.clock_behind_ns,
            found.seq,
            self._engine.open_orders,
        )


class OperatedVenues(Mapping[str, "OperatedVenue"]):
    """The venues that are served; a pipeline is made when its venue is first asked for."""

    def __init__(
        self, pipelines: Mapping[str, Pipeline], base_urls: Mapping[str, str], founded: Founded
    ) -> None:
        self._pipelines, self._urls, self._founded = pipelines, base_urls, founded

    def __getitem__(self, name: str) -> OperatedVenue:
        return OperatedVenue(self._pipelines[name], self._urls.get(name, ""), self._founded)

    def __contains__(self, name: object) -> bool:
        return name in self._pipelines

    def __iter__(self) -> Iterator[str]:
        return iter(self._pipelines)

    def __len__(self) -> int:
        return len(self._pipelines)


class OperatedVenue:
    """A pipeline, without its requests."""

    def __init__(self, pipeline: Pipeline, base_url: str, founded: Founded) -> None:
        self._pipeline, self.base_url, self._founded = pipeline, base_url, founded
        self.keys = OperatedKeys(pipeline.keys)

    def founded(self, owner: str, name: str) -> Mapping[str, str] | None:
        """Return the money that the world gave an account, by asset; None for one it has not."""
        return self._founded(self._pipeline.venue.name, owner, name)

    @property
    def venue(self) -> Venue:
        """The dialect."""
        return self._pipeline.venue

    @property
    def directory(self) -> Directory:
        """Its assets, instruments and accounts."""
        return self._pipeline.directory

    @property
    def settings(self) -> Settings:
        """Its settings."""
        return self._pipeline.settings


class OperatedKeys:
    """A key ring whose refusals are an operator's."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def find(self, key: str) -> Credential | None:
        """Return the credential of `key`, or None."""
        return self._ring.find(key)

    def __iter__(self) -> Iterator[Credential]:
        return iter(self._ring)

    def draw(self, count: int) -> bytes:
        """Return random bytes."""
        return self._ring.draw(count)

    async def change(self, asked: KeyChange) -> Credential | None:
        """Make a change durable, then true; return the new key, if any. Raises ControlError."""
        try:
            return await self._ring.change(asked)
        except IntakeStopped as stopped:
            raise _refusal(stopped) from None


class Connections:
    """The open connections of every site; each has a number from when it is first looked at."""

    def __init__(self, sites: Mapping[str, Site]) -> None:
        self._sites = sites
        self._numbers: WeakKeyDictionary[Any, int] = WeakKeyDictionary()
        self._count = 0

    def listed(self) -> list[Open]:
        """Return all there are, in order of their numbers."""
        found = [
            Open(self._number(one), venue, one.kind, one.peer, one.in_flight)
            for venue, site in self._sites.items()
            for one in site.connections
        ]
        return sorted(found, key=lambda one: one.connection)

    def close(self, connection: int) -> bool:
        """Close one at once; False when there is none of that number."""
        for site in self._sites.values():
            for one in list(site.connections):
                if self._numbers.get(one) == connection:
                    one.abort()
                    return True
        return False

    def _number(self, one: Any) -> int:
        if (number := self._numbers.get(one)) is None:
            self._count += 1
            number = self._numbers[one] = self._count
        return number


def _refusal(stopped: QueueFull | IntakeStopped) -> ControlError:
    match stopped:
        case QueueFull():
            return ControlError(503, "busy", "the exchange is busy")
        case Undecided():
            return ControlError(503, "undecided", str(stopped))
        case _:
            return ControlError(503, "stopped", str(stopped))
