"""Reducing: orders that may only bring a position toward zero end when it no longer covers them."""

from collections.abc import Iterable, Iterator

from countermand.core.decision import Reaction
from countermand.core.exposure import exceeds_position
from countermand.core.order import Order
from countermand.core.pictures import canceled
from countermand.core.state import Account, State
from countermand.vocabulary.events import Event, OrderCanceled, Traded
from countermand.vocabulary.ids import InstrumentId
from countermand.vocabulary.order import Standing
from countermand.vocabulary.reasons import CancelReason

_HELD = Standing.HELD


def on_traded(state: State, event: Traded) -> Iterable[list[Event]]:
    """Cancel what a trade has left without cover in full, in the order it was placed in."""
    maker, taker = (
        state.accounts[event.maker.account_id],
        state.accounts[event.taker.account_id],
    )
    if not (maker.reducing or taker.reducing):
        return ()
    return _uncovered(state, (maker, taker), event.taker.instrument_id)


def _uncovered(
    state: State, accounts: tuple[Account, Account], instrument_id: InstrumentId
) -> Iterator[list[Event]]:
    for account in accounts:
        each = [
            order
            for order in account.reducing.values()
            # What is held back is asked when it is let in.
            if order.now.instrument_id == instrument_id and order.now.standing is not _HELD
        ]
        exceeding = [order for order in each if exceeds_position(account, order)]
        # One that became reduce-only later is kept behind others.
        exceeding.sort(key=_placed)
        ts_ns, reason = state.ts_ns, CancelReason.REDUCE_ONLY
        if exceeding:
            yield [OrderCanceled(canceled(order.now, ts_ns, reason)) for order in exceeding]


def _placed(order: Order) -> int:
    return order.now.submit_ns


REACTIONS: dict[type, Reaction] = {Traded: on_traded}
