"""
Placing: one order, a batch, and the order that closes a position.

A 200 with an id says that an order was taken to be processed, not that it was accepted.
"""

from decimal import Decimal

from countermand.venues.polymarket_us import amounts, ids, resolve, slippage, tables
from countermand.venues.polymarket_us.account import holdings
from countermand.venues.polymarket_us.annotations import ANNOTATIONS, Annotation
from countermand.venues.polymarket_us.executions import show_executions
from countermand.venues.polymarket_us.messages import orders as m
from countermand.venues.polymarket_us.messages.shared import Amount
from countermand.venues.polymarket_us.order_form import check_block_time, read_form
from countermand.venues.polymarket_us.settings import Ctx
from countermand.venues.polymarket_us.tables import Indicator
from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import (
    ExecInst,
    OrderTerms,
    OrdStatus,
    OrdType,
    Outcome,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from countermand.vocabulary.queries import GetOrder, ListFills
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import AccountSummary, Fill, OrderReport
from countermand.wire import numbers, times
from countermand.wire.conversation import Op, Serving, WaitForClose
from countermand.wire.errors import NotFound, OrderRefused
from countermand.wire.reading import known
from countermand.wire.receipts import Acknowledged, the_order

Synchronous = m.CreateOrder | m.ClosePosition


def serve_place(message: m.CreateOrder, ctx: Ctx) -> Serving[m.Created]:
    """Place an order. Raises MissingField, InvalidField, OrderRefused."""
    receipt: Receipt = yield read_form(message, resolve.account(ctx), ctx)
    return (yield from _created(receipt, message, ctx))


def ask_place(command: NewOrder, ctx: Ctx) -> m.CreateOrder:
    """Return the form of an order."""
    instrument, terms = ctx.directory.instruments[command.instrument_id], command.terms
    noted = ANNOTATIONS.read(terms.text)
    limited, expires = terms.ord_type is OrdType.LIMIT, terms.time_in_force is TimeInForce.GTD
    cash, lots = terms.cash_minor, terms.order_qty_lots
    quote = ctx.directory.assets[instrument.quote_asset_id]
    return m.CreateOrder(
        market_slug=instrument.symbol,
        intent=tables.INTENTS.to_wire((terms.side, noted.outcome)),
        type=tables.ORD_TYPES.to_wire(terms.ord_type),
        price=amounts.price(instrument, terms.price_ticks) if limited else None,
        quantity=None if cash else Decimal(numbers.qty_text(instrument, lots)),
        cash_order_qty=Amount(numbers.minor_text(quote, cash), quote.symbol) if cash else None,
        tif=tables.TIMES_IN_FORCE.to_wire(terms.time_in_force),
        good_till_time=times.iso_ns(terms.expire_ns) if expires else None,
        participate_dont_initiate=True if terms.exec_inst & ExecInst.POST_ONLY else None,
        manual_order_indicator=tables.INDICATORS.to_wire_if(noted.indicator or None),
    )


def read_place(reply: m.Created, message: m.CreateOrder, ctx: Ctx) -> Acknowledged:
    """Return the id of an order that was taken; only the order itself tells what became of it."""
    return Acknowledged((known("answer", ids.parse_order(reply.id, ctx.read_id)),))


def serve_batch(message: m.CreateOrders, ctx: Ctx) -> Serving[m.CreatedIds]:
    """
    Place the orders of a batch; one that is malformed refuses them all.

    The ids are those of rejected orders too. Source: Orders API reference, "Create Batched Orders".
    """
    account_id = resolve.account(ctx)
    receipts: tuple[Receipt, ...] = yield resolve.each(
        message.orders, lambda form: read_form(form, account_id, ctx)
    )
    return m.CreatedIds([ids.order_text(_taken(receipt).order_id) for receipt in receipts])


def serve_close(message: m.ClosePosition, ctx: Ctx) -> Serving[m.Created]:
    """
    Place the market order that closes a position.

    Raises: MissingField, InvalidField; NotFound when there is no position.
    Source: Orders API reference, "Close Position Order".
    """
    summary = yield from holdings(ctx)
    receipt: Receipt = yield _closing(message, summary, ctx)
    return (yield from _created(receipt, message, ctx))


def block_ns(message: Synchronous, ctx: Ctx) -> int:
    """
    Return how long a synchronous answer waits for the order to close.

    Units: nanoseconds; no time, or 0, is as long as may be.
    """
    most_s = ctx.settings.block_s_max
    return min(message.max_block_time or most_s, most_s) * times.S


PLACE = Op(m.CreateOrder, m.Created, serve_place, ask_place, read_place)
BATCH = Op(m.CreateOrders, m.CreatedIds, serve_batch)
CLOSE = Op(m.ClosePosition, m.Created, serve_close)


def _closing(message: m.ClosePosition, summary: AccountSummary, ctx: Ctx) -> NewOrder:
    slug = resolve.required_slug(message.market_slug)
    check_block_time(message.max_block_time)
    indicator = tables.INDICATORS.from_wire_if(message.manual_order_indicator) or Indicator.NONE
    instrument, net_lots = _position(slug, summary, ctx)
    # A short account holds NO, and sells that: it buys YES back.
    side, outcome = (Side.SELL, Outcome.YES) if net_lots > 0 else (Side.BUY, Outcome.NO)
    return NewOrder(
        summary.account.account_id,
        instrument.instrument_id,
        "",
        OrderTerms(
            side,
            OrdType.MARKET,
            TimeInForce.IOC,
            abs(net_lots),
            price_ticks=slippage.bound_ticks(message.slippage_tolerance, side, instrument),
            exec_inst=int(ExecInst.REDUCE_ONLY),
            stp=SelfTradePrevention.REJECT,
            text=ANNOTATIONS.write(Annotation(outcome, indicator)),
        ),
        keep_rejected=True,
        needs_liquidity=True,
    )


def _position(slug: str, summary: AccountSummary, ctx: Ctx) -> tuple[Instrument, int]:
    instrument = ctx.directory.instrument_by_symbol(slug)
    held = {one.instrument_id: one.net_lots for one in summary.positions}
    net_lots = held.get(instrument.instrument_id, 0) if instrument else 0
    if instrument is None or not net_lots:
        raise NotFound(f"No open position for market slug {slug}")
    return instrument, net_lots


def _created(receipt: Receipt, message: Synchronous, ctx: Ctx) -> Serving[m.Created]:
    order = _taken(receipt)
    if order.reject_reason is RejectReason.INSUFFICIENT_FUNDS:
        # The gateway says so, before the engine sees the order: its id is never told.
        raise OrderRefused(order.reject_reason)
    text = ids.order_text(order.order_id)
    if not message.synchronous_execution:
        return m.Created(text)
    if order.is_open:
        yield WaitForClose(order.account_id, order.order_id, block_ns(message, ctx))
    now: OrderReport = yield GetOrder(order.account_id, order.order_id)
    fills: tuple[Fill, ...] = yield ListFills((order.account_id,), order.order_id)
    return m.Created(text, show_executions(now, fills, ctx))


def _taken(receipt: Receipt) -> OrderReport:
    if receipt.orders and receipt.orders[0].ord_status is OrdStatus.REJECTED:
        return receipt.orders[0]
    return the_order(receipt)
