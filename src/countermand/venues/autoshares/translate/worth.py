"""
Worth: what an account comes to, counted as a broker does.

To the exchange shares are a margined position, and what they cost stays in the balance; to a broker
they are bought. So cash is the balance less what the open positions cost, and the balance with what
they gained is the equity either way.
"""

from decimal import Decimal

from msgspec import Struct

from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.instrument import Asset, Instrument
from countermand.vocabulary.reports import AccountSummary, BalanceReport, PositionReport
from countermand.vocabulary.units import PPB, ceil_ppb
from countermand.wire.context import Context
from countermand.wire.numbers import minor_text

NAME = "autoshares"

CURRENCY = "USD"


class Worth(Struct, frozen=True):
    """
    An account, all in minor units of its currency.

    Shape:  `short_value` is below zero; `maintenance` is held by positions, `pending` by open
            orders; `available` can be spent, and `buying_power` is what that buys on margin.
    """

    cash: int
    long_value: int
    short_value: int
    open_pl: int
    closed_pl: int
    maintenance: int
    pending: int
    available: int
    buying_power: int

    @property
    def market_value(self) -> int:
        """What the positions would bring."""
        return self.long_value + self.short_value

    @property
    def equity(self) -> int:
        """What would be there without them."""
        return self.cash + self.market_value

    @property
    def cost(self) -> int:
        """What the positions cost."""
        return self.market_value - self.open_pl

    @property
    def excess(self) -> int:
        """What is neither held by positions nor by orders, gains on paper included."""
        return self.equity - self.maintenance - self.pending


def worth(summary: AccountSummary, ctx: Context) -> Worth:
    """Return what an account comes to at the marks of now."""
    borrows = summary.account.may_borrow
    held = [(one, ctx.directory.instruments[one.instrument_id]) for one in summary.positions]
    values = [market_value(one, market) for one, market in held]
    cost, balance = sum(one.cost_minor for one, _ in held), dollars(summary, ctx)
    maintenance = sum(
        ceil_ppb(abs(one.cost_minor), margin_ppb(market, borrows=borrows)) for one, market in held
    )
    rates = [margin_ppb(one, borrows=borrows) for one in ctx.directory.instruments.values()]
    return Worth(
        cash=balance.total_minor - cost,
        long_value=sum(value for value in values if value > 0),
        short_value=sum(value for value in values if value < 0),
        open_pl=sum(values) - cost,
        closed_pl=sum(one.realized_minor for one, _ in held),
        maintenance=maintenance,
        pending=balance.hold_minor - maintenance,
        available=balance.available_minor,
        # Securities may differ in their margin, and this much can be bought of any of them.
        buying_power=max(0, balance.available_minor) * PPB // max([*rates, 1]),
    )


def dollars(summary: AccountSummary, ctx: Context) -> BalanceReport:
    """Return the balance of the account's currency, which may never have been any."""
    asset_id = currency(ctx).asset_id
    for one in summary.balances:
        if one.asset_id == asset_id:
            return one
    return BalanceReport(summary.account.account_id, asset_id, 0, 0)


def currency(ctx: Context) -> Asset:
    """Return what accounts are kept in. Raises KeyError in a world without it."""
    if (asset := ctx.directory.asset_by_symbol(CURRENCY)) is None:
        raise KeyError(CURRENCY)
    return asset


def money(minor: int, ctx: Context) -> Decimal:
    """Return an amount of the currency."""
    return Decimal(minor_text(currency(ctx), minor))


def clearing_account(account_id: AccountId) -> str:
    """Return an account's number at the clearing firm: its own, as text."""
    return str(account_id)


def market_value(report: PositionReport, market: Instrument) -> int:
    """Return what a position is worth at its mark, below zero for a short one."""
    return market.notional_of(report.mark_price_ticks, report.net_lots)


def margin_ppb(market: Instrument, *, borrows: bool) -> int:
    """Return what part of a position an account has to hold."""
    return market.initial_margin_ppb if borrows else PPB
