"""
Remarks: what an order must tell back and the exchange does not know, kept in the order's `text`.

Shape:  a JSON object without what is empty; an empty text for an order with nothing to add.
"""

from decimal import Decimal
from functools import lru_cache

import msgspec
from msgspec import Struct


class Remarks(Struct, frozen=True, omit_defaults=True):
    """
    What a request said besides the terms the exchange keeps.

    Shape:  `tif` where it is another word than the exchange's; `fault` is the code of what the
            validators found, and then, as for a symbol nobody knows, the terms are here as they
            were sent, because no market's grid fits them.
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


_NONE = Remarks()
_decode = msgspec.json.Decoder(Remarks).decode


def remarks_text(remarks: Remarks) -> str:
    """Return what the exchange shall keep."""
    return "" if remarks == _NONE else msgspec.json.encode(remarks).decode()


@lru_cache(maxsize=4096)
def parse_remarks(text: str) -> Remarks:
    """Return what was kept. Raises ValueError for a text of another dialect."""
    return _decode(text) if text else _NONE
