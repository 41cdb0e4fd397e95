"""
Accounts: the user of a key, the user's accounts, their names and their balances.

Source: ETNA manual, "Get account's balance info", "Get user's info", "List user's accounts": `@me`
        is the key's user, a login in the path is answered with 400, and a user that does not exist
        with 500; the swagger file, `AccountModel`. That another user is answered with 401 like
        another's account, and that the default account comes first, are our proposals (README).
        What the exchange does not know is 0: a day's change (it has no end of day), options and
        currencies (it has none).
"""

from collections.abc import Callable
from typing import Any, Literal

from msgspec.structs import asdict

from countermand.venues.autoshares import errors, ids, resolve
from countermand.venues.autoshares.errors import DENIED
from countermand.venues.autoshares.messages import accounts as m
from countermand.venues.autoshares.presentation import Person
from countermand.venues.autoshares.settings import NAME, Ctx
from countermand.venues.autoshares.valuation import currency, dollars, info, money
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.queries import GetAccount, GetReferenceData
from countermand.vocabulary.reports import (
    AccountReport,
    AccountSummary,
    BalanceReport,
    ReferenceData,
)
from countermand.wire import codec, numbers
from countermand.wire.conversation import Op, Serve, Serving, reply
from countermand.wire.errors import NotFound, Unauthorized
from countermand.wire.http import Response
from countermand.wire.operation import Access


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
    return show_account(found.account, ctx)


def ask_info(query: GetAccount, ctx: Ctx) -> m.OfAccount:
    """Return the request for what is in an account."""
    return m.OfAccount(str(query.account_id))


def read_one(reply: m.Account, message: m.OfAccount, ctx: Ctx) -> AccountReport:
    """Return an account; whether it is the default one is not told."""
    return read_account(reply, ctx, is_default=False)


ONE = Op(m.OfAccount, m.Account, serve_one, ask_info, read_one)


def read_info(reply: m.Info, message: m.OfAccount, ctx: Ctx) -> tuple[BalanceReport, ...]:
    """Return the balance behind the numbers. Raises NotOnGrid for what is no amount of money."""
    kept = currency(ctx)
    cash, value, gain, margin, pending = (
        numbers.asset_minor_nearest(kept, part)
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
    """Return an account with its owner and its balances."""
    report, amounts = found.account, info(found, ctx)
    owner = show_user(report.owner, ctx)
    available = max(0, dollars(found, ctx).available_minor)
    return m.AccountDetails(
        id=report.account_id, clearing_account=str(report.account_id),
        account_name=report.name, enabled=not report.trading_locked,
        margin_type=margin_type_of(report), clearing_firm=ctx.settings.clearing_firm,
        user_id=owner.user_id, login=owner.login, email=owner.email,
        first_name=owner.first_name, middle_name=owner.middle_name, last_name=owner.last_name,
        currency=currency(ctx).symbol, cash=amounts.cash,
        equity_total=amounts.equity_total, market_value=amounts.market_value,
        open_pl=amounts.open_pl, excess_equity=amounts.excess,
        available_to_withdraw=money(available, ctx),
        day_trading_buying_power=amounts.day_trading_buying_power,
    )  # fmt: skip


DETAILS = Op(m.OfAccount, m.AccountDetails, of_account(show_details))


_NO_USER = m.NoUser(model=None, errors=["User was not found."], status_code=500, is_succeed=False)


def show_who_asks(message: m.OfUser, ctx: Ctx) -> m.User | Response:
    """Return the user of the key. Raises as `no_user` does."""
    return no_user(message, ctx) or show_user(ctx.principal.owner, ctx)


USER = Op(m.OfUser, m.User, reply(show_who_asks))


def serve_list(message: m.OfUser, ctx: Ctx) -> Serving[list[m.Account] | Response]:
    """Return the accounts of the key's user, the default one first. Raises as `no_user` does."""
    none = no_user(message, ctx)
    data: ReferenceData = yield GetReferenceData(NAME)
    owned = [one for one in data.accounts if one.owner == ctx.principal.owner]
    owned.sort(key=lambda one: not one.is_default)
    return none or [show_account(one, ctx) for one in owned]


def ask_list(query: GetReferenceData, ctx: Ctx) -> m.OfUser:
    """Return the request for the accounts of the key's user."""
    return m.OfUser(ids.ME)


def read_list(message: list[m.Account], asked: m.OfUser, ctx: Ctx) -> tuple[AccountReport, ...]:
    """Return the accounts; the first is the default one."""
    return tuple(read_account(one, ctx, is_default=place == 0) for place, one in enumerate(message))


LIST = Op(m.OfUser, list[m.Account], serve_list, ask_list, read_list)


def show_user(owner: str, ctx: Ctx) -> m.User:
    """Return a user."""
    shown = ctx.settings.people.get(owner) or Person(first_name=owner)
    return m.User(user_id=ids.user_id(owner, ctx.directory), login=owner, **asdict(shown))


def show_account(report: AccountReport, ctx: Ctx) -> m.Account:
    """Return an account as it is listed."""
    return m.Account(
        id=report.account_id, clearing_account=str(report.account_id), alias=report.name,
        access_type=_access_type(report, ctx), margin_type=margin_type_of(report),
        enabled=not report.trading_locked, clearing_firm=ctx.settings.clearing_firm,
        currency=currency(ctx).symbol, owners=[show_user(report.owner, ctx)],
    )  # fmt: skip


def read_account(message: m.Account, ctx: Ctx, *, is_default: bool) -> AccountReport:
    """Return an account as it was listed to the key's user; one without a name goes by its id."""
    name = getattr(message, "alias", "") or str(message.id)
    return AccountReport(
        AccountId(message.id), NAME, ctx.principal.owner, name, is_default,
        trading_locked=not message.enabled,
        reduce_only=message.access_type == "ClosePositionsOnly",
        may_borrow=message.margin_type == "Margin",
    )  # fmt: skip


def margin_type_of(report: AccountReport) -> Literal["Cash", "Margin"]:
    """Return how an account holds what it has."""
    return "Margin" if report.may_borrow else "Cash"


def _access_type(report: AccountReport, ctx: Ctx) -> m.AccessType:
    if Access.TRADE not in ctx.principal.access:
        return "ReadOnly"
    return "ClosePositionsOnly" if report.reduce_only else "Owner"


def no_user(message: m.OfUser, ctx: Ctx) -> Response | None:
    """
    Return the answer about a user that does not exist, None for the key's own user.

    Raises: RequestInvalid for what is neither `@me` nor a number; Unauthorized for another user.
    """
    if message.user_id == ids.ME:
        return None
    if (number := ids.int32(message.user_id)) is None:
        raise errors.RequestInvalid
    if number == ids.user_id(ctx.principal.owner, ctx.directory):
        return None
    if ids.owner_of(number, ctx.directory) is not None:
        raise Unauthorized(DENIED)
    return Response(500, codec.encode(_NO_USER))
