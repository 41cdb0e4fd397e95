"""Replacing: new terms for an order that is open, and what they leave as it is."""

from decimal import Decimal

from msgspec import structs

from countermand.venues.autoshares import annotations, resolve, show, stops, tables, validation
from countermand.venues.autoshares.annotations import Notes
from countermand.venues.autoshares.forms import expire_ns
from countermand.venues.autoshares.messages import orders as m
from countermand.venues.autoshares.settings import Ctx
from countermand.venues.autoshares.states import Pending
from countermand.vocabulary.commands import ReplaceOrder
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import OrdType, TimeInForce, Trigger
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reasons import CxlRejReason, CxlRejResponseTo, RejectReason
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import OrderReport
from countermand.wire import numbers
from countermand.wire.conversation import Op, Serving
from countermand.wire.errors import CancelRefused, InvalidField
from countermand.wire.receipts import Acknowledged, the_order

_REPLACE = CxlRejResponseTo.REPLACE


def serve_replace(message: m.ModifyOrder, ctx: Ctx) -> Serving[m.Order]:
    """Return an order with its new terms, before they are known to hold. Raises as `_replaced`."""
    report = yield from _replaced(message, ctx)
    return show.show_order(report, ctx, Pending.REPLACE)


def serve_replace_sync(message: m.ModifyOrder, ctx: Ctx) -> Serving[m.Order]:
    """Return a replaced order after the market has had its say. Raises as `_replaced` does."""
    report = yield from _replaced(message, ctx)
    return (yield from show.with_last_fill(report, ctx))


def ask_replace(command: ReplaceOrder, ctx: Ctx) -> m.ModifyOrder:
    """Return the request for a replacement of price and quantity."""
    market = ctx.directory.instruments[command.instrument_id]
    price, lots = command.price_ticks, command.order_qty_lots
    return m.ModifyOrder(
        account_id=str(command.account_id), order_id=str(command.order_id), id=command.order_id,
        price=Decimal(numbers.price_text(market, price)) if price else None,
        quantity=Decimal(numbers.qty_text(market, lots)) if lots else None,
        **stops.changing(command.trigger, market),
    )  # fmt: skip


def read_replace(reply: m.Order, message: m.ModifyOrder, ctx: Ctx) -> Acknowledged:
    """Return which order is to be replaced; whether it was, it only tells when it is read."""
    return Acknowledged((OrderId(int(message.order_id)),))


REPLACE = Op(m.ModifyOrder, m.Order, serve_replace, ask_replace, read_replace)
REPLACE_SYNC = Op(m.ModifyOrder, m.Order, serve_replace_sync)


def _replaced(message: m.ModifyOrder, ctx: Ctx) -> Serving[OrderReport]:
    """
    Replace an order. Return it with its new terms.

    Raises: InvalidField for a word the venue does not have; CancelRefused for an order that is
            unknown or closed, and for terms no order of its kind can have; else as `resolve.order`
            does.
    Source: ETNA manual, "Replace order". The answers to what cannot be replaced are 409; which
            they are beside unknown and closed orders is our proposal.
    """
    account_id, order_id = resolve.order(message.account_id, message.order_id, ctx)
    if message.id is not None and message.id != order_id:
        raise InvalidField("Id", "invalid Id: is not the order of the path")
    found: OrderReport | None = yield GetOrder(account_id, order_id)
    if found is None:
        raise CancelRefused(CxlRejReason.UNKNOWN_ORDER, None, _REPLACE)
    if not found.is_open:
        raise CancelRefused(CxlRejReason.TOO_LATE_TO_CANCEL, found.ord_status, _REPLACE)
    receipt: Receipt = yield _command(message, found, ctx)
    return the_order(receipt)


def _command(message: m.ModifyOrder, found: OrderReport, ctx: Ctx) -> ReplaceOrder:
    market, tif = ctx.directory.instruments[found.instrument_id], _tif(message, found)
    if _is_another(message, found, market) or message.legs:
        raise _refused(found, None)
    old = annotations.read(found.terms.text)
    notes = _notes(message, found, old)
    return ReplaceOrder(
        found.account_id, found.instrument_id, found.order_id, cl_ord_id="", new_cl_ord_id="",
        price_ticks=_price_ticks(message, found, market),
        order_qty_lots=_qty_lots(message, found, market),
        time_in_force=None if tif is found.terms.time_in_force else tif,
        expire_ns=_expire_ns(message, found, tif, notes, ctx),
        text=None if notes == old else annotations.write(notes),
        trigger=_trigger(message, found, market),
    )  # fmt: skip


def _is_another(message: m.ModifyOrder, found: OrderReport, market: Instrument) -> bool:
    # Clients send the form they placed the order with: equal fields change nothing.
    kinds, side = (
        (show.type_word(found), stops.asked_word(found.terms)),
        show.side_word(found.terms),
    )
    return (
        resolve.word("Type", message.type or kinds[0], tables.TYPE_WORDS) not in kinds
        or resolve.word("Side", message.side or side, tables.SIDE_WORDS) != side
        or (message.symbol or market.symbol).upper() != market.symbol.upper()
    )


def _refused(found: OrderReport, reason: RejectReason | None) -> CancelRefused:
    return CancelRefused(CxlRejReason.OTHER, found.ord_status, _REPLACE, reason)


def _tif(message: m.ModifyOrder, found: OrderReport) -> TimeInForce | None:
    if not message.time_inforce:
        return None
    word = resolve.word("TimeInForce", message.time_inforce, tables.TIF_WORDS)
    if word in tables.OTHER_TIMES_IN_FORCE:
        raise _refused(found, RejectReason.INVALID_TIME_IN_FORCE)
    return tables.TIMES_IN_FORCE.from_wire(word)


def _expire_ns(
    message: m.ModifyOrder, found: OrderReport, given: TimeInForce | None, notes: Notes, ctx: Ctx
) -> int | None:
    # None leaves the end as it is, or to the time in force it belongs to.
    tif = found.terms.time_in_force if given is None else given
    if tif is TimeInForce.DAY:
        changes = given is not None or notes.hours != annotations.read(found.terms.text).hours
    else:
        changes = tif is TimeInForce.GTD and bool(message.expire_date)
    return expire_ns(tif, message.expire_date, notes.hours, ctx) if changes else None


def _price_ticks(message: m.ModifyOrder, found: OrderReport, market: Instrument) -> int:
    price, terms = resolve.amount("Price", message.price), found.terms
    if price is None or terms.ord_type is not OrdType.LIMIT:
        return 0
    if stops.limit_follows(terms) and price in (0, show.price(terms, market)):
        return 0
    if not (ticks := resolve.steps(numbers.price_ticks, market, price)):
        raise _refused(found, RejectReason.PRICE_NOT_POSITIVE)
    return ticks


def _trigger(message: m.ModifyOrder, found: OrderReport, market: Instrument) -> Trigger | None:
    for name in stops.AMOUNTS:
        resolve.amount(name.title().replace("_", ""), getattr(message, name))
    validation.check_amount_types(message)
    try:
        return stops.of_change(message, found.terms, market)
    except stops.NoSuchStop:
        raise _refused(found, RejectReason.INVALID_TRIGGER) from None


def _qty_lots(message: m.ModifyOrder, found: OrderReport, market: Instrument) -> int:
    quantity = resolve.amount("Quantity", message.quantity)
    if not (lots := resolve.steps(numbers.qty_lots, market, quantity)) and quantity is not None:
        raise _refused(found, RejectReason.QTY_NOT_POSITIVE)
    return lots


def _notes(message: m.ModifyOrder, found: OrderReport, old: Notes) -> Notes:
    hours, called = message.extended_hours, show.client_id(found)
    renamed = message.client_id and message.client_id != called
    changes = {
        "client_id": message.client_id if renamed else None,
        "orig_client_id": called if renamed else None,
        "comment": message.comment,
        "hours": None if hours is None else validation.hours_word(hours),
        "instructions": message.execution_instructions,
    }
    given = {name: value for name, value in changes.items() if value is not None}
    return structs.replace(old, **given)
