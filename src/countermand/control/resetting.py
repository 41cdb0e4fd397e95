"""Resetting: one account as it was when it was opened, while all others go on."""

from __future__ import annotations

from collections.abc import Mapping

from countermand.control import house, names
from countermand.control.accounts import AccountDetail, detail
from countermand.control.acts import act, act_all, check
from countermand.control.host import Host, Served
from countermand.control.row import PREFIX, Asked, ControlError, ControlRow
from countermand.vocabulary.commands import Command, DepositFunds, MassCancel, WithdrawFunds
from countermand.vocabulary.ids import AccountId, AssetId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import Side, TimeInForce
from countermand.vocabulary.queries import GetAccount, GetDepth
from countermand.vocabulary.reports import (
    AccountReport,
    AccountSummary,
    DepthReport,
    PositionReport,
)

# Its owner may place orders meanwhile: so often it is begun anew.
_TRIES = 3


class ResetAccount(Asked, frozen=True):
    """
    Whose account, and what it shall have: without `funds`, what the world gave it.

    Units: `funds` in decimal text by asset; it has nothing of an asset that is not named.
    """

    venue: str
    account: str
    funds: dict[str, str] | None = None


async def reset_account(host: Host, asked: ResetAccount) -> AccountDetail:
    """
    Cancel an account's orders, close its positions, and give it the money it began with.

    Positions are closed against the house at the mark, moved inside the spread: there no other
    order trades. Where a spread has no price inside, what stands at the best one trades first.
    Its keys, and what it did before, stay.
    """
    at = names.served(host, asked.venue)
    account = names.account(at, asked.account)
    wanted = _wanted(at, account, asked.funds)
    for _ in range(_TRIES):
        await act(host, MassCancel(account.account_id, delay_ns=0))
        for position in _held(host, account):
            await _close(host, at, account, position)
        if moves := _moves(host, account.account_id, wanted):
            await act_all(host, moves)
        if _is_reset(host, account.account_id, wanted):
            return detail(host, at, account.account_id)
    text = "its owner placed orders meanwhile, three times: lock it, or end its keys, first"
    raise ControlError(409, "account-moved", text)


def _wanted(
    at: Served, account: AccountReport, funds: Mapping[str, str] | None
) -> dict[AssetId, int]:
    if funds is None:
        funds = at.founded(account.owner, account.name)
    if funds is None:
        text = "the world did not open this account: say with `funds` what it shall have"
        raise ControlError(409, "not-founded", text)
    assets = [(names.asset(at, symbol), text) for symbol, text in funds.items()]
    return {one.asset_id: names.amount(one, text, f"funds of {one.symbol}") for one, text in assets}


def _held(host: Host, account: AccountReport) -> list[PositionReport]:
    summary: AccountSummary = host.exchange.view(GetAccount(account.account_id))
    return [position for position in summary.positions if position.net_lots]


async def _close(host: Host, at: Served, account: AccountReport, held: PositionReport) -> None:
    on = at.directory.instruments[held.instrument_id]
    side = Side.SELL if held.net_lots > 0 else Side.BUY
    lots, ticks = abs(held.net_lots), _price_ticks(host, on, held.mark_price_ticks, side)
    maker, _ = await house.pair(host, at, on, side)
    orders = (
        house.limit(maker, on, side.opposite, lots, ticks),
        house.limit(account, on, side, lots, ticks, TimeInForce.FOK),
    )
    receipts = await house.place(host, orders)
    await house.take_back(host, maker, receipts)
    for receipt in receipts:
        check(receipt)


def _price_ticks(host: Host, on: Instrument, mark: int, side: Side) -> int:
    """Return the price next to the mark at which only the house trades, else the best one."""
    depth: DepthReport = host.exchange.view(GetDepth(on.instrument_id, 1))
    bid = depth.bids[0][0] if depth.bids else max(0, on.low_limit_ticks - 1)
    ask = depth.asks[0][0] if depth.asks else max(mark, bid) + 2
    if on.high_limit_ticks:
        ask = min(ask, on.high_limit_ticks + 1)
    if ask - bid > 1:
        return min(max(mark, bid + 1), ask - 1)
    return bid if side is Side.SELL else ask


def _moves(host: Host, account_id: AccountId, wanted: Mapping[AssetId, int]) -> list[Command]:
    missing = _missing(host, account_id, wanted)
    return [
        DepositFunds(account_id, asset_id, minor)
        if minor > 0
        else WithdrawFunds(account_id, asset_id, -minor)
        for asset_id, minor in missing.items()
    ]


def _missing(
    host: Host, account_id: AccountId, wanted: Mapping[AssetId, int]
) -> dict[AssetId, int]:
    summary: AccountSummary = host.exchange.view(GetAccount(account_id))
    has = {one.asset_id: one.total_minor for one in summary.balances}
    missing = {one: wanted.get(one, 0) - has.get(one, 0) for one in (*wanted, *has)}
    return {asset_id: minor for asset_id, minor in missing.items() if minor}


def _is_reset(host: Host, account_id: AccountId, wanted: Mapping[AssetId, int]) -> bool:
    summary: AccountSummary = host.exchange.view(GetAccount(account_id))
    has_positions = any(position.net_lots for position in summary.positions)
    return not (summary.open_orders or has_positions or _missing(host, account_id, wanted))


ROWS = (
    ControlRow(
        name="reset-account",
        method="POST",
        path=f"{PREFIX}/venues/{{venue}}/accounts/{{account}}/reset",
        message=ResetAccount,
        reply=AccountDetail,
        run=reset_account,
        summary="Give an account its beginning back: no orders, no positions, its first money",
    ),
)
