"""Portfolio: balances and positions."""

from decimal import Decimal

from countermand.venues.polymarket_us.messages import portfolio
from countermand.venues.polymarket_us.messages.money import CURRENCY
from countermand.venues.polymarket_us.messages.portfolio import UserBalance, UserPosition
from countermand.venues.polymarket_us.translate import resolve
from countermand.venues.polymarket_us.translate.metadata import metadata_to_wire
from countermand.venues.polymarket_us.translate.money import (
    decimal,
    money_from_wire,
    money_to_wire,
    number,
    qty_fixed_text,
    qty_whole_text,
)
from countermand.vocabulary.ids import InstrumentId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.queries import GetAccount, ListQuotes
from countermand.vocabulary.reports import AccountSummary, BalanceReport, PositionReport
from countermand.wire import numbers, times
from countermand.wire.context import Context
from countermand.wire.errors import InvalidField, Malformed, NotFound
from countermand.wire.numbers import minor_text

LIMIT_DEFAULT = 100

# How many positions our client asks for at once; no limit is documented.
PAGE_MAX = 1000

_ZERO = number("0")
_CURSOR_DIGITS_MAX = 18


def holdings_from_wire(
    message: portfolio.ListBalances | portfolio.ListPositions, ctx: Context
) -> GetAccount:
    """Return the question for what the key's account has."""
    return GetAccount(resolve.account(ctx))


def balances_to_wire(query: GetAccount, ctx: Context) -> portfolio.ListBalances:
    """Return the request for balances. Raises NotExpressible for another account than the key's."""
    resolve.check_own(query.account_id, ctx)
    return portfolio.ListBalances()


def balances_reply_to_wire(summary: AccountSummary | None, ctx: Context) -> portfolio.BalancePage:
    """Return every balance; dollars are always among them, the first if there never were any."""
    known = _there(summary)
    balances, dollars = list(known.balances), ctx.directory.asset_by_symbol(CURRENCY)
    if dollars and all(one.asset_id != dollars.asset_id for one in balances):
        none = BalanceReport(known.account.account_id, dollars.asset_id, 0, 0)
        balances.insert(0, none)
    return portfolio.BalancePage([_balance_to_wire(one, known, ctx) for one in balances])


def balances_reply_from_wire(
    message: portfolio.BalancePage, ctx: Context
) -> tuple[BalanceReport, ...]:
    """Return the balances of the key's account."""
    return tuple(_balance_from_wire(one, ctx) for one in message.balances)


def settled_from_wire(message: portfolio.ListPositions, ctx: Context) -> ListQuotes:
    """Return the question which markets are over."""
    return ListQuotes(resolve.NAME)


def positions_to_wire(query: GetAccount, ctx: Context) -> portfolio.ListPositions:
    """Return the request for all positions. Raises NotExpressible as `balances_to_wire` does."""
    resolve.check_own(query.account_id, ctx)
    return portfolio.ListPositions(limit=PAGE_MAX)


def positions_reply_to_wire(summary: AccountSummary | None, ctx: Context) -> portfolio.PositionPage:
    """
    Return a page of the positions there are or were, in the order their markets were listed.

    Shape:  the cursor is the id of the last market shown; what opens meanwhile disturbs no page.
    Raises: InvalidField for a cursor that is none.
    """
    asked: portfolio.ListPositions = ctx.message
    after, limit = _after(asked.cursor), asked.limit or LIMIT_DEFAULT
    found = [one for one in _there(summary).positions if _was_ever(one)]
    if asked.market:
        found = [one for one in found if _market(one, ctx).symbol == asked.market]
    rest = [one for one in found if one.instrument_id > after]
    page = rest[:limit]
    eof = len(page) == len(rest)
    return portfolio.PositionPage(
        {_market(one, ctx).symbol: position_to_wire(one, ctx) for one in page},
        "" if eof else str(page[-1].instrument_id),
        eof,
    )


def positions_reply_from_wire(
    message: portfolio.PositionPage, ctx: Context
) -> tuple[PositionReport, ...]:
    """Return the positions of the key's account; margin and open orders are not told."""
    return tuple(_position_from_wire(slug, one, ctx) for slug, one in message.positions.items())


def position_to_wire(report: PositionReport, ctx: Context) -> UserPosition:
    """
    Return a position; whether its market is over was asked for first.

    Units: who is short holds NO: it cost the payout less what the sale of YES brought.
    """
    one = _market(report, ctx)
    quote = ctx.directory.assets[one.quote_asset_id]
    net, free = report.net_lots, _free_lots(report)
    profit = one.notional_of(report.mark_price_ticks, net) - report.cost_minor if net else 0
    return UserPosition(
        net_position=qty_whole_text(one, net),
        net_position_decimal=qty_fixed_text(one, net),
        qty_bought=qty_whole_text(one, report.bought_lots),
        qty_bought_decimal=qty_fixed_text(one, report.bought_lots),
        qty_sold=qty_whole_text(one, report.sold_lots),
        qty_sold_decimal=qty_fixed_text(one, report.sold_lots),
        # The exchange has no end of day at which a position would be carried over.
        bod_position="0",
        bod_position_decimal=qty_fixed_text(one, 0),
        qty_available=qty_whole_text(one, free),
        qty_available_decimal=qty_fixed_text(one, free),
        cost=money_to_wire(quote, _paid_in(one, report)),
        realized=money_to_wire(quote, report.realized_minor),
        cash_value=money_to_wire(quote, profit),
        fees=money_to_wire(quote, report.fee_minor),
        expired=_is_over(one.instrument_id, ctx),
        update_time=times.iso_ns(report.transact_ns) if report.transact_ns else None,
        market_metadata=metadata_to_wire(one, ctx, is_long=net >= 0),
    )


def _balance_to_wire(report: BalanceReport, summary: AccountSummary, ctx: Context) -> UserBalance:
    # What is short holds its payout for as long as it is open; the rest is held by open orders.
    asset = ctx.directory.assets[report.asset_id]
    margin = sum(
        _market(one, ctx).payout_minor * max(0, -one.net_lots)
        for one in summary.positions
        if _market(one, ctx).quote_asset_id == asset.asset_id
    )
    return UserBalance(
        current_balance=number(minor_text(asset, report.total_minor)),
        currency=asset.symbol,
        last_updated=times.iso_ns(ctx.now_ns),
        buying_power=number(minor_text(asset, report.available_minor)),
        asset_notional=_ZERO,
        asset_available=_ZERO,
        pending_credit=_ZERO,
        open_orders=number(minor_text(asset, report.hold_minor - margin)),
        unsettled_funds=_ZERO,
        pending_withdrawals=[],
        margin_requirement=number(minor_text(asset, margin)),
        balance_reservation=_ZERO,
    )


def _balance_from_wire(message: UserBalance, ctx: Context) -> BalanceReport:
    if (asset := ctx.directory.asset_by_symbol(message.currency)) is None:
        raise Malformed("balance names what is not known here")
    total, orders, margin = (
        numbers.asset_minor(asset, decimal(raw))
        for raw in (message.current_balance, message.open_orders, message.margin_requirement)
    )
    return BalanceReport(resolve.account(ctx), asset.asset_id, total, orders + margin)


def _position_from_wire(slug: str, message: UserPosition, ctx: Context) -> PositionReport:
    if (one := ctx.directory.instrument_by_symbol(slug)) is None:
        raise Malformed("position names what is not known here")
    quote = ctx.directory.assets[one.quote_asset_id]
    net, bought, sold = (
        numbers.qty_lots(one, Decimal(text))
        for text in (
            message.net_position_decimal,
            message.qty_bought_decimal,
            message.qty_sold_decimal,
        )
    )
    cost = money_from_wire(quote, message.cost) - one.payout_minor * max(0, -net)
    value = cost + money_from_wire(quote, message.cash_value)
    return PositionReport(
        resolve.account(ctx),
        one.instrument_id,
        net,
        cost,
        0,
        0,
        0,
        money_from_wire(quote, message.realized),
        value // one.notional_of(1, net) if net else 0,
        bought,
        sold,
        money_from_wire(quote, message.fees),
        times.parse_iso(message.update_time) if message.update_time else 0,
    )


def _there(summary: AccountSummary | None) -> AccountSummary:
    if summary is None:
        raise NotFound("account not found")
    return summary


def _after(cursor: str) -> int:
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdigit()) or len(cursor) > _CURSOR_DIGITS_MAX:
        raise InvalidField("cursor", "invalid cursor")
    return int(cursor)


def _market(report: PositionReport, ctx: Context) -> Instrument:
    return ctx.directory.instruments[report.instrument_id]


def _was_ever(report: PositionReport) -> bool:
    # An order that rests is no position yet.
    return bool(report.net_lots or report.bought_lots or report.sold_lots)


def _paid_in(one: Instrument, report: PositionReport) -> int:
    return one.payout_minor * max(0, -report.net_lots) + report.cost_minor


def _free_lots(report: PositionReport) -> int:
    # What open orders could already close is not there to be closed again.
    if report.net_lots >= 0:
        return max(0, report.net_lots - report.open_sell_lots)
    return min(0, report.net_lots + report.open_buy_lots)


def _is_over(instrument_id: InstrumentId, ctx: Context) -> bool:
    quotes = ctx.found or ()
    return any(
        one.settled_px_ticks is not None
        for one in quotes
        if one.instrument.instrument_id == instrument_id
    )
