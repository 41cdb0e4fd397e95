"""Placing an order."""

import re
from decimal import Decimal

from msgspec.structs import replace

from countermand.venues.coinbase_intx import brackets, ids, legs, resolve, stops, tables
from countermand.venues.coinbase_intx.messages import orders as m
from countermand.venues.coinbase_intx.messages.shared import Flag
from countermand.venues.coinbase_intx.settings import Ctx
from countermand.venues.coinbase_intx.show import read_order, show_order
from countermand.vocabulary.commands import NewOrder, NewOrderList
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import (
    ExecInst,
    OrderTerms,
    OrdType,
    Schedule,
    SelfTradePrevention,
    TimeInForce,
)
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.receipt import Receipt
from countermand.wire import numbers, times
from countermand.wire.conversation import Op, Serving
from countermand.wire.errors import InvalidField, MissingField, NotExpressible, OrderRefused
from countermand.wire.fields import instant
from countermand.wire.receipts import the_order

# The four forms a client order id may have.
_CL_ORD_ID = re.compile(
    r"[\x00-\x7f]{1,18}"
    r"|[A-Za-z0-9-]{1,20}"
    r"|[1-9a-f][0-9a-f]{0,30}"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)

_IMMEDIATE = (TimeInForce.IOC, TimeInForce.FOK)


def serve_place(message: m.PlaceOrder, ctx: Ctx) -> Serving[m.Order]:
    """
    Place an order.

    Raises: MissingField, InvalidField, OrderRefused for what the form itself forbids; NotFound and
            Forbidden for the portfolio. What needs the book or the money is the exchange's to say.
    Source: INTX REST reference, "Create order"; "Trading", order types and time in force.
    """
    account_id = resolve.portfolio_or_default(message.portfolio, ctx)
    cl_ord_id = checked_cl_ord_id(message.client_order_id)
    order = order_of(message, account_id, cl_ord_id, ctx)
    if message.type == tables.BRACKET:
        return (yield from brackets.serve_place(message, order, ctx))
    receipt: Receipt = yield order
    return show_order(the_order(receipt), ctx)


def ask_place(command: NewOrder | NewOrderList, ctx: Ctx) -> m.PlaceOrder:
    """Return the form of an order, or of the two that are a bracket. Raises NotExpressible."""
    if isinstance(command, NewOrder):
        return _form(command, ctx)
    first, second = legs.asked_legs(command)
    instrument = ctx.directory.instruments[first.instrument_id]
    limit, stop = _form(first, ctx), second.terms
    return replace(
        limit,
        type=tables.BRACKET,
        stop_price=stops.asked_price(instrument, stop.side, stop.trigger),
        stop_limit_price=Decimal(numbers.price_text(instrument, stop.price_ticks)),
    )


def _form(command: NewOrder, ctx: Ctx) -> m.PlaceOrder:
    instrument, terms = ctx.directory.instruments[command.instrument_id], command.terms
    if terms.schedule is not None and terms.schedule.slices:
        raise NotExpressible("the slices of a schedule are the venue's to choose")
    limited = terms.ord_type is OrdType.LIMIT
    expires = terms.time_in_force is TimeInForce.GTD
    return m.PlaceOrder(
        client_order_id=command.cl_ord_id,
        side=tables.SIDES.to_wire_if(terms.side),
        size=Decimal(numbers.qty_text(instrument, terms.order_qty_lots)),
        tif=tables.TIMES_IN_FORCE.to_wire_if(terms.time_in_force),
        instrument=instrument.symbol,
        type=stops.type_word(terms),
        price=Decimal(numbers.price_text(instrument, terms.price_ticks)) if limited else None,
        stop_price=stops.asked_price(instrument, terms.side, terms.trigger),
        # The venue ends a GTC order by itself.
        expire_time=times.iso_floor_ms(terms.expire_ns) if expires else None,
        portfolio=ids.portfolio_text(command.account_id),
        stp_mode=tables.STP_MODES.to_wire_if(terms.stp),
        post_only=bool(terms.exec_inst & ExecInst.POST_ONLY),
        close_only=bool(terms.exec_inst & ExecInst.REDUCE_ONLY),
        algo_strategy="TWAP" if terms.schedule is not None else None,
    )


PLACE = Op(m.PlaceOrder, m.Order, serve_place, ask_place, read_order)


def order_of(form: m.PlaceOrder, account_id: AccountId, cl_ord_id: str, ctx: Ctx) -> NewOrder:
    """Return the order that a form describes. Raises as `serve_place` does."""
    if (instrument := resolve.find_instrument(form.instrument, ctx)) is None:
        raise OrderRefused(RejectReason.UNKNOWN_INSTRUMENT)
    time_in_force, stp = _time_in_force(form), form.stp_mode
    expire_ns = _expire_ns(form, time_in_force, ctx)
    terms = OrderTerms(
        tables.SIDES.from_wire(form.side),
        tables.COMES_IN_AS[form.type],
        time_in_force,
        resolve.size_lots(form.size, instrument),
        price_ticks=_price_ticks(form, instrument),
        expire_ns=expire_ns,
        exec_inst=ExecInst.POST_ONLY * _is_set(form.post_only)
        | ExecInst.REDUCE_ONLY * _is_set(form.close_only),
        stp=SelfTradePrevention.BOTH if stp is None else tables.STP_MODES.from_wire(stp),
        trigger=stops.of_form(form, instrument),
        schedule=_schedule(form, expire_ns, ctx),
    )
    return NewOrder(account_id, instrument.instrument_id, cl_ord_id, terms)


def checked_cl_ord_id(text: str) -> str:
    """Return a client order id that has one of the venue's four forms. Raises InvalidField."""
    if not _CL_ORD_ID.fullmatch(text):
        raise InvalidField("client_order_id", "invalid client_order_id")
    return text


def _schedule(form: m.PlaceOrder, expire_ns: int, ctx: Ctx) -> Schedule | None:
    if form.algo_strategy is None:
        return None
    if form.type != "LIMIT" or form.tif != "GTT" or _is_set(form.post_only):
        text = "algo_strategy TWAP applies to LIMIT orders that are GTT, not to post_only ones"
        raise InvalidField("algo_strategy", text)
    return Schedule(tables.TWAP_SLICES, (expire_ns - ctx.now_ns) // tables.TWAP_SLICES)


def _time_in_force(form: m.PlaceOrder) -> TimeInForce:
    if form.tif is None:
        if form.type == "MARKET":
            return TimeInForce.IOC
        raise MissingField("tif")
    time_in_force = tables.TIMES_IN_FORCE.from_wire(form.tif)
    if form.type == "MARKET" and time_in_force not in _IMMEDIATE:
        raise InvalidField("tif", "market orders must be IoC")
    return time_in_force


def _price_ticks(form: m.PlaceOrder, instrument: Instrument) -> int:
    if tables.COMES_IN_AS[form.type] is OrdType.LIMIT:
        if form.price is None:
            raise MissingField("price")
        return resolve.price_ticks(form.price, instrument)
    if form.price is not None:
        raise InvalidField("price", f"price does not apply to {form.type} orders")
    return 0


def _is_set(flag: Flag) -> bool:
    return flag in (True, "true")


def _expire_ns(form: m.PlaceOrder, time_in_force: TimeInForce, ctx: Ctx) -> int:
    latest = ctx.now_ns + tables.LIFE_NS_MAX
    if time_in_force is not TimeInForce.GTD:
        if form.expire_time is not None:
            raise InvalidField("expire_time", "expire_time applies to GTT orders only")
        return latest if time_in_force is TimeInForce.GTC else 0
    if form.expire_time is None:
        raise MissingField("expire_time")
    expire_ns = instant("expire_time", form.expire_time)
    if not ctx.now_ns < expire_ns <= latest:
        raise OrderRefused(RejectReason.INVALID_EXPIRE_TIME)
    return expire_ns
