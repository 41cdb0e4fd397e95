"""
Remarks: what an order must tell back and the exchange does not know, kept in the order's `text`.

Shape:  JSON, an array whose end may be missing; empty for an order to buy or sell YES without more.
"""

from functools import lru_cache

import msgspec
from msgspec import Struct

from countermand.venues.polymarket_us.tables import Indicator, Outcome


class Remarks(Struct, frozen=True, array_like=True, omit_defaults=True):
    """
    What a request said besides its terms.

    `slug`, `price` and `quantity` are as they were sent, for an order in a market nobody knows.
    """

    outcome: Outcome = Outcome.YES
    indicator: Indicator = Indicator.NONE
    slug: str = ""
    price: str = ""
    quantity: str = ""


_NONE = Remarks()
_decode = msgspec.json.Decoder(Remarks).decode


def remarks_text(remarks: Remarks) -> str:
    """Return what the exchange shall keep."""
    if remarks == _NONE:
        return ""
    return msgspec.json.encode(remarks).decode()


@lru_cache(maxsize=4096)
def parse_remarks(text: str) -> Remarks:
    """Return what was kept. Raises ValueError for a text of another dialect."""
    if not text:
        return _NONE
    return _decode(text)
