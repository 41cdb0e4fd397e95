"""The order object: `OrderReport` to message, and back."""

from typing import Any

from countermand.venues.loopring import grid, resolve
from countermand.venues.loopring.annotations import ANNOTATIONS, Annotation
from countermand.venues.loopring.messages import orders as m
from countermand.venues.loopring.settings import Ctx
from countermand.venues.loopring.tables import (
    CANCELLED,
    MAKER_ONLY,
    PROCESSING,
    SIDES,
    STATUS_OF,
    STATUSES,
    TAKER_ONLY,
)
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import (
    ExecInst,
    OrderTerms,
    OrdStatus,
    OrdType,
    Side,
    TimeInForce,
)
from countermand.vocabulary.reasons import CancelReason
from countermand.vocabulary.reports import OrderReport
from countermand.wire import times
from countermand.wire.errors import Malformed
from countermand.wire.receipts import Acknowledged
from countermand.wire.states import last_exec_type


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
    status = STATUS_OF[report.ord_status]
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
        status=CANCELLED if _is_cut_short(report, traded) else status,
        storage_info=m.StorageInfo(
            account_id=int(ctx.directory.accounts[report.account_id].name),
            token_id=sold.token.token_id,
            storage_id=noted.storage_id,
        ),
    )


def read_order(message: m.Order, asked: Any, ctx: Ctx) -> OrderReport:
    """
    Return the report an order object makes.

    The exchange's id and why an order was canceled are not told; a fee limit is neither, and an
    order is taken to end at its amount of base. Raises: Malformed for names that are not known.
    """
    pair = resolve.pair(ctx.directory.instrument_by_symbol(message.market), ctx)
    account = resolve.find_account(message.storage_info.account_id, ctx)
    if pair is None or account is None:
        raise Malformed("order names what is not known here")
    terms, told = read_terms(message, pair), message.volumes
    cum = int(told.base_filled) * pair.base.minor_per_unit // pair.instrument.lot_minor
    _, bought = pair.sold_and_bought(terms.side)
    status = _ord_status(message.status, cum)
    is_open = status in STATUSES[PROCESSING]
    start_ns = message.validity.start * times.S
    return OrderReport(
        OrderId(0),
        account.account_id,
        pair.instrument.instrument_id,
        message.hash,
        terms,
        status.standing,
        ord_status=status,
        exec_type=last_exec_type(status),
        leaves_qty_lots=terms.order_qty_lots - cum if is_open else 0,
        cum_qty_lots=cum,
        cum_notional_minor=int(told.quote_filled) * pair.quote.minor_per_unit,
        fee_minor=int(told.fee) * bought.minor_per_unit,
        submit_ns=start_ns,
        transact_ns=start_ns,
        cancel_reason=CancelReason.REQUESTED if status is OrdStatus.CANCELED else CancelReason.NONE,
    )


def read_terms(message: m.Order, pair: resolve.Pair) -> OrderTerms:
    """Return the terms that an order object tells."""
    side, order_type = SIDES.from_wire(message.side), message.order_type
    base, quote = int(message.volumes.base_amount), int(message.volumes.quote_amount)
    sold, bought = (base, quote) if side is Side.SELL else (quote, base)
    noted = Annotation(
        message.storage_info.storage_id,
        sold,
        bought,
        message.validity.end,
        0,
        side is Side.BUY,
        order_type,
        message.trade_channel,
    )
    ticks = grid.price_ticks(pair, side, base, quote)
    return OrderTerms(
        side,
        OrdType.LIMIT,
        time_in_force(order_type),
        grid.qty_lots(pair, side, noted, ticks),
        price_ticks=ticks,
        expire_ns=expire_ns(noted),
        exec_inst=exec_inst(order_type),
        text=ANNOTATIONS.write(noted),
        secondary_cl_ord_id=message.client_order_id,
    )


def time_in_force(order_type: str) -> TimeInForce:
    """Return how long an order of a type stands."""
    return TimeInForce.IOC if order_type == TAKER_ONLY else TimeInForce.GTD


def exec_inst(order_type: str) -> int:
    """Return the instructions that an order's type is."""
    return int(ExecInst.POST_ONLY if order_type == MAKER_ONLY else ExecInst.NONE)


def expire_ns(noted: Annotation) -> int:
    """Return when an order expires, 0 for one that does not rest."""
    return 0 if noted.order_type == TAKER_ONLY else noted.valid_until_s * times.S


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


def is_cut_short(report: OrderReport, ctx: Ctx) -> bool:
    """
    Return whether an order ended before its amount did, though the exchange calls it filled.

    The exchange is done with a market order when the book is; its owner asked for more.
    """
    pair = resolve.pair_by_id(report.instrument_id, ctx)
    traded = grid.filled(pair, report, ANNOTATIONS.read(report.terms.text))
    return _is_cut_short(report, traded)


def _is_cut_short(report: OrderReport, traded: grid.Filled) -> bool:
    is_done = report.ord_status is OrdStatus.FILLED
    return report.terms.ord_type is OrdType.MARKET and is_done and not traded.is_whole


def _ord_status(word: str, cum_lots: int) -> OrdStatus:
    statuses = STATUSES.get(word, ())
    if not statuses:
        raise Malformed(f"status {word[:40]} is not known")
    return OrdStatus.PARTIALLY_FILLED if word == PROCESSING and cum_lots else statuses[0]
