"""The toy with streams of its own: one that is signed, and one that asks by message."""

from __future__ import annotations

from msgspec import structs
from tests.venues.desk import Desk
from tests.venues.toy import VENUE as TOY

from countermand.vocabulary.queries import GetReferenceData
from countermand.wire.conversation import AnyContext, Nothing, Op, OpenStream, Serving
from countermand.wire.http import Request
from countermand.wire.operation import Access, Operation
from countermand.wire.route import Routes, rows_at
from countermand.wire.stream import Line, Message, Source

KB = 1024


class Echo:
    """A session that says what it hears, and knows a few words more."""

    def __init__(self, line: Line, owner: str) -> None:
        self.line, self.ends = line, 0
        self.heard: list[Message] = []
        line.say(f"hello {owner}")
        if owner == "bob":
            line.close(4002, "not you")

    def receive(self, message: Message) -> None:
        """Do as told."""
        self.heard.append(message)
        match message:
            case "flood":
                for _ in range(64 * 16):
                    self.line.say(b"x" * 64 * KB)
            case "leave":
                self.line.close(4001, "as asked")
                self.line.say("more")
            case "break":
                raise ZeroDivisionError
            case _:
                self.line.say(message)

    def end(self) -> None:
        """Count it."""
        self.ends += 1


class Asked:
    """A session whose client proves its key by its first message."""

    def __init__(self, line: Line, source: Source) -> None:
        self._line, self._is_proven = line, False

    def receive(self, message: Message) -> None:
        """Take the word, then anything."""
        if self._is_proven:
            self._line.say(message)
        elif message == "sesame":
            self._is_proven = True
        else:
            self._line.close(1008, "who are you")

    def end(self) -> None:
        """Hold nothing."""


class Streams(Desk):
    """The toy, with streams of this test's own."""

    def __init__(self) -> None:
        self.sessions: list[Echo] = []
        row = rows_at("/v1", "Toy README: ")
        stream, viewed = Operation.OPEN_STREAM, Op(Nothing, None, self._serve)
        asked = Op(Nothing, None, self._serve_asked)
        rows = (
            row("GET /echo", stream, Access.VIEW, viewed, "Streams", status=101),
            row("GET /trade", stream, Access.TRADE, viewed, "Streams", status=101),
            row("GET /asked", stream, Access.PUBLIC, asked, "Streams", status=101),
        )
        super().__init__(structs.replace(TOY, routes=Routes([*TOY.routes.rows, *rows])))

    def _serve(self, message: Nothing, ctx: AnyContext) -> Serving[OpenStream]:
        known = yield GetReferenceData(self.venue.name)
        assert known is not None

        def begin(line: Line, source: Source) -> Echo:
            self.sessions.append(Echo(line, ctx.principal.owner))
            return self.sessions[-1]

        return OpenStream(begin)

    def _serve_asked(self, message: Nothing, ctx: AnyContext) -> Serving[OpenStream]:
        yield from ()
        return OpenStream(Asked)

    def signed(self, path: str, key: int = 0, owner: str = "alice") -> dict[str, str]:
        """Return the headers that prove a user for a path, by one of the user's keys."""
        request = Request("GET", path.encode())
        signed = self.venue.auth.sign(request, self.credential(owner, key), self.clock.now_ns())
        return {name.decode(): value.decode() for name, value in signed.headers}


def offer(headers: dict[str, str], path: str = "/v1/echo") -> bytes:
    """Return the head of an offer."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return (
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        f"{lines}\r\n"
    ).encode()
