"""
Streams: the sockets, and the subscriptions of one connection.

    client ─{"op": "sub", "apiKey", "topics": [...]}─► topics, all or none
    client ◄─{"op", "topics", "result"}, then notifications of each topic

A socket opens with a key that anyone can get (`ws_keys`); an account's own topics take its API key
in the message. The server says `ping` as text, and a client that answers too seldom is dropped.

Source: DEX API v3, "WebSocket"; the forms that published clients send (messages/streams.py).
"""

from functools import partial
from typing import Any

import msgspec

from countermand.venues.loopring import resolve, ws_keys
from countermand.venues.loopring.errors import StreamCode, StreamRefused
from countermand.venues.loopring.messages import streams as m
from countermand.venues.loopring.settings import Ctx
from countermand.venues.loopring.topics import OWN, TOPICS, Plan, Subscription
from countermand.vocabulary.reports import AccountReport
from countermand.wire import codec, times
from countermand.wire.conversation import Op, OpenStream, Serving
from countermand.wire.stream import Following, Line, Message, Source

# Source: DEX API v3, "WebSocket", "Heartbeat" and "Limits".
PING_S = 30
TOPICS_MAX = 20

POLICY_VIOLATION = 1008

_decode = msgspec.json.Decoder(m.Asked).decode
_canonical = msgspec.json.Encoder(order="deterministic").encode


class Session:
    """One connection: its subscriptions, each under its topic as it was asked for."""

    def __init__(self, line: Line, source: Source) -> None:
        self._line, self._source = line, source
        self._followings: dict[bytes, tuple[dict[str, Any], list[Following]]] = {}
        self._api_key = ""
        self._owner: AccountReport | None = None
        self._unanswered = self._silent_s = 0
        source.every(PING_S, self._ping)

    def receive(self, message: Message) -> None:
        """Take a message of the client's; one that cannot be done is answered with why."""
        if message in ("pong", b"pong"):
            self._pong()
            return
        asked = m.Asked()
        try:
            asked = _decode(message)
            self._do(asked)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            self._refuse(asked, StreamRefused(StreamCode.BAD_MESSAGE, "receive invalid message"))
        except StreamRefused as refused:
            self._refuse(asked, refused)

    def end(self) -> None:
        """Let go of everything."""
        self._followings.clear()

    def _do(self, asked: m.Asked) -> None:
        if asked.op not in ("sub", "unSub"):
            raise StreamRefused(StreamCode.BAD_OP, f"op {asked.op[:40]} is not supported")
        is_all = asked.unsubscribe_all in (True, "true")
        if not asked.topics and not (asked.op == "unSub" and is_all):
            raise StreamRefused(StreamCode.NO_TOPICS, "topics is missing")
        if asked.op == "unSub":
            self._unsubscribe(asked, is_all=is_all)
        else:
            self._subscribe(asked, is_all=is_all)

    def _subscribe(self, asked: m.Asked, *, is_all: bool) -> None:
        keys = [_canonical(topic) for topic in asked.topics]
        if len(set(keys)) < len(keys):
            raise StreamRefused(StreamCode.DUPLICATE_TOPIC, "duplicate topic")
        kept = set() if is_all else set(self._followings)
        if len(kept | set(keys)) > TOPICS_MAX:
            raise StreamRefused(StreamCode.TOO_MANY_TOPICS, f"at most {TOPICS_MAX} topics")
        owner = self._owner_of(asked)
        plans = [self._plan(topic, owner) for topic in asked.topics]
        self._api_key, self._owner = asked.api_key or self._api_key, owner
        for key in list(self._followings) if is_all else keys:
            self._leave(key)
        self._answer(asked)
        for key, topic, plan in zip(keys, asked.topics, plans, strict=True):
            self._followings[key] = (topic, plan.start())

    def _unsubscribe(self, asked: m.Asked, *, is_all: bool) -> None:
        leaving = list(self._followings) if is_all else []
        for topic in [] if is_all else asked.topics:
            wanted = {name: value for name, value in topic.items() if name != "unsubscribeAll"}
            found = [
                key for key, (held, _) in self._followings.items() if wanted.items() <= held.items()
            ]
            if not found:
                text = f"{str(topic.get('topic'))[:40]} is not subscribed to"
                raise StreamRefused(StreamCode.NOT_SUBSCRIBED, text)
            leaving += found
        for key in dict.fromkeys(leaving):
            self._leave(key)
        self._answer(asked)

    def _owner_of(self, asked: m.Asked) -> AccountReport | None:
        needs = any(topic.get("topic") in OWN for topic in asked.topics)
        if not asked.api_key:
            if needs and self._owner is None:
                raise StreamRefused(StreamCode.NO_API_KEY, "apiKey is missing")
            return self._owner
        if self._api_key and asked.api_key != self._api_key:
            raise StreamRefused(StreamCode.OTHER_API_KEY, "apiKey is not the one used before")
        if (held := self._source.keys.find(asked.api_key)) is None:
            raise StreamRefused(StreamCode.UNKNOWN_API_KEY, "invalid apiKey")
        return resolve.find_account(held.account_id, self._source.context)

    def _plan(self, topic: dict[str, Any], owner: AccountReport | None) -> Plan:
        name = topic.get("topic")
        if not isinstance(name, str) or name not in TOPICS:
            raise StreamRefused(StreamCode.BAD_TOPIC, f"topic {str(name)[:40]} is not supported")
        tell = partial(self._tell, topic)
        return TOPICS[name](Subscription(topic, self._source, owner, tell))

    def _leave(self, key: bytes) -> None:
        _, followings = self._followings.pop(key, ({}, []))
        for following in followings:
            following.end()

    def _ping(self) -> None:
        settings = self._source.context.settings
        self._silent_s += PING_S
        if settings.pong_within_s and self._silent_s > settings.pong_within_s:
            self._line.close(POLICY_VIOLATION, "no pong came")
            return
        self._unanswered += 1
        self._line.say("ping")

    def _pong(self) -> None:
        self._silent_s = 0
        self._unanswered -= 1
        if self._unanswered < 0:
            self._line.close(POLICY_VIOLATION, "more pongs than pings")

    def _answer(self, asked: m.Asked) -> None:
        result = m.Result("OK")
        self._say(
            m.Answer(op=asked.op, sequence=asked.sequence, topics=asked.topics, result=result)
        )

    def _refuse(self, asked: m.Asked, why: StreamRefused) -> None:
        result = m.Result("failed", m.Fault(int(why.code), why.text))
        self._say(
            m.Answer(op=asked.op, sequence=asked.sequence, topics=asked.topics, result=result)
        )

    def _tell(self, topic: dict[str, Any], data: Any, *versions: int) -> None:
        start, end = versions or (msgspec.UNSET, msgspec.UNSET)
        now_ms = self._source.context.now_ns // times.MS
        self._say(
            m.Notification(topic=topic, ts=now_ms, start_version=start, end_version=end, data=data)
        )

    def _say(self, message: Any) -> None:
        self._line.say(codec.encode(message).decode())


def serve_socket(message: m.Open, ctx: Ctx) -> Serving[OpenStream]:
    """Open a socket. Raises Unproven without a key, or with one that is not of here."""
    yield from ()
    ws_keys.verify(message.ws_api_key, ctx.now_ns // times.MS)
    return OpenStream(Session)


SOCKET = Op(m.Open, None, serve_socket)
