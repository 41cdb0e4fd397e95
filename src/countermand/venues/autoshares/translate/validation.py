"""
Validation: what ETNA's validators find wrong with an order form, as their codes.

An order with a fault is an order nonetheless: it is answered like any other, and is Rejected when
it is looked at. What needs the book, the money or the position is the exchange's to say.

Source: ETNA manual, "Order validation" (codes), "Place order" (that a bad order gets a 200). The
        order of the rungs, and `InvalidOrderType` for what is not offered here, which only the
        vendor's newer pages name, are our proposals.
"""

from collections.abc import Callable
from decimal import Decimal

from msgspec import Struct

from countermand.venues.autoshares import tables
from countermand.venues.autoshares.messages.orders import CreateOrder
from countermand.venues.autoshares.translate import resolve
from countermand.vocabulary.instrument import Instrument
from countermand.wire.errors import InvalidField

NOT_OFFERED = "InvalidOrderType"
ALL_OR_NONE_MIN = 2

_TYPES = (*(text for _, text in tables.ORD_TYPES.rows), *tables.OTHER_TYPES, *tables.TYPE_ALIASES)
_TIFS = (
    *(text for _, text in tables.TIMES_IN_FORCE.rows),
    *tables.OTHER_TIMES_IN_FORCE,
    *tables.TIF_ALIASES,
)
_SIDES = tuple(text for _, text in tables.SIDES.rows)
_HOURS = (*tables.EXTENDED_HOURS, *tables.HOURS_ALIASES)
_REGULAR = ("", "REG")


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

    Raises: MissingField without a type or a side; InvalidField for a word the venue does not have.
    """
    return Words(
        type_word(resolve.required_word("Type", form.type, _TYPES)),
        resolve.required_word("Side", form.side, _SIDES),
        tif_word(form.time_inforce or "Day"),
        hours_word(form.extended_hours or ""),
        resolve.word("ExecInst", form.exec_inst or "None", tables.EXEC_INSTS),
    )


def type_word(text: str) -> str:
    """Return an order type as the venue answers it. Raises InvalidField."""
    known = resolve.word("Type", text, _TYPES)
    return tables.TYPE_ALIASES.get(known, known)


def tif_word(text: str) -> str:
    """Return a time in force as the venue answers it. Raises InvalidField."""
    known = resolve.word("TimeInForce", text, _TIFS)
    return tables.TIF_ALIASES.get(known, known)


def hours_word(text: str) -> str:
    """Return the hours an order is good in. Raises InvalidField with ETNA's own sentence."""
    if not text:
        return ""
    try:
        known = resolve.word("ExtendedHours", text, _HOURS)
    except InvalidField:
        sentence = f"Invalid trading session. Must be PRE, POST or ALL, but was {text}"
        raise InvalidField("ExtendedHours", sentence) from None
    return tables.HOURS_ALIASES.get(known, known)


def fault(form: CreateOrder, said: Words, instrument: Instrument) -> str:
    """Return the code of the first thing that is wrong with an order's form, or nothing."""
    for rung in _LADDER:
        if code := rung(form, said, instrument):
            return code
    return ""


def price_fault(instrument: Instrument, price: Decimal | None) -> str:
    """Return what is wrong with a limit price, or nothing."""
    if price is None or price <= 0:
        return "LimitPriceUndefined"
    return "" if resolve.price_ticks(instrument, price) else "PricePrecisionIsOutOfRange"


def _type_fault(form: CreateOrder, said: Words, instrument: Instrument) -> str:
    if said.type in tables.STOP_TYPES and not form.stop_price:
        return "StopPriceUndefined"
    if said.type == "StopLimit" and not form.price:
        return "LimitPriceUndefined"
    return NOT_OFFERED if form.legs or said.type in tables.OTHER_TYPES else ""


def _quantity_fault(form: CreateOrder, said: Words, instrument: Instrument) -> str:
    quantity = form.quantity
    if quantity is None or quantity <= 0 or resolve.qty_lots(instrument, quantity) is None:
        return "IncorrectOrderQuantity"
    short = said.exec_inst == "AllOrNone" and quantity < ALL_OR_NONE_MIN
    return "AonOrderQuantity" if short else ""


def _price_fault(form: CreateOrder, said: Words, instrument: Instrument) -> str:
    return price_fault(instrument, form.price) if said.type == "Limit" else ""


def _instruction_fault(form: CreateOrder, said: Words, instrument: Instrument) -> str:
    return "" if said.exec_inst in ("None", "AllOrNone") else NOT_OFFERED


def _time_fault(form: CreateOrder, said: Words, instrument: Instrument) -> str:
    is_market = said.type == "Market"
    if is_market and said.tif == "GoodTillCancel":
        return "MarketOrderIsGtc"
    if said.tif in tables.OTHER_TIMES_IN_FORCE or (is_market and said.tif == "GoodTillDate"):
        return "IncorrectTimeInForce"
    if said.tif == "GoodTillDate" and not form.expire_date:
        return "InvalidOrderExpiration"
    return ""


def _hours_fault(form: CreateOrder, said: Words, instrument: Instrument) -> str:
    outside = said.hours not in _REGULAR and said.type != "Limit"
    return "ExtendedHoursOnlyLimitOrders" if outside else ""


_Rung = Callable[[CreateOrder, Words, Instrument], str]

_LADDER: tuple[_Rung, ...] = (
    _type_fault,
    _quantity_fault,
    _price_fault,
    _instruction_fault,
    _time_fault,
    _hours_fault,
)
