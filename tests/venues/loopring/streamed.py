"""How this venue streams a book: what opens it, and what its frames come to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.venues.desk import Desk
from tests.venues.ear import Ear
from tests.venues.loopring.floor import Floor

from countermand.venues.loopring.ws_keys import key_text
from countermand.wire import times

Levels = list[tuple[Decimal, Decimal]]

# A frame has so many slots a side, or changes of so many.
LEVELS_MAX = 50


def socket(desk: Desk, version: str = "v3") -> str:
    """Return the path of a socket, with a key."""
    return f"/{version}/ws?wsApiKey={key_text(desk.clock.now_ns() // times.MS)}"


async def open_book(desk: Desk, symbol: str) -> Ear:
    """Open a stream of a market's book."""
    ear = await Ear.open(desk, socket(desk), owner=None)
    ear.send({"op": "sub", "topics": [{"topic": "orderbook", "market": symbol, "level": 0}]})
    return ear


def fold(frames: list[Any]) -> tuple[Levels, Levels]:
    """Return the bids and the asks after all that was told: sizes by price, 0 is gone."""
    books: dict[str, dict[Decimal, Decimal]] = {"bids": {}, "asks": {}}
    version = 0
    for frame in frames:
        if "op" in frame:
            continue
        assert frame["startVersion"] == version + 1 <= frame["endVersion"]
        version = frame["endVersion"]
        for side, slots in frame["data"].items():
            for price, size, *_ in slots:
                books[side][Decimal(price)] = Decimal(size)
    bids, asks = ([level for level in side.items() if level[1]] for side in books.values())
    return sorted(bids, reverse=True), sorted(asks)


def levels(desk: Desk, symbol: str) -> tuple[Levels, Levels]:
    """Return the book as REST shows it: prices brought together, in smallest units."""
    told = Floor(desk).told("/depth", f"market={symbol}&level=0&limit={LEVELS_MAX}")
    bids, asks = (
        [(Decimal(slot[0]), Decimal(slot[1])) for slot in told[side]] for side in ("bids", "asks")
    )
    return bids, asks
