"""How this venue streams a book: what opens it, and what its frames come to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.venues.desk import Desk
from tests.venues.ear import Ear

from countermand.venues.coinbase_intx.auth import canonical_stream
from countermand.venues.coinbase_intx.credential import IntxCredential
from countermand.wire import crypto, times

Levels = list[tuple[Decimal, Decimal]]

# A frame has so many levels a side, or changes of so many.
LEVELS_MAX = 50


def signed(desk: Desk, *channels: str, products: tuple[str, ...] = (), **changes: Any) -> Any:
    """Return a subscription, signed as alice."""
    held = desk.credential()
    assert isinstance(held, IntxCredential)
    stamp = times.seconds_text(desk.clock.now_ns())
    message = canonical_stream(held, stamp.encode())
    return {
        "type": "SUBSCRIBE",
        "channels": list(channels),
        "product_ids": list(products),
        "time": stamp,
        "key": held.key,
        "passphrase": held.passphrase,
        "signature": crypto.hmac_sha256_base64(held.secret, message).decode(),
    } | changes


async def open_book(desk: Desk, symbol: str) -> Ear:
    """Open a stream of a market's book."""
    ear = await Ear.open(desk, "/", owner=None)
    ear.send(signed(desk, "LEVEL2", products=(symbol,)))
    return ear


def fold(frames: list[Any]) -> tuple[Levels, Levels]:
    """Return the bids and the asks after all that was told: a snapshot, then changes."""
    books: dict[str, dict[Decimal, Decimal]] = {"BUY": {}, "SELL": {}}
    for frame in frames:
        if frame["channel"] != "LEVEL2":
            continue
        sides = (("BUY", frame.get("bids", ())), ("SELL", frame.get("asks", ())))
        changes = [(side, *level) for side, levels in sides for level in levels]
        for side, price, size in changes + frame.get("changes", []):
            books[side][Decimal(price)] = Decimal(size)
    bids, asks = ([level for level in books[side].items() if level[1]] for side in books)
    return sorted(bids, reverse=True), sorted(asks)
