"""
Securities: the shares that can be traded. The venue lists options too; this exchange has none.

Source: ETNA manual, "Get filtered equities", "Get equity info by mask", "Get equity info by
        ticker", "... by internal ID", "Get filtered options", "Get options expiration dates", "Get
        an option chain". The order of a look-up's results is our proposal (README).
"""

from decimal import Decimal
from typing import Any, NoReturn

from msgspec.structs import replace

from countermand.venues.autoshares import ids, paging, resolve
from countermand.venues.autoshares.errors import SECURITY_NOT_FOUND
from countermand.venues.autoshares.messages import markets as m
from countermand.venues.autoshares.messages.shared import PAGE_SIZE_MAX, Page, Paged
from countermand.venues.autoshares.presentation import UNTOLD
from countermand.venues.autoshares.settings import NAME, Ctx
from countermand.venues.autoshares.valuation import currency
from countermand.vocabulary.ids import AssetId, InstrumentId
from countermand.vocabulary.instrument import Instrument, InstrumentKind, TradingState
from countermand.vocabulary.queries import GetQuote, GetReferenceData, ListQuotes
from countermand.vocabulary.reports import QuoteReport
from countermand.wire import numbers
from countermand.wire.conversation import Op, Serving, reply
from countermand.wire.errors import MissingField, NotFound

COLUMNS = paging.columns_of(
    m.Equity,
    "Id Symbol Description Exchange Currency AddedDate ModifyDate Type TickSize Enabled AllowTrade"
    " AllowMargin AllowShort",
)


def show_one(message: m.GetEquity, ctx: Ctx) -> m.Equity:
    """Return a security by its symbol or id. Raises NotFound."""
    # Digits alone are an id: tickers have letters.
    if (number := ids.int32(message.symbol)) is None:
        return show_equity(resolve.security(message.symbol, ctx), ctx)
    if (known := ctx.directory.instruments.get(InstrumentId(number))) is None:
        raise NotFound(SECURITY_NOT_FOUND)
    return show_equity(known, ctx)


def ask_one(query: GetQuote, ctx: Ctx) -> m.GetEquity:
    """Return the request for what is said of a security."""
    return m.GetEquity(ctx.directory.instruments[query.instrument_id].symbol)


def read_one(reply: m.Equity, message: m.GetEquity, ctx: Ctx) -> QuoteReport:
    """Return what is said of a security; prices are not told."""
    return QuoteReport(read_equity(reply, ctx))


ONE = Op(m.GetEquity, m.Equity, reply(show_one), ask_one, read_one)


def serve_look_up(message: m.LookUp, ctx: Ctx) -> Serving[list[m.Equity]]:
    """
    Return the securities whose symbol, exchange or description contains the word, in any case.

    Shape:  an exact symbol first, then symbols that begin with the word, then others.
    Raises: MissingField when no word is given; InvalidField for a malformed filter.
    """
    given = message.symbol if message.mask is None else message.mask
    if given is None:
        raise MissingField("mask")
    word, data = given.lower(), (yield GetReferenceData(NAME))
    every = [show_equity(one, ctx) for one in data.instruments]
    found = [
        one
        for one in paging.choose(every, Paged(filter=message.filter), COLUMNS, ctx)
        if any(word in text.lower() for text in (one.symbol, one.exchange, one.description))
    ]
    found.sort(key=lambda one: _nearness(one.symbol.lower(), word))
    return found[: message.count]


LOOK_UP = Op(m.LookUp, list[m.Equity], serve_look_up)


def serve_list(message: m.ListEquities, ctx: Ctx) -> Serving[Page[m.Equity]]:
    """Return a page of securities. Raises as `paging.choose` does."""
    quotes: tuple[QuoteReport, ...] = yield ListQuotes(NAME)
    every = [show_equity(one.instrument, ctx) for one in quotes]
    return paging.page_of(every, message, COLUMNS, lambda one, _: one, ctx)


def ask_list(query: ListQuotes, ctx: Ctx) -> m.ListEquities:
    """Return the request for the first page, as large as pages get, in order of listing."""
    return m.ListEquities(page_number=0, page_size=PAGE_SIZE_MAX, sort_field="Id", desc=False)


def read_list(reply: Page[m.Equity], message: m.ListEquities, ctx: Ctx) -> tuple[QuoteReport, ...]:
    """Return the markets of a page; prices are not told."""
    return tuple(QuoteReport(read_equity(one, ctx)) for one in reply.result)


LIST = Op(m.ListEquities, Page[m.Equity], serve_list, ask_list, read_list)


def show_options(message: m.ListEquities, ctx: Ctx) -> Page[Any]:
    """Return a page without options."""
    return paging.page([], 0, message, ctx)


def show_chain(message: m.GetOption, ctx: Ctx) -> m.OptionChain:
    """Return the empty chain of a security. Raises NotFound for one that does not exist."""
    resolve.security(message.symbol, ctx)
    return m.OptionChain([])


def refuse_option(message: m.GetOption, ctx: Ctx) -> NoReturn:
    """Refuse an option by its name. Raises NotFound."""
    raise NotFound(SECURITY_NOT_FOUND)


OPTIONS = Op(m.ListEquities, Page[Any], reply(show_options))
EXPIRATIONS = Op(m.ListExpirations, list[Any], reply(lambda *_: []))
CHAIN = Op(m.GetOption, m.OptionChain, reply(show_chain))
OPTION = Op(m.GetOption, None, reply(refuse_option))


def show_equity(market: Instrument, ctx: Ctx) -> m.Equity:
    """Return a security."""
    about = ctx.settings.securities.get(market.symbol, UNTOLD)
    return m.Equity(
        id=market.instrument_id, symbol=market.symbol, currency=currency(ctx).symbol,
        description=about.description or market.symbol, exchange=about.exchange,
        type=about.type, cusip=about.cusip,
        added_date=about.added_date, modify_date=about.modify_date,
        precision=market.price_scale, volume_precision=market.qty_scale,
        tick_size=Decimal(numbers.price_text(market, 1)),
        enabled=about.enabled, allow_trade=market.trading_state.matches,
        allow_margin=about.allow_margin, allow_short=about.allow_short,
    )  # fmt: skip


def read_equity(message: m.Equity, ctx: Ctx) -> Instrument:
    """
    Return a security; what the wire does not say comes from the directory, where that knows it.
    """
    known = ctx.directory.instrument_by_symbol(message.symbol) or _unknown(message, ctx)
    if known.trading_state.matches is message.allow_trade:
        return known
    state = TradingState.TRADING if message.allow_trade else TradingState.HALTED
    return replace(known, trading_state=state)


def _unknown(message: m.Equity, ctx: Ctx) -> Instrument:
    kept, lot = currency(ctx), message.tick_size.scaleb(-numbers.digits(message.volume_precision))
    tick_units, price_scale = numbers.grid(message.tick_size)
    return Instrument(
        InstrumentId(message.id), NAME, message.symbol, InstrumentKind.EQUITY,
        base_asset_id=AssetId(0), quote_asset_id=kept.asset_id,
        tick_units=tick_units, price_scale=price_scale,
        qty_scale=message.volume_precision, lot_units=1,
        notional_minor=numbers.asset_minor(kept, lot), lot_minor=0,
    )  # fmt: skip


def _nearness(symbol: str, word: str) -> int:
    return 0 if symbol == word else 1 if symbol.startswith(word) else 2
