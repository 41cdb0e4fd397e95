"""
Slots: numbered places that orders stand in, so that an order once signed can be outdated for good.

An order may name a slot of the asset it holds, and a number in it. The number must be above every
one that was used in that slot before; the order then takes the slot over, and what stood there is
canceled. Numbers stay used when the order is over and forgotten, so a copy of it can never come
back.
"""

from collections.abc import Iterator

from countermand.core.ledger import hold_asset
from countermand.core.state import Account
from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.events import Event, OrderCanceled, SlotTaken
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import Order, SlotUse
from countermand.vocabulary.reasons import CancelReason, RejectReason

# How many slots an account has in each asset; what bounds their memory.
SLOTS_PER_ASSET_MAX = 16_384


def refuse_slot(account: Account, instrument: Instrument, command: NewOrder) -> RejectReason | None:
    """Return why an order may not stand where it wants to, or None; most want nowhere."""
    number = command.slot_number
    if not number:
        return None
    use = _use(account, instrument, command)
    if not 0 <= command.slot < SLOTS_PER_ASSET_MAX or number < (use.number + 1 if use else 1):
        return RejectReason.SLOT_NUMBER_USED
    return None


def freed_minor(account: Account, instrument: Instrument, command: NewOrder) -> int:
    """Return what the order that would be canceled holds; it is of the same asset."""
    occupant = _occupant(account, instrument, command)
    return occupant.hold_minor if occupant else 0


def takeover(
    account: Account, instrument: Instrument, command: NewOrder, order_id: OrderId
) -> Iterator[Event]:
    """Yield what an accepted order does to its slot, if it names one."""
    if command.slot_number:
        asset_id = hold_asset(instrument, command.side)
        use = SlotUse(command.slot, command.slot_number, order_id)
        yield SlotTaken(account.account_id, asset_id, use)
        if occupant := _occupant(account, instrument, command):
            yield OrderCanceled(occupant.order_id, CancelReason.SLOT_TAKEN_OVER)


def _use(account: Account, instrument: Instrument, command: NewOrder) -> SlotUse | None:
    return account.slots.get(hold_asset(instrument, command.side), {}).get(command.slot)


def _occupant(account: Account, instrument: Instrument, command: NewOrder) -> Order | None:
    if not command.slot_number or not (use := _use(account, instrument, command)):
        return None
    return account.open_orders.get(use.order_id)
