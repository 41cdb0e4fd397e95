"""The account: balances, and records of funds that moved, which none do here."""

from decimal import Decimal
from typing import Any

from countermand.venues.deltadefi import resolve
from countermand.venues.deltadefi.errors import Code, Refused
from countermand.venues.deltadefi.messages import accounts as m
from countermand.venues.deltadefi.presentation import token
from countermand.venues.deltadefi.settings import Ctx
from countermand.vocabulary.instrument import Asset
from countermand.vocabulary.queries import GetAccount
from countermand.vocabulary.reports import AccountSummary, BalanceReport
from countermand.wire import numbers
from countermand.wire.conversation import Nothing, Op, Serving, always, each, reply
from countermand.wire.reading import known

_STATUSES = (None, "pending", "confirmed")


def serve_balances(message: Nothing, ctx: Ctx) -> Serving[list[m.Balance]]:
    """Show what the account has of every asset it ever had."""
    summary: AccountSummary = yield GetAccount(resolve.account(ctx))
    return [show_balance(report, ctx) for report in summary.balances]


def show_balance(report: BalanceReport, ctx: Ctx) -> m.Balance:
    """Return a balance."""
    asset = ctx.directory.assets[report.asset_id]
    return m.Balance(
        asset.symbol,
        token(asset, ctx).unit,
        numbers.minor_text(asset, report.available_minor),
        numbers.minor_text(asset, report.hold_minor),
    )


def read_balance(message: m.Balance, asked: Any, ctx: Ctx) -> BalanceReport:
    """Return a balance. Raises Malformed for an asset that is not known here; ArithmeticError."""
    asset = known("balance", _asset(message.asset, ctx))
    locked = numbers.asset_minor_nearest(asset, Decimal(message.locked))
    total = numbers.asset_minor_nearest(asset, Decimal(message.free)) + locked
    return BalanceReport(resolve.account(ctx), asset.asset_id, total, locked)


def _asset(name: str, ctx: Ctx) -> Asset | None:
    # A sample of the documents writes names in small letters.
    known_as = ctx.directory.asset_by_symbol
    return known_as(name) or known_as(name.upper())


def show_max_deposit(message: Nothing, ctx: Ctx) -> m.MaxDeposit:
    """Return that nothing can be deposited."""
    resolve.account(ctx)
    return m.MaxDeposit("0")


def show_records(message: m.ListRecords, ctx: Ctx) -> m.RecordPage | list[Any]:
    """
    Return no records: as a page where one was asked for, else as a bare list.

    Raises: Refused (4404) for a status that is none.
    """
    if message.status not in _STATUSES:
        raise Refused(Code.BAD_STATUS)
    return [] if message.page is None and message.limit is None else m.RecordPage()


def refuse_record(message: m.GetRecord, ctx: Ctx) -> m.RecordPage:
    """Refuse: no transaction is known. Raises Refused (4402)."""
    raise Refused(Code.TRANSACTION_NOT_FOUND)


BALANCES = Op(Nothing, list[m.Balance], serve_balances, always(Nothing()), each(read_balance))
MAX_DEPOSIT = Op(Nothing, m.MaxDeposit, reply(show_max_deposit))
RECORDS = Op(m.ListRecords, m.RecordPage, reply(show_records))
RECORD = Op(m.GetRecord, m.RecordPage, reply(refuse_record))
