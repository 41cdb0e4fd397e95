"""The summary of a portfolio: what its balances and positions come to."""

from msgspec import Raw

from countermand.venues.coinbase_intx.account import of_portfolio, show_balances
from countermand.venues.coinbase_intx.messages import accounts as m
from countermand.venues.coinbase_intx.positions import show_positions, value_minor
from countermand.venues.coinbase_intx.presentation import COLLATERAL
from countermand.venues.coinbase_intx.settings import Ctx
from countermand.vocabulary.reports import AccountSummary
from countermand.wire.conversation import Op
from countermand.wire.errors import NotFound
from countermand.wire.numbers import fraction_text_half_even, minor_text


def show_detail(summary: AccountSummary, ctx: Ctx) -> m.Detail:
    """Return everything about a portfolio."""
    return m.Detail(
        show_summary(summary, ctx), show_balances(summary, ctx), show_positions(summary, ctx)
    )


def show_summary(summary: AccountSummary, ctx: Ctx) -> m.Summary:
    """
    Return a portfolio summed up in the collateral asset.

    Units: fractions rounded half to even at nine digits. There is no borrowing and no liquidation,
           so there is one margin: initial and current are it, the others are 0.
    """
    asset = ctx.directory.asset_by_symbol(COLLATERAL)
    if asset is None:
        raise NotFound("the venue has no collateral asset")
    instruments, asset_id = ctx.directory.instruments, asset.asset_id
    cash = next((one for one in summary.balances if one.asset_id == asset_id), None)
    held = [
        one
        for one in summary.positions
        if instruments[one.instrument_id].quote_asset_id == asset_id
    ]
    notional = sum(abs(value_minor(one, ctx)) for one in held)
    profit = sum(value_minor(one, ctx) - one.cost_minor for one in held)
    margin = sum(one.margin_minor for one in held)
    share = Raw(fraction_text_half_even(margin, notional).encode())
    amount = Raw(minor_text(asset, margin).encode())
    balance = minor_text(asset, cash.total_minor if cash else 0)
    return m.Summary(
        collateral=balance,
        unrealized_pnl=minor_text(asset, profit),
        unrealized_pnl_percent=fraction_text_half_even(profit, notional),
        position_notional=minor_text(asset, notional),
        open_position_notional=minor_text(asset, notional),
        balance=balance,
        buying_power=minor_text(asset, max(0, cash.available_minor if cash else 0)),
        portfolio_initial_margin=share,
        portfolio_current_margin=share,
        portfolio_initial_margin_notional=amount,
        portfolio_current_margin_notional=amount,
    )


SUMMARY = Op(m.GetPortfolio, m.Summary, of_portfolio(show_summary))
DETAIL = Op(m.GetPortfolio, m.Detail, of_portfolio(show_detail))
