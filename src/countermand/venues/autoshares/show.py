"""The order object: `OrderReport` to message, and back."""

from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from countermand.venues.autoshares import annotations, dates, ids, resolve, states, stops, tables
from countermand.venues.autoshares.annotations import Notes
from countermand.venues.autoshares.messages import orders as m
from countermand.venues.autoshares.messages.shared import NO_DATE
from countermand.venues.autoshares.presentation import UNTOLD
from countermand.venues.autoshares.settings import Ctx
from countermand.venues.autoshares.states import Pending
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import (
    ExecInst,
    OrderTerms,
    OrdStatus,
    OrdType,
    PositionEffect,
    SelfTradePrevention,
    Side,
    TimeInForce,
    Trigger,
)
from countermand.vocabulary.queries import ListFills
from countermand.vocabulary.reasons import CancelReason, RejectReason
from countermand.vocabulary.reports import Fill, OrderReport
from countermand.wire import numbers
from countermand.wire.conversation import Serving
from countermand.wire.reading import last_exec_type, market_of

ALL_OR_NONE = "AllOrNone"

_ZERO = Decimal(0)

# Fields with one value: in orders that have not traded, and for features that are not served.
_SAME: dict[str, Any] = {
    "last_price": _ZERO, "last_quantity": _ZERO, "sett_date": NO_DATE, "settlement_date": NO_DATE,
    "parent_request_id": 0, "is_external": False,
    "validations_to_bypass": 0,
}  # fmt: skip


def with_last_fill(report: OrderReport, ctx: Ctx, *, is_settled: bool = False) -> Serving[m.Order]:
    """Show an order; one that has traded with its last fill. See `show_order` for `is_settled`."""
    fills: tuple[Fill, ...] = ()
    if report.cum_qty_lots:
        fills = yield ListFills((report.account_id,), report.order_id, limit=1)
    return show_order(report, ctx, last=fills[0] if fills else None, is_settled=is_settled)


def show_order(
    report: OrderReport,
    ctx: Ctx,
    waits_for: Pending | None = None,
    last: Fill | None = None,
    *,
    is_settled: bool = False,
) -> m.Order:
    """
    Return the order object, in the state it waits in if it is to be shown so; with `is_settled` as
    the exchange has it, which has decided.

    Units:  the average price is rounded half to even, twelve digits beyond the tick.
    Source: ETNA manual, "Place order", "Get order" (samples); the swagger file, `OrderResource`.
    """
    terms = report.terms
    if not is_settled:
        waits_for = waits_for or states.pending(report, ctx)
    state, notes = states.words(report, waits_for), annotations.read(terms.text)
    market = ctx.directory.instruments.get(report.instrument_id)
    changed, is_new = dates.date_text(report.transact_ns), waits_for is Pending.NEW
    whole, trigger = bool(terms.exec_inst & ExecInst.ALL_OR_NONE), terms.trigger
    owner = ctx.directory.accounts[report.account_id].owner
    executed, leaves, average = traded(report, market, waits_for)
    return m.Order(
        id=report.order_id, request_id=report.order_id, state_id=0 if is_new else report.order_id,
        account_id=report.account_id, user_id=ids.user_id(owner, ctx.directory),
        client_id=client_id(report), orig_client_id=notes.orig_client_id,
        side=side_word(terms), type=type_word(report),
        initial_type=notes.type or stops.asked_word(terms),
        quantity=quantity(terms, market), price=price(terms, market),
        time_in_force=tif_word(terms), expire_date=expire_date(report, ctx),
        exec_inst=notes.exec_inst or (ALL_OR_NONE if whole else "None"),
        # The flag's value in FIX, whose ExecInst (18) it is the bit of here.
        exec_inst_num=int(ExecInst.ALL_OR_NONE) if whole else 0,
        extended_hours=notes.hours, execution_instructions=notes.instructions,
        comment=notes.comment, exchange=notes.exchange, execution_venue="" if is_new else "Auto",
        status=state.status, execution_status=state.status,
        request_status=state.request_status, target=state.target,
        trans_type="Cancel" if state.status == "Canceled" else "New",
        description="" if waits_for else description(report),
        executed_quantity=executed, leaves_quantity=leaves, average_price=average,
        create_date=dates.date_text(report.submit_ns), date=changed, transaction_date=changed,
        legs=notes.legs, parent_id=terms.link.list_id if terms.link else -1,
        **(stops.shown(trigger, market) if trigger and market else stops.as_sent(notes)),
        **_security(market or resolve.find(notes.symbol, ctx), notes, ctx),
        **(_SAME if is_new or not last or not market else _SAME | _last(last, market)),
    )  # fmt: skip


def _security(market: Instrument | None, notes: Notes, ctx: Ctx) -> dict[str, Any]:
    if market is None:
        return {"security_id": 0, "symbol": notes.symbol}
    return {
        "security_id": market.instrument_id,
        "symbol": market.symbol,
        "currency": ctx.directory.assets[market.quote_asset_id].symbol,
        "name": market.symbol,
        "security_type": ctx.settings.securities.get(market.symbol, UNTOLD).type,
    }


def _last(fill: Fill, market: Instrument) -> dict[str, Any]:
    return {
        "last_price": Decimal(numbers.price_text(market, fill.last_px_ticks)),
        "last_quantity": Decimal(numbers.qty_text(market, fill.last_qty_lots)),
        "exec_id": str(fill.match_id),
        "counter_party_order_id": str(fill.match_id),
    }


# Single fields of an order. `market` is None for an order that was recorded without one.


def type_word(report: OrderReport) -> str:
    """Return the type of an order as it is now; of one that was refused, as its owner said it."""
    return annotations.read(report.terms.text).type or stops.type_word(report)


def tif_word(terms: OrderTerms) -> str:
    """Return the time in force of an order as its owner said it."""
    return annotations.read(terms.text).tif or tables.TIMES_IN_FORCE.to_wire(terms.time_in_force)


def side_word(terms: OrderTerms) -> str:
    """Return the word of a side; one without an effect is told as the plain one."""
    side, effect = terms.side, terms.position_effect
    if effect is PositionEffect.NONE:
        effect = PositionEffect.OPEN if side is Side.BUY else PositionEffect.CLOSE
    return tables.SIDES.to_wire((side, effect))


def client_id(report: OrderReport) -> str:
    """Return what an order is called by its owner, or else by the venue."""
    return annotations.read(report.terms.text).client_id or ids.client_id(report.order_id)


def quantity(terms: OrderTerms, market: Instrument | None) -> Decimal:
    """Return how much was asked for."""
    if market is None:
        return annotations.read(terms.text).quantity
    return Decimal(numbers.qty_text(market, terms.order_qty_lots))


def price(terms: OrderTerms, market: Instrument | None) -> Decimal:
    """Return the limit; what a market order was bound to is not a price its owner gave."""
    if market is None:
        return annotations.read(terms.text).price
    ticks = terms.price_ticks if terms.ord_type is OrdType.LIMIT else 0
    return Decimal(numbers.price_text(market, ticks))


def traded(
    report: OrderReport, market: Instrument | None, waits_for: Pending | None
) -> tuple[Decimal, Decimal, Decimal]:
    """
    Return how much has traded, how much is left to trade, and the average price.

    A new order that is still to be looked at shows nothing of it.
    """
    if market is None or waits_for is Pending.NEW:
        return _ZERO, _ZERO, _ZERO
    cum, notional = report.cum_qty_lots, report.cum_notional_minor
    left = report.terms.order_qty_lots - cum if waits_for else report.leaves_qty_lots
    average = numbers.avg_px_text_half_even(market, notional, cum)
    return (
        Decimal(numbers.qty_text(market, cum)),
        Decimal(numbers.qty_text(market, left)),
        Decimal(average),
    )


def expire_date(report: OrderReport, ctx: Ctx) -> str:
    """Return when an order ends as its owner sees it, "no date" for one that does not."""
    notes, expire_ns = annotations.read(report.terms.text), report.terms.expire_ns
    if notes.expire_date:
        return notes.expire_date
    if notes.tif == "Day" and not expire_ns:
        expire_ns = dates.day_end_ns(notes.hours, report.submit_ns, ctx)
        return dates.expiry_text(TimeInForce.DAY, expire_ns, ctx)
    return dates.expiry_text(report.terms.time_in_force, expire_ns, ctx)


def description(report: OrderReport) -> str:
    """Return why an order ended: of a rejected one the code."""
    if report.ord_status is OrdStatus.REJECTED:
        return reject_code(report.reject_reason, report.terms)
    if report.ord_status not in (OrdStatus.CANCELED, OrdStatus.EXPIRED):
        return ""
    mass = report.cancel_reason is CancelReason.MASS_CANCEL
    return tables.DESCRIPTIONS.to_wire(tables.MASS_CANCEL_AS if mass else report.cancel_reason)


def reject_code(reason: RejectReason | None, terms: OrderTerms) -> str:
    """Return the code of why an order with these terms was refused: a fault, or the reason's."""
    if (fault := annotations.read(terms.text).fault) or reason is None:
        return fault or tables.OTHER_CODE
    plain = tables.REJECT_CODES.get(reason, tables.OTHER_CODE)
    return tables.SIDE_CODES.get((reason, side_word(terms)), plain)


def read_order(message: m.Order, asked: Any, ctx: Ctx) -> OrderReport:
    """
    Return the report an order object makes; what it was charged is not told.

    Raises: Malformed when it names a security that is not known.
    """
    market = market_of("order", message.symbol, ctx.directory)
    terms = _read_terms(message, market, ctx)
    status, trigger = states.read_status(message.status), terms.trigger
    target, cum = (
        getattr(message, "target", ""),
        numbers.qty_lots(market, message.executed_quantity),
    )
    return OrderReport(
        OrderId(message.id), AccountId(message.account_id), market.instrument_id, "",
        terms, states.read_standing(message.status, status, trigger), ord_status=status,
        exec_type=states.read_exec_type(target, trigger, status) or last_exec_type(status),
        leaves_qty_lots=numbers.qty_lots(market, message.leaves_quantity), cum_qty_lots=cum,
        cum_notional_minor=numbers.cum_notional_minor_nearest(market, message.average_price, cum),
        submit_ns=dates.date_ns(getattr(message, "create_date", message.date)),
        transact_ns=dates.date_ns(message.date),
        cancel_reason=_cancel_reason(message, status),
        reject_reason=_reject_reason(message, status),
    )  # fmt: skip


def _read_terms(message: m.Order, market: Instrument, ctx: Ctx) -> OrderTerms:
    side, effect = tables.SIDES.from_wire(message.side)
    ord_type, trigger = _read_type(message), stops.read(message, market, side)
    tif, notes = _read_time(message, ord_type, trigger)
    whole = getattr(message, "exec_inst", "") == ALL_OR_NONE
    expires = getattr(message, "expire_date", NO_DATE)
    return OrderTerms(
        side, ord_type, tif, numbers.qty_lots(market, message.quantity),
        price_ticks=numbers.price_ticks(market, message.price),
        expire_ns=0 if notes.tif else dates.expiry_ns(tif, expires, ctx),
        exec_inst=int(ExecInst.ALL_OR_NONE if whole else ExecInst.NONE),
        stp=SelfTradePrevention.REJECT, position_effect=effect, text=annotations.write(notes),
        trigger=trigger, link=states.read_link(getattr(message, "parent_id", 0)),
    )  # fmt: skip


def _read_type(message: m.Order) -> OrdType:
    # A type that this client has no word for is read as the nearest.
    if (kind := stops.kind_of(message.type)) is None:
        return OrdType.LIMIT if message.price else OrdType.MARKET
    return kind.ord_type


def _read_time(
    message: m.Order, ord_type: OrdType, trigger: Trigger | None
) -> tuple[TimeInForce, Notes]:
    # A time in force that this client has no word for is read as the nearest.
    tif, notes = tables.TIMES_IN_FORCE.read(message.time_in_force, TimeInForce.GTC), _notes(message)
    is_plain = stops.kind_of(message.type) is not None and trigger is None
    if ord_type is OrdType.MARKET and is_plain and tif in (TimeInForce.DAY, TimeInForce.GTC):
        return TimeInForce.IOC, replace(notes, tif=message.time_in_force)
    return tif, notes


def _notes(message: m.Order) -> Notes:
    own = message.client_id != ids.client_id(OrderId(message.id))
    return Notes(
        client_id=message.client_id if own else "", orig_client_id=message.orig_client_id,
        comment=message.comment, exchange=message.exchange,
        hours=message.extended_hours,
        instructions=getattr(message, "execution_instructions", {}),
    )  # fmt: skip


def _cancel_reason(message: m.Order, status: OrdStatus) -> CancelReason:
    if status not in (OrdStatus.CANCELED, OrdStatus.EXPIRED):
        return CancelReason.NONE
    return tables.DESCRIPTIONS.read(message.description, CancelReason.NONE)


def _reject_reason(message: m.Order, status: OrdStatus) -> RejectReason | None:
    return _REASONS.get(message.description) if status is OrdStatus.REJECTED else None


# A code is read as the first of its reasons.
_SIDED = [(reason, code) for (reason, _), code in tables.SIDE_CODES.items()]
_REASONS = {code: reason for reason, code in reversed([*tables.REJECT_CODES.items(), *_SIDED])}
