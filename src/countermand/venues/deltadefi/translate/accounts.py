"""Accounts: balances, and records of funds that moved, which none do here."""

from decimal import Decimal
from typing import Any

from countermand.venues.deltadefi import settings, tables
from countermand.venues.deltadefi.errors import Refused
from countermand.venues.deltadefi.messages import accounts
from countermand.venues.deltadefi.translate import resolve
from countermand.vocabulary.queries import GetAccount, GetReferenceData
from countermand.vocabulary.reports import AccountSummary, BalanceReport, ReferenceData
from countermand.wire import numbers
from countermand.wire.context import Context
from countermand.wire.errors import Malformed

_STATUSES = ("pending", "confirmed")


def balances_from_wire(message: accounts.Nothing, ctx: Context) -> GetAccount:
    """Return the question for the key's account."""
    return GetAccount(resolve.account(ctx))


def balances_to_wire(query: GetAccount, ctx: Context) -> accounts.Nothing:
    """Return the request for the balances. Raises NotExpressible for another account's."""
    resolve.check_own(query.account_id, ctx)
    return accounts.Nothing()


def balance_list_to_wire(summary: AccountSummary, ctx: Context) -> list[accounts.Balance]:
    """Return what the account has of every asset it ever had."""
    return [_balance_to_wire(one, ctx) for one in summary.balances]


def balance_list_from_wire(
    message: list[accounts.Balance], ctx: Context
) -> tuple[BalanceReport, ...]:
    """Return the balances. Raises Malformed for an asset nobody knows; ArithmeticError."""
    return tuple(_balance_from_wire(one, ctx) for one in message)


def max_deposit_to_wire(summary: AccountSummary, ctx: Context) -> accounts.MaxDeposit:
    """Return that nothing can be deposited."""
    return accounts.MaxDeposit("0")


def records_from_wire(message: accounts.ListRecords, ctx: Context) -> GetReferenceData:
    """Return a question whose answer does not matter. Raises Refused (4404) for a bad status."""
    if message.status is not None and message.status not in _STATUSES:
        raise Refused(tables.BAD_STATUS)
    return GetReferenceData()


def records_to_wire(data: ReferenceData, ctx: Context) -> accounts.RecordPage | list[Any]:
    """Return no records: as a page where one was asked for, else as a bare list."""
    is_paged = ctx.message.page is not None or ctx.message.limit is not None
    return accounts.RecordPage() if is_paged else []


def record_from_wire(message: accounts.GetRecord, ctx: Context) -> GetReferenceData:
    """Refuse: no transaction is known. Raises Refused (4402)."""
    raise Refused(tables.TRANSACTION_NOT_FOUND)


def record_to_wire(data: ReferenceData, ctx: Context) -> None:
    """Return nothing; there is never anything."""


def _balance_to_wire(report: BalanceReport, ctx: Context) -> accounts.Balance:
    asset = ctx.directory.assets[report.asset_id]
    return accounts.Balance(
        asset.symbol,
        settings.token(ctx.settings, asset).unit,
        numbers.minor_text(asset, report.available_minor),
        numbers.minor_text(asset, report.hold_minor),
    )


def _balance_from_wire(message: accounts.Balance, ctx: Context) -> BalanceReport:
    asset = ctx.directory.asset_by_symbol(message.asset)
    if asset is None:
        raise Malformed("balance names what is not known here")
    free, locked = (
        numbers.asset_minor(asset, Decimal(text)) for text in (message.free, message.locked)
    )
    return BalanceReport(resolve.account(ctx), asset.asset_id, free + locked, locked)
