"""Portfolios: the account itself, its name and what it may do; and its balances."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from countermand.venues.coinbase_intx import ids, presentation, resolve
from countermand.venues.coinbase_intx.messages import accounts as m
from countermand.venues.coinbase_intx.presentation import COLLATERAL
from countermand.venues.coinbase_intx.resolve import known_portfolio
from countermand.venues.coinbase_intx.settings import NAME, Ctx
from countermand.vocabulary.commands import ConfigureAccount, OpenAccount
from countermand.vocabulary.instrument import InstrumentKind
from countermand.vocabulary.queries import GetAccount, GetReferenceData
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import (
    AccountReport,
    AccountSummary,
    BalanceReport,
    ReferenceData,
)
from countermand.wire import asks, numbers
from countermand.wire.conversation import Nothing, Op, Serve, Serving, always, each
from countermand.wire.errors import InvalidField, MissingField, NotFound
from countermand.wire.reading import known
from countermand.wire.receipts import accepted

PORTFOLIOS_MAX = 20
NAME_CHARS_MAX = 100

# The switches that a PATCH may name, with their fixed values here.
_SWITCHES: dict[str, Any] = {
    "auto_margin_enabled": True,
    "cross_collateral_enabled": False,
    "position_offsets_enabled": False,
    "pre_launch_trading_enabled": False,
}


def summary_of(portfolio: str, ctx: Ctx) -> Serving[AccountSummary]:
    """Ask for a portfolio and all it has. Raises NotFound, and as `resolve.portfolio` does."""
    found: AccountSummary | None = yield GetAccount(resolve.portfolio(portfolio, ctx))
    if found is None:
        raise NotFound("portfolio not found")
    return found


def serve_list(message: Nothing, ctx: Ctx) -> Serving[list[m.Portfolio]]:
    """Show all portfolios of the key's owner, in order of opening."""
    data: ReferenceData = yield GetReferenceData(NAME)
    owner = ctx.principal.owner
    return [show_portfolio(account, ctx) for account in data.accounts if account.owner == owner]


def of_portfolio(show: Callable[[AccountSummary, Ctx], Any]) -> Serve:
    """Serve what one portfolio has: `show` of it. Raises as `summary_of` does."""

    def serve(message: m.GetPortfolio, ctx: Ctx) -> Serving[Any]:
        return show((yield from summary_of(message.portfolio, ctx)), ctx)

    return serve


def ask_summary(query: GetAccount, ctx: Ctx) -> m.GetPortfolio:
    """Return the request for what a portfolio has."""
    return m.GetPortfolio(ids.portfolio_text(query.account_id))


def serve_open(message: m.CreatePortfolio, ctx: Ctx) -> Serving[m.Portfolio]:
    """Open a portfolio. Raises MissingField, InvalidField; OrderRefused when its name is taken."""
    if len(asks.accounts(ctx)) >= PORTFOLIOS_MAX:
        raise InvalidField("name", f"no more than {PORTFOLIOS_MAX} portfolios")
    command = OpenAccount(NAME, ctx.principal.owner, _checked_name(message.name))
    event: Any = accepted((yield command)).events[0]
    return show_portfolio(ctx.directory.accounts[event.account_id], ctx)


def serve_update(message: m.UpdatePortfolio, ctx: Ctx) -> Serving[m.Portfolio]:
    """Change a portfolio as a PUT asks. Raises MissingField; as `serve_patch` does."""
    if (message.name or message.portfolio_name) is None:
        raise MissingField("name")
    return (yield from serve_patch(message, ctx))


def serve_patch(message: m.UpdatePortfolio, ctx: Ctx) -> Serving[m.Portfolio]:
    """
    Change a portfolio as a PATCH asks.

    Raises: InvalidField for other than the name; OrderRefused when the new one is taken.
    """
    account_id = resolve.portfolio(message.portfolio, ctx)
    for switch, stands_at in _SWITCHES.items():
        asked = getattr(message, switch)
        if asked is not None and (asked in (True, "true")) is not stands_at:
            raise InvalidField(switch, f"{switch} cannot be changed here")
    name = message.portfolio_name if message.name is None else message.name
    receipt: Receipt = yield ConfigureAccount(
        account_id, None if name is None else _checked_name(name)
    )
    accepted(receipt)
    return show_portfolio(ctx.directory.accounts[account_id], ctx)


def show_portfolio(account: AccountReport, ctx: Ctx) -> m.Portfolio:
    """Return a portfolio; its fee rates are those of perpetuals."""
    return m.Portfolio(
        portfolio_id=ids.PORTFOLIO.triplet(account.account_id),
        portfolio_uuid=ids.PORTFOLIO.uuid(account.account_id),
        name=account.name,
        user_uuid=presentation.user_uuid(account.owner, ctx),
        **presentation.fee_rates(InstrumentKind.PERPETUAL, ctx),
        trading_lock=account.trading_locked,
        is_default=account.is_default,
        close_only=account.reduce_only,
        **_SWITCHES,
    )


def read_portfolio(message: m.Portfolio, asked: Any, ctx: Ctx) -> AccountReport:
    """Return the account behind a portfolio; it belongs to the user of the key."""
    return AccountReport(
        known_portfolio("portfolio", message.portfolio_uuid, ctx),
        NAME,
        ctx.principal.owner,
        message.name,
        message.is_default,
        message.trading_lock,
        reduce_only=getattr(message, "close_only", False),
    )


def show_balances(summary: AccountSummary, ctx: Ctx) -> list[m.Balance]:
    """Return every balance of a portfolio."""
    return [show_balance(one, ctx) for one in summary.balances]


def serve_balance(message: m.GetBalance, ctx: Ctx) -> Serving[m.Balance]:
    """Show one balance, zero when there never was any. Raises NotFound for an unknown asset."""
    summary = yield from summary_of(message.portfolio, ctx)
    asset_id = resolve.asset(message.asset, ctx).asset_id
    none = BalanceReport(summary.account.account_id, asset_id, 0, 0)
    held = next((one for one in summary.balances if one.asset_id == asset_id), none)
    return show_balance(held, ctx)


def show_balance(report: BalanceReport, ctx: Ctx) -> m.Balance:
    """
    Return a balance; only the collateral asset has collateral value, nothing is ever borrowed.
    """
    asset = ctx.directory.assets[report.asset_id]
    quantity = numbers.minor_text(asset, report.total_minor)
    return m.Balance(
        asset_id=ids.ASSET.triplet(report.asset_id),
        asset_name=asset.symbol,
        asset_uuid=ids.ASSET.uuid(report.asset_id),
        quantity=quantity,
        hold=numbers.minor_text(asset, report.hold_minor),
        collateral_value=quantity if asset.symbol == COLLATERAL else "0",
        max_withdraw_amount=numbers.minor_text(asset, max(0, report.available_minor)),
    )


def read_balance(message: m.Balance, asked: m.GetPortfolio, ctx: Ctx) -> BalanceReport:
    """Return a balance of the portfolio that was asked for."""
    account_id = known_portfolio("request", asked.portfolio, ctx)
    asset = known("balance", ctx.directory.asset_by_symbol(message.asset_name))
    total = numbers.asset_minor_nearest(asset, Decimal(message.quantity))
    hold = numbers.asset_minor_nearest(asset, Decimal(message.hold))
    return BalanceReport(account_id, asset.asset_id, total, hold)


def _checked_name(name: str) -> str:
    if not name.strip():
        raise MissingField("name")
    if len(name) > NAME_CHARS_MAX:
        raise InvalidField("name", f"invalid name: no more than {NAME_CHARS_MAX} characters")
    return name


LIST = Op(
    Nothing,
    list[m.Portfolio],
    serve_list,
    always(Nothing()),
    each(read_portfolio),
)
GET = Op(
    m.GetPortfolio,
    m.Portfolio,
    of_portfolio(lambda one, ctx: show_portfolio(one.account, ctx)),
    ask_summary,
    read_portfolio,
)
OPEN = Op(m.CreatePortfolio, m.Portfolio, serve_open)
UPDATE = Op(m.UpdatePortfolio, m.Portfolio, serve_update)
PATCH = Op(m.UpdatePortfolio, m.Portfolio, serve_patch)
BALANCES = Op(
    m.GetPortfolio, list[m.Balance], of_portfolio(show_balances), ask_summary, each(read_balance)
)
BALANCE = Op(m.GetBalance, m.Balance, serve_balance)
