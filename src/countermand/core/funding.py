"""Funding: money that comes in and goes out, and markets that are paid out for good."""

from collections.abc import Iterator

from msgspec.structs import replace

from countermand.core.decision import Decision, Reaction
from countermand.core.exposure import loss_minor
from countermand.core.ledger import counted, hold_asset, margin, margin_rate_ppb
from countermand.core.lists import partner
from countermand.core.pictures import canceled
from countermand.core.state import Account, Position, State
from countermand.vocabulary.commands import DepositFunds, SettleInstrument, WithdrawFunds
from countermand.vocabulary.events import (
    Event,
    FundsDeposited,
    FundsWithdrawn,
    InstructionRejected,
    InstrumentSettled,
    OrderCanceled,
)
from countermand.vocabulary.ids import AssetId, InstrumentId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import Side
from countermand.vocabulary.reasons import CancelReason, RejectReason
from countermand.vocabulary.reports import OrderReport


def deposit_funds(state: State, seq: int, ts_ns: int, command: DepositFunds) -> Decision:
    """Bring money in from outside."""
    if command.account_id not in state.accounts or command.account_id < 0:
        return Decision([InstructionRejected(RejectReason.UNKNOWN_ACCOUNT, command.account_id)])
    if command.amount_minor <= 0 or command.asset_id not in state.assets:
        return Decision([InstructionRejected(RejectReason.INVALID_AMOUNT, command.account_id)])
    return Decision([FundsDeposited(command.account_id, command.asset_id, command.amount_minor)])


def withdraw_funds(state: State, seq: int, ts_ns: int, command: WithdrawFunds) -> Decision:
    """
    Take money out that no position holds or has lost; `unfunded` says what becomes of open orders.
    """
    account = state.accounts.get(command.account_id)
    if account is None or command.account_id < 0:
        return Decision([InstructionRejected(RejectReason.UNKNOWN_ACCOUNT, command.account_id)])
    if command.amount_minor <= 0 or command.asset_id not in state.assets:
        return Decision([InstructionRejected(RejectReason.INVALID_AMOUNT, command.account_id)])
    if command.amount_minor > _free_of_positions(state, account, command.asset_id):
        return Decision([InstructionRejected(RejectReason.INSUFFICIENT_FUNDS, command.account_id)])
    return Decision([FundsWithdrawn(command.account_id, command.asset_id, command.amount_minor)])


def _free_of_positions(state: State, account: Account, asset_id: AssetId) -> int:
    held = loss_minor(state, account, asset_id)
    for instrument_id, position in account.positions.items():
        instrument = state.markets[instrument_id].instrument
        if instrument.quote_asset_id == asset_id:
            held += _alone_minor(account, instrument, position)
    balance = account.balances.get(asset_id)
    return balance.total_minor - held if balance else 0


def unfunded(state: State, event: FundsWithdrawn) -> Iterator[list[Event]]:
    """
    Cancel, the newest first, the orders that money gone out no longer funds.

    One at a time: what one frees may be all that is missing. Only what frees something is canceled.
    Where the buys of a market need as much as its sells no order frees anything alone; the newest
    of them goes first then.
    """
    account, asset_id = state.accounts[event.account_id], event.asset_id
    while account.available_minor(asset_id) < 0:
        yield _newest(state, account, asset_id)


def _newest(state: State, account: Account, asset_id: AssetId) -> list[Event]:
    # There is one: without any order positions alone hold no more than was left to them.
    each = [order.now for order in account.open_orders.values()]
    holding = [o for o in each if _held_in(state, o) == asset_id]
    freeing = [o for o in holding if _freed_minor(state, account, o) > 0]
    together = [o for o in holding if _outgrows(state, account, o.instrument_id)]
    newest = max(freeing or together, key=_order_id)
    return [OrderCanceled(canceled(newest, state.ts_ns, CancelReason.UNFUNDED))]


def _order_id(order: OrderReport) -> int:
    return order.order_id


def _freed_minor(state: State, account: Account, order: OrderReport) -> int:
    # What canceling the order would free, and what ends with it; beside their own holds that is
    # their part of the margin.
    instrument = state.markets[order.instrument_id].instrument
    other = partner(state, order)
    gone = [order, other.now] if other and other.now.is_open else [order]
    if not instrument.has_positions:
        return sum(one.hold_minor for one in gone if one.terms.side is order.terms.side)
    position = account.positions[order.instrument_id]
    left = replace(position)
    for one in gone:
        lots, minor = counted(instrument, one)
        if one.terms.side is Side.BUY:
            left.open_buy_lots -= lots
            left.open_buy_minor -= minor
        else:
            left.open_sell_lots -= lots
            left.open_sell_minor -= minor
    without = margin(instrument, left, rate_ppb=margin_rate_ppb(account, instrument))
    return sum(one.hold_minor for one in gone) + position.margin_minor - without


def _outgrows(state: State, account: Account, instrument_id: InstrumentId) -> bool:
    # Whether a market's orders together need more than the position alone.
    position = account.positions.get(instrument_id)
    if position is None:
        return False
    instrument = state.markets[instrument_id].instrument
    return position.margin_minor > _alone_minor(account, instrument, position)


def _alone_minor(account: Account, instrument: Instrument, position: Position) -> int:
    alone = Position(net_lots=position.net_lots, cost_minor=position.cost_minor)
    return margin(instrument, alone, rate_ppb=margin_rate_ppb(account, instrument))


def _held_in(state: State, order: OrderReport) -> AssetId:
    return hold_asset(state.markets[order.instrument_id].instrument, order.terms.side)


def settle_instrument(state: State, seq: int, ts_ns: int, command: SettleInstrument) -> Decision:
    """Cancel what is open on a market of positions, in ascending order id, and settle them all."""
    market = state.markets.get(command.instrument_id)
    if market is None:
        return Decision([InstructionRejected(RejectReason.UNKNOWN_INSTRUMENT)])
    instrument = market.instrument
    if not instrument.has_positions or market.settled_px_ticks is not None:
        return Decision([InstructionRejected(RejectReason.MARKET_CLOSED)])
    is_beyond = instrument.is_binary and command.price_ticks > instrument.payout_ticks
    if command.price_ticks < 0 or is_beyond:
        return Decision([InstructionRejected(RejectReason.PRICE_OUTSIDE_BAND)])
    standing = sorted(
        (
            order.now
            for account in state.accounts.values()
            for order in account.open_orders.values()
            if order.now.instrument_id == command.instrument_id
        ),
        key=_order_id,
    )
    reason = CancelReason.MARKET_SETTLED
    events: list[Event] = [OrderCanceled(canceled(now, ts_ns, reason)) for now in standing]
    events.append(InstrumentSettled(command.instrument_id, command.price_ticks))
    return Decision(events, tuple(now.order_id for now in standing))


REACTIONS: dict[type, Reaction] = {FundsWithdrawn: unfunded}
