"""
Users: who somebody is, and which accounts they have.

Source: ETNA manual, "Get user's info", "List user's accounts": `@me` is who asks, a login in the
        path is answered with 400, and a user that does not exist with 500. That another user is
        answered with 401 like another's account, and that the default account comes first, are our
        proposals (README).
"""

from typing import Literal

from msgspec.structs import asdict

from countermand.venues.autoshares import errors, ids
from countermand.venues.autoshares.messages import accounts as m
from countermand.venues.autoshares.presentation import Person
from countermand.venues.autoshares.settings import NAME, Ctx
from countermand.venues.autoshares.valuation import currency
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.queries import GetReferenceData
from countermand.vocabulary.reports import AccountReport, ReferenceData
from countermand.wire import codec
from countermand.wire.conversation import Op, Serving, reply
from countermand.wire.errors import Malformed, Unauthorized
from countermand.wire.http import Response
from countermand.wire.operation import Access

_NO_USER = m.NoUser(model=None, errors=["User was not found."], status_code=500, is_succeed=False)


def serve_user(message: m.OfUser, ctx: Ctx) -> m.User | Response:
    """Return who asks. Raises as `_no_user` does."""
    return _no_user(message, ctx) or show_user(ctx.principal.owner, ctx)


USER = Op(m.OfUser, m.User, reply(serve_user))


def serve_accounts(message: m.OfUser, ctx: Ctx) -> Serving[list[m.Account] | Response]:
    """Return the accounts of who asks, the default one first. Raises as `_no_user` does."""
    none = _no_user(message, ctx)
    data: ReferenceData = yield GetReferenceData(NAME)
    owned = [one for one in data.accounts if one.owner == ctx.principal.owner]
    owned.sort(key=lambda one: not one.is_default)
    return none or [show_account(one, ctx) for one in owned]


def ask_accounts(query: GetReferenceData, ctx: Ctx) -> m.OfUser:
    """Return the request for the accounts of who asks."""
    return m.OfUser(ids.ME)


def read_accounts(message: list[m.Account], asked: m.OfUser, ctx: Ctx) -> tuple[AccountReport, ...]:
    """Return the accounts; the first is the default one."""
    return tuple(read_account(one, is_default=place == 0) for place, one in enumerate(message))


ACCOUNTS = Op(m.OfUser, list[m.Account], serve_accounts, ask_accounts, read_accounts)


def show_user(owner: str, ctx: Ctx) -> m.User:
    """Return who somebody is."""
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


def read_account(message: m.Account, *, is_default: bool) -> AccountReport:
    """Return an account as it was listed. Raises Malformed for one without an owner."""
    if not message.owners:
        raise Malformed("account without an owner")
    return AccountReport(
        AccountId(message.id), NAME, message.owners[0].login, message.alias, is_default,
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


def _no_user(message: m.OfUser, ctx: Ctx) -> Response | None:
    """
    Return the answer about a user that does not exist, None for who asks.

    Raises: RequestInvalid for what is neither `@me` nor a number; Unauthorized for another user.
    """
    if message.user_id == ids.ME:
        return None
    if (number := ids.int32(message.user_id)) is None:
        raise errors.RequestInvalid
    if number == ids.user_id(ctx.principal.owner, ctx.directory):
        return None
    if ids.owner_of(number, ctx.directory) is not None:
        raise Unauthorized(errors.DENIED)
    return Response(500, codec.encode(_NO_USER))
