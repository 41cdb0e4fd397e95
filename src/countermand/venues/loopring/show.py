"""The order object: `OrderReport` to message, and back."""

from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from countermand.venues.loopring import grid, resolve, stops
from countermand.venues.loopring.annotations import ANNOTATIONS, Annotation
from countermand.venues.loopring.errors import Coded
from countermand.venues.loopring.messages import orders as m
from countermand.venues.loopring.resolve import Pair
from countermand.venues.loopring.settings import Ctx
from countermand.venues.loopring.tables import (
    CANCELLED,
    CANCELLING,
    FAILED,
    KNOWN_WORDS,
    LIMIT_ORDER,
    MIXED,
    PROCESSING,
    SIDES,
    STATUS_OF,
    STATUSES,
    WAITING,
)
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import (
    OrderTerms,
    OrdStatus,
    OrdType,
    Pending,
    Side,
    Standing,
    TimeInForce,
    Trigger,
)
from countermand.vocabulary.reasons import CancelReason
from countermand.vocabulary.reports import OrderReport
from countermand.wire import numbers, times
from countermand.wire.reading import known, last_exec_type, likely_reason
from countermand.wire.receipts import Acknowledged


def show_order(report: OrderReport, ctx: Ctx) -> m.Order:
    """
    Return the order object: its volumes as they were signed, what it traded floored.

    Source: DEX API v3, "Get order"; the token of `storageInfo` is the one sold.
    """
    pair, side = resolve.pair_by_id(report.instrument_id, ctx), report.terms.side
    noted = ANNOTATIONS.read(report.terms.text)
    base, quote = noted.volumes(side)
    traded = grid.filled(pair, report, noted)
    sold, bought = pair.sold_and_bought(side)
    # The exchange is done with a market order when the book is; its owner asked for more.
    is_done = report.terms.ord_type is OrdType.MARKET and report.ord_status is OrdStatus.FILLED
    is_cut_short = is_done and not traded.is_whole
    return m.Order(
        hash=report.cl_ord_id,
        client_order_id=report.terms.secondary_cl_ord_id,
        side=SIDES.to_wire(side),
        market=pair.instrument.symbol,
        price=grid.price_text(pair, base, quote),
        volumes=m.Volumes(
            base_amount=str(base),
            quote_amount=str(quote),
            base_filled=str(traded.base),
            quote_filled=str(traded.quote),
            fee=str(bought.floor_units(report.fee_minor)),
        ),
        validity=m.Validity(start=report.submit_ns // times.S, end=noted.valid_until_s),
        order_type=noted.order_type,
        trade_channel=noted.trade_channel,
        status=CANCELLED if is_cut_short else status_word(report),
        storage_info=m.StorageInfo(
            account_id=int(ctx.directory.accounts[report.account_id].name),
            token_id=sold.token.token_id,
            storage_id=noted.storage_id,
        ),
        extra_order_info=stops.shown(report.terms.trigger, pair.instrument),
    )


def read_order(message: m.Order, asked: Any, ctx: Ctx) -> OrderReport:
    """
    Return the report an order object makes.

    The wire has no exchange id, no reason of a cancel and no fee limit; the order is taken to be
    for its amount of base. Amounts are floored to lots.

    Raises: Malformed for unknown names.
    """
    pair = resolve.told_pair("order", message.market, ctx)
    account = known("order", resolve.find_account(message.storage_info.account_id, ctx))
    side, told = SIDES.from_wire(message.side), message.volumes
    trigger = stops.read(message, pair.instrument, side)
    terms = replace(_terms(message, pair, side), trigger=trigger)
    cum = units(told.base_filled) * pair.base.minor_per_unit // pair.instrument.lot_minor
    status, start_ns = _ord_status(message.status, cum), message.validity.start * times.S
    _, bought = pair.sold_and_bought(side)
    return OrderReport(
        OrderId(0),
        account.account_id,
        pair.instrument.instrument_id,
        message.hash,
        terms,
        _standing(message.status, status, trigger),
        ord_status=status,
        exec_type=last_exec_type(status),
        leaves_qty_lots=max(0, terms.order_qty_lots - cum) if status.standing.is_open else 0,
        cum_qty_lots=cum,
        cum_notional_minor=units(told.quote_filled) * pair.quote.minor_per_unit,
        fee_minor=units(told.fee) * bought.minor_per_unit,
        submit_ns=start_ns,
        transact_ns=start_ns,
        cancel_reason=likely_reason(status),
    )


def show_taken(
    order: OrderReport, status: str = PROCESSING, *, is_idempotent: bool = False
) -> m.Submitted:
    """Return that an order, or its cancel, was taken."""
    name = order.terms.secondary_cl_ord_id
    return m.Submitted(
        hash=order.cl_ord_id, client_order_id=name, status=status, is_idempotent=is_idempotent
    )


def read_taken(message: m.Submitted, asked: Any, ctx: Ctx) -> Acknowledged:
    """Return the hash of an order that was taken; what became of it, only the order can tell."""
    return Acknowledged((), (message.hash,))


def units(text: str) -> int:
    """Return an amount in smallest units, also of a text with an exponent. Raises ValueError."""
    return numbers.scaled(Decimal(text), 0)


def _terms(message: m.Order, pair: Pair, side: Side) -> OrderTerms:
    noted, name = _annotation(message, side), getattr(message, "client_order_id", "")
    try:
        return grid.order_terms(pair, side, noted, name)
    except Coded:
        # It is for less than our client counts: of it there is nothing.
        limit, stands = OrdType.LIMIT, TimeInForce.GTD
        return OrderTerms(side, limit, stands, 0, secondary_cl_ord_id=name)


def _annotation(message: m.Order, side: Side) -> Annotation:
    volumes, slot = message.volumes, message.storage_info
    amounts = units(volumes.base_amount), units(volumes.quote_amount)
    sold, bought = amounts if side is Side.SELL else amounts[::-1]
    style = (
        getattr(message, "order_type", LIMIT_ORDER),
        getattr(message, "trade_channel", MIXED),
    )
    ends_at = message.validity.end
    return Annotation(slot.storage_id, sold, bought, ends_at, 0, side is Side.BUY, *style)


def status_word(report: OrderReport) -> str:
    """Return the word of how an order stands on the exchange, of one that was not let in too."""
    if report.cancel_reason is CancelReason.NOT_LET_IN:
        return FAILED
    if report.is_open and report.pending is Pending.CANCEL:
        return CANCELLING
    return WAITING if report.standing is Standing.ARMED else STATUS_OF[report.ord_status]


def _standing(word: str, status: OrdStatus, trigger: Trigger | None) -> Standing:
    # One that is being canceled may sleep as well.
    asleep = trigger is not None and not trigger.is_met
    if asleep and word in (WAITING, CANCELLING):
        return Standing.ARMED
    return status.standing if word in KNOWN_WORDS else Standing.PENDING


def _ord_status(word: str, cum_lots: int) -> OrdStatus:
    # What waits, is being canceled, or has a word that is not known here is not known to be over.
    statuses = STATUSES.get(word) or (OrdStatus.NEW,)
    is_part = statuses[0] is OrdStatus.NEW and cum_lots
    return OrdStatus.PARTIALLY_FILLED if is_part else statuses[0]
