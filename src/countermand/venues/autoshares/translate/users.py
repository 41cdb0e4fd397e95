"""
Users: who somebody is, and which accounts they have.

Source: ETNA manual, "Get user's info", "List user's accounts": `@me` is who asks, a login in the
        path is answered with 400, and a user whom there is not with 500. That another user is
        answered with 401 like another's account, and that the default account comes first, are our
        proposals (README).
"""

from typing import Literal

from countermand.venues.autoshares import about, errors, ids
from countermand.venues.autoshares.messages import accounts as messages
from countermand.venues.autoshares.messages.accounts import Account, User
from countermand.venues.autoshares.translate.worth import NAME, clearing_account, currency
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.queries import GetReferenceData
from countermand.vocabulary.reports import AccountReport, ReferenceData
from countermand.wire import codec
from countermand.wire.context import Context
from countermand.wire.errors import Malformed, Unauthorized
from countermand.wire.http import Response
from countermand.wire.operation import Access

INDIVIDUAL = "IndividualCustomer"

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
        access_type=_access_type(report, ctx),
        margin_type=margin_type_of(report),
        owner_type=INDIVIDUAL,
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


def margin_type_of(report: AccountReport) -> Literal["Cash", "Margin"]:
    """Return how an account holds what it has."""
    return "Margin" if report.may_borrow else "Cash"


def _access_type(report: AccountReport, ctx: Context) -> messages.AccessType:
    if ctx.principal is not None and Access.TRADE not in ctx.principal.access:
        return "ReadOnly"
    return "ClosePositionsOnly" if report.reduce_only else "Owner"


def _asks(ctx: Context) -> str:
    if ctx.principal is None:
        raise Unauthorized(errors.DENIED)
    return str(ctx.principal.owner)


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
