"""Telling: an entry of a journal and what came of it, as lines for people or as one value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from countermand.cli.people import Names, utc
from countermand.engine.outcomes import Outcome
from countermand.vocabulary import events as e
from countermand.vocabulary.commands import (
    ListInstrument,
    NewOrder,
    RecordRejected,
    ReplaceList,
    StageOrder,
)
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.occurrence import OrderEvent
from countermand.vocabulary.order import OrderTerms, OrdType, Standing
from countermand.vocabulary.reports import OrderReport
from countermand.wire import numbers

# Events that only say that the command was carried out.
_PLAIN = (
    e.AssetRegistered,
    e.InstrumentListed,
    e.TradingStateChanged,
    e.ReferencePriceChanged,
    e.AccountOpened,
    e.AccountConfigured,
    e.FundsDeposited,
    e.FundsWithdrawn,
    e.InstrumentSettled,
    e.TimeAdvanced,
)

# Where an order stands that did nothing but come in.
_STANDS = {
    Standing.RESTING: ", rests",
    Standing.WAITING: ", waits beside the book",
    Standing.HELD: ", held back by its list",
    Standing.ARMED: ", sleeps until its trigger is met",
}

_WORD_BEGINS = re.compile(r"(?<!^)(?=[A-Z])")

Line = Callable[[Any, Names], str]


def value(outcome: Outcome, names: Names) -> dict[str, Any]:
    """
    Return an entry as one value, for programs.

    Shape:  `seq`, `ts_ns`, `time`, `command` (its kind), `venue`, the command's own fields as
            `Names.told` has them; `events`, each with its kind as `event`, or None and `why`.
    """
    entry = outcome.entry
    told = {
        "seq": entry.seq,
        "ts_ns": entry.ts_ns,
        "time": utc(entry.ts_ns),
        "command": type(entry.command).__name__,
        "venue": names.venue_of(entry.command),
        **names.told(entry.command),
    }
    if outcome.events is None:
        return told | {"events": None, "why": outcome.why}
    return told | {
        "events": [{"event": type(one).__name__, **names.told(one)} for one in outcome.events]
    }


def lines(outcome: Outcome, names: Names) -> Iterator[str]:
    """Yield a line that says what was asked, by whom and when, and one for each thing it led to."""
    entry, command = outcome.entry, outcome.entry.command
    order = command.order if isinstance(command, StageOrder) else command
    account_id = getattr(order, "account_id", 0)
    who = names.account(AccountId(account_id)) if account_id else ""
    if isinstance(order, NewOrder | RecordRejected):
        asked = _asked(order, names)
    elif isinstance(command, ListInstrument):
        asked = _fields(names.told(command.instrument), {"instrument", "venue"})
    elif isinstance(command, ReplaceList):
        told = [_fields(names.told(one), {"account", "policy"}) for one in command.orders]
        asked = "; ".join(told)
    else:
        asked = _fields(names.told(command), {"account", "venue"})
    kind = type(command).__name__
    words = (names.venue_of(order), who, kind, asked)
    yield " ".join([str(entry.seq), utc(entry.ts_ns), *filter(None, words)])
    if outcome.events is None:
        yield f"    what came of it is not known: {outcome.why}"
        return
    for event in outcome.events:
        stands = ""
        if isinstance(event, e.OrderAccepted) and len(outcome.events) == 1:
            stands = _STANDS.get(event.order.standing, "")
        yield f"    {_line(event, names)}{stands}"


def _line(event: Any, names: Names) -> str:
    tell = _LINES.get(type(event))
    if tell is not None:
        return tell(event, names)
    words = _WORD_BEGINS.sub(" ", type(event).__name__).lower()
    if isinstance(event, _PLAIN):
        return words
    if isinstance(event, OrderEvent):
        words = f"{words}: {_order(event.order, names)}"
    return f"{words} {_fields(names.told(event), {'order'})}".rstrip()


def _asked(order: NewOrder | RecordRejected, names: Names) -> str:
    words = _terms(order.terms, order.instrument_id, names)
    named = getattr(order, "cl_ord_id", "")
    return f"{words} cl_ord_id={named}" if named else words


def _terms(terms: OrderTerms, instrument_id: Any, names: Names) -> str:
    """Return what is asked for with an order: BUY 0.01 ETH-PERP LIMIT at 2700 GTC."""
    instrument = names.instruments.get(instrument_id)
    if instrument is None:
        return _fields(names.told(terms))
    told = names.told(terms, instrument)
    if terms.cash is not None:
        size = f"{_plain(told['cash']['amount'])} worth of"
    else:
        size = numbers.qty_text(instrument, terms.order_qty_lots)
    words = [told["side"], size, instrument.symbol, told["ord_type"]]
    if terms.price_ticks:
        # A market order's price is the worst it may trade at.
        sign = "within" if terms.ord_type is OrdType.MARKET else "at"
        words.append(f"{sign} {told['price']}")
    words += [told["time_in_force"], *told.get("exec_inst", ())]
    said = {"side", "order_qty", "cash", "ord_type", "price", "time_in_force", "exec_inst"}
    return " ".join([*words, _fields(told, said)]).rstrip()


def _accepted(event: e.OrderAccepted, names: Names) -> str:
    return f"accepted as {_order(event.order, names)}"


def _staged(event: e.OrderStaged, names: Names) -> str:
    return f"written down as {_order(event.order, names)}"


def _rested(event: e.OrderRested, names: Names) -> str:
    where = "waits beside the book" if event.order.standing is Standing.WAITING else "rests"
    return f"{where} with {_qty(event.order, event.order.leaves_qty_lots, names)} left"


def _traded(event: e.Traded, names: Names) -> str:
    told = names.told(event)
    sides = []
    for role, order in (("taker", event.taker), ("maker", event.maker)):
        fee = f", fee {_plain(told[f'{role}_fee'])}" if f"{role}_fee" in told else ""
        left = f"{_qty(order, order.leaves_qty_lots, names)} left"
        who = names.account(order.account_id)
        sides.append(f"{role} {_order(order, names)} of {who}, {left}{fee}")
    return f"traded {told['qty']} at {told['price']}: {'; '.join(sides)}"


def _canceled(event: e.OrderCanceled, names: Names) -> str:
    reason = event.order.cancel_reason.name.lower().replace("_", " ")
    return f"canceled ({reason}): {_filled(event.order, names)}"


def _expired(event: e.OrderExpired, names: Names) -> str:
    return f"expired: {_filled(event.order, names)}"


def _rejected(event: e.OrderRejected | e.InstructionRejected, names: Names) -> str:
    return f"refused: {event.reason.sentence}"


def _cancel_rejected(event: e.CancelRejected, names: Names) -> str:
    reason = event.cxl_rej_reason.name.lower().replace("_", " ")
    if event.reject_reason is not None:
        reason = event.reject_reason.sentence
    if event.ord_status is None:
        return f"refused: {reason}"
    status = event.ord_status.name.lower().replace("_", " ")
    which = _order(event.order, names) if event.order else f"order {event.order_id}"
    return f"refused: {reason}; {which} is {status}"


def _replaced(event: e.OrderReplaced, names: Names) -> str:
    terms = _terms(event.order.terms, event.order.instrument_id, names)
    place = "keeps its place" if event.keeps_priority else "goes behind the others"
    return f"replaced: {_order(event.order, names)} is {terms} now and {place}"


def _restated(event: e.OrderRestated, names: Names) -> str:
    terms = _terms(event.order.terms, event.order.instrument_id, names)
    return f"restated: {_order(event.order, names)} is {terms} now"


def _mass_canceled(event: e.MassCanceled, names: Names) -> str:
    return f"orders canceled: {event.total_affected_orders}"


_LINES: dict[type, Line] = {
    e.OrderAccepted: _accepted,
    e.OrderStaged: _staged,
    e.OrderRested: _rested,
    e.Traded: _traded,
    e.OrderCanceled: _canceled,
    e.OrderExpired: _expired,
    e.OrderRejected: _rejected,
    e.InstructionRejected: _rejected,
    e.CancelRejected: _cancel_rejected,
    e.OrderReplaced: _replaced,
    e.OrderRestated: _restated,
    e.MassCanceled: _mass_canceled,
}


def _order(order: OrderReport, names: Names) -> str:
    text = names.order_text(order)
    return f"order {order.order_id}" + ("" if text in ("", str(order.order_id)) else f" ({text})")


def _filled(order: OrderReport, names: Names) -> str:
    filled = _qty(order, order.cum_qty_lots, names)
    of = _qty(order, order.terms.order_qty_lots, names)
    return f"{_order(order, names)}, filled {filled} of {of}"


def _qty(order: OrderReport, lots: int, names: Names) -> str:
    instrument = names.instruments.get(order.instrument_id)
    return numbers.qty_text(instrument, lots) if instrument else str(lots)


def _fields(told: dict[str, Any], but: set[str] | frozenset[str] = frozenset()) -> str:
    return " ".join(f"{name}={_plain(field)}" for name, field in told.items() if name not in but)


def _plain(field: Any) -> str:
    if isinstance(field, dict) and field.keys() == {"amount", "asset"}:
        return f"{field['amount']} {field['asset']}"
    is_word = isinstance(field, str) and field.isprintable() and field and " " not in field
    return str(field) if is_word else msgspec.json.encode(field).decode()
