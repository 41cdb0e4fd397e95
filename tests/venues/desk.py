"""A desk: one venue over the demo world and a real core, with a clock that is told the time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec

from countermand.core.exchange import Exchange
from countermand.engine.feed import Feed
from countermand.engine.intake import Reply
from countermand.server.credentials import KeyRing
from countermand.server.pipeline import Pipeline
from countermand.vocabulary.commands import Command, Entry, NewOrder
from countermand.vocabulary.queries import GetReferenceData
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import AccountReport
from countermand.wire import times
from countermand.wire.context import Context, Settings
from countermand.wire.credential import Credential
from countermand.wire.directory import Directory
from countermand.wire.http import Request, Response
from countermand.wire.venue import Venue
from countermand.world import spec
from countermand.world.found import found

START_NS = 1_800_000_000 * times.S


class ManualClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.ns = START_NS

    def now_ns(self) -> int:
        """Return where it stands."""
        return self.ns


class Answer(msgspec.Struct, frozen=True):
    """A view, as the engine hands it out."""

    view: Any
    as_of_seq: int


class CoreEngine:
    """The engine without a journal: entries are stamped and applied, and that is all."""

    def __init__(self, clock: ManualClock) -> None:
        self.exchange = Exchange()
        self.feed = Feed()
        self.clock_behind_ns = 0
        self._clock = clock

    @property
    def seq(self) -> int:
        """Return the last sequence number, as the engine's `seq`."""
        return self.exchange.seq

    def enter(self, command: Command) -> Receipt:
        """Apply the next entry, and tell the followers of the feed."""
        ts_ns = max(self._clock.now_ns(), self.exchange.ts_ns + 1)
        receipt = self.exchange.apply(Entry(self.exchange.seq + 1, ts_ns, command))
        self.feed.publish((receipt,))
        return receipt

    def put(self, command: Command, reply: Reply, *, cancels_first: bool = True) -> None:
        """Apply a command and answer at once, in place of the engine's `put`."""
        reply.set_result(self.enter(command))

    def put_batch(
        self, commands: Sequence[Command], reply: Reply, *, cancels_first: bool = True
    ) -> None:
        """Apply commands and answer at once, in place of the engine's `put_batch`."""
        reply.set_result(tuple([self.enter(command) for command in commands]))

    def blocker(self, query: Any) -> None:
        """Return that nothing waits here, in place of the engine's `blocker`."""

    def view(self, query: Any) -> Any:
        """Answer a query, in place of the engine's `view`."""
        return self.exchange.query(query)

    async def query(self, query: Any) -> Answer:
        """Answer a query, in place of the engine's `query`."""
        return Answer(self.exchange.query(query), self.exchange.seq)


def in_loop() -> bool:
    """Return whether a loop is running."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


class Desk:
    """
    The venue's demo world, and ways to act in it.

    Its books are empty unless it is `quoted`, so that a test sees what its own orders do.
    """

    def __init__(
        self, venue: Venue, settings: Settings | None = None, *, quoted: bool = False
    ) -> None:
        self.venue = venue
        self.clock = ManualClock()
        self.engine = CoreEngine(self.clock)
        world = spec.demo([venue])[venue.name]
        for command in found(venue.name, world, 1):
            if quoted or not isinstance(command, NewOrder):
                self.engine.enter(command)
        keys = [
            venue.auth.credential(user.name, fields) for user in world.users for fields in user.keys
        ]
        self.keys = KeyRing(venue.auth, keys)
        self.settings = settings or venue.settings(rate_limit_per_s=0)
        self.pipeline = Pipeline(
            venue,
            self.engine,
            self.keys,
            self.clock,
            self.settings,  # type: ignore[arg-type]
        )

    @property
    def directory(self) -> Directory:
        """The names of assets, instruments and accounts."""
        name = self.venue.name
        return Directory(name, self.engine.exchange.query(GetReferenceData(name)))

    def credential(self, owner: str = "alice", index: int = 0) -> Credential:
        """Return one of a user's keys."""
        held = [key for key in self.keys if key.owner == owner]
        name = self.venue.name
        assert index < len(held), f"{name}: demo.toml gives {owner} {len(held)} keys of {index + 1}"
        return held[index]

    def accounts(self, owner: str = "alice") -> list[AccountReport]:
        """Return a user's accounts."""
        return list(self.directory.accounts_of(owner))

    def context(self, owner: str = "alice") -> Context:
        """Return the context of a request that a user makes now."""
        principal = self.venue.auth.principal(self.credential(owner))
        now_ns = self.clock.now_ns()
        return Context(self.directory, self.settings, principal, now_ns)

    def answer(self, request: Request) -> Response:
        """Return the venue's answer to a request, as sent; within a loop one given at once."""
        if not in_loop():
            return asyncio.run(self.pipeline.handle(request))
        answers: list[Response] = []
        self.pipeline.begin(request, answers.append)
        assert answers, "the answer comes later"
        return answers[0]

    def send(self, request: Request, credential: Credential | None = None) -> tuple[int, Any]:
        """Sign a request as alice, or another, and return the status and the decoded body."""
        signer = credential or self.credential()
        signed = self.venue.auth.sign(request, signer, self.clock.now_ns())
        response = self.answer(signed)
        return response.status, msgspec.json.decode(response.body)
