"""
Sessions: the view of the exchange that one stream of a venue has, and how an error in it ends that
stream alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from countermand.server.streams import Books, Events, Hub
from countermand.vocabulary.ids import AccountId, InstrumentId
from countermand.vocabulary.queries import Query
from countermand.wire.context import Context
from countermand.wire.conversation import OpenStream
from countermand.wire.credential import Keys
from countermand.wire.stream import NORMAL, Book, Following, Line, Message, Session, Tell

log = logging.getLogger(__name__)

# The close codes of a server whose dialect has failed, and of a client that asks for more than it
# may (RFC 6455, 7.4.1).
INTERNAL_ERROR, POLICY = 1011, 1008


def bound(stream: OpenStream, hub: Hub, owner: str = "") -> Callable[[Line], Session]:
    """
    Return what begins a stream's session with what it sees of the exchange; `owner` is whose it is,
    as far as the offer says.
    """

    def begin(line: Line) -> Session:
        voice = Voice(line, hub, owner)
        source = SessionSource(hub, voice)
        try:
            return _Ending(stream.begin(voice, source), source)
        except BaseException:
            source.end()
            raise

    return begin


class Voice:
    """A session's line, on which something may go wrong while that is wanted."""

    __slots__ = ("_hub", "_line", "held", "is_beating", "owner")

    def __init__(self, line: Line, hub: Hub, owner: str) -> None:
        self._line, self._hub, self.owner = line, hub, owner
        self.held: list[Message] = []
        self.is_beating = False

    def say(self, message: Message) -> None:
        """Send a message, or let happen to it what is to."""
        if (distort := self._hub.distort) is not None and not self.is_beating:
            distort(self, message)
        else:
            self.pass_on(message)

    def pass_on(self, message: Message) -> None:
        """Send a message, and after it those that were held back for it."""
        self._line.say(message)
        self.release()

    def release(self) -> None:
        """Send what was held back."""
        held, self.held = self.held, []
        for late in held:
            self._line.say(late)

    def close(self, code: int = NORMAL, reason: str = "") -> None:
        """End the stream."""
        self._line.close(code, reason)


class SessionSource:
    """One session's view of the exchange; an exception in the session ends its stream."""

    def __init__(self, hub: Hub, line: Voice) -> None:
        self._hub, self._line = hub, line
        self._followings: dict[Following, None] = {}

    @property
    def context(self) -> Context[Any, Any]:
        """Names, settings and the time it is."""
        return self._hub.context()

    @property
    def keys(self) -> Keys[Any]:
        """The venue's credentials."""
        return self._hub.keys

    @property
    def as_of_seq(self) -> int:
        """The last entry that `view` shows."""
        return self._hub.engine.seq

    def view(self, query: Query) -> Any:
        """Return the view of applied, durable state."""
        return self._hub.engine.view(query)

    def follow(
        self,
        tell: Tell,
        accounts: Iterable[AccountId] = (),
        instruments: Iterable[InstrumentId] = (),
    ) -> Following:
        """Tell what happens to the accounts and on the instruments after `as_of_seq`."""
        return self._kept(Events(self._hub, self._guarded(tell), accounts, instruments))

    def follow_book(
        self,
        instrument_id: InstrumentId,
        tell: Callable[[Book], None],
        levels_max: int,
        every_s: float = 0,
    ) -> Following:
        """Tell how the top of a book stands after it has changed."""
        return self._kept(Books(self._hub, self._guarded(tell), instrument_id, levels_max, every_s))

    def every(self, seconds: float, act: Callable[[], None]) -> Following:
        """Call `act` again and again."""
        return self._kept(_Repeating(seconds, partial(self._beat, self._guarded(act))))

    def _beat(self, act: Callable[[], None]) -> None:
        # A heartbeat has no news: no fault is spent on it.
        self._line.is_beating = True
        try:
            act()
        finally:
            self._line.is_beating = False

    def end(self) -> None:
        """End all that is followed."""
        for following in tuple(self._followings):
            following.end()

    def _kept(self, following: Following) -> Following:
        if len(self._followings) >= self._hub.subscriptions_max:
            following.end()
            self._line.close(POLICY, f"more than {self._hub.subscriptions_max} subscriptions")
            return following
        kept = _Kept(following, self._followings)
        self._followings[kept] = None
        return kept

    def _guarded(self, act: Callable[..., None]) -> Callable[..., None]:
        return partial(_attempt, act, self._line)


class _Kept:
    # A following that its stream lets go of once it has ended.

    def __init__(self, following: Following, kept: dict[Following, None]) -> None:
        self._following, self._kept = following, kept

    def end(self) -> None:
        """End it."""
        self._kept.pop(self, None)
        self._following.end()


class _Repeating:
    # Calls again and again, until it ends.

    def __init__(self, seconds: float, act: Callable[[], None]) -> None:
        self._seconds, self._act = seconds, act
        self._arm()

    def end(self) -> None:
        """Call no more."""
        self._timer.cancel()

    def _arm(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._seconds, self._fire)

    def _fire(self) -> None:
        self._arm()
        self._act()


class _Ending:
    # A session with which all ends that it follows.

    def __init__(self, session: Session, source: SessionSource) -> None:
        self._session, self._source = session, source

    def receive(self, message: Message) -> None:
        """Take a message."""
        self._session.receive(message)

    def end(self) -> None:
        """Let go of everything."""
        self._source.end()
        self._session.end()


def _attempt(act: Callable[..., None], line: Line, *args: Any) -> None:
    try:
        act(*args)
    except Exception:
        log.exception("stream failed")
        line.close(INTERNAL_ERROR, "internal error")
