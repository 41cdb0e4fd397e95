"""Evolve, of accounts: one is opened, is configured, gets and gives money, and is stopped."""

from countermand.core import ledger
from countermand.core.state import (
    Account,
    DeadMan,
    State,
)
from countermand.core.timers import DEAD_MAN
from countermand.vocabulary.events import (
    AccountConfigured,
    AccountOpened,
    DeadManFired,
    DeadManSet,
    FundsDeposited,
    FundsWithdrawn,
    KillSet,
    SlotTaken,
)
from countermand.vocabulary.reports import SlotUse


def account_opened(state: State, event: AccountOpened) -> None:
    """Add an account, with nothing in it."""
    assert event.account_id not in state.accounts, f"account {event.account_id} is open already"
    state.accounts[event.account_id] = Account(
        event.account_id,
        event.venue,
        event.owner,
        event.name,
        event.is_default,
        may_borrow=event.may_borrow,
    )


def account_configured(state: State, event: AccountConfigured) -> None:
    """Give an account its settings."""
    account = state.accounts[event.account_id]
    assert event.account_id > 0, f"account {event.account_id} is the house's"
    account.name = event.name
    account.trading_locked = event.trading_locked
    account.reduce_only = event.reduce_only


def funds_deposited(state: State, event: FundsDeposited) -> None:
    """Book money that came in."""
    assert event.amount_minor > 0, "no money came in"
    assert event.account_id > 0, f"money came in to {event.account_id}, which is the house's"
    ledger.deposit(state, state.accounts[event.account_id], event.asset_id, event.amount_minor)


def funds_withdrawn(state: State, event: FundsWithdrawn) -> None:
    """Book money that went out."""
    assert event.amount_minor > 0, "no money went out"
    assert event.account_id > 0, f"money went out of {event.account_id}, which is the house's"
    ledger.withdraw(state, state.accounts[event.account_id], event.asset_id, event.amount_minor)


def slot_taken(state: State, event: SlotTaken) -> None:
    """Note which order uses a slot now."""
    slots = state.accounts[event.account_id].slots.setdefault(event.asset_id, {})
    use = slots.get(event.slot.slot)
    assert use is None or event.slot.number > use.number, f"slot {event.slot.slot} went back"
    slots[event.slot.slot] = SlotUse(event.slot.slot, event.slot.number, event.order_id)


def dead_man_set(state: State, event: DeadManSet) -> None:
    """Arm an account's dead-man switch, or disarm it."""
    account = state.accounts[event.account_id]
    assert event.account_id > 0, f"account {event.account_id} is the house's"
    if account.dead_man:
        state.timers.drop()
    account.dead_man = None
    if event.due_ns:
        account.dead_man = DeadMan(event.due_ns, event.spares_protective)
        state.timers.add(event.due_ns, DEAD_MAN, event.account_id)


def dead_man_fired(state: State, event: DeadManFired) -> None:
    """Disarm a dead-man switch that has gone off."""
    assert state.accounts[event.account_id].dead_man, f"{event.account_id} has no switch to go off"
    state.accounts[event.account_id].dead_man = None
    state.timers.drop()


def kill_set(state: State, event: KillSet) -> None:
    """Stop an account, or let it go on."""
    assert event.account_id > 0, f"account {event.account_id} is the house's"
    state.accounts[event.account_id].is_killed = event.is_killed
