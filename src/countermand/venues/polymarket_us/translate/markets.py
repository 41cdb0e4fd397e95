"""Markets: what is public about each, in the venue's words."""

from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Raw
from msgspec.structs import replace

from countermand.venues.polymarket_us import states
from countermand.venues.polymarket_us.about import About, about
from countermand.venues.polymarket_us.errors import GENERIC
from countermand.venues.polymarket_us.messages import markets
from countermand.venues.polymarket_us.messages.money import CURRENCY
from countermand.venues.polymarket_us.translate import filters, resolve
from countermand.venues.polymarket_us.translate.money import (
    decimal,
    number,
    price_cents_text,
    price_from_wire,
    price_or_none,
)
from countermand.vocabulary.ids import AssetId, InstrumentId
from countermand.vocabulary.instrument import FeeBasis, Instrument, InstrumentKind
from countermand.vocabulary.queries import GetQuote, ListQuotes
from countermand.vocabulary.reports import QuoteReport
from countermand.wire import numbers
from countermand.wire.context import Context
from countermand.wire.errors import Malformed, NotFound
from countermand.wire.numbers import minor_text, price_text, qty_text, rate_text

_NULL = Raw(b"null")

# How many markets our client asks for at once; no limit is documented.
PAGE_MAX = 1000


def list_from_wire(message: markets.ListMarkets, ctx: Context) -> ListQuotes:
    """Return the question for all markets; the filters are applied to its answer."""
    return ListQuotes(resolve.NAME)


def list_to_wire(query: ListQuotes, ctx: Context) -> markets.ListMarkets:
    """Return the request for all markets, hidden ones too."""
    return markets.ListMarkets(limit=PAGE_MAX, include_hidden=True)


def list_reply_to_wire(reports: tuple[QuoteReport, ...], ctx: Context) -> markets.MarketPage:
    """Return the page of the markets that was asked for. Raises InvalidField for a bad filter."""
    chosen = filters.chosen(reports, ctx)
    return markets.MarketPage([market_to_wire(report, ctx) for report in chosen])


def list_reply_from_wire(message: markets.MarketPage, ctx: Context) -> tuple[QuoteReport, ...]:
    """Return what was said of all markets."""
    return tuple(market_from_wire(one, ctx) for one in message.markets)


def by_slug_from_wire(
    message: markets.GetMarketBySlug | markets.GetBbo | markets.GetSettlement, ctx: Context
) -> GetQuote:
    """Return the question for one market. Raises NotFound."""
    return GetQuote(market_of(message.slug, ctx).instrument_id)


def by_id_from_wire(message: markets.GetMarketById, ctx: Context) -> GetQuote:
    """Return the question for one market; the answer says whether there is one."""
    known = ctx.directory.instruments.get(InstrumentId(message.id))
    if known is None:
        raise NotFound(GENERIC)
    return GetQuote(known.instrument_id)


def one_reply_to_wire(report: QuoteReport | None, ctx: Context) -> markets.OneMarket:
    """Return one market. Raises NotFound."""
    return markets.OneMarket(market_to_wire(there(report), ctx))


def market_of(slug: str, ctx: Context) -> Instrument:
    """Return the market of that slug. Raises NotFound."""
    if (known := ctx.directory.instrument_by_symbol(slug)) is None:
        raise NotFound(GENERIC)
    return known


def there(report: QuoteReport | None) -> QuoteReport:
    """Return a report that is there. Raises NotFound."""
    if report is None:
        raise NotFound(GENERIC)
    return report


def market_to_wire(report: QuoteReport, ctx: Context) -> markets.Market:
    """
    Return a market.

    Units: prices in YES; the probability shown is that of the last trade, else of the reference.
    """
    one, said = report.instrument, about(ctx.settings, report.instrument.symbol)
    quote = ctx.directory.assets[one.quote_asset_id]
    settled, status = report.settled_px_ticks is not None, states.status_to_wire(report)
    bid, ask = report.bid_px_ticks, report.ask_px_ticks
    yes, no = chances(report)
    return markets.Market(
        id=str(one.instrument_id),
        slug=one.symbol,
        question=said.question_of(one.symbol),
        title=said.title_of(one.symbol),
        **_presentation(said),
        active=not settled,
        closed=settled,
        tags=[],
        order_price_min_tick_size=number(price_text(one, 1)),
        minimum_trade_qty=number(qty_text(one, one.order_qty_lots_min)),
        fee_coefficient=number(rate_text(one.taker_fee_ppb)),
        best_bid=_number_or_null(one, bid),
        best_ask=_number_or_null(one, ask),
        best_bid_quote=price_or_none(one, bid),
        best_ask_quote=price_or_none(one, ask),
        volume_num=number(minor_text(quote, report.volume_notional_minor)),
        status=f"MARKET_STATUS_{status}",
        ep3_status=status,
        outcomes=_json_text(said.yes, said.no),
        outcome_prices=_json_text(yes, no),
        market_sides=[
            _side(one, said.yes, yes, long=True),
            _side(one, said.no, no, long=False),
        ],
    )


def market_from_wire(message: markets.Market, ctx: Context) -> QuoteReport:
    """
    Return what is said of a market; sizes, last trade and open interest, which it does not say,
    are 0.

    Raises: Malformed for a number that is none.
    """
    try:
        one = _instrument(message, ctx)
        yes = Decimal(msgspec.json.decode(message.outcome_prices, type=list[str])[0])
        settled = message.ep3_status == states.SETTLED
        quote = ctx.directory.assets.get(one.quote_asset_id)
        volume = decimal(message.volume_num)
        return QuoteReport(
            one,
            price_from_wire(one, message.best_bid_quote),
            0,
            price_from_wire(one, message.best_ask_quote),
            0,
            0,
            0,
            mark := numbers.price_ticks(one, yes),
            0,
            numbers.asset_minor(quote, volume) if quote else 0,
            0,
            0,
            mark if settled else None,
        )
    except (ArithmeticError, IndexError, KeyError, ValueError) as error:
        raise Malformed(f"market {message.slug}: {error}") from None


def chances(report: QuoteReport) -> tuple[str, str]:
    """Return the prices of YES and NO: settled at, else last traded at, else the reference."""
    one, settled = report.instrument, report.settled_px_ticks
    yes = report.mark_price_ticks if settled is None else settled
    return price_cents_text(one, yes), price_cents_text(one, one.payout_ticks - yes)


def _presentation(said: About) -> dict[str, Any]:
    dates = (said.start_date, said.end_date, said.game_start_time)
    start_date, end_date, game_start_time = (date or None for date in dates)
    return {
        "subtitle": said.subtitle,
        "category": said.category,
        "description": said.description,
        "start_date": start_date,
        "end_date": end_date,
        "game_start_time": game_start_time,
        "archived": said.archived,
        "hidden": said.hidden,
        "market_type": said.market_type,
        "sports_market_type": said.sports_market_type,
        "event_slug": said.event_slug,
        "image": said.image,
        "icon": said.icon,
    }


def _side(one: Instrument, outcome: str, price: str, *, long: bool) -> markets.MarketSide:
    return markets.MarketSide(
        # Two to a market, so that no two sides of the exchange share an id.
        id=str(2 * one.instrument_id - long),
        market_side_type="MARKET_SIDE_TYPE_INSTRUMENT",
        identifier=one.symbol,
        description=outcome,
        price=price,
        market_id=one.instrument_id,
        long=long,
    )


def _number_or_null(one: Instrument, ticks: int) -> Raw:
    return number(price_text(one, ticks)) if ticks else _NULL


def _json_text(*texts: str) -> str:
    return msgspec.json.encode(texts).decode()


def _instrument(message: markets.Market, ctx: Context) -> Instrument:
    # What the wire does not say comes from the directory, where that knows the market.
    known = ctx.directory.instrument_by_symbol(message.slug) or _unknown(message, ctx)
    return replace(
        known,
        taker_fee_ppb=numbers.rate_ppb(decimal(message.fee_coefficient)),
        order_qty_lots_min=numbers.qty_lots(known, decimal(message.minimum_trade_qty)),
        trading_state=_state(known, message.ep3_status),
    )


def _state(known: Instrument, status: str) -> Any:
    # Where the venue has one word for two of our states, the one already known is as good.
    same = states.STATUSES.get(known.trading_state) == status
    return known.trading_state if same else states.state_from_wire(status)


def _unknown(message: markets.Market, ctx: Context) -> Instrument:
    tick_units, price_scale = _grid(message.order_price_min_tick_size)
    lot_units, qty_scale = _grid(message.minimum_trade_qty)
    quote = ctx.directory.asset_by_symbol(CURRENCY)
    quote_scale = max(quote.scale if quote else 0, price_scale + qty_scale)
    return Instrument(
        instrument_id=InstrumentId(int(message.id)),
        venue=resolve.NAME,
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


def _grid(increment: Raw) -> tuple[int, int]:
    # The fewest digits in which the step is whole: 0.005 is 5 of 10**-3.
    step = decimal(increment)
    scale = max(0, -int(step.normalize().as_tuple().exponent))
    return numbers.scaled(step, scale), scale
