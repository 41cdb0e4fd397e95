"""Markets: what is public about each, in the venue's words."""

from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Raw
from msgspec.structs import replace

from countermand.venues.polymarket_us import amounts, ids, resolve, tables
from countermand.venues.polymarket_us.amounts import decimal, number, price_or_none, read_price
from countermand.venues.polymarket_us.errors import GENERIC
from countermand.venues.polymarket_us.market_filters import chosen
from countermand.venues.polymarket_us.messages import markets as m
from countermand.venues.polymarket_us.messages.shared import CURRENCY, NOTHING
from countermand.venues.polymarket_us.presentation import Presentation
from countermand.venues.polymarket_us.settings import NAME, Ctx
from countermand.vocabulary.ids import AssetId, InstrumentId
from countermand.vocabulary.instrument import FeeBasis, Instrument, InstrumentKind, TradingState
from countermand.vocabulary.queries import GetQuote, ListQuotes
from countermand.vocabulary.reports import QuoteReport
from countermand.wire import numbers
from countermand.wire.conversation import Op, Serving, always, each, one
from countermand.wire.errors import Malformed, NotFound

_NULL = Raw(b"null")

# How many markets our client asks for at once; no limit is documented.
PAGE_MAX = 1000

_SHOWN_AS_SAID = (
    "subtitle", "category", "description", "archived", "hidden", "market_type",
    "sports_market_type", "event_slug", "image", "icon",
)  # fmt: skip
_SHOWN_OR_NULL = ("start_date", "end_date", "game_start_time")


def serve_list(message: m.ListMarkets, ctx: Ctx) -> Serving[m.MarketPage]:
    """Return a page of the markets that pass the filters. Raises InvalidField for a bad one."""
    reports: tuple[QuoteReport, ...] = yield ListQuotes(NAME)
    return m.MarketPage([show_market(report, ctx) for report in chosen(reports, message, ctx)])


def missing(message: object) -> NotFound:
    """Return the refusal of a market that is not there."""
    return NotFound(GENERIC)


def the_quote(market: Instrument) -> Serving[QuoteReport]:
    """Ask for the top of a market's book. Raises NotFound."""
    quote: QuoteReport | None = yield GetQuote(market.instrument_id)
    if quote is None:
        raise missing(market)
    return quote


def quote_of(message: m.BySlug, ctx: Ctx) -> GetQuote:
    """Return the query for the top of a market's book. Raises NotFound."""
    return GetQuote(resolve.market(message.slug, ctx).instrument_id)


def ask_slug(query: GetQuote, ctx: Ctx) -> m.BySlug:
    """Return the request for what is said of a market."""
    return m.BySlug(ctx.directory.instruments[query.instrument_id].symbol)


def _quote_of_id(message: m.GetMarketById, ctx: Ctx) -> GetQuote:
    if (known := ctx.directory.instruments.get(InstrumentId(message.id))) is None:
        raise NotFound(GENERIC)
    return GetQuote(known.instrument_id)


def _show_one(report: QuoteReport, ctx: Ctx) -> m.OneMarket:
    return m.OneMarket(show_market(report, ctx))


def show_market(report: QuoteReport, ctx: Ctx) -> m.Market:
    """
    Return a market.

    Units: prices in YES; the probability shown is that of the last trade, else of the reference.
    """
    one, slug = report.instrument, report.instrument.symbol
    said = ctx.settings.presentation(slug)
    quote = ctx.directory.assets[one.quote_asset_id]
    settled, status = report.settled_px_ticks is not None, tables.market_status(report)
    bid, ask = report.bid_px_ticks, report.ask_px_ticks
    yes, no = _chances(report)
    return m.Market(
        id=str(one.instrument_id),
        slug=slug,
        question=said.question or said.title or slug,
        title=said.title or said.question or slug,
        **_as_said(said),
        active=not settled,
        closed=settled,
        order_price_min_tick_size=number(numbers.price_text(one, 1)),
        minimum_trade_qty=number(numbers.qty_text(one, one.order_qty_lots_min)),
        fee_coefficient=number(numbers.rate_text(one.taker_fee_ppb)),
        best_bid=number(numbers.price_text(one, bid)) if bid else _NULL,
        best_ask=number(numbers.price_text(one, ask)) if ask else _NULL,
        best_bid_quote=price_or_none(one, bid),
        best_ask_quote=price_or_none(one, ask),
        volume_num=number(numbers.minor_text(quote, report.volume_notional_minor)),
        status=f"MARKET_STATUS_{status}",
        ep3_status=status,
        outcomes=_json_text(said.yes, said.no),
        outcome_prices=_json_text(yes, no),
        market_sides=[_side(one, said.yes, yes, long=True), _side(one, said.no, no, long=False)],
    )


def read_market(message: m.Market, asked: m.ListMarkets, ctx: Ctx) -> QuoteReport:
    """
    Return what is said of a market; sizes, last trade and open interest, which it does not say,
    are 0.

    Raises: Malformed for an invalid number.
    """
    try:
        one = _instrument(message, ctx)
        mark = _mark(message, one)
        quote = ctx.directory.assets.get(one.quote_asset_id)
        volume = decimal(getattr(message, "volume_num", NOTHING))
        return QuoteReport(
            one,
            bid_px_ticks=read_price(one, message.best_bid_quote),
            ask_px_ticks=read_price(one, message.best_ask_quote),
            mark_price_ticks=mark,
            volume_notional_minor=numbers.asset_minor_nearest(quote, volume) if quote else 0,
            settled_px_ticks=mark if _status(message) == tables.SETTLED else None,
        )
    except (ArithmeticError, IndexError, KeyError, ValueError) as error:
        raise Malformed(f"market {message.slug}: {error}") from None


# Our client asks for all markets, hidden ones too.
ALL = m.ListMarkets(limit=PAGE_MAX, include_hidden=True)

LIST = Op(m.ListMarkets, m.MarketPage, serve_list, always(ALL), each(read_market, "markets"))


def read_one(reply: m.OneMarket, message: m.BySlug, ctx: Ctx) -> QuoteReport:
    """Return what is said of a market. Raises as `read_market` does."""
    return read_market(reply.market, m.ListMarkets(), ctx)


BY_SLUG = Op(m.BySlug, m.OneMarket, one(quote_of, _show_one, missing), ask_slug, read_one)
BY_ID = Op(m.GetMarketById, m.OneMarket, one(_quote_of_id, _show_one, missing))


def _chances(report: QuoteReport) -> tuple[str, str]:
    # The prices of YES and NO: settled at, else last traded at, else the reference.
    one, settled = report.instrument, report.settled_px_ticks
    yes = report.mark_price_ticks if settled is None else settled
    return amounts.price_cents(one, yes), amounts.price_cents(one, one.payout_ticks - yes)


def _as_said(said: Presentation) -> dict[str, Any]:
    shown = {name: getattr(said, name) for name in _SHOWN_AS_SAID}
    return shown | {name: getattr(said, name) or None for name in _SHOWN_OR_NULL}


def _side(one: Instrument, outcome: str, price: str, *, long: bool) -> m.MarketSide:
    return m.MarketSide(
        # Two to a market, so that no two sides of the exchange share an id.
        id=str(2 * one.instrument_id - long),
        identifier=one.symbol,
        description=outcome,
        price=price,
        market_id=one.instrument_id,
        long=long,
    )


def _json_text(*texts: str) -> str:
    return msgspec.json.encode(texts).decode()


def _instrument(message: m.Market, ctx: Ctx) -> Instrument:
    # Fields that the wire lacks come from the directory, where that knows the market.
    known = ctx.directory.instrument_by_symbol(message.slug) or _unknown(message, ctx)
    return replace(
        known,
        taker_fee_ppb=numbers.rate_ppb_nearest(
            decimal(getattr(message, "fee_coefficient", NOTHING))
        ),
        order_qty_lots_min=numbers.qty_lots(known, decimal(message.minimum_trade_qty)),
        trading_state=_state(known, _status(message)),
    )


def _mark(message: m.Market, one: Instrument) -> int:
    # The side that is YES is marked; where no side is told it is the first of the prices.
    sides = [side.price for side in getattr(message, "market_sides", ()) if side.long]
    prices = sides or msgspec.json.decode(message.outcome_prices, type=list[str])
    return numbers.price_ticks_nearest(one, Decimal(prices[0]))


def _status(message: m.Market) -> str:
    # Not every answer has the second word, and some have neither: then the flags say it.
    status = getattr(message, "ep3_status", "") or getattr(message, "status", "")
    told = "HALTED" if getattr(message, "closed", False) else "OPEN"
    return status.removeprefix("MARKET_STATUS_") or told


def _state(known: Instrument, status: str) -> TradingState:
    # Where the venue has one word for two of our states, the one already known is as good.
    same = tables.MARKET_STATUSES[known.trading_state] == status
    return known.trading_state if same else tables.TRADING_STATES.get(status, TradingState.HALTED)


def _unknown(message: m.Market, ctx: Ctx) -> Instrument:
    tick_units, price_scale = numbers.grid(decimal(message.order_price_min_tick_size))
    lot_units, qty_scale = numbers.grid(decimal(message.minimum_trade_qty))
    quote = ctx.directory.asset_by_symbol(CURRENCY)
    quote_scale = max(quote.scale if quote else 0, price_scale + qty_scale)
    return Instrument(
        instrument_id=InstrumentId(ctx.read_id(ids.MARKET_ID, message.id) or 0),
        venue=NAME,
        symbol=message.slug,
        kind=InstrumentKind.BINARY,
        base_asset_id=AssetId(0),
        quote_asset_id=quote.asset_id if quote else AssetId(0),
        tick_units=tick_units,
        price_scale=price_scale,
        lot_units=lot_units,
        qty_scale=qty_scale,
        notional_minor=tick_units * lot_units * 10 ** (quote_scale - price_scale - qty_scale),
        lot_minor=0,
        payout_ticks=10**price_scale // tick_units,
        fee_basis=FeeBasis.VARIANCE,
    )
