"""
Resuming: settles what a client that ended left open, by what its ledger says that it wanted.

A cancel goes on: the order is read, and canceled again if it is open. An order that was to be
placed, or replaced, is only looked for: nothing that would trade is sent a second time.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from countermand.client import reading, verbs
from countermand.client.acts import Now, Progress, Talk, Together
from countermand.client.canceling import Cancel, Target
from countermand.client.deadline import span_ns
from countermand.client.linking import command_of, read_wish
from countermand.client.outcome import Outcome, Unknown
from countermand.client.own import is_own
from countermand.client.placing import Place
from countermand.client.records import ABOUT, GONE, LISTED, Intent
from countermand.client.replacing import Replace
from countermand.client.session import Session
from countermand.client.trace import Trace
from countermand.client.wording import replacement
from countermand.vocabulary.ids import NO_INSTRUMENT, OrderId
from countermand.vocabulary.queries import GetOrder
from countermand.wire.errors import NotExpressible


class Resumed(Struct, frozen=True):
    """An intent of the ledger, and the outcomes that are proven of it."""

    intent: Intent
    outcomes: tuple[Outcome, ...]

    @property
    def is_proven(self) -> bool:
        """Whether all of it is proven."""
        return all(outcome.is_proven for outcome in self.outcomes)


def resume(session: Session, intents: list[Intent], timeout_s: float) -> Talk[tuple[Resumed, ...]]:
    """
    Settle the open intents of this session's venue, host and account, one after the other.

    Units: `timeout_s` seconds for each.
    """
    own = [intent for intent in intents if is_own(session, intent)]
    settled: list[Resumed] = []
    for intent in own:
        settled.append((yield from _one(session, intent, timeout_s)))
        yield Progress(len(settled), len(own))
    return tuple(settled)


def _one(session: Session, intent: Intent, timeout_s: float) -> Talk[Resumed]:
    deadline_ns = (yield Now()) + span_ns(timeout_s)
    trace = Trace(intent.intent_id)
    if intent.wanted["verb"] in ("cancel-all", "kill"):
        return (yield from _swept(session, intent, deadline_ns, trace))
    talks = {"cancel": _cancel, "place": _place, "replace": _replace}
    try:
        outcome = yield from talks[intent.wanted["verb"]](session, intent, deadline_ns, trace)
    except (KeyError, NotExpressible) as error:
        text = f"the ledger does not say enough: {error}"
        outcome = Unknown(text=text, evidence=trace.evidence(None))
    return Resumed(intent, ((yield from trace.settle(outcome)),))


def _cancel(session: Session, intent: Intent, deadline_ns: int, trace: Trace) -> Talk[Outcome]:
    wanted = intent.wanted
    target = _target(session, wanted["order"], wanted.get("symbol", ""), intent)
    return (yield from Cancel(session, target, trace, is_resumed=True).run(deadline_ns))


def _target(session: Session, text: str, symbol: str, intent: Intent) -> Target:
    query = verbs.find(session, text)
    market = session.instrument(symbol).instrument_id if symbol else NO_INSTRUMENT
    is_exact = bool(query.order_id or query.cl_ord_id)
    return Target(text, query, intent.ts_ns, market, is_exact)


def _place(session: Session, intent: Intent, deadline_ns: int, trace: Trace) -> Talk[Outcome]:
    command = command_of(session, read_wish(intent.wanted), intent.ts_ns)
    place = Place(session, command, trace, sent_ns=intent.ts_ns)
    told = intent.last(ABOUT)
    query = place.named() if told is None else _about(session, told)
    return (yield from place.search(query, deadline_ns, "the client ended"))


def _about(session: Session, told: dict[str, Any]) -> GetOrder:
    order_id = OrderId(int(told["order_id"]))
    names = told["cl_ord_id"], told["secondary_cl_ord_id"]
    return GetOrder(session.account_id, order_id, *names)


def _replace(session: Session, intent: Intent, deadline_ns: int, trace: Trace) -> Talk[Outcome]:
    wanted = intent.wanted
    query = verbs.find(session, wanted["order"])
    sight = yield from reading.read_order(session, query, trace)
    if not isinstance(sight, reading.Shown):
        text = "the client ended, and the order is not shown"
        evidence = trace.evidence(None)
        return Unknown(order_id=wanted["order"], text=text, evidence=evidence)
    price, order_qty = wanted["price"], wanted["order_qty"]
    command = replacement(session, sight.report, price, order_qty, intent.ts_ns)
    replacing = Replace(session, command, sight.report, trace)
    return (yield from replacing.settle(deadline_ns, "the client ended", None))


def _swept(session: Session, intent: Intent, deadline_ns: int, trace: Trace) -> Talk[Resumed]:
    # Orders that were placed since were not meant by that cancel.
    gone = intent.orders(GONE)
    talks = [
        Cancel(session, _target(session, text, "", intent), trace, is_resumed=True).run(deadline_ns)
        for text in intent.orders(LISTED)
        if text not in gone
    ]
    outcomes: list[Outcome] = yield Together(tuple(talks))
    proven = all(outcome.is_proven for outcome in outcomes)
    text = "" if proven else "not all of the orders are settled"
    yield from trace.swept(proven, text, [str(outcome) for outcome in outcomes])
    return Resumed(intent, tuple(outcomes))
