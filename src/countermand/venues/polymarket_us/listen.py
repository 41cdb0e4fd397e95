"""
Listening: our client's end of both sockets.

Source: as in `streams.py`; the hosts are those of the API.
"""

from collections.abc import Generator, Iterator, Sequence
from typing import Any

import msgspec

from countermand.venues.polymarket_us.auth import PolymarketAuth
from countermand.venues.polymarket_us.credential import PolymarketCredential
from countermand.venues.polymarket_us.depth import read_levels
from countermand.venues.polymarket_us.messages import markets as k
from countermand.venues.polymarket_us.messages import orders as o
from countermand.venues.polymarket_us.messages import streams as m
from countermand.venues.polymarket_us.settings import Ctx
from countermand.venues.polymarket_us.show import read_order
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.reports import DepthReport
from countermand.wire import codec
from countermand.wire.conversation import Step
from countermand.wire.credential import Credential
from countermand.wire.http import Request
from countermand.wire.listening import BookHeard, Denied, Heard, Listening, OrderHeard
from countermand.wire.reading import market_of
from countermand.wire.stream import Message

_AUTH = PolymarketAuth()
_NOTHING = msgspec.Raw()


class _Execution(msgspec.Struct, frozen=True):
    order: msgspec.Raw


class _Update(msgspec.Struct, frozen=True):
    execution: _Execution


class _Frame(msgspec.Struct, frozen=True, rename="camel"):
    error: str = ""
    order_subscription_update: _Update | None = None
    market_data: msgspec.Raw = _NOTHING


_decode = msgspec.json.Decoder(_Frame).decode


def listen(
    markets: Sequence[Instrument], credential: Credential, ctx: Ctx
) -> Generator[Step, Any, Listening]:
    """Open the private socket for the executions of orders, of the markets named or of all."""
    yield from ()
    slugs = [one.symbol for one in markets]
    return _listening(b"/v1/ws/private", "SUBSCRIPTION_TYPE_ORDER", slugs, credential, ctx)


def listen_book(
    market: Instrument, credential: Credential, ctx: Ctx
) -> Generator[Step, Any, Listening]:
    """Open the markets socket for one book."""
    yield from ()
    kind = "SUBSCRIPTION_TYPE_MARKET_DATA"
    return _listening(b"/v1/ws/markets", kind, [market.symbol], credential, ctx)


def hear(message: Message, ctx: Ctx) -> Iterator[Heard]:
    """Yield what a frame tells."""
    frame = _decode(message)
    if frame.error:
        yield Denied(frame.error)
    if (update := frame.order_subscription_update) is not None:
        order = msgspec.json.decode(update.execution.order, type=o.Order)
        yield OrderHeard(read_order(order, None, ctx))
    if frame.market_data != _NOTHING:
        book = msgspec.json.decode(frame.market_data, type=k.Book)
        one = market_of("book", book.market_slug, ctx.directory)
        bids, asks = read_levels(one, book.bids), read_levels(one, book.offers)
        yield BookHeard(DepthReport(one.instrument_id, bids, asks))


def _listening(
    path: bytes, kind: str, slugs: list[str], credential: Credential, ctx: Ctx
) -> Listening:
    assert isinstance(credential, PolymarketCredential)  # noqa: S101  (of the venue's own)
    request = _AUTH.sign(Request("GET", path), credential, ctx.now_ns)
    asked = m.Asked(m.Subscribe("1", kind, slugs))
    return Listening(request, hear, (codec.encode({"subscribe": asked.subscribe}).decode(),))
