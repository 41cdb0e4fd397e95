"""The account: what the key's account has, and its balances."""

from countermand.venues.polymarket_us import resolve
from countermand.venues.polymarket_us.amounts import decimal, number
from countermand.venues.polymarket_us.messages import accounts as m
from countermand.venues.polymarket_us.messages.shared import CURRENCY
from countermand.venues.polymarket_us.settings import Ctx
from countermand.vocabulary.ids import AssetId
from countermand.vocabulary.instrument import Asset
from countermand.vocabulary.queries import GetAccount
from countermand.vocabulary.reports import AccountSummary, BalanceReport
from countermand.wire import numbers, times
from countermand.wire.conversation import Nothing, Op, Serving, always, each
from countermand.wire.errors import NotFound
from countermand.wire.reading import known


def holdings(ctx: Ctx) -> Serving[AccountSummary]:
    """Ask for what the key's account has. Raises NotFound when there is none."""
    summary: AccountSummary | None = yield GetAccount(resolve.account(ctx))
    if summary is None:
        raise NotFound("account not found")
    return summary


def serve_balances(message: Nothing, ctx: Ctx) -> Serving[m.BalancePage]:
    """Return every balance; dollars are always among them, the first if there never were any."""
    summary = yield from holdings(ctx)
    return m.BalancePage(list(show_balances(summary, ctx).values()))


def show_balances(summary: AccountSummary, ctx: Ctx) -> dict[AssetId, m.UserBalance]:
    """Return every balance of an account by its asset, dollars always among them."""
    balances, dollars = list(summary.balances), ctx.directory.asset_by_symbol(CURRENCY)
    if dollars and all(one.asset_id != dollars.asset_id for one in balances):
        balances.insert(0, BalanceReport(summary.account.account_id, dollars.asset_id, 0, 0))
    return {one.asset_id: _show_balance(one, summary, ctx) for one in balances}


def read_balance(message: m.UserBalance, asked: Nothing, ctx: Ctx) -> BalanceReport:
    """Return a balance of the key's account. Raises Malformed for an unknown currency."""
    asset = known("balance", ctx.directory.asset_by_symbol(message.currency))
    total, orders, margin = (
        numbers.asset_minor_nearest(asset, decimal(raw))
        for raw in (message.current_balance, message.open_orders, message.margin_requirement)
    )
    changed = getattr(message, "last_updated", "")
    changed_ns = times.parse_iso(changed) if changed else 0
    account_id = resolve.account(ctx)
    return BalanceReport(account_id, asset.asset_id, total, orders + margin, transact_ns=changed_ns)


BALANCES = Op(
    Nothing,
    m.BalancePage,
    serve_balances,
    always(Nothing()),
    each(read_balance, "balances"),
)


def _show_balance(report: BalanceReport, summary: AccountSummary, ctx: Ctx) -> m.UserBalance:
    # A short position holds its payout while it is open; open orders hold the rest.
    asset = ctx.directory.assets[report.asset_id]
    margin = _payouts_held(summary, asset, ctx)
    return m.UserBalance(
        current_balance=number(numbers.minor_text(asset, report.total_minor)),
        currency=asset.symbol,
        last_updated=times.iso_ns(report.transact_ns),
        buying_power=number(numbers.minor_text(asset, report.available_minor)),
        open_orders=number(numbers.minor_text(asset, report.hold_minor - margin)),
        margin_requirement=number(numbers.minor_text(asset, margin)),
    )


def _payouts_held(summary: AccountSummary, asset: Asset, ctx: Ctx) -> int:
    markets = ctx.directory.instruments
    shorts = ((markets[one.instrument_id], max(0, -one.net_lots)) for one in summary.positions)
    return sum(m.payout_minor * lots for m, lots in shorts if m.quote_asset_id == asset.asset_id)
