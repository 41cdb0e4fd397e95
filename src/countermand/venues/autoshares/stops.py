"""
Stops: the fields that let an order sleep until a price wakes it, and their faults.

A buy wakes when the price rises to its `StopPrice`, a sell when it falls to it. With a trailing
amount the stop price follows the market at that distance, and the venue tells where it is. An order
that has woken is told with the `Type` that it came in as, and its own as `InitialType`.

Source: ETNA manual, "Place order", "Get order" (`InitialType` keeps what `Type` was); the swagger
        file (`TrailingStopAmountType`, `TrailingLimitAmountType`). Which price wakes, where a
        trailing stop starts and the order of the faults are our choices (README).
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from msgspec import structs

from countermand.venues.autoshares import resolve, tables
from countermand.venues.autoshares.annotations import Notes
from countermand.venues.autoshares.messages import orders as m
from countermand.venues.autoshares.tables import Kind
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import OrderTerms, OrdType, Side, Trigger, TriggerDirection
from countermand.vocabulary.reports import OrderReport
from countermand.wire import numbers
from countermand.wire.errors import NotExpressible

ABSOLUTE, PERCENT = tables.ABSOLUTE, tables.PERCENT
NO_STOP_PRICE, NO_LIMIT, OFF_GRID = (
    "StopPriceUndefined", "LimitPriceUndefined", "PricePrecisionIsOutOfRange",
)  # fmt: skip
# Of a percent there are so many digits down to a part in a billion.
_PERCENT_SCALE = numbers.PPB_SCALE - 2
_ZERO, _WHOLE = Decimal(0), Decimal(100)
AMOUNTS = ("stop_price", "trailing_stop_amount", "trailing_limit_amount")
# The fields of an order that can be changed, by its type.
_TRAIL = {"stop_price", "trailing_stop_amount", "trailing_stop_amount_type"}
_HAS: dict[str, set[str]] = {
    "Market": set(),
    "Limit": set(),
    "Stop": {"stop_price"},
    "StopLimit": {"stop_price"},
    "TrailingStop": _TRAIL,
    "TrailingStopLimit": _TRAIL | {"trailing_limit_amount", "trailing_limit_amount_type"},
}
_KINDS = {text: kind for kind, text in tables.ORD_TYPES.rows}
_DIRECTIONS = {Side.BUY: TriggerDirection.UP, Side.SELL: TriggerDirection.DOWN}


def type_word(report: OrderReport) -> str:
    """Return the type of an order as it is now: of one that has woken, what it came in as."""
    trigger = report.terms.trigger
    if trigger and trigger.is_met:
        return tables.ORD_TYPES.to_wire(Kind(report.terms.ord_type))
    return asked_word(report.terms)


def asked_word(terms: OrderTerms) -> str:
    """Return the type that asks for an order. Raises NotExpressible where there is none."""
    trigger = terms.trigger
    trails = trigger is not None and trigger.is_trailing
    kind = Kind(terms.ord_type, sleeps=trigger is not None, trails=trails)
    if kind not in tables.ORD_TYPES:
        raise NotExpressible(f"Type cannot be {terms.ord_type.name.lower()}")
    return tables.ORD_TYPES.to_wire(kind)


def asked(terms: OrderTerms, market: Instrument) -> dict[str, Any]:
    """
    Return the fields that ask for a trigger, as a form has them.

    Raises: NotExpressible for one that takes a profit, and for a trailing one with a fixed limit.
    """
    trigger = terms.trigger
    if trigger is None:
        return {}
    if trigger.direction is not _DIRECTIONS[terms.side]:
        raise NotExpressible("a trigger must be that of a stop")
    if trigger.is_trailing and limit_follows(terms) is not (terms.ord_type is OrdType.LIMIT):
        raise NotExpressible(
            "the limit of a trailing stop must follow it: --limit-offset, no price"
        )
    return changing(trigger, market)


def shown(trigger: Trigger | None, market: Instrument) -> dict[str, Any]:
    """Return the fields of a trigger, as an order has them: 0 for what it does not have."""
    if trigger is None:
        return as_sent(Notes())
    distance = Decimal(numbers.price_text(market, trigger.trail_ticks))
    if trigger.trail_ppb:
        distance = Decimal(numbers.unscaled(trigger.trail_ppb, _PERCENT_SCALE))
    offset = numbers.price_text(market, trigger.limit_offset_ticks or 0)
    return {
        "stop_price": Decimal(numbers.price_text(market, trigger.price_ticks)),
        "trailing_stop_amount_type": PERCENT if trigger.trail_ppb else ABSOLUTE,
        "trailing_stop_amount": distance,
        "trailing_limit_amount_type": ABSOLUTE,
        "trailing_limit_amount": Decimal(offset),
    }


def as_sent(notes: Notes) -> dict[str, Any]:
    """Return the same fields of an order that was refused: what it was sent with."""
    return {
        "stop_price": notes.stop_price,
        "trailing_stop_amount_type": notes.trailing_stop_amount_type or ABSOLUTE,
        "trailing_stop_amount": notes.trailing_stop_amount,
        "trailing_limit_amount_type": notes.trailing_limit_amount_type or ABSOLUTE,
        "trailing_limit_amount": notes.trailing_limit_amount,
    }


def read(message: m.Order, market: Instrument, side: Side) -> Trigger | None:
    """Return the trigger that an order tells of, None where it has none; amounts the nearest."""
    now = kind_of(message.type)
    first = kind_of(getattr(message, "initial_type", ""))
    kind = next((one for one in (first, now) if one and one.sleeps), None)
    if kind is None:
        return None
    at_ticks, is_met = _nearest(market, message.stop_price), now is not None and not now.sleeps
    if not kind.trails:
        return Trigger(at_ticks, _DIRECTIONS[side], is_met=is_met)
    distance = getattr(message, "trailing_stop_amount", _ZERO)
    offset = _nearest(market, getattr(message, "trailing_limit_amount", _ZERO))
    by_part = _amount_word(getattr(message, "trailing_stop_amount_type", "")) == PERCENT
    return Trigger(
        at_ticks, _DIRECTIONS[side],
        trail_ticks=0 if by_part else _nearest(market, distance),
        trail_ppb=numbers.nearest(distance, _PERCENT_SCALE) if by_part else 0,
        limit_offset_ticks=offset if kind.ord_type is OrdType.LIMIT else None, is_met=is_met,
    )  # fmt: skip


def kind_of(word: str | None) -> Kind | None:
    """Return what a type asks for, however it is spelled; None for one that is not offered."""
    return _KINDS.get(tables.TYPE_WORDS.get((word or "").lower(), ""))


def fault(form: m.OrderForm, ord_type: str, market: Instrument) -> str:
    """Return the code of the first thing that is wrong with a form's stop, or nothing."""
    kind = kind_of(ord_type)
    if kind is None or not kind.sleeps:
        return ""
    if not kind.trails:
        return _fault_of(form.stop_price, market, NO_STOP_PRICE)
    starts = form.stop_price or None
    begun = "" if starts is None else _fault_of(starts, market, NO_STOP_PRICE)
    return begun or _trail_fault(form, market) or _offset_fault(form, kind.ord_type, market)


def of_form(form: m.OrderForm, ord_type: str, side: Side, market: Instrument) -> Trigger | None:
    """Return the trigger that a form without a fault asks for, None where its type has none."""
    kind = kind_of(ord_type)
    if kind is None or not kind.sleeps:
        return None
    price_ticks = resolve.steps(numbers.price_ticks, market, form.stop_price)
    if not kind.trails:
        return Trigger(price_ticks, _DIRECTIONS[side])
    steps = _trail_steps(form, market)
    by_part = _amount_word(form.trailing_stop_amount_type) == PERCENT
    offset = resolve.steps(numbers.price_ticks, market, form.trailing_limit_amount)
    return Trigger(
        price_ticks, _DIRECTIONS[side], 0 if by_part else steps, steps if by_part else 0,
        limit_offset_ticks=offset if kind.ord_type is OrdType.LIMIT else None,
    )  # fmt: skip


class NoSuchStop(Exception):
    """A replacement asks for a stop that its order cannot have."""


def of_change(form: m.ModifyOrder, terms: OrderTerms, market: Instrument) -> Trigger | None:
    """
    Return the trigger that a replacement asks for, None where the order keeps its own.

    What is 0, or as it is, changes nothing. A stop that trails begins anew with another distance.
    Raises: NoSuchStop for amounts that its order has not, or that are no prices.
    """
    given = {name: value for name in AMOUNTS if (value := getattr(form, name))}
    if not given:
        return None
    told = shown(terms.trigger, market)
    words = (f"{name}_type" for name in given if name != "stop_price")
    given |= {name: _amount_word(text) for name in words if (text := getattr(form, name))}
    changed = {name: value for name, value in given.items() if value != told[name]}
    if not changed:
        return None
    word, starts = asked_word(terms), changed.get("stop_price")
    trails = terms.trigger is not None and terms.trigger.is_trailing
    whole = structs.replace(form, **(told | changed | ({"stop_price": starts} if trails else {})))
    if not changed.keys() <= _HAS[word] or fault(whole, word, market):
        raise NoSuchStop
    return of_form(whole, word, terms.side, market)


def changing(trigger: Trigger | None, market: Instrument) -> dict[str, Any]:
    """Return the fields that ask for another trigger, as a replacement has them."""
    if trigger is None:
        return {}
    return {name: value for name, value in shown(trigger, market).items() if value}


def limit_follows(terms: OrderTerms) -> bool:
    """Whether the limit of an order follows its stop price."""
    return terms.trigger is not None and terms.trigger.limit_offset_ticks is not None


def _trail_fault(form: m.OrderForm, market: Instrument) -> str:
    amount = form.trailing_stop_amount
    if amount is None or amount <= 0:
        return NO_STOP_PRICE
    is_part = _amount_word(form.trailing_stop_amount_type) == PERCENT
    # All of a price is no distance from it.
    fits = _trail_steps(form, market) and not (is_part and amount >= _WHOLE)
    return "" if fits else OFF_GRID


def _trail_steps(form: m.OrderForm, market: Instrument) -> int:
    by_part = _amount_word(form.trailing_stop_amount_type) == PERCENT
    of: Callable[[Instrument, Decimal], int] = _parts if by_part else numbers.price_ticks
    return resolve.steps(of, market, form.trailing_stop_amount)


def _parts(_: Instrument, percent: Decimal) -> int:
    return numbers.scaled(percent, _PERCENT_SCALE)


def _offset_fault(form: m.OrderForm, ord_type: OrdType, market: Instrument) -> str:
    if ord_type is not OrdType.LIMIT:
        return ""
    if _amount_word(form.trailing_limit_amount_type) == PERCENT:
        return tables.NOT_OFFERED
    if form.trailing_limit_amount == _ZERO:
        return ""
    return _fault_of(form.trailing_limit_amount, market, NO_LIMIT)


def _fault_of(price: Decimal | None, market: Instrument, missing: str) -> str:
    if price is None or price <= 0:
        return missing
    return "" if resolve.steps(numbers.price_ticks, market, price) else OFF_GRID


def _amount_word(text: str | None) -> str:
    # The venue's own word is misspelled.
    return tables.AMOUNT_WORDS.get((text or ABSOLUTE).lower(), ABSOLUTE)


def _nearest(market: Instrument, price: Decimal) -> int:
    return numbers.price_ticks_nearest(market, price)
