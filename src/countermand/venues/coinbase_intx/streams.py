"""
Streams: the market data socket, and the subscriptions of one connection.

    client ─{"type": "SUBSCRIBE", channels, product_ids, time, key, …, signature}─► channels
    client ◄─SUBSCRIPTIONS, then SNAPSHOT and UPDATE of each channel and product──────

The handshake names no key: the first subscription proves the key, for every channel, and must come
soon. It carries market data only; orders are never told.

Source: INTX WebSocket documentation, "Overview", "Authentication"; vectors/signing.json.
"""

from functools import partial
from typing import Any

import msgspec

from countermand.venues.coinbase_intx import auth
from countermand.venues.coinbase_intx.channels import CHANNELS, Subscription
from countermand.venues.coinbase_intx.messages import streams as m
from countermand.venues.coinbase_intx.settings import Ctx
from countermand.vocabulary.instrument import Instrument
from countermand.wire import codec, times
from countermand.wire.conversation import Nothing, Op, OpenStream, Serving
from countermand.wire.errors import Unauthorized
from countermand.wire.stream import Following, Line, Message, Source

# Source: the same page, "Subscribe".
SUBSCRIBE_WITHIN_S = 3

POLICY_VIOLATION = 1008

_decode = msgspec.json.Decoder(m.Asked).decode


class Rejected(Exception):
    """A message of the client's is refused; its text is the reason."""


class Session:
    """One connection of a client: what it is subscribed to, by channel and product."""

    def __init__(self, line: Line, source: Source) -> None:
        self._line, self._source = line, source
        self._is_proven, self._sequence = False, 0
        self._followings: dict[str, dict[str, list[Following]]] = {}
        self._patience = source.every(SUBSCRIBE_WITHIN_S, self._give_up)

    def receive(self, message: Message) -> None:
        """Take a message of the client's. What cannot be done is answered with a rejection."""
        kind = "Failed to subscribe"
        try:
            asked = _decode(message)
            if asked.type == "UNSUBSCRIBE":
                kind = "Failed to unsubscribe"
            self._do(asked)
        except msgspec.ValidationError as error:
            self._say(m.Rejection(message=kind, reason=f"Invalid message: {error}"))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            self._say(m.Rejection(message=kind, reason="Invalid message: not JSON"))
        except Unauthorized:
            self._say(m.Rejection(message=kind, reason="Unable to authenticate"))
        except Rejected as rejected:
            self._say(m.Rejection(message=kind, reason=str(rejected)))

    def end(self) -> None:
        """Let go of everything."""
        self._followings.clear()

    def _do(self, asked: m.Asked) -> None:
        if asked.type not in ("SUBSCRIBE", "UNSUBSCRIBE"):
            raise Rejected(f"Unknown type {asked.type}")
        if not self._is_proven or asked.signature:
            ctx = self._source.context
            auth.verify_stream(asked, self._source.keys, ctx.settings, ctx.now_ns)
            self._is_proven = True
            self._patience.end()
        for name in asked.channels:
            if name not in CHANNELS:
                raise Rejected(f"Unknown channel {name}")
        products = self._products(asked.product_ids)
        if asked.type == "UNSUBSCRIBE":
            self._leave(asked, products)
            self._confirm()
            return
        # A channel that is followed already begins anew, with a snapshot: so a client mends a gap.
        self._leave(asked, products)
        for name in asked.channels:
            self._followings.setdefault(name, {}).update((one.symbol, []) for one in products)
        self._confirm()
        for name in dict.fromkeys(asked.channels):
            for one in products:
                self._follow(name, one)

    def _products(self, names: list[str]) -> list[Instrument]:
        directory = self._source.context.directory
        if not names:
            return list(directory.instruments.values())
        products = []
        for name in dict.fromkeys(names):
            if (one := directory.instrument_by_symbol(name)) is None:
                raise Rejected(f"Unknown product {name}")
            products.append(one)
        return products

    def _follow(self, name: str, one: Instrument) -> None:
        tell = partial(self._tell, name, one.symbol)
        subscription = Subscription(name, one, self._source, tell)
        self._followings[name][one.symbol] = CHANNELS[name](subscription)

    def _leave(self, asked: m.Asked, products: list[Instrument]) -> None:
        for name in asked.channels:
            held = self._followings.get(name, {})
            for one in products:
                for following in held.pop(one.symbol, ()):
                    following.end()
            if not held:
                self._followings.pop(name, None)

    def _give_up(self) -> None:
        self._line.close(POLICY_VIOLATION, "no subscription came")

    def _confirm(self) -> None:
        channels = [m.Channel(name, list(held)) for name, held in self._followings.items()]
        self._say(m.Confirmation(channels=channels, time=self._now()))

    def _tell(
        self, name: str, symbol: str, message: type[m.Told], kind: str, **fields: Any
    ) -> None:
        if not name.startswith("CANDLES_"):
            fields["time"] = self._now()
        told = message(
            sequence=self._sequence, product_id=symbol, channel=name, type=kind, **fields
        )
        self._sequence += 1
        self._say(told)

    def _now(self) -> str:
        return times.iso_floor_ms(self._source.context.now_ns)

    def _say(self, message: Any) -> None:
        self._line.say(codec.encode(message).decode())


def _serve(message: Nothing, ctx: Ctx) -> Serving[OpenStream]:
    yield from ()
    return OpenStream(Session)


MARKET_DATA = Op(Nothing, None, _serve)
