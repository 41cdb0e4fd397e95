"""
Decide: from a state and a command to the events that follow, changing nothing.

One function per command, in the file of its idea; this is the table of them, and what events bring
about in turn. Stops, brackets and schedules will add their consequences here.
"""

from collections.abc import Callable
from typing import Any

from countermand.core import all_or_none, canceling, founding, funding, placing, staging
from countermand.core.exposure import exceeds_position
from countermand.core.order import Order
from countermand.core.pictures import canceled
from countermand.core.state import Account, State
from countermand.vocabulary.commands import (
    AdvanceTime,
    CancelOrder,
    ConfigureAccount,
    DepositFunds,
    ListInstrument,
    MassCancel,
    NewOrder,
    OpenAccount,
    RecordRejected,
    RegisterAsset,
    ReplaceOrder,
    SetReferencePrice,
    SettleInstrument,
    SetTradingState,
    StageOrder,
    SubmitOrder,
    WithdrawFunds,
)
from countermand.vocabulary.events import Event, OrderCanceled, Traded
from countermand.vocabulary.ids import AccountId, InstrumentId, match_index
from countermand.vocabulary.reasons import CancelReason

_DECIDERS: dict[type, Callable[[State, int, int, Any], list[Event]]] = {
    CancelOrder: canceling.cancel_order,
    MassCancel: canceling.mass_cancel,
    AdvanceTime: canceling.advance_time,
    NewOrder: placing.new_order,
    RecordRejected: placing.record_rejected,
    ReplaceOrder: placing.replace_order,
    StageOrder: staging.stage_order,
    SubmitOrder: staging.submit_order,
    RegisterAsset: founding.register_asset,
    ListInstrument: founding.list_instrument,
    SetTradingState: founding.set_trading_state,
    SetReferencePrice: founding.set_reference_price,
    OpenAccount: founding.open_account,
    ConfigureAccount: founding.configure_account,
    DepositFunds: funding.deposit_funds,
    WithdrawFunds: funding.withdraw_funds,
    SettleInstrument: funding.settle_instrument,
}


def decide(state: State, seq: int, ts_ns: int, command: Any) -> list[Event]:
    """
    Return what follows from `command` as entry `seq` at `ts_ns`; the state stays as it is.

    Raises: KeyError for a value that is no command.
    """
    return _DECIDERS[type(command)](state, seq, ts_ns, command)


def consequences(state: State, events: list[Event], so_far: list[Event]) -> list[Event]:
    """
    Return what the applied `events` bring about in turn; `so_far` are all of the entry's.

    A reduce-only order whose position no longer covers it in full is canceled; after money went
    out, so is the newest order that it no longer funds; an order that trades whole or not at all is
    filled once it can be. What is returned has consequences of its own.
    """
    return (
        _uncovered(state, events) or funding.unfunded(state, events) or _filled_whole(state, so_far)
    )


def _filled_whole(state: State, so_far: list[Event]) -> list[Event]:
    # One after the other, each off what the one before has left.
    for order in all_or_none.fillable(state, so_far):
        if filled := placing.fill_whole(state, order, _next_index(so_far)):
            return filled
    return []


def _next_index(so_far: list[Event]) -> int:
    # Above those of all matches that the entry has made.
    ids = [event.match_id for event in so_far if type(event) is Traded]
    return match_index(max(ids)) + 1 if ids else 0


def _uncovered(state: State, events: list[Event]) -> list[Event]:
    moved: dict[tuple[AccountId, InstrumentId], None] = {}
    for event in events:
        if type(event) is Traded and state.markets[event.instrument_id].instrument.has_positions:
            for now in event.orders:
                moved[now.account_id, event.instrument_id] = None
    return [
        OrderCanceled(canceled(order.now, state.ts_ns, CancelReason.REDUCE_ONLY))
        for account_id, instrument_id in moved
        for order in _exceeding(state.accounts[account_id], instrument_id)
    ]


def _exceeding(account: Account, instrument_id: InstrumentId) -> list[Order]:
    # As they were placed: one that became reduce-only later is kept behind others.
    each = [
        order for order in account.reducing.values() if order.now.instrument_id == instrument_id
    ]
    exceeding = [order for order in each if exceeds_position(account, order)]
    return sorted(exceeding, key=_placed)


def _placed(order: Order) -> int:
    return order.now.submit_ns
