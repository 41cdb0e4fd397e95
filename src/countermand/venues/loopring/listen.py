"""
Listening: our client's end of the orders of an account, and of a market's book.

Source: as in `streams.py`; hosts: DEX API v3, "WebSocket".
"""

from collections.abc import Generator, Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import urlencode

import msgspec

from countermand.venues.loopring import resolve
from countermand.venues.loopring.messages import orders as o
from countermand.venues.loopring.messages import streams as m
from countermand.venues.loopring.settings import Ctx
from countermand.venues.loopring.show import read_order
from countermand.venues.loopring.streams import TOPICS_MAX
from countermand.venues.loopring.tables import LIMIT_ORDER, MIXED, SIDES
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.reports import DepthReport
from countermand.wire import codec, numbers, times
from countermand.wire.conversation import Nothing, Step
from countermand.wire.credential import Credential
from countermand.wire.errors import NotExpressible
from countermand.wire.http import Request
from countermand.wire.listening import AnswerWith, BookHeard, Denied, Heard, Listening, OrderHeard
from countermand.wire.operation import Operation
from countermand.wire.reading import market_of
from countermand.wire.stream import Message

_BOOK_SLOTS = 50


class _Frame(msgspec.Struct, frozen=True):
    op: str = ""
    result: m.Result | None = None
    topic: dict[str, Any] = {}
    data: Any = None


_decode = msgspec.json.Decoder(_Frame).decode


def listen(
    markets: Sequence[Instrument], credential: Credential, ctx: Ctx
) -> Generator[Step, Any, Listening]:
    """
    Open a socket for the orders of the key's account, market by market.

    Raises: NotExpressible for more markets than a socket takes topics.
    """
    named = markets or tuple(ctx.directory.instruments.values())
    if len(named) > TOPICS_MAX:
        raise NotExpressible(f"the orders of more than {TOPICS_MAX} markets: name some")
    topics = [{"topic": "order", "market": one.symbol} for one in named]
    return (yield from _open(topics, credential.key, partial(_hear_orders)))


def listen_book(
    market: Instrument, credential: Credential, ctx: Ctx
) -> Generator[Step, Any, Listening]:
    """Open a socket for one book, whole each time."""
    topic = {"topic": "orderbook", "market": market.symbol, "level": 0, "snapshot": True}
    return (yield from _open([topic | {"count": _BOOK_SLOTS}], "", partial(_hear_book, market)))


def _open(topics: list[dict[str, Any]], api_key: str, hear: Any) -> Generator[Step, Any, Listening]:
    key: m.WsKey = yield Step(Operation.GET_STREAM_KEY, Nothing())
    asked = {"op": "sub", "topics": topics} | ({"apiKey": api_key} if api_key else {})
    request = Request("GET", b"/v3/ws", urlencode({"wsApiKey": key.key}).encode())
    return Listening(request, hear, (codec.encode(asked).decode(),))


def _heard(message: Message, topic: str) -> Iterator[Heard | _Frame]:
    if message in ("ping", b"ping"):
        yield AnswerWith("pong")
        return
    frame = _decode(message)
    if frame.result is not None and frame.result.error is not None:
        yield Denied(f"{frame.result.error.code}: {frame.result.error.message}")
    if not frame.op and frame.topic.get("topic") == topic:
        yield frame


def _hear_orders(message: Message, ctx: Ctx) -> Iterator[Heard]:
    for told in _heard(message, "order"):
        if isinstance(told, _Frame):
            data = msgspec.convert(told.data, m.OrderData)
            yield OrderHeard(read_order(_as_shown(data, ctx), None, ctx))
        else:
            yield told


def _hear_book(one: Instrument, message: Message, ctx: Ctx) -> Iterator[Heard]:
    for told in _heard(message, "orderbook"):
        if isinstance(told, _Frame):
            book = msgspec.convert(told.data, m.BookData)
            pair = market_of("book", one.symbol, ctx.directory)
            bids, asks = (_levels(pair, side, ctx) for side in (book.bids, book.asks))
            yield BookHeard(DepthReport(one.instrument_id, bids, asks))
        else:
            yield told


def _levels(
    one: Instrument, slots: list[tuple[str, str, str, str]], ctx: Ctx
) -> tuple[tuple[int, int], ...]:
    pair = resolve.pair(one, ctx)
    if pair is None:
        raise NotExpressible("a book of tokens this venue does not have")
    unit = pair.base.minor_per_unit
    return tuple(
        (numbers.price_ticks_nearest(one, Decimal(price)), int(size) * unit // one.lot_minor)
        for price, size, _, _ in slots
    )


def _as_shown(data: m.OrderData, ctx: Ctx) -> o.Order:
    # The order as REST shows it; what a notification leaves out is of no matter here.
    one = market_of("order", data.market, ctx.directory)
    pair = resolve.pair(one, ctx)
    if pair is None:
        raise NotExpressible("an order on a market this venue does not have")
    side = data.side.upper()
    sold, _ = pair.sold_and_bought(SIDES.from_wire(side))
    account = ctx.principal.held.account_id
    return o.Order(
        hash=data.hash,
        client_order_id=data.client_order_id,
        side=side,
        market=data.market,
        price=data.price,
        volumes=o.Volumes(
            base_amount=data.size,
            quote_amount=data.volume,
            base_filled=data.filled_size,
            quote_filled=data.filled_volume,
            fee=data.filled_fee,
        ),
        validity=o.Validity(
            start=int(data.created_at) * times.MS // times.S, end=int(data.valid_until)
        ),
        order_type=LIMIT_ORDER,
        trade_channel=MIXED,
        status=data.status,
        storage_info=o.StorageInfo(account_id=account, token_id=sold.token.token_id, storage_id=0),
    )
