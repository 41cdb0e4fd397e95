"""
Watching: a stream that is opened, folded, lost and opened again, as talks that either shell does.

    open ─► read the open orders ─► tell what is new ─► hear, until it is cut ─► wait ─► open …

What is told while the open orders are read waits in the stream and is folded after them, so that
nothing is missed and nothing told twice. After a gap every order that was open is looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from countermand.client import accounts, events, people, reading, verdict
from countermand.client.acts import (
    CloseStream,
    Cut,
    HearStream,
    NotOpened,
    Now,
    OpenStream,
    SayOnStream,
    Sleep,
    Talk,
    Tell,
)
from countermand.client.asking import Denied as Refused
from countermand.client.asking import Told, ask, asked
from countermand.client.deadline import MS, Backoff, S
from countermand.client.errors import Unanswered, Unstreamed
from countermand.client.flow import Steps
from countermand.client.folding import Orders
from countermand.client.session import Session
from countermand.client.trace import Trace
from countermand.vocabulary.queries import ListOpenOrders
from countermand.vocabulary.reports import OrderReport
from countermand.wire.conversation import AnyContext
from countermand.wire.credential import Credential
from countermand.wire.errors import (
    Forbidden,
    NotExpressible,
    Unauthorized,
    Unlearned,
    WireError,
)
from countermand.wire.listening import (
    AnswerWith,
    BookHeard,
    Denied,
    Heard,
    Listening,
    OrderHeard,
)
from countermand.wire.operation import Operation
from countermand.wire.stream import Message

# An upgrade that is refused so is refused for good.
_FINAL = (400, 401, 403, 404)

# How often a message may name a market that is not known yet.
_MARKETS_MAX = 20

Listen = Callable[[Credential, AnyContext], Steps]


def orders(session: Session, symbols: Iterable[str] = ()) -> Talk[None]:
    """
    Tell what happens to the account's orders, for ever: of the markets named, or of all.

    Raises: NotExpressible where the venue streams no orders; Unstreamed when it refuses to; a
            WireError or Unanswered when its first answers are refusals.
    """
    listen = session.end.listen
    if listen is None:
        raise NotExpressible(f"{session.venue.name} streams nothing of orders")
    markets = tuple(session.instrument(symbol) for symbol in symbols)
    chosen = frozenset(one.instrument_id for one in markets)
    fold = Orders(session)

    def catch_up(is_again: bool) -> Talk[str]:
        now_ns = yield Now()
        fold.watch_since(session.context(now_ns).now_ns)
        return (yield from _sync(session, fold, chosen, is_again=is_again))

    def events_of(heard: Heard, now_ns: int) -> Iterable[events.Event]:
        if not isinstance(heard, OrderHeard):
            return ()
        if verdict.is_over(heard.report):
            session.endings.take(heard.report, now_ns)
        return fold.apply(heard.report)

    yield from _watch(session, partial(listen, markets), catch_up, events_of)


def book(session: Session, symbol: str) -> Talk[None]:
    """
    Tell how a book stands, for ever.

    Raises: as `orders` does.
    """
    listen, market = session.end.listen_book, session.instrument(symbol)
    if listen is None:
        raise NotExpressible(f"{session.venue.name} streams no books")

    def catch_up(is_again: bool) -> Talk[str]:
        # A book's stream begins with the whole book.
        yield from ()
        return ""

    def events_of(heard: Heard, now_ns: int) -> Iterable[events.Event]:
        return _book(session, heard)

    yield from _watch(session, partial(listen, market), catch_up, events_of)


def _watch(
    session: Session,
    listen: Listen,
    catch_up: Callable[[bool], Talk[str]],
    events_of: Callable[[Heard, int], Iterable[events.Event]],
) -> Talk[None]:
    """
    Open a stream, catch up with what it does not tell, hear it until it is cut, and so again.

    Shape:  `catch_up` is told whether it was done before, and returns why it failed, or nothing.
    """
    is_again = False
    backoff = _patience()
    while True:
        listening = yield from _opened(session, listen)
        if listening is not None:
            text = yield from catch_up(is_again)
            if not text:
                is_again, backoff = True, _patience()
                text = yield from _hear(session, listening, events_of)
            yield CloseStream()
            yield Tell(events.Gap(text))
        now_ns = yield Now()
        yield Sleep(now_ns + backoff.next_ns())


def _patience() -> Backoff:
    return Backoff(50 * MS, 10 * S)


def _opened(session: Session, listen: Listen) -> Talk[Listening | None]:
    # The stream, or None after a failure that may pass.
    now_ns = yield Now()
    steps = listen(session.credential, session.context(now_ns))
    try:
        listening: Listening = yield from asked(session, steps, Trace())
    except Unanswered as error:
        yield Tell(events.Gap(str(error)))
        return None
    answer = yield OpenStream(listening.request, listening.base_url)
    if isinstance(answer, NotOpened):
        if answer.status in _FINAL:
            raise Unstreamed(f"{session.venue.name} refuses the stream: {answer.text}")
        yield Tell(events.Gap(answer.text))
        return None
    for message in listening.says:
        yield SayOnStream(message)
    return listening


def _sync(session: Session, fold: Orders, chosen: frozenset[int], *, is_again: bool) -> Talk[str]:
    # Bring the fold up to how the venue has it; return why not, empty when it is.
    every = ListOpenOrders((session.account_id,))
    result = yield from ask(session, Operation.LIST_ORDERS, every, Trace())
    if isinstance(result, Refused) and isinstance(result.error, Unauthorized | Forbidden):
        raise result.error
    if not isinstance(result, Told):
        return str(result.error) if isinstance(result, Refused) else result.text
    found = reading.reports(result.report)
    wanted = [report for report in found if not chosen or report.instrument_id in chosen]
    there = {people.id_text(session, report) for report in wanted}
    before = fold.open
    for report in wanted:
        if is_again:
            yield from _tell(fold.apply(report))
        else:
            fold.begin(report)
    for name, report in before.items():
        if name not in there:
            yield from _look_for(session, fold, name, report)
    yield Tell(fold.snapshot(is_again=is_again))
    return ""


def _look_for(session: Session, fold: Orders, name: str, report: OrderReport) -> Talk[None]:
    sight = yield from reading.read_order(session, reading.query_of(report), Trace())
    if isinstance(sight, reading.Shown):
        yield from _tell(fold.apply(sight.report))
    elif not isinstance(sight, reading.Unseen):
        yield from _tell(fold.lose(name))


def _hear(
    session: Session,
    listening: Listening,
    events_of: Callable[[Heard, int], Iterable[events.Event]],
) -> Talk[str]:
    # Tell what is heard until the stream ends; return how it did.
    while True:
        message = yield HearStream()
        if isinstance(message, Cut):
            return message.text
        try:
            told = yield from _heard(session, listening, message)
        except (WireError, ArithmeticError, LookupError, ValueError, RecursionError) as error:
            # Nothing after a message that cannot be read can be trusted.
            return f"{session.venue.name} told what cannot be read: {error}"
        for heard in told:
            if isinstance(heard, Denied):
                raise Unstreamed(f"{session.venue.name}: {heard.text}")
            if isinstance(heard, AnswerWith):
                yield SayOnStream(heard.message)
            now_ns = yield Now()
            yield from _tell(events_of(heard, now_ns))


def _heard(session: Session, listening: Listening, message: Message) -> Talk[list[Heard]]:
    learn = session.end.learn_market
    for _ in range(_MARKETS_MAX):
        now_ns = yield Now()
        ctx = session.context(now_ns)
        try:
            return list(listening.hear(message, ctx))
        except Unlearned as unknown:
            if learn is None:
                raise
            steps = learn(unknown.symbol, session.credential, ctx)
            session.directory.add((yield from asked(session, steps, Trace())))
    return []


def _book(session: Session, heard: Heard) -> Iterable[events.Event]:
    if isinstance(heard, BookHeard):
        yield events.BookUpdated(accounts.book_of(session, heard.depth))


def _tell(told: Iterable[events.Event]) -> Talk[None]:
    for event in told:
        yield Tell(event)
