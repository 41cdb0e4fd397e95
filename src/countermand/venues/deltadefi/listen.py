"""
Listening: our client's end of the account's stream and of a market's depth.

Source: as in `streams.py`; hosts: Python SDK 1.1.1, `clients/client.py`.
"""

from collections.abc import Generator, Iterator, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

import msgspec

from countermand.venues.deltadefi.depth import read_levels
from countermand.venues.deltadefi.messages import markets as k
from countermand.venues.deltadefi.messages import orders as o
from countermand.venues.deltadefi.settings import Ctx
from countermand.venues.deltadefi.show import read_order
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.reports import DepthReport
from countermand.wire.conversation import Step
from countermand.wire.credential import Credential
from countermand.wire.http import Request
from countermand.wire.listening import BookHeard, Heard, Listening, OrderHeard
from countermand.wire.stream import Message


class _Account(msgspec.Struct, frozen=True):
    sub_type: str = ""
    order: o.Order | None = None


class _Depth(msgspec.Struct, frozen=True):
    bids: list[k.Level] = []
    asks: list[k.Level] = []


_decode_account = msgspec.json.Decoder(_Account).decode
_decode_depth = msgspec.json.Decoder(_Depth).decode


def listen(
    markets: Sequence[Instrument], credential: Credential, ctx: Ctx
) -> Generator[Step, Any, Listening]:
    """Open the account's stream, of all markets; those not named are passed over."""
    yield from ()
    named = frozenset(one.instrument_id for one in markets)
    return Listening(_offer("/accounts/stream", credential), partial(_hear_account, named))


def listen_book(
    market: Instrument, credential: Credential, ctx: Ctx
) -> Generator[Step, Any, Listening]:
    """Open the stream of a market's depth."""
    yield from ()
    return Listening(
        _offer(f"/market/depth/{market.symbol}", credential), partial(_hear_depth, market)
    )


def _hear_account(named: frozenset[Any], message: Message, ctx: Ctx) -> Iterator[Heard]:
    if message in ("pong", b"pong"):
        return
    told = _decode_account(message)
    if told.sub_type.lower() == "order_info" and told.order is not None:
        report = read_order(told.order, None, ctx)
        if not named or report.instrument_id in named:
            yield OrderHeard(report)


def _hear_depth(one: Instrument, message: Message, ctx: Ctx) -> Iterator[Heard]:
    told = _decode_depth(message)
    bids, asks = read_levels(one, told.bids), read_levels(one, told.asks)
    yield BookHeard(DepthReport(one.instrument_id, bids, asks))


def _offer(path: str, credential: Credential) -> Request:
    return Request("GET", path.encode(), urlencode({"api_key": credential.key}).encode())
