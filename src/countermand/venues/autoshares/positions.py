"""
Positions: those of an account one by one, by kind, and the largest.

Source: ETNA manual, "Get user's positions", "Get user's positions in a security", "Get market value
        of all security groups"; the swagger file, `PositionResource`. Our proposals (README): a
        position's id is its security's, a short position's cost is negative, and no day's change
        is computed.
"""

from decimal import Decimal

from countermand.venues.autoshares import dates, paging, resolve
from countermand.venues.autoshares.account import margin_type_of, of_account
from countermand.venues.autoshares.messages import accounts as m
from countermand.venues.autoshares.messages.shared import Page
from countermand.venues.autoshares.presentation import UNTOLD
from countermand.venues.autoshares.settings import Ctx
from countermand.venues.autoshares.valuation import currency, info, market_value, money
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.queries import GetAccount
from countermand.vocabulary.reports import AccountSummary, PositionReport
from countermand.wire import numbers
from countermand.wire.conversation import Op
from countermand.wire.reading import market_of

COLUMNS = paging.columns_of(
    m.Position,
    "Id SecurityId Symbol Name CompanyName SecurityCurrency SecurityType CostBasis ModifyDate"
    " Quantity RealizedProfitLoss UnrealizedProfitLoss AverageOpenPrice",
)


def show_page(found: AccountSummary, message: m.ListPositions, ctx: Ctx) -> Page[m.Position]:
    """Return a page of the positions there are or were. Raises as `paging.choose` does."""
    return paging.page_of(traded(found, ctx), message, COLUMNS, lambda one, _: one, ctx)


def ask_page(query: GetAccount, ctx: Ctx) -> m.ListPositions:
    """Return the request for as many positions as a page takes."""
    return m.ListPositions(account_id=str(query.account_id), page_size=m.ListPositions.SIZE_MAX)


def read_page(
    reply: Page[m.Position], message: m.ListPositions, ctx: Ctx
) -> tuple[PositionReport, ...]:
    """Return the positions of a page; margin, open orders and commissions are not told."""
    return tuple(read_position(one, ctx) for one in reply.result)


LIST = Op(m.ListPositions, Page[m.Position], of_account(show_page), ask_page, read_page)


def show_in_security(found: AccountSummary, message: m.OfSymbol, ctx: Ctx) -> list[m.Position]:
    """Return the position in a security, in a list, which is empty where there is none."""
    market = resolve.find(message.symbol, ctx)
    return [one for one in traded(found, ctx) if market and one.symbol == market.symbol]


IN_SECURITY = Op(m.OfSymbol, list[m.Position], of_account(show_in_security))


def show_groups(found: AccountSummary, message: m.OfAccount, ctx: Ctx) -> list[m.Group]:
    """Return what shares are worth, and how much cash there is."""
    amounts = info(found, ctx)
    return [m.Group("Equity", amounts.market_value), m.Group("Cash", amounts.cash)]


GROUPS = Op(m.OfAccount, list[m.Group], of_account(show_groups))


def show_top(found: AccountSummary, message: m.TopPositions, ctx: Ctx) -> list[m.Group]:
    """Return the positions worth most, long or short, the largest first."""
    held = [one for one in found.positions if one.net_lots]
    markets = [ctx.directory.instruments[one.instrument_id] for one in held]
    values = [
        (market_value(one, market), market.symbol)
        for one, market in zip(held, markets, strict=True)
    ]
    values.sort(key=lambda pair: -abs(pair[0]))
    return [m.Group(symbol, money(value, ctx)) for value, symbol in values[: message.count]]


TOP = Op(m.TopPositions, list[m.Group], of_account(show_top))


def show_position(report: PositionReport, ctx: Ctx) -> m.Position:
    """Return a position."""
    market = ctx.directory.instruments[report.instrument_id]
    about = ctx.settings.securities.get(market.symbol, UNTOLD)
    cost = money(report.cost_minor, ctx)
    average = numbers.avg_px_text_half_even(market, report.cost_minor, report.net_lots)
    return m.Position(
        id=market.instrument_id, security_id=market.instrument_id,
        account_id=report.account_id, clearing_account=str(report.account_id),
        margin_type=margin_type_of(ctx.directory.accounts[report.account_id]),
        symbol=market.symbol, name=market.symbol,
        company_name=about.description or market.symbol, security_type=about.type,
        security_currency=currency(ctx).symbol,
        quantity=Decimal(numbers.qty_text(market, report.net_lots)),
        cost_basis=cost, daily_cost_basis=cost, average_open_price=Decimal(average),
        realized_profit_loss=money(report.realized_minor, ctx),
        unrealized_profit_loss=money(market_value(report, market) - report.cost_minor, ctx),
        modify_date=dates.date_text(report.transact_ns),
    )  # fmt: skip


def read_position(message: m.Position, ctx: Ctx) -> PositionReport:
    """Return the report a position makes. Raises Malformed for a security that is not known."""
    market = market_of("position", message.symbol, ctx.directory)
    kept, net = currency(ctx), numbers.qty_lots(market, message.quantity)
    # Not every answer tells what a position gained; then its mark is not told either.
    gained = getattr(message, "unrealized_profit_loss", None)
    cost, gain, realized = (
        numbers.asset_minor_nearest(kept, amount)
        for amount in (message.cost_basis, gained or Decimal(0), message.realized_profit_loss)
    )
    is_marked = net and gained is not None
    return PositionReport(
        AccountId(message.account_id), market.instrument_id, net_lots=net, cost_minor=cost,
        open_buy_lots=0, open_sell_lots=0, margin_minor=0, realized_minor=realized,
        mark_price_ticks=(cost + gain) // market.notional_of(1, net) if is_marked else 0,
        transact_ns=dates.date_ns(message.modify_date),
    )  # fmt: skip


def traded(found: AccountSummary, ctx: Ctx) -> list[m.Position]:
    """Return the positions there are or were."""
    # An order that rests is no position yet.
    return [
        show_position(one, ctx)
        for one in found.positions
        if one.net_lots or one.bought_lots or one.sold_lots
    ]
