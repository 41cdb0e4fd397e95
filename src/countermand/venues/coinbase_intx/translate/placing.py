"""Placing and previewing: the venue's order form to `NewOrder`, and back."""

import re
from decimal import Decimal

from countermand.venues.coinbase_intx import ids, tables
from countermand.venues.coinbase_intx.errors import CODES
from countermand.venues.coinbase_intx.ids import Kind
from countermand.venues.coinbase_intx.messages import orders
from countermand.venues.coinbase_intx.translate import resolve
from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import ExecInst, OrdType, SelfTradePrevention, TimeInForce
from countermand.vocabulary.queries import PreviewOrder
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.reports import PreviewReport
from countermand.wire import numbers, times
from countermand.wire.context import Context
from countermand.wire.errors import InvalidField, MissingField, NotExpressible, OrderRefused

OrderForm = orders.PlaceOrder | orders.PreviewOrder

# An order lives no longer than this: GTC ends there, GTT may not name a later time.
LIFE_NS_MAX = 30 * times.DAY

# The four forms a client order id may have.
_CL_ORD_ID = re.compile(
    r"[\x00-\x7f]{1,18}"
    r"|[A-Za-z0-9-]{1,20}"
    r"|[1-9a-f][0-9a-f]{0,30}"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)

_IMMEDIATE = (TimeInForce.IOC, TimeInForce.FOK)


def place_from_wire(message: orders.PlaceOrder, ctx: Context) -> NewOrder:
    """
    Return the order asked for.

    Raises: MissingField, InvalidField, OrderRefused for what the form itself forbids; NotFound and
            Forbidden for the portfolio. What needs the book or the money is the exchange's to say.
    Source: INTX REST reference, "Create order"; "Trading", order types and time in force.
    """
    account_id = resolve.portfolio_or_default(message.portfolio, ctx)
    return _new_order(message, account_id, check_cl_ord_id(message.client_order_id), ctx)


def place_to_wire(command: NewOrder, ctx: Context) -> orders.PlaceOrder:
    """
    Return the form of an order.

    Raises: NotExpressible for an expiry or a client id the form has no room for.
    """
    instrument = ctx.directory.instruments[command.instrument_id]
    if not _CL_ORD_ID.fullmatch(command.cl_ord_id):
        raise NotExpressible("client_order_id in one of the venue's four forms")
    limited = command.ord_type is OrdType.LIMIT
    return orders.PlaceOrder(
        client_order_id=command.cl_ord_id,
        side=tables.SIDES.to_wire(command.side),  # type: ignore[arg-type]  # a Literal by the table
        size=Decimal(numbers.qty_text(instrument, command.order_qty_lots)),
        tif=tables.TIMES_IN_FORCE.to_wire(command.time_in_force),  # type: ignore[arg-type]
        instrument=instrument.symbol,
        type=tables.ORD_TYPES.to_wire(command.ord_type),  # type: ignore[arg-type]
        price=Decimal(numbers.price_text(instrument, command.price_ticks)) if limited else None,
        expire_time=_expiry_to_wire(command, ctx),
        portfolio=ids.uuid(Kind.PORTFOLIO, command.account_id),
        stp_mode=tables.STP_MODES.to_wire(command.stp),  # type: ignore[arg-type]
        post_only=bool(command.exec_inst & ExecInst.POST_ONLY),
        close_only=bool(command.exec_inst & ExecInst.REDUCE_ONLY),
    )


def preview_from_wire(message: orders.PreviewOrder, ctx: Context) -> PreviewOrder:
    """Return the question what an order would do. Raises as `place_from_wire` does."""
    account_id = resolve.portfolio(message.portfolio, ctx)
    return PreviewOrder(_new_order(message, account_id, "", ctx), ctx.now_ns)


def preview_reply_to_wire(report: PreviewReport, ctx: Context) -> orders.Preview:
    """Return what an order would do, in the venue's words."""
    instrument = resolve.instrument(ctx.message.instrument, ctx)
    buys_or_margins = instrument.is_perpetual or ctx.message.side == "BUY"
    asset_id = instrument.quote_asset_id if buys_or_margins else instrument.base_asset_id
    asset, reason = ctx.directory.assets[asset_id], report.reason
    return orders.Preview(
        is_valid=reason is None,
        maker_fee_estimate=numbers.rate_text(instrument.maker_fee_ppb),
        taker_fee_estimate=numbers.rate_text(instrument.taker_fee_ppb),
        required_margin_delta=numbers.minor_text(asset, report.required_minor),
        reject_reason=None if reason is None else CODES.to_wire(reason),
        reject_details=None if reason is None else reason.sentence,
    )


def check_cl_ord_id(text: str) -> str:
    """Return a client order id that has one of the venue's four forms. Raises InvalidField."""
    if not _CL_ORD_ID.fullmatch(text):
        raise InvalidField("client_order_id", "invalid client_order_id")
    return text


def _new_order(form: OrderForm, account_id: AccountId, cl_ord_id: str, ctx: Context) -> NewOrder:
    _refuse_unsupported(form)
    instrument = resolve.instrument(form.instrument, ctx)
    time_in_force = _time_in_force(form)
    stp = form.stp_mode
    return NewOrder(
        account_id,
        instrument.instrument_id,
        cl_ord_id,
        tables.SIDES.from_wire(form.side),
        tables.ORD_TYPES.from_wire(form.type),
        time_in_force,
        resolve.steps("size", form.size, instrument, numbers.qty_lots),
        _price_ticks(form, instrument),
        _expiry_from_wire(form, time_in_force, ctx),
        _exec_inst(form),
        SelfTradePrevention.BOTH if stp is None else tables.STP_MODES.from_wire(stp),
    )


def _refuse_unsupported(form: OrderForm) -> None:
    # Known to the venue, not offered here: refused whole, so that nothing is half understood.
    if form.type not in ("LIMIT", "MARKET"):
        raise InvalidField("type", f"order type {form.type} is not supported")
    if form.algo_strategy is not None:
        raise InvalidField("algo_strategy", "algo_strategy TWAP is not supported")
    for name in ("stop_price", "stop_limit_price"):
        if getattr(form, name) is not None:
            raise InvalidField(name, f"{name} does not apply to {form.type} orders")


def _time_in_force(form: OrderForm) -> TimeInForce:
    if form.tif is None:
        if form.type == "MARKET":
            return TimeInForce.IOC
        raise MissingField("tif")
    time_in_force = tables.TIMES_IN_FORCE.from_wire(form.tif)
    if form.type == "MARKET" and time_in_force not in _IMMEDIATE:
        raise InvalidField("tif", "market orders must be IoC")
    return time_in_force


def _price_ticks(form: OrderForm, instrument: Instrument) -> int:
    if form.type == "LIMIT":
        if form.price is None:
            raise MissingField("price")
        return resolve.steps("price", form.price, instrument, numbers.price_ticks)
    if form.price is not None:
        raise InvalidField("price", "price does not apply to MARKET orders")
    return 0


def _exec_inst(form: OrderForm) -> int:
    post_only = ExecInst.POST_ONLY if form.post_only in (True, "true") else ExecInst.NONE
    close_only = ExecInst.REDUCE_ONLY if form.close_only in (True, "true") else ExecInst.NONE
    return int(post_only) | int(close_only)


def _expiry_from_wire(form: OrderForm, time_in_force: TimeInForce, ctx: Context) -> int:
    latest = ctx.now_ns + LIFE_NS_MAX
    if time_in_force is not TimeInForce.GTD:
        if form.expire_time is not None:
            raise InvalidField("expire_time", "expire_time applies to GTT orders only")
        return latest if time_in_force is TimeInForce.GTC else 0
    if form.expire_time is None:
        raise OrderRefused(RejectReason.INVALID_EXPIRE_TIME)
    expire_ns = resolve.instant("expire_time", form.expire_time)
    if not ctx.now_ns < expire_ns <= latest:
        raise OrderRefused(RejectReason.INVALID_EXPIRE_TIME)
    return expire_ns


def _expiry_to_wire(command: NewOrder, ctx: Context) -> str | None:
    if command.time_in_force is TimeInForce.GTD:
        if command.expire_ns % times.MS:
            raise NotExpressible("expiry in whole milliseconds")
        return times.iso_floor_ms(command.expire_ns)
    # The venue ends a GTC order by itself; asking for that very moment, or for none, says the same.
    if command.time_in_force is TimeInForce.GTC and command.expire_ns:
        if command.expire_ns != ctx.now_ns + LIFE_NS_MAX:
            raise NotExpressible("expiry of a GTC order")
    elif command.expire_ns:
        raise NotExpressible("expiry of an immediate order")
    return None
