"""The summary of a portfolio: what its balances, positions and open orders come to."""

from collections.abc import Iterable

from msgspec import Raw

from countermand.venues.coinbase_intx.account import show_balances, summary_of
from countermand.venues.coinbase_intx.messages import accounts as m
from countermand.venues.coinbase_intx.positions import notional_minor, show_positions, value_minor
from countermand.venues.coinbase_intx.presentation import COLLATERAL
from countermand.venues.coinbase_intx.settings import Ctx
from countermand.vocabulary.ids import AssetId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import Side
from countermand.vocabulary.queries import ListOpenOrders
from countermand.vocabulary.reports import AccountSummary, OrderReport, PositionReport
from countermand.vocabulary.units import ceil_ppb
from countermand.wire.conversation import Op, Serving
from countermand.wire.errors import NotFound
from countermand.wire.numbers import fraction_text_half_even, minor_text


def serve_detail(message: m.GetPortfolio, ctx: Ctx) -> Serving[m.Detail]:
    """Show everything about a portfolio. Raises as `summary_of` does."""
    summary = yield from summary_of(message.portfolio, ctx)
    orders = yield ListOpenOrders((summary.account.account_id,))
    return m.Detail(
        show_summary(summary, orders, ctx),
        show_balances(summary, ctx),
        show_positions(summary, ctx),
    )


def serve_summary(message: m.GetPortfolio, ctx: Ctx) -> Serving[m.Summary]:
    """Show a portfolio summed up. Raises as `summary_of` does."""
    summary = yield from summary_of(message.portfolio, ctx)
    orders = yield ListOpenOrders((summary.account.account_id,))
    return show_summary(summary, orders, ctx)


def show_summary(summary: AccountSummary, orders: tuple[OrderReport, ...], ctx: Ctx) -> m.Summary:
    """
    Return a portfolio summed up in the collateral asset.

    Shape:  `balance` is collateral and unrealized profit, less fees, interest and debt, of which
            there are none here; `buying_power` is the balance less the initial margin of
            `open_position_notional`, and less what spot orders hold.
    Units:  fractions rounded half to even at nine digits. There is no borrowing and no liquidation,
            so there is one margin: initial and current are it, the others are 0.
    Source: INTX glossary; README, "Known divergences".
    """
    if (asset := ctx.directory.asset_by_symbol(COLLATERAL)) is None:
        raise NotFound("the venue has no collateral asset")
    held = [one for one in summary.positions if _quoted_in(asset.asset_id, one, ctx)]
    ours = [one for one in orders if _quoted_in(asset.asset_id, one, ctx)]
    notional = notional_minor(summary, ctx)
    profit = sum(value_minor(one, ctx) - one.cost_minor for one in held)
    opened = [(one, _open_minor(position, ours, ctx)) for one, position in _markets(held, ctx)]
    margin = sum(one.margin_minor for one in held)
    cash = sum(one.total_minor for one in summary.balances if one.asset_id == asset.asset_id)
    asked = sum(ceil_ppb(minor, one.initial_margin_ppb) for one, minor in opened)
    power = cash + profit - asked - _held_by_spot(ours, ctx)
    share = Raw(fraction_text_half_even(margin, notional).encode())
    amount = Raw(minor_text(asset, margin).encode())
    return m.Summary(
        collateral=minor_text(asset, cash),
        unrealized_pnl=minor_text(asset, profit),
        unrealized_pnl_percent=fraction_text_half_even(profit, notional),
        position_notional=minor_text(asset, notional),
        open_position_notional=minor_text(asset, sum(minor for _, minor in opened)),
        balance=minor_text(asset, cash + profit),
        buying_power=minor_text(asset, max(0, power)),
        portfolio_initial_margin=share,
        portfolio_current_margin=share,
        portfolio_initial_margin_notional=amount,
        portfolio_current_margin_notional=amount,
    )


def _quoted_in(asset_id: AssetId, of: PositionReport | OrderReport, ctx: Ctx) -> bool:
    return ctx.directory.instruments[of.instrument_id].quote_asset_id == asset_id


def _markets(held: Iterable[PositionReport], ctx: Ctx) -> list[tuple[Instrument, PositionReport]]:
    return [(ctx.directory.instruments[one.instrument_id], one) for one in held]


def _open_minor(position: PositionReport, orders: list[OrderReport], ctx: Ctx) -> int:
    # The larger of what all buys and what all sells would leave, as margin is asked: orders that
    # can only close do not count.
    value, net = value_minor(position, ctx), position.net_lots
    buys, sells = (_on_order(position, side, orders, ctx) for side in (Side.BUY, Side.SELL))
    longer, shorter = value + buys, sells - value
    if net >= 0:
        return max(longer, shorter) if position.open_sell_lots > net else longer
    return max(longer, shorter) if position.open_buy_lots > -net else shorter


def _on_order(position: PositionReport, side: Side, orders: list[OrderReport], ctx: Ctx) -> int:
    instrument = ctx.directory.instruments[position.instrument_id]
    return sum(
        instrument.notional_of(one.terms.price_ticks, one.leaves_qty_lots)
        for one in orders
        if one.instrument_id == position.instrument_id and one.terms.side is side
    )


def _held_by_spot(orders: list[OrderReport], ctx: Ctx) -> int:
    markets = ctx.directory.instruments
    return sum(
        one.hold_minor
        for one in orders
        if one.terms.side is Side.BUY and not markets[one.instrument_id].has_positions
    )


SUMMARY = Op(m.GetPortfolio, m.Summary, serve_summary)
DETAIL = Op(m.GetPortfolio, m.Detail, serve_detail)
