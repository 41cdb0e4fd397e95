"""
Streams: tells the sessions of one venue what happens. One follower of the feed serves them all.

    feed ─receipts─► Hub ─by account, by instrument─► Tell      each event, in order
                      └──instruments that changed───► Book      conflated

What is published waits for a later turn of the loop, so that no answer waits for a stream. A
session that begins to follow meanwhile has seen some of it in its view: what it follows begins
after the entry its view was of.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from countermand.engine.feed import Feed
from countermand.vocabulary.events import Event, InstrumentSettled
from countermand.vocabulary.ids import AccountId, InstrumentId
from countermand.vocabulary.queries import GetDepth, Query
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import DepthReport
from countermand.wire.context import Context
from countermand.wire.credential import Keys
from countermand.wire.stream import Book, Message, Tell, Told

# As many receipts are told in one turn of the loop.
RECEIPTS_A_TURN = 64

P = TypeVar("P")
Depth = tuple[InstrumentId, int]


class Engine(Protocol):
    """The part of an engine that streams use."""

    feed: Feed

    @property
    def seq(self) -> int:
        """The last applied entry."""

    def view(self, query: Query) -> Any:
        """Return the view of applied, durable state."""


class Events:
    """One place from which is told what happens to some accounts and on some instruments."""

    __slots__ = ("_hub", "accounts", "after_seq", "instruments", "tell", "waiting")

    def __init__(
        self,
        hub: Hub,
        tell: Tell,
        accounts: Iterable[AccountId],
        instruments: Iterable[InstrumentId],
    ) -> None:
        self._hub, self.tell = hub, tell
        self.accounts, self.instruments = frozenset(accounts), frozenset(instruments)
        self.after_seq, self.waiting = hub.engine.seq, list[Told]()
        hub.enter(self)

    def add(self, told: Told) -> bool:
        """Let an event wait to be told; return whether the place had not seen it."""
        if told.seq <= self.after_seq or (self.waiting and self.waiting[-1] is told):
            return False
        self.waiting.append(told)
        return True

    def end(self) -> None:
        """Tell nothing more."""
        self.waiting, self.tell = [], _nothing
        self._hub.leave(self)


class Books:
    """One place from which a book is told, at most once in `every_s`."""

    __slots__ = (
        "_every_s",
        "_hub",
        "_is_due",
        "_tell",
        "_timer",
        "after_seq",
        "instrument_id",
        "levels_max",
    )

    def __init__(
        self,
        hub: Hub,
        tell: Callable[[Book], None],
        instrument_id: InstrumentId,
        levels_max: int,
        every_s: float,
    ) -> None:
        self._hub, self._tell, self._every_s = hub, tell, every_s
        self.instrument_id, self.levels_max = instrument_id, levels_max
        self._is_due, self.after_seq = False, hub.engine.seq
        self._timer: asyncio.TimerHandle | None = None
        hub.enter_book(self)

    def changed(self, book: Book) -> None:
        """Tell the book, or, where it was told a moment ago, tell what it is a little later."""
        if self._timer is not None:
            self._is_due = True
            return
        if self._every_s:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._every_s, self.flush)
        self._tell(book)

    def flush(self) -> None:
        """Tell now what was to be told a little later."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._is_due:
            self._is_due = False
            self._hub.tell_book(self)

    def end(self) -> None:
        """Tell nothing more."""
        self._is_due, self._tell = False, _nothing
        self.flush()
        self._hub.leave_book(self)


class Hub:
    """The streams of one venue. It follows the feed only while something is followed."""

    def __init__(
        self,
        engine: Engine,
        keys: Keys[Any],
        context: Callable[[], Context[Any, Any]],
        subscriptions_max: int,
    ) -> None:
        self.engine, self.keys, self.context = engine, keys, context
        self.subscriptions_max = subscriptions_max
        # Called with each message of a stream in place of sending it, while a fault wants that.
        self.distort: Callable[[Any, Message], None] | None = None
        self._by_account: dict[int, dict[Events, None]] = {}
        self._by_instrument: dict[int, dict[Events, None]] = {}
        self._books: dict[InstrumentId, dict[Books, None]] = {}
        self._waiting: deque[Receipt] = deque()
        self._turn: asyncio.Handle | None = None
        self._is_following = False

    def flush(self) -> None:
        """Tell at once all that has happened, conflated books too."""
        self._stop_turn()
        while self._waiting:
            self._tell_some()
        for books in list(self._books.values()):
            for book in list(books):
                book.flush()

    def close(self) -> None:
        """Stop following: there is nothing more to come."""
        self._stop_turn()
        for places in (self._by_account, self._by_instrument, self._books):
            places.clear()
        self._follow()

    def enter(self, place: Events) -> None:
        """Tell a place what concerns it, from now on."""
        _enter(self._by_account, place.accounts, place)
        _enter(self._by_instrument, place.instruments, place)
        self._follow()

    def leave(self, place: Events) -> None:
        """End what `enter` began."""
        _leave(self._by_account, place.accounts, place)
        _leave(self._by_instrument, place.instruments, place)
        self._follow()

    def enter_book(self, place: Books) -> None:
        """Tell a place when its book changes, from now on."""
        _enter(self._books, (place.instrument_id,), place)
        self._follow()

    def leave_book(self, place: Books) -> None:
        """End what `enter_book` began."""
        _leave(self._books, (place.instrument_id,), place)
        self._follow()

    def tell_book(self, place: Books) -> None:
        """Tell a place how its book stands."""
        self._tell_books([place], self.context().now_ns, {})

    def _follow(self) -> None:
        wanted = bool(self._by_account or self._by_instrument or self._books)
        if wanted != self._is_following:
            self._is_following = wanted
            if wanted:
                self.engine.feed.follow(self._hear)
            else:
                self.engine.feed.unfollow(self._hear)
                self._waiting.clear()

    def _hear(self, receipts: Sequence[Receipt]) -> None:
        self._waiting.extend(receipts)
        if self._turn is None:
            self._turn = asyncio.get_running_loop().call_soon(self._take_turn)

    def _take_turn(self) -> None:
        self._turn = None
        self._tell_some()
        if self._waiting and self._turn is None:
            self._turn = asyncio.get_running_loop().call_soon(self._take_turn)

    def _stop_turn(self) -> None:
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None

    def _tell_some(self) -> None:
        places: dict[Events, None] = {}
        moved: dict[InstrumentId, int] = {}
        ts_ns = 0
        for _ in range(min(len(self._waiting), RECEIPTS_A_TURN)):
            receipt = self._waiting.popleft()
            ts_ns = receipt.ts_ns
            for event in receipt.events:
                told = Told(receipt.seq, ts_ns, event)
                for place in self._concerned(told, moved):
                    if place.add(told):
                        places[place] = None
        for place in places:
            told_now, place.waiting = place.waiting, []
            if told_now:
                place.tell(told_now)
        # A book that was looked at after the last of these changes shows them all.
        books = [
            book
            for instrument_id, seq in moved.items()
            for book in self._books.get(instrument_id, ())
            if seq > book.after_seq
        ]
        self._tell_books(books, ts_ns, {})

    def _concerned(self, told: Told, moved: dict[InstrumentId, int]) -> Iterator[Events]:
        event = told.event
        for account_id in _accounts(event):
            yield from self._by_account.get(account_id, ())
        if isinstance(event, InstrumentSettled):  # It pays out accounts that it does not name.
            for places in self._by_account.values():
                yield from places
        for instrument_id in _instruments(event):
            if instrument_id in self._books:
                moved[instrument_id] = told.seq
            yield from self._by_instrument.get(instrument_id, ())

    def _tell_books(
        self, places: Iterable[Books], ts_ns: int, seen: dict[Depth, Book | None]
    ) -> None:
        for place in places:
            wanted = place.instrument_id, place.levels_max
            if wanted not in seen:
                depth: DepthReport | None = self.engine.view(GetDepth(*wanted))
                seen[wanted] = None if depth is None else Book(self.engine.seq, ts_ns, depth)
            if (book := seen[wanted]) is not None:
                place.changed(book)


def _enter(places: dict[Any, dict[P, None]], keys: Iterable[int], place: P) -> None:
    for key in keys:
        places.setdefault(key, {})[place] = None


def _leave(places: dict[Any, dict[P, None]], keys: Iterable[int], place: P) -> None:
    for key in keys:
        if (there := places.get(key)) is not None:
            there.pop(place, None)
            if not there:
                del places[key]


def _accounts(event: Event) -> Iterator[int]:
    if orders := event.orders:
        for order in orders:
            yield order.account_id
    elif (account_id := getattr(event, "account_id", None)) is not None:
        yield account_id


def _instruments(event: Event) -> Iterator[InstrumentId]:
    if orders := event.orders:
        for order in orders:
            yield order.instrument_id
    elif (instrument_id := getattr(event, "instrument_id", None)) is not None:
        yield instrument_id


def _nothing(*args: Any) -> None:
    pass
