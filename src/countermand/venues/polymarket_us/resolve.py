"""From spelled names to things: the key's account, markets, prices and quantities."""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import TypeVar

from countermand.venues.polymarket_us import ids
from countermand.venues.polymarket_us.errors import GENERIC
from countermand.venues.polymarket_us.messages import orders
from countermand.venues.polymarket_us.messages.shared import CURRENCY, Amount
from countermand.venues.polymarket_us.settings import Ctx
from countermand.vocabulary.ids import AccountId, InstrumentId, OrderId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.reasons import CxlRejReason, CxlRejResponseTo
from countermand.wire import asks, numbers
from countermand.wire.errors import CancelRefused, InvalidField, MissingField, NotFound
from countermand.wire.fields import invalid

Form = TypeVar("Form")
Made = TypeVar("Made")

# How long the name of an unknown market may be; it is kept with the order that was refused.
SLUG_CHARACTERS_MAX = 256

_PLAIN = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?")

# The venue floors an amount that is finer than its steps.
DOWN = Context(prec=2 * numbers.DIGITS_MAX, rounding=ROUND_FLOOR)
UP = Context(prec=2 * numbers.DIGITS_MAX, rounding=ROUND_CEILING)


def each(forms: Iterable[Form], make: Callable[[Form], Made]) -> tuple[Made, ...]:
    """
    Return what is made of the entries of a batch; one of an unknown order is left out.

    Raises: MissingField, InvalidField that say which entry is at fault.
    """
    made = []
    for at, form in enumerate(forms):
        with suppress(CancelRefused):
            made.append(_entry(at, form, make))
    return tuple(made)


def _entry(at: int, form: Form, make: Callable[[Form], Made]) -> Made:
    try:
        return make(form)
    except MissingField as missing:
        raise MissingField(f"orders[{at}].{missing.name}") from None
    except InvalidField as error:
        name = f"orders[{at}].{error.name}"
        raise InvalidField(name, error.text.replace(error.name, name, 1)) from None


def account(ctx: Ctx) -> AccountId:
    """Return the key's account. Raises NotFound when its user has none."""
    if (known := asks.default_account(ctx)) is None:
        raise NotFound("Account not found")
    return known.account_id


def market(slug: str, ctx: Ctx) -> Instrument:
    """Return the market of that slug. Raises NotFound."""
    if (known := ctx.directory.instrument_by_symbol(slug)) is None:
        raise NotFound(GENERIC)
    return known


def markets(slugs: list[str] | None, ctx: Ctx) -> tuple[InstrumentId, ...] | None:
    """Return the known ones of the markets named; None when none is named, which is all."""
    if not slugs:
        return None
    known = map(ctx.directory.instrument_by_symbol, slugs)
    return tuple(dict.fromkeys(one.instrument_id for one in known if one is not None))


def slugs(instrument_ids: tuple[InstrumentId, ...] | None, ctx: Ctx) -> list[str]:
    """Return the slugs of markets; no list means any."""
    return [ctx.directory.instruments[known].symbol for known in instrument_ids or ()]


def required_slug(text: str | None) -> str:
    """Return the slug of a request. Raises MissingField, InvalidField when it cannot be one."""
    if not text:
        raise MissingField("marketSlug")
    if len(text) > SLUG_CHARACTERS_MAX:
        raise invalid("marketSlug", "is too long")
    return text


def order_in_market(
    message: orders.CancelOrder | orders.ModifyOrder, to: CxlRejResponseTo, ctx: Ctx
) -> tuple[Instrument, OrderId]:
    """Return the market and the id of the order named. Raises MissingField; CancelRefused."""
    known = ctx.directory.instrument_by_symbol(required_slug(message.market_slug))
    order_id = order(message.order_id, to, ctx)
    if known is None:
        raise CancelRefused(CxlRejReason.UNKNOWN_ORDER, None, to)
    return known, order_id


def order(text: str, to: CxlRejResponseTo, ctx: Ctx) -> OrderId:
    """Return the id of the order named. Raises CancelRefused when there is no such order."""
    if (order_id := ids.parse_order(text, ctx.read_id)) is None:
        raise CancelRefused(CxlRejReason.UNKNOWN_ORDER, None, to)
    return order_id


def amount(name: str, given: Amount) -> Decimal:
    """Return the number of an amount of dollars. Raises InvalidField for anything else."""
    if given.currency != CURRENCY:
        raise invalid(f"{name}.currency", f"must be {CURRENCY}")
    if not _PLAIN.fullmatch(given.value):
        raise invalid(f"{name}.value", "must be a plain number")
    return Decimal(given.value)


def price_ticks(name: str, value: Decimal, known: Instrument, way: Context = DOWN) -> int:
    """Return a price in ticks. Raises InvalidField beyond all bounds."""
    return steps(name, value, known.price_scale, known.tick_units, way)


def qty_lots(name: str, value: Decimal, known: Instrument) -> int:
    """Return a quantity in lots. Raises InvalidField beyond all bounds."""
    return steps(name, value, known.qty_scale, known.lot_units)


def steps(name: str, value: Decimal, scale: int, units: int = 1, way: Context = DOWN) -> int:
    """Return a number as steps of `units` of `10**-scale`. Raises InvalidField beyond bounds."""
    exact = way.divide(way.scaleb(reasonable(value, name), scale), Decimal(units))
    whole = int(way.to_integral_value(exact))
    if abs(whole) > numbers.STEPS_MAX:
        raise invalid(name, "is no amount")
    return whole


def reasonable(value: Decimal, name: str = "quantity") -> Decimal:
    """Return a number that costs little to work with. Raises InvalidField for any other."""
    large = not value.is_finite() or abs(value.adjusted()) > numbers.DIGITS_MAX
    if large or len(value.as_tuple().digits) > 2 * numbers.DIGITS_MAX:
        raise invalid(name, "is no amount")
    return value
