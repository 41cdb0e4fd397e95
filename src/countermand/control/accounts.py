"""Accounts: which there are, what they have, opening them and what they may do."""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from countermand.control import funds, names
from countermand.control.acts import act, act_all
from countermand.control.host import Host, Served
from countermand.control.row import PREFIX, Asked, ControlRow
from countermand.vocabulary.commands import Command, ConfigureAccount, DepositFunds, OpenAccount
from countermand.vocabulary.events import AccountOpened
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.queries import GetAccount
from countermand.vocabulary.reports import AccountReport, AccountSummary, PositionReport
from countermand.wire import numbers


class ListAccounts(Asked, frozen=True):
    """The venue whose accounts are listed."""

    venue: str


class GetOneAccount(Asked, frozen=True):
    """Which account: `owner/name`, or `owner` for the owner's default one."""

    venue: str
    account: str


class Open(Asked, frozen=True):
    """
    An account to open. Without a `name` it gets one that the venue has use for.

    The first account of an owner is the default one. One that `may_borrow` holds shares on margin
    and may sell them short. Units: `funds` in decimal text by asset.
    """

    venue: str
    owner: str
    name: str | None = None
    is_default: bool = False
    may_borrow: bool = False
    funds: dict[str, str] = {}


class Configure(Asked, frozen=True):
    """The changes to an account; a field that is left out stays."""

    venue: str
    account: str
    new_name: str | UnsetType = UNSET
    trading_locked: bool | UnsetType = UNSET
    reduce_only: bool | UnsetType = UNSET


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


class Position(Struct, frozen=True):
    """
    A position.

    Units: decimal text; `net_qty` signed; `cost`, `margin` and `realized` in the quote asset;
    `mark_price` the last trade's, else the reference.
    """

    symbol: str
    net_qty: str
    cost: str
    margin: str
    realized: str
    mark_price: str


class AccountDetail(Account, frozen=True):
    """An account with all it has."""

    balances: tuple[funds.Balance, ...]
    positions: tuple[Position, ...]
    open_orders: int


async def list_accounts(host: Host, asked: ListAccounts) -> Accounts:
    """Return the venue's accounts."""
    at = names.served(host, asked.venue)
    return Accounts(tuple(Account(*_told(known)) for known in at.directory.accounts.values()))


async def get_account(host: Host, asked: GetOneAccount) -> AccountDetail:
    """Return an account with all it has."""
    at = names.served(host, asked.venue)
    return detail(host, at, names.account(at, asked.account).account_id)


async def open_account(host: Host, asked: Open) -> AccountDetail:
    """Open an account, bring money into it, and return it."""
    at = names.served(host, asked.venue)
    owner = names.new_name(asked.owner, "owner")
    assets = [(names.asset(at, symbol), text) for symbol, text in asked.funds.items()]
    money = [
        (asset.asset_id, names.amount(asset, text, f"funds of {asset.symbol}"))
        for asset, text in assets
    ]
    opening = opened(at, owner, asked.name, asked.is_default, asked.may_borrow)

    def commands(first_seq: int) -> list[Command]:
        account_id = AccountId(first_seq)
        paid = [DepositFunds(account_id, asset_id, minor) for asset_id, minor in money if minor]
        return [opening, *paid]

    receipts = await act_all(host, commands)
    [account] = [one for one in receipts[0].events if isinstance(one, AccountOpened)]
    return detail(host, at, account.account_id)


async def configure_account(host: Host, asked: Configure) -> AccountDetail:
    """Change what an account is called or may do, and return it."""
    at = names.served(host, asked.venue)
    account_id = names.account(at, asked.account).account_id
    name = None if asked.new_name is UNSET else _checked(at, asked.new_name)
    settings = (asked.trading_locked, asked.reduce_only)
    locked, reduce_only = (None if given is UNSET else given for given in settings)
    await act(host, ConfigureAccount(account_id, name, locked, reduce_only))
    return detail(host, at, account_id)


def opened(
    at: Served, owner: str, name: str | None = None, is_default: bool = False, margin: bool = False
) -> OpenAccount:
    """Return the command that opens an account. Raises ControlError for a name it may not have."""
    is_first = not tuple(at.directory.accounts_of(owner))
    chosen = _free_name(at) if name is None else _checked(at, name)
    return OpenAccount(at.venue.name, owner, chosen, is_default or is_first, margin)


def detail(host: Host, at: Served, account_id: AccountId) -> AccountDetail:
    """Return an account with all it has, as an operator sees it."""
    summary: AccountSummary = host.exchange.view(GetAccount(account_id))
    assets = at.directory.assets
    return AccountDetail(
        *_told(summary.account),
        balances=tuple(funds.shown(assets[one.asset_id], one) for one in summary.balances),
        positions=tuple(_position(at, one) for one in summary.positions),
        open_orders=summary.open_orders,
    )


def _told(known: AccountReport) -> tuple[str, str, str, bool, bool, bool, bool]:
    said = (names.account_text(known), known.owner, known.name, known.is_default)
    return (*said, known.trading_locked, known.reduce_only, known.may_borrow)


def _position(at: Served, held: PositionReport) -> Position:
    on = at.directory.instruments[held.instrument_id]
    quote = at.directory.assets[on.quote_asset_id]
    minors = (held.cost_minor, held.margin_minor, held.realized_minor)
    cost, margin, realized = (numbers.minor_text(quote, minor) for minor in minors)
    mark, net = numbers.price_text(on, held.mark_price_ticks), numbers.qty_text(on, held.net_lots)
    return Position(on.symbol, net, cost, margin, realized, mark)


def _free_name(at: Served) -> str:
    # A venue that counts its accounts has a next one; one that does not calls all alike.
    name_of = at.venue.account_name
    taken = {known.name for known in at.directory.accounts.values()}
    nth = len(at.directory.accounts)
    while name_of(nth) in taken and name_of(nth) != name_of(nth + 1):
        nth += 1
    return name_of(nth)


def _checked(at: Served, name: str) -> str:
    names.new_name(name, "name")
    if not at.venue.is_account_name(name):
        such = at.venue.account_name(len(at.directory.accounts))
        raise names.invalid(
            "name", f"accounts of {at.venue.name} are called by numbers like {such}"
        )
    return name


_ACCOUNTS = f"{PREFIX}/venues/{{venue}}/accounts"
_ACCOUNT = f"{_ACCOUNTS}/{{account}}"

ROWS = (
    ControlRow(
        name="accounts",
        method="GET",
        path=_ACCOUNTS,
        message=ListAccounts,
        reply=Accounts,
        run=list_accounts,
        summary="List the accounts of a venue",
    ),
    ControlRow(
        name="account",
        method="GET",
        path=_ACCOUNT,
        message=GetOneAccount,
        reply=AccountDetail,
        run=get_account,
        summary="Show an account with its balances and positions",
    ),
    ControlRow(
        name="open-account",
        method="POST",
        path=_ACCOUNTS,
        message=Open,
        reply=AccountDetail,
        run=open_account,
        summary="Open an account and bring money into it",
    ),
    ControlRow(
        name="configure-account",
        method="PATCH",
        path=_ACCOUNT,
        message=Configure,
        reply=AccountDetail,
        run=configure_account,
        summary="Rename an account, lock it, or let it only reduce positions",
    ),
)
