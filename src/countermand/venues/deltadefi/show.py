"""The order object: `OrderReport` to message, and back."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from msgspec import UNSET

from countermand.venues.deltadefi import annotations, fills, ids, resolve, tables
from countermand.venues.deltadefi.annotations import Slippage
from countermand.venues.deltadefi.messages.orders import Order
from countermand.venues.deltadefi.presentation import time_text
from countermand.venues.deltadefi.settings import Ctx
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import (
    Cash,
    OrderTerms,
    OrdStatus,
    OrdType,
    Pending,
    Side,
    Standing,
    TimeInForce,
)
from countermand.vocabulary.reports import Fill, OrderReport
from countermand.wire import numbers, times
from countermand.wire.reading import known, last_exec_type, likely_reason, market_of

_PPB_PER_BP = 100_000


def show_order(report: OrderReport, traded: Iterable[Fill], ctx: Ctx) -> Order:
    """
    Return the order object; `traded` are its fills, the oldest first.

    Units: `executed_price` is rounded half to even, twelve digits beyond the tick.
    Source: API reference, "Get Order".
    """
    instrument = ctx.directory.instruments[report.instrument_id]
    terms, cum = report.terms, report.cum_qty_lots
    base, quote = resolve.assets(instrument, ctx)
    buys, limited = terms.side is Side.BUY, terms.ord_type is OrdType.LIMIT
    received = base if buys else quote
    return Order(
        id=ids.order_text(report.order_id),
        account_id=ids.ACCOUNT.uuid(report.account_id),
        status=_status_word(report),
        symbol=instrument.symbol,
        base_qty=numbers.qty_text(instrument, terms.order_qty_lots),
        quote_qty=numbers.minor_text(quote, _quote_minor(terms, instrument)),
        side=tables.SIDES.to_wire(terms.side),
        price=numbers.price_text(instrument, terms.price_ticks) if limited else "0",
        type=tables.ORD_TYPES.to_wire(terms.ord_type),
        locked_base_qty="0" if buys else numbers.minor_text(base, report.hold_minor),
        locked_quote_qty=numbers.minor_text(quote, report.hold_minor) if buys else "0",
        executed_base_qty=numbers.qty_text(instrument, cum),
        executed_quote_qty=numbers.minor_text(quote, report.cum_notional_minor),
        ob_open_order_base_qty=numbers.qty_text(instrument, report.leaves_qty_lots),
        commission_unit=received.symbol,
        commission=numbers.minor_text(received, report.fee_minor),
        commission_rate_bp=instrument.taker_fee_ppb // _PPB_PER_BP,
        executed_price=numbers.avg_px_text_half_even(instrument, report.cum_notional_minor, cum),
        created_at=time_text(report.submit_ns),
        updated_at=time_text(report.transact_ns),
        order_execution_records=[fills.show_fill(fill, ctx) for fill in traded],
        **_show_slippage(terms, instrument),
    )


def read_order(message: Order, asked: Any, ctx: Ctx) -> OrderReport:
    """
    Return the report an order object makes; whether it was post-only is not told.

    Raises: Malformed when it names what is not known here; ArithmeticError, ValueError.
    """
    instrument = market_of("order", message.symbol, ctx.directory)
    order_id = known("order", ids.parse_order(message.id, ctx.read_id))
    account_id = known("order", ctx.read_id(ids.ACCOUNT_ID, message.account_id))
    base, quote = resolve.assets(instrument, ctx)
    terms = _read_terms(message, instrument, ctx)
    buys = terms.side is Side.BUY
    received, held = (base, quote) if buys else (quote, base)
    locked = message.locked_quote_qty if buys else message.locked_base_qty
    cum = numbers.qty_lots(instrument, Decimal(message.executed_base_qty))
    status = _status(message.status, cum)
    return OrderReport(
        order_id,
        AccountId(account_id),
        instrument.instrument_id,
        "",
        terms,
        _standing(message.status, status),
        ord_status=status,
        exec_type=last_exec_type(status),
        leaves_qty_lots=numbers.qty_lots(instrument, Decimal(_left(message))),
        cum_qty_lots=cum,
        cum_notional_minor=numbers.asset_minor_nearest(quote, Decimal(message.executed_quote_qty)),
        fee_minor=numbers.asset_minor_nearest(received, Decimal(message.commission)),
        hold_minor=numbers.asset_minor_nearest(held, Decimal(locked)),
        submit_ns=times.parse_iso(message.created_at),
        transact_ns=times.parse_iso(message.updated_at),
        cancel_reason=likely_reason(status),
    )


def _quote_minor(terms: OrderTerms, instrument: Instrument) -> int:
    # The ordered amount of quote: of a market order only an amount that was given.
    if terms.ord_type is OrdType.LIMIT:
        return instrument.notional_of(terms.price_ticks, terms.order_qty_lots)
    return terms.cash_minor


def _show_slippage(terms: OrderTerms, instrument: Instrument) -> dict[str, Any]:
    if (slippage := annotations.read(terms.text)) is None:
        return {}
    bound = numbers.price_text(instrument, slippage.bound_ticks)
    return {"slippage_bp": slippage.points, "market_order_limit_price": bound}


def _read_terms(message: Order, instrument: Instrument, ctx: Ctx) -> OrderTerms:
    ord_type = tables.ORD_TYPES.from_wire(message.type)
    quote_minor = numbers.asset_minor_nearest(
        resolve.assets(instrument, ctx)[1], Decimal(message.quote_qty or 0)
    )
    slippage, points, bound = None, message.slippage_bp, message.market_order_limit_price
    if points is not UNSET and bound is not UNSET:
        slippage = Slippage(points, numbers.price_ticks(instrument, Decimal(bound)))
    return OrderTerms(
        tables.SIDES.from_wire(message.side),
        ord_type,
        TimeInForce.GTC,
        numbers.qty_lots(instrument, Decimal(message.base_qty or 0)),
        price_ticks=numbers.price_ticks(instrument, Decimal(message.price or 0)),
        cash=None if ord_type is OrdType.LIMIT else Cash(quote_minor),
        text=annotations.write(slippage),
    )


def _status_word(report: OrderReport) -> str:
    if resolve.is_built(report):
        return tables.BUILDING
    if report.is_open and report.pending is Pending.NEW:
        return tables.PROCESSING
    return tables.STATUSES.to_wire(tables.SHOWN_AS.get(report.ord_status, report.ord_status))


def _left(message: Order) -> str:
    # A closed order may lack its quantity on the book.
    return getattr(message, "ob_open_order_base_qty", "") or "0"


def _status(text: str, cum_lots: int) -> OrdStatus:
    status = tables.STATUS_READ.get(text, OrdStatus.NEW)
    is_part = status is OrdStatus.NEW and cum_lots
    return OrdStatus.PARTIALLY_FILLED if is_part else status


def _standing(text: str, status: OrdStatus) -> Standing:
    if text == tables.BUILDING:
        return Standing.STAGED
    return status.standing if text in tables.STATUS_READ else Standing.PENDING
