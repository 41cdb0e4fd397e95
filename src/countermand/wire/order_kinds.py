"""Kinds: the orders beyond market and limit that a venue may have, as people call them."""

from __future__ import annotations

from enum import StrEnum

from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.order import OrdType, Side, Trigger, TriggerDirection
from countermand.wire.errors import NotExpressible


class OrderKind(StrEnum):
    """
    A kind of order that sleeps until a price, comes in by slices, or is linked to others.

    A stop waits until the market moves against its owner; what takes a profit, in favor. One
    cancels the other (OCO), one triggers the other (OTO), one triggers two of which one cancels the
    other (OTOCO).
    """

    STOP = "stop"
    STOP_LIMIT = "stop-limit"
    TAKE_PROFIT = "take-profit"
    TAKE_PROFIT_LIMIT = "take-profit-limit"
    TRAILING_STOP = "trailing-stop"
    TRAILING_STOP_LIMIT = "trailing-stop-limit"
    TWAP = "twap"
    OCO = "oco"
    OTO = "oto"
    OTOCO = "otoco"


STOPS = frozenset({OrderKind.STOP, OrderKind.STOP_LIMIT})


def is_against(trigger: Trigger, side: Side) -> bool:
    """Whether a trigger is a stop's: a buy's above the market, a sale's below it."""
    return (trigger.direction is TriggerDirection.UP) == (side is Side.BUY)


def kind_of(order: NewOrder) -> OrderKind | None:
    """Return the kind of an order, None for one that is at once whole at the market."""
    terms, trigger = order.terms, order.terms.trigger
    if terms.schedule is not None:
        return OrderKind.TWAP
    if trigger is None:
        return None
    plain, limited = _PAIRS[trigger.is_trailing, is_against(trigger, terms.side)]
    return limited if terms.ord_type is OrdType.LIMIT else plain


def check_kind(venue: str, kind: OrderKind | None, kinds: frozenset[OrderKind]) -> None:
    """See that a venue has a kind of order. Raises NotExpressible with those that it has."""
    if kind is not None and kind not in kinds:
        has = ", ".join(sorted(kinds)) or "none but market and limit orders"
        limited = _LIMITED.get(kind)
        hint = f": give a price as well for a {limited}" if limited in kinds else ""
        raise NotExpressible(f"{venue} has no {kind} orders; it has {has}{hint}")


# What an order is that has a price besides.
_LIMITED = {
    OrderKind.STOP: OrderKind.STOP_LIMIT,
    OrderKind.TAKE_PROFIT: OrderKind.TAKE_PROFIT_LIMIT,
}
_TRAILS = (OrderKind.TRAILING_STOP, OrderKind.TRAILING_STOP_LIMIT)
# By whether it trails, and whether it waits for the market to move against its owner.
_PAIRS = {
    (False, True): (OrderKind.STOP, OrderKind.STOP_LIMIT),
    (False, False): (OrderKind.TAKE_PROFIT, OrderKind.TAKE_PROFIT_LIMIT),
    (True, True): _TRAILS,
    (True, False): _TRAILS,
}
