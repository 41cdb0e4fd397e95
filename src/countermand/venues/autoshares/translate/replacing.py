"""Replacing: new terms for an order that is open, and what they leave as it is."""

from decimal import Decimal

from msgspec.structs import replace

from countermand.venues.autoshares import tables
from countermand.venues.autoshares.messages import orders
from countermand.venues.autoshares.translate import resolve, validation
from countermand.venues.autoshares.translate.order_reports import client_id
from countermand.venues.autoshares.translate.orders import check_own, path_id
from countermand.venues.autoshares.translate.placing import expire_ns
from countermand.venues.autoshares.translate.remarks import Remarks, parse_remarks, remarks_text
from countermand.vocabulary.commands import ReplaceOrder
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import OrdType, TimeInForce
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reasons import CxlRejReason, CxlRejResponseTo, RejectReason
from countermand.vocabulary.reports import OrderReport
from countermand.wire import numbers
from countermand.wire.context import Context
from countermand.wire.errors import CancelRefused, InvalidField, NotExpressible
from countermand.wire.receipts import Acknowledged

_REPLACE = CxlRejResponseTo.REPLACE


def find_replaced(message: orders.ModifyOrder, ctx: Context) -> GetOrder:
    """Return the question for the order that is to be replaced. Raises as `resolve.order` does."""
    account_id, order_id = resolve.order(message.account_id, message.order_id, ctx)
    if message.id is not None and message.id != order_id:
        raise InvalidField("Id", "invalid Id: is not the order of the path")
    return GetOrder(account_id, order_id)


def replace_from_wire(message: orders.ModifyOrder, ctx: Context) -> ReplaceOrder:
    """
    Return the replacement asked for; `ctx.found` is the order as it stands.

    Raises: InvalidField for a word the venue does not have; CancelRefused for an order that is
            unknown or closed, and for terms no order of its kind can have.
    Source: ETNA manual, "Replace order". The answers to what cannot be replaced are 409; which
            they are beside unknown and closed orders is our proposal.
    """
    found = _open(ctx.found)
    instrument, tif = ctx.directory.instruments[found.instrument_id], _tif(message, found)
    if message.type and validation.type_word(message.type) != _type_of(found):
        raise _refused(found, None)
    if message.legs or message.stop_price:
        raise _refused(found, None)
    remarks, old = _remarks(message, found), parse_remarks(found.terms.text)
    return ReplaceOrder(
        found.account_id,
        found.instrument_id,
        found.order_id,
        "",
        "",
        price_ticks=_price_ticks(message, found, instrument),
        order_qty_lots=_qty_lots(message, found, instrument),
        time_in_force=None if tif is found.terms.time_in_force else tif,
        expire_ns=_until(message, found, tif, remarks, ctx),
        text=None if remarks == old else remarks_text(remarks),
    )


def replace_to_wire(command: ReplaceOrder, ctx: Context) -> orders.ModifyOrder:
    """Return the request for a replacement of price and quantity. Raises NotExpressible."""
    check_own(command.account_id, ctx)
    if command.cl_ord_id or command.new_cl_ord_id:
        raise NotExpressible("a client order id of the exchange")
    others = (command.time_in_force, command.expire_ns, command.exec_inst, command.text)
    if others != (None, None, None, None):
        raise NotExpressible("a replacement of more than price and quantity")
    instrument = ctx.directory.instruments[command.instrument_id]
    price, lots = command.price_ticks, command.order_qty_lots
    return orders.ModifyOrder(
        account_id=str(command.account_id),
        order_id=path_id(command.order_id),
        id=command.order_id,
        price=Decimal(numbers.price_text(instrument, price)) if price else None,
        quantity=Decimal(numbers.qty_text(instrument, lots)) if lots else None,
    )


def replaced_from_wire(message: orders.Order, ctx: Context) -> Acknowledged:
    """Return which order is to be replaced; whether it was, it only tells when it is read."""
    return Acknowledged((OrderId(int(ctx.message.order_id)),))


def _open(found: OrderReport | None) -> OrderReport:
    if found is None:
        raise CancelRefused(CxlRejReason.UNKNOWN_ORDER, None, _REPLACE)
    if not found.is_open:
        raise CancelRefused(CxlRejReason.TOO_LATE_TO_CANCEL, found.ord_status, _REPLACE)
    return found


def _refused(found: OrderReport, reason: RejectReason | None) -> CancelRefused:
    return CancelRefused(CxlRejReason.OTHER, found.ord_status, _REPLACE, reason)


def _type_of(found: OrderReport) -> str:
    return tables.ORD_TYPES.to_wire(found.terms.ord_type)


def _tif(message: orders.ModifyOrder, found: OrderReport) -> TimeInForce | None:
    if not message.time_inforce:
        return None
    word = validation.tif_word(message.time_inforce)
    if word in tables.OTHER_TIMES_IN_FORCE:
        raise _refused(found, RejectReason.INVALID_TIME_IN_FORCE)
    return tables.TIMES_IN_FORCE.from_wire(word)


def _until(
    message: orders.ModifyOrder,
    found: OrderReport,
    given: TimeInForce | None,
    remarks: Remarks,
    ctx: Context,
) -> int | None:
    # None leaves the end as it is, or to the time in force it belongs to.
    tif = found.terms.time_in_force if given is None else given
    rehoused = remarks.hours != parse_remarks(found.terms.text).hours
    if tif is TimeInForce.DAY:
        changes = given is not None or rehoused
    else:
        changes = tif is TimeInForce.GTD and bool(message.expire_date)
    return expire_ns(tif, message.expire_date, remarks.hours, ctx) if changes else None


def _price_ticks(message: orders.ModifyOrder, found: OrderReport, instrument: Instrument) -> int:
    price = resolve.amount("Price", message.price)
    if price is None or found.terms.ord_type is not OrdType.LIMIT:
        return 0
    if price <= 0 or (ticks := resolve.price_ticks(instrument, price)) is None:
        raise _refused(found, RejectReason.PRICE_NOT_POSITIVE)
    return ticks


def _qty_lots(message: orders.ModifyOrder, found: OrderReport, instrument: Instrument) -> int:
    quantity = resolve.amount("Quantity", message.quantity)
    if quantity is None:
        return 0
    if quantity <= 0 or (lots := resolve.qty_lots(instrument, quantity)) is None:
        raise _refused(found, RejectReason.QTY_NOT_POSITIVE)
    return lots


def _remarks(message: orders.ModifyOrder, found: OrderReport) -> Remarks:
    remarks = parse_remarks(found.terms.text)
    if message.client_id and message.client_id != client_id(found):
        names = {"client_id": message.client_id, "orig_client_id": client_id(found)}
        remarks = replace(remarks, **names)
    if message.comment is not None:
        remarks = replace(remarks, comment=message.comment)
    if message.extended_hours is not None:
        remarks = replace(remarks, hours=validation.hours_word(message.extended_hours))
    if message.execution_instructions is not None:
        remarks = replace(remarks, instructions=message.execution_instructions)
    return remarks
