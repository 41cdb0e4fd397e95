"""
Executions: what happened to an order from when it was taken, told as the venue tells it.

They are made of the order as it is now and of its fills, each with the order as it was after it.
Source: Orders API reference, schema Execution; zero values as reported by clients.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from countermand.venues.polymarket_us import amounts, ids, tables
from countermand.venues.polymarket_us.messages.orders import (
    NO_REJECT_REASON,
    NOT_UNSOLICITED,
    Execution,
)
from countermand.venues.polymarket_us.settings import Ctx
from countermand.venues.polymarket_us.show import show_order, state
from countermand.vocabulary.events import (
    Event,
    OrderAccepted,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    OrderReplaced,
    Traded,
)
from countermand.vocabulary.ids import AccountId, MatchId
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.reasons import CancelReason, RejectReason
from countermand.vocabulary.reports import Fill, OrderReport
from countermand.wire import base36, times
from countermand.wire.numbers import price_text, qty_text

# The engine's own words, where they are known; elsewhere ours.
# Source: FIX documents of the venue, OrdRejReason texts.
_TEXTS = {
    RejectReason.POST_ONLY_WOULD_CROSS: "Order may participate but not initiate in the market",
    RejectReason.SELF_TRADE: "Self Match Prevention",
    RejectReason.MARKET_CLOSED: "Book is CLOSED",
    RejectReason.NO_LIQUIDITY: "No liquidity for market order",
}


def show_executions(report: OrderReport, fills: tuple[Fill, ...], ctx: Ctx) -> list[Execution]:
    """
    Return the executions of an order, oldest first.

    Shape: NEW, then PARTIAL_FILL and FILL, then CANCELED or EXPIRED; or REJECTED alone. `fills` are
           newest first, and those the report does not count yet are left out.
    """
    if report.ord_status is OrdStatus.REJECTED:
        return [_rejected(report, ctx)]
    told = [fill for fill in reversed(fills) if fill.cum_qty_lots <= report.cum_qty_lots]
    return [_accepted(report, told, ctx), *_filled(report, told, ctx), *_ended(report, ctx)]


def show_event(event: Event, account_id: AccountId, ctx: Ctx) -> Iterator[Execution]:
    """Yield what happened to an account's orders in an event, each order as it is after it."""
    for order in event.orders:
        if order.account_id != account_id:
            continue
        match event:
            case OrderAccepted():
                yield _execution(order, "EXECUTION_TYPE_NEW", ids.ACCEPTED, ctx)
            case OrderReplaced():
                yield _execution(order, "EXECUTION_TYPE_REPLACE", _replaced(order), ctx)
            case Traded():
                yield _traded(event, order, ctx)
            case OrderCanceled() | OrderExpired():
                yield from _ended(order, ctx)
            case OrderRejected():
                yield _rejected(order, ctx)


def _traded(event: Traded, order: OrderReport, ctx: Ctx) -> Execution:
    is_maker = order is event.maker
    fee_minor = event.maker_fee_minor if is_maker else event.taker_fee_minor
    shares = (event.match_id, event.price_ticks, event.qty_lots, fee_minor)
    return _fill(order, shares, ctx, is_maker=is_maker)


def _replaced(order: OrderReport) -> str:
    # An order is replaced any number of times, and each has an id of its own.
    return f"R{base36.encode(order.transact_ns)}"


def _accepted(report: OrderReport, fills: list[Fill], ctx: Ctx) -> Execution:
    lots = fills[0].terms.order_qty_lots if fills else report.terms.order_qty_lots
    taken = _as_of(report, lots, report.submit_ns)
    return _execution(taken, "EXECUTION_TYPE_NEW", ids.ACCEPTED, ctx)


def _filled(report: OrderReport, fills: list[Fill], ctx: Ctx) -> Iterator[Execution]:
    fee_minor = 0
    for fill in fills:
        fee_minor += fill.fee_minor
        done = (fill.cum_qty_lots, fill.cum_notional_minor, fee_minor)
        after = _as_of(report, fill.terms.order_qty_lots, fill.ts_ns, *done)
        shares = (fill.match_id, fill.last_px_ticks, fill.last_qty_lots, fill.fee_minor)
        yield _fill(after, shares, ctx, is_maker=fill.is_maker)


def _fill(
    after: OrderReport, shares: tuple[MatchId, int, int, int], ctx: Ctx, *, is_maker: bool
) -> Execution:
    # `shares` are which match it was, at what price, how many and for what fee.
    match_id, px_ticks, lots, fee_minor = shares
    instrument = ctx.directory.instruments[after.instrument_id]
    quote = ctx.directory.assets[instrument.quote_asset_id]
    trade_id = ids.trade_text(match_id)
    kind = "EXECUTION_TYPE_PARTIAL_FILL" if after.leaves_qty_lots else "EXECUTION_TYPE_FILL"
    return replace(
        _execution(after, kind, trade_id, ctx),
        last_shares=qty_text(instrument, lots),
        last_px=amounts.price(instrument, px_ticks),
        trade_id=trade_id,
        aggressor=not is_maker,
        commission_notional_collected=amounts.money(quote, fee_minor),
    )


def _as_of(
    report: OrderReport, lots: int, ts_ns: int, cum: int = 0, notional: int = 0, fee: int = 0
) -> OrderReport:
    # The order as it was, for `lots` in all, when this much of it was done.
    open_status = OrdStatus.PARTIALLY_FILLED if cum else OrdStatus.NEW
    return replace(
        report,
        terms=replace(report.terms, order_qty_lots=lots),
        leaves_qty_lots=lots - cum,
        cum_qty_lots=cum,
        cum_notional_minor=notional,
        fee_minor=fee,
        ord_status=open_status if lots > cum else OrdStatus.FILLED,
        cancel_reason=CancelReason.NONE,
        transact_ns=ts_ns,
    )


def _ended(report: OrderReport, ctx: Ctx) -> Iterator[Execution]:
    if report.ord_status not in (OrdStatus.CANCELED, OrdStatus.EXPIRED):
        return
    kind = state(report).replace("ORDER_STATE_", "EXECUTION_TYPE_")
    why = tables.UNSOLICITED.get(report.cancel_reason, NOT_UNSOLICITED)
    yield replace(_execution(report, kind, ids.ENDED, ctx), unsolicited_cancel_reason=why)


def _rejected(report: OrderReport, ctx: Ctx) -> Execution:
    reason = report.reject_reason
    assert reason is not None  # noqa: S101  (every rejected order has one)
    return replace(
        _execution(report, "EXECUTION_TYPE_REJECTED", ids.ENDED, ctx),
        text=_reject_text(report, reason, ctx),
        order_reject_reason=tables.REJECT_REASONS.get(reason, NO_REJECT_REASON),
    )


def _reject_text(report: OrderReport, reason: RejectReason, ctx: Ctx) -> str:
    instrument = ctx.directory.instruments.get(report.instrument_id)
    prices = (RejectReason.PRICE_NOT_POSITIVE, RejectReason.PRICE_OUTSIDE_BAND)
    if instrument is not None and reason in prices:
        low, high = instrument.limit_down_ticks, instrument.limit_up_ticks
        if report.terms.price_ticks < low:
            return f"Low price limit is {price_text(instrument, low)}"
        return f"High price limit is {price_text(instrument, high)}"
    return _TEXTS.get(reason, reason.sentence)


def _execution(report: OrderReport, kind: str, of: str, ctx: Ctx) -> Execution:
    return Execution(
        id=ids.execution_text(report.order_id, of),
        order=show_order(report, ctx),
        type=kind,
        transact_time=times.iso_ns(report.transact_ns),
    )
