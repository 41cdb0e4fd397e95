"""
Accounts: what one is called and what is in it.

Source: ETNA manual, "Get account's balance info"; the swagger file, `AccountModel`. What the
        exchange does not know is 0: a day's change (it has no end of day), options and currencies
        (it has none).
"""

from collections.abc import Callable
from typing import Any

from countermand.venues.autoshares import resolve, users
from countermand.venues.autoshares.errors import DENIED
from countermand.venues.autoshares.messages import accounts as m
from countermand.venues.autoshares.settings import Ctx
from countermand.venues.autoshares.valuation import currency, dollars, info, money
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.queries import GetAccount
from countermand.vocabulary.reports import AccountSummary, BalanceReport
from countermand.wire import numbers
from countermand.wire.conversation import Op, Serve, Serving
from countermand.wire.errors import NotFound, Unauthorized


def summary(account_id: AccountId) -> Serving[AccountSummary]:
    """Ask what is in an account. Raises Unauthorized for one that was closed meanwhile."""
    found: AccountSummary | None = yield GetAccount(account_id)
    if found is None:
        raise Unauthorized(DENIED)
    return found


def of_account(show: Callable[[AccountSummary, Any, Ctx], Any]) -> Serve:
    """Serve what `show` makes of the account a path names. Raises as `resolve.account` does."""

    def serve(message: Any, ctx: Ctx) -> Serving[Any]:
        found = yield from summary(resolve.account(message.account_id, ctx))
        return show(found, message, ctx)

    return serve


def serve_one(message: m.OfAccount, ctx: Ctx) -> Serving[m.Account]:
    """
    Return an account. Raises NotFound for one that does not exist, and as `resolve.account` does.

    Source: the swagger file, 404 of `GET /accounts/{accountId}` and of no other path of accounts.
    """
    number = resolve.number("accountId", message.account_id, ctx)
    if AccountId(number) not in ctx.directory.accounts:
        raise NotFound("Account was not found.")
    found = yield from summary(resolve.owned(number, ctx))
    return users.show_account(found.account, ctx)


ONE = Op(m.OfAccount, m.Account, serve_one)


def ask_info(query: GetAccount, ctx: Ctx) -> m.OfAccount:
    """Return the request for what is in an account."""
    return m.OfAccount(str(query.account_id))


def read_info(reply: m.Info, message: m.OfAccount, ctx: Ctx) -> tuple[BalanceReport, ...]:
    """Return the balance behind the numbers. Raises NotOnGrid for what is no amount of money."""
    kept = currency(ctx)
    cash, value, gain, margin, pending = (
        numbers.asset_minor(kept, part)
        for part in (
            reply.cash, reply.market_value, reply.open_pl, reply.maintenance_margin,
            reply.pending_cash,
        )
    )  # fmt: skip
    account_id = AccountId(int(message.account_id))
    return (BalanceReport(account_id, kept.asset_id, cash + value - gain, margin + pending),)


INFO = Op(
    m.OfAccount, m.Info, of_account(lambda found, _, ctx: info(found, ctx)), ask_info, read_info
)


def show_details(found: AccountSummary, message: m.OfAccount, ctx: Ctx) -> m.AccountDetails:
    """Return an account with who has it and what is in it."""
    report, amounts = found.account, info(found, ctx)
    owner = users.show_user(report.owner, ctx)
    available = max(0, dollars(found, ctx).available_minor)
    return m.AccountDetails(
        id=report.account_id, clearing_account=str(report.account_id),
        account_name=report.name, enabled=not report.trading_locked,
        margin_type=users.margin_type_of(report), clearing_firm=ctx.settings.clearing_firm,
        user_id=owner.user_id, login=owner.login, email=owner.email,
        first_name=owner.first_name, middle_name=owner.middle_name, last_name=owner.last_name,
        currency=currency(ctx).symbol, cash=amounts.cash,
        equity_total=amounts.equity_total, market_value=amounts.market_value,
        open_pl=amounts.open_pl, excess_equity=amounts.excess,
        available_to_withdraw=money(available, ctx),
        day_trading_buying_power=amounts.day_trading_buying_power,
    )  # fmt: skip


DETAILS = Op(m.OfAccount, m.AccountDetails, of_account(show_details))
