"""Evolve, of what is pending: a request is taken, to be applied later, and falls due."""

from countermand.core.order import Request
from countermand.core.state import (
    Delays,
    State,
)
from countermand.core.timers import REQUEST
from countermand.vocabulary.events import (
    DelaysSet,
    RequestDue,
    RequestPended,
)
from countermand.vocabulary.reports import OrderReport


def delays_set(state: State, event: DelaysSet) -> None:
    """Note how much later a venue's requests are applied."""
    times = (event.new_ns, event.cancel_ns, event.replace_ns)
    assert min(times) >= 0, f"{event.venue} applies what it will be told later"
    if any(times):
        state.delays[event.venue] = Delays(*times)
    else:
        state.delays.pop(event.venue, None)


def request_pended(state: State, event: RequestPended) -> None:
    """Keep a request until it falls due."""
    assert event.due_ns > state.ts_ns, f"request {event.number} is pending and due"
    order_ids = tuple(now.order_id for now in event.reports)
    state.requests[event.number] = Request(event.due_ns, event.request, order_ids)
    state.timers.add(event.due_ns, REQUEST, event.number)
    _show(state, event.reports)


def request_due(state: State, event: RequestDue) -> None:
    """Forget a request that is applied now."""
    del state.requests[event.number]
    state.timers.drop()
    _show(state, event.reports)


def _show(state: State, reports: tuple[OrderReport, ...]) -> None:
    # What is pending of an order, and nothing else of it, is new.
    for now in reports:
        order = state.orders[now.order_id]
        assert order.now.standing is now.standing, f"order {now.order_id} is pending and moved"
        assert order.now.terms == now.terms, f"order {now.order_id} is pending and has new terms"
        order.now = now
