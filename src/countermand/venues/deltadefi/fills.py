"""Fills: execution records, one for each match of an order."""

from decimal import Decimal

from countermand.venues.deltadefi import ids, paging, resolve
from countermand.venues.deltadefi.messages import orders as m
from countermand.venues.deltadefi.messages.shared import LIMIT_MAX
from countermand.venues.deltadefi.presentation import time_text, token
from countermand.venues.deltadefi.settings import Ctx
from countermand.vocabulary.events import Traded
from countermand.vocabulary.ids import AccountId, MatchId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import OrderTerms, OrdType, Side, TimeInForce
from countermand.vocabulary.queries import CountFills, ListFills
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import Fill
from countermand.wire import times
from countermand.wire.conversation import Op, Serving
from countermand.wire.errors import Malformed
from countermand.wire.numbers import (
    asset_minor_nearest,
    minor_text,
    price_text,
    price_ticks_nearest,
    qty_lots,
    qty_text,
)
from countermand.wire.reading import known


def serve_list(message: m.ListOfSymbol, ctx: Ctx) -> Serving[m.TradePage]:
    """Show a page of the account's fills, newest first. Raises Refused (4106)."""
    asked = ListFills(
        (resolve.account(ctx),),
        instrument_ids=resolve.scope(message.symbol, ctx),
        offset=(message.page - 1) * message.limit,
        limit=message.limit,
    )
    found: tuple[Fill, ...] = yield asked
    total: int = yield CountFills(asked)
    data = [show_fill(fill, ctx) for fill in found]
    return m.TradePage(data, total, paging.pages(total, message))


def show_fill(fill: Fill, ctx: Ctx) -> m.ExecutionRecord:
    """Return an execution record."""
    instrument = ctx.directory.instruments[fill.instrument_id]
    quote = ctx.directory.assets[instrument.quote_asset_id]
    received = resolve.received(instrument, fill.terms.side, ctx)
    notional_minor = instrument.notional_of(fill.last_px_ticks, fill.last_qty_lots)
    return m.ExecutionRecord(
        id=(ids.MAKER_FILL if fill.is_maker else ids.TAKER_FILL).uuid(fill.match_id),
        order_id=ids.order_text(fill.order_id),
        account_id=ids.ACCOUNT.uuid(fill.account_id),
        execution_price=price_text(instrument, fill.last_px_ticks),
        filled_base_qty=qty_text(instrument, fill.last_qty_lots),
        filled_quote_qty=minor_text(quote, notional_minor),
        commission_unit=received.symbol,
        commission=minor_text(received, fill.fee_minor),
        role="maker" if fill.is_maker else "taker",
        # The other side's order is not told; both sides of a match are told the same id.
        counter_party_order_id=ids.COUNTER_PARTY.uuid(fill.match_id),
        created_at=time_text(fill.ts_ns),
    )


def ask_list(query: ListFills, ctx: Ctx) -> m.ListOfSymbol:
    """Return the request for the fills of a market."""
    return m.ListOfSymbol(resolve.symbol_of_one(query.instrument_ids, ctx), 1, LIMIT_MAX)


def read_list(reply: m.TradePage, message: m.ListOfSymbol, ctx: Ctx) -> tuple[Fill, ...]:
    """Return the fills of a page. Raises as `read_fill` does."""
    market = resolve.instrument(message.symbol or "", ctx)
    return tuple([read_fill(one, market, ctx) for one in reply.data])


def read_fill(message: m.ExecutionRecord, market: Instrument, ctx: Ctx) -> Fill:
    """
    Return the fill that a record tells of, of an order of this market.

    Shape:  which side the order was on is told by what it was charged in: what it received. Of the
            order, only the id and the side are told.
    Raises: Malformed when it names what is not known here; ArithmeticError, ValueError.
    """
    is_maker = message.role == "maker"
    kind = ids.MAKER_FILL_ID if is_maker else ids.TAKER_FILL_ID
    side = _side(message.commission_unit, market, ctx)
    return Fill(
        MatchId(known("fill", ctx.read_id(kind, message.id))),
        known("fill", ids.parse_order(message.order_id, ctx.read_id)),
        AccountId(known("fill", ctx.read_id(ids.ACCOUNT_ID, message.account_id))),
        market.instrument_id,
        "",
        OrderTerms(side, OrdType.LIMIT, TimeInForce.GTC, 0),
        is_maker=is_maker,
        last_px_ticks=price_ticks_nearest(market, Decimal(message.execution_price)),
        last_qty_lots=qty_lots(market, Decimal(message.filled_base_qty)),
        fee_minor=asset_minor_nearest(
            resolve.received(market, side, ctx), Decimal(message.commission)
        ),
        cum_qty_lots=0,
        cum_notional_minor=0,
        ts_ns=times.parse_iso(message.created_at),
    )


def _side(unit: str, market: Instrument, ctx: Ctx) -> Side:
    # A unit is a symbol, or as one sample has it the name on the chain.
    base, quote = resolve.assets(market, ctx)
    if unit in (base.symbol, token(base, ctx).unit):
        return Side.BUY
    if unit in (quote.symbol, token(quote, ctx).unit):
        return Side.SELL
    raise Malformed(f"fill is charged in {unit[:40]}, which its market does not trade")


def taken(receipt: Receipt) -> list[Fill]:
    """Return what an order traded as it came in, the oldest first."""
    return [
        Fill(
            event.match_id,
            event.taker.order_id,
            event.taker.account_id,
            event.instrument_id,
            event.taker.cl_ord_id,
            event.taker.terms,
            is_maker=False,  # it is the taker
            last_px_ticks=event.price_ticks,
            last_qty_lots=event.qty_lots,
            fee_minor=event.taker_fee_minor,
            cum_qty_lots=event.taker.cum_qty_lots,
            cum_notional_minor=event.taker.cum_notional_minor,
            ts_ns=receipt.ts_ns,
        )
        for event in receipt.events
        if isinstance(event, Traded)
    ]


LIST = Op(m.ListOfSymbol, m.TradePage, serve_list, ask_list, read_list)
