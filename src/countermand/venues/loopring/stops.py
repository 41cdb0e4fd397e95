"""
Stops: a limit order that waits until the last trade is at its stop price, or beyond it on its side.

Source: DEX API v3, "Submit order" (`extraOrderType`, `stopPrice`, `stopSide`), "Get order"
        (`extraOrderInfo`); npm SDK, `STOP_SIDE`. What is refused of them is our choice (README).
"""

from decimal import Decimal
from typing import Any

from msgspec import UNSET, UnsetType

from countermand.venues.loopring import tables
from countermand.venues.loopring.messages import orders as m
from countermand.venues.loopring.tables import NO_CONDITION, STOP_LIMIT, STOP_SIDES
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import OrderTerms, Side, Trigger, TriggerDirection
from countermand.wire import numbers
from countermand.wire.errors import InvalidField, MissingField, NotExpressible
from countermand.wire.fields import invalid

_OF_STOPS = {Side.BUY: TriggerDirection.UP, Side.SELL: TriggerDirection.DOWN}


def of_form(message: m.SubmitOrder, instrument: Instrument) -> Trigger | None:
    """
    Return what wakes the order that is submitted, None for a traditional one.

    Raises: MissingField, InvalidField, also for the price or side of a stop without its type.
    """
    kind = message.extra_order_type or tables.TRADITIONAL_ORDER
    if kind not in tables.EXTRA_ORDER_TYPES:
        raise InvalidField("extraOrderType", "invalid extraOrderType")
    price, side = message.stop_price, message.stop_side or NO_CONDITION
    if kind != STOP_LIMIT:
        if price is not None or side != NO_CONDITION:
            raise invalid("extraOrderType", f"must be {STOP_LIMIT} with a stopPrice or a stopSide")
        return None
    if price is None:
        raise MissingField("stopPrice")
    if side == NO_CONDITION:
        raise MissingField("stopSide")
    return Trigger(_price_ticks(instrument, price), STOP_SIDES.from_wire(side))


def asked(terms: OrderTerms, instrument: Instrument) -> dict[str, Any]:
    """Return the fields that ask for a trigger. Raises NotExpressible for one that trails."""
    trigger = terms.trigger
    if trigger is None:
        return {}
    if trigger.is_trailing:
        raise NotExpressible("a trigger cannot trail")
    return {
        "extra_order_type": STOP_LIMIT,
        "stop_price": Decimal(numbers.price_text(instrument, trigger.price_ticks)),
        "stop_side": STOP_SIDES.to_wire(trigger.direction),
    }


def shown(trigger: Trigger | None, instrument: Instrument) -> m.ExtraOrderInfo | UnsetType:
    """Return what is told of a stop, awake or not, and nothing of a traditional order."""
    if trigger is None:
        return UNSET
    return m.ExtraOrderInfo(
        is_triggered=trigger.is_met,
        stop_price=numbers.price_text(instrument, trigger.price_ticks),
        stop_side=STOP_SIDES.to_wire(trigger.direction),
    )


def read(message: m.Order, instrument: Instrument, side: Side) -> Trigger | None:
    """
    Return the trigger that an order tells of, its price the nearest, None for a traditional one.

    Without a side that is known here it is taken for that of a stop. An order that stands in the
    book, or traded, has woken.
    """
    info = getattr(message, "extra_order_info", None)
    price = getattr(info, "stop_price", None)
    if not price:
        return None
    return Trigger(
        numbers.price_ticks_nearest(instrument, Decimal(price)),
        STOP_SIDES.read(getattr(info, "stop_side", ""), _OF_STOPS[side]),
        is_met=getattr(info, "is_triggered", False) is True or _came_in(message),
    )


def _came_in(message: m.Order) -> bool:
    return message.status == tables.PROCESSING or Decimal(message.volumes.base_filled) > 0


def _price_ticks(instrument: Instrument, price: Decimal) -> int:
    try:
        ticks = numbers.price_ticks(instrument, price)
    except numbers.NotOnGrid as error:
        raise invalid("stopPrice", str(error)) from None
    if ticks <= 0:
        raise invalid("stopPrice", "must be above zero")
    return ticks
