"""
Evolve: the only mutator. It takes an event as settled fact, never refuses, and knows no commands.

What each event changes is in the files beside it, by what the event is about.
"""

from collections.abc import Callable
from typing import Any

from countermand.core.evolve_accounts import (
    account_configured,
    account_opened,
    dead_man_fired,
    dead_man_set,
    funds_deposited,
    funds_withdrawn,
    kill_set,
    slot_taken,
)
from countermand.core.evolve_markets import (
    asset_registered,
    instrument_listed,
    instrument_settled,
    reference_price_changed,
    trading_state_changed,
)
from countermand.core.evolve_orders import (
    list_replaced,
    order_accepted,
    order_changed,
    order_ended,
    order_rejected,
    order_released,
    order_replaced,
    order_staged,
)
from countermand.core.evolve_pending import delays_set, request_due, request_pended
from countermand.core.evolve_trades import traded
from countermand.core.state import State
from countermand.vocabulary.events import (
    AccountConfigured,
    AccountOpened,
    AssetRegistered,
    CancelRejected,
    DeadManFired,
    DeadManSet,
    DelaysSet,
    FundsDeposited,
    FundsWithdrawn,
    InstructionRejected,
    InstrumentListed,
    InstrumentSettled,
    KillSet,
    ListAccepted,
    ListRejected,
    ListReplaced,
    MassCanceled,
    NumbersPassed,
    OrderAccepted,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    OrderReleased,
    OrderReplaced,
    OrderRestated,
    OrderRested,
    OrderStaged,
    OrderTriggered,
    ReferencePriceChanged,
    RequestDue,
    RequestPended,
    SlotTaken,
    TimeAdvanced,
    Traded,
    TradingStateChanged,
)


def _numbers_passed(state: State, event: NumbersPassed) -> None:
    state.passed += event.count


def _nothing(state: State, event: object) -> None:
    """Refusals and reports leave no trace in the state."""


# One that returns something says that its event may bring something about: of events of the kinds
# in `reactions.FREQUENT_REACTIONS` nothing else is asked.
EVOLVERS: dict[type, Callable[[State, Any], object]] = {
    OrderStaged: order_staged,
    OrderAccepted: order_accepted,
    OrderRejected: order_rejected,
    OrderCanceled: order_ended,
    OrderExpired: order_ended,
    OrderRested: order_changed,
    OrderRestated: order_changed,
    OrderReplaced: order_replaced,
    ListReplaced: list_replaced,
    OrderReleased: order_released,
    OrderTriggered: order_released,
    Traded: traded,
    DelaysSet: delays_set,
    RequestPended: request_pended,
    RequestDue: request_due,
    AccountOpened: account_opened,
    AccountConfigured: account_configured,
    FundsDeposited: funds_deposited,
    FundsWithdrawn: funds_withdrawn,
    SlotTaken: slot_taken,
    DeadManSet: dead_man_set,
    DeadManFired: dead_man_fired,
    KillSet: kill_set,
    AssetRegistered: asset_registered,
    InstrumentListed: instrument_listed,
    TradingStateChanged: trading_state_changed,
    ReferencePriceChanged: reference_price_changed,
    InstrumentSettled: instrument_settled,
    CancelRejected: _nothing,
    InstructionRejected: _nothing,
    MassCanceled: _nothing,
    ListAccepted: _nothing,
    ListRejected: _nothing,
    TimeAdvanced: _nothing,
    NumbersPassed: _numbers_passed,
}
