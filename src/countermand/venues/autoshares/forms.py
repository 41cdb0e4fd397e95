"""
Forms: the venue's order form to the order it asks for, or to one that is recorded as rejected.

Source: ETNA manual, "Place order".
"""

from decimal import Decimal

from msgspec.structs import replace

from countermand.venues.autoshares import annotations, dates, resolve, show, stops, tables
from countermand.venues.autoshares.annotations import Notes
from countermand.venues.autoshares.messages import orders as m
from countermand.venues.autoshares.settings import Ctx
from countermand.venues.autoshares.validation import Words
from countermand.vocabulary.commands import NewOrder, RecordRejected
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import (
    ExecInst,
    OrderTerms,
    OrdType,
    SelfTradePrevention,
    TimeInForce,
)
from countermand.vocabulary.reasons import RejectReason
from countermand.wire import numbers

_ZERO = Decimal(0)
_AMOUNTS = (
    "quantity", "price", "stop_price", "trailing_stop_amount", "trailing_limit_amount",
)  # fmt: skip


def check_amounts(form: m.CreateOrder | m.Leg) -> None:
    """Raise InvalidField for a number of a form that no amount could be."""
    for name in _AMOUNTS:
        resolve.amount(name.title().replace("_", ""), getattr(form, name, None))


def order(
    form: m.CreateOrder, said: Words, account_id: AccountId, market: Instrument, ctx: Ctx
) -> NewOrder:
    """Return the order that a form without a fault asks for. Raises InvalidField for an expiry."""
    terms = _in_market(form, said, market, ctx)
    return NewOrder(account_id, market.instrument_id, "", terms, keep_rejected=True)


def rejected(form: m.CreateOrder, said: Words, account_id: AccountId, code: str) -> RecordRejected:
    """
    Return the record of a form that is refused with a code, none for an unknown symbol.

    It is without a market: the symbol may be unknown, or the values may be off its grid.
    """
    faulty = replace(_terms(said), text=annotations.write(_as_sent(form, said, code)))
    return RecordRejected(account_id, faulty, RejectReason.UNKNOWN_INSTRUMENT)


def _terms(said: Words) -> OrderTerms:
    side, effect = tables.SIDES.from_wire(said.side)
    kind = stops.kind_of(said.type)
    return OrderTerms(
        side, kind.ord_type if kind else OrdType.LIMIT, TimeInForce.DAY, 0,
        exec_inst=int(said.exec_inst == show.ALL_OR_NONE and ExecInst.ALL_OR_NONE),
        stp=SelfTradePrevention.REJECT, position_effect=effect,
    )  # fmt: skip


def _in_market(form: m.CreateOrder, said: Words, market: Instrument, ctx: Ctx) -> OrderTerms:
    terms, notes = _terms(said), _notes(form, said)
    tif = tables.TIMES_IN_FORCE.from_wire(said.tif)
    if said.type == "Market" and tif in (TimeInForce.DAY, TimeInForce.GTC):
        # A market order never rests, so its time in force makes no difference.
        tif, notes = TimeInForce.IOC, replace(notes, tif=said.tif)
    limit = form.price if said.type in ("Limit", "StopLimit") else None
    return replace(
        terms, time_in_force=tif, text=annotations.write(notes),
        order_qty_lots=resolve.steps(numbers.qty_lots, market, form.quantity),
        price_ticks=resolve.steps(numbers.price_ticks, market, limit),
        expire_ns=expire_ns(tif, form.expire_date, said.hours, ctx),
        trigger=stops.of_form(form, said.type, terms.side, market),
    )  # fmt: skip


def _as_sent(form: m.CreateOrder, said: Words, code: str) -> Notes:
    return replace(
        _notes(form, said), fault=code, symbol=form.symbol or "", type=said.type, tif=said.tif,
        quantity=form.quantity or _ZERO, price=form.price or _ZERO,
        stop_price=form.stop_price or _ZERO, expire_date=_expiry(form),
        exec_inst=said.exec_inst, legs=form.legs or [],
        trailing_stop_amount_type=form.trailing_stop_amount_type or "",
        trailing_stop_amount=form.trailing_stop_amount or _ZERO,
        trailing_limit_amount_type=form.trailing_limit_amount_type or "",
        trailing_limit_amount=form.trailing_limit_amount or _ZERO,
    )  # fmt: skip


def _expiry(form: m.CreateOrder) -> str:
    # In the venue's own zone, from any zone it was sent in.
    if not form.expire_date:
        return ""
    return dates.date_text(resolve.instant("ExpireDate", form.expire_date))


def _notes(form: m.CreateOrder, said: Words) -> Notes:
    return Notes(
        client_id=form.client_id or "", comment=form.comment or "", exchange=form.exchange or "",
        hours=said.hours, instructions=form.execution_instructions or {},
    )  # fmt: skip


def expire_ns(tif: TimeInForce, expire_date: str | None, hours: str, ctx: Ctx) -> int:
    """Return when the exchange ends an order that comes now. Raises InvalidField."""
    if tif is TimeInForce.DAY:
        return dates.day_end_ns(hours, ctx.now_ns, ctx)
    if tif is TimeInForce.GTD and expire_date:
        return resolve.instant("ExpireDate", expire_date)
    return 0
