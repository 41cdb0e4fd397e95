"""
Streams: the streamer's socket, its login, and the subscriptions of one connection.

    GET /CreateSession.txt?User=…&Password=…&HttpClientType=WebSocket      the offer, and the login
    client ◄─{"Cmd": "CreateSession.txt", "StatusCode": "Ok", "SessionId"}
    client ─{"Cmd":"Subscribe.txt","SessionId","Keys":"140","EntityType":"Order"}─► entities
    client ◄─the same with "StatusCode": "Ok", then frames

The offer is always taken; a login that fails is a frame, and then the connection is closed. One
socket tells quotes and data alike.

Source: ETNA manual, "Streaming Data"; goetna, `ws*.go`; public front ends (README).
"""

from functools import partial
from typing import Any

import msgspec
from msgspec import Struct

from countermand.venues.autoshares import frames, ids
from countermand.venues.autoshares.credential import AutosharesCredential
from countermand.venues.autoshares.entities import ENTITIES, Subscription
from countermand.venues.autoshares.session import DATA, QUOTES, guid, session_of
from countermand.venues.autoshares.settings import Ctx
from countermand.wire import crypto
from countermand.wire.conversation import Op, OpenStream, Serving
from countermand.wire.credential import Principal
from countermand.wire.stream import Following, Line, Message, Source

# No interval is documented.
PING_S = 10

# A connection follows so many keys; no bound is documented.
KEYS_MAX = 1000

_OPENED, _SUBSCRIBE, _UNSUBSCRIBE = "CreateSession.txt", "Subscribe.txt", "Unsubscribe.txt"


class CreateSession(Struct, frozen=True, rename="pascal"):
    """`GET /CreateSession.txt`; another `HttpClientType` means nothing."""

    user: str = ""
    password: str = ""


class Session:
    """One connection: the user who logged in, and the subscriptions by entity and key."""

    def __init__(self, asked: CreateSession, line: Line, source: Source) -> None:
        self._line, self._source = line, source
        self._followings: dict[tuple[str, int], list[Following]] = {}
        self._asker = _login(asked, source)
        if self._asker is None:
            self._say({"Cmd": _OPENED, "StatusCode": "Error"})
            line.close()
            return
        self._id = guid(f"{self._asker.key} {source.context.now_ns}")
        self._say({"Cmd": _OPENED, "StatusCode": "Ok", "SessionId": self._id})
        source.every(PING_S, partial(self._say, {"Cmd": "Ping"}))

    def receive(self, message: Message) -> None:
        """Take a message of the client's; what is no JSON object is taken for nothing."""
        try:
            asked = msgspec.json.decode(message)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return
        if isinstance(asked, dict) and self._asker is not None:
            self._do(_as_documented(asked), self._asker)

    def end(self) -> None:
        """Let go of everything."""
        self._followings.clear()

    def _do(self, asked: dict[str, Any], asker: Principal) -> None:
        match asked.get("Cmd"):
            case "Subscribe.txt":
                self._subscribe(asked, asker)
            case "Unsubscribe.txt":
                self._unsubscribe(asked)

    def _subscribe(self, asked: dict[str, Any], asker: Principal) -> None:
        kind, keys = str(asked.get("EntityType")), _keys(asked)
        entity = ENTITIES.get(kind)
        is_ours = asked.get("SessionId") in (None, "", self._id)
        if entity is None or not keys or not is_ours or self._is_full(len(keys)):
            self._answer(asked, "Error")
            return
        starts = [entity(Subscription(key, asker, self._source, self._say)) for key in keys]
        if None in starts:
            self._answer(asked, "Error")
            return
        self._answer(asked, "Ok")
        for key, start in zip(keys, starts, strict=True):
            self._leave(kind, key)
            self._followings[kind, key] = start() if start is not None else []

    def _unsubscribe(self, asked: dict[str, Any]) -> None:
        kind, keys = str(asked.get("EntityType")), _keys(asked)
        known = [key for key in keys if (kind, key) in self._followings]
        for key in known:
            self._leave(kind, key)
        self._answer(asked, "Ok" if known and len(known) == len(keys) else "Error")

    def _is_full(self, more: int) -> bool:
        return len(self._followings) + more > KEYS_MAX

    def _leave(self, kind: str, key: int) -> None:
        for following in self._followings.pop((kind, key), ()):
            following.end()

    def _answer(self, asked: dict[str, Any], status: str) -> None:
        names = ("Cmd", "SessionId", "Keys", "EntityType", "HttpClientType")
        told = {name: str(asked.get(name, "")) for name in names}
        self._say(told | {"StatusCode": status})

    def _say(self, frame: Any) -> None:
        self._line.say(frames.text(frame))


def serve(message: CreateSession, ctx: Ctx) -> Serving[OpenStream]:
    """Open a stream; whether its login is good is told on it."""
    yield from ()
    return OpenStream(partial(Session, message))


STREAM = Op(CreateSession, None, serve)


def _login(asked: CreateSession, source: Source) -> Principal | None:
    # A login and its password, or a user's number and streaming session.
    user, password = asked.user, asked.password
    ctx, now_ns = source.context, source.context.now_ns
    number = ids.int32(user.partition(":")[0]) if ":" in user else None
    for known in source.keys:
        held = known.held
        if not held.grants or held.ended(now_ns):
            continue
        if held.login and held.login == user:
            is_good = crypto.is_equal(held.password.encode(), password.encode())
        else:
            is_good = ids.user_id(known.owner, ctx.directory) == number and _is_session(
                known, password
            )
        if is_good:
            return Principal(known.owner, known.key, known.access)
    return None


def _is_session(known: AutosharesCredential, given: str) -> bool:
    return any(
        crypto.is_equal(session_of(kind, known.key).encode(), given.encode())
        for kind in (DATA, QUOTES)
    )


def _as_documented(asked: dict[str, Any]) -> dict[str, Any]:
    # The vendor's printed samples say what to do by the name of an object.
    for command, name in (("Subscribe", _SUBSCRIBE), ("Unsubscribe", _UNSUBSCRIBE)):
        if isinstance(inner := asked.get(command), dict):
            keys = inner.get("Keys")
            joined = ";".join(map(str, keys)) if isinstance(keys, list) else keys
            return {"Cmd": name, "EntityType": inner.get("EntityType"), "Keys": joined}
    return asked


def _keys(asked: dict[str, Any]) -> list[int]:
    # One number, or several in a text; none where one of them is none.
    texts = [part.strip() for part in str(asked.get("Keys", "")).split(";") if part.strip()]
    keys = [ids.int32(text) for text in texts]
    return [] if None in keys else list(dict.fromkeys(key for key in keys if key is not None))
