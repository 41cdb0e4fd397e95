"""An ear: one stream of a venue, opened in process, and what it was told."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from tests.venues.desk import Desk

from countermand.server.ports import Switch
from countermand.wire.http import Request, Response
from countermand.wire.stream import Message

_OFFER = ((b"connection", b"Upgrade"), (b"upgrade", b"websocket"))


class Refused(Exception):
    """The upgrade was refused; `response` is how."""

    def __init__(self, response: Response) -> None:
        super().__init__(f"{response.status} {response.body!r}")
        self.response = response


class Ear:
    """The client's end of a stream. It is used within a running loop."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.closed: tuple[int, str] | None = None

    @classmethod
    async def open(cls, desk: Desk, target: str, owner: str | None = "alice", **signed: Any) -> Ear:
        """Open a stream, signed as a user's request unless no user is given. Raises Refused."""
        path, _, query = target.partition("?")
        request = Request("GET", path.encode(), query.encode(), _OFFER, offers_websocket=True)
        if owner is not None:
            key, now_ns = desk.credential(owner, **signed), desk.clock.now_ns()
            request = desk.venue.auth.sign(request, key, now_ns)
        response = await desk.pipeline.handle(request)
        if not isinstance(response, Switch):
            raise Refused(response)
        ear = cls()
        ear.session = response.begin(ear)
        return ear

    def say(self, message: Message) -> None:
        """Hear a message; what the venue calls."""
        if self.closed is None:
            self.messages.append(message)

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Hear the end; what the venue calls."""
        self.closed = self.closed or (code, reason)

    def send(self, message: Any) -> None:
        """Send a message: text as it is, anything else as JSON."""
        text = message if isinstance(message, str) else msgspec.json.encode(message).decode()
        self.session.receive(text)

    async def heard(self) -> list[Any]:
        """Return what was told since it was asked last, once the loop has turned."""
        for _ in range(5):
            await asyncio.sleep(0)
        told, self.messages = self.messages, []
        return [msgspec.json.decode(message) for message in told]
