"""
Streams: the private and the markets socket, and the subscriptions of one connection.

    client ─{"subscribe": {requestId, subscriptionType, marketSlugs}}─► topics, by type
    client ◄─{"requestId", "subscriptionType", one payload}──────────── what a topic tells

Source: WebSocket documentation, "Overview", "Private", "Markets"; the handshake is signed as a
        request is, so that a bad key is refused before the upgrade.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec

from countermand.venues.polymarket_us import market_topics, private_topics
from countermand.venues.polymarket_us.messages import streams as m
from countermand.venues.polymarket_us.normalize import normalize_frame
from countermand.venues.polymarket_us.settings import Ctx
from countermand.venues.polymarket_us.topics import Subscription, Topic
from countermand.wire import codec
from countermand.wire.conversation import Nothing, Op, OpenStream, Serving
from countermand.wire.errors import WireError
from countermand.wire.stream import Following, Line, Message, Source

# Source: WebSocket documentation, "Subscriptions".
SLUGS_MAX = 100

# No bound is documented. A bot of all markets needs two or three.
SUBSCRIPTIONS_MAX = 100

_TYPE = "SUBSCRIPTION_TYPE_"

Topics = Mapping[str, Topic]


class Session:
    """One connection of a client: its subscriptions, by the id each was asked for with."""

    def __init__(self, topics: Topics, ctx: Ctx, line: Line, source: Source) -> None:
        self._topics, self._asker = topics, ctx.principal
        self._line, self._source = line, source
        self._followings: dict[str, list[Following]] = {}
        source.every(ctx.settings.heartbeat_s, partial(self._say, m.Heartbeat()))

    def receive(self, message: Message) -> None:
        """Take a frame of the client's. What cannot be read is answered with an error."""
        try:
            asked = msgspec.convert(normalize_frame(message), m.Asked)
        except (ValueError, WireError, RecursionError) as error:
            self._refuse(m.Subscribe(), f"malformed frame: {error}")
            return
        if asked.unsubscribe is not None:
            self._leave(asked.unsubscribe.request_id)
        if asked.subscribe is not None:
            self._subscribe(asked.subscribe)

    def end(self) -> None:
        """Let go of everything."""
        self._followings.clear()

    def _subscribe(self, asked: m.Subscribe) -> None:
        topic = self._topics.get(str(asked.subscription_type).removeprefix(_TYPE))
        if fault := self._fault(asked, topic):
            self._refuse(asked, fault)
            return
        self._leave(asked.request_id)
        assert topic is not None  # noqa: S101  (an unknown type is a fault)
        tell = partial(self._tell, asked.request_id, str(asked.subscription_type))
        subscription = Subscription(asked, self._asker, self._source, tell)
        try:
            self._followings[asked.request_id] = topic(subscription)
        except WireError as error:
            self._refuse(asked, error.text)

    def _fault(self, asked: m.Subscribe, topic: Topic | None) -> str:
        if not asked.request_id:
            return "requestId is required"
        if topic is None:
            return f"unknown subscriptionType {asked.subscription_type}"
        if len(asked.market_slugs) > SLUGS_MAX:
            return f"at most {SLUGS_MAX} marketSlugs are allowed"
        is_new = asked.request_id not in self._followings
        if is_new and len(self._followings) >= SUBSCRIPTIONS_MAX:
            return f"at most {SUBSCRIPTIONS_MAX} subscriptions are allowed"
        return ""

    def _leave(self, request_id: str) -> None:
        for following in self._followings.pop(request_id, ()):
            following.end()

    def _refuse(self, asked: m.Subscribe, text: str) -> None:
        kind = str(asked.subscription_type) or msgspec.UNSET
        self._say(m.Frame(request_id=asked.request_id, subscription_type=kind, error=text))

    def _tell(self, request_id: str, kind: str, **payload: Any) -> None:
        self._say(m.Frame(request_id=request_id, subscription_type=kind, **payload))

    def _say(self, frame: m.Frame | m.Heartbeat) -> None:
        self._line.say(codec.encode(frame).decode())


def _serve(topics: Topics) -> Callable[[Nothing, Ctx], Serving[OpenStream]]:
    def serve(message: Nothing, ctx: Ctx) -> Serving[OpenStream]:
        yield from ()
        return OpenStream(partial(Session, topics, ctx))

    return serve


PRIVATE = Op(Nothing, None, _serve(private_topics.TOPICS))
MARKETS = Op(Nothing, None, _serve(market_topics.TOPICS))
