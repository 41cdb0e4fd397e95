"""How this venue streams a book: what opens it, and what its frames come to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.venues.desk import Desk
from tests.venues.ear import Ear

Levels = list[tuple[Decimal, Decimal]]

# A frame has so many levels a side.
LEVELS_MAX = 50


async def open_book(desk: Desk, symbol: str) -> Ear:
    """Open a stream of a market's book."""
    return await Ear.open(desk, f"/market/depth/{symbol}", owner=None)


def fold(frames: list[Any]) -> tuple[Levels, Levels]:
    """Return the bids and the asks after all that was told: each frame is the whole book."""
    bids, asks = (
        [(Decimal(str(level["price"])), Decimal(str(level["quantity"]))) for level in levels]
        for levels in (frames[-1]["bids"], frames[-1]["asks"])
    )
    return bids, asks
