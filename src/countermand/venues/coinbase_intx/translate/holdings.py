"""Holdings: balances, positions and what they sum up to."""

from decimal import Decimal

from msgspec import Raw

from countermand.venues.coinbase_intx import ids
from countermand.venues.coinbase_intx.ids import Kind
from countermand.venues.coinbase_intx.messages import portfolios
from countermand.venues.coinbase_intx.translate import resolve
from countermand.venues.coinbase_intx.translate.portfolios import found
from countermand.vocabulary.ids import AccountId, AssetId, InstrumentId
from countermand.vocabulary.instrument import Asset, Instrument
from countermand.vocabulary.queries import GetAccount
from countermand.vocabulary.reports import AccountSummary, BalanceReport, PositionReport
from countermand.wire import numbers
from countermand.wire.context import Context
from countermand.wire.errors import Malformed, NotFound
from countermand.wire.numbers import minor_text, price_text, qty_text


def holding_from_wire(
    message: portfolios.GetBalance | portfolios.GetPosition, ctx: Context
) -> GetAccount:
    """Return the question for one balance or position. Raises for the portfolio."""
    return GetAccount(resolve.portfolio(message.portfolio, ctx))


def balances_reply_to_wire(
    summary: AccountSummary | None, ctx: Context
) -> list[portfolios.Balance]:
    """Return every balance."""
    return [balance_to_wire(one, ctx) for one in found(summary).balances]


def balances_reply_from_wire(
    message: list[portfolios.Balance], ctx: Context
) -> tuple[BalanceReport, ...]:
    """Return the balances of the portfolio that was asked for."""
    return tuple(_balance_from_wire(one, ctx) for one in message)


def balance_reply_to_wire(summary: AccountSummary | None, ctx: Context) -> portfolios.Balance:
    """Return one balance, zero when there never was any. Raises NotFound for an unknown asset."""
    asset, summary = resolve.find_asset(ctx.message.asset, ctx), found(summary)
    for one in summary.balances:
        if one.asset_id == asset.asset_id:
            return balance_to_wire(one, ctx)
    none = BalanceReport(summary.account.account_id, asset.asset_id, 0, 0)
    return balance_to_wire(none, ctx)


def positions_reply_to_wire(
    summary: AccountSummary | None, ctx: Context
) -> list[portfolios.Position]:
    """Return every position that is open, or that open orders could open."""
    return [position_to_wire(one, ctx) for one in found(summary).positions if _is_live(one)]


def positions_reply_from_wire(
    message: list[portfolios.Position], ctx: Context
) -> tuple[PositionReport, ...]:
    """Return the positions of the portfolio that was asked for; realized profit is not told."""
    return tuple(_position_from_wire(one, ctx) for one in message)


def position_reply_to_wire(summary: AccountSummary | None, ctx: Context) -> portfolios.Position:
    """Return one position. Raises NotFound when there is none."""
    instrument = resolve.instrument_of_path(ctx.message.instrument, ctx)
    for one in found(summary).positions:
        if one.instrument_id == instrument.instrument_id and _is_live(one):
            return position_to_wire(one, ctx)
    raise NotFound("position not found")


def detail_reply_to_wire(summary: AccountSummary | None, ctx: Context) -> portfolios.Detail:
    """Return everything about a portfolio."""
    return portfolios.Detail(
        summary_reply_to_wire(summary, ctx),
        balances_reply_to_wire(summary, ctx),
        positions_reply_to_wire(summary, ctx),
    )


def summary_reply_to_wire(summary: AccountSummary | None, ctx: Context) -> portfolios.Summary:
    """
    Return a portfolio summed up in the collateral asset.

    Units: fractions rounded half to even at nine digits. There is no borrowing and no liquidation,
           so there is one margin: initial and current are it, the others are 0.
    """
    whole = found(summary)
    asset = ctx.directory.asset_by_symbol(resolve.COLLATERAL)
    if asset is None:
        raise NotFound("the venue has no collateral asset")
    cash = next((b for b in whole.balances if b.asset_id == asset.asset_id), None)
    total, available = (cash.total_minor, cash.available_minor) if cash else (0, 0)
    held = [p for p in whole.positions if _in_asset(p, asset, ctx)]
    notional = sum(abs(_value(p, ctx)) for p in held)
    profit = sum(_value(p, ctx) - p.cost_minor for p in held)
    margin = sum(p.margin_minor for p in held)
    return _summed_up(asset, total, available, (notional, profit, margin))


def balance_to_wire(report: BalanceReport, ctx: Context) -> portfolios.Balance:
    """
    Return a balance; only the collateral asset has collateral value, nothing is ever borrowed.
    """
    asset = ctx.directory.assets[report.asset_id]
    asset_id, asset_uuid = ids.both(Kind.ASSET, report.asset_id)
    quantity = minor_text(asset, report.total_minor)
    return portfolios.Balance(
        asset_id=asset_id,
        asset_name=asset.symbol,
        asset_uuid=asset_uuid,
        quantity=quantity,
        hold=minor_text(asset, report.hold_minor),
        hold_available_for_collateral="0",
        transfer_hold="0",
        collateral_value=quantity if asset.symbol == resolve.COLLATERAL else "0",
        max_withdraw_amount=minor_text(asset, max(0, report.available_minor)),
        loan="0",
        loan_collateral_requirement="0",
        pledged_collateral_quantity="0",
        loan_initial_margin_contribution="0",
        collateral_backed_overdraft_loan="0",
        user_requested_loan="0",
    )


def position_to_wire(report: PositionReport, ctx: Context) -> portfolios.Position:
    """Return a position; both average prices are that of the lots now open."""
    instrument = ctx.directory.instruments[report.instrument_id]
    quote = ctx.directory.assets[instrument.quote_asset_id]
    instrument_id, instrument_uuid = ids.both(Kind.INSTRUMENT, report.instrument_id)
    number = report.account_id << 32 | report.instrument_id
    average = numbers.avg_px_text_half_even(instrument, report.cost_minor, report.net_lots)
    return portfolios.Position(
        id=ids.triplet(Kind.POSITION, number),
        uuid=ids.uuid(Kind.POSITION, number),
        symbol=instrument.symbol,
        instrument_id=instrument_id,
        instrument_uuid=instrument_uuid,
        vwap=average,
        net_size=qty_text(instrument, report.net_lots),
        buy_order_size=qty_text(instrument, report.open_buy_lots),
        sell_order_size=qty_text(instrument, report.open_sell_lots),
        im_contribution=minor_text(quote, report.margin_minor),
        unrealized_pnl=minor_text(quote, _value(report, ctx) - report.cost_minor),
        mark_price=price_text(instrument, report.mark_price_ticks),
        entry_vwap=average,
        index_price=price_text(instrument, instrument.reference_price_ticks),
    )


def _position_from_wire(message: portfolios.Position, ctx: Context) -> PositionReport:
    instrument = resolve.find_instrument(message.symbol, ctx)
    if instrument is None:
        raise Malformed("position names what is not known here")
    quote = ctx.directory.assets[instrument.quote_asset_id]
    net, buys, sells = (
        numbers.qty_lots(instrument, Decimal(text))
        for text in (message.net_size, message.buy_order_size, message.sell_order_size)
    )
    return PositionReport(
        _asked_account(ctx),
        InstrumentId(instrument.instrument_id),
        net,
        numbers.cum_notional_minor_nearest(instrument, Decimal(message.entry_vwap), net),
        buys,
        sells,
        numbers.asset_minor(quote, Decimal(message.im_contribution)),
        0,
        numbers.price_ticks(instrument, Decimal(message.mark_price)),
    )


def _balance_from_wire(message: portfolios.Balance, ctx: Context) -> BalanceReport:
    asset = ctx.directory.assets.get(AssetId(ids.parse(Kind.ASSET, message.asset_id) or 0))
    if asset is None:
        raise Malformed("balance names what is not known here")
    total = numbers.asset_minor(asset, Decimal(message.quantity))
    hold = numbers.asset_minor(asset, Decimal(message.hold))
    return BalanceReport(_asked_account(ctx), asset.asset_id, total, hold)


def _asked_account(ctx: Context) -> AccountId:
    number = ids.parse(Kind.PORTFOLIO, ctx.message.portfolio)
    if number is None:
        raise Malformed("request names what is not known here")
    return AccountId(number)


def _is_live(report: PositionReport) -> bool:
    return bool(report.net_lots or report.open_buy_lots or report.open_sell_lots)


def _instrument(report: PositionReport, ctx: Context) -> Instrument:
    return ctx.directory.instruments[report.instrument_id]


def _in_asset(report: PositionReport, asset: Asset, ctx: Context) -> bool:
    return _instrument(report, ctx).quote_asset_id == asset.asset_id


def _value(report: PositionReport, ctx: Context) -> int:
    return _instrument(report, ctx).notional_of(report.mark_price_ticks, report.net_lots)


def _summed_up(
    asset: Asset, total: int, available: int, sums: tuple[int, int, int]
) -> portfolios.Summary:
    notional, profit, margin = sums
    share = Raw(numbers.fraction_text_half_even(margin, notional).encode())
    amount, zero = Raw(minor_text(asset, margin).encode()), Raw(b"0")
    return portfolios.Summary(
        collateral=minor_text(asset, total),
        unrealized_pnl=minor_text(asset, profit),
        unrealized_pnl_percent=numbers.fraction_text_half_even(profit, notional),
        position_notional=minor_text(asset, notional),
        open_position_notional=minor_text(asset, notional),
        pending_fees="0",
        borrow="0",
        accrued_interest="0",
        rolling_debt="0",
        balance=minor_text(asset, total),
        buying_power=minor_text(asset, max(0, available)),
        portfolio_initial_margin=share,
        portfolio_current_margin=share,
        portfolio_maintenance_margin=zero,
        portfolio_close_out_margin=zero,
        in_liquidation=False,
        portfolio_initial_margin_notional=amount,
        portfolio_current_margin_notional=amount,
        portfolio_maintenance_margin_notional=zero,
        portfolio_close_out_margin_notional=zero,
        margin_override=zero,
        lock_up_initial_margin=zero,
        loan_collateral_requirement="0",
        position_offset_notional=zero,
    )
