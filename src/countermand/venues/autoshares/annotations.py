"""
Annotations: what an order must tell back and the exchange does not know, kept in its `text`.

Shape:  a JSON object without what is empty; an empty text for an order with nothing to add.
"""

from decimal import Decimal

from msgspec import Struct

from countermand.venues.autoshares.messages.orders import Leg
from countermand.wire.annotations import Annotations


class Notes(Struct, frozen=True, omit_defaults=True):
    """
    The parts of a request that the exchange's terms have no field for.

    Shape:  `tif` where the venue's word differs from the exchange's; `fault` is the validators'
            code. With a fault, or an unknown symbol, the terms are kept here as they were sent,
            because they fit no market's grid. The first leg of a parent keeps what is to be told
            of that.
    """

    client_id: str = ""
    orig_client_id: str = ""
    comment: str = ""
    exchange: str = ""
    hours: str = ""
    tif: str = ""
    instructions: dict[str, str] = {}
    fault: str = ""
    symbol: str = ""
    type: str = ""
    quantity: Decimal = Decimal(0)
    price: Decimal = Decimal(0)
    stop_price: Decimal = Decimal(0)
    expire_date: str = ""
    exec_inst: str = ""
    trailing_stop_amount_type: str = ""
    trailing_stop_amount: Decimal = Decimal(0)
    trailing_limit_amount_type: str = ""
    trailing_limit_amount: Decimal = Decimal(0)
    legs: list[Leg] = []
    parent_client_id: str = ""
    parent_comment: str = ""


_NOTES = Annotations(Notes)
write, read = _NOTES.write, _NOTES.read
