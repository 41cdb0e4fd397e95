"""Funds: money that comes into an account and goes out of it."""

from __future__ import annotations

from msgspec import Struct

from countermand.control import names
from countermand.control.acts import act
from countermand.control.host import Host
from countermand.control.row import PREFIX, Asked, ControlRow
from countermand.vocabulary.commands import DepositFunds, WithdrawFunds
from countermand.vocabulary.instrument import Asset
from countermand.vocabulary.queries import GetAccount
from countermand.vocabulary.reports import AccountSummary, BalanceReport
from countermand.wire import numbers


class Funds(Asked, frozen=True):
    """How much of an asset, and whose. Units: `amount` in decimal text of the asset."""

    venue: str
    account: str
    asset: str
    amount: str


class Balance(Struct, frozen=True):
    """
    An account's balance of an asset.

    Units: decimal text; `available = total - hold - loss`, the last what positions on margin have
    lost at their marks.
    """

    asset: str
    total: str
    hold: str
    loss: str
    available: str


def shown(of: Asset, held: BalanceReport) -> Balance:
    """Return a balance as an operator sees it."""
    told = (held.total_minor, held.hold_minor, held.loss_minor, held.available_minor)
    return Balance(of.symbol, *(numbers.minor_text(of, minor) for minor in told))


async def credit(host: Host, asked: Funds) -> Balance:
    """Bring money in and return what there is of it then."""
    return await _move(host, asked, DepositFunds)


async def withdraw(host: Host, asked: Funds) -> Balance:
    """Take money out and return what there is of it then."""
    return await _move(host, asked, WithdrawFunds)


async def _move(host: Host, asked: Funds, command: type[DepositFunds | WithdrawFunds]) -> Balance:
    at = names.served(host, asked.venue)
    account = names.account(at, asked.account)
    asset = names.asset(at, asked.asset)
    minor = names.amount(asset, asked.amount)
    await act(host, command(account.account_id, asset.asset_id, minor))
    summary: AccountSummary = host.exchange.view(GetAccount(account.account_id))
    [held] = [one for one in summary.balances if one.asset_id == asset.asset_id]
    return shown(asset, held)


_ACCOUNT = f"{PREFIX}/venues/{{venue}}/accounts/{{account}}"

ROWS = (
    ControlRow(
        name="credit",
        method="POST",
        path=f"{_ACCOUNT}/credit",
        message=Funds,
        reply=Balance,
        run=credit,
        summary="Bring money into an account",
    ),
    ControlRow(
        name="withdraw",
        method="POST",
        path=f"{_ACCOUNT}/withdraw",
        message=Funds,
        reply=Balance,
        run=withdraw,
        summary="Take money out of an account",
    ),
)
