"""The synchronous shell: the core's acts, done by waiting for each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import RLock
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar, Unpack

import httpx

from countermand.client import accounts, http, people, verbs, watching
from countermand.client.acts import (
    Act,
    Answered,
    CloseStream,
    Consult,
    HearStream,
    LostFailure,
    Note,
    NotSentFailure,
    Now,
    OpenStream,
    Progress,
    Reply,
    SayOnStream,
    Send,
    Sleep,
    Talk,
    Tell,
    Together,
)
from countermand.client.checkup import Check, checkup
from countermand.client.deadline import S, span_ns
from countermand.client.events import BookEvent, OrderEvent
from countermand.client.killing import Found, Killed, Plan
from countermand.client.ledger import Keeper
from countermand.client.linking import wish_of
from countermand.client.outcome import Outcome
from countermand.client.prompts import NO_PROMPTS, Prompts
from countermand.client.resume import Resumed, resume
from countermand.client.session import Session
from countermand.client.sockets import Socket
from countermand.client.sweeping import Sweep
from countermand.client.trace import Trace
from countermand.client.wording import Terms
from countermand.wire.client_end import Prompt
from countermand.wire.http import Request, Response

T = TypeVar("T")


class Transport(Protocol):
    """Carries one request, once."""

    def send(self, request: Request, *, is_public: bool = False) -> Response:
        """Return the response. Raises what `http.NOT_SENT` and `http.LOST` tell apart."""

    def socket(self) -> Socket:
        """Return a place for one WebSocket."""

    def close(self) -> None:
        """Close what is open."""


class HttpTransport:
    """A pool of connections to one base URL, and to another for requests that anyone may make."""

    def __init__(
        self,
        base: http.Base,
        public: http.Base | None = None,
        *,
        trust_env: bool = False,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._base, self._public = base, public or base
        self._client = httpx.Client(transport=transport, **http.settings(trust_env=trust_env))

    def send(self, request: Request, *, is_public: bool = False) -> Response:
        """Send the request once, on a warm connection where there is one."""
        base = self._public if is_public else self._base
        return http.response_of(self._client.send(base.framed(request)))

    def socket(self) -> Socket:
        """Return a place for one WebSocket, which is no part of the pool."""
        return Socket(self._base)

    def close(self) -> None:
        """Close the pool."""
        self._client.close()


class Client:
    """
    One key at one venue. Made by `countermand.connect_sync`; close it, or use it in `with`. Threads
    may share one.

    Shape:  `session` is what the client knows of its venue.
    Raises: NotExpressible for what the venue has no words for, before anything is sent; a
            WireError or `Unanswered` from what only reads.
    """

    def __init__(
        self,
        session: Session,
        transport: Transport,
        keeper: Keeper,
        prompts: Prompts = NO_PROMPTS,
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self.session, self._transport, self._keeper = session, transport, keeper
        self._prompts, self._now_ns = prompts, now_ns
        self._begun = False
        self._lock = RLock()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.session!r})"

    def __enter__(self) -> Self:
        return self.begin()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def begin(self) -> Self:
        """Log in and learn, once."""
        if not self._begun:
            self._do(verbs.begin(self.session))
            self._begun = True
        return self

    def close(self) -> None:
        """Close the connections and the ledger."""
        self._transport.close()
        self._keeper.close()

    def cancel(self, order: str, symbol: str = "", timeout_s: float = verbs.TIMEOUT_S) -> Outcome:
        """Cancel an order; return what is proven of it."""
        return self._do(verbs.cancel(self.session, order, symbol, timeout_s))

    def cancel_many(
        self, orders: Iterable[str], symbol: str = "", timeout_s: float = verbs.TIMEOUT_S
    ) -> tuple[Outcome, ...]:
        """Cancel several orders; return what is proven of each, in their order."""
        return self._do(verbs.cancel_many(self.session, orders, symbol, timeout_s))

    def cancel_all(
        self, symbol: str = "", side: str = "", timeout_s: float = 3 * verbs.TIMEOUT_S
    ) -> Sweep:
        """Cancel all open orders, or those of a market or side, until none is open."""
        return self._do(verbs.cancel_all(self.session, symbol, side, timeout_s))

    def kill(
        self,
        *,
        mine: bool = False,
        keep_protective: bool = False,
        quiet_s: float = 2.0,
        timeout_s: float = 3 * verbs.TIMEOUT_S,
    ) -> Killed:
        """
        Block new orders in the ledger, and cancel all open ones until that is proven, though others
        may place: until open orders were read as empty for `quiet_s`. With `mine` those that
        clients of the ledger placed; with `keep_protective` none that is a stop.
        """
        plan = Plan(mine, keep_protective, span_ns(quiet_s))
        return self._do(verbs.kill(self.session, plan, timeout_s))

    def would_kill(self, *, mine: bool = False, keep_protective: bool = False) -> Found:
        """Return what `kill` would cancel now, and what it would spare; change nothing."""
        return self._do(verbs.would_kill(self.session, Plan(mine, keep_protective)))

    def place(
        self,
        symbol: str,
        side: str,
        order_qty: people.Number,
        price: people.Number | None = None,
        *,
        timeout_s: float = verbs.TIMEOUT_S,
        **terms: Unpack[Terms],
    ) -> Outcome:
        """Place an order, once; without a price it is a market order. See `wording.Wish`."""
        wish = wish_of(symbol, side, order_qty, price, terms)
        return self._do(verbs.place(self.session, wish, timeout_s))

    def replace(
        self,
        order: str,
        price: people.Number | None = None,
        order_qty: people.Number | None = None,
        timeout_s: float = verbs.TIMEOUT_S,
        cl_ord_id: str = "",
    ) -> Outcome:
        """
        Change an order's price or its whole quantity, once.

        Where the venue names an order anew with each change, `cl_ord_id` is that name.
        """
        talk = verbs.replace(self.session, order, price, order_qty, timeout_s, cl_ord_id)
        return self._do(talk)

    def learn(self) -> None:
        """Learn the venue's markets and accounts anew."""
        self._do(verbs.learn(self.session, Trace()))

    def resume(self, timeout_s: float = verbs.TIMEOUT_S) -> tuple[Resumed, ...]:
        """Settle what an earlier client left open in the same ledger, account and venue."""
        return self._do(resume(self.session, self._keeper.open_intents(), timeout_s))

    def checkup(self, *, tries_trade: bool = False) -> tuple[Check, ...]:
        """Look whether the venue answers, takes the key, and lets it look; changes nothing."""
        return self._do(checkup(self.session, tries_trade=tries_trade))

    def order(self, order: str) -> people.Order | None:
        """Return an order, or None when the venue knows none."""
        return self._do(verbs.order(self.session, order))

    def open_orders(self) -> tuple[people.Order, ...]:
        """Return the open orders."""
        return self._do(verbs.open_orders(self.session))

    def fills(self, symbol: str = "") -> tuple[accounts.Trade, ...]:
        """Return what was traded lately, newest first."""
        return self._do(verbs.fills(self.session, symbol))

    def balances(self) -> tuple[accounts.Balance, ...]:
        """Return what the account has of each asset."""
        return self._do(verbs.balances(self.session))

    def positions(self) -> tuple[accounts.Position, ...]:
        """Return the positions."""
        return self._do(verbs.positions(self.session))

    def book(self, symbol: str) -> accounts.Book:
        """Return a market's levels."""
        return self._do(verbs.book(self.session, symbol))

    def quote(self, symbol: str) -> accounts.Quote:
        """Return a market's best prices and its last one."""
        return self._do(verbs.quote(self.session, symbol))

    def instruments(self) -> tuple[accounts.Market, ...]:
        """Return what can be traded."""
        return self._do(verbs.instruments(self.session))

    def events(self, symbols: Iterable[str] = ()) -> Iterator[OrderEvent]:
        """
        Yield what happens to the account's orders, for ever: of the markets named, or of all.

        Raises: NotExpressible where the venue streams no orders; Unstreamed when it refuses to.
        """
        return self._watch(watching.orders(self.session, symbols))

    def book_stream(self, symbol: str) -> Iterator[BookEvent]:
        """Yield how a book stands, whenever it has changed. Raises as `events` does."""
        return self._watch(watching.book(self.session, symbol))

    def _watch(self, talk: Talk[None]) -> Iterator[Any]:
        socket = self._transport.socket()
        try:
            act = self._resume(talk, None)
            while True:
                answer: Any = None
                match act:
                    case Tell(event=event):
                        yield event
                    case OpenStream():
                        answer = socket.open(act)
                    case HearStream():
                        answer = socket.hear()
                    case SayOnStream(message=message):
                        socket.say(message)
                    case CloseStream():
                        socket.close()
                    case _:
                        answer = self._act(act)
                act = self._resume(talk, answer)
        finally:
            talk.close()
            socket.close()

    def _do(self, talk: Talk[T]) -> T:
        try:
            act = self._resume(talk, None)
            while True:
                act = self._resume(talk, self._act(act))
        except StopIteration as end:
            result: T = end.value
            return result

    def _resume(self, talk: Talk[Any], told: Any) -> Act:
        # The session is one for all threads, and the core knows of none.
        with self._lock:
            return talk.send(told)

    def _act(self, act: Act) -> Any:
        match act:
            case Send():
                return self._send(act)
            case Now():
                return self._now_ns()
            case Sleep(until_ns=until_ns):
                time.sleep(max(0, until_ns - self._now_ns()) / S)
                return self._now_ns()
            case Note():
                return self._keeper.write(act, self._now_ns())
            case Consult(read=read):
                return read(self._keeper)
            case Together(talks=talks):
                # One that waits for long must not take the others' time.
                with ThreadPoolExecutor(max(1, len(talks))) as pool:
                    return list(pool.map(self._do, talks))
            case Progress(done=done, of=of):
                return self._prompts.tell(done, of)
            case Prompt(text=text):
                return self._prompts.answer(text)

    def _send(self, act: Send) -> Reply:
        sent_ns = self._now_ns()
        try:
            response = self._transport.send(act.request, is_public=act.is_public)
        except http.NOT_SENT as error:
            return NotSentFailure(http.failure_text(error), sent_ns, self._now_ns())
        except http.LOST as error:
            return LostFailure(http.failure_text(error), sent_ns, self._now_ns())
        return Answered(response, sent_ns, self._now_ns())
