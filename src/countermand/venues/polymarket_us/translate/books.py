"""Books: depth, the top of the book, and what a market was settled at."""

from decimal import Decimal

from countermand.venues.polymarket_us import states
from countermand.venues.polymarket_us.messages import markets
from countermand.venues.polymarket_us.messages.markets import Bbo, Book, BookLevel, Stats
from countermand.venues.polymarket_us.messages.money import Amount
from countermand.venues.polymarket_us.translate.markets import market_of, there
from countermand.venues.polymarket_us.translate.money import (
    money_to_wire,
    number,
    price_from_wire,
    price_or_none,
    price_to_wire,
)
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.queries import GetDepth, GetQuote, ListTrades
from countermand.vocabulary.reports import DepthReport, QuoteReport, Trade
from countermand.wire import numbers, times
from countermand.wire.context import Context
from countermand.wire.errors import Malformed, NotFound
from countermand.wire.numbers import price_text, qty_text

# More levels than any price grid of this venue has: a tick of 0.001 makes 999.
LEVELS_MAX = 1000


def depth_from_wire(message: markets.GetBook | markets.GetBbo, ctx: Context) -> GetDepth:
    """Return the question for a whole book. Raises NotFound."""
    return GetDepth(market_of(message.slug, ctx).instrument_id, LEVELS_MAX)


def quote_from_wire(
    message: markets.GetBook | markets.GetBbo | markets.GetSettlement, ctx: Context
) -> GetQuote:
    """Return the question for the top of a book. Raises NotFound."""
    return GetQuote(market_of(message.slug, ctx).instrument_id)


def traded_from_wire(message: markets.GetBook, ctx: Context) -> tuple[GetQuote, ListTrades]:
    """Return the questions for what a book tells besides its levels. Raises NotFound."""
    instrument_id = market_of(message.slug, ctx).instrument_id
    return GetQuote(instrument_id), ListTrades(instrument_id)


def quote_to_wire(query: GetQuote, ctx: Context) -> markets.GetBbo:
    """Return the request for the top of a book."""
    return markets.GetBbo(ctx.directory.instruments[query.instrument_id].symbol)


def book_reply_to_wire(depth: DepthReport | None, ctx: Context) -> markets.BookReply:
    """Return a whole book, with what has traded, which was asked for first. Raises NotFound."""
    quote, trades = ctx.found
    report = there(quote)
    one = report.instrument
    bids, asks = (depth.bids, depth.asks) if depth else ((), ())
    return markets.BookReply(
        Book(
            market_slug=one.symbol,
            bids=[_level(one, level) for level in bids],
            offers=[_level(one, level) for level in asks],
            state=states.state_to_wire(report),
            stats=_stats(report, trades, ctx),
            transact_time=times.iso_ns(report.transact_ns) if report.transact_ns else None,
        )
    )


def bbo_reply_to_wire(report: QuoteReport | None, ctx: Context) -> markets.BboReply:
    """Return the top of a book; the levels are counted in the depth that was asked for first."""
    said = there(report)
    one, depth = said.instrument, ctx.found or DepthReport(said.instrument.instrument_id, (), ())
    bid, ask = said.bid_px_ticks, said.ask_px_ticks
    return markets.BboReply(
        Bbo(
            market_slug=one.symbol,
            current_px=price_or_none(one, said.mark_price_ticks),
            last_trade_px=price_or_none(one, said.last_px_ticks),
            settlement_px=_settled(said),
            shares_traded=qty_text(one, said.volume_lots),
            open_interest=qty_text(one, said.open_interest_lots),
            best_bid=price_or_none(one, bid),
            best_ask=price_or_none(one, ask),
            bid_depth=len(depth.bids),
            ask_depth=len(depth.asks),
            long_quote=price_or_none(one, ask),
            short_quote=price_to_wire(one, one.payout_ticks - bid) if bid else None,
            state=states.state_to_wire(said),
            bid_shares=qty_text(one, said.bid_qty_lots),
            ask_shares=qty_text(one, said.ask_qty_lots),
        )
    )


def bbo_reply_from_wire(message: markets.BboReply, ctx: Context) -> QuoteReport:
    """
    Return what the top of a book says; the last trade's size, the value traded and the time of it,
    which it does not say, are 0.

    Raises: Malformed for a market nobody knows or a number that is none.
    """
    said = message.market_data
    if (one := ctx.directory.instrument_by_symbol(said.market_slug)) is None:
        raise Malformed("quote names what is not known here")

    def lots(text: str) -> int:
        return numbers.qty_lots(one, Decimal(text))

    settled = price_from_wire(one, said.settlement_px) if said.settlement_px else None
    return QuoteReport(
        one,
        price_from_wire(one, said.best_bid),
        lots(said.bid_shares),
        price_from_wire(one, said.best_ask),
        lots(said.ask_shares),
        price_from_wire(one, said.last_trade_px),
        0,
        price_from_wire(one, said.current_px),
        lots(said.shares_traded),
        0,
        lots(said.open_interest),
        0,
        settled,
    )


def settlement_reply_to_wire(report: QuoteReport | None, ctx: Context) -> markets.Settlement:
    """Return what YES was worth in the end. Raises NotFound while that is not known."""
    said = there(report)
    one, settled = said.instrument, said.settled_px_ticks
    if settled is None:
        raise NotFound(f"Settlement not found for market {one.symbol}")
    return markets.Settlement(one.symbol, number(price_text(one, settled)))


def _level(one: Instrument, level: tuple[int, int]) -> BookLevel:
    price_ticks, qty_lots = level
    return BookLevel(price_to_wire(one, price_ticks), qty_text(one, qty_lots))


def _stats(said: QuoteReport, trades: tuple[Trade, ...], ctx: Context) -> Stats:
    one = said.instrument
    quote = ctx.directory.assets[one.quote_asset_id]
    prices = [trade.price_ticks for trade in trades]
    return Stats(
        open_px=price_or_none(one, prices[-1] if prices else 0),
        high_px=price_or_none(one, max(prices, default=0)),
        low_px=price_or_none(one, min(prices, default=0)),
        last_trade_px=price_or_none(one, said.last_px_ticks),
        last_trade_qty=qty_text(one, said.last_qty_lots),
        current_px=price_or_none(one, said.mark_price_ticks),
        settlement_px=_settled(said),
        shares_traded=qty_text(one, said.volume_lots),
        notional_traded=money_to_wire(quote, said.volume_notional_minor),
        open_interest=qty_text(one, said.open_interest_lots),
    )


def _settled(said: QuoteReport) -> Amount | None:
    settled = said.settled_px_ticks
    return None if settled is None else price_to_wire(said.instrument, settled)
