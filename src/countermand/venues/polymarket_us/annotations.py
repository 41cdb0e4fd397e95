"""
Annotations: what an order must tell back and the exchange does not know, kept in the order's text.

Shape:  JSON, an array whose end may be missing; empty for an order to buy or sell YES without more.
"""

from msgspec import Struct

from countermand.venues.polymarket_us.tables import Indicator
from countermand.vocabulary.order import Outcome
from countermand.wire.annotations import Annotations


class Annotation(Struct, frozen=True, array_like=True, omit_defaults=True):
    """
    The fields of a request that an order's terms have no place for.

    `slug`, `price` and `quantity` are as they were sent, for an order in an unknown market.
    """

    outcome: Outcome = Outcome.YES
    indicator: Indicator = Indicator.NONE
    slug: str = ""
    price: str = ""
    quantity: str = ""


ANNOTATIONS = Annotations(Annotation)
