"""Stops: which orders protect a position, and whether a venue can tell them from others."""

from __future__ import annotations

from countermand.client.call import single
from countermand.client.session import Session
from countermand.client.wording import changed
from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import (
    OrderTerms,
    OrdType,
    Side,
    TimeInForce,
    Trigger,
    TriggerDirection,
)
from countermand.wire.errors import NotExpressible
from countermand.wire.operation import Operation


def is_stop(terms: OrderTerms) -> bool:
    """Whether an order sleeps, or slept, until the market moves against it."""
    if terms.trigger is None:
        return False
    return (terms.trigger.direction is TriggerDirection.UP) == (terms.side is Side.BUY)


def can_tell(session: Session) -> bool:
    """
    Whether the venue has words for stops, so that an order it shows is known to be one.

    Where an order takes other requests first, this is not known, and the answer is no.
    """
    return any(
        _is_said(session, _stop(session, market, ord_type))
        for market in list(session.directory.instruments.values())[:1]
        for ord_type in (OrdType.LIMIT, OrdType.MARKET)
    )


def _is_said(session: Session, order: NewOrder) -> bool:
    operation = Operation.PLACE_ORDER
    flow = session.venue.flows.get(operation) or single(session.venue, operation)
    try:
        step = next(flow(order, session.credential, session.context(0)))
    except NotExpressible:
        return False
    return isinstance(step.says, NewOrder) and session.can_say(operation, order)


def _stop(session: Session, market: Instrument, ord_type: OrdType) -> NewOrder:
    price = market.reference_price_ticks or 1
    terms = OrderTerms(
        Side.SELL,
        ord_type,
        TimeInForce.GTC,
        1,
        price_ticks=price if ord_type is OrdType.LIMIT else 0,
        trigger=Trigger(price, TriggerDirection.DOWN),
    )
    bare = NewOrder(session.account_id, market.instrument_id, session.next_name(0), terms)
    return changed(bare, session.end.given)
