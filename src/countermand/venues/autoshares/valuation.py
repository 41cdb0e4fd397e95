"""
Valuation: what an account comes to, counted as a broker does.

To the exchange shares are a margined position, and what they cost stays in the balance; to a broker
they are bought. So cash is the balance less what the open positions cost, and the balance with what
they gained is the equity either way.
"""

from decimal import Decimal

from countermand.venues.autoshares.messages.accounts import Info
from countermand.venues.autoshares.settings import Ctx
from countermand.vocabulary.instrument import Asset, Instrument
from countermand.vocabulary.reports import AccountSummary, BalanceReport, PositionReport
from countermand.vocabulary.units import PPB, ceil_ppb
from countermand.wire.numbers import PPB_SCALE, divide_half_even, minor_text, unscaled

CURRENCY = "USD"


def info(summary: AccountSummary, ctx: Ctx) -> Info:
    """Return what an account comes to at the marks of now."""
    borrows, balance = summary.account.may_borrow, dollars(summary, ctx)
    held = [(one, ctx.directory.instruments[one.instrument_id]) for one in summary.positions]
    values = [market_value(one, market) for one, market in held]
    cost, value = sum(one.cost_minor for one, _ in held), sum(values)
    maintenance = sum(
        ceil_ppb(abs(one.cost_minor), margin_ppb(market, borrows=borrows)) for one, market in held
    )
    cash, closed = balance.total_minor - cost, sum(one.realized_minor for one, _ in held)
    equity, spendable = money(cash + value, ctx), money(_buying_power(summary, ctx), ctx)
    return Info(
        cash=money(cash, ctx), net_cash=money(cash, ctx), equity_total=equity, net_liquidity=equity,
        excess=money(cash + value - balance.hold_minor, ctx),
        maintenance_margin=money(maintenance, ctx),
        pending_cash=money(balance.hold_minor - maintenance, ctx),
        pending_orders_count=summary.open_orders,
        market_value=money(value, ctx),
        stock_long_market_value=money(sum(one for one in values if one > 0), ctx),
        stock_short_market_value=money(sum(one for one in values if one < 0), ctx),
        stock_buying_power=spendable, day_trading_buying_power=spendable,
        open_pl=money(value - cost, ctx), open_pl_percent=_percent(value - cost, cost),
        close_pl=money(closed, ctx), total_pl=money(value - cost + closed, ctx),
    )  # fmt: skip


def _buying_power(summary: AccountSummary, ctx: Ctx) -> int:
    # Securities may differ in their margin, and this much can be bought of any of them.
    borrows = summary.account.may_borrow
    rates = [margin_ppb(one, borrows=borrows) for one in ctx.directory.instruments.values()]
    return max(0, dollars(summary, ctx).available_minor) * PPB // max([*rates, 1])


def _percent(gain_minor: int, cost_minor: int) -> Decimal:
    # A percentage of the open positions' cost, to seven digits: nine of the fraction.
    if not cost_minor:
        return Decimal(0)
    percent_ppb = 100 * divide_half_even(gain_minor * PPB, abs(cost_minor))
    return Decimal(unscaled(percent_ppb, PPB_SCALE))


def dollars(summary: AccountSummary, ctx: Ctx) -> BalanceReport:
    """Return the balance of the account's currency, which may never have been any."""
    asset_id = currency(ctx).asset_id
    none = BalanceReport(summary.account.account_id, asset_id, 0, 0)
    return next((one for one in summary.balances if one.asset_id == asset_id), none)


def currency(ctx: Ctx) -> Asset:
    """Return what accounts are kept in. Raises KeyError in a world without it."""
    if (asset := ctx.directory.asset_by_symbol(CURRENCY)) is None:
        raise KeyError(CURRENCY)
    return asset


def money(minor: int, ctx: Ctx) -> Decimal:
    """Return an amount of the currency."""
    return Decimal(minor_text(currency(ctx), minor))


def market_value(report: PositionReport, market: Instrument) -> int:
    """Return what a position is worth at its mark, below zero for a short one."""
    return market.notional_of(report.mark_price_ticks, report.net_lots)


def margin_ppb(market: Instrument, *, borrows: bool) -> int:
    """Return what part of a position an account has to hold."""
    return market.initial_margin_ppb if borrows else PPB
