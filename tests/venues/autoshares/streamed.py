"""How this venue streams a book: its top, and what its frames come to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.venues.desk import Desk
from tests.venues.ear import Ear

Levels = list[tuple[Decimal, Decimal]]

# There is no depth, only a quote.
LEVELS_MAX = 1


def login(owner: str = "alice") -> str:
    """Return the path of the streamer, with a user's login."""
    return (
        f"/CreateSession.txt?User={owner}&Password={owner}-demo-password&HttpClientType=WebSocket"
    )


async def open_book(desk: Desk, symbol: str) -> Ear:
    """Open a stream of a market's quote."""
    ear = await Ear.open(desk, login(), owner=None)
    [opened] = await ear.heard()
    one = desk.directory.instrument_by_symbol(symbol)
    assert one is not None
    ear.send({
        "Cmd": "Subscribe.txt", "SessionId": opened["SessionId"], "Keys": str(one.instrument_id),
        "EntityType": "Quote", "HttpClientType": "WebSocket",
    })  # fmt: skip
    return ear


def fold(frames: list[Any]) -> tuple[Levels, Levels]:
    """Return the best bid and ask after all that was told: each frame is a whole quote."""
    last = [frame for frame in frames if frame.get("EntityType") == "Quote" and "Bid" in frame][-1]
    bids, asks = (
        [(Decimal(last[side]), Decimal(last[f"{side}Size"]))] if Decimal(last[side]) else []
        for side in ("Bid", "Ask")
    )
    return bids, asks
