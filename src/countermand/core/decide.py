"""
Decide: from a state and a command to what follows, changing nothing.

One function per command, in the file of its idea; this is the table of them. What their events
bring about in turn is in `reactions.py`.
"""

from collections.abc import Callable
from typing import Any

from countermand.core import (
    canceling,
    funding,
    linked,
    listing,
    numbering,
    pending,
    placing,
    relinking,
    replacing,
    staging,
)
from countermand.core.decision import Decision
from countermand.core.state import State
from countermand.vocabulary.commands import (
    AdvanceTime,
    CancelOnDisconnect,
    CancelOrder,
    ConfigureAccount,
    DepositFunds,
    ListInstrument,
    MassCancel,
    NewOrder,
    NewOrderList,
    OpenAccount,
    PassNumbers,
    RecordRejected,
    RegisterAsset,
    ReplaceList,
    ReplaceOrder,
    SetDeadMan,
    SetDelays,
    SetKill,
    SetReferencePrice,
    SettleInstrument,
    SetTradingState,
    StageOrder,
    SubmitOrder,
    WithdrawFunds,
)

DECIDERS: dict[type, Callable[[State, int, int, Any], Decision]] = {
    CancelOrder: canceling.cancel_order,
    MassCancel: canceling.mass_cancel,
    AdvanceTime: canceling.advance_time,
    SetDelays: pending.set_delays,
    CancelOnDisconnect: canceling.cancel_on_disconnect,
    SetDeadMan: canceling.set_dead_man,
    SetKill: canceling.set_kill,
    NewOrder: placing.new_order,
    NewOrderList: linked.new_order_list,
    RecordRejected: placing.record_rejected,
    ReplaceOrder: replacing.replace_order,
    ReplaceList: relinking.replace_list,
    StageOrder: staging.stage_order,
    SubmitOrder: staging.submit_order,
    RegisterAsset: listing.register_asset,
    ListInstrument: listing.list_instrument,
    SetTradingState: listing.set_trading_state,
    SetReferencePrice: listing.set_reference_price,
    OpenAccount: listing.open_account,
    ConfigureAccount: listing.configure_account,
    DepositFunds: funding.deposit_funds,
    WithdrawFunds: funding.withdraw_funds,
    SettleInstrument: funding.settle_instrument,
    PassNumbers: numbering.pass_numbers,
}


def decide(state: State, seq: int, ts_ns: int, command: Any) -> Decision:
    """
    Return what follows from `command` at `ts_ns`; what it makes gets the number `seq`. The state
    stays as it is.

    Raises: KeyError for a value that is no command.
    """
    return DECIDERS[type(command)](state, seq, ts_ns, command)
