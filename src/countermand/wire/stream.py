"""
Streams: what a venue does with a WebSocket, and no socket in it.

    client ─message─► Session.receive          Line.say ─message─► client
    exchange ─view, then what came after it─► Source ─tell─► session

A conversation that takes a client's offer of a WebSocket returns what begins a session. Frames,
pings, bounds and the closing handshake are the server's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from msgspec import Struct

from countermand.vocabulary.events import Event, Traded
from countermand.vocabulary.ids import AccountId, InstrumentId
from countermand.vocabulary.queries import Query
from countermand.vocabulary.reports import DepthReport, Trade
from countermand.wire.context import Context
from countermand.wire.credential import Keys

# A text message, or a binary one.
Message = str | bytes

# The close code of a stream that has served its purpose (RFC 6455, 7.4.1).
NORMAL = 1000


class Line(Protocol):
    """
    A session's way to its client, to be used on the loop's thread, in `Session.receive` or at any
    other time. Once the stream has ended it drops what it is given.
    """

    def say(self, message: Message) -> None:
        """Send a message, after all that was said before."""

    def close(self, code: int = NORMAL, reason: str = "") -> None:
        """End the stream, after all that was said. The reason has at most 123 bytes."""


class Session(Protocol):
    """The venue's end of one stream."""

    def receive(self, message: Message) -> None:
        """Take a whole message of the client's."""

    def end(self) -> None:
        """Let go of what the stream needed. Called once; nothing can be said any more."""


class Told(Struct, frozen=True, gc=False):
    """An event, with the entry it happened in and its time."""

    seq: int
    ts_ns: int
    event: Event


def trade_of(told: Told) -> Trade | None:
    """Return the trade an event was, as it is public; None for any other."""
    event = told.event
    if not isinstance(event, Traded):
        return None
    side = event.taker.terms.side
    match = (event.match_id, event.instrument_id, side)
    return Trade(*match, event.price_ticks, event.qty_lots, told.ts_ns)


class Book(Struct, frozen=True):
    """A book as it is after entry `as_of_seq`, whose time is `ts_ns`."""

    as_of_seq: int
    ts_ns: int
    depth: DepthReport


# Called with what happened, in order: one thing at least, and only after the call that asked for it
# has returned.
Tell = Callable[[Sequence[Told]], None]


class Following(Protocol):
    """A place from which something is told, until it ends."""

    def end(self) -> None:
        """Tell nothing more. Idempotent."""


class Source(Protocol):
    """
    What a session sees of the exchange: a view as of one entry, then everything after that entry,
    each thing once and in order. Following ends with the stream.
    """

    @property
    def context(self) -> Context[Any, Any]:
        """Names, settings and the time it is, for anyone."""

    @property
    def keys(self) -> Keys[Any]:
        """The venue's credentials, for a client that proves its key by a message."""

    @property
    def as_of_seq(self) -> int:
        """The last entry that `view` shows."""

    def view(self, query: Query) -> Any:
        """Return the view of applied, durable state."""

    def follow(
        self,
        tell: Tell,
        accounts: Iterable[AccountId] = (),
        instruments: Iterable[InstrumentId] = (),
    ) -> Following:
        """
        Tell what happens to any of the accounts and on any of the instruments after `as_of_seq`.

        An event that concerns several of them is told once.
        """

    def follow_book(
        self,
        instrument_id: InstrumentId,
        tell: Callable[[Book], None],
        levels_max: int,
        every_s: float = 0,
    ) -> Following:
        """
        Tell how the top of a book stands after it has changed, at most once in `every_s` seconds.

        Books are conflated: of changes that came together only the last state is told.
        """

    def every(self, seconds: float, act: Callable[[], None]) -> Following:
        """Call `act` again and again, first after `seconds`."""
