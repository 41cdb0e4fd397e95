"""Orders as the venue shows them: `OrderReport` to the order object, and back."""

from collections.abc import Sequence
from decimal import Decimal

from msgspec import UNSET
from msgspec.structs import replace

from countermand.venues.deltadefi import ids, tables
from countermand.venues.deltadefi.ids import Kind
from countermand.venues.deltadefi.messages import orders
from countermand.venues.deltadefi.translate import resolve
from countermand.venues.deltadefi.translate.slippage import (
    Slippage,
    parse_slippage,
    slippage_text,
)
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import (
    Cash,
    ExecType,
    OrderTerms,
    OrdStatus,
    OrdType,
    Side,
    TimeInForce,
)
from countermand.vocabulary.reasons import CancelReason
from countermand.vocabulary.reports import OrderReport
from countermand.wire import numbers, times
from countermand.wire.context import Context
from countermand.wire.errors import Malformed

_PPB_PER_BP = 100_000
_LAST_EVENTS = {
    OrdStatus.NEW: ExecType.NEW,
    OrdStatus.PARTIALLY_FILLED: ExecType.TRADE,
    OrdStatus.FILLED: ExecType.TRADE,
    OrdStatus.CANCELED: ExecType.CANCELED,
    OrdStatus.REJECTED: ExecType.REJECTED,
}


def order_to_wire(
    report: OrderReport, records: Sequence[orders.ExecutionRecord], ctx: Context
) -> orders.Order:
    """
    Return the order object.

    Units: `executed_price` is rounded half to even, twelve digits beyond the tick.
    Source: API reference, "Get Order".
    """
    instrument = ctx.directory.instruments[report.instrument_id]
    base, quote = resolve.assets(instrument, ctx)
    received = resolve.received(instrument, report.terms.side, ctx)
    buys, limited = report.terms.side is Side.BUY, report.terms.ord_type is OrdType.LIMIT
    held, cum = report.hold_minor, report.cum_qty_lots
    slippage = parse_slippage(report.terms.text)
    return orders.Order(
        id=ids.order_text(report.order_id),
        account_id=ids.uuid(Kind.ACCOUNT, report.account_id),
        status=tables.STATUSES[report.ord_status],
        symbol=instrument.symbol,
        base_qty=numbers.qty_text(instrument, report.terms.order_qty_lots),
        quote_qty=numbers.minor_text(quote, _quote_minor(report, instrument)),
        side=tables.SIDES.to_wire(report.terms.side),
        price=numbers.price_text(instrument, report.terms.price_ticks) if limited else "0",
        type=tables.ORD_TYPES.to_wire(report.terms.ord_type),
        slippage_bp=UNSET if slippage is None else slippage.points,
        market_order_limit_price=(
            UNSET if slippage is None else numbers.price_text(instrument, slippage.bound_ticks)
        ),
        locked_base_qty="0" if buys else numbers.minor_text(base, held),
        locked_quote_qty=numbers.minor_text(quote, held) if buys else "0",
        executed_base_qty=numbers.qty_text(instrument, cum),
        executed_quote_qty=numbers.minor_text(quote, report.cum_notional_minor),
        ob_open_order_base_qty=numbers.qty_text(instrument, report.leaves_qty_lots),
        commission_unit=received.symbol,
        commission=numbers.minor_text(received, report.fee_minor),
        commission_rate_bp=instrument.taker_fee_ppb // _PPB_PER_BP,
        executed_price=numbers.avg_px_text_half_even(instrument, report.cum_notional_minor, cum),
        created_at=resolve.time_text(report.submit_ns),
        updated_at=resolve.time_text(report.transact_ns),
        order_execution_records=list(records),
    )


def order_from_wire(message: orders.Order, ctx: Context) -> OrderReport:
    """
    Return the report an order object makes; whether it was post-only is not told.

    Raises: Malformed when it names what nobody knows; ArithmeticError, KeyError, ValueError.
    """
    instrument = ctx.directory.instrument_by_symbol(message.symbol)
    order_id = ids.parse_order(message.id)
    account_id = ids.parse(Kind.ACCOUNT, message.account_id)
    if instrument is None or order_id is None or account_id is None:
        raise Malformed("order names what is not known here")
    base, quote = resolve.assets(instrument, ctx)
    side, ord_type = tables.SIDES.from_wire(message.side), tables.ORD_TYPES.from_wire(message.type)
    limited, buys = ord_type is OrdType.LIMIT, side is Side.BUY
    lots, cum, leaves = (
        numbers.qty_lots(instrument, Decimal(text))
        for text in (
            message.base_qty,
            message.executed_base_qty,
            message.ob_open_order_base_qty,
        )
    )
    status = _status(message, cum)
    hold = (quote, message.locked_quote_qty) if buys else (base, message.locked_base_qty)
    return OrderReport(
        OrderId(order_id),
        AccountId(account_id),
        instrument.instrument_id,
        "",
        OrderTerms(
            side,
            ord_type,
            TimeInForce.GTC,
            lots,
            price_ticks=numbers.price_ticks(instrument, Decimal(message.price)),
            cash=None if limited else Cash(numbers.asset_minor(quote, Decimal(message.quote_qty))),
            text=slippage_text(_slippage(message, instrument)),
        ),
        status.standing,
        ord_status=status,
        exec_type=_LAST_EVENTS[status],
        leaves_qty_lots=leaves,
        cum_qty_lots=cum,
        cum_notional_minor=numbers.asset_minor(quote, Decimal(message.executed_quote_qty)),
        fee_minor=numbers.asset_minor(
            resolve.received(instrument, side, ctx), Decimal(message.commission)
        ),
        submit_ns=times.parse_iso(message.created_at),
        transact_ns=times.parse_iso(message.updated_at),
        cancel_reason=CancelReason.REQUESTED if status is OrdStatus.CANCELED else CancelReason.NONE,
        hold_minor=numbers.asset_minor(hold[0], Decimal(hold[1])),
    )


def is_building(report: OrderReport | None, ctx: Context) -> bool:
    """Whether an order was built, not submitted, and still can be."""
    return report is not None and report.due_ns > ctx.now_ns


def has_lapsed(report: OrderReport, ctx: Context) -> bool:
    """Whether an order was built and never submitted, and cannot be any more."""
    return 0 < report.due_ns <= ctx.now_ns


def building_to_wire(report: OrderReport, ctx: Context) -> orders.Order:
    """Return the order object of an order that was built and not yet submitted."""
    return replace(order_to_wire(report, (), ctx), status=tables.BUILDING)


def _quote_minor(report: OrderReport, instrument: Instrument) -> int:
    # What was ordered in the quote asset: of a market order only an amount that was given.
    if report.terms.ord_type is OrdType.LIMIT:
        return instrument.notional_of(report.terms.price_ticks, report.terms.order_qty_lots)
    return report.terms.cash_minor


def _status(message: orders.Order, cum_lots: int) -> OrdStatus:
    status = tables.FROM_STATUS[message.status]
    if status is OrdStatus.NEW and cum_lots:
        return OrdStatus.PARTIALLY_FILLED
    return status


def _slippage(message: orders.Order, instrument: Instrument) -> Slippage | None:
    points, bound = message.slippage_bp, message.market_order_limit_price
    if points is UNSET or bound is UNSET:
        return None
    return Slippage(points, numbers.price_ticks(instrument, Decimal(bound)))
