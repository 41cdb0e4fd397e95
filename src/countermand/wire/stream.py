"""
Streams: what a venue does with a WebSocket, and no socket in it.

    client ─message─► Session.receive          Line.say ─message─► client

A conversation that takes a client's offer of a WebSocket returns what begins a session. Frames,
pings, bounds and the closing handshake are the server's.
"""

from __future__ import annotations

from typing import Protocol

# A text message, or a binary one.
Message = str | bytes

# The close code of a stream that has done what it was for (RFC 6455, 7.4.1).
NORMAL = 1000


class Line(Protocol):
    """
    A session's way to its client, to be used on the loop's thread, in `Session.receive` or at any
    other time. Once the stream has ended it drops what it is given.
    """

    def say(self, message: Message) -> None:
        """Send a message, after all that was said before."""

    def close(self, code: int = NORMAL, reason: str = "") -> None:
        """End the stream, after all that was said. The reason has at most 123 bytes."""


class Session(Protocol):
    """The venue's end of one stream."""

    def receive(self, message: Message) -> None:
        """Take a whole message of the client's."""

    def end(self) -> None:
        """Let go of what the stream needed. Called once; nothing can be said any more."""
