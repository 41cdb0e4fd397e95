"""
Annotations: what an order must tell back and the exchange does not know, kept in the order's text.

What an order is for is exact here; on the exchange it is rounded to the market's grid, in its
owner's favor.
"""

from msgspec import Struct

from countermand.venues.loopring.tables import AMM, AMM_POOL, LIMIT_ORDER, MIXED, TAKER_ONLY
from countermand.vocabulary.order import Side
from countermand.wire.annotations import Annotations


class Annotation(Struct, frozen=True, array_like=True):
    """
    The terms of an order as it was signed.

    Units: volumes in the tokens' smallest units; `valid_until_s` in seconds since the Unix epoch.
    """

    storage_id: int
    sell_volume: int
    buy_volume: int
    valid_until_s: int
    max_fee_bips: int
    fill_amount_b_or_s: bool
    order_type: str = LIMIT_ORDER
    trade_channel: str = MIXED

    @property
    def takes(self) -> bool:
        """Whether what does not trade at once is canceled; a swap does where there is no pool."""
        return self.order_type in (TAKER_ONLY, AMM) or self.trade_channel == AMM_POOL

    def volumes(self, side: Side) -> tuple[int, int]:
        """Return the volumes of base and quote."""
        sold, bought = self.sell_volume, self.buy_volume
        return (bought, sold) if side is Side.BUY else (sold, bought)

    def ends_at_base(self, side: Side) -> bool:
        """Whether the order is done when its amount of base is; else it is the quote's."""
        return self.fill_amount_b_or_s is (side is Side.BUY)


ANNOTATIONS = Annotations(Annotation)
