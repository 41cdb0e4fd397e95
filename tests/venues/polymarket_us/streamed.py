"""How this venue streams a book: what opens it, and what its frames come to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.venues.desk import Desk
from tests.venues.ear import Ear

Levels = list[tuple[Decimal, Decimal]]

# A frame has every level there can be.
LEVELS_MAX = 1000


async def open_book(desk: Desk, symbol: str) -> Ear:
    """Open a stream of a market's book."""
    ear = await Ear.open(desk, "/v1/ws/markets")
    kind = "SUBSCRIPTION_TYPE_MARKET_DATA"
    ear.send({"subscribe": {"requestId": "b", "subscriptionType": kind, "marketSlugs": [symbol]}})
    return ear


def fold(frames: list[Any]) -> tuple[Levels, Levels]:
    """Return the bids and the asks after all that was told: each frame is the whole book."""
    last = frames[-1]["marketData"]
    bids, asks = (
        [(Decimal(level["px"]["value"]), Decimal(level["qty"])) for level in last[side]]
        for side in ("bids", "offers")
    )
    return bids, asks
