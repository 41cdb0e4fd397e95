"""
Slots: numbered places that orders stand in, so that an order once signed can be outdated for good.

An order may name a slot of the asset it holds, and a number in it. The number must be above every
one that was used in that slot before; the order then takes the slot over, and what stood there is
canceled. Numbers stay used when the order is over and forgotten, so a copy of it can never come
back.
"""

from collections.abc import Iterator, Sequence

from countermand.core.ledger import hold_asset
from countermand.core.matching import Makers
from countermand.core.order import Order
from countermand.core.pictures import canceled
from countermand.core.state import Account
from countermand.vocabulary.events import Event, OrderCanceled, SlotTaken
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import OrderTerms
from countermand.vocabulary.reasons import CancelReason, RejectReason
from countermand.vocabulary.reports import OrderReport, SlotUse

# How many slots an account has in each asset; what bounds their memory.
SLOTS_PER_ASSET_MAX = 16_384


def refuse_slot(account: Account, instrument: Instrument, terms: OrderTerms) -> RejectReason | None:
    """Return why an order may not stand where it wants to, or None; most want nowhere."""
    if terms.slot is None:
        return None
    use = _use(account, instrument, terms)
    is_above = terms.slot.number > (use.number if use else 0)
    if not 0 <= terms.slot.slot < SLOTS_PER_ASSET_MAX or not is_above:
        return RejectReason.SLOT_NUMBER_USED
    return None


def freed_minor(account: Account, instrument: Instrument, terms: OrderTerms) -> int:
    """Return what the order that would be canceled holds; it is of the same asset."""
    occupant = _occupant(account, instrument, terms)
    return occupant.now.hold_minor if occupant else 0


def takeover(account: Account, instrument: Instrument, now: OrderReport) -> Iterator[Event]:
    """Yield what an order that was just accepted does to the slot it names."""
    terms, reason = now.terms, CancelReason.SLOT_TAKEN_OVER
    if terms.slot:
        asset_id = hold_asset(instrument, terms.side)
        yield SlotTaken(account.account_id, asset_id, terms.slot, now.order_id)
        if occupant := _occupant(account, instrument, terms):
            yield OrderCanceled(canceled(occupant.now, now.submit_ns, reason))


def without(gone: Sequence[OrderId], makers: Makers) -> Makers:
    """Return those an order meets when some have been canceled before it comes in."""
    return lambda plan: (maker for maker in makers(plan) if maker.now.order_id not in gone)


def _use(account: Account, instrument: Instrument, terms: OrderTerms) -> SlotUse | None:
    if terms.slot is None:
        return None
    return account.slots.get(hold_asset(instrument, terms.side), {}).get(terms.slot.slot)


def _occupant(account: Account, instrument: Instrument, terms: OrderTerms) -> Order | None:
    use = _use(account, instrument, terms)
    return account.open_orders.get(use.order_id) if use else None
