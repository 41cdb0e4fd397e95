"""Orders as the venue shows them: `OrderReport` to the order object, and back."""

from decimal import Decimal

from msgspec import Raw
from msgspec.structs import replace

from countermand.venues.polymarket_us import ids, tables
from countermand.venues.polymarket_us.errors import ORDER_NOT_FOUND
from countermand.venues.polymarket_us.messages import orders
from countermand.venues.polymarket_us.messages.metadata import MarketMetadata
from countermand.venues.polymarket_us.messages.money import CURRENCY, Amount
from countermand.venues.polymarket_us.tables import Outcome
from countermand.venues.polymarket_us.translate import money, resolve
from countermand.venues.polymarket_us.translate.metadata import metadata_to_wire
from countermand.venues.polymarket_us.translate.placing import (
    indicator_from_wire,
    indicator_to_wire,
    place_from_wire,
)
from countermand.venues.polymarket_us.translate.remarks import (
    Remarks,
    parse_remarks,
    remarks_text,
)
from countermand.vocabulary.ids import InstrumentId, OrderId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import (
    ExecType,
    OrdStatus,
    OrdType,
    SelfTradePrevention,
    TimeInForce,
)
from countermand.vocabulary.reasons import CancelReason
from countermand.vocabulary.reports import OrderReport, PreviewReport
from countermand.wire import numbers, times
from countermand.wire.context import Context
from countermand.wire.errors import Malformed, NotFound, OrderRefused
from countermand.wire.numbers import qty_text

_ZERO = Amount("0.00", CURRENCY)
_PENDING_NEW = "ORDER_STATE_PENDING_NEW"

_LAST_EVENTS = {
    OrdStatus.NEW: ExecType.NEW,
    OrdStatus.PARTIALLY_FILLED: ExecType.TRADE,
    OrdStatus.FILLED: ExecType.TRADE,
    OrdStatus.CANCELED: ExecType.CANCELED,
    OrdStatus.REJECTED: ExecType.NEW,
    OrdStatus.EXPIRED: ExecType.EXPIRED,
}


def order_to_wire(report: OrderReport, ctx: Context) -> orders.Order:
    """
    Return the order object.

    Units: the average price is rounded half to even, twelve digits beyond the tick.
    Source: Orders API reference, schema Order; `lastTransactTime` and `manualOrderIndicator` as
            reported by clients.
    """
    instrument = ctx.directory.instruments.get(report.instrument_id)
    remarks = parse_remarks(report.text)
    outcome = remarks.outcome
    action = report.side if outcome is Outcome.YES else report.side.opposite
    common = orders.Order(
        id=ids.order_text(report.order_id),
        market_slug=remarks.slug,
        side=tables.SIDES.to_wire(report.side),
        type=tables.ORD_TYPES.to_wire(report.ord_type),
        price=Amount(remarks.price, CURRENCY) if remarks.price else None,
        quantity=Raw(remarks.quantity.encode() or b"0"),
        cum_quantity=Raw(b"0"),
        leaves_quantity=Raw(b"0"),
        tif=tables.TIMES_IN_FORCE.to_wire(report.time_in_force),
        good_till_time=times.iso_ns(report.expire_ns) if report.expire_ns else None,
        intent=tables.INTENTS.to_wire((report.side, outcome)),
        outcome_side=tables.OUTCOMES.to_wire(outcome),
        action=tables.ACTIONS.to_wire(action),
        market_metadata=MarketMetadata(slug=remarks.slug),
        state=_state(report),
        avg_px=_ZERO,
        cash_order_qty=None,
        insert_time=times.iso_ns(report.submit_ns),
        create_time=times.iso_ns(report.submit_ns),
        last_transact_time=times.iso_ns(report.transact_ns),
        commission_notional_total_collected=_ZERO,
        manual_order_indicator=indicator_to_wire(remarks.indicator),
    )
    return common if instrument is None else _with_amounts(common, report, instrument, ctx)


def order_from_wire(message: orders.Order, ctx: Context) -> OrderReport:
    """
    Return the report an order object makes; why an order was canceled is not told.

    Raises: Malformed when it names an order or a market nobody knows.
    """
    instrument = ctx.directory.instrument_by_symbol(message.market_slug)
    order_id = ids.parse_order(message.id)
    if instrument is None or order_id is None:
        raise Malformed("order names what is not known here")
    side, outcome = tables.INTENTS.from_wire(message.intent)
    time_in_force = tables.TIMES_IN_FORCE.from_wire(message.tif)
    status, reason = _status(message, time_in_force)
    lots, leaves, cum = (
        numbers.qty_lots(instrument, money.decimal(raw))
        for raw in (message.quantity, message.leaves_quantity, message.cum_quantity)
    )
    quote, average = ctx.directory.assets[instrument.quote_asset_id], Decimal(message.avg_px.value)
    cash = message.cash_order_qty
    indicator = indicator_from_wire(message.manual_order_indicator)
    return OrderReport(
        order_id,
        resolve.account(ctx),
        instrument.instrument_id,
        "",
        side,
        tables.ORD_TYPES.from_wire(message.type),
        time_in_force,
        0,
        SelfTradePrevention.REJECT,
        money.price_from_wire(instrument, message.price),
        lots,
        leaves,
        cum,
        numbers.cum_notional_minor_nearest(instrument, average, cum),
        money.money_from_wire(quote, message.commission_notional_total_collected),
        status,
        _LAST_EVENTS[status],
        reason,
        _instant(message.good_till_time),
        _instant(message.create_time),
        _instant(message.last_transact_time or message.create_time),
        text=remarks_text(Remarks(outcome, indicator)),
        cash_qty_minor=0 if cash is None else money.money_from_wire(quote, cash),
    )


def found_to_wire(report: OrderReport | None, ctx: Context) -> orders.OneOrder:
    """Return the order that was asked for. Raises NotFound when there is none."""
    if report is None:
        raise NotFound(ORDER_NOT_FOUND)
    return orders.OneOrder(order_to_wire(report, ctx))


def found_from_wire(message: orders.OneOrder, ctx: Context) -> OrderReport:
    """Return the report of one order. Raises as `order_from_wire` does."""
    return order_from_wire(message.order, ctx)


def list_to_wire(reports: tuple[OrderReport, ...], ctx: Context) -> orders.OrderList:
    """Return the open orders, last event first."""
    return orders.OrderList([order_to_wire(report, ctx) for report in reports])


def list_from_wire(message: orders.OrderList, ctx: Context) -> tuple[OrderReport, ...]:
    """Return the reports in a list. Raises as `order_from_wire` does."""
    return tuple(order_from_wire(order, ctx) for order in message.orders)


def preview_to_wire(report: PreviewReport, ctx: Context) -> orders.OneOrder:
    """
    Return the order as it would be taken, with neither id nor time.

    Raises: OrderRefused when it would be rejected.
    """
    if report.reason is not None:
        raise OrderRefused(report.reason)
    order = place_from_wire(ctx.message.request, ctx)
    lots = order.order_qty_lots or report.fill_qty_lots
    taken = OrderReport(
        OrderId(1), order.account_id, InstrumentId(order.instrument_id), "", order.side,
        order.ord_type, order.time_in_force, order.exec_inst, order.stp, order.price_ticks, lots,
        lots, 0, 0, 0, OrdStatus.NEW, ExecType.NEW, CancelReason.NONE, order.expire_ns, 0, 0,
        text=order.text, cash_qty_minor=order.cash_qty_minor,
    )  # fmt: skip
    shown = order_to_wire(taken, ctx)
    timeless = {"insert_time": None, "create_time": None, "last_transact_time": None}
    return orders.OneOrder(replace(shown, id="", state=_PENDING_NEW, **timeless))


def _with_amounts(
    common: orders.Order, report: OrderReport, instrument: Instrument, ctx: Context
) -> orders.Order:
    quote = ctx.directory.assets[instrument.quote_asset_id]
    outcome = parse_remarks(report.text).outcome
    # What a market order was bound to is not a price its owner gave.
    limited, cash = report.ord_type is OrdType.LIMIT, report.cash_qty_minor
    cum = report.cum_qty_lots
    average = numbers.avg_px_text_half_even(instrument, report.cum_notional_minor, cum)
    return replace(
        common,
        market_slug=instrument.symbol,
        price=money.price_to_wire(instrument, report.price_ticks) if limited else None,
        quantity=money.number(qty_text(instrument, report.order_qty_lots)),
        cum_quantity=money.number(qty_text(instrument, cum)),
        leaves_quantity=money.number(qty_text(instrument, report.leaves_qty_lots)),
        market_metadata=metadata_to_wire(instrument, ctx, is_long=outcome is Outcome.YES),
        avg_px=Amount(money.with_cents(average), CURRENCY),
        cash_order_qty=money.money_to_wire(quote, cash) if cash else None,
        commission_notional_total_collected=money.money_to_wire(quote, report.fee_minor),
    )


def _state(report: OrderReport) -> str:
    expired = report.cancel_reason in tables.EXPIRED_BY.values()
    return tables.STATES.to_wire(OrdStatus.EXPIRED if expired else report.ord_status)


def _status(message: orders.Order, time_in_force: TimeInForce) -> tuple[OrdStatus, CancelReason]:
    if message.state == _PENDING_NEW:
        return OrdStatus.NEW, CancelReason.NONE
    status = tables.STATES.from_wire(message.state)
    if status is OrdStatus.EXPIRED:
        if time_in_force in tables.EXPIRED_BY:
            return OrdStatus.CANCELED, tables.EXPIRED_BY[time_in_force]
        return status, CancelReason.EXPIRED
    return status, CancelReason.REQUESTED if status is OrdStatus.CANCELED else CancelReason.NONE


def _instant(text: str | None) -> int:
    return times.parse_iso(text) if text else 0
