"""Orders as the venue shows them: `OrderReport` to the order object, and back."""

from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from countermand.venues.autoshares import ids, tables
from countermand.venues.autoshares.about import about
from countermand.venues.autoshares.errors import ORDER_NOT_FOUND
from countermand.venues.autoshares.messages import orders
from countermand.venues.autoshares.messages.orders import NO_DATE, NO_ID
from countermand.venues.autoshares.translate import dates, shown
from countermand.venues.autoshares.translate.placing import side_word
from countermand.venues.autoshares.translate.remarks import Remarks, parse_remarks, remarks_text
from countermand.venues.autoshares.translate.shown import Pending
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import (
    ExecInst,
    OrderTerms,
    OrdStatus,
    OrdType,
    SelfTradePrevention,
    TimeInForce,
)
from countermand.vocabulary.queries import ListFills
from countermand.vocabulary.reasons import CancelReason, RejectReason
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import Fill, OrderPage, OrderReport
from countermand.wire import numbers
from countermand.wire.context import Context
from countermand.wire.errors import Malformed, NotFound
from countermand.wire.receipts import accepted

_ZERO = Decimal(0)
_ALL_OR_NONE = "AllOrNone"
# The flag's value in FIX, whose ExecInst (18) it is the bit of here.
_ALL_OR_NONE_NUM = int(ExecInst.ALL_OR_NONE)
VENUE_NAME = "Auto"

# What every order says that has not traded, and those of one leg without stops always.
_SAME: dict[str, Any] = {
    "executed_quantity": _ZERO,
    "last_price": _ZERO,
    "last_quantity": _ZERO,
    "leaves_quantity": _ZERO,
    "average_price": _ZERO,
    "sett_date": NO_DATE,
    "parent_id": NO_ID,
    "legs": [],
    "trailing_stop_amount_type": "Absolute",
    "trailing_stop_amount": 0,
    "trailing_limit_amount_type": "Absolute",
    "trailing_limit_amount": 0,
    "is_external": False,
    "validations_to_bypass": 0,
    "parent_request_id": 0,
    "settlement_date": NO_DATE,
}


def find_last_fills(
    result: Receipt | OrderReport | OrderPage | tuple[OrderReport, ...] | None, ctx: Context
) -> tuple[ListFills, ...]:
    """Return the questions for the last fill of every order of an answer that has traded."""
    match result:
        case None:
            reports: tuple[OrderReport, ...] = ()
        case OrderReport():
            reports = (result,)
        case tuple():
            reports = result
        case _:
            reports = result.orders
    return tuple(
        ListFills((report.account_id,), report.order_id, limit=1)
        for report in reports
        if report.cum_qty_lots
    )


def last_fills(ctx: Context) -> dict[OrderId, Fill]:
    """Return the last fills that were asked for, by order."""
    return {fill.order_id: fill for fills in ctx.found or () for fill in fills}


def order_to_wire(
    report: OrderReport, ctx: Context, waits_for: Pending | None = None, last: Fill | None = None
) -> orders.Order:
    """
    Return the order object, in the state it waits in if it is to be shown so.

    Units:  the average price is rounded half to even, twelve digits beyond the tick.
    Source: ETNA manual, "Place order", "Get order" (samples); the swagger file, `OrderResource`.
    """
    waits_for = waits_for or shown.pending(report, ctx)
    state, remarks = shown.shown(report, waits_for), parse_remarks(report.terms.text)
    instrument = ctx.directory.instruments.get(report.instrument_id)
    changed, created = dates.date_to_wire(report.transact_ns), dates.date_to_wire(report.submit_ns)
    ord_type = remarks.type or tables.ORD_TYPES.to_wire(report.terms.ord_type)
    whole = bool(report.terms.exec_inst & ExecInst.ALL_OR_NONE)
    tif = report.terms.time_in_force
    order = orders.Order(
        id=report.order_id,
        security_id=0,
        symbol=remarks.symbol,
        quantity=remarks.quantity,
        price=remarks.price,
        stop_price=remarks.stop_price,
        client_id=client_id(report),
        orig_client_id=remarks.orig_client_id,
        side=side_word(report.terms.side, report.terms.position_effect),
        date=changed,
        transaction_date=changed,
        status=state.status,
        execution_status=state.execution_status,
        type=ord_type,
        request_status=state.request_status,
        target=state.target,
        time_in_force=remarks.tif or tables.TIMES_IN_FORCE.to_wire(tif),
        exec_inst=_ALL_OR_NONE if whole else "None",
        exec_inst_num=_ALL_OR_NONE_NUM if whole else 0,
        expire_date=expire_date(report, remarks, ctx),
        description="" if waits_for else description(report),
        comment=remarks.comment,
        exchange=remarks.exchange,
        execution_venue="" if waits_for is Pending.NEW else VENUE_NAME,
        account_id=report.account_id,
        user_id=_user_id(report.account_id, ctx),
        request_id=report.order_id,
        state_id=0 if waits_for is Pending.NEW else report.order_id,
        create_date=created,
        initial_type=ord_type,
        extended_hours=remarks.hours,
        execution_instructions=remarks.instructions,
        trans_type="Cancel" if state.status == "Canceled" else "New",
        **_SAME,
    )
    known = instrument or ctx.directory.instrument_by_symbol(remarks.symbol)
    if known is not None:
        order = _of_security(order, known, ctx)
    if instrument is not None:
        order = _with_amounts(order, report, instrument, waits_for)
    if last is None or instrument is None or waits_for is Pending.NEW:
        return order
    return replace(
        order,
        last_price=Decimal(numbers.price_text(instrument, last.last_px_ticks)),
        last_quantity=Decimal(numbers.qty_text(instrument, last.last_qty_lots)),
        exec_id=str(last.match_id),
        counter_party_order_id=str(last.match_id),
    )


def order_from_wire(message: orders.Order, ctx: Context) -> OrderReport:
    """
    Return the report an order object makes; what it was charged is not told.

    Raises: Malformed when it names a security nobody knows.
    """
    instrument = ctx.directory.instrument_by_symbol(message.symbol)
    if instrument is None:
        raise Malformed("order names what is not known here")
    side, effect = tables.SIDES.from_wire(message.side)
    ord_type, remarks = tables.ORD_TYPES.from_wire(message.type), _remarks(message)
    tif = tables.TIMES_IN_FORCE.from_wire(message.time_in_force)
    if ord_type is OrdType.MARKET and tif is TimeInForce.DAY:
        tif, remarks = TimeInForce.IOC, replace(remarks, tif=message.time_in_force)
    status = shown.status_from_wire(message.status)
    lots, cum, leaves = (
        numbers.qty_lots(instrument, value)
        for value in (message.quantity, message.executed_quantity, message.leaves_quantity)
    )
    return OrderReport(
        OrderId(message.id),
        AccountId(message.account_id),
        instrument.instrument_id,
        "",
        OrderTerms(
            side,
            ord_type,
            tif,
            lots,
            price_ticks=numbers.price_ticks(instrument, message.price),
            expire_ns=0 if remarks.tif else dates.expiry_from_wire(tif, message.expire_date, ctx),
            exec_inst=int(
                ExecInst.ALL_OR_NONE if message.exec_inst == _ALL_OR_NONE else ExecInst.NONE
            ),
            stp=SelfTradePrevention.REJECT,
            position_effect=effect,
            text=remarks_text(remarks),
        ),
        status.standing,
        ord_status=status,
        exec_type=shown.EXEC_TYPES[message.target],
        leaves_qty_lots=leaves,
        cum_qty_lots=cum,
        cum_notional_minor=numbers.cum_notional_minor_nearest(
            instrument, message.average_price, cum
        ),
        submit_ns=dates.date_from_wire(message.create_date),
        transact_ns=dates.date_from_wire(message.date),
        cancel_reason=_cancel_reason(message, status),
        reject_reason=_reject_reason(message, status),
    )


def placed_to_wire(receipt: Receipt, ctx: Context) -> orders.Order:
    """Return a new order as it is answered before anybody has looked at it."""
    return order_to_wire(receipt.orders[0], ctx, Pending.NEW)


def settled_to_wire(receipt: Receipt, ctx: Context) -> orders.Order:
    """Return a new order after the market has had its say, refused or not."""
    report = receipt.orders[0]
    return order_to_wire(report, ctx, last=last_fills(ctx).get(report.order_id))


def replaced_to_wire(receipt: Receipt, ctx: Context) -> orders.Order:
    """Return an order with its new terms, before they are known to hold. Raises CancelRefused."""
    return order_to_wire(accepted(receipt).orders[0], ctx, Pending.REPLACE)


def settled_replace_to_wire(receipt: Receipt, ctx: Context) -> orders.Order:
    """Return a replaced order after the market has had its say. Raises CancelRefused."""
    return settled_to_wire(accepted(receipt), ctx)


def found_to_wire(report: OrderReport | None, ctx: Context) -> orders.Order:
    """Return the order that was asked for. Raises NotFound when there is none."""
    if report is None:
        raise NotFound(ORDER_NOT_FOUND)
    return order_to_wire(report, ctx, last=last_fills(ctx).get(report.order_id))


def client_id(report: OrderReport) -> str:
    """Return what an order is called by its owner, or else by the venue."""
    return parse_remarks(report.terms.text).client_id or ids.client_id(report.order_id)


def description(report: OrderReport) -> str:
    """Return what is said of why an order ended."""
    if report.ord_status is OrdStatus.REJECTED:
        return reject_code(report)
    if report.ord_status not in (OrdStatus.CANCELED, OrdStatus.EXPIRED):
        return ""
    mass = report.cancel_reason is CancelReason.MASS_CANCEL
    return tables.DESCRIPTIONS.to_wire(tables.MASS_CANCEL_AS if mass else report.cancel_reason)


def reject_code(report: OrderReport) -> str:
    """Return the code of why an order was rejected."""
    side = side_word(report.terms.side, report.terms.position_effect)
    return parse_remarks(report.terms.text).fault or code_of(report.reject_reason, side)


def code_of(reason: RejectReason | None, side: str) -> str:
    """Return the code of a refusal of the exchange, for an order on this side."""
    if reason is None:
        return tables.OTHER_CODE
    plain = tables.REJECT_CODES.get(reason, tables.OTHER_CODE)
    return tables.SIDE_CODES.get((reason, side), plain)


def _of_security(order: orders.Order, known: Instrument, ctx: Context) -> orders.Order:
    said = about(ctx.settings, known.symbol)
    return replace(
        order,
        security_id=known.instrument_id,
        symbol=known.symbol,
        currency=ctx.directory.assets[known.quote_asset_id].symbol,
        name=known.symbol,
        security_type=said.type,
    )


def _with_amounts(
    order: orders.Order, report: OrderReport, instrument: Instrument, waits_for: Pending | None
) -> orders.Order:
    # What a market order was bound to is not a price its owner gave.
    limit = report.terms.price_ticks if report.terms.ord_type is OrdType.LIMIT else 0
    quantity = Decimal(numbers.qty_text(instrument, report.terms.order_qty_lots))
    terms = {"quantity": quantity, "price": Decimal(numbers.price_text(instrument, limit))}
    if waits_for is Pending.NEW:
        return replace(order, **terms)
    cum, notional = report.cum_qty_lots, report.cum_notional_minor
    leaves = report.terms.order_qty_lots - cum if waits_for else report.leaves_qty_lots
    average = numbers.avg_px_text_half_even(instrument, notional, cum)
    return replace(
        order,
        **terms,
        executed_quantity=Decimal(numbers.qty_text(instrument, cum)),
        leaves_quantity=Decimal(numbers.qty_text(instrument, leaves)),
        average_price=Decimal(average),
    )


def expire_date(report: OrderReport, remarks: Remarks, ctx: Context) -> str:
    """Return when an order ends as its owner sees it, "no date" for one that does not."""
    if remarks.tif == "Day" and not report.terms.expire_ns:
        expire_ns = dates.day_end_ns(remarks.hours, report.submit_ns, ctx)
        return dates.expiry_to_wire(TimeInForce.DAY, expire_ns, ctx)
    return dates.expiry_to_wire(report.terms.time_in_force, report.terms.expire_ns, ctx)


def _user_id(account_id: AccountId, ctx: Context) -> int:
    known = ctx.directory.accounts.get(account_id)
    return 0 if known is None else ids.user_id(known.owner, ctx.directory)


def _remarks(message: orders.Order) -> Remarks:
    own = message.client_id != ids.client_id(OrderId(message.id))
    return Remarks(
        client_id=message.client_id if own else "",
        orig_client_id=message.orig_client_id,
        comment=message.comment,
        exchange=message.exchange,
        hours=message.extended_hours,
        instructions=message.execution_instructions,
    )


def _cancel_reason(message: orders.Order, status: OrdStatus) -> CancelReason:
    if status not in (OrdStatus.CANCELED, OrdStatus.EXPIRED):
        return CancelReason.NONE
    return tables.DESCRIPTIONS.from_wire(message.description)


def _reject_reason(message: orders.Order, status: OrdStatus) -> RejectReason | None:
    if status is not OrdStatus.REJECTED:
        return None
    for known in (tables.REJECT_CODES.items(), _SIDED.items()):
        for reason, code in known:
            if code == message.description:
                return reason
    return None


_SIDED = {reason: code for (reason, _), code in reversed(tables.SIDE_CODES.items())}
