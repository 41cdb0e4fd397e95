"""Accounts: which there are."""

from __future__ import annotations

from msgspec import Struct

from countermand.control import names
from countermand.control.host import Host
from countermand.control.row import PREFIX, Asked, ControlRow
from countermand.vocabulary.reports import AccountReport


class ListAccounts(Asked, frozen=True):
    """Of which venue."""

    venue: str


class Account(Struct, frozen=True):
    """An account and what it may do; `account` is what it is called, `owner/name`."""

    account: str
    owner: str
    name: str
    is_default: bool
    trading_locked: bool
    reduce_only: bool
    may_borrow: bool


class Accounts(Struct, frozen=True):
    """The accounts of a venue, in order of opening."""

    accounts: tuple[Account, ...]


def shown(known: AccountReport) -> Account:
    """Return an account as an operator sees it."""
    return Account(
        account=names.account_text(known),
        owner=known.owner,
        name=known.name,
        is_default=known.is_default,
        trading_locked=known.trading_locked,
        reduce_only=known.reduce_only,
        may_borrow=known.may_borrow,
    )


async def list_accounts(host: Host, asked: ListAccounts) -> Accounts:
    """Return the venue's accounts."""
    at = names.served(host, asked.venue)
    return Accounts(tuple(shown(known) for known in at.directory.accounts.values()))


ROWS = (
    ControlRow(
        name="accounts",
        method="GET",
        path=f"{PREFIX}/venues/{{venue}}/accounts",
        message=ListAccounts,
        reply=Accounts,
        run=list_accounts,
        summary="List the accounts of a venue",
    ),
)
