"""
Validation: what ETNA's validators find wrong with an order form, as their codes.

An order with a fault is an order nonetheless: it is answered like any other, and is Rejected when
it is looked at. What needs the book, the money or the position is the exchange's to say.

Source: ETNA manual, "Order validation" (codes), "Place order" (that a bad order gets a 200). The
        order of the checks is our proposal.
"""

from msgspec import Struct

from countermand.venues.autoshares import resolve, stops, tables
from countermand.venues.autoshares.messages.orders import CreateOrder, OrderForm
from countermand.venues.autoshares.settings import AutosharesSettings
from countermand.venues.autoshares.tables import NOT_OFFERED
from countermand.vocabulary.instrument import Instrument
from countermand.wire import numbers
from countermand.wire.errors import InvalidField

ALL_OR_NONE_MIN = 2
# How a parent without a side is told.
NO_SIDE = "Buy"


class Words(Struct, frozen=True):
    """The words of a form, each in the spelling the venue answers with; empty: not given."""

    type: str
    side: str
    tif: str
    hours: str
    exec_inst: str


def words(form: CreateOrder) -> Words:
    """
    Return the words of a form; an order is for the day unless it says otherwise.

    A parent of legs may be without a side.
    Raises: MissingField without a type or a side; InvalidField for a word the venue does not have.
    """
    ord_type = resolve.word("Type", form.type, tables.TYPE_WORDS)
    check_amount_types(form)
    side = form.side or (NO_SIDE if _is_parent(form, ord_type) else None)
    return Words(
        ord_type,
        resolve.word("Side", side, tables.SIDE_WORDS),
        resolve.word("TimeInForce", form.time_inforce or "Day", tables.TIF_WORDS),
        hours_word(form.extended_hours),
        resolve.word("ExecInst", form.exec_inst or "None", tables.INST_WORDS),
    )


def check_amount_types(form: OrderForm) -> None:
    """Raise InvalidField for amounts of a trailing stop in something the venue does not have."""
    for name, text in (
        ("TrailingStopAmountType", form.trailing_stop_amount_type),
        ("TrailingLimitAmountType", form.trailing_limit_amount_type),
    ):
        if text:
            resolve.word(name, text, tables.AMOUNT_WORDS)


def hours_word(text: str | None) -> str:
    """Return the hours an order is good in. Raises InvalidField with ETNA's own sentence."""
    if not text:
        return ""
    if (known := tables.HOURS_WORDS.get(text.lower())) is None:
        sentence = f"Invalid trading session. Must be PRE, POST or ALL, but was {text}"
        raise InvalidField("ExtendedHours", sentence)
    return known


def fault(
    form: CreateOrder, said: Words, market: Instrument | None, settings: AutosharesSettings
) -> str:
    """
    Return the code of the first thing that is wrong with an order's form, or nothing.

    An unknown symbol is a fault, except in the parent of legs, which needs none.
    """
    if _is_parent(form, said.type):
        return NOT_OFFERED
    if market is None:
        return ""
    return (
        (NOT_OFFERED if said.type in tables.OTHER_TYPES else "")
        or _quantity_fault(form, said, market)
        or stops.fault(form, said.type, market)
        or _price_fault(form, said, market)
        or ("" if said.exec_inst in ("None", "AllOrNone") else NOT_OFFERED)
        or _time_fault(form, said, settings)
    )


def _is_parent(form: CreateOrder, ord_type: str) -> bool:
    return bool(form.legs) or ord_type in tables.PARENT_TYPES


def _quantity_fault(form: CreateOrder, said: Words, market: Instrument) -> str:
    if form.quantity is None or not resolve.steps(numbers.qty_lots, market, form.quantity):
        return "IncorrectOrderQuantity"
    short = said.exec_inst == "AllOrNone" and form.quantity < ALL_OR_NONE_MIN
    return "AonOrderQuantity" if short else ""


def _price_fault(form: CreateOrder, said: Words, market: Instrument) -> str:
    if said.type not in ("Limit", "StopLimit"):
        return ""
    if form.price is None or form.price <= 0:
        return "LimitPriceUndefined"
    ticks = resolve.steps(numbers.price_ticks, market, form.price)
    return "" if ticks else "PricePrecisionIsOutOfRange"


def _time_fault(form: CreateOrder, said: Words, settings: AutosharesSettings) -> str:
    is_market, strict = said.type == "Market", settings.strict_market_orders
    if is_market and strict and said.tif == "GoodTillCancel":
        return "MarketOrderIsGtc"
    if said.tif in tables.OTHER_TIMES_IN_FORCE or (is_market and said.tif == "GoodTillDate"):
        return "IncorrectTimeInForce"
    if said.tif == "GoodTillDate" and not form.expire_date:
        return "InvalidOrderExpiration"
    outside = said.hours not in ("", "REG") and is_market
    return "ExtendedHoursOnlyLimitOrders" if outside and strict else ""
