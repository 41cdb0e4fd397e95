"""
Scheduled: orders that come in by slices, one after the other (TWAP).

Such an order holds all it needs from when it is taken. A slice is due at once and then at even
times; it takes what it finds within the order's limit, and what it does not get is for those after
it. A market that is closed lets a slice pass, and so does an account that cannot pay what it may
come to. The order itself has the fills, is canceled as any other, and ends with its last slice.
"""

from msgspec.structs import replace

from countermand.core import waiting
from countermand.core.exposure import Priced, affordable
from countermand.core.matching import Incoming, plan
from countermand.core.order import Order
from countermand.core.pictures import canceled, restated
from countermand.core.state import Market, State
from countermand.core.taker import Taker, happening, net_of
from countermand.vocabulary.events import Event, OrderCanceled, OrderRestated
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.instrument import TradingState
from countermand.vocabulary.order import Schedule
from countermand.vocabulary.reasons import CancelReason

_OPEN = (TradingState.TRADING, TradingState.LIMIT_ONLY)


def slice_due(state: State, order_id: OrderId) -> list[Event]:
    """Return what a slice does whose time has come."""
    order = state.orders[order_id]
    market, schedule = state.markets[order.now.instrument_id], order.now.terms.schedule
    assert schedule is not None, f"order {order_id} has no schedule"
    left = schedule.slices - 1
    terms = replace(order.now.terms, schedule=Schedule(left, schedule.interval_ns))
    now = restated(order.now, market.instrument, terms, order.fee_accrued, state.ts_ns)
    now = replace(now, due_ns=order.now.due_ns + schedule.interval_ns if left else 0)
    taker = Taker(state, market, now, order.fee_accrued)
    events: list[Event] = [OrderRestated(now)]
    if _can_trade(state, market, order):
        lots = -(-now.leaves_qty_lots // schedule.slices)
        events += _traded(taker, market, lots)
    if not left and taker.now.leaves_qty_lots:
        ended = canceled(taker.now, state.ts_ns, CancelReason.SCHEDULE_ENDED)
        events.append(OrderCanceled(ended))
    return events


def _can_trade(state: State, market: Market, order: Order) -> bool:
    if market.instrument.trading_state not in _OPEN:
        return False
    terms, account = order.now.terms, state.accounts[order.now.account_id]
    whole = Priced(terms.side, terms.price_ticks, order.now.leaves_qty_lots)
    return affordable(state, account, market, whole, replaced=order)


def _traded(taker: Taker, market: Market, lots: int) -> list[Event]:
    terms, events = taker.now.terms, list[Event]()
    makers = waiting.makers(market, terms.side, terms.price_ticks)
    wanted = (terms.side, terms.price_ticks, lots, terms.stp)
    planned = plan(Incoming(taker.now.account_id, *wanted), makers, net_of(taker.state, market))
    for step in planned.steps:
        events += happening(taker, step)
    return events
