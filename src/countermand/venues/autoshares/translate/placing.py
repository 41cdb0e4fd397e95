"""Placing: the venue's order form to `NewOrder`, and back."""

from decimal import Decimal

from msgspec.structs import replace

from countermand.venues.autoshares import tables
from countermand.venues.autoshares.messages import orders
from countermand.venues.autoshares.translate import dates, resolve, validation
from countermand.venues.autoshares.translate.remarks import Remarks, parse_remarks, remarks_text
from countermand.venues.autoshares.translate.validation import Words
from countermand.vocabulary.commands import NewOrder, RecordRejected
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import (
    ExecInst,
    OrderTerms,
    OrdType,
    PositionEffect,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from countermand.vocabulary.reasons import RejectReason
from countermand.wire import numbers
from countermand.wire.context import Context
from countermand.wire.errors import NotExpressible
from countermand.wire.receipts import Acknowledged

_ZERO = Decimal(0)


def place_from_wire(message: orders.CreateOrder, ctx: Context) -> NewOrder | RecordRejected:
    """
    Return the order asked for. What the validators or the exchange refuse is kept as rejected.

    Raises: InvalidField and Unauthorized for the account; MissingField, InvalidField for what
            cannot be read as an order at all.
    Source: ETNA manual, "Place order".
    """
    account_id = resolve.account(message.account_id, ctx)
    said = validation.words(message)
    for name in ("quantity", "price", "stop_price"):
        resolve.amount(name.title().replace("_", ""), getattr(message, name))
    instrument = ctx.directory.instrument_by_symbol(message.symbol or "")
    code = "" if instrument is None else validation.fault(message, said, instrument)
    if instrument is None or code:
        return _rejected(message, said, code, account_id)
    return _order(message, said, instrument, account_id, ctx)


def place_to_wire(command: NewOrder, ctx: Context) -> orders.CreateOrder:
    """Return the form of an order. Raises NotExpressible for what it has no room for."""
    _check_expressible(command, ctx)
    instrument = ctx.directory.instruments[command.instrument_id]
    remarks, limited = parse_remarks(command.terms.text), command.terms.ord_type is OrdType.LIMIT
    tif, whole = command.terms.time_in_force, bool(command.terms.exec_inst & ExecInst.ALL_OR_NONE)
    expires = tif is TimeInForce.GTD
    return orders.CreateOrder(
        account_id=str(command.account_id),
        symbol=instrument.symbol,
        type=tables.ORD_TYPES.to_wire(command.terms.ord_type),
        side=tables.SIDES.to_wire((command.terms.side, command.terms.position_effect)),
        quantity=Decimal(numbers.qty_text(instrument, command.terms.order_qty_lots)),
        price=Decimal(numbers.price_text(instrument, command.terms.price_ticks))
        if limited
        else None,
        time_inforce=remarks.tif or tables.TIMES_IN_FORCE.to_wire(tif),
        expire_date=dates.date_to_wire(command.terms.expire_ns) if expires else None,
        client_id=remarks.client_id or None,
        comment=remarks.comment or None,
        exchange=remarks.exchange or None,
        exec_inst="AllOrNone" if whole else None,
        extended_hours=remarks.hours or None,
        execution_instructions=remarks.instructions or None,
    )


def placed_from_wire(message: orders.Order, ctx: Context) -> Acknowledged:
    """Return which order was taken; what becomes of it, it only tells when it is read."""
    return Acknowledged((OrderId(message.id),))


def side_word(side: Side, effect: PositionEffect) -> str:
    """Return the word of a side; one without an effect is told as the plain one."""
    if effect is PositionEffect.NONE:
        effect = PositionEffect.OPEN if side is Side.BUY else PositionEffect.CLOSE
    return tables.SIDES.to_wire((side, effect))


def _order(
    form: orders.CreateOrder,
    said: Words,
    instrument: Instrument,
    account_id: AccountId,
    ctx: Context,
) -> NewOrder:
    side, effect = tables.SIDES.from_wire(said.side)
    ord_type = tables.ORD_TYPES.from_wire(said.type)
    tif, remarks = tables.TIMES_IN_FORCE.from_wire(said.tif), _remarks(form, said)
    if ord_type is OrdType.MARKET and tif is TimeInForce.DAY:
        # A market order trades with what is there; for the day or not makes no difference to it.
        tif, remarks = TimeInForce.IOC, replace(remarks, tif=said.tif)
    limited = ord_type is OrdType.LIMIT
    terms = OrderTerms(
        side,
        ord_type,
        tif,
        resolve.qty_lots(instrument, form.quantity or _ZERO) or 0,
        price_ticks=(resolve.price_ticks(instrument, form.price or _ZERO) or 0) if limited else 0,
        expire_ns=expire_ns(tif, form.expire_date, said.hours, ctx),
        exec_inst=int(ExecInst.ALL_OR_NONE if said.exec_inst == "AllOrNone" else ExecInst.NONE),
        stp=SelfTradePrevention.REJECT,
        position_effect=effect,
        text=remarks_text(remarks),
    )
    return NewOrder(account_id, instrument.instrument_id, "", terms, keep_rejected=True)


def expire_ns(tif: TimeInForce, expire_date: str | None, hours: str, ctx: Context) -> int:
    """Return when the exchange ends an order that comes now. Raises InvalidField."""
    if tif is TimeInForce.DAY:
        return dates.day_end_ns(hours, ctx.now_ns, ctx)
    if tif is TimeInForce.GTD and expire_date:
        return resolve.instant("ExpireDate", expire_date)
    return 0


def _remarks(form: orders.CreateOrder, said: Words) -> Remarks:
    return Remarks(
        client_id=form.client_id or "",
        comment=form.comment or "",
        exchange=form.exchange or "",
        hours=said.hours,
        instructions=form.execution_instructions or {},
    )


def _rejected(
    form: orders.CreateOrder, said: Words, code: str, account_id: AccountId
) -> RecordRejected:
    # In no market: there may be none of that name, and what is at fault may not fit its grid.
    side, effect = tables.SIDES.from_wire(said.side)
    remarks = replace(
        _remarks(form, said),
        tif=said.tif,
        fault=code,
        symbol=form.symbol or "",
        type=said.type,
        quantity=form.quantity or _ZERO,
        price=form.price or _ZERO,
        stop_price=form.stop_price or _ZERO,
    )
    terms = OrderTerms(
        side,
        OrdType.MARKET if said.type == "Market" else OrdType.LIMIT,
        TimeInForce.DAY,
        0,
        exec_inst=int(ExecInst.ALL_OR_NONE if said.exec_inst == "AllOrNone" else ExecInst.NONE),
        stp=SelfTradePrevention.REJECT,
        position_effect=effect,
        text=remarks_text(remarks),
    )
    return RecordRejected(account_id, terms, RejectReason.UNKNOWN_INSTRUMENT)


def _check_expressible(command: NewOrder, ctx: Context) -> None:
    tif, market = command.terms.time_in_force, command.terms.ord_type is OrdType.MARKET
    expiry = tif in (TimeInForce.DAY, TimeInForce.GTD)
    for told, what in (
        (
            command.cl_ord_id or command.terms.secondary_cl_ord_id,
            "a client order id of the exchange",
        ),
        (command.terms.exec_inst & ~ExecInst.ALL_OR_NONE, "an instruction but all or none"),
        (command.terms.stp is not SelfTradePrevention.REJECT, "a choice of self-trade prevention"),
        (command.terms.ord_type not in tables.ORD_TYPES, "this type of order"),
        (market and command.terms.price_ticks, "the bound of a market order"),
        (command.terms.cash_minor, "an order for an amount of money"),
        (command.terms.expire_ns and not expiry, "the expiry of this order"),
        (command.terms.expire_ns % dates.STEP_NS, "an expiry finer than a tenth of a microsecond"),
        (_is_other_day(command, ctx), "another end of a Day order than the session's"),
    ):
        if told:
            raise NotExpressible(what)


def _is_other_day(command: NewOrder, ctx: Context) -> bool:
    if command.terms.time_in_force is not TimeInForce.DAY or not command.terms.expire_ns:
        return False
    hours = parse_remarks(command.terms.text).hours
    return command.terms.expire_ns != dates.day_end_ns(hours, ctx.now_ns, ctx)
