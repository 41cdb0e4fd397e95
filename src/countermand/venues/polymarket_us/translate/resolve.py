"""From spelled names to things: the key's account, markets, prices, quantities, times."""

import re
from collections.abc import Callable, Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import TypeVar

from countermand.venues.polymarket_us import ids
from countermand.venues.polymarket_us.messages.money import CURRENCY, Amount
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.reasons import CxlRejReason, CxlRejResponseTo
from countermand.wire import numbers, times
from countermand.wire.context import Context as WireContext
from countermand.wire.errors import (
    CancelRefused,
    InvalidField,
    MissingField,
    NotExpressible,
    NotFound,
    Unauthorized,
)

Form = TypeVar("Form")
Made = TypeVar("Made")

NAME = "polymarket-us"

# What a market nobody knows may be called; it is kept with the order that was refused.
SLUG_CHARACTERS_MAX = 256

_PLAIN = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?")
_DOWN = Context(prec=2 * numbers.DIGITS_MAX, rounding=ROUND_FLOOR)
_UP = Context(prec=2 * numbers.DIGITS_MAX, rounding=ROUND_CEILING)


def each(forms: Iterable[Form], make: Callable[[Form], Made]) -> tuple[Made, ...]:
    """
    Return what is made of every entry of a batch.

    Raises: MissingField, InvalidField that say which entry is at fault.
    """
    return tuple([_entry(at, form, make) for at, form in enumerate(forms)])


def _entry(at: int, form: Form, make: Callable[[Form], Made]) -> Made:
    try:
        return make(form)
    except MissingField as missing:
        raise MissingField(f"orders[{at}].{missing.name}") from None
    except InvalidField as invalid:
        name = f"orders[{at}].{invalid.name}"
        raise InvalidField(name, invalid.text.replace(invalid.name, name, 1)) from None


def account(ctx: WireContext) -> AccountId:
    """
    Return the account of the key: its user's default one, or the first.

    Raises: Unauthorized when nobody is proven, NotFound when the user has none.
    """
    if ctx.principal is None:
        raise Unauthorized("missing authentication headers")
    accounts = tuple(ctx.directory.accounts_of(ctx.principal.owner))
    if not accounts:
        raise NotFound("Account not found")
    return next((a for a in accounts if a.is_default), accounts[0]).account_id


def check_own(account_id: AccountId, ctx: WireContext) -> None:
    """See that a command is about the key's account. Raises NotExpressible for another."""
    if account_id != account(ctx):
        raise NotExpressible("another account than the key's")


def required_slug(text: str | None) -> str:
    """Return the slug of a request. Raises MissingField, InvalidField when it cannot be one."""
    if not text:
        raise MissingField("marketSlug")
    if len(text) > SLUG_CHARACTERS_MAX:
        raise InvalidField("marketSlug", "invalid marketSlug: is too long")
    return text


def market_of_order(text: str | None, to: CxlRejResponseTo, ctx: WireContext) -> Instrument:
    """Return the market an order shall be in. Raises MissingField; CancelRefused if unknown."""
    known = ctx.directory.instrument_by_symbol(required_slug(text))
    if known is None:
        raise CancelRefused(CxlRejReason.UNKNOWN_ORDER, None, to)
    return known


def order_id(text: str, to: CxlRejResponseTo) -> OrderId:
    """Return the order id a path spells. Raises CancelRefused when it is none."""
    if (known := ids.parse_order(text)) is None:
        raise CancelRefused(CxlRejReason.UNKNOWN_ORDER, None, to)
    return known


def amount(name: str, given: Amount) -> Decimal:
    """Return the number of an amount of dollars. Raises InvalidField for anything else."""
    if given.currency != CURRENCY:
        raise InvalidField(f"{name}.currency", f"invalid {name}.currency: must be {CURRENCY}")
    if not _PLAIN.fullmatch(given.value):
        raise InvalidField(f"{name}.value", f"invalid {name}.value: must be a plain number")
    return Decimal(given.value)


def price_ticks(name: str, value: Decimal, known: Instrument) -> int:
    """Return a price in ticks, floored as the venue does. Raises InvalidField beyond all bounds."""
    return _floored(name, value, known.price_scale, known.tick_units)


def price_ticks_up(name: str, value: Decimal, known: Instrument) -> int:
    """Return a price in ticks, the next higher one. Raises as `price_ticks` does."""
    return _steps(name, value, known.price_scale, known.tick_units, _UP)


def qty_lots(name: str, value: Decimal, known: Instrument) -> int:
    """Return a quantity in lots, floored as the venue does. Raises as `price_ticks` does."""
    return _floored(name, value, known.qty_scale, known.lot_units)


def cash_minor(name: str, value: Decimal, scale: int) -> int:
    """Return an amount of money in minor units, floored. Raises as `price_ticks` does."""
    return _floored(name, value, scale, 1)


def is_reasonable(value: Decimal) -> bool:
    """Whether a number is one that an amount could be, so that working with it costs little."""
    if not value.is_finite() or abs(value.adjusted()) > numbers.DIGITS_MAX:
        return False
    return len(value.as_tuple().digits) <= 2 * numbers.DIGITS_MAX


def instant(name: str, text: str) -> int:
    """Return a time of a request in nanoseconds. Raises InvalidField when it is none."""
    try:
        return times.parse_iso(text)
    except ValueError as error:
        raise InvalidField(name, f"invalid {name}: {error}") from None


def _floored(name: str, value: Decimal, scale: int, units: int) -> int:
    return _steps(name, value, scale, units, _DOWN)


def _steps(name: str, value: Decimal, scale: int, units: int, way: Context) -> int:
    if is_reasonable(value):
        exact = way.divide(way.scaleb(value, scale), Decimal(units))
        steps = int(way.to_integral_value(exact))
        if abs(steps) <= numbers.STEPS_MAX:
            return steps
    raise InvalidField(name, f"invalid {name}: is no amount")
