"""
The verbs: what a client can do, each a talk that either shell carries out.

Reads raise what the venue refuses them with. What may change something returns an outcome instead,
and its intent is in the ledger before the first byte is sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from msgspec import structs, to_builtins

from countermand.client import accounts, people, reading, sweeping
from countermand.client.acts import Blocked, Consult, Note, Now, Progress, Talk, Together
from countermand.client.asking import Denied, Result, Told, ask, asked, log_in
from countermand.client.canceling import Cancel, Target
from countermand.client.deadline import S, span_ns
from countermand.client.errors import Unanswered
from countermand.client.killing import Found, Killed, Killing, Plan
from countermand.client.linking import command_of, wish_fields
from countermand.client.outcome import NotSent, Outcome
from countermand.client.own import is_own
from countermand.client.placing import Place
from countermand.client.records import Intent
from countermand.client.replacing import Replace, shown
from countermand.client.session import Session
from countermand.client.trace import Trace
from countermand.client.wording import Wish, replacement
from countermand.vocabulary.ids import NO_INSTRUMENT
from countermand.vocabulary.order import Side
from countermand.vocabulary.queries import (
    GetAccount,
    GetDepth,
    GetOrder,
    GetQuote,
    ListFills,
    ListOpenOrders,
)
from countermand.wire.errors import NotExpressible
from countermand.wire.operation import Operation

# How long an outcome is sought unless it is said otherwise.
TIMEOUT_S = 10.0

# The verbs that cancel all open orders.
_OF_MANY = ("cancel-all", "kill")

_NO_TIME = "the time was over before its turn"

# No venue calls an order by more letters.
NAME_MAX = 1_000


def begin(session: Session) -> Talk[None]:
    """
    Log in where one must, and learn the venue's names and its time. Raises WireError, Unanswered.
    """
    trace = Trace()
    yield from log_in(session, trace)
    yield from learn(session, trace)
    if session.end.tell_time is not None:
        sent_ns = yield Now()
        told_ns = yield from asked(session, session.end.tell_time(session.context(sent_ns)), trace)
        session.clock.told(told_ns, sent_ns, (yield Now()))


def learn(session: Session, trace: Trace) -> Talk[None]:
    """Ask for the venue's markets and accounts, as they are now. Raises WireError, Unanswered."""
    now_ns = yield Now()
    steps = session.end.learn(session.credential, session.context(now_ns))
    session.learn((yield from asked(session, steps, trace)))


def cancel(
    session: Session, order: str, symbol: str = "", timeout_s: float = TIMEOUT_S
) -> Talk[Outcome]:
    """
    Cancel an order by the venue's id or its owner's name, and return what is proven of it.

    Units:  `timeout_s` seconds until what is not proven is Unknown.
    Raises: NotExpressible before anything is sent.
    """
    within_ns = span_ns(timeout_s)
    now_ns = yield Now()
    return (yield from _cancel_by(session, order, symbol, now_ns + within_ns))


def _cancel_by(session: Session, order: str, symbol: str, deadline_ns: int) -> Talk[Outcome]:
    target = yield from _target(session, order, symbol)
    trace = yield from begun(session, "cancel", {"order": order, "symbol": symbol})
    talk = Cancel(session, target, trace).run(deadline_ns)
    # If a power cut takes the outcome, the intent is still there, and a cancel is proven again.
    return (yield from _settled(trace, talk, must_last=False))


def cancel_many(
    session: Session, orders: Iterable[str], symbol: str = "", timeout_s: float = TIMEOUT_S
) -> Talk[tuple[Outcome, ...]]:
    """
    Cancel several orders, ten at a time, and return what is proven of each.

    Units:  `timeout_s` seconds for all of them, and what is under way then is finished. Those whose
            turn has not come by then are NotSent.
    Raises: NotExpressible, before anything is sent, when one of them is no order's text.
    """
    outcomes: list[Outcome] = []
    within_ns, every = span_ns(timeout_s), _texts(session, orders)
    now_ns = yield Now()
    deadline_ns = now_ns + within_ns
    for start in range(0, len(every), sweeping.AT_ONCE):
        part = every[start : start + sweeping.AT_ONCE]
        if start and (yield Now()) >= deadline_ns:
            late = every[start:]
            outcomes += [NotSent(order_id=one, symbol=symbol, text=_NO_TIME) for one in late]
            break
        talks = [_cancel_by(session, order, symbol, deadline_ns) for order in part]
        outcomes += yield Together(tuple(talks))
        yield Progress(len(outcomes), len(every))
    return tuple(outcomes)


def cancel_all(
    session: Session, symbol: str = "", side: str = "", timeout_s: float = 3 * TIMEOUT_S
) -> Talk[sweeping.Sweep]:
    """
    Cancel every open order of the account, or those of a market or a side.

    Raises: NotExpressible before anything is sent.
    """
    within_ns = span_ns(timeout_s)
    market = session.instrument(symbol).instrument_id if symbol else None
    scope = sweeping.Scope(market, people.word(Side, side) if side else None)
    now_ns = yield Now()
    trace = yield from begun(session, "cancel-all", {"symbol": symbol, "side": side})
    sweep: sweeping.Sweep = yield from sweeping.Sweeping(session, scope, trace).run(
        now_ns + within_ns
    )
    yield from trace.swept(sweep.is_empty, sweep.text, [str(one) for one in sweep.outcomes])
    return sweep


def kill(session: Session, plan: Plan, timeout_s: float = 3 * TIMEOUT_S) -> Talk[Killed]:
    """
    Block new orders, cancel those that are meant until none is there, and return what is proven.

    Units:  `timeout_s` seconds until what is not proven is told to be so.
    Raises: LedgerError before anything is sent.
    """
    within_ns = span_ns(timeout_s)
    yield Consult(lambda keeper: keeper.block((session.venue.name,)))
    opened: list[Intent] = yield Consult(lambda keeper: keeper.open_intents())
    before = [one for one in opened if is_own(session, one) and one.wanted["verb"] in _OF_MANY]
    trace = yield from begun(session, "kill", to_builtins(plan))
    deadline_ns = (yield Now()) + within_ns
    killed: Killed = yield from Killing(session, plan, trace, before).run(deadline_ns)
    yield from trace.swept(killed.is_empty, killed.text, [str(one) for one in killed.outcomes])
    if killed.is_empty and plan.is_whole:
        # With the venue empty, the earlier intents are settled.
        for one in before:
            yield from Trace(one.intent_id).swept(True, f"by intent {trace.intent_id}", [])
    return killed


def would_kill(session: Session, plan: Plan) -> Talk[Found]:
    """Return what a kill would find and spare now, and change nothing. Raises Unanswered."""
    return (yield from Killing(session, plan, Trace(), []).look())


def place(session: Session, wish: Wish, timeout_s: float = TIMEOUT_S) -> Talk[Outcome]:
    """Place an order, once; return what is proven of it. Raises NotExpressible, nothing sent."""
    now_ns, within_ns = (yield Now()), span_ns(timeout_s)
    command = command_of(session, wish, now_ns)
    session.check_can_say(Operation.PLACE_ORDER, command, now_ns)
    fields = wish_fields(wish, command)
    trace = yield from _intent(session, "place", fields)
    if isinstance(trace, Blocked):
        return NotSent(cl_ord_id=fields["cl_ord_id"], symbol=wish.symbol, text=_blocked(trace))
    talk = Place(session, command, trace).run(now_ns + within_ns)
    return (yield from _settled(trace, talk))


def replace(
    session: Session,
    order: str,
    price: people.Number | None = None,
    order_qty: people.Number | None = None,
    timeout_s: float = TIMEOUT_S,
    cl_ord_id: str = "",
) -> Talk[Outcome]:
    """
    Change an order's price or its whole quantity, once; return what is proven of it.

    Shape:  `cl_ord_id` is its new name where the venue gives one with each change; left out, one is
            made.
    Raises: NotExpressible before anything is sent.
    """
    now_ns, within_ns = (yield Now()), span_ns(timeout_s)
    target = yield from _target(session, order, "")
    sight = yield from shown(session, target, now_ns + within_ns)
    if isinstance(sight, Outcome):
        return sight
    now_ns = yield Now()
    command = replacement(session, sight.report, price, order_qty, now_ns, cl_ord_id)
    session.check_can_say(Operation.REPLACE_ORDER, command, now_ns)
    body = {"order": people.id_text(session, sight.report), "price": _text(price)}
    body |= {"order_qty": _text(order_qty), "cl_ord_id": command.new_cl_ord_id}
    trace = yield from _intent(session, "replace", body)
    if isinstance(trace, Blocked):
        return NotSent(text=_blocked(trace), **people.told(session, sight.report))
    talk = Replace(session, command, sight.report, trace).run(now_ns + within_ns)
    return (yield from _settled(trace, talk))


def order(session: Session, order: str) -> Talk[people.Order | None]:
    """
    Return an order as the venue shows it, or None when it shows none: by a name that only lists
    tell, none that is open.

    Raises: Unanswered, WireError.
    """
    sight = yield from reading.read_order(session, find(session, order), Trace())
    match sight:
        case reading.Shown(report=report):
            return people.order_of(session, report)
        case reading.Unseen(text=text, error=error):
            raise error or Unanswered(text)
    return None


def open_orders(session: Session) -> Talk[tuple[people.Order, ...]]:
    """Return the open orders of the account. Raises Unanswered, WireError."""
    every = ListOpenOrders((session.account_id,))
    told = yield from read(session, Operation.LIST_ORDERS, every)
    return tuple(people.order_of(session, report) for report in reading.reports(told))


def fills(session: Session, symbol: str = "") -> Talk[tuple[accounts.Trade, ...]]:
    """Return what the account traded lately, newest first. Raises as `read` does."""
    market = (session.instrument(symbol).instrument_id,) if symbol else None
    query = ListFills((session.account_id,), instrument_ids=market)
    if not session.can_say(Operation.LIST_FILLS, query):
        query = ListFills((session.account_id,))
    found = yield from read(session, Operation.LIST_FILLS, query)
    told = []
    for fill in found:
        if market is not None and fill.instrument_id not in market:
            continue
        named = GetOrder(fill.account_id, fill.order_id, fill.cl_ord_id)
        known = fill.order_id or fill.cl_ord_id
        text = people.order_text(session, named) if known else ""
        told.append(accounts.trade_of(session, fill, text))
    return tuple(told)


def balances(session: Session) -> Talk[tuple[accounts.Balance, ...]]:
    """Return what the account has of each asset. Raises as `read` does."""
    found = yield from read(session, Operation.LIST_BALANCES, GetAccount(session.account_id))
    return tuple(accounts.balance_of(session, report) for report in found)


def positions(session: Session) -> Talk[tuple[accounts.Position, ...]]:
    """Return the account's positions. Raises as `read` does."""
    found = yield from read(session, Operation.LIST_POSITIONS, GetAccount(session.account_id))
    return tuple(accounts.position_of(session, report) for report in found)


def book(session: Session, symbol: str) -> Talk[accounts.Book]:
    """Return a market's levels, or its best ones alone. Raises as `read` does."""
    market = session.instrument(symbol).instrument_id
    if session.can_say(Operation.GET_DEPTH, GetDepth(market)):
        depth = yield from read(session, Operation.GET_DEPTH, GetDepth(market))
    else:
        quote = yield from read(session, Operation.GET_QUOTE, GetQuote(market))
        depth = accounts.depth_of(quote)
    return accounts.book_of(session, depth)


def quote(session: Session, symbol: str) -> Talk[accounts.Quote]:
    """Return a market's best prices and its last, those of them that are told. Raises as `read`."""
    market = session.instrument(symbol).instrument_id
    report = yield from read(session, Operation.GET_QUOTE, GetQuote(market))
    return accounts.quote_of(report)


def instruments(session: Session) -> Talk[tuple[accounts.Market, ...]]:
    """Return what can be traded, as it was learned when the session began."""
    yield Now()
    return tuple(accounts.market_of(session, one) for one in session.directory.instruments.values())


def find(session: Session, text: str) -> GetOrder:
    """
    Return the query for the order that people call so, in the account that is acted for.

    Raises: NotExpressible for no name.
    """
    if not text:
        raise NotExpressible("an order without an id or a name")
    if not isinstance(text, str) or not people.is_text(text):
        raise NotExpressible(f"{text!r} is the id of no order")
    if len(text) > NAME_MAX:
        raise NotExpressible(f"a name of {len(text):,} letters is that of no order")
    found = session.end.find(text, session.context(0))
    return structs.replace(found, account_id=session.account_id)


def _texts(session: Session, orders: Iterable[str]) -> tuple[str, ...]:
    # All are checked before the first is sent: an error of one must not hide the others' outcomes.
    if isinstance(orders, str | bytes) or not isinstance(orders, Iterable):
        raise NotExpressible(f"{orders!r} is no list of orders")
    every = tuple(orders)
    for order in every:
        find(session, order)
    return tuple(dict.fromkeys(every))


def report_of(result: Result) -> Any:
    """Return what a read reports. Raises the venue's refusal, or Unanswered."""
    if isinstance(result, Told):
        return result.report
    if isinstance(result, Denied):
        raise result.error
    raise Unanswered(result.text)


def read(session: Session, operation: Operation, query: Any) -> Talk[Any]:
    """Return what the venue reports to a query. Raises WireError, Unanswered, NotExpressible."""
    return report_of((yield from ask(session, operation, query, Trace())))


def _target(session: Session, text: str, symbol: str) -> Talk[Target]:
    now_ns = yield Now()
    query, placed = find(session, text), session.placed.get(text)
    market, since_ns = NO_INSTRUMENT, now_ns
    if placed is not None:
        market, since_ns = placed.instrument_id, placed.since_ns
    if symbol:
        market = session.instrument(symbol).instrument_id
    is_exact = bool(query.order_id or query.cl_ord_id)
    return Target(text, query, since_ns, market, is_exact, was_there=placed is not None)


def begun(session: Session, verb: str, body: dict[str, Any]) -> Talk[Trace]:
    """Write down what is set out to do, where it brings no new order. Raises LedgerError."""
    trace = yield from _intent(session, verb, body)
    assert isinstance(trace, Trace), "what brings no order is never blocked"  # noqa: S101  (for the reader and the types)
    return trace


def _intent(session: Session, verb: str, body: dict[str, Any]) -> Talk[Trace | Blocked]:
    account = {"account": session.account().name, "account_mark": session.account_mark}
    where = {"venue": session.venue.name, "host": session.host, **account}
    written = yield Note("intent", {"verb": verb, **where, **body}, must_last=True)
    return written if isinstance(written, Blocked) else Trace(written)


def _blocked(blocked: Blocked) -> str:
    since = datetime.fromtimestamp(blocked.since_ns // S, UTC)
    return f"blocked by a kill since {since:%Y-%m-%d %H:%M:%S}Z: countermand kill --lift"


def _settled(trace: Trace, talk: Talk[Outcome], *, must_last: bool = True) -> Talk[Outcome]:
    # Found inexpressible before it was sent, so the intent is settled as NotSent.
    try:
        outcome = yield from talk
    except NotExpressible as error:
        yield from trace.settle(NotSent(text=str(error)))
        raise
    return (yield from trace.settle(outcome, must_last=must_last))


def _text(number: people.Number | None) -> str | None:
    return None if number is None else str(number)
