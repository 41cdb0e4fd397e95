"""
Securities: what there is to trade.

Source: ETNA manual, "Get filtered equities", "Get equity info by mask", "Get equity info by
        ticker", "... by internal ID". In which order a look-up answers is our proposal (README).
"""

from decimal import Decimal

from msgspec.structs import replace

from countermand.venues.autoshares import about, ids, paging
from countermand.venues.autoshares.filters import Kind
from countermand.venues.autoshares.messages import instruments as messages
from countermand.venues.autoshares.messages.instruments import Equity
from countermand.venues.autoshares.paging import PAGE_SIZE_MAX, Column, Page, Wanted
from countermand.venues.autoshares.translate.worth import NAME, currency
from countermand.vocabulary.ids import AssetId, InstrumentId
from countermand.vocabulary.instrument import Instrument, InstrumentKind, TradingState
from countermand.vocabulary.queries import GetReferenceData, ListQuotes
from countermand.vocabulary.reports import QuoteReport, ReferenceData
from countermand.wire import numbers
from countermand.wire.context import Context
from countermand.wire.errors import NotExpressible, NotFound

SECURITY_NOT_FOUND = "Security was not found."

COLUMNS: dict[str, Column[Equity]] = {
    "Id": Column(Kind.NUMBER, lambda one: one.id),
    "Symbol": Column(Kind.TEXT, lambda one: one.symbol),
    "Description": Column(Kind.TEXT, lambda one: one.description),
    "Exchange": Column(Kind.TEXT, lambda one: one.exchange),
    "Currency": Column(Kind.TEXT, lambda one: one.currency),
    "AddedDate": Column(Kind.MOMENT, lambda one: about.date_ns(one.added_date)),
    "ModifyDate": Column(Kind.MOMENT, lambda one: about.date_ns(one.modify_date)),
    "Type": Column(Kind.TEXT, lambda one: one.type),
    "TickSize": Column(Kind.NUMBER, lambda one: one.tick_size),
    "Enabled": Column(Kind.FLAG, lambda one: one.enabled),
    "AllowTrade": Column(Kind.FLAG, lambda one: one.allow_trade),
    "AllowMargin": Column(Kind.FLAG, lambda one: one.allow_margin),
    "AllowShort": Column(Kind.FLAG, lambda one: one.allow_short),
}


def by_symbol(symbol: str, ctx: Context) -> Instrument:
    """Return a security; symbols are read in any case. Raises NotFound when there is none."""
    for spelled in (symbol, symbol.upper()):
        if (known := ctx.directory.instrument_by_symbol(spelled)) is not None:
            return known
    raise NotFound(SECURITY_NOT_FOUND)


def one_from_wire(message: messages.GetEquity, ctx: Context) -> GetReferenceData:
    """Return the question for what there is. Raises NotFound for what there is not."""
    _named(message.symbol, ctx)
    return GetReferenceData(NAME)


def one_reply_to_wire(data: ReferenceData, ctx: Context) -> Equity:
    """Return the security."""
    asked: messages.GetEquity = ctx.message
    return equity_to_wire(_named(asked.symbol, ctx), ctx)


def look_up_from_wire(message: messages.LookUp, ctx: Context) -> GetReferenceData:
    """Return the question for what there is. Raises NotFound when no word is given."""
    if message.mask is None and message.symbol is None:
        raise paging.not_found(ctx)
    return GetReferenceData(NAME)


def look_up_reply_to_wire(data: ReferenceData, ctx: Context) -> list[Equity]:
    """
    Return the securities in whose symbol, exchange or description the word occurs, in any case.

    Shape:  the security of that symbol first, then those whose symbol begins with it, then others.
    Raises: InvalidField for a filter that is none.
    """
    asked: messages.LookUp = ctx.message
    word = (asked.mask if asked.mask is not None else asked.symbol or "").lower()
    every = [equity_to_wire(one, ctx) for one in data.instruments]
    by_id = Wanted(0, PAGE_SIZE_MAX, asked.filter, "Id", desc=False)
    found = [
        one
        for one in paging.choose(every, by_id, COLUMNS)
        if any(word in text.lower() for text in (one.symbol, one.exchange, one.description))
    ]
    found.sort(key=lambda one: _nearness(one.symbol.lower(), word))
    return found[: asked.count]


def list_from_wire(message: messages.ListEquities, ctx: Context) -> ListQuotes:
    """Return the question for all markets. Raises NotFound when a parameter is missing."""
    wanted(message, ctx)
    return ListQuotes(NAME)


def list_to_wire(query: ListQuotes, ctx: Context) -> messages.ListEquities:
    """Return the request for as many securities as a page takes, in order of listing."""
    return messages.ListEquities(
        page_number=0, page_size=PAGE_SIZE_MAX, sort_field="Id", desc=False
    )


def list_reply_to_wire(reports: tuple[QuoteReport, ...], ctx: Context) -> Page[Equity]:
    """Return a page of securities. Raises InvalidField for a filter or a sort that is none."""
    asked = wanted(ctx.message, ctx)
    every = [equity_to_wire(one.instrument, ctx) for one in reports]
    chosen = paging.choose(every, asked, COLUMNS)
    return paging.page(list(paging.cut(chosen, asked)), len(chosen), asked, ctx)


def list_reply_from_wire(message: Page[Equity], ctx: Context) -> tuple[QuoteReport, ...]:
    """
    Return the markets of the first page; prices are not told.

    Raises: NotExpressible when there are more than a page can show.
    """
    if message.next_page_link:
        raise NotExpressible(f"more than {PAGE_SIZE_MAX} securities")
    return tuple(
        QuoteReport(_instrument(one, ctx), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        for one in message.result
    )


def wanted(message: messages.ListEquities, ctx: Context) -> Wanted:
    """Return which page is asked for. Raises NotFound when a parameter is missing."""
    if (
        message.page_number is None
        or message.page_size is None
        or message.sort_field is None
        or message.desc is None
    ):
        raise paging.not_found(ctx)
    return Wanted(
        message.page_number, message.page_size, message.filter, message.sort_field, message.desc
    )


def equity_to_wire(market: Instrument, ctx: Context) -> Equity:
    """Return a security."""
    said = about.about(ctx.settings, market.symbol)
    return Equity(
        id=market.instrument_id,
        symbol=market.symbol,
        description=about.company(ctx.settings, market),
        exchange=said.exchange,
        currency=currency(ctx).symbol,
        added_date=said.added_date,
        modify_date=said.modify_date,
        type=said.type,
        precision=market.price_scale,
        volume_precision=market.qty_scale,
        tick_size=Decimal(numbers.price_text(market, 1)),
        enabled=said.enabled,
        allow_trade=market.trading_state.matches,
        allow_margin=said.allow_margin,
        allow_short=said.allow_short,
        cusip=said.cusip,
    )


def _named(text: str, ctx: Context) -> Instrument:
    # What is all digits is an id: no ticker is.
    if (number := ids.int32(text)) is None:
        return by_symbol(text, ctx)
    if (known := ctx.directory.instruments.get(InstrumentId(number))) is None:
        raise NotFound(SECURITY_NOT_FOUND)
    return known


def _instrument(message: Equity, ctx: Context) -> Instrument:
    # What the wire does not say comes from the directory, where that knows the security.
    known = ctx.directory.instrument_by_symbol(message.symbol) or _unknown(message, ctx)
    if known.trading_state.matches is message.allow_trade:
        return known
    state = TradingState.TRADING if message.allow_trade else TradingState.HALTED
    return replace(known, trading_state=state)


def _unknown(message: Equity, ctx: Context) -> Instrument:
    kept, scale = currency(ctx), message.precision
    tick_units = numbers.scaled(message.tick_size, scale)
    return Instrument(
        instrument_id=InstrumentId(message.id),
        venue=NAME,
        symbol=message.symbol,
        kind=InstrumentKind.EQUITY,
        base_asset_id=AssetId(0),
        quote_asset_id=kept.asset_id,
        tick_units=tick_units,
        price_scale=scale,
        lot_units=1,
        qty_scale=message.volume_precision,
        notional_minor=numbers.asset_minor(
            kept, message.tick_size.scaleb(-message.volume_precision)
        ),
        lot_minor=0,
    )


def _nearness(symbol: str, word: str) -> int:
    if symbol == word:
        return 0
    return 1 if symbol.startswith(word) else 2
