"""Fills: execution records, one for each match of an order."""

from countermand.venues.deltadefi import ids, paging, resolve
from countermand.venues.deltadefi.messages import orders as m
from countermand.venues.deltadefi.presentation import time_text
from countermand.venues.deltadefi.settings import Ctx
from countermand.vocabulary.events import Traded
from countermand.vocabulary.queries import ListFills
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import Fill
from countermand.wire.conversation import Op, Serving
from countermand.wire.numbers import minor_text, price_text, qty_text


def serve_list(message: m.ListOfSymbol, ctx: Ctx) -> Serving[m.TradePage]:
    """Show a page of the account's fills, newest first. Raises Refused (4106)."""
    found: tuple[Fill, ...] = yield ListFills(
        (resolve.account(ctx),), instrument_ids=resolve.scope(message.symbol, ctx)
    )
    data = [show_fill(fill, ctx) for fill in paging.cut(found, message)]
    return m.TradePage(data, len(found), paging.pages(len(found), message))


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


LIST = Op(m.ListOfSymbol, m.TradePage, serve_list)
