"""
Accounts: who somebody is, which accounts they have, and what is in one.

Source: ETNA manual, "Get user's info", "List user's accounts", "Get account's balance info". What
        the exchange does not know is 0 there: a day's change (it has no end of day), options and
        currencies (it has none).
"""

from decimal import Decimal

from countermand.core.ids import AccountId
from countermand.core.queries import GetAccount, GetReferenceData
from countermand.core.reports import AccountReport, AccountSummary, BalanceReport, ReferenceData
from countermand.core.units import PPB
from countermand.venues.autoshares import about, errors, ids
from countermand.venues.autoshares.messages import accounts as messages
from countermand.venues.autoshares.messages.accounts import Account, AccountDetails, Info, User
from countermand.venues.autoshares.translate import resolve
from countermand.venues.autoshares.translate.worth import Worth, currency, worth
from countermand.wire import codec, numbers
from countermand.wire.context import Context
from countermand.wire.errors import Malformed, NotExpressible, NotFound, Unauthorized
from countermand.wire.http import Response
from countermand.wire.numbers import minor_text

NAME = "autoshares"

_INDIVIDUAL = "IndividualCustomer"
_APPROVED = "Approved"
_ZERO = Decimal(0)
_PERCENT = 100
_NO_USER = 500


def user_from_wire(message: messages.OfUser, ctx: Context) -> GetReferenceData:
    """
    Return the question for what a user has; that there is no such user is for the reply to say.

    Raises: RequestInvalid for what is neither `@me` nor a number; Unauthorized for another user.
    """
    number = _number(message.user_id)
    own = ids.user_id(_asks(ctx), ctx.directory)
    if number is not None and number != own and ids.owner_of(number, ctx.directory) is not None:
        raise Unauthorized(errors.DENIED)
    return GetReferenceData(NAME)


def user_reply_to_wire(data: ReferenceData, ctx: Context) -> User | Response:
    """Return who asks."""
    return _no_user(ctx) or user_to_wire(_asks(ctx), ctx)


def accounts_to_wire(query: GetReferenceData, ctx: Context) -> messages.OfUser:
    """Return the request for the accounts of who asks."""
    return messages.OfUser(ids.ME)


def accounts_reply_to_wire(data: ReferenceData, ctx: Context) -> list[Account] | Response:
    """Return the accounts of who asks, the default one first."""
    owned = [one for one in data.accounts if one.owner == _asks(ctx)]
    owned.sort(key=lambda one: not one.is_default)
    return _no_user(ctx) or [account_to_wire(one, ctx) for one in owned]


def accounts_reply_from_wire(message: list[Account], ctx: Context) -> tuple[AccountReport, ...]:
    """Return the accounts; the first is the default one."""
    return tuple(account_from_wire(one, is_default=place == 0) for place, one in enumerate(message))


def user_to_wire(owner: str, ctx: Context) -> User:
    """Return who somebody is."""
    said = about.person(ctx.settings, owner)
    return User(
        user_id=ids.user_id(owner, ctx.directory),
        first_name=said.first_name,
        middle_name=said.middle_name,
        last_name=said.last_name,
        login=owner,
        email=said.email,
        role=said.role,
        added_date=said.added_date,
        salutation=said.salutation,
        suffix=said.suffix,
    )


def account_to_wire(report: AccountReport, ctx: Context) -> Account:
    """Return an account as it is listed."""
    return Account(
        id=report.account_id,
        clearing_account=clearing_account(report.account_id),
        access_type=_access_type(report),
        margin_type=_margin_type(report),
        owner_type=_INDIVIDUAL,
        enabled=not report.trading_locked,
        alias=report.name,
        clearing_firm=about.shown(ctx.settings).clearing_firm,
        is_average_account=False,
        currency=currency(ctx).symbol,
        owners=[user_to_wire(report.owner, ctx)],
    )


def account_from_wire(message: Account, *, is_default: bool) -> AccountReport:
    """Return an account as it was listed. Raises Malformed for one that nobody owns."""
    if not message.owners:
        raise Malformed("account without an owner")
    return AccountReport(
        account_id=AccountId(message.id),
        venue=NAME,
        owner=message.owners[0].login,
        name=message.alias,
        is_default=is_default,
        trading_locked=not message.enabled,
        reduce_only=message.access_type == "ClosePositionsOnly",
        may_borrow=message.margin_type == "Margin",
    )


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
        margin_type=_margin_type(report),
        owner_type=_INDIVIDUAL,
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


def money(minor: int, ctx: Context) -> Decimal:
    """Return an amount of the currency."""
    return Decimal(minor_text(currency(ctx), minor))


def clearing_account(account_id: AccountId) -> str:
    """Return an account's number at the clearing firm: its own, as text."""
    return str(account_id)


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


def _access_type(report: AccountReport) -> messages.AccessType:
    return "ClosePositionsOnly" if report.reduce_only else "Owner"


def _margin_type(report: AccountReport) -> messages.MarginType:
    return "Margin" if report.may_borrow else "Cash"


def _asks(ctx: Context) -> str:
    if ctx.principal is None:
        raise Unauthorized(errors.DENIED)
    return ctx.principal.owner


def _number(text: str) -> int | None:
    # None is who asks. A user's login in the path is a mistake that ETNA answers with 400.
    if text == ids.ME:
        return None
    if (number := ids.int32(text)) is None:
        raise errors.RequestInvalid
    return number


def _no_user(ctx: Context) -> Response | None:
    asked: messages.OfUser = ctx.message
    number = _number(asked.user_id)
    if number is None or number == ids.user_id(_asks(ctx), ctx.directory):
        return None
    said = messages.NoUser(
        model=None, errors=["User was not found."], status_code=_NO_USER, is_succeed=False
    )
    return Response(_NO_USER, codec.encode(said))
