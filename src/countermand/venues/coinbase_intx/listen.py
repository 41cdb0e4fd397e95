"""
Listening: our client's end of a market's book. The venue streams nothing of orders.

Source: as in `streams.py`; hosts: INTX WebSocket documentation, "Overview".
"""

from collections.abc import Generator, Iterator
from decimal import Decimal
from typing import Any

import msgspec

from countermand.venues.coinbase_intx.auth import canonical_stream
from countermand.venues.coinbase_intx.credential import IntxCredential
from countermand.venues.coinbase_intx.messages import streams as m
from countermand.venues.coinbase_intx.settings import Ctx
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import Side
from countermand.vocabulary.reports import DepthReport
from countermand.wire import codec, crypto, numbers, times
from countermand.wire.conversation import Step
from countermand.wire.credential import Credential
from countermand.wire.http import Request
from countermand.wire.listening import BookHeard, Denied, Heard, Listening
from countermand.wire.stream import Message

_BUY, _SELL = Side.BUY.name, Side.SELL.name


class _Frame(msgspec.Struct, frozen=True):
    channel: str = ""
    type: str = ""
    reason: str = ""
    bids: list[m.Level] = []
    asks: list[m.Level] = []
    changes: list[m.Change] = []


_decode = msgspec.json.Decoder(_Frame).decode


def listen_book(
    market: Instrument, credential: Credential, ctx: Ctx
) -> Generator[Step, Any, Listening]:
    """Open the feed for one book."""
    yield from ()
    assert isinstance(credential, IntxCredential)  # noqa: S101  (of the venue's own)
    stamp = times.seconds_text(ctx.now_ns)
    signed = canonical_stream(credential, stamp.encode())
    asked = m.Asked(
        "SUBSCRIBE",
        ["LEVEL2"],
        [market.symbol],
        stamp,
        credential.key,
        credential.passphrase,
        crypto.hmac_sha256_base64(credential.secret, signed).decode(),
    )
    return Listening(Request("GET", b"/"), _Book(market).hear, (codec.encode(asked).decode(),))


class _Book:
    # A book, folded from a snapshot and the changes after it.

    def __init__(self, one: Instrument) -> None:
        self._one = one
        self._sides: dict[str, dict[int, int]] = {_BUY: {}, _SELL: {}}

    def hear(self, message: Message, ctx: Ctx) -> Iterator[Heard]:
        frame = _decode(message)
        if frame.type == "REJECT":
            yield Denied(frame.reason)
        if frame.channel != "LEVEL2":
            return
        if frame.type == "SNAPSHOT":
            self._sides = {_BUY: {}, _SELL: {}}
        every = [(_BUY, *level) for level in frame.bids] + [(_SELL, *level) for level in frame.asks]
        for side, price, size in every + frame.changes:
            self._put(side, numbers.price_ticks(self._one, Decimal(price)), Decimal(size))
        yield BookHeard(self._depth())

    def _put(self, side: str, ticks: int, size: Decimal) -> None:
        self._sides[side].pop(ticks, None)
        if size:
            self._sides[side][ticks] = numbers.qty_lots(self._one, size)

    def _depth(self) -> DepthReport:
        bids, asks = self._sides[_BUY], self._sides[_SELL]
        best = tuple(sorted(bids.items(), reverse=True)), tuple(sorted(asks.items()))
        return DepthReport(self._one.instrument_id, *best)
