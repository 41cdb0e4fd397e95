"""
Stop prices: what lets an order that sleeps come in.

Source: INTX REST reference, "Create order": `stop_price`; "Trading", stop orders.
"""

from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from countermand.venues.coinbase_intx import resolve, tables
from countermand.venues.coinbase_intx.messages import orders as m
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import OrderTerms, OrdType, Side, Trigger
from countermand.wire import numbers
from countermand.wire.errors import InvalidField, MissingField, NotExpressible

_SIDES = {direction: side for side, direction in tables.STOP_DIRECTIONS.items()}


def type_word(terms: OrderTerms) -> Any:
    """Return the venue's type of an order. Raises NotExpressible where it has none."""
    if terms.ord_type is OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT:
        raise NotExpressible("type cannot be market_with_left_over_as_limit")
    return tables.ORD_TYPES.to_wire((terms.ord_type, terms.trigger is not None))


def asked_price(instrument: Instrument, side: Side, trigger: Trigger | None) -> Decimal | None:
    """Return the stop price that asks for a trigger. Raises NotExpressible for what is no stop."""
    if trigger is None:
        return None
    if trigger != stop(side, trigger.price_ticks):
        raise NotExpressible(
            "a stop_price is that of a stop, which takes no profit and does not trail"
        )
    return Decimal(numbers.price_text(instrument, trigger.price_ticks))


def changed_price(instrument: Instrument, trigger: Trigger | None) -> Decimal | None:
    """Return the stop price that asks for another trigger. Raises NotExpressible if it trails."""
    if trigger is None:
        return None
    return asked_price(instrument, _SIDES[trigger.direction], trigger)


def price_text(instrument: Instrument, trigger: Trigger | None) -> str | None:
    """Return the stop price that is shown, None where there is none."""
    return None if trigger is None else numbers.price_text(instrument, trigger.price_ticks)


def of_form(form: m.PlaceOrder, instrument: Instrument) -> Trigger | None:
    """
    Return the trigger that a new order asks for, None where its type has none.

    Raises: MissingField, InvalidField: off the grid, or on a type that has no such price.
    """
    if form.type == tables.BRACKET:
        return None
    refuse_limit_of_stop(form, f"{form.type} orders")
    _, sleeps = tables.ORD_TYPES.from_wire(form.type)
    if not sleeps:
        if form.stop_price is not None:
            raise InvalidField("stop_price", f"stop_price does not apply to {form.type} orders")
        return None
    if form.stop_price is None:
        raise MissingField("stop_price")
    price_ticks = resolve.price_ticks(form.stop_price, instrument, "stop_price")
    return stop(tables.SIDES.from_wire(form.side), price_ticks)


def of_change(form: m.ModifyOrder, terms: OrderTerms, instrument: Instrument) -> Trigger | None:
    """Return the new trigger of an order, None where it keeps its own. Raises InvalidField."""
    refuse_limit_of_stop(form, "this order")
    if form.stop_price is None:
        return None
    if terms.trigger is None:
        raise InvalidField("stop_price", "stop_price does not apply to this order")
    price_ticks = resolve.price_ticks(form.stop_price, instrument, "stop_price")
    return stop(terms.side, price_ticks)


def read(instrument: Instrument, side: Side, stop_price: str, *, is_met: bool) -> Trigger:
    """Return the trigger that a stop price told of means, of an order that woke or sleeps."""
    asleep = stop(side, numbers.price_ticks_nearest(instrument, Decimal(stop_price)))
    return replace(asleep, is_met=is_met)


def stop(side: Side, price_ticks: int) -> Trigger:
    """Return what wakes a stop: to buy, a price that rises to it; to sell, one that falls."""
    return Trigger(price_ticks, tables.STOP_DIRECTIONS[side])


def refuse_limit_of_stop(form: m.PlaceOrder | m.ModifyOrder, of: str) -> None:
    """Refuse the limit of a bracket's stop, which no other order has. Raises InvalidField."""
    if form.stop_limit_price is not None:
        raise InvalidField("stop_limit_price", f"stop_limit_price does not apply to {of}")
