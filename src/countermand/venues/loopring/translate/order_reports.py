"""Orders as the venue shows them: `OrderReport` to the order object, and back."""

from countermand.venues.loopring.messages import orders
from countermand.venues.loopring.tables import (
    CANCELLED,
    MAKER_ONLY,
    PROCESSING,
    SIDES,
    STATUS_OF,
    STATUSES,
    TAKER_ONLY,
)
from countermand.venues.loopring.translate import grid, resolve
from countermand.venues.loopring.translate.remarks import Remarks, parse_remarks, remarks_text
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import (
    ExecInst,
    ExecType,
    OrderTerms,
    OrdStatus,
    OrdType,
    Side,
    TimeInForce,
)
from countermand.vocabulary.reasons import CancelReason
from countermand.vocabulary.reports import OrderReport
from countermand.wire import times
from countermand.wire.context import Context
from countermand.wire.errors import Malformed

_LAST_EVENTS = {
    OrdStatus.NEW: ExecType.NEW,
    OrdStatus.PARTIALLY_FILLED: ExecType.TRADE,
    OrdStatus.FILLED: ExecType.TRADE,
    OrdStatus.CANCELED: ExecType.CANCELED,
    OrdStatus.REJECTED: ExecType.REJECTED,
    OrdStatus.EXPIRED: ExecType.EXPIRED,
}


def order_to_wire(report: OrderReport, ctx: Context) -> orders.Order:
    """
    Return the order object: its volumes as they were signed, what it traded floored.

    Source: DEX API v3, "Get order"; the token of `storageInfo` is the one sold.
    """
    instrument = ctx.directory.instruments[report.instrument_id]
    pair = resolve.pair(instrument, ctx)
    assert pair is not None  # noqa: S101  (an order was placed with it)
    remarks, side = parse_remarks(report.terms.text), report.terms.side
    base, quote = remarks.volumes(side)
    traded = grid.filled(pair, report, remarks)
    sold, bought = (pair.base, pair.quote) if side is Side.SELL else (pair.quote, pair.base)
    account = ctx.directory.accounts[report.account_id]
    return orders.Order(
        hash=report.cl_ord_id,
        client_order_id=report.terms.secondary_cl_ord_id,
        side=SIDES.to_wire(side),
        market=instrument.symbol,
        price=grid.price_text(pair, base, quote),
        volumes=orders.Volumes(
            base_amount=str(base),
            quote_amount=str(quote),
            base_filled=str(traded.base),
            quote_filled=str(traded.quote),
            fee=str(bought.floor_units(report.fee_minor)),
        ),
        validity=orders.Validity(start=report.submit_ns // times.S, end=remarks.valid_until_s),
        order_type=remarks.order_type,
        trade_channel=remarks.trade_channel,
        status=CANCELLED if is_cut_short(report, ctx) else STATUS_OF[report.ord_status],
        storage_info=orders.StorageInfo(
            account_id=int(account.name),
            token_id=sold.token.token_id,
            storage_id=remarks.storage_id,
        ),
    )


def order_from_wire(message: orders.Order, ctx: Context) -> OrderReport:
    """
    Return the report an order object makes.

    The exchange's id and why an order was canceled are not told; a fee limit is neither, and an
    order is taken to end at its amount of base. Raises: Malformed for names nobody knows.
    """
    instrument = ctx.directory.instrument_by_symbol(message.market)
    pair = None if instrument is None else resolve.pair(instrument, ctx)
    accounts = {known.name: known for known in ctx.directory.accounts.values()}
    account = accounts.get(str(message.storage_info.account_id))
    if pair is None or account is None:
        raise Malformed("order names what is not known here")
    side, told = SIDES.from_wire(message.side), message.volumes
    remarks = _remarks(message, side)
    base, quote = remarks.volumes(side)
    ticks = grid.price_ticks(pair, side, base, quote)
    lots = grid.qty_lots(pair, side, remarks, ticks)
    cum = int(told.base_filled) * pair.base.minor_per_unit // pair.instrument.lot_minor
    bought = pair.quote if side is Side.SELL else pair.base
    status = _ord_status(message.status, cum)
    is_open = status in STATUSES[PROCESSING]
    takes = message.order_type == TAKER_ONLY
    start_ns = message.validity.start * times.S
    return OrderReport(
        OrderId(0),
        account.account_id,
        pair.instrument.instrument_id,
        message.hash,
        OrderTerms(
            side,
            OrdType.LIMIT,
            TimeInForce.IOC if takes else TimeInForce.GTD,
            lots,
            price_ticks=ticks,
            expire_ns=0 if takes else message.validity.end * times.S,
            exec_inst=int(
                ExecInst.POST_ONLY if message.order_type == MAKER_ONLY else ExecInst.NONE
            ),
            text=remarks_text(remarks),
            secondary_cl_ord_id=message.client_order_id,
        ),
        status.standing,
        ord_status=status,
        exec_type=_LAST_EVENTS[status],
        leaves_qty_lots=lots - cum if is_open else 0,
        cum_qty_lots=cum,
        cum_notional_minor=int(told.quote_filled) * pair.quote.minor_per_unit,
        fee_minor=int(told.fee) * bought.minor_per_unit,
        submit_ns=start_ns,
        transact_ns=start_ns,
        cancel_reason=CancelReason.REQUESTED if status is OrdStatus.CANCELED else CancelReason.NONE,
    )


def found_to_wire(report: OrderReport | None, ctx: Context) -> orders.Order:
    """Return the order that was asked for. Raises Absent when there is none."""
    if report is None:
        raise resolve.no_such_order()
    return order_to_wire(report, ctx)


def is_cut_short(report: OrderReport, ctx: Context) -> bool:
    """
    Return whether an order ended before its amount did, though the exchange calls it filled.

    The exchange is done with a market order when the book is; its owner asked for more.
    """
    if report.terms.ord_type is not OrdType.MARKET or report.ord_status is not OrdStatus.FILLED:
        return False
    pair = resolve.pair(ctx.directory.instruments[report.instrument_id], ctx)
    assert pair is not None  # noqa: S101  (an order was placed with it)
    return not grid.filled(pair, report, parse_remarks(report.terms.text)).is_whole


def _remarks(message: orders.Order, side: Side) -> Remarks:
    base, quote = int(message.volumes.base_amount), int(message.volumes.quote_amount)
    sold, bought = (base, quote) if side is Side.SELL else (quote, base)
    return Remarks(
        message.storage_info.storage_id,
        sold,
        bought,
        message.validity.end,
        0,
        side is Side.BUY,
        message.order_type,
        message.trade_channel,
    )


def _ord_status(word: str, cum_lots: int) -> OrdStatus:
    statuses = STATUSES.get(word, ())
    if not statuses:
        raise Malformed(f"status {word[:40]} is not known")
    return OrdStatus.PARTIALLY_FILLED if word == PROCESSING and cum_lots else statuses[0]
