"""Positions: what the key's account holds of each market, or ever held."""

from decimal import Decimal

from msgspec.structs import replace

from countermand.venues.polymarket_us import resolve
from countermand.venues.polymarket_us.account import holdings
from countermand.venues.polymarket_us.amounts import money, qty_fixed, qty_whole, read_money
from countermand.venues.polymarket_us.messages import accounts as m
from countermand.venues.polymarket_us.settings import NAME, Ctx
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.queries import ListQuotes
from countermand.vocabulary.reports import PositionReport, QuoteReport
from countermand.wire import numbers, times
from countermand.wire.conversation import Op, Serving, always
from countermand.wire.errors import InvalidField
from countermand.wire.reading import market_of

LIMIT_DEFAULT = 100

# How many positions our client asks for at once; no limit is documented.
PAGE_MAX = 1000

_CURSOR_DIGITS_MAX = 18


def serve_list(message: m.ListPositions, ctx: Ctx) -> Serving[m.PositionPage]:
    """
    Return a page of the positions there are or were, in the order their markets were listed.

    Shape:  the cursor is the id of the last market shown; what opens meanwhile disturbs no page.
    Raises: InvalidField for an invalid cursor.
    """
    summary = yield from holdings(ctx)
    quotes: tuple[QuoteReport, ...] = yield ListQuotes(NAME)
    over = {one.instrument.symbol for one in quotes if one.settled_px_ticks is not None}
    after, limit = _after(message.cursor), message.limit or LIMIT_DEFAULT
    rest = [
        (ctx.directory.instruments[one.instrument_id], one)
        for one in summary.positions
        if _was_ever(one) and one.instrument_id > after
    ]
    if message.market:
        rest = [(market, one) for market, one in rest if market.symbol == message.market]
    page, eof = rest[:limit], len(rest) <= limit
    return m.PositionPage(
        {
            market.symbol: show_position(one, ctx, expired=market.symbol in over)
            for market, one in page
        },
        "" if eof else str(page[-1][0].instrument_id),
        eof,
    )


def show_position(report: PositionReport, ctx: Ctx, *, expired: bool) -> m.UserPosition:
    """
    Return a position; `expired` is one whose market is over.

    Units: who is short holds NO: it cost the payout less what the sale of YES brought.
    """
    one, net = ctx.directory.instruments[report.instrument_id], report.net_lots
    quote = ctx.directory.assets[one.quote_asset_id]
    profit = one.notional_of(report.mark_price_ticks, net) - report.cost_minor if net else 0
    presentation = ctx.settings.presentation(one.symbol)
    return m.UserPosition(
        **_quantities(
            one,
            net_position=net,
            qty_bought=report.bought_lots,
            qty_sold=report.sold_lots,
            qty_available=_free_lots(report),
        ),
        cost=money(quote, one.payout_minor * max(0, -net) + report.cost_minor),
        realized=money(quote, report.realized_minor),
        cash_value=money(quote, profit),
        fees=money(quote, report.fee_minor),
        expired=expired,
        update_time=times.iso_ns(report.transact_ns) if report.transact_ns else None,
        market_metadata=presentation.metadata(one.symbol, is_long=net >= 0),
    )


def read_list(
    reply: m.PositionPage, message: m.ListPositions, ctx: Ctx
) -> tuple[PositionReport, ...]:
    """Return the positions of the key's account; margin and open orders are not told."""
    return tuple(_read_position(slug, one, ctx) for slug, one in reply.positions.items())


LIST = Op(
    m.ListPositions, m.PositionPage, serve_list, always(m.ListPositions(limit=PAGE_MAX)), read_list
)


def follow(asked: m.ListPositions, page: m.PositionPage) -> m.ListPositions | None:
    """Return the request for what follows a page, None where it was the last."""
    cursor = getattr(page, "next_cursor", "")
    if not cursor or getattr(page, "eof", False) or not page.positions:
        return None
    return replace(asked, cursor=cursor)


def _quantities(one: Instrument, **lots: int) -> dict[str, str]:
    whole = {name: qty_whole(one, quantity) for name, quantity in lots.items()}
    return whole | {f"{name}_decimal": qty_fixed(one, lots[name]) for name in lots}


def _read_position(slug: str, message: m.UserPosition, ctx: Ctx) -> PositionReport:
    one = market_of("position", slug, ctx.directory)
    quote = ctx.directory.assets[one.quote_asset_id]
    told = (message.net_position_decimal, message.qty_bought_decimal, message.qty_sold_decimal)
    net, bought, sold = (numbers.qty_lots(one, Decimal(text)) for text in told)
    cost = read_money(quote, message.cost) - one.payout_minor * max(0, -net)
    value = cost + read_money(quote, message.cash_value)
    return PositionReport(
        account_id=resolve.account(ctx),
        instrument_id=one.instrument_id,
        net_lots=net,
        cost_minor=cost,
        realized_minor=read_money(quote, message.realized),
        mark_price_ticks=value // one.notional_of(1, net) if net else 0,
        bought_lots=bought,
        sold_lots=sold,
        fee_minor=read_money(quote, getattr(message, "fees", None)),
        transact_ns=times.parse_iso(message.update_time) if message.update_time else 0,
    )


def _after(cursor: str) -> int:
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdigit()) or len(cursor) > _CURSOR_DIGITS_MAX:
        raise InvalidField("cursor", "invalid cursor")
    return int(cursor)


def _was_ever(report: PositionReport) -> bool:
    # An order that rests is no position yet.
    return bool(report.net_lots or report.bought_lots or report.sold_lots)


def _free_lots(report: PositionReport) -> int:
    # Lots that open orders could already close are not there to be closed again.
    if report.net_lots >= 0:
        return max(0, report.net_lots - report.open_sell_lots)
    return min(0, report.net_lots + report.open_buy_lots)
