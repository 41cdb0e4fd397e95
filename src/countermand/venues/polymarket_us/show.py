"""Orders as the venue shows them: `OrderReport` to the order object, and back."""

from decimal import Decimal
from typing import Any

from countermand.venues.polymarket_us import amounts, ids, resolve, tables
from countermand.venues.polymarket_us.amounts import number
from countermand.venues.polymarket_us.annotations import ANNOTATIONS, Annotation
from countermand.venues.polymarket_us.messages import orders as m
from countermand.venues.polymarket_us.messages.shared import (
    CURRENCY,
    NOTHING,
    ZERO,
    Amount,
    MarketMetadata,
)
from countermand.venues.polymarket_us.settings import Ctx
from countermand.venues.polymarket_us.tables import Indicator
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import (
    Cash,
    OrderTerms,
    OrdStatus,
    OrdType,
    Outcome,
    Pending,
    SelfTradePrevention,
    Standing,
    TimeInForce,
)
from countermand.vocabulary.reasons import CancelReason
from countermand.vocabulary.reports import OrderReport
from countermand.wire import numbers, times
from countermand.wire.reading import known, last_exec_type, market_of

PENDING_NEW = "ORDER_STATE_PENDING_NEW"

# A pending request is told in place of the order's state before it.
_PENDING = {
    Pending.NEW: PENDING_NEW,
    Pending.CANCEL: "ORDER_STATE_PENDING_CANCEL",
    Pending.REPLACE: "ORDER_STATE_PENDING_REPLACE",
}


def show_order(report: OrderReport, ctx: Ctx) -> m.Order:
    """
    Return the order object.

    Units: the average price is rounded half to even, twelve digits beyond the tick.
    Source: Orders API reference, schema Order; `lastTransactTime` and `manualOrderIndicator` as
            reported by clients.
    """
    instrument = ctx.directory.instruments.get(report.instrument_id)
    terms, side = report.terms, report.terms.side
    noted = ANNOTATIONS.read(terms.text)
    submitted = times.iso_ns(report.submit_ns)
    return m.Order(
        id=ids.order_text(report.order_id),
        side=tables.SIDES.to_wire(side),
        type=tables.ORD_TYPES.to_wire(terms.ord_type),
        tif=tables.TIMES_IN_FORCE.to_wire(terms.time_in_force),
        good_till_time=times.iso_ns(terms.expire_ns) if terms.expire_ns else None,
        intent=tables.INTENTS.to_wire((side, noted.outcome)),
        outcome_side=tables.OUTCOMES.to_wire(noted.outcome),
        action=tables.ACTIONS.to_wire(side if noted.outcome is Outcome.YES else side.opposite),
        state=state(report),
        insert_time=submitted,
        create_time=submitted,
        last_transact_time=times.iso_ns(report.transact_ns),
        manual_order_indicator=tables.INDICATORS.to_wire_if(noted.indicator or None),
        **(_amounts(report, instrument, noted.outcome, ctx) if instrument else _as_sent(noted)),
    )


def read_order(message: m.Order, asked: object, ctx: Ctx) -> OrderReport:
    """
    Return the report an order object makes, for any request.

    Why an order was canceled is not told.

    Raises: Malformed when it names an unknown order or market.
    """
    instrument = market_of("order", message.market_slug, ctx.directory)
    order_id = known("order", ids.parse_order(message.id, ctx.read_id))
    terms = _read_terms(message, instrument, ctx)
    status, reason = _status(message, terms.time_in_force)
    cum = numbers.qty_lots(instrument, amounts.decimal(message.cum_quantity))
    quote = ctx.directory.assets[instrument.quote_asset_id]
    fee, average = (
        getattr(message, name, None) for name in ("commission_notional_total_collected", "avg_px")
    )
    average_px = Decimal(average.value if average else 0)
    return OrderReport(
        order_id=order_id,
        account_id=resolve.account(ctx),
        instrument_id=instrument.instrument_id,
        cl_ord_id="",
        terms=terms,
        standing=_standing(message.state, status),
        leaves_qty_lots=numbers.qty_lots(instrument, amounts.decimal(message.leaves_quantity)),
        cum_qty_lots=cum,
        cum_notional_minor=numbers.cum_notional_minor_nearest(instrument, average_px, cum),
        fee_minor=amounts.read_money(quote, fee),
        ord_status=status,
        exec_type=last_exec_type(status),
        cancel_reason=reason,
        submit_ns=_instant(message.create_time or message.insert_time),
        transact_ns=_instant(
            message.last_transact_time or message.insert_time or message.create_time
        ),
    )


def _read_terms(message: m.Order, instrument: Instrument, ctx: Ctx) -> OrderTerms:
    side, outcome = tables.INTENTS.from_wire(message.intent)
    ord_type = tables.ORD_TYPES.from_wire(message.type)
    indicator = tables.INDICATORS.read(message.manual_order_indicator or "", Indicator.NONE)
    quote, cash = ctx.directory.assets[instrument.quote_asset_id], message.cash_order_qty
    return OrderTerms(
        side,
        ord_type,
        tables.TIMES_IN_FORCE.from_wire(message.tif),
        numbers.qty_lots(instrument, amounts.decimal(message.quantity)),
        price_ticks=_read_price(message, instrument, ord_type),
        expire_ns=_instant(message.good_till_time),
        stp=SelfTradePrevention.REJECT,
        cash=None if cash is None else Cash(amounts.read_money(quote, cash), outcome),
        text=ANNOTATIONS.write(Annotation(outcome, indicator)),
    )


def _read_price(message: m.Order, instrument: Instrument, ord_type: OrdType) -> int:
    # A market order's price is its bound until something is filled, and the average after that.
    if ord_type is not OrdType.LIMIT and amounts.decimal(message.cum_quantity):
        return 0
    ticks = amounts.read_price(instrument, message.price)
    limited = ord_type is OrdType.LIMIT or ticks != instrument.reference_price_ticks
    return ticks if limited else 0


def _as_sent(noted: Annotation) -> dict[str, Any]:
    # An order in an unknown market has only the values that were sent.
    return {
        "market_slug": noted.slug,
        "price": Amount(noted.price, CURRENCY) if noted.price else ZERO,
        "quantity": number(noted.quantity or "0"),
        "cum_quantity": NOTHING,
        "leaves_quantity": NOTHING,
        "market_metadata": MarketMetadata(slug=noted.slug),
        "avg_px": ZERO,
        "cash_order_qty": None,
        "commission_notional_total_collected": ZERO,
    }


def _amounts(report: OrderReport, one: Instrument, outcome: Outcome, ctx: Ctx) -> dict[str, Any]:
    quote, said = ctx.directory.assets[one.quote_asset_id], ctx.settings.presentation(one.symbol)
    terms, cum, cash = report.terms, report.cum_qty_lots, report.terms.cash_minor
    exact = numbers.avg_px_text_half_even(one, report.cum_notional_minor, cum)
    average = Amount(amounts.with_cents(exact), CURRENCY)
    return {
        "market_slug": one.symbol,
        "price": _price(report, one, average),
        "quantity": number(numbers.qty_text(one, terms.order_qty_lots)),
        "cum_quantity": number(numbers.qty_text(one, cum)),
        "leaves_quantity": number(numbers.qty_text(one, report.leaves_qty_lots)),
        "market_metadata": said.metadata(one.symbol, is_long=outcome is Outcome.YES),
        "avg_px": average,
        "cash_order_qty": amounts.money(quote, cash) if cash else None,
        "commission_notional_total_collected": amounts.money(quote, report.fee_minor),
    }


def _price(report: OrderReport, one: Instrument, average: Amount) -> Amount:
    # Clients read the price of every order. A market order shows its average price, before any fill
    # its bound, and without a bound the market's reference price.
    terms = report.terms
    if terms.ord_type is OrdType.LIMIT:
        return amounts.price(one, terms.price_ticks)
    if report.cum_qty_lots:
        return average
    bound = terms.price_ticks if terms.price_ticks > 0 else one.reference_price_ticks
    return amounts.price(one, bound)


def state(report: OrderReport) -> str:
    """Return the state an order is in; the rest of an immediate one expires."""
    if report.is_open and report.pending in _PENDING:
        return _PENDING[report.pending]
    expired = report.cancel_reason in tables.EXPIRED_BY.values()
    return tables.STATES.to_wire(OrdStatus.EXPIRED if expired else report.ord_status)


def _status(message: m.Order, time_in_force: TimeInForce) -> tuple[OrdStatus, CancelReason]:
    is_part = bool(amounts.decimal(message.cum_quantity))
    is_open = OrdStatus.PARTIALLY_FILLED if is_part else OrdStatus.NEW
    # A pending or replaced order, and one with an unknown word, is not known to be over.
    status = tables.STATES.read(message.state, is_open)
    if status is OrdStatus.EXPIRED:
        if time_in_force in tables.EXPIRED_BY:
            return OrdStatus.CANCELED, tables.EXPIRED_BY[time_in_force]
        return status, CancelReason.EXPIRED
    return status, CancelReason.REQUESTED if status is OrdStatus.CANCELED else CancelReason.NONE


def _standing(text: str, status: OrdStatus) -> Standing:
    if text in tables.LIVE or not status.standing.is_open:
        return status.standing
    return Standing.PENDING


def _instant(text: str | None) -> int:
    return times.parse_iso(text) if text else 0
