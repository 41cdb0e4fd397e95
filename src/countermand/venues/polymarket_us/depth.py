"""Books: depth, the top of the book, and what a market was settled at."""

from decimal import Decimal

from countermand.venues.polymarket_us import amounts, resolve, tables
from countermand.venues.polymarket_us.amounts import price, price_or_none, read_mark, read_price
from countermand.venues.polymarket_us.markets import missing, quote_of, the_quote
from countermand.venues.polymarket_us.messages import markets as m
from countermand.venues.polymarket_us.messages.shared import Amount
from countermand.venues.polymarket_us.settings import Ctx
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.queries import GetDepth, GetQuote, ListTrades
from countermand.vocabulary.reports import DepthReport, QuoteReport, Trade
from countermand.wire import numbers, times
from countermand.wire.conversation import Op, Serving, one
from countermand.wire.errors import NotFound
from countermand.wire.reading import market_of

# More levels than any price grid of this venue has: a tick of 0.001 makes 999.
LEVELS_MAX = 1000


def serve_book(message: m.BySlug, ctx: Ctx) -> Serving[m.BookReply]:
    """Return a whole book, with what has traded. Raises NotFound."""
    market = resolve.market(message.slug, ctx)
    quote = yield from the_quote(market)
    trades: tuple[Trade, ...] = yield ListTrades(market.instrument_id)
    depth: DepthReport = yield GetDepth(market.instrument_id, LEVELS_MAX)
    return m.BookReply(
        m.Book(
            market_slug=market.symbol,
            bids=_levels(market, depth.bids),
            offers=_levels(market, depth.asks),
            state=f"MARKET_STATE_{tables.market_status(quote)}",
            stats=_stats(quote, trades, ctx),
            transact_time=times.iso_ns(quote.transact_ns) if quote.transact_ns else None,
        )
    )


def serve_quote(message: m.BySlug, ctx: Ctx) -> Serving[m.BboReply]:
    """Return the top of a book, with the number of its levels. Raises NotFound."""
    market = resolve.market(message.slug, ctx)
    quote = yield from the_quote(market)
    depth: DepthReport = yield GetDepth(market.instrument_id, LEVELS_MAX)
    return m.BboReply(show_quote(quote, depth))


def ask_quote(query: GetQuote, ctx: Ctx) -> m.BySlug:
    """Return the request for the top of a book."""
    return m.BySlug(ctx.directory.instruments[query.instrument_id].symbol)


def read_quote(reply: m.BboReply, message: m.BySlug, ctx: Ctx) -> QuoteReport:
    """
    Return what the top of a book says; the last trade's size, the value traded and the time of it,
    which it does not say, are 0.

    Raises: Malformed for an unknown market or an invalid number.
    """
    said = reply.market_data
    market = market_of("quote", said.market_slug, ctx.directory)

    def lots(name: str) -> int:
        return numbers.qty_lots_nearest(market, Decimal(getattr(said, name, 0)))

    return QuoteReport(
        market,
        bid_px_ticks=read_price(market, said.best_bid),
        bid_qty_lots=lots("bid_shares"),
        ask_px_ticks=read_price(market, said.best_ask),
        ask_qty_lots=lots("ask_shares"),
        last_px_ticks=read_mark(market, said.last_trade_px),
        mark_price_ticks=read_mark(market, said.current_px),
        volume_lots=lots("shares_traded"),
        open_interest_lots=lots("open_interest"),
        settled_px_ticks=read_mark(market, said.settlement_px) if said.settlement_px else None,
    )


def ask_book(query: GetDepth, ctx: Ctx) -> m.BySlug:
    """Return the request for a whole book."""
    return m.BySlug(ctx.directory.instruments[query.instrument_id].symbol)


def read_book(reply: m.BookReply, message: m.BySlug, ctx: Ctx) -> DepthReport:
    """Return both sides of a book. Raises Malformed for an unknown market or no number."""
    said = reply.market_data
    market = market_of("book", said.market_slug, ctx.directory)
    bids, asks = (
        tuple(
            (read_price(market, one.px), numbers.qty_lots_nearest(market, Decimal(one.qty)))
            for one in levels
        )
        for levels in (said.bids, said.offers)
    )
    return DepthReport(market.instrument_id, bids, asks)


def read_levels(market: Instrument, levels: list[m.BookLevel]) -> tuple[tuple[int, int], ...]:
    """Return the levels of one side, best first. Raises ArithmeticError, ValueError."""
    return tuple(
        (read_price(market, one.px), numbers.qty_lots_nearest(market, Decimal(one.qty)))
        for one in levels
    )


def show_quote(quote: QuoteReport, depth: DepthReport) -> m.Bbo:
    """Return the top of a book."""
    market, bid, ask = quote.instrument, quote.bid_px_ticks, quote.ask_px_ticks
    return m.Bbo(
        market_slug=market.symbol,
        current_px=price_or_none(market, quote.mark_price_ticks),
        last_trade_px=price_or_none(market, quote.last_px_ticks),
        settlement_px=_settled(quote),
        shares_traded=numbers.qty_text(market, quote.volume_lots),
        open_interest=numbers.qty_text(market, quote.open_interest_lots),
        best_bid=price_or_none(market, bid),
        best_ask=price_or_none(market, ask),
        bid_depth=len(depth.bids),
        ask_depth=len(depth.asks),
        long_quote=price_or_none(market, ask),
        short_quote=price(market, market.payout_ticks - bid) if bid else None,
        state=f"MARKET_STATE_{tables.market_status(quote)}",
        bid_shares=numbers.qty_text(market, quote.bid_qty_lots),
        ask_shares=numbers.qty_text(market, quote.ask_qty_lots),
    )


def show_settlement(quote: QuoteReport, ctx: Ctx) -> m.Settlement:
    """Return what YES was worth in the end. Raises NotFound while that is not known."""
    market, settled = quote.instrument, quote.settled_px_ticks
    if settled is None:
        raise NotFound(f"Settlement not found for market {market.symbol}")
    return m.Settlement(market.symbol, amounts.number(numbers.price_text(market, settled)))


BOOK = Op(m.BySlug, m.BookReply, serve_book, ask_book, read_book)
QUOTE = Op(m.BySlug, m.BboReply, serve_quote, ask_quote, read_quote)
SETTLEMENT = Op(m.BySlug, m.Settlement, one(quote_of, show_settlement, missing))


def _levels(market: Instrument, levels: tuple[tuple[int, int], ...]) -> list[m.BookLevel]:
    return [
        m.BookLevel(price(market, ticks), numbers.qty_text(market, lots)) for ticks, lots in levels
    ]


def _stats(quote: QuoteReport, trades: tuple[Trade, ...], ctx: Ctx) -> m.Stats:
    market = quote.instrument
    asset = ctx.directory.assets[market.quote_asset_id]
    prices = [trade.price_ticks for trade in trades]
    return m.Stats(
        open_px=price_or_none(market, prices[-1] if prices else 0),
        high_px=price_or_none(market, max(prices, default=0)),
        low_px=price_or_none(market, min(prices, default=0)),
        last_trade_px=price_or_none(market, quote.last_px_ticks),
        last_trade_qty=numbers.qty_text(market, quote.last_qty_lots),
        current_px=price_or_none(market, quote.mark_price_ticks),
        settlement_px=_settled(quote),
        shares_traded=numbers.qty_text(market, quote.volume_lots),
        notional_traded=amounts.money(asset, quote.volume_notional_minor),
        open_interest=numbers.qty_text(market, quote.open_interest_lots),
    )


def _settled(quote: QuoteReport) -> Amount | None:
    settled = quote.settled_px_ticks
    return None if settled is None else price(quote.instrument, settled)
