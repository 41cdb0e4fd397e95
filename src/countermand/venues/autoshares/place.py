"""Placing: the venue's order form to `NewOrder`, and back."""

from decimal import Decimal

from msgspec.structs import replace

from countermand.venues.autoshares import (
    annotations,
    dates,
    resolve,
    show,
    stops,
    tables,
    validation,
)
from countermand.venues.autoshares.annotations import Notes
from countermand.venues.autoshares.messages import orders as m
from countermand.venues.autoshares.settings import Ctx
from countermand.venues.autoshares.states import Pending
from countermand.venues.autoshares.validation import Words
from countermand.vocabulary.commands import NewOrder, RecordRejected
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import (
    ExecInst,
    OrderTerms,
    OrdType,
    SelfTradePrevention,
    TimeInForce,
)
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.receipt import Receipt
from countermand.wire import numbers
from countermand.wire.conversation import Op, Serving
from countermand.wire.receipts import Acknowledged

_ZERO = Decimal(0)
_AMOUNTS = (
    "quantity", "price", "stop_price", "trailing_stop_amount", "trailing_limit_amount",
)  # fmt: skip


def serve_place(message: m.CreateOrder, ctx: Ctx) -> Serving[m.Order]:
    """Return a new order as it is before it has been looked at. Raises as `parse_order` does."""
    receipt: Receipt = yield parse_order(message, ctx)
    return show.show_order(receipt.orders[0], ctx, Pending.NEW)


def serve_place_sync(message: m.CreateOrder, ctx: Ctx) -> Serving[m.Order]:
    """Return a new order after the market has had its say, refused or not."""
    receipt: Receipt = yield parse_order(message, ctx)
    return (yield from show.with_last_fill(receipt.orders[0], ctx))


def ask_place(command: NewOrder, ctx: Ctx) -> m.CreateOrder:
    """Return the form of an order."""
    market, terms = ctx.directory.instruments[command.instrument_id], command.terms
    notes = annotations.read(terms.text)
    limit = Decimal(numbers.price_text(market, terms.price_ticks))
    whole = bool(terms.exec_inst & ExecInst.ALL_OR_NONE)
    expires = terms.time_in_force is TimeInForce.GTD
    return m.CreateOrder(
        account_id=str(command.account_id), symbol=market.symbol,
        type=stops.asked_word(terms),
        side=show.side_word(terms),
        quantity=Decimal(numbers.qty_text(market, terms.order_qty_lots)),
        price=limit if terms.ord_type is OrdType.LIMIT and terms.price_ticks else None,
        time_inforce=show.tif_word(terms),
        expire_date=dates.date_text(terms.expire_ns) if expires else None,
        exec_inst=show.ALL_OR_NONE if whole else None, extended_hours=notes.hours or None,
        client_id=notes.client_id or None, comment=notes.comment or None,
        exchange=notes.exchange or None, execution_instructions=notes.instructions or None,
        **stops.asked(terms, market),
    )  # fmt: skip


def read_place(reply: m.Order, message: m.CreateOrder, ctx: Ctx) -> Acknowledged:
    """Return which order was taken; what becomes of it, it only tells when it is read."""
    return Acknowledged((OrderId(reply.id),))


PLACE = Op(m.CreateOrder, m.Order, serve_place, ask_place, read_place)
PLACE_SYNC = Op(m.CreateOrder, m.Order, serve_place_sync)


def parse_order(message: m.CreateOrder, ctx: Ctx) -> NewOrder | RecordRejected:
    """
    Return the order asked for. What the validators or the exchange refuse is kept as rejected.

    Raises: InvalidField and Unauthorized for the account; MissingField, InvalidField for what
            cannot be read as an order at all.
    Source: ETNA manual, "Place order".
    """
    account_id = resolve.account(message.account_id, ctx)
    said = validation.words(message)
    for form in (message, *(message.legs or ())):
        for name in _AMOUNTS:
            resolve.amount(name.title().replace("_", ""), getattr(form, name, None))
    market = resolve.find(message.symbol or "", ctx)
    code = validation.fault(message, said, market, ctx.settings)
    if market is None or code:
        # Recorded without a market: the symbol may be unknown, or the values may be off its grid.
        faulty = replace(_terms(said), text=annotations.write(_as_sent(message, said, code)))
        return RecordRejected(account_id, faulty, RejectReason.UNKNOWN_INSTRUMENT)
    terms = _in_market(message, said, market, ctx)
    return NewOrder(account_id, market.instrument_id, "", terms, keep_rejected=True)


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
        # A market order trades with what is there; how long it is for makes no difference to it.
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
    # As the venue spells a date, whichever zone it was sent in.
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
