"""
Accounts: what one is called and what is in it.

Source: ETNA manual, "Get account's balance info"; the swagger file, `AccountModel`. What the
        exchange does not know is 0: a day's change (it has no end of day), options and currencies
        (it has none).
"""

from decimal import Decimal

from countermand.venues.autoshares import about, errors, ids
from countermand.venues.autoshares.messages import accounts as messages
from countermand.venues.autoshares.messages.accounts import Account, AccountDetails, Info
from countermand.venues.autoshares.translate import resolve
from countermand.venues.autoshares.translate.users import (
    INDIVIDUAL,
    account_to_wire,
    margin_type_of,
)
from countermand.venues.autoshares.translate.worth import (
    Worth,
    clearing_account,
    currency,
    money,
    worth,
)
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.queries import GetAccount
from countermand.vocabulary.reports import AccountSummary, BalanceReport
from countermand.vocabulary.units import PPB
from countermand.wire import numbers
from countermand.wire.context import Context
from countermand.wire.errors import NotExpressible, NotFound, Unauthorized

_APPROVED = "Approved"
_ZERO = Decimal(0)
_PERCENT = 100


def account_from_path(message: messages.OfAccount, ctx: Context) -> GetAccount:
    """Return the question for what is in an account. Raises as `resolve.account` does."""
    return GetAccount(resolve.account(message.account_id, ctx))


def account_or_none_from_path(message: messages.OfAccount, ctx: Context) -> GetAccount:
    """
    Return the same question. Raises NotFound for an account that there is not, and as before.

    Source: the swagger file, 404 of `GET /accounts/{accountId}` and of no other path of accounts.
    """
    number = resolve.number("accountId", message.account_id, ctx)
    if AccountId(number) not in ctx.directory.accounts:
        raise NotFound("Account was not found.")
    return GetAccount(resolve.owned(number, ctx))


def one_reply_to_wire(summary: AccountSummary | None, ctx: Context) -> Account:
    """Return the account."""
    return account_to_wire(there(summary).account, ctx)


def info_to_wire(query: GetAccount, ctx: Context) -> messages.OfAccount:
    """Return the request for what is in an account."""
    return messages.OfAccount(str(query.account_id))


def info_reply_to_wire(summary: AccountSummary | None, ctx: Context) -> Info:
    """Return what is in the account."""
    known = there(summary)
    one = worth(known, ctx)
    return Info(
        cash=money(one.cash, ctx),
        net_cash=money(one.cash, ctx),
        excess=money(one.excess, ctx),
        change_absolute=_ZERO,
        change_percent=_ZERO,
        equity_total=money(one.equity, ctx),
        pending_orders_count=known.open_orders,
        net_liquidity=money(one.equity, ctx),
        stock_long_market_value=money(one.long_value, ctx),
        stock_short_market_value=money(one.short_value, ctx),
        option_long_market_value=_ZERO,
        option_short_market_value=_ZERO,
        forex_long_market_value=_ZERO,
        forex_short_market_value=_ZERO,
        day_trades=0,
        stock_buying_power=money(one.buying_power, ctx),
        option_buying_power=_ZERO,
        forex_buying_power=_ZERO,
        day_trading_buying_power=money(one.buying_power, ctx),
        pending_cash=money(one.pending, ctx),
        maintenance_margin=money(one.maintenance, ctx),
        option_maintenance_margin=_ZERO,
        open_pl=money(one.open_pl, ctx),
        open_pl_day=_ZERO,
        open_pl_percent=_percent(one),
        close_pl=money(one.closed_pl, ctx),
        market_value=money(one.market_value, ctx),
        total_pl=money(one.open_pl + one.closed_pl, ctx),
    )


def info_reply_from_wire(message: Info, ctx: Context) -> tuple[BalanceReport, ...]:
    """
    Return the balance behind the numbers, of the account that was asked for.

    Raises: NotOnGrid for what is no amount of the currency; NotExpressible without a request.
    """
    asked = ctx.message
    if not isinstance(asked, messages.OfAccount):
        raise NotExpressible("a balance of no account")
    kept = currency(ctx)
    cash, value, gain, margin, pending = (
        numbers.asset_minor(kept, part)
        for part in (
            message.cash,
            message.market_value,
            message.open_pl,
            message.maintenance_margin,
            message.pending_cash,
        )
    )
    account_id = AccountId(int(asked.account_id))
    return (BalanceReport(account_id, kept.asset_id, cash + value - gain, margin + pending),)


def details_reply_to_wire(summary: AccountSummary | None, ctx: Context) -> AccountDetails:
    """Return the account with who has it and what is in it."""
    known = there(summary)
    report, one = known.account, worth(known, ctx)
    said = about.person(ctx.settings, report.owner)
    return AccountDetails(
        id=report.account_id,
        clearing_account=clearing_account(report.account_id),
        first_name=said.first_name,
        middle_name=said.middle_name,
        last_name=said.last_name,
        login=report.owner,
        email=said.email,
        enabled=not report.trading_locked,
        cash=money(one.cash, ctx),
        currency=currency(ctx).symbol,
        status=_APPROVED,
        margin_type=margin_type_of(report),
        owner_type=INDIVIDUAL,
        is_average_account=False,
        clearing_firm=about.shown(ctx.settings).clearing_firm,
        account_name=report.name,
        equity_total=money(one.equity, ctx),
        market_value=money(one.market_value, ctx),
        open_pl=money(one.open_pl, ctx),
        excess_equity=money(one.excess, ctx),
        available_to_withdraw=money(max(0, one.available), ctx),
        day_trading_buying_power=money(one.buying_power, ctx),
        day_trades=0,
        user_id=ids.user_id(report.owner, ctx.directory),
    )


def there(summary: AccountSummary | None) -> AccountSummary:
    """Return what is in an account. Raises Unauthorized for one that was closed meanwhile."""
    if summary is None:
        raise Unauthorized(errors.DENIED)
    return summary


def _percent(one: Worth) -> Decimal:
    # Of what the open positions cost, to seven digits: nine of the fraction.
    if not one.cost:
        return _ZERO
    return Decimal(
        numbers.unscaled(
            numbers.divide_half_even(one.open_pl * PPB, abs(one.cost)) * _PERCENT,
            numbers.PPB_SCALE,
        )
    )
