"""The order object: `OrderReport` to message, and back."""

from decimal import Decimal
from typing import Any

from countermand.venues.coinbase_intx import ids, stops, tables
from countermand.venues.coinbase_intx.messages.orders import Order
from countermand.venues.coinbase_intx.resolve import known_portfolio
from countermand.venues.coinbase_intx.settings import Ctx
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import (
    Contingency,
    ExecInst,
    ExecType,
    Link,
    OrderTerms,
    OrdStatus,
    OrdType,
    Schedule,
    SelfTradePrevention,
    Side,
    Standing,
    TimeInForce,
    Trigger,
)
from countermand.vocabulary.reasons import CancelReason
from countermand.vocabulary.reports import OrderReport
from countermand.wire import numbers, times
from countermand.wire.reading import known, last_exec_type, market_of

_NOT_LET_IN = CancelReason.NOT_LET_IN
# A bracket's two legs are told as a link of two.
_BRACKET = Link(0, 2, Contingency.OCO, is_child=False)


def show_order(report: OrderReport, ctx: Ctx) -> Order:
    """
    Return the order object.

    Units: times are floored to milliseconds; the average price is rounded half to even, twelve
           digits beyond the tick.
    Source: INTX REST reference, "Cancel order", schema OrderResult_v1; captured answers.
    """
    instrument = ctx.directory.instruments[report.instrument_id]
    terms, done = report.terms, report.cum_qty_lots
    is_limit, expires = terms.ord_type is OrdType.LIMIT, terms.time_in_force is TimeInForce.GTD
    close_only = bool(terms.exec_inst & ExecInst.REDUCE_ONLY)
    return Order(
        order_id=ids.ORDER.triplet(report.order_id),
        order_uuid=ids.ORDER.uuid(report.order_id),
        client_order_id=report.cl_ord_id,
        side=tables.SIDES.to_wire(terms.side),
        instrument_id=ids.INSTRUMENT.triplet(report.instrument_id),
        instrument_uuid=ids.INSTRUMENT.uuid(report.instrument_id),
        symbol=instrument.symbol,
        portfolio_id=ids.PORTFOLIO.triplet(report.account_id),
        portfolio_uuid=ids.PORTFOLIO.uuid(report.account_id),
        type=stops.type_word(terms),
        # The bound that the exchange put on a market order is not a price its owner gave.
        price=numbers.price_text(instrument, terms.price_ticks) if is_limit else None,
        stop_price=stops.price_text(instrument, terms.trigger),
        size=numbers.qty_text(instrument, terms.order_qty_lots),
        tif=tables.TIMES_IN_FORCE.to_wire(terms.time_in_force),
        expire_time=times.iso_floor_ms(terms.expire_ns) if expires else None,
        stp_mode=tables.STP_MODES.to_wire(terms.stp),
        event_type=tables.EVENT_TYPES.to_wire(_event(report)),
        event_time=times.iso_floor_ms(report.transact_ns),
        submit_time=times.iso_floor_ms(report.submit_ns),
        order_status="WORKING" if report.is_open else "DONE",
        leaves_qty=numbers.qty_text(instrument, terms.order_qty_lots - done),
        exec_qty=numbers.qty_text(instrument, done),
        avg_price=numbers.avg_px_text_half_even(instrument, report.cum_notional_minor, done),
        fee=_fee_text(report, instrument, ctx),
        post_only=bool(terms.exec_inst & ExecInst.POST_ONLY),
        close_only=close_only,
        reduce_only=close_only,
        algo_strategy="TWAP" if terms.schedule else None,
        text=_text(report),
    )


def read_order(message: Order, asked: Any, ctx: Ctx) -> OrderReport:
    """
    Return the report an order object makes; it names its own order, so `asked` is not read.

    Units: lots and ticks of the instrument the context knows; the expiry of a GTC order, which the
           venue does not show, is its submission and thirty days.
    Raises: Malformed when the object contradicts itself or names what the context does not know.
    """
    instrument = market_of("order", message.symbol, ctx.directory)
    order_id = known("order", ctx.read_id(ids.ORDER_ID, message.order_id))
    account_id = known_portfolio("order", message.portfolio_uuid, ctx)
    size, done = (
        numbers.qty_lots(instrument, Decimal(text)) for text in (message.size, message.exec_qty)
    )
    status, working = _status(message, size, done), message.order_status != "DONE"
    quote, average = ctx.directory.assets[instrument.quote_asset_id], Decimal(message.avg_price)
    submit_ns = _moment(message, "submit_time")
    return OrderReport(
        OrderId(order_id),
        account_id,
        instrument.instrument_id,
        message.client_order_id,
        _read_terms(message, instrument, size, submit_ns),
        Standing.PENDING if message.event_type == "PENDING_NEW" else status.standing,
        ord_status=status,
        exec_type=_exec_type(message, status),
        leaves_qty_lots=size - done if working else 0,
        cum_qty_lots=done,
        cum_notional_minor=numbers.cum_notional_minor_nearest(instrument, average, done),
        fee_minor=numbers.asset_minor_nearest(quote, Decimal(getattr(message, "fee", 0))),
        submit_ns=submit_ns,
        transact_ns=_moment(message, "event_time"),
        cancel_reason=_cancel_reason(message, status),
    )


def _fee_text(report: OrderReport, instrument: Instrument, ctx: Ctx) -> str:
    if not report.fee_minor:
        return "0"
    return numbers.minor_text(ctx.directory.assets[instrument.quote_asset_id], report.fee_minor)


def _event(report: OrderReport) -> ExecType:
    if report.cancel_reason is _NOT_LET_IN:
        # It was taken, and refused when it was to come in.
        return ExecType.REJECTED
    if report.exec_type is not ExecType.RESTATED:
        return report.exec_type
    terms = report.terms
    if terms.link and terms.link.order_qty_lots == terms.order_qty_lots and report.cum_qty_lots:
        # A leg that traded holds more by itself than beside the other: that is no event either.
        return ExecType.TRADE
    if terms.schedule is None:
        return tables.RESTATED_AS
    # A slice without a fill is no event of the order's.
    return ExecType.TRADE if report.cum_qty_lots else ExecType.NEW


def _text(report: OrderReport) -> str | None:
    if report.ord_status is not OrdStatus.CANCELED:
        return None
    reason = report.cancel_reason
    known = tables.MASS_CANCEL_AS if reason is CancelReason.MASS_CANCEL else reason
    return tables.TEXTS.to_wire(known)


def _read_terms(message: Order, instrument: Instrument, size: int, submit_ns: int) -> OrderTerms:
    # Unknown words are read as the nearest known ones: a type as a limit order if it has a price,
    # as a market order if not; a time in force as good till canceled.
    unnamed = OrdType.LIMIT if message.price else OrdType.MARKET
    # A bracket is read as its limit order, with the stop that is beside it.
    is_bracket = message.type == tables.BRACKET
    ord_type, sleeps = tables.ORD_TYPES.read(message.type, (unnamed, is_bracket))
    side, stop_price = tables.SIDES.from_wire(message.side), message.stop_price
    flags = getattr(message, "post_only", False), getattr(message, "close_only", False)
    return OrderTerms(
        side,
        ord_type,
        tables.TIMES_IN_FORCE.read(getattr(message, "tif", ""), TimeInForce.GTC),
        size,
        price_ticks=numbers.price_ticks(instrument, Decimal(message.price or 0)),
        expire_ns=_expire_ns(message, submit_ns),
        exec_inst=ExecInst.POST_ONLY * flags[0] | ExecInst.REDUCE_ONLY * flags[1],
        stp=tables.STP_MODES.read(getattr(message, "stp_mode", ""), SelfTradePrevention.NONE),
        trigger=_read_trigger(message, instrument, side) if sleeps and stop_price else None,
        link=_BRACKET if is_bracket else None,
        # By how many slices, and how far apart, is not told.
        schedule=Schedule(0, 0) if getattr(message, "algo_strategy", None) else None,
    )


def _read_trigger(message: Order, instrument: Instrument, side: Side) -> Trigger:
    # Only the last event is told. One that woke and was changed since is read as asleep until it
    # trades; of a bracket it may be the limit order that traded.
    woke = tables.EVENT_TYPES.read(message.event_type, ExecType.NEW) is ExecType.TRIGGERED
    traded = message.type != tables.BRACKET and Decimal(message.exec_qty) > 0
    return stops.read(instrument, side, message.stop_price or "", is_met=woke or traded)


def _status(message: Order, size: int, done: int) -> OrdStatus:
    if message.order_status == "DONE":
        # An unknown end is read as an expiry: it must not be taken for a cancel of ours.
        ended = tables.DONE_BY.read(message.event_type, OrdStatus.EXPIRED)
        if _was_not_let_in(message):
            ended = OrdStatus.CANCELED
        return OrdStatus.FILLED if done >= size else ended
    return OrdStatus.PARTIALLY_FILLED if done else OrdStatus.NEW


def _exec_type(message: Order, status: OrdStatus) -> ExecType:
    if _was_not_let_in(message):
        return ExecType.CANCELED
    return tables.EVENT_TYPES.read(message.event_type, last_exec_type(status))


def _was_not_let_in(message: Order) -> bool:
    # A rejection that says why in the words of this exchange.
    text = getattr(message, "text", None) or ""
    return message.event_type == "REJECTED" and text == tables.TEXTS.to_wire(_NOT_LET_IN)


def _cancel_reason(message: Order, status: OrdStatus) -> CancelReason:
    if status is OrdStatus.CANCELED:
        return tables.TEXTS.read(message.text or "", CancelReason.NONE)
    return CancelReason.EXPIRED if status is OrdStatus.EXPIRED else CancelReason.NONE


def _moment(message: Order, name: str) -> int:
    # The answers to placing and canceling have no times at the venue: 0.
    text = getattr(message, name, "")
    return times.parse_iso(text) if text else 0


def _expire_ns(message: Order, submit_ns: int) -> int:
    if message.expire_time:
        return times.parse_iso(message.expire_time)
    lives = submit_ns and getattr(message, "tif", "") == "GTC"
    return submit_ns + tables.LIFE_NS_MAX if lives else 0
