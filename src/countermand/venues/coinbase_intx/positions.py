"""Positions of a portfolio."""

from decimal import Decimal

from countermand.venues.coinbase_intx import ids, resolve
from countermand.venues.coinbase_intx.account import ask_summary, of_portfolio, summary_of
from countermand.venues.coinbase_intx.messages import accounts as m
from countermand.venues.coinbase_intx.resolve import known_portfolio
from countermand.venues.coinbase_intx.settings import Ctx
from countermand.vocabulary.reports import AccountSummary, PositionReport
from countermand.wire import numbers
from countermand.wire.conversation import Op, Serving, each
from countermand.wire.errors import NotFound
from countermand.wire.reading import market_of


def show_positions(summary: AccountSummary, ctx: Ctx) -> list[m.Position]:
    """Return every position that is open, or that open orders could open."""
    whole = notional_minor(summary, ctx)
    return [show_position(one, whole, ctx) for one in summary.positions if _is_live(one)]


def serve_get(message: m.GetPosition, ctx: Ctx) -> Serving[m.Position]:
    """Show one position. Raises NotFound when there is none."""
    summary = yield from summary_of(message.portfolio, ctx)
    instrument_id = resolve.instrument_of_path(message.instrument, ctx).instrument_id
    for one in summary.positions:
        if one.instrument_id == instrument_id and _is_live(one):
            return show_position(one, notional_minor(summary, ctx), ctx)
    raise NotFound("position not found")


def value_minor(report: PositionReport, ctx: Ctx) -> int:
    """Return what a position is worth at its mark, in quote minor units, signed like it."""
    instrument = ctx.directory.instruments[report.instrument_id]
    return instrument.notional_of(report.mark_price_ticks, report.net_lots)


def notional_minor(summary: AccountSummary, ctx: Ctx) -> int:
    """Return the worth of a portfolio's positions together, short ones counted like long ones."""
    return sum(abs(value_minor(one, ctx)) for one in summary.positions)


def show_position(report: PositionReport, whole_minor: int, ctx: Ctx) -> m.Position:
    """
    Return a position; both average prices are that of the lots now open.

    Units: `whole_minor` is the portfolio's notional; what positions contribute to its initial
           margin are parts of that, and add up to the summary's fraction.
    """
    instrument = ctx.directory.instruments[report.instrument_id]
    quote = ctx.directory.assets[instrument.quote_asset_id]
    number = report.account_id << 32 | report.instrument_id
    average = numbers.avg_px_text_half_even(instrument, report.cost_minor, report.net_lots)
    return m.Position(
        id=ids.POSITION.triplet(number),
        uuid=ids.POSITION.uuid(number),
        symbol=instrument.symbol,
        instrument_id=ids.INSTRUMENT.triplet(report.instrument_id),
        instrument_uuid=ids.INSTRUMENT.uuid(report.instrument_id),
        vwap=average,
        net_size=numbers.qty_text(instrument, report.net_lots),
        buy_order_size=numbers.qty_text(instrument, report.open_buy_lots),
        sell_order_size=numbers.qty_text(instrument, report.open_sell_lots),
        im_contribution=numbers.fraction_text_half_even(report.margin_minor, whole_minor),
        unrealized_pnl=numbers.minor_text(quote, value_minor(report, ctx) - report.cost_minor),
        mark_price=numbers.price_text(instrument, report.mark_price_ticks),
        entry_vwap=average,
        index_price=numbers.price_text(instrument, instrument.reference_price_ticks),
    )


def read_position(message: m.Position, asked: m.GetPortfolio, ctx: Ctx) -> PositionReport:
    """
    Return a position of the portfolio that was asked for; realized profit and margin are not told.
    """
    account_id = known_portfolio("request", asked.portfolio, ctx)
    instrument = market_of("position", message.symbol, ctx.directory)
    net, buys, sells = (
        numbers.qty_lots(instrument, Decimal(text))
        for text in (message.net_size, message.buy_order_size, message.sell_order_size)
    )
    return PositionReport(
        account_id,
        instrument.instrument_id,
        net,
        numbers.cum_notional_minor_nearest(instrument, Decimal(message.entry_vwap), net),
        buys,
        sells,
        margin_minor=0,
        realized_minor=0,
        mark_price_ticks=numbers.price_ticks_nearest(instrument, Decimal(message.mark_price)),
    )


def _is_live(report: PositionReport) -> bool:
    return bool(report.net_lots or report.open_buy_lots or report.open_sell_lots)


LIST = Op(
    m.GetPortfolio, list[m.Position], of_portfolio(show_positions), ask_summary, each(read_position)
)
GET = Op(m.GetPosition, m.Position, serve_get)
