"""
A checkup: whether a venue answers, takes the key, tells our time, and lets it look and cancel.

Nothing is changed by it. Whether a key may trade is tried with the cancel of an order that there
cannot be, and only where that is asked for.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from countermand.client import reading, verbs
from countermand.client.acts import Now, Talk
from countermand.client.asking import Denied, Told, ask
from countermand.client.deadline import S
from countermand.client.errors import Unanswered
from countermand.client.session import Session
from countermand.client.stand_in import stand_in
from countermand.client.trace import Trace
from countermand.vocabulary.commands import CancelOrder
from countermand.vocabulary.ids import NO_INSTRUMENT, InstrumentId, OrderId
from countermand.vocabulary.queries import GetOrder
from countermand.wire import asks
from countermand.wire.errors import Forbidden, NotExpressible, Unauthorized, WireError
from countermand.wire.operation import Operation

# A clock that is off by more is worth a word; signatures are good for some seconds.
_OFF_NS = S

# The number of an order that no venue is likely to come to, of 31 bits as one has them.
_NO_ORDER = OrderId((1 << 31) - 2)


class State(StrEnum):
    """The result of a check."""

    OK = "ok"
    NO = "no"
    NOT_TRIED = "not tried"


class Check(Struct, frozen=True):
    """One thing that was looked at, and what was found."""

    name: str
    state: State
    text: str


def checkup(session: Session, *, tries_trade: bool = False) -> Talk[tuple[Check, ...]]:
    """Look at all of it, in order; what cannot be tried for what came before is left out."""
    try:
        yield from verbs.begin(session)
    except Unanswered as error:
        return (Check("answers", State.NO, str(error)),)
    except (Unauthorized, Forbidden) as error:
        clock = _clock(session)
        return Check("answers", State.OK, ""), clock, Check("key", State.NO, error.text)
    except (NotExpressible, WireError) as error:
        return (Check("answers", State.NO, f"{type(error).__name__}: {error}"),)
    found = [Check("answers", State.OK, ""), _clock(session)]
    found += [_key(session), (yield from _look(session))]
    found.append((yield from _trade(session)) if tries_trade else _TRADE_NOT_TRIED)
    return tuple(found)


_TRADE_NOT_TRIED = Check("may trade", State.NOT_TRIED, "it would take a cancel of no order")


def _key(session: Session) -> Check:
    try:
        account = session.account()
    except NotExpressible as error:
        return Check("key", State.NO, str(error))
    owned = asks.accounts(session.context(0))
    names = ", ".join(one.name for one in owned)
    return Check("key", State.OK, f"acts for account {account.name} of {names}")


def _clock(session: Session) -> Check:
    clock = session.clock
    if clock.low_ns is None or clock.high_ns is None:
        return Check("clock", State.NOT_TRIED, "the venue tells no time")
    low, high = clock.low_ns, clock.high_ns
    text = f"the venue's is {_seconds(low)} to {_seconds(high)} s from ours"
    if low > _OFF_NS or high < -_OFF_NS:
        return Check("clock", State.NO, f"{text}; requests are signed by the venue's")
    return Check("clock", State.OK, text)


def _seconds(ns: int) -> str:
    tenths = ns * 10 // S
    return f"{'-' if tenths < 0 else '+'}{abs(tenths) // 10}.{abs(tenths) % 10}"


def _look(session: Session) -> Talk[Check]:
    try:
        found, _, text = yield from reading.open_orders(session, Trace())
    except NotExpressible as error:
        return Check("may look", State.NO, str(error))
    if found is None:
        return Check("may look", State.NO, text)
    return Check("may look", State.OK, f"{len(found)} open orders")


def _trade(session: Session) -> Talk[Check]:
    market = next(iter(session.directory.instruments), NO_INSTRUMENT)
    name = session.next_name((yield Now()))
    for instrument_id in (NO_INSTRUMENT, market):
        command = _no_order(session, name, instrument_id)
        try:
            result = yield from ask(session, Operation.CANCEL_ORDER, command, Trace())
        except NotExpressible:
            continue
        if isinstance(result, Denied) and isinstance(result.error, Unauthorized | Forbidden):
            return Check("may trade", State.NO, result.error.text)
        if isinstance(result, Denied | Told):
            return Check("may trade", State.OK, f"no order to cancel: {result.witness.answer}")
        return Check("may trade", State.NO, result.text)
    return Check("may trade", State.NOT_TRIED, "the venue's cancel wants more than an id")


def _no_order(session: Session, name: str, instrument_id: InstrumentId) -> CancelOrder:
    # By the text of an id where the venue has those of its own, else by a name that was never
    # given.
    meant = CancelOrder(session.account_id, _NO_ORDER, "", instrument_id)
    report = stand_in(GetOrder(session.account_id, _NO_ORDER), meant)
    query = verbs.find(session, session.end.spell(report, session.context(0)) or name)
    return CancelOrder(
        query.account_id, query.order_id, query.cl_ord_id, instrument_id, query.secondary_cl_ord_id
    )
