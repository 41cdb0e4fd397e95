"""
Ports: the seam between the connection and what answers requests.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Protocol

from countermand.wire.errors import WireError
from countermand.wire.http import Request, Response
from countermand.wire.stream import Line, Session

Answer = Callable[[Response], None]
Begin = Callable[[Request, Answer], None]
Refuse = Callable[[WireError], Response]


class Ending(Response, frozen=True, gc=True, kw_only=True):
    """An answer after which the connection carries no requests any more."""


class Switch(Ending, frozen=True, kw_only=True):
    """The answer that a WebSocket offered by `request` is taken; `begin` makes its session."""

    request: Request
    begin: Callable[[Line], Session]


class Way(Enum):
    """How a connection is cut: in order, by a reset, or within an answer."""

    CLOSED = "closed"
    RESET = "reset"
    TRUNCATED = "truncated"


class Cut(Ending, frozen=True, kw_only=True):
    """No answer, or half of `half`: the connection ends here."""

    way: Way
    half: Response = Response(200)


class Pieces(Protocol):
    """Where an answer goes piece by piece."""

    async def write(self, data: bytes) -> None:
        """Send a piece once there is room. Raises: ConnectionResetError when the client is gone."""

    def end(self) -> None:
        """Close, since the answer is whole."""

    def abort(self) -> None:
        """Close at once, since it will not be."""


class Streamed(Ending, frozen=True, kw_only=True):
    """
    An answer whose body comes in pieces: `begin` is told where to, or None when the client is gone.

    Its headers say how long it is, if they do; it ends with the connection.
    """

    begin: Callable[[Pieces | None], None]


class Turns(Protocol):
    """How much is done in one turn of the loop."""

    def has_time(self) -> bool:
        """Return whether this turn has time left for requests."""

    def later(self, act: Callable[[], None]) -> None:
        """Call `act` in a later turn that has."""


class Handler(Protocol):
    """The handler of one port's requests."""

    def begin(self, request: Request, answer: Answer) -> None:
        """
        Answer a request exactly once, at once or later, on the loop's thread. Raises: nothing.
        """

    def refuse(self, error: WireError) -> Response:
        """Return the answer to what never became a request, in this port's own words."""
